// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/endpoint/events.h"

namespace tertulia::domain {

/// What the registrar remembers of an endpoint beside its route.  The texts of a client are kept once: the URI in the
/// route, the instance in the client's facts whenever the two are equal.
struct Binding {
  std::string own_instance;  ///< only when `instance_of_client` is false
  bool instance_of_client = false;
  std::uint32_t reg_id = 0;
  std::uint32_t cseq = 0;
  std::string call_id;
  std::string parameters;
  base::TimePoint ends;
  std::uint64_t gruu_series = 0;  ///< of its temporary GRUUs (RFC 5627); 0 until a client asks
  base::RecordId record;
  base::WallTime registered;
  ClientInfoPtr first_client;  ///< facts at sign-in, for the record
};

/// The endpoints of one user: `routes[i]` and `bindings[i]` belong together, oldest first.
struct UserBindings {
  std::string address;
  std::vector<EndpointRoute> routes;
  std::vector<Binding> bindings;

  std::string_view instance(std::size_t i) const;  ///< view: until the binding changes
  /// Which binding this contact means (see registrar.h), nothing when it is a new one.
  std::optional<std::size_t> find(const ContactChange& contact) const;
};

/// Owner of all bindings of one shard, with their lease ends in order.
class BindingTable {
 public:
  const UserBindings* find(base::UserId user) const;
  UserBindings* find(base::UserId user);
  /// The user's entry, made when there is none yet.
  UserBindings& open(base::UserId user, const std::string& address);

  /// Puts the endpoint at the end of the user's list.
  void add(base::UserId user, UserBindings& entry, EndpointRoute route, Binding binding);
  void set_end(base::UserId user, UserBindings& entry, std::size_t i, base::TimePoint ends);
  /// Takes the endpoint out; the entry stays, even empty.
  std::pair<EndpointRoute, Binding> take(base::UserId user, UserBindings& entry, std::size_t i);
  /// Forgets the user when he has no endpoint left.
  void close_if_empty(base::UserId user);

  /// User whose lease ends first, if that is at or before `now`.
  std::optional<base::UserId> due(base::TimePoint now) const;
  std::optional<base::TimePoint> deadline() const;
  std::size_t endpoint_count() const { return leases_.size(); }
  std::size_t user_count() const { return users_.size(); }
  std::vector<base::UserId> users() const;

 private:
  /// Ordered by end.  A refresh moves its node, so that no memory is asked for.
  struct Lease {
    base::TimePoint ends;
    base::EndpointId endpoint;
    base::UserId user;
    friend auto operator<=>(const Lease&, const Lease&) = default;
  };
  std::unordered_map<base::UserId, UserBindings> users_;
  std::set<Lease> leases_;
};

}  // namespace tertulia::domain
