// SPDX-License-Identifier: Apache-2.0
// Two people write to each other, and one of them makes it a conference: at every step of their talk, in a hundred
// orders of what is under way then, in place and by a focus of their own.  Nothing is lost, nothing comes twice.
#include <gtest/gtest.h>

#include <set>

#include "domain/conversation/conference_world.h"

namespace tertulia::domain::bench {
namespace {

using Dialect = ConferenceWorld::Dialect;
constexpr base::UserId one{1}, other{2}, third{3};
constexpr int words = 6;  // of each of the two, before, while and after the third person comes
constexpr int orders = 100;

struct Talk {
  ConferenceWorld world;
  base::EndpointId a, b, c;
  base::ConversationId conversation;

  Talk(std::uint64_t seed, Dialect dialect) : world(seed) {
    world.be_calm();
    a = world.sign_in(one, dialect);
    b = world.sign_in(other, dialect);
    c = world.sign_in(third, dialect);
    conversation = world.talk(a, b);
  }
  /// A word of each; a few things arrive.
  void words_of_both(base::ConversationId where) {
    for (const base::EndpointId device : {a, b}) {
      world.say_in(where, device);
      world.advance();
    }
  }
  /// Whatever was said reached each of the two who was in, and nobody was told of anything missed.
  void expect_nothing_lost(const std::string& name) {
    const Truth& truth = world.truth();
    for (const auto& [id, message] : truth.said) {
      ASSERT_EQ(message.answers.size(), 1U) << name;
      if (message.refused_at_once) continue;  // said on a leg that was over: its speaker knows
      EXPECT_EQ(message.answers[0].outcome, PostOutcome::delivered) << name;
      EXPECT_TRUE(message.answers[0].missed.empty()) << name;
      std::multiset<base::UserId> takers;
      for (const Stream& stream : truth.streams) {
        for (const std::uint64_t taken : stream.taken) {
          if (taken == id) takers.insert(stream.user);
        }
      }
      for (const base::UserId user : {one, other, third}) EXPECT_LE(takers.count(user), 1U) << name << ", doubled";
      const base::UserId listener = message.from == one ? other : one;
      EXPECT_EQ(takers.count(listener) + not_there(message, listener), 1U) << name << ", message " << id;
    }
  }
  /// By a focus of their own the listener may not be in the new room when something is said there.
  std::size_t not_there(const Said& message, base::UserId listener) const {
    for (const Stream& stream : world.truth().streams) {
      const bool there = stream.conversation == message.conversation && stream.user == listener;
      if (there && stream.opened <= message.step && message.step < stream.closed) return 0;
    }
    return 1;
  }
};

TEST(Escalation, in_place_at_every_step_loses_and_doubles_nothing) {
  for (const Dialect dialect : {Dialect::in_place, Dialect::enters}) {
    for (int at = 0; at <= words; ++at) {
      for (int order = 1; order <= orders; ++order) {
        Talk talk(static_cast<std::uint64_t>(order), dialect);
        const std::string name = "step " + std::to_string(at) + ", order " + std::to_string(order);
        for (int i = 0; i < words; ++i) {
          if (i == at) talk.world.add(talk.conversation, talk.a, third);
          talk.words_of_both(talk.conversation);
        }
        if (at == words) talk.world.add(talk.conversation, talk.a, third);
        talk.world.settle();
        talk.words_of_both(talk.conversation);
        talk.world.settle();
        ASSERT_EQ(talk.world.truth().conferences.size(), 1U) << name;
        const ConferenceKey key = talk.world.truth().conferences.begin()->first;
        EXPECT_TRUE(talk.world.is_in(key, one) && talk.world.is_in(key, other) && talk.world.is_in(key, third)) << name;
        const std::vector<std::string> wrong = talk.world.finish();
        ASSERT_TRUE(wrong.empty()) << name << ": " << testing::PrintToString(wrong);
        ASSERT_NO_FATAL_FAILURE(talk.expect_nothing_lost(name));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

/// One makes a conference, enters, tells it where the talk goes on, and adds the two others, while both write in the old
/// conversation as long as they have a leg there.
TEST(Escalation, by_a_focus_of_their_own_at_every_step_loses_and_doubles_nothing) {
  for (int at = 0; at <= words; ++at) {
    for (int order = 1; order <= orders; ++order) {
      Talk talk(static_cast<std::uint64_t>(order), Dialect::enters);
      const std::string name = "step " + std::to_string(at) + ", order " + std::to_string(order);
      ConferenceKey key;
      for (int i = 0; i <= words; ++i) {
        if (i == at) key = talk.world.create(one, talk.a);
        if (i >= at && !talk.world.is_in(key, one)) {
          for (int wait = 0; wait < 40 && !talk.world.is_promised(key); ++wait) talk.world.advance();
          talk.world.join(talk.a, key, false);
          while (!talk.world.is_in(key, one)) talk.world.advance();
          talk.world.escalate(talk.conversation, talk.a, key);
        }
        talk.words_of_both(talk.conversation);
      }
      talk.world.settle();
      const base::ConversationId room = talk.world.truth().conferences.at(key).room;
      for (const base::UserId who : {other, third}) {
        talk.world.add(room, talk.a, who);
        for (int i = 0; i < 5; ++i) talk.world.advance();
        talk.words_of_both(talk.conversation);
        talk.words_of_both(room);
      }
      talk.world.settle();
      talk.words_of_both(room);
      talk.world.settle();
      EXPECT_TRUE(talk.world.is_in(key, other) && talk.world.is_in(key, third)) << name;
      EXPECT_EQ(talk.world.truth().conferences.at(key).identity, talk.conversation) << name;
      const std::vector<std::string> wrong = talk.world.finish();
      ASSERT_TRUE(wrong.empty()) << name << ": " << testing::PrintToString(wrong);
      ASSERT_NO_FATAL_FAILURE(talk.expect_nothing_lost(name));
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace tertulia::domain::bench
