// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "domain/presence/agent_state.h"

namespace tertulia::domain {

using base::Reason;

/// The directory's own list of blocked senders comes first, then the user's levels, then privacy mode.
Levels::Verdict PresenceAgent::State::level_of(const User& user, const UserEntry* entry, std::string_view watcher,
                                               const Directory& directory) const {
  if (watcher == user.address.text()) return {Container::self, {MemberKind::user, user.address.text()}};
  const bool blocks =
      std::any_of(user.blocked.begin(), user.blocked.end(), [&](const Address& one) { return one.text() == watcher; });
  if (blocks) return {Container::blocked, {MemberKind::user, std::string(watcher)}};
  const std::size_t at = watcher.rfind('@');
  const bool same_enterprise = at != std::string_view::npos && directory.serves(watcher.substr(at + 1));
  const Levels& levels = entry != nullptr && entry->levels ? *entry->levels : default_levels;
  Levels::Verdict verdict = levels.level_of(watcher, same_enterprise);
  if (verdict.level != Container::blocked && user.policy->contacts_only_presence &&
      !ports.has_contact(user.id, watcher))
    return {Container::everyone, {MemberKind::everyone, {}}};
  return verdict;
}

/// The present view of a level.  Watchers of one level share the object as long as it shows the same.
PresenceViewPtr PresenceAgent::State::view_for(base::UserId id, UserEntry& entry, const User& user, Container level) {
  Slot* slot = entry.slot(level);
  if (slot != nullptr && slot->view && !entry.dirty) return slot->view;
  const Picture picture = look(id, &entry, user);
  PresenceView view = view_of(picture, user, level);
  if (slot != nullptr && slot->view && shows_the_same(*slot->view, view)) return slot->view;
  view.version = ++versions;
  PresenceViewPtr made = std::make_shared<const PresenceView>(std::move(view));
  if (slot != nullptr) {  // the others of this level learn it when their time has come
    slot->view = made;
    slot->changed = made->version;
  }
  if (!entry.shown && !entry.watches.empty()) remember(entry, picture);
  return made;
}

PresenceNews::Item PresenceAgent::State::watch(const WatchPresence& asked, const WatchPresence::Entry& one,
                                               const std::shared_ptr<const std::string>& address,
                                               const Directory& directory) {
  const User* user = directory.find(one.target);
  if (user == nullptr) return {one.watch, nullptr, Reason::user_does_not_exist};
  UserEntry& entry = open(one.target);
  const Container level = level_of(*user, &entry, *address, directory).level;
  if (asked.once) {
    if (user->policy->watchers_max == 0) return {one.watch, nullptr, Reason::too_many_watchers};
    return {one.watch, view_for(one.target, entry, *user, level), Reason::none};
  }
  const auto at = std::find_if(entry.watches.begin(), entry.watches.end(), [&](const Watch& watch) {
    return watch.watch == one.watch && watch.edge == asked.edge;
  });
  if (at != entry.watches.end()) unwatch(entry, asked.edge, one.watch);  // asked again: begins anew
  if (entry.watches.size() >= user->policy->watchers_max) return {one.watch, nullptr, Reason::too_many_watchers};
  if (entry.slot(level) == nullptr) entry.slots.push_back({level, 0, nullptr, 0});
  ++entry.slot(level)->watchers;
  entry.watches.push_back({one.watch, asked.edge, level, false, 0, now.wall, address});
  ++watch_total;
  const PresenceViewPtr view = view_for(one.target, entry, *user, level);
  entry.watches.back().sent = view->version;
  entry.list_dirty = !entry.list_watches.empty();
  touch_self(entry);
  return {one.watch, view, Reason::none};
}

void PresenceAgent::State::forget_views(UserEntry& entry) {
  entry.slots.clear();
  entry.slots.shrink_to_fit();
  entry.dirty = false;
  entry.remaining = 0;
  if (!entry.observed()) forget_picture(entry);
}

void PresenceAgent::State::forget_picture(UserEntry& entry) {
  entry.shown.reset();
  entry.again = base::TimePoint::never();
  set_wall_edge(entry, false);
}

void PresenceAgent::State::leave_level(UserEntry& entry, Container level) {
  Slot* slot = entry.slot(level);
  if (--slot->watchers > 0) return;
  *slot = std::move(entry.slots.back());
  entry.slots.pop_back();
}

void PresenceAgent::State::unwatch(UserEntry& entry, base::ShardId edge, base::WatchId watch) {
  const auto at = std::find_if(entry.watches.begin(), entry.watches.end(),
                               [&](const Watch& one) { return one.watch == watch && one.edge == edge; });
  if (at == entry.watches.end()) return;
  leave_level(entry, at->level);
  *at = std::move(entry.watches.back());
  entry.watches.pop_back();
  --watch_total;
  // The last one stands at another place now, which may have been served already.
  if (entry.remaining > 0) entry.remaining = entry.watches.size();
  entry.list_dirty = !entry.list_watches.empty();
  touch_self(entry);
  if (entry.watches.empty()) forget_views(entry);
  if (entry.watches.size() * 4 < entry.watches.capacity()) entry.watches.shrink_to_fit();
}

void PresenceAgent::State::relevel(base::UserId id, UserEntry& entry, const User& user, const Directory& directory) {
  std::vector<Container> entered;
  for (Watch& watch : entry.watches) {
    const Container level = level_of(user, &entry, *watch.address, directory).level;
    if (level == watch.level) continue;
    if (entry.slot(level) == nullptr) entry.slots.push_back({level, 0, nullptr, 0});
    ++entry.slot(level)->watchers;
    leave_level(entry, watch.level);
    watch.level = level;
    watch.owed = true;
    if (std::find(entered.begin(), entered.end(), level) == entered.end()) entered.push_back(level);
  }
  if (entered.empty()) return;
  for (const Container level : entered) {
    Slot* slot = entry.slot(level);
    if (slot == nullptr) continue;
    // Whoever comes in may have seen a later version in his former level: the same content under a new one.
    PresenceView again = *view_for(id, entry, user, level);
    again.version = ++versions;
    slot->view = std::make_shared<const PresenceView>(std::move(again));
  }
  entry.list_dirty = !entry.list_watches.empty();
  enqueue(id, entry);
}

void PresenceAgent::on_watch(const WatchPresence& watch, const Directory& directory, base::Now now) {
  State& state = *state_;
  state.begin(now);
  const auto address = std::make_shared<const std::string>(base::to_lower(watch.watcher_address));
  for (const WatchPresence::Entry& one : watch.entries) {
    state.tell(watch.edge, state.watch(watch, one, address, directory));
    state.settle(one.target, &directory);
  }
  state.end();
}

void PresenceAgent::on_unwatch(const UnwatchPresence& unwatch, base::Now now) {
  State& state = *state_;
  state.begin(now);
  for (const WatchPresence::Entry& one : unwatch.entries) {
    UserEntry* entry = state.find(one.target);
    if (entry == nullptr) continue;
    state.unwatch(*entry, unwatch.edge, one.watch);
    state.settle(one.target, nullptr);
  }
  state.end();
}

void PresenceAgent::on_watch_watchers(const WatchWatchers& watch, base::Now now) {
  State& state = *state_;
  state.begin(now);
  UserEntry& entry = state.open(watch.user);
  std::vector<ListWatch>& all = entry.list_watches;
  std::erase_if(all, [&](const ListWatch& one) { return one.watch == watch.watch && one.edge == watch.edge; });
  if (watch.on && all.size() >= watcher_watches_max) {
    state.ports.news(watch.edge, WatcherNews{watch.watch, nullptr, Reason::too_many_subscriptions});
  } else if (watch.on) {
    all.push_back({watch.watch, watch.edge});
    entry.list_dirty = true;
    entry.last_list = long_ago;  // the first answer comes at once
  } else if (all.empty()) {
    entry.list_dirty = false;
  }
  state.settle(watch.user, nullptr);
  state.end();
}

Reason PresenceAgent::may_interrupt(base::UserId id, std::string_view from_address, const Directory& directory) const {
  const State& state = *state_;
  const User* user = directory.find(id);
  if (user == nullptr) return Reason::none;  // not a question of presence
  const UserEntry* entry = state.find(id);
  const Container level = state.level_of(*user, entry, base::to_lower(from_address), directory).level;
  if (level == Container::blocked) return Reason::sender_blocked;
  if (entry == nullptr || level == Container::workgroup || level == Container::self) return Reason::none;
  if (entry->publications.empty() && entry->phones.empty()) return Reason::none;  // nobody has said such a thing
  return state.look(id, entry, *user).aggregate.blocks_interruptions ? Reason::recipient_do_not_disturb : Reason::none;
}

base::Result<PresenceExplanation> PresenceAgent::explain(base::UserId id, std::string_view watcher_address,
                                                         const Directory& directory, base::Now now) const {
  State& state = *state_;
  const User* user = directory.find(id);
  if (user == nullptr) return Reason::user_does_not_exist;
  state.now = now;
  const UserEntry* entry = state.find(id);
  PresenceExplanation told;
  const std::string watcher = watcher_address.empty() ? user->address.text() : base::to_lower(watcher_address);
  told.verdict = state.level_of(*user, entry, watcher, directory);
  Picture picture = state.look(id, entry, *user);
  const Slot* slot = entry == nullptr ? nullptr : entry->slot(told.verdict.level);
  if (slot != nullptr && slot->view && !entry->dirty) {
    told.view = slot->view;
  } else {
    PresenceView view = state.view_of(picture, *user, told.verdict.level);
    view.version = slot != nullptr && slot->view ? slot->view->version : state.versions;
    told.view = std::make_shared<const PresenceView>(std::move(view));
  }
  told.aggregate = std::move(picture.aggregate);
  told.input = std::move(picture.input);
  for (const Publication* publication : picture.publications) told.publications.push_back(*publication);
  told.watchers = entry == nullptr ? 0 : entry->watches.size();
  return told;
}

Levels PresenceAgent::levels(base::UserId user) const {
  const UserEntry* entry = state_->find(user);
  return entry != nullptr && entry->levels ? *entry->levels : Levels();
}

}  // namespace tertulia::domain
