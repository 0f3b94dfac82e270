// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/binding_watch.h"

#include <algorithm>
#include <utility>

#include "domain/endpoint/limits.h"

namespace tertulia::domain {
namespace {

using End = BindingsNews::End;

End end_of(DeregisterType why) {
  switch (why) {
    case DeregisterType::client_initiated:
      return End::unregistered;
    case DeregisterType::expired:
      return End::expired;
    case DeregisterType::unknown:
    case DeregisterType::client_crashed:
    case DeregisterType::user_changed:
      return End::deactivated;
  }
  return End::deactivated;
}

}  // namespace

void BindingWatch::on_watch(const WatchBindings& watch, base::Now now) {
  const auto found = users_.find(watch.user);
  if (!watch.on) {
    if (found == users_.end()) return;
    std::erase_if(found->second.watchers, [&](const Watcher& one) { return one.watch == watch.watch; });
    if (found->second.watchers.empty()) users_.erase(found);
    return;
  }
  if (found != users_.end() && found->second.watchers.size() >= binding_watchers_per_user_max)
    return ports_.news(watch.edge, {watch.watch, base::Reason::too_many_watchers, {}, {}});
  Watched& watched = users_[watch.user];
  watched.watchers.push_back({watch.edge, watch.watch});
  watched.told = registrar_.bindings(watch.user, now);
  ports_.news(watch.edge, {watch.watch, base::Reason::none, watched.told, {}});
}

void BindingWatch::tell(base::UserId user, std::vector<std::pair<BindingInfo, End>> ended, base::Now now) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  Watched& watched = found->second;
  watched.told = registrar_.bindings(user, now);
  for (const Watcher& watcher : watched.watchers)
    ports_.news(watcher.edge, {watcher.watch, base::Reason::none, watched.told, ended});
}

void BindingWatch::on_endpoint_added(base::UserId user, base::Now now) { tell(user, {}, now); }

void BindingWatch::on_endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType why,
                                       base::Now now) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  std::vector<std::pair<BindingInfo, End>> ended;
  for (const BindingInfo& before : found->second.told)
    if (before.endpoint == endpoint) ended.emplace_back(before, end_of(why));
  tell(user, std::move(ended), now);
}

void BindingWatch::on_user_removed(base::UserId user) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  for (const Watcher& watcher : std::exchange(found->second.watchers, {}))
    ports_.news(watcher.edge, {watcher.watch, base::Reason::user_does_not_exist, {}, {}});
  users_.erase(found);
}

std::size_t BindingWatch::watch_count() const {
  std::size_t count = 0;
  for (const auto& [user, watched] : users_) count += watched.watchers.size();
  return count;
}

}  // namespace tertulia::domain
