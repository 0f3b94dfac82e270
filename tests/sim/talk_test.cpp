// SPDX-License-Identifier: Apache-2.0
#include "talk.h"

#include <gtest/gtest.h>

#include "sim_stage.h"

namespace tertulia::sim {
namespace {

std::string error_of(std::string_view text) {
  const auto talk = parse_talk("x.talk", text);
  return talk ? "none" : talk.error().detail;
}

TEST(Talk, sentences_are_read) {
  const auto talk =
      parse_talk("x.talk",
                 "# comment\n\nPeople Alice Bob\nAlice/2 pages Bob \"hello there\"   gets 202  # why\n"
                 "Bob receives \"hello there\" from Alice in the session\nRecord of Alice and Bob says 2 and 1\n");
  ASSERT_TRUE(talk) << talk.error().detail;
  ASSERT_EQ(talk->steps.size(), 4U);
  EXPECT_EQ(talk->steps[1].line, 4);
  EXPECT_EQ(talk->steps[1].who, (Speaker{"alice", 2}));
  EXPECT_EQ(talk->steps[1].other, "bob");
  EXPECT_EQ(talk->steps[1].text, "hello there");
  EXPECT_EQ(talk->steps[1].wanted, 202);
  EXPECT_TRUE(talk->steps[2].in_session);
  EXPECT_EQ(talk->steps[3].other, "alice");
  EXPECT_EQ(talk->steps[3].text, "bob");
  EXPECT_EQ(talk->steps[3].number, 2U);
  EXPECT_EQ(talk->steps[3].other_number, 1U);
}

TEST(Talk, what_is_not_known_is_an_error_with_its_place) {
  EXPECT_EQ(error_of("People Alice\nAlice dances\n"), "x.talk:2: this sentence is not known");
  EXPECT_EQ(error_of("People Alice\nAlice signs in please\n"), "x.talk:2: this sentence is not known");
  EXPECT_EQ(error_of("People Alice\nBob signs in\n"), "x.talk:2: nobody has introduced bob");
  EXPECT_EQ(error_of("People Alice\nAlice invites Bob\n"), "x.talk:2: nobody has introduced bob");
  EXPECT_EQ(error_of("People Alice\nAlice says \"hello\n"), "x.talk:2: a quote is not closed");
  EXPECT_EQ(error_of("People Alice\nAlice signs in gets well\n"), "x.talk:2: 'gets' wants a final status");
  EXPECT_EQ(error_of("People Alice\nAlice hangs up gets 200\n"), "x.talk:2: nothing is answered here");
  EXPECT_EQ(error_of("People Alice\nAlice sees the call blue\n"),
            "x.talk:2: a call is ringing, open, refused, cancelled or ended");
  EXPECT_EQ(error_of("People Alice Bob\nAlice pages Bob \"a\"\nAlice pages Bob \"a b\"\n"),
            "x.talk:3: a text begins with a word of its own");
  EXPECT_EQ(error_of("People Alice Bob\nAlice sees Bob glad\n"),
            "x.talk:2: somebody is offline, online, busy, away, on-the-phone or do-not-disturb");
  EXPECT_EQ(error_of("People Alice Bob\nAlice publishes joy\n"),
            "x.talk:2: nothing, busy, away or do-not-disturb is published");
  EXPECT_EQ(error_of("People Alice Bob\nLevel of Bob with Carol is none\n"), "x.talk:2: nobody has introduced carol");
  EXPECT_EQ(error_of("People Alice Bob\nAlice transfers Bob to Carol\n"), "x.talk:2: nobody has introduced carol");
  EXPECT_EQ(error_of("People Alice Bob\nCall of Alice and Bob replaces that of Bob and Carol\n"),
            "x.talk:2: nobody has introduced carol");
  EXPECT_EQ(error_of("# nothing\n"), "x.talk:1: nothing is said");
}

TEST(Talk, a_surprise_names_the_line) {
  const auto talk =
      parse_talk("x.talk", "People Alice Bob\nAlice signs in gets 200\nAlice pages Bob \"hello\" gets 200\n");
  ASSERT_TRUE(talk);
  EXPECT_EQ(play_in_simulator(*talk, false), "x.talk:3: got 202 instead of 200");
}

}  // namespace
}  // namespace tertulia::sim
