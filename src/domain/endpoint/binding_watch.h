// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/endpoint/events.h"
#include "domain/endpoint/registrar.h"
#include "domain/record/record.h"

namespace tertulia::domain {

class BindingWatchPorts {
 public:
  virtual ~BindingWatchPorts() = default;
  virtual void news(base::ShardId edge, BindingsNews news) = 0;
};

/// Who wants to hear of a user's registrations (RFC 3680), on his home shard beside the registrar.  A refresh that moves
/// nothing is no news.  Pure.
class BindingWatch {
 public:
  /// `registrar`: of the same shard, outlives this.
  BindingWatch(const Registrar& registrar, BindingWatchPorts& ports) : registrar_(registrar), ports_(ports) {}

  /// Refusals, as news: too_many_watchers.
  void on_watch(const WatchBindings& watch, base::Now now);
  void on_endpoint_added(base::UserId user, base::Now now);
  void on_endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType why, base::Now now);
  void on_user_removed(base::UserId user);
  std::size_t watch_count() const;

 private:
  struct Watcher {
    base::ShardId edge;
    base::WatchId watch;
  };
  struct Watched {
    std::vector<Watcher> watchers;
    std::vector<BindingInfo> told;
  };
  void tell(base::UserId user, std::vector<std::pair<BindingInfo, BindingsNews::End>> ended, base::Now now);

  const Registrar& registrar_;
  BindingWatchPorts& ports_;
  std::unordered_map<base::UserId, Watched> users_;  // only those who are watched
};

}  // namespace tertulia::domain
