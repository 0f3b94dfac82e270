// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::event {

using base::Result;

/// RFC 3857 4.7.1.
enum class WatcherStatus : std::uint8_t { active, pending, waiting, terminated };
enum class WatcherEvent : std::uint8_t {
  subscribe,
  approved,
  deactivated,
  probation,
  rejected,
  timeout,
  giveup,
  noresource
};
std::string_view name_of(WatcherStatus status);
std::string_view name_of(WatcherEvent event);

struct Watcher {
  std::string id;  ///< stays while the subscription lives
  WatcherStatus status = WatcherStatus::active;
  WatcherEvent event = WatcherEvent::subscribe;
  std::string uri;
  std::string display_name;                       ///< empty: none
  std::optional<std::uint32_t> expires_seconds;   ///< "expiration"
  std::optional<std::uint32_t> duration_seconds;  ///< "duration-subscribed"
  friend bool operator==(const Watcher&, const Watcher&) = default;
};

struct WatcherList {
  std::string resource;  ///< who is watched
  std::string package;   ///< "presence"
  std::vector<Watcher> watchers;
  friend bool operator==(const WatcherList&, const WatcherList&) = default;
};

/// `application/watcherinfo+xml` (RFC 3858).
struct WatcherInfo {
  std::uint32_t version = 0;
  bool full = true;  ///< state: full or partial
  std::vector<WatcherList> lists;
  friend bool operator==(const WatcherInfo&, const WatcherInfo&) = default;
};

/// Errors: malformed_message, message_too_large.
Result<WatcherInfo> read_watcher_info(std::string_view document);
std::string write_watcher_info(const WatcherInfo& info);

}  // namespace tertulia::wire::event
