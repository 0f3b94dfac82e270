// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

namespace tertulia::io {

/// Where the time comes from.  Everybody else is told the time; only the loop asks.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Now now() const = 0;
};

/// The machine's clocks: monotonic for deadlines, UTC for people.  Thread: any.
class SystemClock final : public Clock {
 public:
  base::Now now() const override;
};

/// A clock that stands still until it is moved; for tests.  Thread: that of its loop.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(base::Now start = {{1'000'000}, {1'700'000'000'000'000}}) : now_(start) {}
  base::Now now() const override { return now_; }
  void advance(base::Duration span) { now_ = {now_.mono + span, now_.wall + span}; }

 private:
  base::Now now_;
};

}  // namespace tertulia::io
