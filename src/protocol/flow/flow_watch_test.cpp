// SPDX-License-Identifier: Apache-2.0
#include "protocol/flow/flow_watch.h"

#include <gtest/gtest.h>

namespace tertulia::protocol::flow {
namespace {

using namespace std::chrono_literals;
using base::TimePoint;

constexpr TimePoint at(base::Duration time) { return TimePoint{1'000'000'000} + time; }

/// Nothing happens before `time`, `verdict` comes at it.
void expect_end(const FlowWatch& watch, base::Duration time, Verdict verdict) {
  ASSERT_TRUE(watch.deadline().has_value());
  EXPECT_EQ(*watch.deadline(), at(time));
  EXPECT_EQ(watch.on_deadline(at(time - 1us)), Verdict::keep);
  EXPECT_EQ(watch.on_deadline(at(time)), verdict);
}

TEST(FlowWatch, ends_a_connection_that_never_speaks) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  expect_end(watch, 10s, Verdict::no_message);
  watch.on_bytes(at(9s));  // bytes alone are no message
  EXPECT_EQ(watch.on_ping(at(9s)), Verdict::keep);
  expect_end(watch, 10s, Verdict::no_message);
}

TEST(FlowWatch, ends_a_message_that_never_ends_however_it_trickles) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  watch.on_message_complete(at(1s));
  for (int i = 0; i < 30; ++i) {
    watch.on_bytes(at(2s + i * 1s));
    watch.on_message_begun(at(2s + i * 1s));
  }
  expect_end(watch, 32s, Verdict::message_unfinished);
  watch.on_message_complete(at(31s));
  expect_end(watch, 31s + 5min, Verdict::idle);
}

TEST(FlowWatch, the_first_message_must_be_whole_in_its_shorter_time) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  watch.on_message_begun(at(5s));
  expect_end(watch, 10s, Verdict::no_message);
}

TEST(FlowWatch, pings_do_not_keep_a_flow_without_registration) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  watch.on_message_complete(at(1s));
  for (int i = 0; i < 4; ++i) {
    watch.on_bytes(at(i * 60s));
    EXPECT_EQ(watch.on_ping(at(i * 60s)), Verdict::keep);
  }
  expect_end(watch, 1s + 5min, Verdict::idle);
}

TEST(FlowWatch, a_registered_flow_may_be_silent_until_its_lease_ends) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  watch.on_message_complete(at(1s));
  watch.on_registered(at(1s));
  EXPECT_FALSE(watch.deadline().has_value());
  EXPECT_EQ(watch.on_deadline(TimePoint{INT64_MAX - 1}), Verdict::keep);
  watch.on_unregistered(at(3600s));
  expect_end(watch, 3600s + 5min, Verdict::idle);
}

TEST(FlowWatch, the_idle_time_begins_when_a_lease_runs_out) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  watch.on_message_complete(at(1s));
  watch.on_registered(at(1s), false, at(600s));
  expect_end(watch, 600s + 5min, Verdict::idle);
  watch.on_message_complete(at(700s));
  expect_end(watch, 700s + 5min, Verdict::idle);
  watch.on_registered(at(800s), false, at(1400s));  // signed in again
  expect_end(watch, 1400s + 5min, Verdict::idle);
}

TEST(FlowWatch, a_promise_of_keep_alives_is_held_to) {  // RFC 5626 4.4.1
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  watch.on_message_complete(at(1s));
  watch.on_registered(at(1s), true);
  expect_end(watch, 1s + 5min, Verdict::silent);
  watch.on_bytes(at(100s));
  expect_end(watch, 100s + 5min, Verdict::silent);
  watch.on_registered(at(200s), false);  // a refresh without outbound takes the promise back
  EXPECT_FALSE(watch.deadline().has_value());
}

TEST(FlowWatch, pings_are_bounded_in_a_minute) {
  const FlowSettings settings;
  FlowWatch watch(settings, at(0s));
  for (std::uint32_t i = 0; i < settings.pings_per_minute_max; ++i) EXPECT_EQ(watch.on_ping(at(1s)), Verdict::keep);
  EXPECT_EQ(watch.on_ping(at(60s)), Verdict::too_many_pings);
  EXPECT_EQ(watch.on_ping(at(61s)), Verdict::keep);  // a new minute
}

}  // namespace
}  // namespace tertulia::protocol::flow
