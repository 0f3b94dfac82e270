// SPDX-License-Identifier: Apache-2.0
// Presence: one user with many watchers, a morning of sign-ins, the memory of users.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>

#include "presence_documents.h"
#include "scenario.h"
#include "sip_text.h"

namespace tertulia::bench {
namespace {

constexpr double patience_seconds = 60;
constexpr double settle_seconds = 1;
constexpr std::string_view list_suffix = "+contacts";

/// One publisher, and everybody else who watches him.
class Audience {
 public:
  explicit Audience(Load& load) : load_(load) {}

  /// All are there and have the first notification.
  bool gather() {
    if (!load_.sign_in(load_.settings.users, sign_ins_at_once)) return false;
    const std::string address = load_.phones[0]->account.address;
    std::size_t answered = 0, begun = 1, told = 0;
    load_.on_answer = [&](Phone&, int, std::string_view) { ++answered; };
    load_.on_request = [&](Phone& phone, std::string_view) { told += phone.step++ == 0 ? 1 : 0; };
    const bool there = load_.run(
        [&] {
          while (begun < load_.phones.size() && begun - answered <= sign_ins_at_once) {
            Phone& phone = *load_.phones[begun++];
            load_.send(phone, phone.subscribe(address, pidf_type));
          }
          return answered == watchers() && told == watchers();
        },
        patience_seconds);
    load_.on_answer = nullptr;
    return there;
  }

  /// One change; waits until the last watcher has it.  Seconds it took, below 0 when it failed.
  double change() {
    const std::string mark = mark_of(++change_);
    Phone& publisher = *load_.phones[0];
    std::size_t told = 0;
    double last = 0;
    load_.on_request = [&](Phone&, std::string_view request) {
      ++notifications_;
      if (request.find(mark) == std::string_view::npos) return;
      ++told;
      last = now_seconds();
    };
    load_.on_answer = [&](Phone&, int, std::string_view answer) { tag_ = header_of(answer, "SIP-ETag"); };
    const double begin = now_seconds();
    load_.send(publisher, publisher.publish(change_document(publisher.account.address, change_), tag_));
    if (!load_.run([&] { return told == watchers(); }, patience_seconds)) return -1;
    // What the last watchers answered is the server's work too.
    if (!load_.run_for(load_.settings.change_pause_seconds)) return -1;
    return last - begin;
  }

  std::size_t watchers() const { return load_.phones.size() - 1; }
  std::uint64_t notifications() const { return notifications_; }

 private:
  Load& load_;
  std::size_t change_ = 0;
  std::uint64_t notifications_ = 0;
  std::string tag_;
};

/// Resident memory after each of three steps, to see whether it grows in proportion.  Counted from the hundredth user
/// on, so that what the first ones bring along (buffers, arenas) is not theirs.  `ready`: so many users are complete.
Outcome grow(Load& load, const std::function<bool(std::size_t users)>& ready) {
  const std::size_t first = std::min<std::size_t>(100, load.settings.users / 4);
  const std::size_t middle = (first + load.settings.users) / 2;
  std::uint64_t bytes[3] = {};
  const std::size_t steps[3] = {first, middle, load.settings.users};
  const double begin = now_seconds(), cpu = cpu_seconds(load.settings.pid);
  for (std::size_t i = 0; i < 3; ++i) {
    if (!load.sign_in(steps[i], sign_ins_at_once) || !ready(steps[i]) || !load.run_for(settle_seconds)) return {};
    bytes[i] = resident_bytes(load.settings.pid);
  }
  Outcome out;
  out.operations = load.settings.users;
  out.seconds = now_seconds() - begin;
  out.cpu_seconds = cpu_seconds(load.settings.pid) - cpu;
  out.good = bytes[2] > 0;
  const auto each = [&](std::size_t from, std::size_t to) {
    return (static_cast<double>(bytes[to]) - static_cast<double>(bytes[from])) /
           static_cast<double>(steps[to] - steps[from]);
  };
  out.more = fmt::format(
      ", \"bytes_per_endpoint\": {:.0f}, \"bytes_first_half\": {:.0f}, \"bytes_second_half\": {:.0f}, "
      "\"resident_bytes\": {}",
      each(0, 2), each(0, 1), each(1, 2), bytes[2]);
  return out;
}

/// Who comes in the morning, what he does, and what it cost until now.
class Morning {
 public:
  Morning(Load& load, std::size_t window) : load_(load), window_(window) {
    load_.on_signed_in = [this](Phone& phone) {
      load_.send(phone, phone.subscribe(phone.account.user + std::string(list_suffix) + "@" + load_.settings.domain,
                                        list_types));
    };
    load_.on_request = [this](Phone& phone, std::string_view request) {
      ++notifications_;
      notified_bytes_ += request.size();
      if (phone.step++ == 0) load_.send(phone, phone.publish(change_document(phone.account.address, 0)));
    };
    load_.on_answer = [this](Phone&, int, std::string_view answer) {
      if (!header_of(answer, "CSeq").ends_with("PUBLISH")) return;
      ++complete_;
      if (complete_ == crowded_from()) crowded_cpu_ = cpu_seconds(load_.settings.pid);
    };
  }

