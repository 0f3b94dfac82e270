// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "face/simple/call_leg.h"

namespace tertulia::face::simple {

/// Sides of calls of one shard, found by id, by dialog and by connection, and their deadlines.
class CallTable {
 public:
  /// `id` must be new.  The reference is good until the leg is erased.
  CallLeg& add(base::CallLegId id, base::ConnectionId connection, std::string call_id);
  CallLeg* find(base::CallLegId id);
  void erase(CallLeg& leg);

  /// The client uses this tag too; false at tags_per_device_max.
  bool add_tag(CallLeg& leg, std::string_view tag);
  /// From now on this tag alone.
  void set_tag(CallLeg& leg, std::string_view tag);

  /// The side of a client with this dialog that `fits`; the newest of several.
  CallLeg* find(std::string_view call_id, std::string_view own_tag, std::string_view peer_tag,
                const std::function<bool(const CallLeg&)>& fits);
  /// The same, whatever the other end.
  CallLeg* find(std::string_view call_id, std::string_view own_tag, const std::function<bool(const CallLeg&)>& fits);

  /// The connection is gone: its sides no longer count for it.
  void forget(base::ConnectionId connection) { by_connection_.erase(connection); }
  std::vector<base::CallLegId> of(base::ConnectionId connection) const;  ///< oldest first
  std::size_t count(base::ConnectionId connection) const;
  std::vector<base::CallLegId> all() const;
  std::size_t size() const { return legs_.size(); }

  void set_deadline(CallLeg& leg, std::optional<base::TimePoint> when);
  std::optional<base::TimePoint> deadline() const;
  /// Sides whose deadline has come; it is taken from them.
  std::vector<base::CallLegId> due(base::TimePoint now);

 private:
  void drop_tag(const CallLeg& leg, std::string_view tag);

  std::unordered_map<base::CallLegId, std::unique_ptr<CallLeg>> legs_;
  std::unordered_map<std::string, std::vector<base::CallLegId>> by_dialog_;  ///< Call-ID and the client's own tag
  std::unordered_map<base::ConnectionId, std::vector<base::CallLegId>> by_connection_;
  std::set<std::pair<base::TimePoint, base::CallLegId>> deadlines_;
};

/// The peer of this leg with this tag; null when there is none.
CallPeer* peer_of(CallLeg& leg, std::string_view tag);

}  // namespace tertulia::face::simple
