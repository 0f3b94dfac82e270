// SPDX-License-Identifier: Apache-2.0
#include "face/simple/leg_table.h"

#include <algorithm>

#include "base/check.h"

namespace tertulia::face::simple {

Leg& LegTable::add(base::LegId id, base::ConnectionId connection, std::string local_tag) {
  auto leg = std::make_unique<Leg>();
  leg->id = id;
  leg->connection = connection;
  leg->local_tag = local_tag;
  Leg& added = *leg;
  TERTULIA_CHECK(legs_.emplace(id, std::move(leg)).second);
  by_tag_.emplace(std::move(local_tag), id);
  by_connection_[connection].push_back(id);
  return added;
}

Leg* LegTable::find(base::LegId id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : found->second.get();
}

Leg* LegTable::find(std::string_view call_id, std::string_view local_tag, std::string_view remote_tag) {
  const auto found = by_tag_.find(std::string(local_tag));
  if (found == by_tag_.end()) return nullptr;
  Leg* leg = find(found->second);
  if (leg == nullptr || leg->call_id != call_id) return nullptr;
  if (!leg->dialog || leg->dialog->id().remote_tag == remote_tag) return leg;
  if (leg->former_tag.empty() || leg->former_tag != remote_tag) return nullptr;
  return leg;
}

Leg* LegTable::find(base::ConnectionId connection, std::string_view call_id, std::string_view remote_tag) {
  const auto list = by_connection_.find(connection);
  if (list == by_connection_.end()) return nullptr;
  for (const base::LegId id : list->second) {
    Leg* leg = find(id);
    if (leg != nullptr && leg->call_id == call_id && leg->dialog && leg->dialog->id().remote_tag == remote_tag)
      return leg;
  }
  return nullptr;
}

void LegTable::erase(base::LegId id) {
  const auto found = legs_.find(id);
  if (found == legs_.end()) return;
  Leg& leg = *found->second;
  set_deadline(leg, std::nullopt);
  by_tag_.erase(leg.local_tag);
  if (const auto list = by_connection_.find(leg.connection); list != by_connection_.end()) {
    std::erase(list->second, id);
    if (list->second.empty()) by_connection_.erase(list);
  }
  legs_.erase(found);
}

std::vector<base::LegId> LegTable::of(base::ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? std::vector<base::LegId>{} : found->second;
}

std::size_t LegTable::count(base::ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? 0 : found->second.size();
}

std::vector<base::LegId> LegTable::all() const {
  std::vector<base::LegId> ids;
  ids.reserve(legs_.size());
  for (const auto& [id, leg] : legs_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());  // the order of a hash table would differ between runs of one seed
  return ids;
}

void LegTable::set_deadline(Leg& leg, std::optional<base::TimePoint> when) {
  if (leg.deadline) deadlines_.erase({*leg.deadline, leg.id});
  leg.deadline = when;
  if (when) deadlines_.emplace(*when, leg.id);
}

std::optional<base::TimePoint> LegTable::deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

std::vector<base::LegId> LegTable::due(base::TimePoint now) {
  std::vector<base::LegId> ids;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const base::LegId id = deadlines_.begin()->second;
    ids.push_back(id);
    set_deadline(*find(id), std::nullopt);
  }
  return ids;
}

}  // namespace tertulia::face::simple
