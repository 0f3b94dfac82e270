// SPDX-License-Identifier: Apache-2.0
#include "io/loop/watcher.h"

#include <sys/ioctl.h>

#include <utility>

namespace tertulia::io {
namespace {

Interest interest_of(FdWatcher::Event event) {
  return event == FdWatcher::Event::readable ? interest_read : interest_write;
}

}  // namespace

FdWatcher::FdWatcher(Loop& loop, int fd, std::function<void(Event)> on_ready)
    : poller_(loop.poller()), fd_(fd), on_ready_(std::move(on_ready)) {
  int on = 1;
  if (::ioctl(fd, FIONBIO, &on) == 0 && poller_.add(fd, interest_read, *this)) {
    told_ = interest_read;  // what is wanted first of nearly every descriptor
  } else {
    fd_ = -1;
  }
}

FdWatcher::~FdWatcher() {
  if (gone_ != nullptr) *gone_ = true;
  if (usable()) poller_.remove(fd_, *this);
}

void FdWatcher::watch(Event event) {
  if (!usable()) return;
  wanted_ |= interest_of(event);
  if ((wanted_ & ~told_) != 0) tell_kernel(wanted_);
}

bool FdWatcher::watches(Event event) const { return (wanted_ & interest_of(event)) != 0; }

/// The kernel is told only when it reports something that nobody wants: most often it is wanted again before.
void FdWatcher::cancel() { wanted_ = interest_none; }

void FdWatcher::tell_kernel(Interest interest) {
  told_ = interest;
  poller_.change(fd_, interest, *this);
}

void FdWatcher::on_events(Interest ready) {
  if ((ready & told_ & ~wanted_) != 0) tell_kernel(wanted_);
  // Writing first: it makes room for what reading brings.
  if ((ready & wanted_ & interest_write) != 0 && !fire(Event::writable)) return;
  if ((ready & wanted_ & interest_read) != 0 && !fire(Event::readable)) return;
  // A socket is nearly always writable: it would be told again at once.
  if ((told_ & ~wanted_ & interest_write) != 0) tell_kernel(told_ & interest_read);
}

/// False when the callback has destroyed the watcher.
bool FdWatcher::fire(Event event) {
  wanted_ = static_cast<Interest>(wanted_ & ~interest_of(event));
  bool gone = false;
  gone_ = &gone;
  std::function<void(Event)> running = std::move(on_ready_);  // must outlive the watcher
  running(event);
  if (gone) return false;
  on_ready_ = std::move(running);
  gone_ = nullptr;
  return true;
}

}  // namespace tertulia::io
