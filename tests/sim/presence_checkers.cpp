// SPDX-License-Identifier: Apache-2.0
// What watchers are shown, how telephone calls end, and what stays for ever.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

#include "base/text.h"
#include "checker_tools.h"
#include "checkers.h"
#include "phone_parts.h"

namespace tertulia::sim {

namespace {

/// "d4x1-17": the 17th state of the piece d4x1; "p2-3": the third permanent note of user 2.
struct Mark {
  std::string_view piece;
  std::uint64_t number = 0;
  bool permanent = false;
};

std::optional<Mark> mark_of(std::string_view note) {
  const std::size_t dash = note.find('-');
  if (dash == std::string_view::npos || (note.front() != 'd' && note.front() != 'p')) return std::nullopt;
  const auto number = base::to_number(note.substr(dash + 1));
  if (!number) return std::nullopt;
  return Mark{note.substr(0, dash), *number, note.front() == 'p'};
}

std::string_view name_of(Settlement::Kind kind) {
  switch (kind) {
    case Settlement::Kind::note:
      return "note";
    case Settlement::Kind::contact:
      return "contact";
    case Settlement::Kind::level:
      return "level";
  }
  return "?";
}

}  // namespace

std::string describe(const Journal& journal, const Watch& watch) {
  return fmt::format("device {} of {} watching {} [{}]", watch.device, journal.addresses.at(watch.watcher),
                     journal.addresses.at(watch.target), watch.call_id.substr(0, 6));
}

void presence_never_runs_backwards(const Journal& journal, Findings& findings) {
  // By device and piece; two subscriptions of one device may be told at different moments.
  std::map<std::tuple<std::size_t, Package, base::UserId, std::string_view>, std::uint64_t> permanent;
  for (const Watch& watch : journal.watches) {
    for (const std::string& what : watch.out_of_order)
      findings.push_back({"PresenceNeverRunsBackwards", fmt::format("{}: {}", describe(journal, watch), what)});
    std::map<std::string_view, std::uint64_t> newest;
    for (const Sight& sight : watch.sights) {
      for (const std::string& note : sight.notes) {
        const auto mark = mark_of(note);
        if (!mark) continue;
        std::uint64_t& last =
            mark->permanent ? permanent[{watch.device, watch.package, watch.target, mark->piece}] : newest[mark->piece];
        if (mark->number < last)
          findings.push_back(
              {"PresenceNeverRunsBackwards", fmt::format("{}: '{}' at {:.3f} s after number {}",
                                                         describe(journal, watch), note, seconds_of(sight.at), last)});
        last = std::max(last, mark->number);
      }
    }
  }
}

void watchers_converge(const Journal& journal, Findings& findings) {
  for (const auto& [index, shown] : journal.ending.shown) {
    const Watch& watch = journal.watches[index];
    if (watch.package == Package::winfo || watch.package == Package::dialog) continue;  // have checkers of their own
    if (!shown.expected) {
      findings.push_back({"WatchersConverge", describe(journal, watch) + " although that user is gone"});
    } else if (shown.seen != *shown.expected) {
      findings.push_back({"WatchersConverge", fmt::format("{} was shown\n{}\nand should see\n{}",
                                                          describe(journal, watch), shown.seen, *shown.expected)});
    }
  }
}

void calls_end_everywhere(const Journal& journal, Findings& findings) {
  const auto lives = [&](const Call& call) {
    const bool open = call.ended ? call.state == Call::State::ended && *call.ended >= journal.closed
                                 : call.state == Call::State::open;
    return call.audio && open && journal.connections[call.connection].ended >= journal.closed;
  };
  const Unproved unproved(journal);
  std::map<std::string_view, int> sides;
  std::set<std::size_t> busy_devices;
  for (const Call& call : journal.calls)
    if (lives(call)) ++sides[call.call_id], busy_devices.insert(call.device);
  for (const Call& call : journal.calls)
    if (lives(call) && sides[call.call_id] != 2 && !unproved.call_ids.contains(call.call_id))
      findings.push_back(
          {"CallsEndEverywhere", fmt::format("device {} is still in a call that has {} sides [{}]", call.device,
                                             sides[call.call_id], call.call_id.substr(0, 6))});
  for (const Call& call : journal.calls) {
    if (call.replaces.empty() || call.state == Call::State::refused) continue;
    for (const Call& other : journal.calls)
      if (other.call_id == call.replaces && lives(other))
        findings.push_back(
            {"CallsEndEverywhere", fmt::format("device {} is still in the call [{}], replaced by [{}]", other.device,
                                               other.call_id.substr(0, 6), call.call_id.substr(0, 6))});
  }
  for (const base::UserId user : journal.ending.on_the_phone) {
    const bool has_call = std::any_of(journal.questions.begin(), journal.questions.end(), [&](const Question& one) {
      return one.from == user && busy_devices.contains(one.device);
    });
    if (!has_call && !unproved.users.contains(user))
      findings.push_back(
          {"CallsEndEverywhere", fmt::format("{} is on the phone without a call", journal.addresses.at(user))});
  }
}

void permanent_means_permanent(const Journal& journal, Findings& findings) {
  using State = Settlement::State;
  std::map<std::pair<base::UserId, Settlement::Kind>, std::vector<std::string_view>> allowed;
  for (const Settlement& one : journal.settlements) {
    auto& values = allowed[{one.user, one.kind}];
    if (one.state == State::refused) continue;
    if (one.state == State::acknowledged) values.clear();
    if (values.empty() && one.state == State::asked) values.emplace_back();  // it may not have come to be
    values.push_back(one.value);
  }
  for (const auto& [key, values] : allowed) {
    if (values.empty() || journal.removed.contains(key.first)) continue;
    const auto found = journal.ending.settled.find(key);
    const std::string_view value = found == journal.ending.settled.end() ? std::string_view() : found->second;
    if (std::find(values.begin(), values.end(), value) != values.end()) continue;
    findings.push_back(
        {"PermanentMeansPermanent", fmt::format("{} of {} is '{}' and should be '{}'", name_of(key.second),
                                                journal.addresses.at(key.first), value, values.front())});
  }
}

}  // namespace tertulia::sim
