// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "face/simple/leg.h"

namespace tertulia::face::simple {

/// The legs of one shard, found by id, by our tag of the dialog and by connection, and their deadlines.
class LegTable {
 public:
  /// `id` and `local_tag` must be new.  The reference is good until the leg is erased.
  Leg& add(base::LegId id, base::ConnectionId connection, std::string local_tag);
  Leg* find(base::LegId id);
  /// The leg with this dialog: Call-ID and our tag must agree, and the peer's tag as soon as it is known (RFC 3261 12).
  Leg* find(std::string_view call_id, std::string_view local_tag, std::string_view remote_tag);
  /// The leg of a client's INVITE on this connection.
  Leg* find(base::ConnectionId connection, std::string_view call_id, std::string_view remote_tag);
  void erase(base::LegId id);
  /// The connection is gone: its legs no longer count for it.
  void forget(base::ConnectionId connection) { by_connection_.erase(connection); }

  /// Legs of a connection, oldest first.
  std::vector<base::LegId> of(base::ConnectionId connection) const;
  std::size_t count(base::ConnectionId connection) const;
  std::vector<base::LegId> all() const;
  std::size_t size() const { return legs_.size(); }

  void set_deadline(Leg& leg, std::optional<base::TimePoint> when);
  std::optional<base::TimePoint> deadline() const;
  /// Legs whose deadline has come; it is taken from them.
  std::vector<base::LegId> due(base::TimePoint now);

 private:
  std::unordered_map<base::LegId, std::unique_ptr<Leg>> legs_;
  std::unordered_map<std::string, base::LegId> by_tag_;
  std::unordered_map<base::ConnectionId, std::vector<base::LegId>> by_connection_;
  std::set<std::pair<base::TimePoint, base::LegId>> deadlines_;
};

}  // namespace tertulia::face::simple
