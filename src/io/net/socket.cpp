// SPDX-License-Identifier: Apache-2.0
#include "io/net/socket.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/net/limits.h"

namespace tertulia::io {
namespace {

struct RawAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

RawAddress to_raw(const SocketAddress& address) {
  RawAddress raw;
  if (address.is_ipv6) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
    std::memcpy(&raw.storage, &in, sizeof in);
    raw.length = sizeof in;
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.bytes.data(), 4);
    std::memcpy(&raw.storage, &in, sizeof in);
    raw.length = sizeof in;
  }
  return raw;
}

SocketAddress from_raw(const RawAddress& raw) {
  SocketAddress address;
  if (raw.storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &raw.storage, sizeof in);
    address.port = ntohs(in.sin_port);
    std::memcpy(address.bytes.data(), &in.sin_addr, 4);
    return address;
  }
  sockaddr_in6 in{};
  std::memcpy(&in, &raw.storage, sizeof in);
  address.port = ntohs(in.sin6_port);
  address.is_ipv6 = true;
  std::memcpy(address.bytes.data(), &in.sin6_addr, 16);
  return address;
}

void set_option(int fd, int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); }

base::Error error_of(int number, const SocketAddress& address) {
  const std::string where = address.to_string();
  switch (number) {
    case EADDRINUSE:
      return {base::Reason::address_in_use, where};
    case EACCES:
    case EPERM:
      return {base::Reason::permission_denied, fmt::format("listening on {}", where)};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return {base::Reason::setting_out_of_bounds, fmt::format("{} is not an address of this machine", where)};
    default:
      return {base::Reason::internal_error, fmt::format("listening on {}: system error {}", where, number)};
  }
}

base::Result<Fd> bound_socket(const SocketAddress& address, bool reuse_port) {
  Fd fd(::socket(address.is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return error_of(errno, address);
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (reuse_port) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  // Otherwise [::] would take IPv4 too, and the port could not be taken for 0.0.0.0 beside it.
  if (address.is_ipv6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  RawAddress raw = to_raw(address);
  if (::bind(fd.get(), raw.get(), raw.length) != 0) return error_of(errno, address);
  return fd;
}

/// Linux clones these from the listener into each accepted socket: no system call per connection.
void set_inherited_options(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, keep_alive_idle_seconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, keep_alive_interval_seconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, keep_alive_probes);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(user_timeout_milliseconds));
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Fd::~Fd() {
  if (number_ >= 0) ::close(number_);
}

base::Result<Fd> open_listener(const SocketAddress& address, PortSharing sharing) {
  if (sharing == PortSharing::first_of_shards && address.port != 0) {
    // With SO_REUSEPORT a second server of the same user would silently take half of the peers; without it, bind tells.
    const auto probe = bound_socket(address, false);
    if (!probe) return probe.error();
    if (::listen(probe->get(), 1) != 0) return error_of(errno, address);
  }
  auto fd = bound_socket(address, sharing != PortSharing::alone);
  if (!fd) return fd.error();
  set_inherited_options(fd->get());
  if (::listen(fd->get(), accept_backlog) != 0) return error_of(errno, address);
  return std::move(fd).value();
}

SocketAddress local_address(int fd) {
  RawAddress raw;
  ::getsockname(fd, raw.get(), &raw.length);
  return from_raw(raw);
}

Accepted accept_one(int listener) {
  RawAddress raw;
  Accepted result;
  result.fd = Fd(::accept4(listener, raw.get(), &raw.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (result.fd) {
    result.status = AcceptStatus::accepted;
    result.peer = from_raw(raw);
    return result;
  }
  switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      result.status = AcceptStatus::exhausted;
      result.error = errno;
      break;
    case EAGAIN:
      result.status = AcceptStatus::nothing;
      break;
    default:
      result.status = AcceptStatus::try_again;  // network errors of the new socket, accept(2)
  }
  return result;
}

}  // namespace tertulia::io
