// SPDX-License-Identifier: Apache-2.0
// What holds of clients of the Lync dialect alone.
#include <fmt/format.h>

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
    // Behind its window the server forgets the conflicts; in a slow network the requests lie in more than one.
    const base::Duration life = wish.conflicts.empty() ? base::Duration{} : wish.conflicts.back() - wish.asked;
    if (wish.requests > wish_requests_max * (1 + life / conflict_window))
      findings.push_back({"PublicationsSettle", fmt::format("device {} at {:.3f} s needed {} requests", wish.device,
                                                            seconds_of(wish.asked), wish.requests)});
    auto& all = conflicts[wish.connection];
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
