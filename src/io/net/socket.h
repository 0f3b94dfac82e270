// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "base/result.h"
#include "io/net/address.h"

namespace tertulia::io {

/// Owns a descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Whether other sockets of this process listen on the same port, the kernel spreading the peers over them.
enum class PortSharing : std::uint8_t {
  alone,
  first_of_shards,  ///< takes the port, if nobody has it
  next_shard,       ///< joins the first; give it the port that the first got
};

/// Non-blocking listening socket; accepted sockets inherit TCP_NODELAY, keep-alive and the user timeout from it.
/// `[::]` is every IPv6 address and no IPv4 one: `0.0.0.0` may listen on the same port.
/// Errors: `address_in_use`, `permission_denied`, `setting_out_of_bounds` (not an address of this machine),
/// `internal_error`.
base::Result<Fd> open_listener(const SocketAddress& address, PortSharing sharing);

/// The address a socket is bound to, with the real port.
SocketAddress local_address(int fd);

enum class AcceptStatus : std::uint8_t { accepted, nothing, try_again, exhausted };
struct Accepted {
  AcceptStatus status = AcceptStatus::nothing;
  Fd fd;  ///< non-blocking
  SocketAddress peer;
  int error = 0;  ///< errno of `exhausted`
};

/// Takes one connection.  `exhausted`: no descriptors or memory, pause; `try_again`: that peer is gone already.
Accepted accept_one(int listener);

}  // namespace tertulia::io
