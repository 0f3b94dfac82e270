// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::io {

/// Those who count as one peer for limits: an IPv4 address, or the /64 that one IPv6 site can choose from.
struct PeerGroup {
  std::array<std::uint8_t, 8> prefix{};
  bool is_ipv6 = false;
  friend auto operator<=>(const PeerGroup&, const PeerGroup&) = default;
};

/// IP address and port.  IPv4 addresses mapped into IPv6 (RFC 4291 2.5.5.2) are kept as IPv4.
struct SocketAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< network order; IPv4 uses the first four
  std::uint16_t port = 0;
  bool is_ipv6 = false;

  /// `192.0.2.1:5061` or `[2001:db8::1]:5061`; numbers only, no names.  Error: `setting_out_of_bounds`.
  static base::Result<SocketAddress> parse(std::string_view text);

  std::string to_string() const;  ///< the form that `parse` takes
  std::string host() const;       ///< without port and brackets
  PeerGroup group() const;
  bool is_loopback() const;

  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

}  // namespace tertulia::io

template <>
struct std::hash<tertulia::io::PeerGroup> {
  std::size_t operator()(const tertulia::io::PeerGroup& group) const noexcept;
};
