// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "domain/presence/agent_state.h"

namespace tertulia::domain {

/// Makes the views of all levels that have watchers anew; those that show something else go out.
void PresenceAgent::State::refresh(base::UserId id, UserEntry& entry, const User& user) {
  const Picture picture = look(id, &entry, user);
  remember(entry, picture);
  entry.dirty = false;
  for (Slot& slot : entry.slots) {
    PresenceView view = view_of(picture, user, slot.level);
    if (slot.view && shows_the_same(*slot.view, view)) continue;
    view.version = ++versions;
    slot.changed = view.version;
    slot.view = std::make_shared<const PresenceView>(std::move(view));
  }
  const bool owes = std::any_of(entry.watches.begin(), entry.watches.end(), [&](const Watch& watch) {
    return watch.owed || watch.sent < entry.slot(watch.level)->changed;
  });
  if (!owes) return;
  entry.last_news = now.mono;
  enqueue(id, entry);
}

void PresenceAgent::State::remember(UserEntry& entry, const Picture& picture) {
  // Others and the user himself are told at their own times: what time has changed is news for both of them.
  if (entry.again <= now.mono) touch(entry);
  entry.again = picture.again;
  set_wall_edge(entry, picture.wall_edge);
  if (entry.shown) {
    *entry.shown = picture.aggregate;
  } else {
    entry.shown = std::make_unique<Aggregate>(picture.aggregate);
  }
}

void PresenceAgent::State::enqueue(base::UserId id, UserEntry& entry) {
  entry.remaining = entry.watches.size();
  if (std::exchange(entry.queued, true)) return;
  queue.push_back(id);
}

/// Serves as many watchers as one turn may.  A user with more of them goes to the end of the queue; his cursor stays, so
/// that further changes meanwhile starve nobody, and everybody gets the newest view only.
void PresenceAgent::State::deliver() {
  while (budget > 0 && !queue.empty()) {
    const base::UserId id = queue.front();
    queue.pop_front();
    UserEntry* entry = find(id);
    if (entry == nullptr) continue;
    while (entry->remaining > 0 && budget > 0) {
      entry->cursor = (entry->cursor + 1) % entry->watches.size();
      --entry->remaining;
      Watch& watch = entry->watches[entry->cursor];
      const Slot& slot = *entry->slot(watch.level);
      if (!watch.owed && watch.sent >= slot.changed) continue;
      watch.owed = false;
      watch.sent = slot.view->version;
      tell(watch.edge, {watch.watch, slot.view, base::Reason::none});
      --budget;
    }
    entry->queued = entry->remaining > 0;
    if (entry->queued) queue.push_back(id);
  }
}

void PresenceAgent::State::tell(base::ShardId edge, PresenceNews::Item item) {
  metrics.news.add();
  auto at = std::find_if(batch.begin(), batch.end(), [&](const auto& one) { return one.first == edge; });
  if (at == batch.end()) at = batch.insert(batch.end(), {edge, {}});
  at->second.items.push_back(std::move(item));
}

void PresenceAgent::State::send_list(UserEntry& entry) {
  entry.list_dirty = false;
  entry.last_list = now.mono;
  std::vector<WatcherInfo> list;
  list.reserve(entry.watches.size());
  for (const Watch& watch : entry.watches)
    list.push_back({watch.watch, *watch.address, watch.since, watch.level == Container::blocked});
  const WatcherListPtr shared = std::make_shared<const std::vector<WatcherInfo>>(std::move(list));
  for (const ListWatch& one : entry.list_watches)
    ports.news(one.edge, WatcherNews{one.watch, shared, base::Reason::none});
}

}  // namespace tertulia::domain
