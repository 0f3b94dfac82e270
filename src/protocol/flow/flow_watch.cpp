// SPDX-License-Identifier: Apache-2.0
#include "protocol/flow/flow_watch.h"

#include <algorithm>

namespace tertulia::protocol::flow {

using base::TimePoint;

void FlowWatch::on_message_begun(TimePoint now) {
  // Only the first byte counts: a sender of one byte a second must not stretch the time.
  if (begun_ == TimePoint::never()) begun_ = now;
}

void FlowWatch::on_message_complete(TimePoint now) {
  begun_ = TimePoint::never();
  last_message_ = now;
  spoken_ = true;
}

Verdict FlowWatch::on_ping(TimePoint now) {
  if (pings_ == 0 || now - ping_window_ >= std::chrono::minutes{1}) {
    ping_window_ = now;
    pings_ = 0;
  }
  return ++pings_ > settings_->pings_per_minute_max ? Verdict::too_many_pings : Verdict::keep;
}

void FlowWatch::on_registered(TimePoint now, bool keep_alive_promised, TimePoint lease_end) {
  registered_ = true;
  lease_end_ = lease_end;
  keep_alive_promised_ = keep_alive_promised;
  last_bytes_ = now;
}

void FlowWatch::on_unregistered(TimePoint now) {
  registered_ = false;
  keep_alive_promised_ = false;
  last_message_ = now;
}

FlowWatch::Due FlowWatch::due() const {
  Due due;
  const auto consider = [&due](TimePoint at, Verdict verdict) {
    if (at < due.at) due = {at, verdict};
  };
  if (begun_ != TimePoint::never()) consider(begun_ + settings_->unfinished_message_max, Verdict::message_unfinished);
  if (!spoken_) {
    consider(last_message_ + settings_->first_message_max, Verdict::no_message);
  } else if (!registered_) {
    consider(last_message_ + settings_->idle_max, Verdict::idle);
  } else {
    if (keep_alive_promised_) consider(last_bytes_ + settings_->silence_max, Verdict::silent);
    // Nobody tells of a lease that runs out: from there on the connection is like one that never signed in.
    if (lease_end_ != TimePoint::never())
      consider(std::max(lease_end_, last_message_) + settings_->idle_max, Verdict::idle);
  }
  return due;
}

Verdict FlowWatch::on_deadline(TimePoint now) const {
  const Due next = due();
  return next.at <= now ? next.verdict : Verdict::keep;
}

std::optional<TimePoint> FlowWatch::deadline() const {
  const Due next = due();
  if (next.verdict == Verdict::keep) return std::nullopt;
  return next.at;
}

}  // namespace tertulia::protocol::flow
