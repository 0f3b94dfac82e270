// SPDX-License-Identifier: Apache-2.0
#include "io/loop/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

#include "base/check.h"
#include "io/loop/limits.h"
#include "io/loop/watcher.h"

namespace tertulia::io {
namespace {

/// Errors and hang-ups are always told, unless the descriptor was silenced: then once.
std::uint32_t events_of(Interest interest) {
  std::uint32_t events = 0;
  if ((interest & interest_read) != 0) events |= EPOLLIN;
  if ((interest & interest_write) != 0) events |= EPOLLOUT;
  return events != 0 ? events : static_cast<std::uint32_t>(EPOLLONESHOT);
}

Interest ready_of(std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return interest_read | interest_write;
  Interest ready = interest_none;
  if ((events & EPOLLIN) != 0) ready |= interest_read;
  if ((events & EPOLLOUT) != 0) ready |= interest_write;
  return ready;
}

bool control(int epoll, int operation, int fd, std::uint32_t events, void* owner) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = owner;
  return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

}  // namespace

struct Poller::Batch {
  std::array<epoll_event, handlers_per_turn_max> events;
  std::size_t count = 0;
  std::size_t next = 0;  // not yet dispatched
};

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_up_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      batch_(std::make_unique<Batch>()) {
  // Edge-triggered: each write is told, and nobody needs to read the counter, which lasts for ever.
  TERTULIA_CHECK(epoll_ >= 0 && wake_up_ >= 0 && control(epoll_, EPOLL_CTL_ADD, wake_up_, EPOLLIN | EPOLLET, nullptr));
}

Poller::~Poller() {
  ::close(wake_up_);
  ::close(epoll_);
}

bool Poller::add(int fd, Interest interest, FdWatcher& watcher) {
  return control(epoll_, EPOLL_CTL_ADD, fd, events_of(interest), &watcher);
}

void Poller::change(int fd, Interest interest, FdWatcher& watcher) {
  control(epoll_, EPOLL_CTL_MOD, fd, events_of(interest), &watcher);
}

void Poller::remove(int fd, FdWatcher& watcher) {
  control(epoll_, EPOLL_CTL_DEL, fd, 0, nullptr);
  for (std::size_t i = batch_->next; i < batch_->count; ++i)
    if (batch_->events[i].data.ptr == &watcher) batch_->events[i].data.ptr = nullptr;
}

bool Poller::wait(int milliseconds) {
  const int count = ::epoll_wait(epoll_, batch_->events.data(), static_cast<int>(batch_->events.size()), milliseconds);
  batch_->count = count > 0 ? static_cast<std::size_t>(count) : 0;  // a signal may have ended the wait
  batch_->next = 0;
  bool woken = false;
  for (std::size_t i = 0; i < batch_->count; ++i) woken = woken || batch_->events[i].data.ptr == nullptr;
  return woken;
}

void Poller::dispatch() {
  while (batch_->next < batch_->count) {
    const epoll_event& event = batch_->events[batch_->next++];
    if (event.data.ptr != nullptr) static_cast<FdWatcher*>(event.data.ptr)->on_events(ready_of(event.events));
  }
}

void Poller::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_up_, &one, sizeof one);  // full only after 2^64 of them
}

}  // namespace tertulia::io
