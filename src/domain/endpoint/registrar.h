// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "domain/directory/directory.h"
#include "domain/endpoint/events.h"
#include "domain/record/record.h"

namespace tertulia::domain {

struct RegistrarSettings {
  base::Duration lease_min = std::chrono::seconds{60};        ///< shorter is refused (423)
  base::Duration lease_default = std::chrono::seconds{600};   ///< when the client asks for none (product: 600)
  base::Duration lease_max = std::chrono::seconds{900};       ///< longer is shortened (product: 900)
};

/// What the registrar tells others; implemented by the shard's dispatch.  Calls never come back before they return.
class RegistrarPorts {
 public:
  virtual ~RegistrarPorts() = default;
  virtual void answer(base::ShardId edge, BindAnswer answer) = 0;
  virtual void record(RegistrationRecord record) = 0;
  /// A device of the user appeared (kept messages can go out) or all its bindings changed.
  virtual void endpoint_added(base::UserId user, const EndpointRoute& route) = 0;
  virtual void endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType why) = 0;
  /// The edge must close this connection (the user was disabled or removed).
  virtual void drop_connection(base::ShardId edge, base::ConnectionId connection, base::Reason why) = 0;
};

/// Where each user of this shard can be reached now (RFC 3261 10.3, RFC 5626, RFC 5627): endpoints live as long as their
/// lease and their connection, whichever ends first.  Lives on the user's home shard.  Pure.
class Registrar {
 public:
  Registrar(const RegistrarSettings& settings, base::ShardId shard, RegistrarPorts& ports, base::Random& random);
  ~Registrar();

  void set_settings(const RegistrarSettings& settings);
  void on_bind(const BindRequest& request, const Directory& directory, base::Now now);
  void on_connection_gone(const ConnectionGone& gone, base::Now now);
  void on_sign_in_failed(const SignInFailed& failed, base::Now now);
  /// Disabled or removed users lose their endpoints at once.
  void on_directory_changed(const Directory& directory, base::Now now);
  void on_deadline(base::Now now);                     ///< harmless when early
  std::optional<base::TimePoint> deadline() const;     ///< earliest lease end
  /// Orderly stop: closes all registrations in the records.
  void stop(base::Now now);

  /// Living endpoints of the user, oldest first.  Empty when none.  View: until the next call of a non-const member.
  const std::vector<EndpointRoute>& routes(base::UserId user) const;
  std::vector<BindingInfo> bindings(base::UserId user, base::Now now) const;
  std::size_t endpoint_count() const;
  std::size_t user_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
