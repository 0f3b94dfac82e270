// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "server/admin_live.h"

// How the administrator's tier asks one shard; inside of the server.
namespace tertulia::server {

inline constexpr std::chrono::seconds shard_patience{5};

/// The error of a question that a shard did not answer in shard_patience.
inline base::Error shard_silent() { return {base::Reason::server_busy, "a shard did not answer in time"}; }

/// Runs `ask` on a shard and waits for the answer that it gives, at once or later.  Nothing when the shard is silent.
template <typename Answer>
std::optional<Answer> ask_shard(Shards& shards, base::ShardId at,
                                std::function<void(Shard&, base::Now, std::function<void(Answer)>)> ask) {
  // Shared, because a shard that answers late must still find it.
  const auto answer = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = answer->get_future();
  const bool sent = shards[at.value]->post([answer, ask = std::move(ask)](Shard& shard, base::Now now) {
    ask(shard, now, [answer](Answer given) { answer->set_value(std::move(given)); });
  });
  if (!sent || future.wait_for(shard_patience) != std::future_status::ready) return std::nullopt;
  return future.get();
}

/// The same on the shard that is home to the user.
template <typename Answer>
std::optional<Answer> ask_home(Shards& shards, base::UserId user,
                               std::function<void(Shard&, base::Now, std::function<void(Answer)>)> ask) {
  const auto count = static_cast<std::uint16_t>(shards.size());
  return ask_shard<Answer>(shards, domain::home_shard(user, count), std::move(ask));
}

}  // namespace tertulia::server
