// SPDX-License-Identifier: Apache-2.0
// Who is told to watch, which lamps burn, how transfers went, and what is left behind.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "checker_tools.h"
#include "checkers.h"

namespace tertulia::sim {

namespace {

/// How often each address may and must stand on the list of this user's watchers.
struct Bounds {
  int least = 0;
  int most = 0;
};
std::map<std::string, Bounds> watchers_of(const Journal& journal, base::UserId user) {
  std::map<std::string, Bounds> bounds;
  for (const Ending::Watching& one : journal.ending.watching) {
    if (one.target != user) continue;
    Bounds& of = bounds[journal.addresses.at(one.watcher)];
    ++of.most;
    if (one.sure) ++of.least;
  }
  return bounds;
}

}  // namespace

void watchers_are_told(const Journal& journal, Findings& findings) {
  for (const auto& [index, shown] : journal.ending.shown) {
    const Watch& watch = journal.watches[index];
    if (watch.package != Package::winfo) continue;
    std::map<std::string, int> told;
    for (const auto& [id, address] : shown.parts) ++told[address];
    std::map<std::string, Bounds> bounds = watchers_of(journal, watch.target);
    for (const auto& [address, count] : told) bounds[address];
    for (const auto& [address, of] : bounds)
      if (told[address] < of.least || told[address] > of.most)
        findings.push_back(
            {"WatchersAreTold", fmt::format("{}: {} stands there {} times and watches {} to {} times",
                                            describe(journal, watch), address, told[address], of.least, of.most)});
    const auto known = journal.ending.watchers.find(watch.target);
    const std::size_t count = known == journal.ending.watchers.end() ? 0 : known->second;
    if (shown.parts.size() != count)
      findings.push_back({"WatchersAreTold", fmt::format("{}: was told of {} watchers, there are {}",
                                                         describe(journal, watch), shown.parts.size(), count)});
  }
}

void lamps_go_out(const Journal& journal, Findings& findings) {
  for (const Watch& watch : journal.watches)
    for (const std::string& call : watch.forgotten)
      findings.push_back({"LampsGoOut", fmt::format("{}: call {} went without the word 'terminated'",
                                                    describe(journal, watch), call)});
  for (const auto& [index, shown] : journal.ending.shown) {
    const Watch& watch = journal.watches[index];
    if (watch.package == Package::dialog && shown.seen != shown.expected)
      findings.push_back({"LampsGoOut", fmt::format("{} was shown\n{}and there are\n{}", describe(journal, watch),
                                                    shown.seen, shown.expected.value_or("(no such user)"))});
  }
}

void transfers_are_told(const Journal& journal, Findings& findings) {
  for (const Transfer& transfer : journal.transfers) {
    if (!transfer.news || !journal.questions[*transfer.news].succeeded() || transfer.heard == transfer.told) continue;
    const Call& call = journal.calls[transfer.call];
    findings.push_back({"TransfersAreTold", fmt::format("device {} heard {} instead of {} [{}]", call.device,
                                                        transfer.heard, transfer.told, call.call_id.substr(0, 6))});
  }
}

void nothing_leaks(const Journal& journal, Findings& findings) {
  for (const auto& [name, count] : journal.ending.leaks)
    if (count != 0)
      findings.push_back({"NothingLeaks", fmt::format("{} {} are left when everybody has gone", count, name)});
}

}  // namespace tertulia::sim
