// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "base/time.h"
#include "io/loop/clock.h"

namespace tertulia::io {

class Poller;

/// One event loop; one thread runs it.  A turn: ready descriptors and posted calls (at most `handlers_per_turn_max` of
/// each), then due timers, then what asked for the end of the turn.  Callbacks must not throw.
/// Thread: the one inside `run`, except where a function says "any".  Everything built on a loop must end before it.
class Loop {
 public:
  explicit Loop(const Clock& clock);  ///< borrows the clock
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Serves on the calling thread until `stop`.  A `stop` that came earlier ends it at once.
  void run();
  /// Serves until `done()` is true (asked after each turn) or `limit` of real time has passed.  Answers the last
  /// `done()`.
  bool run_until(const std::function<bool()>& done, base::Duration limit);
  /// Ends the current or else the next `run` after its turn.  Thread: any.
  void stop();

  /// Runs `call` in a coming turn.  For control (start, stop, reload); streams of values go through a Mailbox.
  /// False, and nothing will run, when `posted_calls_max` calls wait already.  Thread: any.
  bool post(std::function<void()> call);

  /// The time of this turn: read once when first asked, the same for everybody until the turn ends.
  base::Now now() const;

  /// The descriptors' side, for the watchers of this folder.
  Poller& poller();

 private:
  friend class Timer;
  friend class TurnEnd;
  friend class WakeUp;
  struct State;
  std::unique_ptr<State> state_;
};

/// Calls back once at a time.  Timers due in the same turn run in order of time, then of arming.
class Timer {
 public:
  explicit Timer(Loop& loop);
  ~Timer();  ///< cancels
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Replaces an earlier arming.  A `when` that is past is due in this or the next turn; `never` only cancels.
  /// The callback may arm or destroy the timer.
  void arm(base::TimePoint when, std::function<void()> callback);
  void cancel();
  bool armed() const { return key_.first != base::TimePoint::never(); }
  base::TimePoint deadline() const { return key_.first; }  ///< `never` when not armed

 private:
  friend class Loop;
  Loop& loop_;
  std::pair<base::TimePoint, std::uint64_t> key_{base::TimePoint::never(), 0};
  std::function<void()> callback_;
};

/// Calls back at the end of a turn in which somebody asked for it, however often: the place to flush what was gathered.
class TurnEnd {
 public:
  TurnEnd(Loop& loop, std::function<void()> callback);
  ~TurnEnd();
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

  /// At the end of this turn; asked from inside a turn end: at the end of the next, which then does not wait.
  void request();

 private:
  friend class Loop;
  Loop& loop_;
  std::function<void()> callback_;
  bool requested_ = false;
};

/// Lets any thread call back on the loop; many notifications before the callback runs become one.
class WakeUp {
 public:
  WakeUp(Loop& loop, std::function<void()> callback);
  ~WakeUp();  ///< on the loop's thread or when it no longer runs; the callback will not run any more
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  void notify();  ///< Thread: any.

 private:
  struct Shared;
  Loop& loop_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace tertulia::io
