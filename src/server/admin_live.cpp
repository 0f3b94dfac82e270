// SPDX-License-Identifier: Apache-2.0
#include "server/admin_live.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "server/ask_shard.h"

namespace tertulia::server {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using face::admin::ComponentHealth;
using face::admin::StatusFact;

StatusFact fact(std::string name, std::uint64_t value) { return {std::move(name), std::to_string(value), true}; }

}  // namespace

bool on_all_shards(Shards& shards, const std::function<void(Shard&, base::Now)>& run) {
  struct Progress {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t left;
  };
  // Shared, because a shard that answers late must still find it.
  const auto progress = std::make_shared<Progress>();
  progress->left = shards.size();
  bool all = true;
  for (const auto& shard : shards) {
    const bool sent = shard->post([progress, run](Shard& here, base::Now now) {
      run(here, now);
      const std::lock_guard lock(progress->mutex);
      if (--progress->left == 0) progress->changed.notify_all();
    });
    if (sent) continue;
    all = false;  // its mailbox is full; the others must still be told
    const std::lock_guard missing(progress->mutex);
    --progress->left;
  }
  std::unique_lock lock(progress->mutex);
  return progress->changed.wait_for(lock, shard_patience, [&] { return progress->left == 0; }) && all;
}

Result<std::vector<face::admin::EndpointFact>> LiveAdmin::endpoints(const domain::Address& address) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  // Filled by the one shard that is the user's home; shared for the same reason as above.
  const auto facts = std::make_shared<std::vector<face::admin::EndpointFact>>();
  const base::UserId id = user->id;
  const bool answered = on_all_shards(s_.shards, [facts, id](Shard& shard, base::Now now) {
    const auto bindings = shard.registrar().bindings(id, now);
    for (const domain::EndpointRoute& route : shard.registrar().routes(id)) {
      face::admin::EndpointFact fact;
      fact.endpoint = route.endpoint;
      if (route.client) {
        fact.client = route.client->user_agent;
        fact.instance = route.client->instance;
        fact.ip_address = route.client->ip_address;
      }
      for (const domain::BindingInfo& binding : bindings)
        if (binding.endpoint == route.endpoint)
          fact.seconds_left = std::chrono::duration_cast<std::chrono::seconds>(binding.left).count();
      facts->push_back(std::move(fact));
    }
  });
  if (!answered) return shard_silent();
  return *facts;
}

Result<std::vector<StatusFact>> LiveAdmin::status() {
  struct Sums {
    std::mutex mutex;
    std::uint64_t users = 0, endpoints = 0, conversations = 0, conferences = 0, kept = 0, watches = 0, calls = 0;
  };
  const auto sums = std::make_shared<Sums>();
  const bool answered = on_all_shards(s_.shards, [sums](Shard& shard, base::Now) {
    const std::lock_guard lock(sums->mutex);
    sums->users += shard.registrar().user_count();
    sums->endpoints += shard.registrar().endpoint_count();
    sums->conversations += shard.immcu().conversation_count();
    sums->conferences += shard.immcu().conference_count();
    sums->kept += shard.inbox().kept_count();
    sums->watches += shard.presence().watch_count();
    sums->calls += shard.calls().call_count();
  });
  if (!answered) return shard_silent();
  std::uint64_t connections = 0, messages_in = 0, messages_out = 0;
  for (const auto& shard : s_.shards) {
    connections += static_cast<std::uint64_t>(shard->transport_metrics().open.value());
    messages_in += shard->face_metrics().messages_in.value();
    messages_out += shard->face_metrics().messages_out.value();
  }
  const std::int64_t up = (s_.clock.now().wall.us - s_.started.us) / 1'000'000;
  return std::vector<StatusFact>{{"version", TERTULIA_VERSION, false},
                                 {"started", base::to_iso8601(s_.started), false},
                                 fact("uptime_seconds", static_cast<std::uint64_t>(std::max<std::int64_t>(up, 0))),
                                 fact("shards", s_.shards.size()),
                                 fact("users", s_.users.directory()->size()),
                                 fact("users_signed_in", sums->users),
                                 fact("endpoints", sums->endpoints),
                                 fact("connections", connections),
                                 fact("conversations", sums->conversations),
                                 fact("conferences", sums->conferences),
                                 fact("calls", sums->calls),
                                 fact("presence_watches", sums->watches),
                                 fact("messages_waiting", sums->kept),
                                 fact("messages_in", messages_in),
                                 fact("messages_out", messages_out)};
}

Result<std::vector<ComponentHealth>> LiveAdmin::health() {
  using State = ComponentHealth::State;
  std::vector<ComponentHealth> all;
  struct Seen {
    std::mutex mutex;
    bool running = true;
  };
  const auto seen = std::make_shared<Seen>();
  const bool answered = on_all_shards(s_.shards, [seen](Shard& shard, base::Now) {
    const std::lock_guard lock(seen->mutex);
    seen->running = seen->running && shard.immcu().running();
  });
  all.push_back({"shards", answered ? State::ok : State::down, answered ? "" : "a shard does not answer"});
  all.push_back({"immcu",
                 !answered       ? State::down
                 : seen->running ? State::ok
                                 : State::stopped,
                 seen->running ? "" : "stopped by the administrator"});
  const io::StoreHealth store = s_.store.health();
  all.push_back({"store",
                 !store.running   ? State::down
                 : store.writable ? State::ok
                                  : State::degraded,
                 store.writable ? "" : store.last_error.detail});
  all.push_back({"records", store.waiting_records == 0 ? State::ok : State::degraded,
                 store.waiting_records == 0 ? "" : fmt::format("{} records wait for the disk", store.waiting_records)});
  all.push_back(s_.certificate_health());
  return all;
}

Result<std::vector<domain::ConversationInfo>> LiveAdmin::conversations(std::size_t limit) {
  struct Found {
    std::mutex mutex;
    std::vector<domain::ConversationInfo> list;
  };
  const auto found = std::make_shared<Found>();
  const bool answered = on_all_shards(s_.shards, [found, limit](Shard& shard, base::Now) {
    auto here = shard.immcu().conversations(limit);
    const std::lock_guard lock(found->mutex);
    std::move(here.begin(), here.end(), std::back_inserter(found->list));
  });
  if (!answered) return shard_silent();
  if (found->list.size() > limit) found->list.resize(limit);
  return std::move(found->list);
}

Result<void> LiveAdmin::run_component(const std::string& component, bool run) {
  if (component != "immcu") return Error{Reason::not_found, "components that can be stopped: immcu"};
  if (!on_all_shards(s_.shards, [run](Shard& shard, base::Now now) { shard.immcu().set_running(run, now); }))
    return shard_silent();
  return {};
}

}  // namespace tertulia::server
