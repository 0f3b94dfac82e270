// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/binding_table.h"

#include <utility>

#include "base/check.h"

namespace tertulia::domain {

std::string_view UserBindings::instance(std::size_t i) const {
  return bindings[i].instance_of_client ? std::string_view(routes[i].client->instance)
                                        : std::string_view(bindings[i].own_instance);
}

std::optional<std::size_t> UserBindings::find(const ContactChange& contact) const {
  if (!contact.instance.empty()) {
    for (std::size_t i = 0; i < bindings.size(); ++i)
      if (bindings[i].reg_id == contact.reg_id && instance(i) == contact.instance) return i;
  }
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const bool comparable = contact.instance.empty() || instance(i).empty();
    if (comparable && *routes[i].remote_target == contact.uri) return i;
  }
  return std::nullopt;
}

const UserBindings* BindingTable::find(base::UserId user) const {
  const auto at = users_.find(user);
  return at == users_.end() ? nullptr : &at->second;
}

UserBindings* BindingTable::find(base::UserId user) {
  const auto at = users_.find(user);
  return at == users_.end() ? nullptr : &at->second;
}

UserBindings& BindingTable::open(base::UserId user, const std::string& address) {
  UserBindings& entry = users_[user];
  if (entry.bindings.empty()) entry.address = address;
  return entry;
}

void BindingTable::add(base::UserId user, UserBindings& entry, EndpointRoute route, Binding binding) {
  const bool fresh = leases_.insert({binding.ends, route.endpoint, user}).second;
  TERTULIA_CHECK(fresh);
  entry.routes.push_back(std::move(route));
  entry.bindings.push_back(std::move(binding));
}

void BindingTable::set_end(base::UserId user, UserBindings& entry, std::size_t i, base::TimePoint ends) {
  Binding& binding = entry.bindings[i];
  auto node = leases_.extract(Lease{binding.ends, entry.routes[i].endpoint, user});
  TERTULIA_CHECK(!node.empty());
  node.value().ends = ends;
  leases_.insert(std::move(node));
  binding.ends = ends;
}

std::pair<EndpointRoute, Binding> BindingTable::take(base::UserId user, UserBindings& entry, std::size_t i) {
  const auto at = static_cast<std::ptrdiff_t>(i);
  std::pair<EndpointRoute, Binding> taken{std::move(entry.routes[i]), std::move(entry.bindings[i])};
  entry.routes.erase(entry.routes.begin() + at);
  entry.bindings.erase(entry.bindings.begin() + at);
  const std::size_t erased = leases_.erase(Lease{taken.second.ends, taken.first.endpoint, user});
  TERTULIA_CHECK(erased == 1);
  return taken;
}

void BindingTable::close_if_empty(base::UserId user) {
  const auto at = users_.find(user);
  if (at != users_.end() && at->second.bindings.empty()) users_.erase(at);
}

std::optional<base::UserId> BindingTable::due(base::TimePoint now) const {
  if (leases_.empty() || leases_.begin()->ends > now) return std::nullopt;
  return leases_.begin()->user;
}

std::optional<base::TimePoint> BindingTable::deadline() const {
  if (leases_.empty()) return std::nullopt;
  return leases_.begin()->ends;
}

std::vector<base::UserId> BindingTable::users() const {
  std::vector<base::UserId> ids;
  ids.reserve(users_.size());
  for (const auto& entry : users_) ids.push_back(entry.first);
  return ids;
}

}  // namespace tertulia::domain
