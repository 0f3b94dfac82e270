// SPDX-License-Identifier: Apache-2.0
// What watchers are told.  Versions only grow; a partial document changes the version before it, so who gets each of
// them in order has what a full one says.
#include <algorithm>

#include "domain/conference/focus.h"

namespace tertulia::domain {

using base::Reason;
using base::Result;

ConferenceDescriptionPtr Focus::description() {
  if (description_ && !description_changed_) return description_;
  ConferenceDescription now;
  now.key = facts_.key;
  now.organizer_address = organizer_address_;
  now.organizer_name = organizer_name_;
  now.subject = facts_.subject;
  now.admission = facts_.admission;
  now.presenters = facts_.presenters;
  now.lobby = facts_.lobby;
  now.locked = facts_.locked;
  now.muted = facts_.muted;
  now.size_max = facts_.size_max;
  now.expires = facts_.expires;
  return std::make_shared<const ConferenceDescription>(std::move(now));
}

RosterMemberPtr Focus::shown(const Member& member) {
  RosterMember now;
  now.user = member.user;
  now.address = member.address;
  now.name = member.name;
  now.role = member.role;
  now.seats.reserve(member.seats.size());
  for (const Seat& seat : member.seats) now.seats.push_back({seat.entity, seat.endpoint, seat.chat, seat.pages});
  return std::make_shared<const RosterMember>(std::move(now));
}

/// As of `version_`: what has changed since is not in it, and comes with the next news.
RosterPtr Focus::full() {
  if (full_) return full_;
  if (!description_) description_ = description();
  auto roster = std::make_shared<Roster>();
  roster->version = version_;
  roster->description = description_;
  roster->members.reserve(shown_.size());
  for (const auto& [user, member] : shown_) roster->members.push_back(member);
  roster->size = static_cast<std::uint32_t>(shown_.size());
  full_ = std::move(roster);
  return full_;
}

LobbyPtr Focus::lobby_shown() {
  auto guests = std::make_shared<std::vector<LobbyGuest>>();
  guests->reserve(lobby_.size());
  for (const Waiter& waiter : lobby_) {
    guests->push_back({waiter.join.user, waiter.join.address, waiter.join.name, waiter.since});
  }
  return guests;
}

Result<RosterNews> Focus::watch(const Watcher& watcher) {
  const Member* member = find(watcher.user);
  if (member == nullptr) return Reason::not_in_conference;
  unwatch(watcher.edge, watcher.watch);
  if (watchers_.size() >= conference_limits::watchers_max) return Reason::too_many_watchers;
  watchers_.push_back(watcher);
  RosterNews news{watcher.watch, Reason::none, full(), nullptr};
  if (member->role >= ConferenceRole::presenter && !lobby_.empty()) news.lobby = lobby_shown();
  watchers_.back().lobby_told = member->role >= ConferenceRole::presenter;
  return news;
}

Result<RosterNews> Focus::look(const Watcher& watcher) {
  if (!asker(watcher.user).role) return Reason::not_in_conference;
  return RosterNews{watcher.watch, Reason::none, full(), nullptr};
}

void Focus::unwatch(base::ShardId edge, base::WatchId watch) {
  std::erase_if(watchers_, [&](const Watcher& w) { return w.edge == edge && w.watch == watch; });
}

std::vector<Focus::Watcher> Focus::take_watchers(base::UserId user) {
  std::vector<Watcher> taken;
  const auto split =
      std::stable_partition(watchers_.begin(), watchers_.end(), [&](const Watcher& w) { return w.user != user; });
  std::move(split, watchers_.end(), std::back_inserter(taken));
  watchers_.erase(split, watchers_.end());
  return taken;
}

std::vector<Focus::Watcher> Focus::take_all_watchers() { return std::exchange(watchers_, {}); }

std::vector<std::pair<base::ShardId, RosterNews>> Focus::take_news() {
  auto roster = std::make_shared<Roster>();
  roster->full = false;
  for (const base::UserId user : std::exchange(changed_, {})) {
    const Member* member = find(user);
    const auto before = shown_.find(user);
    if (member == nullptr) {
      if (before == shown_.end()) continue;  // came and went unseen
      roster->gone.push_back(std::move(before->second));
      shown_.erase(before);
      continue;
    }
    RosterMemberPtr now = shown(*member);
    if (before != shown_.end() && *before->second == *now) continue;
    shown_[user] = now;
    roster->members.push_back(std::move(now));
  }
  if (description_changed_) {
    description_ = description();
    description_changed_ = false;
    roster->description = description_;
  }
  const bool changed = roster->description || !roster->members.empty() || !roster->gone.empty();
  if (changed) {
    roster->base_version = version_;
    roster->version = ++version_;
    roster->size = static_cast<std::uint32_t>(shown_.size());
    full_.reset();
  }
  const bool lobby_changed = std::exchange(lobby_changed_, false);
  LobbyPtr waiting;
  std::vector<std::pair<base::ShardId, RosterNews>> all;
  all.reserve(watchers_.size());
  const RosterPtr shared = changed ? RosterPtr(std::move(roster)) : nullptr;
  for (Watcher& watcher : watchers_) {
    RosterNews news{watcher.watch, Reason::none, shared, nullptr};
    const Member* member = find(watcher.user);
    const bool leads = member != nullptr && member->role >= ConferenceRole::presenter;
    const bool new_to_it = leads && !watcher.lobby_told && !lobby_.empty();
    if (leads && (lobby_changed || new_to_it)) {
      if (!waiting) waiting = lobby_shown();
      news.lobby = waiting;
    } else if (!leads && watcher.lobby_told) {
      news.lobby = std::make_shared<const std::vector<LobbyGuest>>();  // he leads no more: it is not his to see
    }
    watcher.lobby_told = leads;
    if (news.roster || news.lobby) all.emplace_back(watcher.edge, std::move(news));
  }
  return all;
}

}  // namespace tertulia::domain
