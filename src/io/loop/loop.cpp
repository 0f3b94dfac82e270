// SPDX-License-Identifier: Apache-2.0
#include "io/loop/loop.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <vector>

#include "io/loop/limits.h"

namespace tertulia::io {

namespace asio = boost::asio;
using base::TimePoint;

struct Loop::State {
  explicit State(const Clock& source) : clock(source) {}

  const Clock& clock;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::steady_timer wake_up{io};
  TimePoint wake_up_at = TimePoint::never();
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> posted{0};
  std::map<std::pair<TimePoint, std::uint64_t>, Timer*> timers;
  std::uint64_t next_order = 1;
  std::vector<TurnEnd*> requested;
  std::vector<TurnEnd*> running;
  base::Now now;
  bool stale = true;

  const base::Now& read_clock();
  void arm_wake_up();
  void turn();
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

/// One timer of the reactor stands for all of ours.  It is moved only towards an earlier time: waking once for nothing
/// is cheaper than a system call for each deadline that moves away.
void Loop::State::arm_wake_up() {
  const TimePoint first = timers.begin()->first.first;
  if (first >= wake_up_at) return;
  wake_up_at = first;
  wake_up.expires_after(std::clamp(first - read_clock().mono, base::Duration{0}, wait_max));
  wake_up.async_wait([this](const boost::system::error_code& error) {
    if (!error) wake_up_at = TimePoint::never();
  });
}

void Loop::State::turn() {
  stale = true;
  const bool due = !timers.empty() && timers.begin()->first.first <= read_clock().mono;
  if (requested.empty() && !due) {
    if (!timers.empty()) arm_wake_up();
    stale = true;
    io.run_one();
  } else {
    io.poll_one();
  }
  for (std::size_t handled = 1; handled < handlers_per_turn_max && io.poll_one() != 0; ++handled) {
  }
  run_due_timers();
  run_turn_ends();
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
  while (!state_->stopping.load(std::memory_order_acquire)) state_->turn();
  state_->stopping.store(false, std::memory_order_release);
}

bool Loop::run_until(const std::function<bool()>& done, base::Duration limit) {
  const auto expired = std::make_shared<bool>(false);  // the wait may complete after this function is left
  asio::steady_timer timer(state_->io, limit);
  timer.async_wait([expired](const boost::system::error_code& error) { *expired = *expired || !error; });
  while (!done() && !*expired) state_->turn();
  return done();
}

void Loop::stop() {
  state_->stopping.store(true, std::memory_order_release);
  asio::post(state_->io, [] {});
}

bool Loop::post(std::function<void()> call) {
  if (state_->posted.fetch_add(1, std::memory_order_relaxed) >= posted_calls_max) {
    state_->posted.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  asio::post(state_->io, [state = state_.get(), call = std::move(call)] {
    state->posted.fetch_sub(1, std::memory_order_relaxed);
    call();
  });
  return true;
}

base::Now Loop::now() const { return state_->read_clock(); }
asio::io_context& Loop::native() { return state_->io; }

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
  asio::post(loop_.state_->io, [shared = shared_] {
    // Cleared before the callback looks: what is added after its look notifies again.
    shared->pending.store(false, std::memory_order_seq_cst);
    if (shared->alive.load(std::memory_order_acquire)) shared->callback();
  });
}

}  // namespace tertulia::io
