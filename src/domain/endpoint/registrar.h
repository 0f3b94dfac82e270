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
#include "base/result.h"
#include "base/time.h"
#include "domain/directory/directory.h"
#include "domain/endpoint/events.h"
#include "domain/endpoint/temporary_gruu.h"
#include "domain/record/record.h"

namespace tertulia::domain {

struct RegistrarSettings {
  base::Duration lease_min = std::chrono::seconds{60};       ///< shorter is refused (423)
  base::Duration lease_default = std::chrono::seconds{600};  ///< when the client asks for none (product: 600)
  base::Duration lease_max = std::chrono::seconds{900};      ///< longer is shortened (product: 900)
  /// The same on every shard and face of one server, and new at each start; set_settings() leaves it as it is.
  GruuKey gruu_key{};
};

/// What the registrar tells others; implemented by the shard's dispatch.  Calls never come back before they return.
class RegistrarPorts {
 public:
  virtual ~RegistrarPorts() = default;
  virtual void answer(base::ShardId edge, BindAnswer answer) = 0;
  /// Written when a registration begins (no end yet), again with the same id when it ends, and once for a refused
  /// sign-in.
  virtual void record(RegistrationRecord record) = 0;
  /// A device of the user appeared (kept messages can go out), or a refresh moved it: another connection, edge, target
  /// or capabilities under the same endpoint id.  A refresh that changes none of these is not announced.
  virtual void endpoint_added(base::UserId user, const EndpointRoute& route) = 0;
  virtual void endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType why) = 0;
  /// The edge must close this connection (the user was disabled, removed or given another address).
  virtual void drop_connection(base::ShardId edge, base::ConnectionId connection, base::Reason why) = 0;
};

/// Where each user of this shard can be reached now (RFC 3261 10.3, RFC 5626, RFC 5627): endpoints live as long as
/// their lease and their connection, whichever ends first.  Lives on the user's home shard.  Pure.
///
/// Which binding a contact means: with an instance, the one of the same (instance, reg_id) (RFC 5626 6); otherwise, or
/// when one of the two has no instance, the one of the same URI.  URIs are compared byte for byte: this tier does not
/// parse SIP, and a client repeats its own contact unchanged.  Two contacts of one request that mean the same: the
/// later holds. A request takes effect as a whole or not at all.
///
/// Order of the calls to the ports: the answer first, then records and news, so that a client has its answer before
/// anything that the news causes.
class Registrar {
 public:
  /// `boot_seconds`: see base::IdSource.
  Registrar(const RegistrarSettings& settings, base::ShardId shard, RegistrarPorts& ports, base::Random& random,
            std::uint64_t boot_seconds = 0);
  ~Registrar();

  void set_settings(const RegistrarSettings& settings);
  /// Refusals, in the answer: user_does_not_exist, account_disabled, wildcard_misused, interval_too_brief,
  /// registration_out_of_order, too_many_endpoints (never for a refresh), header_malformed (a text beyond its limit),
  /// home_elsewhere (with the server that serves the user, for what would bind; signing out and asking stay possible).
  void on_bind(const BindRequest& request, const Directory& directory, base::Now now);
  /// Ends the endpoints whose last refresh came over this connection; one that has moved on stays.
  void on_connection_gone(const ConnectionGone& gone, base::Now now);
  void on_sign_in_failed(const SignInFailed& failed, base::Now now);
  /// Disabled, removed or renamed users, and those whom another server serves now, lose their endpoints at once.
  void on_directory_changed(const Directory& directory, base::Now now);
  void on_deadline(base::Now now);                  ///< harmless when early
  std::optional<base::TimePoint> deadline() const;  ///< earliest lease end
  /// Orderly stop: closes all registrations in the records (server_stopping) and forgets them; announces nothing else.
  void stop(base::Now now);

  /// Living endpoints of the user, oldest first.  Empty when none.  View: until the next call of a non-const member.
  const std::vector<EndpointRoute>& routes(base::UserId user) const;
  /// Where this one device is reached.  A device with several flows (RFC 5626) gives the one that was refreshed last, so
  /// that nothing comes to it twice.  Errors: destination_unknown (temporary names that were never given, or whose
  /// registration has ended), recipient_unavailable (a public name stands for the device for ever; it is not here now).
  /// Source: RFC 5627 3.1 and 5.5.
  base::Result<EndpointRoute> device(base::UserId user, const DeviceName& name) const;
  /// Each call gives new temporary names, and the older ones stay good (RFC 5627 3.1.2).
  std::vector<BindingInfo> bindings(base::UserId user, base::Now now) const;
  std::size_t endpoint_count() const;
  std::size_t user_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
