// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/time.h"

namespace tertulia::sim {

/// The clock of a simulated world and everything that is still to happen in it.  Events of the same moment happen in
/// the order in which they were asked for, so a run depends on nothing but its seed.
class Scheduler {
 public:
  using Event = std::function<void()>;

  base::TimePoint mono() const { return now_; }
  base::Now now() const { return {now_, base::WallTime{calendar_start_us + now_.us + jumped_.count()}}; }
  /// Somebody sets the calendar.
  void jump(base::Duration by) { jumped_ += by; }
  /// Time since the world began.
  base::Duration elapsed() const { return now_ - start; }
  /// A moment that has passed already means now.
  void at(base::TimePoint when, Event event);
  void after(base::Duration wait, Event event) { at(now_ + wait, std::move(event)); }
  /// False: nothing is left to happen.
  bool step();
  /// Everything up to `end`; then it is `end`.
  void run_until(base::TimePoint end);
  void run_for(base::Duration time) { run_until(now_ + time); }
  std::uint64_t steps() const { return steps_; }
  /// More happened than in any sound world: something never comes to rest.  Nothing happens from here on.
  bool exhausted() const { return steps_ >= steps_max; }

  static constexpr std::uint64_t steps_max = 5'000'000;

  static constexpr base::TimePoint start{1'000'000'000};
  /// The calendar is this far ahead of the monotonic clock.
  static constexpr std::int64_t calendar_start_us = 1'750'000'000'000'000;

 private:
  struct Entry {
    base::TimePoint when;
    std::uint64_t number = 0;
    Event event;
  };
  static bool later(const Entry& a, const Entry& b) { return a.when != b.when ? a.when > b.when : a.number > b.number; }

  base::TimePoint now_ = start;
  base::Duration jumped_{};
  std::vector<Entry> heap_;
  std::uint64_t numbers_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace tertulia::sim
