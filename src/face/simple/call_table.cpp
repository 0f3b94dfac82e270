// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_table.h"

#include <algorithm>

#include "base/check.h"
#include "face/simple/call_limits.h"

namespace tertulia::face::simple {
namespace {

std::string key_of(std::string_view call_id, std::string_view tag) {
  std::string key(call_id);
  return key.append("\n").append(tag);
}

}  // namespace

CallPeer* peer_of(CallLeg& leg, std::string_view tag) {
  const auto found =
      std::find_if(leg.peers.begin(), leg.peers.end(), [&](const CallPeer& peer) { return peer.tag == tag; });
  return found == leg.peers.end() ? nullptr : &*found;
}

CallLeg& CallTable::add(base::CallLegId id, base::ConnectionId connection, std::string call_id) {
  auto leg = std::make_unique<CallLeg>();
  leg->id = id;
  leg->connection = connection;
  leg->call_id = std::move(call_id);
  CallLeg& added = *leg;
  TERTULIA_CHECK(legs_.emplace(id, std::move(leg)).second);
  by_connection_[connection].push_back(id);
  return added;
}

CallLeg* CallTable::find(base::CallLegId id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : found->second.get();
}

void CallTable::erase(CallLeg& leg) {
  set_deadline(leg, std::nullopt);
  for (const std::string& tag : leg.own_tags) drop_tag(leg, tag);
  if (const auto list = by_connection_.find(leg.connection); list != by_connection_.end()) {
    std::erase(list->second, leg.id);
    if (list->second.empty()) by_connection_.erase(list);
  }
  legs_.erase(leg.id);
}

bool CallTable::add_tag(CallLeg& leg, std::string_view tag) {
  if (std::find(leg.own_tags.begin(), leg.own_tags.end(), tag) != leg.own_tags.end()) return true;
  if (leg.own_tags.size() >= tags_per_device_max) return false;
  leg.own_tags.emplace_back(tag);
  by_dialog_[key_of(leg.call_id, tag)].push_back(leg.id);
  return true;
}

void CallTable::set_tag(CallLeg& leg, std::string_view tag) {
  for (const std::string& other : std::exchange(leg.own_tags, {})) drop_tag(leg, other);
  add_tag(leg, tag);
}

void CallTable::drop_tag(const CallLeg& leg, std::string_view tag) {
  const auto found = by_dialog_.find(key_of(leg.call_id, tag));
  if (found == by_dialog_.end()) return;
  std::erase(found->second, leg.id);
  if (found->second.empty()) by_dialog_.erase(found);
}

CallLeg* CallTable::find(std::string_view call_id, std::string_view own_tag,
                         const std::function<bool(const CallLeg&)>& fits) {
  const auto found = by_dialog_.find(key_of(call_id, own_tag));
  if (found == by_dialog_.end()) return nullptr;
  for (auto id = found->second.rbegin(); id != found->second.rend(); ++id)
    if (CallLeg* leg = find(*id); leg != nullptr && fits(*leg)) return leg;
  return nullptr;
}

CallLeg* CallTable::find(std::string_view call_id, std::string_view own_tag, std::string_view peer_tag,
                         const std::function<bool(const CallLeg&)>& fits) {
  return find(call_id, own_tag, [&](const CallLeg& leg) {
    const bool known =
        std::any_of(leg.peers.begin(), leg.peers.end(), [&](const CallPeer& peer) { return peer.tag == peer_tag; });
    return known && fits(leg);
  });
}

std::vector<base::CallLegId> CallTable::of(base::ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? std::vector<base::CallLegId>{} : found->second;
}

std::size_t CallTable::count(base::ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? 0 : found->second.size();
}

std::vector<base::CallLegId> CallTable::all() const {
  std::vector<base::CallLegId> ids;
  ids.reserve(legs_.size());
  for (const auto& [id, leg] : legs_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());  // the order of a hash table would differ between runs of one seed
  return ids;
}

void CallTable::set_deadline(CallLeg& leg, std::optional<base::TimePoint> when) {
  if (leg.deadline) deadlines_.erase({*leg.deadline, leg.id});
  leg.deadline = when;
  if (when) deadlines_.emplace(*when, leg.id);
}

std::optional<base::TimePoint> CallTable::deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

std::vector<base::CallLegId> CallTable::due(base::TimePoint now) {
  std::vector<base::CallLegId> ids;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const base::CallLegId id = deadlines_.begin()->second;
    ids.push_back(id);
    set_deadline(*find(id), std::nullopt);
  }
  return ids;
}

}  // namespace tertulia::face::simple
