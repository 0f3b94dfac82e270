// SPDX-License-Identifier: Apache-2.0
// Files that are offered in a session.
#include <gtest/gtest.h>

#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {
namespace {

using base::Reason;
using Texts = std::vector<std::string>;

InstantMessagePtr file_step(base::UserId from, FileStep::What what, std::string cookie, std::string name = {}) {
  auto message = std::make_shared<InstantMessage>(*say(from, "step", MessageKind::file));
  message->file = FileStep{what, std::move(cookie), std::move(name)};
  return message;
}

TEST(Files, the_record_says_what_became_of_each) {
  using What = FileStep::What;
  ImmcuBench b;
  b.session();
  b.in_session(file_step(alice, What::offer, "1", "accepted.txt"));
  b.in_session(file_step(bob, What::accept, "1"));
  b.in_session(file_step(alice, What::offer, "2", "rejected.txt"));
  b.in_session(file_step(bob, What::cancel, "2"));
  b.in_session(file_step(bob, What::offer, "3", "cancelled.txt"));
  b.in_session(file_step(alice, What::cancel, "4"));  // of nothing
  b.in_session(file_step(bob, What::accept, "3"));    // his own
  b.in_session(file_step(bob, What::cancel, "3"));
  b.in_session(file_step(alice, What::offer, "1", "broken off.txt"));  // the cookie again
  b.in_session(file_step(bob, What::accept, "1"));
  b.in_session(file_step(bob, What::cancel, "1"));
  b.in_session(file_step(alice, What::offer, "5", "open.txt"));
  for (std::size_t i = 0; i < b.sessions.size(); ++i) b.leg_delivered(i, DeliverAnswer::What::taken);
  b.bye(alices_edge, alices_leg);
  const SessionRecord& record = b.records.back().second;
  EXPECT_EQ(record.media_types, 1U | media_file_transfer);
  Texts told;
  for (const FileTransfer& file : record.files)
    told.push_back(std::to_string(file.from) + " " + std::to_string(static_cast<int>(file.outcome)) + " " + file.name);
  EXPECT_EQ(told,
            (Texts{"1 1 accepted.txt", "1 2 rejected.txt", "2 3 cancelled.txt", "1 3 broken off.txt", "1 0 open.txt"}));
}

TEST(Files, a_record_names_the_first_ones) {
  ImmcuBench b;
  b.session();
  for (std::size_t i = 0; i <= file_transfers_per_record_max; ++i) {
    const auto ticket = b.in_session(file_step(alice, FileStep::What::offer, std::to_string(i), "a.txt"));
    b.leg_delivered(i, DeliverAnswer::What::taken);
    EXPECT_EQ(b.outcome(ticket).outcome, PostOutcome::delivered);
  }
  b.bye(alices_edge, alices_leg);
  EXPECT_EQ(b.records.back().second.files.size(), file_transfers_per_record_max);
}

TEST(Files, of_a_dangerous_kind_are_not_passed_on) {
  ImmcuBench b;
  b.session();
  const auto ticket = b.in_session(file_step(alice, FileStep::What::offer, "1", "tool.EXE"));
  EXPECT_EQ(b.outcome(ticket).reason, Reason::file_kind_blocked);
  EXPECT_TRUE(b.sessions.empty());
}

}  // namespace
}  // namespace tertulia::domain::bench
