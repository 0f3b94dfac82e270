// SPDX-License-Identifier: Apache-2.0
#include "protocol/subscription/notifier.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "protocol/subscription/limits.h"

namespace tertulia::protocol::subscription {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::TimePoint;
using State = Notifier::State;

std::string text_of(const Action& action) {
  if (const auto* over = std::get_if<Over>(&action)) {
    static constexpr const char* why[] = {"over told", "over silent", "over refused"};
    return why[static_cast<std::size_t>(over->why)];
  }
  const auto& notify = std::get<Notify>(action);
  return subscription_state(notify.standing) + (notify.full ? " full" : " partial") +
         (notify.with_body ? "" : " no body");
}

/// One subscription in scripted time; each step says what must come out, actions joined by " | ".
class Script {
 public:
  explicit Script(Duration lease = 3600s, const Rates& rates = {}) : notifier_(lease, rates, now_) {}
  Script& at(Duration time) {
    now_ = start_ + time;
    out_.clear();
    return *this;
  }
  /// Moves the clock and lets what is due happen.
  Script& wait_until(Duration time) {
    at(time);
    notifier_.on_deadline(now_, out_);
    return *this;
  }
  Script& state() {
    notifier_.on_state(now_, out_);
    return *this;
  }
  Script& subscribe(Duration lease, const Rates& rates = {}) {
    notifier_.on_subscribe(lease, rates, now_, out_);
    return *this;
  }
  Script& answer(int status, std::optional<Duration> retry_after = {}) {
    notifier_.on_response(status, retry_after, now_, out_);
    return *this;
  }
  Script& silence() {
    notifier_.on_silence(out_);
    return *this;
  }
  Script& unsent() {
    notifier_.on_unsent(now_, out_);
    return *this;
  }
  Script& end(End why, Duration retry_after = {}) {
    notifier_.end(why, retry_after, now_, out_);
    return *this;
  }
  Script& gives(std::string_view expected) {
    std::string all;
    for (const Action& action : out_) all.append(all.empty() ? "" : " | ").append(text_of(action));
    EXPECT_EQ(all, expected) << "at " << (now_ - start_).count() / 1000 << " ms";
    out_.clear();
    return *this;
  }
  Script& due(std::optional<Duration> time) {
    const auto when = notifier_.deadline();
    EXPECT_EQ(when.has_value(), time.has_value());
    if (when && time) {
      EXPECT_EQ(*when - start_, *time);
    }
    return *this;
  }
  Script& is(State state) {
    EXPECT_EQ(notifier_.state(), state);
    return *this;
  }

