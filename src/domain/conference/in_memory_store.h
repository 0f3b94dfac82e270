// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "domain/conference/store.h"

namespace tertulia::domain {

/// ConferenceStore in memory.  Changes are carried out in order, when the owner says so, and fail when he says so.  For
/// tests and the simulator: a slow store is one that is stepped late, a crash is `drop_pending`.  Thread: one.
class InMemoryConferenceStore final : public ConferenceStore {
 public:
  using Done = std::function<void(base::Result<void>)>;
  base::Result<std::vector<ConferenceFacts>> load_conferences() override {
    std::vector<ConferenceFacts> all;
    for (const auto& [key, facts] : kept_) all.push_back(facts);
    return all;
  }
  void put_conference_facts(ConferenceFacts facts, Done done) override {
    steps_.push_back([this, facts = std::move(facts), done = std::move(done)](bool fails) {
      if (!fails) kept_[facts.key] = facts;
      answer(done, fails);
    });
  }
  void remove_conference(ConferenceKey key, Done done) override {
    steps_.push_back([this, key = std::move(key), done = std::move(done)](bool fails) {
      if (!fails) kept_.erase(key);
      answer(done, fails);
    });
  }
  /// The next changes that are carried out fail.
  void fail_next(std::size_t calls) { failing_ = calls; }
  void set_failing(bool failing) { broken_ = failing; }
  std::size_t pending() const { return steps_.size(); }
  /// Carries out the oldest change and answers it.  False: nothing to do.
  bool step() {
    if (steps_.empty()) return false;
    const std::function<void(bool)> run_one = std::move(steps_.front());
    steps_.pop_front();
    const bool fails = broken_ || failing_ > 0;
    if (failing_ > 0) --failing_;
    run_one(fails);
    return true;
  }
  void run() {
    while (step()) {
    }
  }
  /// The process dies: what was not carried out never happened.
  void drop_pending() { steps_.clear(); }
  const std::map<ConferenceKey, ConferenceFacts>& kept() const { return kept_; }

 private:
  static void answer(const Done& done, bool fails) {
    if (!done) return;
    if (fails) return done(base::Reason::store_unavailable);
    done({});
  }
  std::map<ConferenceKey, ConferenceFacts> kept_;
  std::deque<std::function<void(bool)>> steps_;
  std::size_t failing_ = 0;
  bool broken_ = false;
};

}  // namespace tertulia::domain
