// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/lync_keys.h"

namespace tertulia::bench {

/// What a REGISTER of the Lync family has that others have not; whole lines.
inline constexpr std::string_view lync_registration_lines =
    "Supported: gruu-10, adhoclist, msrtc-event-categories, com.microsoft.msrtc.presence\r\nEvent: registration\r\n";

/// The keys of one client of the Lync family.  Against the floor it pretends that they stand.
class LyncPhone {
 public:
  /// `pretended`: octets of the answers to its first requests, which the floor is asked for; empty against a server.
  LyncPhone(std::string address, std::string password, const std::vector<std::size_t>& pretended);

  /// The message as it goes out: signed, and against the floor with the size of the answer.
  std::string sealed(std::string message);
  /// The server's message: its keys count from its first signature on.
  void judge(std::string_view message);
  /// An answer to a REGISTER.  True: another one has to follow.
  bool answered(int status, std::string_view answer);

 private:
  sim::LyncKeys keys_;
  const std::vector<std::size_t>& pretended_;
  std::size_t asked_ = 0;
};

}  // namespace tertulia::bench
