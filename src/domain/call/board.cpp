// SPDX-License-Identifier: Apache-2.0
#include "domain/call/board.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "domain/call/limits.h"

namespace tertulia::domain {

struct CallBoard::State {
  using Watcher = std::pair<base::ShardId, base::WatchId>;
  struct Entry {
    std::vector<CallNotice> calls;  ///< oldest first; bounded by calls_shown_per_user_max
    std::set<Watcher> watchers;     ///< bounded by call_watchers_per_user_max
  };

  /// Takes the notice over.  False: nothing has changed.
  bool apply(Entry& entry, const CallNotice& notice) {
    const auto known = std::find_if(entry.calls.begin(), entry.calls.end(), [&](const CallNotice& call) {
      return call.call == notice.call && call.outgoing == notice.outgoing;
    });
    if (known == entry.calls.end()) {
      if (notice.state == CallState::over || entry.calls.size() >= calls_shown_per_user_max) return false;
      entry.calls.push_back(notice);
      ++call_count;
      return true;
    }
    if (notice.state == CallState::over) {
      entry.calls.erase(known);
      --call_count;
      return true;
    }
    if (notice.state <= known->state) return false;
    *known = notice;
    return true;
  }

  void erase_if_empty(base::UserId user) {
    const auto found = entries.find(user);
    if (found != entries.end() && found->second.calls.empty() && found->second.watchers.empty()) entries.erase(found);
  }

  CallBoardPorts& ports;
  std::unordered_map<base::UserId, Entry> entries;
  std::size_t watch_count = 0;
  std::size_t call_count = 0;
};

CallBoard::CallBoard(CallBoardPorts& ports) : state_(std::make_unique<State>(State{ports, {}, 0, 0})) {}
CallBoard::~CallBoard() = default;

void CallBoard::on_notice(const CallNotice& notice) {
  State::Entry& entry = state_->entries[notice.user];
  if (state_->apply(entry, notice)) {
    for (const auto& [edge, watch] : entry.watchers) {
      state_->ports.news(edge, CallsNews{watch, base::Reason::none, entry.calls});
    }
  }
  state_->erase_if_empty(notice.user);
}

void CallBoard::on_watch(const WatchCalls& watch, const Directory& directory) {
  if (!watch.on) {
    const auto found = state_->entries.find(watch.user);
    if (found == state_->entries.end()) return;
    state_->watch_count -= found->second.watchers.erase({watch.edge, watch.watch});
    return state_->erase_if_empty(watch.user);
  }
  if (directory.find(watch.user) == nullptr) {
    state_->ports.news(watch.edge, CallsNews{watch.watch, base::Reason::user_does_not_exist, {}});
    return;
  }
  State::Entry& entry = state_->entries[watch.user];
  const State::Watcher watcher{watch.edge, watch.watch};
  if (!entry.watchers.contains(watcher)) {
    if (entry.watchers.size() >= call_watchers_per_user_max) {
      state_->ports.news(watch.edge, CallsNews{watch.watch, base::Reason::too_many_watchers, {}});
      return;
    }
    entry.watchers.insert(watcher);
    ++state_->watch_count;
  }
  state_->ports.news(watch.edge, CallsNews{watch.watch, base::Reason::none, entry.calls});
}

void CallBoard::on_user_removed(base::UserId user) {
  const auto found = state_->entries.find(user);
  if (found == state_->entries.end()) return;
  const State::Entry entry = std::move(found->second);
  state_->entries.erase(found);
  state_->watch_count -= entry.watchers.size();
  state_->call_count -= entry.calls.size();
  for (const auto& [edge, watch] : entry.watchers) {
    state_->ports.news(edge, CallsNews{watch, base::Reason::user_does_not_exist, {}});
  }
}

std::vector<CallNotice> CallBoard::calls(base::UserId user) const {
  const auto found = state_->entries.find(user);
  return found == state_->entries.end() ? std::vector<CallNotice>{} : found->second.calls;
}

std::size_t CallBoard::watch_count() const { return state_->watch_count; }
std::size_t CallBoard::call_count() const { return state_->call_count; }

}  // namespace tertulia::domain
