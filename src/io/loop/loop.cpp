// SPDX-License-Identifier: Apache-2.0
#include "io/loop/loop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <vector>

#include "io/loop/limits.h"
#include "io/loop/poller.h"

namespace tertulia::io {

using base::TimePoint;

struct Loop::State {
  explicit State(const Clock& source) : clock(source) {}

  const Clock& clock;
  Poller poller;
  std::atomic<bool> stopping{false};
  std::map<std::pair<TimePoint, std::uint64_t>, Timer*> timers;
  std::uint64_t next_order = 1;
  std::vector<TurnEnd*> requested;
  std::vector<TurnEnd*> running;
  base::Now now;
  bool stale = true;

  std::mutex mutex;
  std::deque<std::function<void()>> calls;  // guarded by the mutex
  bool calls_left = false;                  // after the last look, so that nobody will wake us for them

  const base::Now& read_clock();
  bool enqueue(std::function<void()> call, std::size_t limit);
  int milliseconds_to_wait(base::Duration longest);
  void turn(base::Duration longest);
  void run_calls();
  void run_due_timers();
  void run_turn_ends();
};

const base::Now& Loop::State::read_clock() {
  if (stale) {
    now = clock.now();
    stale = false;
  }
  return now;
}

bool Loop::State::enqueue(std::function<void()> call, std::size_t limit) {
  bool first = false;
  {
    const std::lock_guard lock(mutex);
    if (calls.size() >= limit) return false;
    first = calls.empty();
    calls.push_back(std::move(call));
  }
  if (first) poller.wake();
  return true;
}

int Loop::State::milliseconds_to_wait(base::Duration longest) {
  if (!requested.empty() || calls_left) return 0;
  base::Duration span = std::min(longest, wait_max);
  if (!timers.empty()) span = std::min(span, timers.begin()->first.first - read_clock().mono);
  if (span <= base::Duration{0}) return 0;
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

void Loop::State::turn(base::Duration longest) {
  stale = true;
  const int milliseconds = milliseconds_to_wait(longest);
  const bool woken = poller.wait(milliseconds);
  stale = stale || milliseconds != 0;
  poller.dispatch();
  if (woken || calls_left) run_calls();
  run_due_timers();
  run_turn_ends();
}

void Loop::State::run_calls() {
  std::vector<std::function<void()>> batch;
  {
    const std::lock_guard lock(mutex);
    const auto end = calls.begin() + static_cast<std::ptrdiff_t>(std::min(calls.size(), handlers_per_turn_max));
    batch.assign(std::move_iterator(calls.begin()), std::move_iterator(end));
    calls.erase(calls.begin(), end);
    calls_left = !calls.empty();
  }
  for (const std::function<void()>& call : batch) call();
}

void Loop::State::run_due_timers() {
  const std::uint64_t armed_in_this_turn = next_order;
  while (!timers.empty()) {
    const auto first = timers.begin();
    // A timer that arms itself for "now" waits for the next turn; it must not keep this one from ending.
    if (first->first.first > read_clock().mono || first->first.second >= armed_in_this_turn) return;
    Timer& timer = *first->second;
    timers.erase(first);
    timer.key_.first = TimePoint::never();
    const std::function<void()> callback = std::exchange(timer.callback_, nullptr);
    callback();
  }
}

void Loop::State::run_turn_ends() {
  running.swap(requested);
  for (std::size_t i = 0; i < running.size(); ++i) {
    if (running[i] == nullptr) continue;
    running[i]->requested_ = false;
    running[i]->callback_();
  }
  running.clear();
}

Loop::Loop(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
Loop::~Loop() = default;

void Loop::run() {
  while (!state_->stopping.load(std::memory_order_acquire)) state_->turn(wait_max);
  state_->stopping.store(false, std::memory_order_release);
}

bool Loop::run_until(const std::function<bool()>& done, base::Duration limit) {
  using RealClock = std::chrono::steady_clock;
  const RealClock::time_point end = RealClock::now() + limit;
  while (!done()) {
    const auto left = std::chrono::ceil<base::Duration>(end - RealClock::now());
    if (left <= base::Duration{0}) break;
    state_->turn(left);
  }
  return done();
}

void Loop::stop() {
  state_->stopping.store(true, std::memory_order_release);
  state_->poller.wake();
}

bool Loop::post(std::function<void()> call) { return state_->enqueue(std::move(call), posted_calls_max); }

base::Now Loop::now() const { return state_->read_clock(); }
Poller& Loop::poller() { return state_->poller; }

Timer::Timer(Loop& loop) : loop_(loop) {}
Timer::~Timer() { cancel(); }

void Timer::arm(TimePoint when, std::function<void()> callback) {
  cancel();
  if (when == TimePoint::never()) return;
  key_ = {when, loop_.state_->next_order++};
  callback_ = std::move(callback);
  loop_.state_->timers.emplace(key_, this);
}

void Timer::cancel() {
  if (!armed()) return;
  loop_.state_->timers.erase(key_);
  key_.first = TimePoint::never();
  callback_ = nullptr;
}

TurnEnd::TurnEnd(Loop& loop, std::function<void()> callback) : loop_(loop), callback_(std::move(callback)) {}

TurnEnd::~TurnEnd() {
  auto& requested = loop_.state_->requested;
  requested.erase(std::remove(requested.begin(), requested.end(), this), requested.end());
  std::replace(loop_.state_->running.begin(), loop_.state_->running.end(), this, static_cast<TurnEnd*>(nullptr));
}

void TurnEnd::request() {
  if (requested_) return;
  requested_ = true;
  loop_.state_->requested.push_back(this);
}

struct WakeUp::Shared {
  std::function<void()> callback;
  std::atomic<bool> pending{false};
  std::atomic<bool> alive{true};
};

WakeUp::WakeUp(Loop& loop, std::function<void()> callback) : loop_(loop), shared_(std::make_shared<Shared>()) {
  shared_->callback = std::move(callback);
}

WakeUp::~WakeUp() { shared_->alive.store(false, std::memory_order_release); }

void WakeUp::notify() {
  if (shared_->pending.exchange(true, std::memory_order_acq_rel)) return;
  const auto call = [shared = shared_] {
    // Cleared before the callback looks: what is added after its look notifies again.
    shared->pending.store(false, std::memory_order_seq_cst);
    if (shared->alive.load(std::memory_order_acquire)) shared->callback();
  };
  // Never refused: each WakeUp has at most one call here.
  loop_.state_->enqueue(call, std::numeric_limits<std::size_t>::max());
}

}  // namespace tertulia::io