  /// Everybody comes; then what is still told to others.
  bool run() {
    const std::size_t users = load_.settings.users;
    std::size_t begun = 0;
    const auto done = [&] {
      while (begun < users && begun - complete_ < window_) load_.connect(begun++);
      return complete_ == users;
    };
    if (!load_.run(done, patience_seconds + static_cast<double>(users) * 0.1)) return false;
    std::uint64_t seen = notifications_ + 1;
    while (seen != notifications_) {
      seen = notifications_;
      if (!load_.run_for(settle_seconds)) return false;
    }
    return true;
  }

  std::uint64_t complete() const { return complete_; }
  /// Of one sign-in among the last tenth; seconds.
  double crowded_cpu_seconds(double cpu) const {
    return (cpu - crowded_cpu_) / static_cast<double>(std::max<std::uint64_t>(1, complete_ - crowded_from()));
  }
  std::string figures() const {
    const double users = static_cast<double>(std::max<std::uint64_t>(1, complete_));
    return fmt::format(", \"notifications_each\": {:.1f}, \"notified_bytes_each\": {:.0f}",
                       static_cast<double>(notifications_) / users, static_cast<double>(notified_bytes_) / users);
  }

 private:
  std::uint64_t crowded_from() const { return load_.settings.users - load_.settings.users / 10; }

  Load& load_;
  std::size_t window_;
  std::uint64_t complete_ = 0, notifications_ = 0, notified_bytes_ = 0;
  double crowded_cpu_ = 0;
};

}  // namespace

Outcome presence(Load& load) {
  constexpr std::size_t warm_up_changes = 3;
  Audience audience(load);
  Outcome out;
  if (!audience.gather() || !load.run_for(settle_seconds)) return out;
  for (std::size_t i = 0; i < warm_up_changes; ++i)
    if (audience.change() < 0) return out;
  const std::uint64_t before = audience.notifications();
  std::string times;
  const double begin = now_seconds(), cpu = cpu_seconds(load.settings.pid);
  for (std::size_t i = 0; i < load.settings.changes; ++i) {
    const double took = audience.change();
    if (took < 0) return out;
    times += fmt::format("{}{:.1f}", i == 0 ? "" : ", ", took * 1e3);
  }
  out.cpu_seconds = cpu_seconds(load.settings.pid) - cpu;
  out.seconds = now_seconds() - begin;
  out.operations = audience.notifications() - before;
  out.good = out.operations == load.settings.changes * audience.watchers();
  if (!out.good) load.fail(fmt::format("{} notifications of {} changes", out.operations, load.settings.changes));
  out.more = fmt::format(", \"last_ms\": [{}]", times);
  load.on_request = nullptr;
  quieten(load);
  return out;
}

Outcome morning(Load& load, std::size_t window) {
  Outcome out;
  const std::uint64_t empty = resident_bytes(load.settings.pid);
  const double begin = now_seconds(), cpu = cpu_seconds(load.settings.pid);
  Morning all(load, window);
  if (all.run()) {
    const double end = cpu_seconds(load.settings.pid);
    out.cpu_seconds = end - cpu;
    out.seconds = now_seconds() - begin;
    out.operations = all.complete();
    out.good = out.operations == load.settings.users && out.cpu_seconds > 0;
    out.more = fmt::format("{}, \"crowded_us\": {:.1f}, \"bytes_each\": {:.0f}", all.figures(),
                           all.crowded_cpu_seconds(end) * 1e6,
                           (static_cast<double>(resident_bytes(load.settings.pid)) - static_cast<double>(empty)) /
                               static_cast<double>(load.settings.users));
  }
  load.on_request = nullptr;
  quieten(load);
  return out;
}

Outcome idle(Load& load) {
  return grow(load, [](std::size_t) { return true; });
}

Outcome published(Load& load) {
  std::size_t complete = 0;
  load.on_signed_in = [&](Phone& phone) { load.send(phone, phone.publish(rich_document(phone.account.address))); };
  load.on_answer = [&](Phone& phone, int, std::string_view) {
    if (phone.step++ == 0) return load.send(phone, phone.publish(second_document(phone.account.address)));
    ++complete;
  };
  Outcome out =
      grow(load, [&](std::size_t users) { return load.run([&] { return complete >= users; }, patience_seconds); });
  quieten(load);
  return out;
}

}  // namespace tertulia::bench
