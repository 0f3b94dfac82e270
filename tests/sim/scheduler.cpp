// SPDX-License-Identifier: Apache-2.0
#include "scheduler.h"

#include <algorithm>
#include <utility>

namespace tertulia::sim {

void Scheduler::at(base::TimePoint when, Event event) {
  heap_.push_back({std::max(when, now_), ++numbers_, std::move(event)});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

bool Scheduler::step() {
  if (heap_.empty() || exhausted()) return false;
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const Entry next = std::move(heap_.back());
  heap_.pop_back();
  now_ = next.when;
  ++steps_;
  next.event();
  return true;
}

void Scheduler::run_until(base::TimePoint end) {
  while (!heap_.empty() && heap_.front().when <= end && step()) {
  }
  now_ = std::max(now_, end);
}

}  // namespace tertulia::sim
