// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "io/loop/limits.h"
#include "io/loop/watcher.h"

namespace tertulia::io {
namespace {

constexpr int signal_numbers = 64;

/// Where the handler writes the numbers of signals for one watcher.  The pipe stays open until the process ends: a
/// handler on another thread may just be about to write.
struct Slot {
  std::atomic<std::uint64_t> signals{0};  // bit n-1: signal n; 0: the slot is free
  std::atomic<int> write_end{-1};
  int read_end = -1;
};

/// The one place with state of the whole process: so are signals, and a handler gets nothing but its number.
struct Slots {
  std::mutex mutex;  // of those who take and give back; the handler reads atomics only
  std::array<Slot, signal_watchers_max> all;
};
Slots slots;
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

std::uint64_t bit_of(int number) { return std::uint64_t{1} << (number - 1); }

void on_process_signal(int number) {
  const int error = errno;
  for (const Slot& slot : slots.all) {
    if ((slot.signals.load(std::memory_order_acquire) & bit_of(number)) == 0) continue;
    const auto octet = static_cast<unsigned char>(number);
    // Full: so many signals wait that one more tells nothing new.
    [[maybe_unused]] const ssize_t written = ::write(slot.write_end.load(std::memory_order_relaxed), &octet, 1);
  }
  errno = error;
}

void set_handler(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

Slot& take_slot(std::uint64_t signals) {
  const std::lock_guard lock(slots.mutex);
  Slot* free = nullptr;
  for (Slot& slot : slots.all)
    if (free == nullptr && slot.signals.load(std::memory_order_relaxed) == 0) free = &slot;
  TERTULIA_CHECK(free != nullptr);
  if (free->read_end < 0) {
    std::array<int, 2> ends{};
    TERTULIA_CHECK(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    free->read_end = ends[0];
    free->write_end.store(ends[1], std::memory_order_relaxed);
  }
  std::array<unsigned char, 64> late;  // what came in the last moment of the watcher before
  while (::read(free->read_end, late.data(), late.size()) > 0) {
  }
  free->signals.store(signals, std::memory_order_release);
  for (int number = 1; number <= signal_numbers; ++number)
    if ((signals & bit_of(number)) != 0) set_handler(number, on_process_signal);
  return *free;
}

void give_back(Slot& gone) {
  const std::lock_guard lock(slots.mutex);
  const std::uint64_t signals = gone.signals.exchange(0, std::memory_order_acq_rel);
  std::uint64_t others = 0;
  for (const Slot& slot : slots.all) others |= slot.signals.load(std::memory_order_relaxed);
  for (int number = 1; number <= signal_numbers; ++number)
    if ((signals & ~others & bit_of(number)) != 0) set_handler(number, SIG_DFL);
}

std::uint64_t bits_of(std::initializer_list<int> numbers) {
  std::uint64_t bits = 0;
  for (const int number : numbers)
    if (number >= 1 && number <= signal_numbers) bits |= bit_of(number);
  TERTULIA_CHECK(bits != 0);
  return bits;
}

}  // namespace

struct SignalWatcher::State {
  State(Loop& loop, std::uint64_t signals, std::function<void(int)> call)
      : slot(take_slot(signals)),
        on_signal(std::move(call)),
        watcher(loop, slot.read_end, [this](FdWatcher::Event) { read(); }) {
    watcher.watch(FdWatcher::Event::readable);
  }

  /// One signal at a time: the callback may destroy the watcher.
  void read() {
    watcher.watch(FdWatcher::Event::readable);
    unsigned char number = 0;
    if (::read(slot.read_end, &number, 1) != 1) return;
    const std::function<void(int)> running = on_signal;
    running(number);
  }

  Slot& slot;
  std::function<void(int)> on_signal;
  FdWatcher watcher;
};

SignalWatcher::SignalWatcher(Loop& loop, std::initializer_list<int> signals, std::function<void(int)> on_signal)
    : state_(std::make_unique<State>(loop, bits_of(signals), std::move(on_signal))) {}

SignalWatcher::~SignalWatcher() { give_back(state_->slot); }

}  // namespace tertulia::io
