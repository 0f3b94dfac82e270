// SPDX-License-Identifier: Apache-2.0
#include "protocol/subscription/notifier.h"

#include <algorithm>

#include "base/check.h"
#include "protocol/subscription/limits.h"

namespace tertulia::protocol::subscription {
namespace {

using base::Duration;
using base::TimePoint;

/// RFC 6665 4.2.2: answers to a NOTIFY after which there is no subscription any more (RFC 5057 5.1).
bool ends_subscription(int status) {
  switch (status) {
    case 404:
    case 405:
    case 410:
    case 416:
    case 480:
    case 481:
    case 482:
    case 483:
    case 484:
    case 485:
    case 489:
    case 501:
    case 604:
      return true;
    default:
      return false;
  }
}

}  // namespace

Notifier::Notifier(Duration lease, const Rates& rates, TimePoint now)
    : fetch_(lease <= Duration{}), begun_(now), expires_(now + (fetch_ ? pending_max : lease)), not_before_(now) {
  set_rates(rates);
  wanted_ = Wanted::full;
  prompt_ = true;
}

/// What is in force, and told: never faster than our pace, and never a least rate above the greatest (RFC 6446 3.6).
void Notifier::set_rates(const Rates& rates) {
  rates_ = rates;
  if (rates_.min_interval) rates_.min_interval = std::max(*rates_.min_interval, default_pace);
  for (std::optional<Duration>* repeat : {&rates_.max_interval, &rates_.adaptive})
    if (*repeat) *repeat = std::max(**repeat, rates_.min_interval.value_or(default_pace));
  if (!rates_.adaptive) {
    sent_.reset();
  } else if (!sent_) {
    sent_ = std::make_unique<std::vector<TimePoint>>();
  }
}

void Notifier::on_subscribe(Duration lease, const Rates& rates, TimePoint now, Actions& out) {
  if (state_ == State::terminated) return;
  if (lease <= Duration{}) return end(End::timeout, {}, now, out);  // RFC 6665 4.4.1
  fetch_ = false;
  expires_ = now + lease;
  set_rates(rates);
  failures_ = 0;
  want(Wanted::full);
  prompt_ = true;
  told_pending_ = false;
  not_before_ = now;
  if (state_ == State::pending) begun_ = now;
  step(now, out);
}

void Notifier::on_state(TimePoint now, Actions& out) {
  if (state_ == State::terminated) return;
  if (state_ == State::pending) {
    state_ = State::active;
    want(Wanted::full);
    prompt_ = true;
  }
  want(Wanted::changed);
  step(now, out);
}

void Notifier::on_response(int status, std::optional<Duration> retry_after, TimePoint now, Actions& out) {
  if (!under_way_ || status < 200) return;
  under_way_ = false;
  if (ends_subscription(status)) {
    state_ = State::terminated;
    out.emplace_back(Over{Over::Why::refused});
    return;
  }
  if (status < 300) {
    failures_ = 0;
  } else {
    if (++failures_ >= failures_in_a_row_max) {
      state_ = State::terminated;
      out.emplace_back(Over{Over::Why::refused});
      return;
    }
    want(Wanted::full);
    not_before_ = now + std::clamp(retry_after.value_or(retry_default), default_pace, retry_longest);
  }
  step(now, out);
}

void Notifier::on_silence(Actions& out) {
  if (!under_way_ || state_ == State::terminated) return;
  under_way_ = false;
  state_ = State::terminated;
  out.emplace_back(Over{Over::Why::silent});
}

void Notifier::on_unsent(TimePoint now, Actions& out) {
  if (!under_way_ || state_ == State::terminated) return;
  under_way_ = false;
  want(Wanted::full);
  prompt_ = true;
  not_before_ = now + unsent_retry;
  step(now, out);
}

void Notifier::end(End why, Duration retry_after, TimePoint now, Actions& out) {
  if (state_ == State::terminated) return;
  if (!ending_) {
    ending_ = true;
    end_ = why;
    end_retry_ = retry_after;
  }
  step(now, out);
}

void Notifier::on_deadline(TimePoint now, Actions& out) {
  if (state_ == State::terminated) return;
  step(now, out);
}

/// Looks what is due, whatever has happened.
void Notifier::step(TimePoint now, Actions& out) {
  if (!ending_ && now >= expires_) {
    const bool too_late = fetch_ || (state_ == State::pending && now >= begun_ + pending_max);
    ending_ = true;
    end_ = too_late ? End::giveup : End::timeout;
    end_retry_ = too_late ? retry_after_giveup : Duration{};
  }
  if (!ending_ && state_ == State::pending && now >= begun_ + pending_max) {
    ending_ = true;
    end_ = End::giveup;
    end_retry_ = retry_after_giveup;
  }
  if (!ending_ && fetch_ && state_ == State::active) {
    ending_ = true;
    end_ = End::timeout;
  }
  if (under_way_) return;
  if (ending_) return send_last(out);
  if (wanted_ == Wanted::nothing && state_ == State::active && now >= repeat_time()) {
    wanted_ = Wanted::repeat;
    prompt_ = true;
  }
  const auto when = send_time();
  if (when && now >= *when) send(now, out);
}

/// When the wanted NOTIFY may go; nothing when none is wanted.
std::optional<TimePoint> Notifier::send_time() const {
  if (wanted_ == Wanted::nothing) return std::nullopt;
  if (state_ == State::pending) {
    if (fetch_ || told_pending_) return std::nullopt;
    return std::max(not_before_, begun_ + state_wait);
  }
  if (prompt_ || !last_sent_) return not_before_;
  return std::max(not_before_, *last_sent_ + rates_.min_interval.value_or(default_pace));
}

/// When a NOTIFY must go even without a change (RFC 6446 5.2, 6.2).
TimePoint Notifier::repeat_time() const {
  if (!last_sent_) return TimePoint::never();
  TimePoint when = TimePoint::never();
  if (rates_.max_interval) when = std::min(when, *last_sent_ + *rates_.max_interval);
  if (rates_.adaptive) when = std::min(when, *last_sent_ + adaptive_interval());
  return std::max(when, not_before_);
}

/// RFC 6446 6.2: timeout = count / (rate^2 * period).  Many changes lately stretch the wait, few of them shorten it; it
/// stays between our bounds.
Duration Notifier::adaptive_interval() const {
  std::int64_t count = 0;
  for (const TimePoint at : *sent_)
    if (*last_sent_ - at < adaptive_period) ++count;
  const std::int64_t interval_ms = rates_.adaptive->count() / 1000;
  const std::int64_t period_ms = adaptive_period.count() / 1000;
  const Duration timeout = std::chrono::milliseconds{count * interval_ms * interval_ms / period_ms};
  return std::clamp(timeout, repeat_interval_min, pace_slowest);
}

void Notifier::send(TimePoint now, Actions& out) {
  Standing standing;
  standing.kind = state_ == State::pending ? Standing::Kind::pending : Standing::Kind::active;
  standing.left = expires_ - now;
  standing.rates = rates_;
  out.emplace_back(Notify{standing, wanted_ == Wanted::full, state_ != State::pending});
  under_way_ = true;
  told_pending_ = state_ == State::pending;
  wanted_ = Wanted::nothing;
  prompt_ = false;
  last_sent_ = now;
  if (!sent_) return;
  if (sent_->size() >= adaptive_memory_max) sent_->erase(sent_->begin());
  sent_->push_back(now);
}

void Notifier::send_last(Actions& out) {
  Standing standing;
  standing.kind = Standing::Kind::terminated;
  standing.end = end_;
  standing.retry_after = end_retry_;
  const bool with_body = state_ == State::active && (end_ == End::timeout);
  state_ = State::terminated;
  out.emplace_back(Notify{standing, true, with_body});
  out.emplace_back(Over{Over::Why::told});
}

std::optional<TimePoint> Notifier::deadline() const {
  if (state_ == State::terminated || under_way_) return std::nullopt;
  TimePoint when = expires_;
  if (state_ == State::pending) when = std::min(when, begun_ + pending_max);
  if (const auto sending = send_time()) when = std::min(when, *sending);
  if (wanted_ == Wanted::nothing && state_ == State::active) when = std::min(when, repeat_time());
  return when;
}

}  // namespace tertulia::protocol::subscription
