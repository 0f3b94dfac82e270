// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "io/loop/loop.h"

namespace tertulia::io {

/// Bounded way for values from any thread into one loop.  The receiver is woken once for many values and gets them in
/// one batch, each sender's values in his order.
/// Lives on the receiving loop's thread; senders must have stopped before it ends.
template <typename T>
class Mailbox {
 public:
  /// `capacity`: values that may wait, the batch being worked on not counted.
  /// `on_values` may move the values out; what it leaves is dropped.
  Mailbox(Loop& receiver, std::size_t capacity, std::function<void(std::vector<T>&)> on_values)
      : capacity_(capacity), on_values_(std::move(on_values)), wake_up_(receiver, [this] { drain(); }) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// False when full: the value stays with the caller, who refuses the work.  Thread: any.
  [[nodiscard]] bool try_send(T&& value) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= capacity_) return false;
      waiting_.push_back(std::move(value));
    }
    wake_up_.notify();
    return true;
  }

  /// Values that wait now, for metrics.  Thread: any.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  void drain() {
    {
      const std::lock_guard lock(mutex_);
      batch_.swap(waiting_);
    }
    if (!batch_.empty()) on_values_(batch_);
    batch_.clear();
  }

  const std::size_t capacity_;
  const std::function<void(std::vector<T>&)> on_values_;
  mutable std::mutex mutex_;
  std::vector<T> waiting_;
  std::vector<T> batch_;
  WakeUp wake_up_;
};

}  // namespace tertulia::io
