// SPDX-License-Identifier: Apache-2.0
// What holds of clients of the Lync dialect alone.
#include <fmt/format.h>

#include <algorithm>

#include "checker_tools.h"
#include "checkers.h"

namespace tertulia::sim {

namespace {

/// What the server lets pass as a conflict within its window (face/lync/limits.h), and the requests of one publication.
constexpr std::size_t conflicts_max = 3;
constexpr base::Duration conflict_window = std::chrono::seconds{10};
constexpr int wish_requests_max = static_cast<int>(conflicts_max) + 1;

}  // namespace

void messages_are_signed(const Journal& journal, Findings& findings) {
  for (const BadSignature& one : journal.bad_signatures)
    findings.push_back(
        {"MessagesAreSigned", fmt::format("device {} at {:.3f} s: {}", one.device, seconds_of(one.at), one.what)});
}

void publications_settle(const Journal& journal, Findings& findings) {
  std::map<std::size_t, std::vector<base::TimePoint>> conflicts;  // by connection, in their order
  for (const PublicationWish& wish : journal.publications) {
    auto& all = conflicts[wish.connection];
    // Behind its window, which an earlier publication may have begun, the server has forgotten the conflicts.
    const base::Duration life = wish.conflicts.empty() ? base::Duration{} : wish.conflicts.back() - wish.asked;
    const bool in_a_window = std::any_of(
        all.begin(), all.end(), [&](base::TimePoint conflict) { return conflict + conflict_window > wish.asked; });
    const auto ends = life / conflict_window + (in_a_window ? 1 : 0);
    if (wish.requests > wish_requests_max + static_cast<int>(conflicts_max) * ends)
      findings.push_back({"PublicationsSettle", fmt::format("device {} at {:.3f} s needed {} requests", wish.device,
                                                            seconds_of(wish.asked), wish.requests)});
    all.insert(all.end(), wish.conflicts.begin(), wish.conflicts.end());
  }
  // A window of ours may lie over two of the server's.
  for (const auto& [connection, times] : conflicts)
    for (std::size_t i = 2 * conflicts_max; i < times.size(); ++i)
      if (times[i] - times[i - 2 * conflicts_max] < conflict_window)
        findings.push_back(
            {"PublicationsSettle", fmt::format("connection {} at {:.3f} s had {} conflicts in 10 s", connection,
                                               seconds_of(times[i]), 2 * conflicts_max + 1)});
}

}  // namespace tertulia::sim
