// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "phone.h"

namespace tertulia::bench {

/// Failures that end a run: by then the figures mean nothing.
inline constexpr std::uint64_t failures_max = 50;

struct LoadSettings {
  std::uint16_t port = 0;
  int pid = 0;  ///< of the program measured
  std::string domain = "example.com";
  std::string password = "bench password";
  std::size_t users = 200;
  double seconds = 2;  ///< of a measured phase
  double warm_up_seconds = 0.5;
  std::size_t body_bytes = 64;
  std::size_t changes = 20;         ///< of presence that are measured
  double change_pause_seconds = 0;  ///< between the last notification of a change and the next change
  /// Of the Lync family, against the floor: octets of each answer of a sign-in, which the floor is asked for.
  std::vector<std::size_t> pretended = {};
};

/// Clients of one server on one epoll loop.  Requests to a client are answered 200 by themselves; a scenario hears the
/// rest.
class Load {
 public:
  explicit Load(const LoadSettings& settings);
  ~Load();

  /// A new connection for this account; signs in by itself, then `on_signed_in`.
  Phone& connect(std::size_t account);
  void disconnect(Phone& phone);
  void send(Phone& phone, std::string_view bytes);
  /// Turns the loop until `done`.  False: too long or too many failures.
  bool run(const std::function<bool()>& done, double patience_seconds);
  bool run_for(double seconds);
  /// Connects accounts 0 .. count-1, some at a time, and waits for all to be signed in.
  bool sign_in(std::size_t count, std::size_t at_once);

  const LoadSettings settings;
  std::function<void(Phone&)> on_signed_in;
  std::function<void(Phone&, int status, std::string_view answer)> on_answer;  ///< final ones, after sign-in
  std::function<void(Phone&, std::string_view request)> on_request;            ///< before its 200
  std::string contact_parameters;                                              ///< of each REGISTER
  bool lync = false;                                                           ///< clients are of the Lync family
  std::vector<std::size_t> lync_answer_bytes;  ///< of the last sign-in of the Lync family, by step
  std::uint64_t failures = 0;
  std::string first_failure;
  std::size_t answer_bytes = 0, challenge_bytes = 0;      ///< of the last answers to REGISTER
  std::size_t trying_bytes = 0;                           ///< of the last 100
  std::size_t notify_bytes = 0, notify_answer_bytes = 0;  ///< of the last NOTIFY and our answer
  std::vector<Phone*> phones;                             ///< signed in and not disconnected, in order of sign-in

  void fail(const std::string& what);

 private:
  void ask_when_open(Phone& phone);
  void on_ready(Phone& phone);
  void on_message(Phone& phone, std::string_view message);
  void on_asked(Phone& phone, std::string_view request);
  void on_sign_in_step(Phone& phone, int status, std::string_view answer);
  /// True: the sign-in goes on with another REGISTER.
  bool makes_keys(Phone& phone, int status, std::string_view answer);
  void follow(Phone& phone) const;
  void flush();

  TlsContextPtr context_;
  base::Hasher hasher_;
  std::vector<Account> accounts_;
  int epoll_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Phone>> living_;
  std::vector<std::uint64_t> dirty_, ended_;
};

/// Seconds on a clock that only goes forward.
double now_seconds();
/// CPU time of a process, all threads, user and system; seconds.
double cpu_seconds(int pid);
/// Resident memory of a process from /proc/PID/smaps_rollup; octets.
std::uint64_t resident_bytes(int pid);

}  // namespace tertulia::bench
