// SPDX-License-Identifier: Apache-2.0
#include "io/net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "base/ids.h"
#include "base/text.h"

namespace tertulia::io {
namespace {

base::Error malformed() {
  return {base::Reason::setting_out_of_bounds, "a listening address is written 192.0.2.1:5061 or [2001:db8::1]:5061"};
}

}  // namespace

base::Result<SocketAddress> SocketAddress::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed();
  std::string_view host = text.substr(0, colon);
  const auto port = base::to_number(text.substr(colon + 1));
  if (!port || *port > 65'535) return malformed();

  SocketAddress address;
  address.port = static_cast<std::uint16_t>(*port);
  address.is_ipv6 = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (address.is_ipv6) host = host.substr(1, host.size() - 2);
  const std::string terminated(host);
  if (terminated.size() != std::strlen(terminated.c_str())) return malformed();
  if (::inet_pton(address.is_ipv6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) != 1) {
    return malformed();
  }
  return address;
}

std::string SocketAddress::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
  return text.data();
}

std::string SocketAddress::to_string() const {
  return is_ipv6 ? fmt::format("[{}]:{}", host(), port) : fmt::format("{}:{}", host(), port);
}

PeerGroup SocketAddress::group() const {
  PeerGroup group;
  group.is_ipv6 = is_ipv6;
  std::copy_n(bytes.begin(), is_ipv6 ? 8 : 4, group.prefix.begin());
  return group;
}

bool SocketAddress::is_loopback() const {
  if (!is_ipv6) return bytes[0] == 127;
  return bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace tertulia::io

std::size_t std::hash<tertulia::io::PeerGroup>::operator()(const tertulia::io::PeerGroup& group) const noexcept {
  std::uint64_t bits = 0;
  std::memcpy(&bits, group.prefix.data(), sizeof bits);
  return static_cast<std::size_t>(tertulia::base::mix(bits + (group.is_ipv6 ? 1 : 0)));
}
