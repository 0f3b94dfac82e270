// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace tertulia::base {

/// All spans of time.  Resolution: one microsecond.
using Duration = std::chrono::microseconds;
using namespace std::chrono_literals;  // NOLINT: units are words everybody uses

/// As protocols tell of spans: a started second counts, so that nobody comes back too early.  0 when nothing is left.
constexpr std::uint64_t whole_seconds(Duration span) {
  return span <= Duration{} ? 0 : static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(span).count());
}

/// A point on the monotonic clock, microseconds since an arbitrary start.  Only for deadlines and differences.
struct TimePoint {
  std::int64_t us = 0;
  friend constexpr auto operator<=>(const TimePoint&, const TimePoint&) = default;
  friend constexpr TimePoint operator+(TimePoint t, Duration d) { return {t.us + d.count()}; }
  friend constexpr Duration operator-(TimePoint a, TimePoint b) { return Duration{a.us - b.us}; }
  static constexpr TimePoint never() { return {INT64_MAX}; }
};

/// A point on the calendar, microseconds since 1970-01-01 UTC.  Only for people and records.
struct WallTime {
  std::int64_t us = 0;
  friend constexpr auto operator<=>(const WallTime&, const WallTime&) = default;
  friend constexpr WallTime operator+(WallTime t, Duration d) { return {t.us + d.count()}; }
};

/// The moment an event is handled, given to every machine; machines never ask a clock.
struct Now {
  TimePoint mono;
  WallTime wall;
};

/// ISO 8601 in UTC with milliseconds: 2026-03-01T09:30:00.125Z
std::string to_iso8601(WallTime time);

}  // namespace tertulia::base
