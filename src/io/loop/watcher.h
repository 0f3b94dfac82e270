// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>

#include "io/loop/loop.h"
#include "io/loop/poller.h"

namespace tertulia::io {

/// Tells when a descriptor can be read or written.  It borrows the descriptor, puts it into non-blocking mode and never
/// closes it; end the watcher before the descriptor is closed.  Thread: that of the loop.
class FdWatcher {
 public:
  enum class Event : std::uint8_t { readable, writable };

  /// `on_ready` may destroy the watcher.
  FdWatcher(Loop& loop, int fd, std::function<void(Event)> on_ready);
  ~FdWatcher();
  FdWatcher(const FdWatcher&) = delete;
  FdWatcher& operator=(const FdWatcher&) = delete;

  /// False when the operating system cannot watch this descriptor; `watch` then does nothing.
  bool usable() const { return fd_ >= 0; }
  /// Calls `on_ready(event)` once, at once in a coming turn if the descriptor is ready already; errors and hang-ups
  /// make it ready.  Harmless when watched already.  To read, watch again, read and so on costs nothing here.
  void watch(Event event);
  bool watches(Event event) const;
  /// What was watched will not be reported.
  void cancel();

 private:
  friend class Poller;
  void on_events(Interest ready);
  bool fire(Event event);
  void tell_kernel(Interest interest);

  Poller& poller_;
  int fd_;
  Interest wanted_ = interest_none;
  Interest told_ = interest_none;  ///< what the kernel watches: at times more than is wanted, never less
  bool* gone_ = nullptr;           ///< set while `on_ready` runs: becomes true when the watcher ends
  std::function<void(Event)> on_ready_;
};

/// Calls back on the loop when the process gets one of the signals.  Thread: that of the loop.
class SignalWatcher {
 public:
  SignalWatcher(Loop& loop, std::initializer_list<int> signals, std::function<void(int)> on_signal);
  ~SignalWatcher();  ///< signals that nobody else watches get their default meaning back
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::io
