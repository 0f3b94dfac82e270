// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: keytabs and tickets as a directory would make them, without a directory.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::io::testing {

inline constexpr std::string_view service_key = "0123456789abcdef0123456789ABCDEF";  // of AES-256
inline constexpr std::string_view other_key = "a key that the keytab of ours lacks";

struct KeytabLine {
  std::string principal = "sip/fe1.example.com@EXAMPLE.COM";
  std::uint32_t version = 3;
  std::string key = std::string(service_key);
};
/// Adds to the file.
void write_keytab(const std::string& path, const std::vector<KeytabLine>& lines);

/// Seconds are those from now.
struct TicketFacts {
  std::string client = "alice@EXAMPLE.COM";
  std::string service = "sip/fe1.example.com@EXAMPLE.COM";
  std::uint32_t version = 3;
  std::string key = std::string(service_key);
  int begins = -60;
  int ends = 36000;
  int clock = 0;        ///< of the client; not with TestInitiator
  bool mutual = false;  ///< the server has to prove itself; only with TestInitiator
};

/// The first token of a client, which has no keys of its own to go on with.
std::string token_of(const TicketFacts& facts);

/// The client's side of a security context.
class TestInitiator {
 public:
  explicit TestInitiator(const TicketFacts& facts);
  ~TestInitiator();
  const std::string& token() const { return token_; }
  bool finish(std::string_view answer);  ///< with `mutual`
  std::string sign(std::string_view text);
  bool verify(std::string_view text, std::string_view signature);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string token_;
};

}  // namespace tertulia::io::testing
