// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace tertulia::io {

class FdWatcher;

/// Which events of a descriptor the kernel shall tell; a set of bits.
using Interest = std::uint8_t;
inline constexpr Interest interest_none = 0;
inline constexpr Interest interest_read = 1;
inline constexpr Interest interest_write = 2;

/// The descriptors of one loop in one epoll instance.  A registration lasts, and is told level-triggered: reading from
/// a descriptor that stays registered costs no system call but the read itself.
/// Thread: that of the loop; `wake` any.  For the files of this folder only.
class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// False when the system cannot watch this descriptor.
  [[nodiscard]] bool add(int fd, Interest interest, FdWatcher& watcher);
  /// With `interest_none` the descriptor stays known, and the kernel is silent but for one error or hang-up.
  void change(int fd, Interest interest, FdWatcher& watcher);
  /// What was fetched for the watcher and is not yet dispatched will not be.
  void remove(int fd, FdWatcher& watcher);

  /// Fetches what is ready; waits for it at most so many milliseconds.  True when somebody called `wake`.
  bool wait(int milliseconds);
  /// Tells the watchers what was fetched.
  void dispatch();
  /// Ends the present wait, or else the next one.
  void wake() const;

 private:
  struct Batch;

  int epoll_;
  int wake_up_;
  std::unique_ptr<Batch> batch_;
};

}  // namespace tertulia::io
