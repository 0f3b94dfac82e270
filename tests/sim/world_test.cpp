// SPDX-License-Identifier: Apache-2.0
// The simulated world itself: repeatable, and true to its promises about network and store.
#include "world.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checkers.h"
#include "random_life.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;

std::string story_of(std::uint64_t seed) {
  World world({seed, shards_for(seed), false});
  live(world);
  std::string story;
  for (const Question& one : world.journal.questions)
    story += one.call_id + std::to_string(one.asked.us) + "/" + std::to_string(one.status) + " ";
  for (const Copy& one : world.journal.copies) story += one.text + std::to_string(one.received.us) + " ";
  return story;
}

TEST(World, one_seed_tells_one_story) {
  const std::string story = story_of(11);
  EXPECT_EQ(story, story_of(11));
  EXPECT_NE(story, story_of(12));
}

TEST(Scheduler, events_of_one_moment_keep_their_order) {
  Scheduler scheduler;
  std::string order;
  scheduler.after(2s, [&] { order += "c"; });
  scheduler.after(1s, [&] { order += "a"; });
  scheduler.after(1s, [&] { order += "b"; });
  scheduler.run_for(1s);
  EXPECT_EQ(order, "ab");
  scheduler.run_for(1s);
  EXPECT_EQ(order, "abc");
}

struct Ends final : ServerEnd, ClientEnd {
  base::ConnectionId on_accepted(Link&) override { return {1}; }
  void on_bytes(Link&, std::string_view bytes) override { heard += bytes; }
  void on_closed(Link&, bool orderly) override { closed = orderly; }
  void on_lost(Link&) override { lost = true; }
  std::string heard;
  std::optional<bool> closed;
  bool lost = false;
};

class LinkTest : public testing::Test {
 protected:
  LinkTest() {
    network_.set_server(server_);
    network_.manners() = {1s, 5};
    link_ = network_.connect(client_, {1});
  }
  base::Random random_{5};
  Scheduler scheduler_;
  Journal journal_;
  Network network_{scheduler_, random_, journal_};
  Ends server_, client_;
  Link* link_ = nullptr;
};

TEST_F(LinkTest, pieces_arrive_late_but_in_order) {
  std::string said;
  for (int i = 0; i < 50; ++i) {
    link_->to_server("message " + std::to_string(i) + "\r\n");
    said += "message " + std::to_string(i) + "\r\n";
  }
  EXPECT_EQ(server_.heard, "");
  bool arrived = false;
  link_->when_arrived([&] { arrived = true; });
  scheduler_.run_for(1s);
  EXPECT_EQ(server_.heard, said);
  EXPECT_TRUE(arrived);
}

TEST_F(LinkTest, an_orderly_close_comes_after_what_was_said) {
  link_->to_server("good bye");
  link_->close_by_client();
  scheduler_.run_for(2s);
  EXPECT_EQ(server_.heard, "good bye");
  EXPECT_EQ(server_.closed, true);
  EXPECT_FALSE(client_.lost);
}

TEST_F(LinkTest, a_reset_loses_what_is_under_way_and_both_learn_of_it) {
  network_.manners().delay_max = 60s;
  link_->to_server(std::string(1000, 'x'));
  link_->reset();
  scheduler_.run_for(100s);
  EXPECT_LT(server_.heard.size(), 1000U);
  EXPECT_EQ(server_.closed, false);
  EXPECT_TRUE(client_.lost);
}

TEST_F(LinkTest, from_a_half_open_connection_nobody_hears_anything) {
  link_->vanish();
  link_->to_server("hello");
  link_->to_client("hello");
  link_->close_by_client();
  scheduler_.run_for(100s);
  EXPECT_EQ(server_.heard + client_.heard, "");
  EXPECT_FALSE(server_.closed.has_value());
  EXPECT_FALSE(client_.lost);
  scheduler_.run_for(100s);  // the system's keep-alive
  EXPECT_EQ(server_.closed, false);
}

class StoreTest : public testing::Test {
 protected:
  void keep() {
    auto message = std::make_shared<domain::InstantMessage>();
    message->content = "t1 hello";
    store_.manners() = {0s + 1us, 10s};
    store_.keep({1}, message, [this](base::Result<void> result) { answer_ = result.has_value(); });
  }
  base::Random random_{5};
  Scheduler scheduler_;
  Journal journal_;
  FakeStore store_{scheduler_, random_, journal_};
  std::optional<bool> answer_;
};

TEST_F(StoreTest, a_crash_may_come_between_commit_and_answer) {
  keep();
  scheduler_.run_for(1us);
  ASSERT_FALSE(answer_.has_value());
  store_.crash();
  scheduler_.run_for(20s);
  EXPECT_FALSE(answer_.has_value());
  EXPECT_EQ(store_.kept().at({1}).size(), 1U);
  EXPECT_TRUE(journal_.kept_at.contains("t1"));
}

TEST_F(StoreTest, what_is_not_committed_never_happened) {
  keep();
  store_.crash();
  scheduler_.run_for(20s);
  EXPECT_FALSE(answer_.has_value());
  EXPECT_TRUE(store_.kept().empty());
}

TEST_F(StoreTest, a_failing_store_says_so_and_keeps_records_until_it_can_write) {
  keep();
  store_.manners().failing = true;
  std::optional<bool> recorded;
  store_.record(domain::SessionRecord{}, [&](base::Result<void> result) { recorded = result.has_value(); });
  scheduler_.run_for(15s);
  EXPECT_EQ(answer_, false);
  EXPECT_FALSE(recorded.has_value());
  store_.manners().failing = false;
  scheduler_.run_for(15s);
  EXPECT_EQ(recorded, true);
  EXPECT_EQ(store_.sessions().size(), 1U);
}

}  // namespace
}  // namespace tertulia::sim
