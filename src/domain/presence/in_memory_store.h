// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/presence/store.h"

namespace tertulia::domain {

/// PresenceStore in memory, for tests and the simulator: changes are carried out in order, when the owner says so, and
/// fail when he says so.  A slow store is one that is stepped late, a crash is `drop_pending`.  Thread: one.
class InMemoryPresenceStore final : public PresenceStore {
 public:
  base::Result<std::vector<StoredPresence>> load_presence() override {
    std::vector<StoredPresence> all;
    for (const auto& [user, stored] : kept_) {
      if (!stored.publications.empty() || stored.levels_version != 0 || !stored.acknowledged.empty())
        all.push_back(stored);
    }
    return all;
  }
  void change_presence(PresenceChange change, std::function<void(base::Result<void>)> done) override {
    steps_.push_back({std::move(change), std::move(done)});
  }

  /// The next changes that are carried out fail.
  void fail_next(std::size_t changes) { failing_ = changes; }
  void set_failing(bool failing) { broken_ = failing; }
  std::size_t pending() const { return steps_.size(); }
  /// Carries out the oldest change and answers it.  False: nothing to do.
  bool step() {
    if (steps_.empty()) return false;
    Step one = std::move(steps_.front());
    steps_.pop_front();
    const bool fails = broken_ || failing_ > 0;
    if (failing_ > 0) --failing_;
    if (!fails) apply(one.change);
    if (!one.done) return true;
    if (fails) {
      one.done(base::Reason::store_unavailable);
    } else {
      one.done({});
    }
    return true;
  }
  void run() {
    while (step()) {
    }
  }
  /// The process dies: what was not carried out never happened.
  void drop_pending() { steps_.clear(); }
  /// Rows of removed users go with the user.
  void remove_user(base::UserId user) { kept_.erase(user); }

 private:
  struct Step {
    PresenceChange change;
    std::function<void(base::Result<void>)> done;
  };
  static void acknowledge(std::vector<std::string>& all, const std::string& address) {
    if (std::find(all.begin(), all.end(), address) != all.end()) return;
    if (all.size() >= acknowledged_max) all.erase(all.begin());
    all.push_back(address);
  }
  void apply(const PresenceChange& change) {
    StoredPresence& stored = kept_[change.user];
    stored.user = change.user;
    const auto drop = [&](const PublicationKey& key) {
      std::erase_if(stored.publications, [&](const Publication& one) { return one.key == key; });
    };
    for (const PublicationKey& key : change.removed) drop(key);
    for (const Publication& publication : change.put) {
      drop(publication.key);
      stored.publications.push_back(publication);
      stored.publications.back().id = {};
      stored.publications.back().endpoint = {};
    }
    if (change.acknowledged) acknowledge(stored.acknowledged, *change.acknowledged);
    if (!change.levels) return;
    stored.levels = *change.levels;
    stored.levels_version = change.levels_version;
  }

  std::deque<Step> steps_;
  std::map<base::UserId, StoredPresence> kept_;
  std::size_t failing_ = 0;
  bool broken_ = false;
};

}  // namespace tertulia::domain
