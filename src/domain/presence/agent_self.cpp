// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>
#include <utility>

#include "domain/presence/agent_state.h"

namespace tertulia::domain {
namespace {

using base::Reason;

bool is_the_same(const Publication& a, const Publication& b) {
  const auto said = [](const Publication& one) {
    return std::tie(one.id, one.key, one.version, one.expires, one.endpoint, one.since, one.value, one.original);
  };
  return said(a) == said(b);
}

/// The two tell the user's devices the same; a state that is the same began at the same time.
bool tells_the_same(const SelfView& a, const SelfView& b) {
  const auto told = [](const SelfView& view) {
    return std::tie(view.user, view.display_name, view.state, view.interrupt_state, view.idle_since, view.levels,
                    view.levels_version, view.subscribers);
  };
  return told(a) == told(b) && is_same_card(a.card, b.card) &&
         std::equal(a.publications.begin(), a.publications.end(), b.publications.begin(), b.publications.end(),
                    is_the_same);
}

}  // namespace

void Acknowledged::add(std::string address) {
  if (contains(address)) return;
  if (order_.size() >= acknowledged_max)
    order_.erase(std::min_element(order_.begin(), order_.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
  order_.emplace(std::move(address), ++last_);
}

/// Who watches now, each once; of too many those who came last.
std::vector<SelfView::Subscriber> PresenceAgent::State::subscribers(const UserEntry& entry, const User& user) const {
  struct Seen {
    const std::string* address;
    base::WallTime since;
  };
  std::vector<Seen> all;
  for (const Watch& watch : entry.watches) {
    if (*watch.address != user.address.text()) all.push_back({watch.address.get(), watch.since});
  }
  std::sort(all.begin(), all.end(), [](const Seen& a, const Seen& b) {
    return *a.address != *b.address ? *a.address < *b.address : a.since > b.since;
  });
  all.erase(std::unique(all.begin(), all.end(), [](const Seen& a, const Seen& b) { return *a.address == *b.address; }),
            all.end());
  if (all.size() > subscribers_shown_max) {
    std::stable_sort(all.begin(), all.end(), [](const Seen& a, const Seen& b) { return a.since > b.since; });
    all.resize(subscribers_shown_max);
    std::sort(all.begin(), all.end(), [](const Seen& a, const Seen& b) { return *a.address < *b.address; });
  }
  std::vector<SelfView::Subscriber> list;
  list.reserve(all.size());
  for (const Seen& one : all) {
    const bool known = entry.acknowledged && entry.acknowledged->contains(*one.address);
    list.push_back({*one.address, known || ports.has_contact(user.id, *one.address)});
  }
  return list;
}

SelfViewPtr PresenceAgent::State::self_view(base::UserId id, UserEntry& entry, const User& user) {
  if (entry.self && !entry.self_dirty) return entry.self;
  const Picture picture = look(id, &entry, user);
  const bool kept = !entry.self_watches.empty();
  if (kept) remember(entry, picture);
  SelfView view;
  view.user = id;
  view.display_name = user.display_name;
  view.card = user.card;
  view.state = picture.aggregate.state;
  view.interrupt_state = picture.aggregate.interrupt_state;
  view.since = picture.aggregate.since;
  view.idle_since = picture.aggregate.idle_since;
  const Levels& levels = entry.levels ? *entry.levels : default_levels;
  view.levels = levels.entries();
  view.levels_version = levels.version();
  view.subscribers = subscribers(entry, user);
  view.publications.reserve(picture.publications.size());
  for (const Publication* publication : picture.publications) view.publications.push_back(*publication);
  std::sort(view.publications.begin(), view.publications.end(),
            [](const Publication& a, const Publication& b) { return a.key < b.key; });
  if (entry.self && tells_the_same(*entry.self, view)) return entry.self;
  view.version = ++versions;
  SelfViewPtr made = std::make_shared<const SelfView>(std::move(view));
  if (kept) entry.self = made;
  return made;
}

/// The view as it is now, to those who have not got it: an answer may have brought it into being before its time.
void PresenceAgent::State::tell_self(base::UserId id, UserEntry& entry, const User& user) {
  const SelfViewPtr view = self_view(id, entry, user);
  entry.self_dirty = false;
  for (SelfWatch& one : entry.self_watches) {
    if (one.sent >= view->version) continue;
    one.sent = view->version;
    entry.last_self = now.mono;
    ports.news(one.edge, SelfNews{one.watch, view, Reason::none});
  }
}

void PresenceAgent::State::watch_self(const WatchSelf& asked, UserEntry& entry, const User& user) {
  std::vector<SelfWatch>& all = entry.self_watches;
  auto at = std::find_if(all.begin(), all.end(),
                         [&](const SelfWatch& one) { return one.watch == asked.watch && one.edge == asked.edge; });
  if (at == all.end()) {
    if (all.size() >= self_watches_max)
      return ports.news(asked.edge, SelfNews{asked.watch, nullptr, Reason::too_many_subscriptions});
    at = all.insert(all.end(), {asked.watch, asked.edge});
  }
  const SelfViewPtr view = self_view(asked.user, entry, user);
  at->sent = view->version;
  ports.news(asked.edge, SelfNews{asked.watch, view, Reason::none});
}

void PresenceAgent::State::end_self_watch(UserEntry& entry, const WatchSelf& asked) {
  std::erase_if(entry.self_watches,
                [&](const SelfWatch& one) { return one.watch == asked.watch && one.edge == asked.edge; });
  if (!entry.self_watches.empty()) return;
  entry.self_watches.shrink_to_fit();
  entry.self.reset();
  entry.self_dirty = false;
  if (!entry.observed()) forget_picture(entry);
}

void PresenceAgent::on_watch_self(const WatchSelf& watch, const Directory& directory, base::Now now) {
  State& state = *state_;
  state.begin(now);
  const User* user = directory.find(watch.user);
  if (!watch.on) {
    if (UserEntry* entry = state.find(watch.user)) state.end_self_watch(*entry, watch);
  } else if (user == nullptr) {
    state.ports.news(watch.edge, SelfNews{watch.watch, nullptr, Reason::user_does_not_exist});
  } else {
    state.watch_self(watch, state.open(watch.user), *user);
  }
  state.settle(watch.user, &directory);
  state.end();
}

void PresenceAgent::State::run_acknowledge(AcknowledgeWatcher asked) {
  const base::Result<Address> address = Address::parse(asked.address);
  if (!address) return refuse(std::move(asked), address.reason());
  const UserEntry& entry = open(asked.user);
  asked.address = address->text();
  if (entry.acknowledged && entry.acknowledged->contains(asked.address)) return refuse(std::move(asked), Reason::none);
  const base::UserId id = asked.user;
  PresenceChange change;
  change.user = id;
  change.acknowledged = asked.address;
  store(id, std::move(change), std::move(asked));
}

void PresenceAgent::State::apply_acknowledge(AcknowledgeWatcher& asked) {
  UserEntry& entry = open(asked.user);
  if (!entry.acknowledged) entry.acknowledged = std::make_unique<Acknowledged>();
  entry.acknowledged->add(std::move(asked.address));
  answer_level(asked.edge, asked.user, {asked.ticket, Reason::none, 0});
  touch_self(entry);
}

}  // namespace tertulia::domain
