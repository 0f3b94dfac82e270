// SPDX-License-Identifier: Apache-2.0
// A file that is offered outside of a conversation goes the way of a call, and is none.
#include <gtest/gtest.h>

#include "domain/call/call_bench.h"

namespace tertulia::domain::call_bench {
namespace {

using base::Reason;
using Ring = RingAnswer::What;
using Kind = CallRequestKind;

struct FileBench : AgentBench {
  explicit FileBench(const std::string& name = "plan.txt") {
    PlaceCall offer = call_of(alice, bob, alices_leg);
    offer.media_types = 0;
    offer.content_type = "multipart/mixed;boundary=b";
    offer.file = FileTransfer{name, "{id}", "1"};
    agent.on_place(offer, *people, now);
    if (!finds.empty()) found({route_of(20)});
  }
  FileOutcome outcome() const {
    const std::vector<FileTransfer>& files = last_record().files;
    EXPECT_EQ(files.size(), 1U);
    return files.empty() ? FileOutcome::offered : files.front().outcome;
  }
};

TEST(FileOffer, accepted_is_neither_a_call_nor_busy) {
  FileBench b;
  b.rings_back(0, Ring::progress, 180);
  b.rings_back(0, Ring::answered, 200);
  const SessionRecord& record = b.last_record();
  EXPECT_EQ(record.mode, SessionMode::file);
  EXPECT_EQ(record.media_types, media_file_transfer);
  EXPECT_EQ(record.files, (std::vector<FileTransfer>{{"plan.txt", "{id}", "1", 1, FileOutcome::accepted}}));
  b.alice_asks(Kind::renegotiates);  // with the path that was found
  EXPECT_EQ(b.relays.back().second.kind, Kind::renegotiates);
  b.bob_asks(Kind::ends);
  EXPECT_EQ(b.outcome(), FileOutcome::accepted);
  EXPECT_TRUE(b.one_record());
  EXPECT_TRUE(b.notices.empty());
}

TEST(FileOffer, refused_by_the_recipient) {
  FileBench b;
  b.rings_back(0, Ring::refused, 603);
  EXPECT_EQ(b.refusals.at(0).status, 603);
  EXPECT_EQ(b.outcome(), FileOutcome::rejected);
}

TEST(FileOffer, taken_back) {
  FileBench before;
  before.agent.on_cancel({alices_edge, alices_leg, alice, bob}, before.now);
  EXPECT_EQ(before.outcome(), FileOutcome::cancelled);
  FileBench after;
  after.rings_back(0, Ring::answered, 200);
  CallRequest cancel{{7}, bobs_edge, after.call(), after.bobs_leg(), {}, Kind::relayed, 0, signal("INFO")};
  cancel.cancels_file = true;
  after.agent.on_request(cancel, after.now);
  EXPECT_EQ(after.relays.size(), 1U);
  after.alice_asks(Kind::ends);
  EXPECT_EQ(after.outcome(), FileOutcome::cancelled);
}

TEST(FileOffer, nobody_answered) {
  FileBench b;
  b.pass(CallSettings{}.ring);
  EXPECT_EQ(b.outcome(), FileOutcome::offered);
}

TEST(FileOffer, of_a_dangerous_kind_is_not_passed_on) {
  FileBench b("tool.exe");
  EXPECT_TRUE(b.finds.empty());
  EXPECT_EQ(b.refusals.at(0).reason, Reason::file_kind_blocked);
  EXPECT_EQ(b.outcome(), FileOutcome::rejected);
  EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(Reason::file_kind_blocked));
}

}  // namespace
}  // namespace tertulia::domain::call_bench
