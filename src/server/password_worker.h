// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "domain/directory/ports.h"

namespace tertulia::server {

/// Passwords in clear that may wait to be judged; each takes some 30 ms.
inline constexpr std::size_t passwords_waiting_max = 64;

/// A thread that compares passwords in clear with their hashes, one after the other: that costs much time and memory on
/// purpose, and one thread bounds what strangers can make us spend.
class PasswordWorker {
 public:
  explicit PasswordWorker(domain::CredentialKeeper& keeper) : keeper_(keeper) {}
  ~PasswordWorker() { stop(); }
  PasswordWorker(const PasswordWorker&) = delete;
  PasswordWorker& operator=(const PasswordWorker&) = delete;

  /// `done` is called on the worker's thread.  False: too many wait, or the worker is stopped.  Thread: any.
  bool judge(domain::Credentials credentials, std::string password, std::function<void(bool right)> done);
  /// What waits is dropped.
  void stop();

 private:
  struct Job {
    domain::Credentials credentials;
    std::string password;
    std::function<void(bool)> done;
  };
  void run();

  domain::CredentialKeeper& keeper_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::thread thread_;  // begun with the first job: a server without web services has none
};

}  // namespace tertulia::server
