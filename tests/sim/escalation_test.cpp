// SPDX-License-Identifier: Apache-2.0
// Two people who write to each other become a conference before, between or after any of their messages: nothing of what
// was acknowledged is lost, nothing comes twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "checkers.h"
#include "world.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;

constexpr int texts_each = 5;
constexpr std::uint64_t seeds = 110;

/// Alice and Bob write over and over; at `moment` (of 2 * texts_each + 1) she makes a conference of it.
class Escalation {
 public:
  Escalation(std::uint64_t seed, bool lync)
      : world_({seed, static_cast<std::uint16_t>(1 + seed % 3), false}), lync_(lync) {
    for (const char* name : {"alice", "bob", "carol"}) users_.push_back(world_.add_user(name));
    world_.start();
    for (const base::UserId user : users_) world_.add_phone(user, true, lync).sign_in();
    world_.run_for(2s);
    world_.phones()[0]->invite(users_[1], world_.address(users_[1]));
    world_.run_for(1s);
  }

  void run(int moment) {
    for (int i = 0; i <= 2 * texts_each; ++i) {
      if (i == moment) escalate();
      if (i < 2 * texts_each) say(*world_.phones()[static_cast<std::size_t>(i % 2)], users_[i % 2 == 0 ? 1 : 0]);
      world_.run_for(base::Duration{static_cast<std::int64_t>(world_.random.below(25'000))});
    }
    world_.run_for(10s);
    for (int i = 0; i < 2; ++i) say(*world_.phones()[static_cast<std::size_t>(i)], {});
    world_.run_for(5s);
  }

  /// What was lost or doubled.
  std::string surprises() const {
    std::string found;
    std::map<std::pair<std::size_t, std::string>, int> came;
    for (const Copy& copy : world_.journal.copies) ++came[{copy.device, copy.text}];
    for (const auto& [where, times] : came)
      if (times != 1) found += where.second + " came " + std::to_string(times) + " times; ";
    for (const Question& one : world_.journal.questions) {
      if (!one.is_text() && !one.is_room_text()) continue;
      const std::size_t other = one.device == 0 ? 1 : 0;
      const bool there = came.contains({other, one.text});
      if (!one.answered) found += one.text + " was not answered; ";
      if (one.succeeded() != there) found += one.text + (there ? " was refused and came; " : " is lost; ");
    }
    return found;
  }
  bool is_conference() const { return !world_.last_conference().empty(); }
  std::size_t said() const { return said_; }
  std::size_t refused() const {
    return static_cast<std::size_t>(
        std::count_if(world_.journal.questions.begin(), world_.journal.questions.end(),
                      [](const Question& one) { return (one.is_text() || one.is_room_text()) && !one.succeeded(); }));
  }

 private:
  void escalate() {
    Phone& alice = *world_.phones()[0];
    if (lync_) {
      alice.make_conference(users_[1]);
    } else {
      alice.add(alice.open_calls().front(), users_[2]);
    }
  }
  /// In the conference as soon as both are in it: what is said in an empty room is for nobody.
  void say(Phone& phone, base::UserId to) {
    const auto open = phone.open_calls();
    if (open.empty()) return;  // on the way between the two dialogs such a client keeps what is typed
    const bool together = is_in(*world_.phones()[0]) && is_in(*world_.phones()[1]);
    const std::size_t call = together ? open.back() : open.front();
    if (lync_ && !together && is_room(call)) return;
    ++said_;
    phone.say(call, to, world_.new_text() + " hello");
  }
  bool is_room(std::size_t call) const { return !world_.journal.calls[call].conference.empty(); }
  bool is_in(const Phone& phone) const {
    const auto open = phone.open_calls();
    return !open.empty() && is_room(open.back());
  }

  World world_;
  bool lync_;
  std::vector<base::UserId> users_;
  std::size_t said_ = 0;
};

void at_every_moment(bool lync) {
  std::size_t said = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Escalation one(seed, lync);
    one.run(static_cast<int>(seed % (2 * texts_each + 1)));
    EXPECT_TRUE(one.is_conference()) << "seed " << seed;
    EXPECT_EQ(one.surprises(), "") << "seed " << seed;
    said += one.said();
    refused += one.refused();
  }
  EXPECT_GT(said, seeds * 2 * texts_each * 8 / 10);
  // What crosses the end of the old dialog is refused, and the speaker knows.
  EXPECT_LE(refused, lync ? said / 10 : 0);
}

TEST(EscalationUnderLoad, a_session_grows_at_every_moment) { at_every_moment(false); }
TEST(EscalationUnderLoad, a_lync_client_takes_its_chat_along_at_every_moment) { at_every_moment(true); }

}  // namespace
}  // namespace tertulia::sim