 private:
  TimePoint start_{1'000'000};
  TimePoint now_ = start_;
  Notifier notifier_;
  Actions out_;
};

TEST(Notifier, tells_the_first_state_at_once) {  // RFC 6665 4.2.1.2, 4.2.2
  Script()
      .is(State::pending)
      .due(state_wait)
      .at(5ms)
      .state()
      .gives("active;expires=3600 full")
      .is(State::active)
      .due({});
}

TEST(Notifier, one_notification_at_a_time_and_the_newest_state_wins) {
  Script()
      .at(0s)
      .state()
      .gives("active;expires=3600 full")
      .at(1s)
      .state()
      .state()
      .gives("")
      .due({})
      .at(2s)
      .answer(200)
      .gives("active;expires=3598 partial")
      .at(3s)
      .answer(200)
      .gives("")
      .due(3600s);
}

TEST(Notifier, keeps_the_default_pace) {
  Script()
      .at(0s)
      .state()
      .gives("active;expires=3600 full")
      .answer(200)
      .at(100ms)
      .state()
      .gives("")
      .due(default_pace)
      .at(200ms)
      .state()
      .gives("")
      .due(default_pace)
      .wait_until(499ms)
      .gives("")
      .wait_until(500ms)
      .gives("active;expires=3600 partial")
      .answer(200)
      .due(3600s)
      .at(10s)
      .state()
      .gives("active;expires=3590 partial");  // quiet before: at once
}

TEST(Notifier, keeps_the_pace_that_the_client_asks_for) {  // RFC 6446 4.2
  const Rates slow{Duration{20s}, {}, {}};
  Script(3600s, slow)
      .at(0s)
      .state()
      .gives("active;expires=3600;max-rate=0.05 full")
      .answer(200)
      .at(1s)
      .state()
      .gives("")
      .due(20s)
      .wait_until(20s)
      .gives("active;expires=3580;max-rate=0.05 partial")
      .answer(200)
      .at(25s)
      .state()
      .gives("")
      .subscribe(600s)
      .gives("active;expires=600 full");  // a SUBSCRIBE is answered at once, and ends the wish
  const Rates fast{Duration{10ms}, {}, {}};
  Script(60s, fast).at(0s).state().gives("active;expires=60;max-rate=2 full");  // told what is in force
}

TEST(Notifier, repeats_without_change_when_asked) {  // RFC 6446 5.2
  const Rates rates{{}, Duration{60s}, {}};
  Script(3600s, rates)
      .at(0s)
      .state()
      .gives("active;expires=3600;min-rate=0.0166666666 full")
      .answer(200)
      .due(60s)
      .at(30s)
      .state()
      .gives("active;expires=3570;min-rate=0.0166666666 partial")
      .answer(200)
      .due(90s)
      .wait_until(90s)
      .gives("active;expires=3510;min-rate=0.0166666666 partial");
  const Rates contrary{Duration{100s}, Duration{20s}, {}};  // the greatest rate holds
  Script(3600s, contrary).at(0s).state().answer(200).due(100s);
}

TEST(Notifier, adaptive_rate_follows_the_changes) {  // RFC 6446 6.2
  const Rates rates{{}, {}, Duration{120s}};
  Script script(36000s, rates);
  script.at(0s).state().answer(200).due(48s);    // 1 * 120^2 / 300
  script.at(10s).state().answer(200).due(106s);  // 2 * 48 after the last one
  script.wait_until(106s).gives("active;expires=35894;adaptive-min-rate=0.0083333333 partial").answer(200).due(250s);
}

TEST(Notifier, waits_for_the_state_then_says_pending) {
  Script()
      .wait_until(2s)
      .gives("")
      .wait_until(3s)
      .gives("pending;expires=3597 full no body")
      .answer(200)
      .due(pending_max)
      .at(4s)
      .state()
      .gives("active;expires=3596 full");
  Script()
      .wait_until(3s)
      .answer(200)
      .gives("pending;expires=3597 full no body")
      .wait_until(30s)
      .gives("terminated;reason=giveup;retry-after=5 full no body | over told")
      .is(State::terminated);
}

TEST(Notifier, fetch_tells_once_and_ends) {  // RFC 6665 4.4.3
  Script(0s).due(pending_max).at(1s).state().gives("terminated;reason=timeout full | over told").due({});
  Script(0s).wait_until(10s).gives("").wait_until(30s).gives(
      "terminated;reason=giveup;retry-after=5 full no body | over told");
}

TEST(Notifier, expires_with_a_last_word) {  // RFC 6665 4.2.1.4
  Script(60s)
      .at(0s)
      .state()
      .answer(200)
      .due(60s)
      .at(50s)
      .subscribe(60s)
      .gives("active;expires=60 full")
      .answer(200)
      .due(110s)
      .wait_until(60s)
      .gives("")
      .wait_until(110s)
      .gives("terminated;reason=timeout full | over told")
      .due({})
      .subscribe(60s)
      .state()
      .answer(200)
      .gives("");
}

TEST(Notifier, unsubscribing_gets_the_state_once_more) {  // RFC 6665 4.1.2.3
  Script().at(0s).state().answer(200).at(5s).subscribe(0s).gives("terminated;reason=timeout full | over told");
  Script().at(1s).subscribe(0s).gives("terminated;reason=timeout full no body | over told");
}

TEST(Notifier, the_last_word_waits_for_the_one_under_way) {
  Script(60s)
      .at(0s)
      .state()
      .gives("active;expires=60 full")
      .at(1s)
      .end(End::deactivated)
      .end(End::rejected)
      .gives("")
      .due({})
      .at(2s)
      .answer(200)
      .gives("terminated;reason=deactivated full no body | over told");
  Script(60s)
      .at(0s)
      .state()
      .gives("active;expires=60 full")
      .at(1s)
      .end(End::probation, 5s)
      .silence()
      .gives("over silent");
  Script(60s)
      .at(0s)
      .state()
      .gives("active;expires=60 full")
      .wait_until(61s)
      .gives("")
      .answer(200)
      .gives("terminated;reason=timeout full | over told");  // the lease ends meanwhile
}

TEST(Notifier, silence_ends_it) {  // RFC 6665 4.2.2: timer F
  Script()
      .at(0s)
      .state()
      .gives("active;expires=3600 full")
      .silence()
      .gives("over silent")
      .is(State::terminated)
      .silence()
      .state()
      .gives("");
}

TEST(Notifier, refusals_that_end_it) {  // RFC 6665 4.2.2
  for (const int status : {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604})
    Script()
        .at(0s)
        .state()
        .gives("active;expires=3600 full")
        .answer(100)
        .gives("")
        .answer(status)
        .gives("over refused");
}

TEST(Notifier, refusals_that_delay_it) {
  for (const int status : {400, 401, 406, 408, 415, 500, 503, 600})
    Script()
        .at(0s)
        .state()
        .gives("active;expires=3600 full")
        .answer(status)
        .gives("")
        .due(retry_default)
        .at(1s)
        .state()
        .gives("")
        .due(retry_default)
        .wait_until(10s)
        .gives("active;expires=3590 full")
        .answer(200)
        .due(3600s);  // full: the last one was lost
  Script().at(0s).state().answer(503, 30s).due(30s);
  Script().at(0s).state().answer(503, 10h).due(retry_longest);
  Script().at(0s).state().answer(503, 0s).due(default_pace);
}

TEST(Notifier, too_many_refusals_in_a_row_end_it) {
  Script script;
  script.at(0s).state().gives("active;expires=3600 full");
  for (int i = 1; i < failures_in_a_row_max; ++i)
    script.answer(500)
        .gives("")
        .wait_until(i * retry_default)
        .gives("active;expires=" + std::to_string(3600 - i * 10) + " full");
  script.answer(500).gives("over refused");
}

TEST(Notifier, one_that_could_not_be_sent_is_tried_soon) {
  Script()
      .at(0s)
      .state()
      .gives("active;expires=3600 full")
      .unsent()
      .gives("")
      .due(unsent_retry)
      .wait_until(500ms)
      .gives("active;expires=3600 full");
}

TEST(Notifier, a_refresh_during_one_under_way_is_told_after_it) {
  Script()
      .at(0s)
      .state()
      .gives("active;expires=3600 full")
      .at(1s)
      .subscribe(600s)
      .gives("")
      .at(2s)
      .answer(200)
      .gives("active;expires=599 full");
}

/// Whatever happens in whatever order: never two under way, nothing after Over, deadlines lie ahead or are served.
TEST(Notifier, survives_anything) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    base::Random random(seed);
    TimePoint now{1'000'000};
    const Rates rates{random.one_in(2) ? std::optional<Duration>(1s) : std::nullopt,
                      random.one_in(2) ? std::optional<Duration>(20s) : std::nullopt,
                      random.one_in(2) ? std::optional<Duration>(30s) : std::nullopt};
    Notifier notifier(std::chrono::seconds{random.below(120)}, rates, now);
    bool under_way = false;
    bool over = false;
    for (int step = 0; step < 400 && !over; ++step) {
      Actions out;
      const auto due = notifier.deadline();
      if (due && random.one_in(2)) now = std::max(now, *due);
      now = now + std::chrono::milliseconds{random.below(3000)};
      switch (random.below(8)) {
        case 0:
          notifier.on_subscribe(std::chrono::seconds{random.below(100)}, rates, now, out);
          break;
        case 1:
          notifier.on_response(random.one_in(4) ? 500 : 200, {}, now, out);
          under_way = false;
          break;
        case 2:
          if (random.one_in(30)) notifier.on_silence(out);
          break;
        case 3:
          if (random.one_in(10)) notifier.end(End::deactivated, {}, now, out);
          break;
        case 4:
          notifier.on_deadline(now, out);
          break;
        default:
          notifier.on_state(now, out);
          break;
      }
      for (const Action& action : out) {
        ASSERT_FALSE(over);
        if (std::holds_alternative<Over>(action)) {
          over = true;
        } else {
          ASSERT_FALSE(under_way) << seed;
          under_way = true;
        }
      }
      if (!over) {
        ASSERT_EQ(notifier.under_way(), under_way) << seed;
      }
      if (const auto after = notifier.deadline(); after && *after <= now) {
        Actions more;
        notifier.on_deadline(now, more);
        ASSERT_FALSE(more.empty()) << seed << " a deadline that does nothing";
        for (const Action& action : more) {
          if (std::holds_alternative<Over>(action)) {
            over = true;
          } else {
            under_way = true;
          }
        }
      }
    }
    ASSERT_EQ(over, notifier.state() == State::terminated);
  }
}

}  // namespace
}  // namespace tertulia::protocol::subscription
