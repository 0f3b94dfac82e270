// SPDX-License-Identifier: Apache-2.0
#include "io/loop/watcher.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <optional>

namespace tertulia::io {

namespace asio = boost::asio;

/// Shared with the waits inside the reactor, which complete after the watcher is gone.
struct FdWatcher::State : std::enable_shared_from_this<FdWatcher::State> {
  // The concrete executor: the type-erased default costs 40 bytes more in every connection.
  using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

  std::optional<Descriptor> descriptor;
  std::function<void(Event)> on_ready;
  std::array<std::uint32_t, 2> waits{};  // number of the wait that counts; 0: none
  std::uint32_t next_wait = 1;
  bool usable = true;

  void start(Event event);
};

void FdWatcher::State::start(Event event) {
  std::uint32_t& current = waits[static_cast<std::size_t>(event)];
  current = next_wait++;
  const auto kind =
      event == Event::readable ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
  descriptor->async_wait(kind,
                         [state = shared_from_this(), event, wait = current](const boost::system::error_code& error) {
                           std::uint32_t& counts = state->waits[static_cast<std::size_t>(event)];
                           if (counts != wait) return;  // cancelled
                           counts = 0;
                           if (error != asio::error::operation_aborted) state->on_ready(event);
                         });
}

FdWatcher::FdWatcher(Loop& loop, int fd, std::function<void(Event)> on_ready) : state_(std::make_shared<State>()) {
  state_->descriptor.emplace(loop.native());
  state_->on_ready = std::move(on_ready);
  boost::system::error_code error;
  state_->descriptor->assign(fd, error);
  state_->usable = !error;
}

FdWatcher::~FdWatcher() {
  state_->waits = {};
  if (state_->usable) state_->descriptor->release();
  state_->descriptor.reset();
}

bool FdWatcher::usable() const { return state_->usable; }

void FdWatcher::watch(Event event) {
  if (state_->usable && !watches(event)) state_->start(event);
}

bool FdWatcher::watches(Event event) const { return state_->waits[static_cast<std::size_t>(event)] != 0; }

void FdWatcher::cancel() {
  state_->waits = {};
  boost::system::error_code ignored;  // nothing to cancel is no error for us
  if (state_->usable) state_->descriptor->cancel(ignored);
}

struct SignalWatcher::State : std::enable_shared_from_this<SignalWatcher::State> {
  explicit State(asio::io_context& io) : signals(std::in_place, io) {}

  std::optional<asio::signal_set> signals;
  std::function<void(int)> on_signal;

  void wait() {
    signals->async_wait([state = shared_from_this()](const boost::system::error_code& error, int number) {
      if (error || !state->signals) return;
      state->on_signal(number);
      if (state->signals) state->wait();
    });
  }
};

SignalWatcher::SignalWatcher(Loop& loop, std::initializer_list<int> signals, std::function<void(int)> on_signal)
    : state_(std::make_shared<State>(loop.native())) {
  state_->on_signal = std::move(on_signal);
  for (const int number : signals) {
    boost::system::error_code ignored;  // only for numbers that are no signals
    state_->signals->add(number, ignored);
  }
  state_->wait();
}

SignalWatcher::~SignalWatcher() { state_->signals.reset(); }

}  // namespace tertulia::io
