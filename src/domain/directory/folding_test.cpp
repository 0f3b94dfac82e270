// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/folding.h"

#include <gtest/gtest.h>

namespace tertulia::domain {
namespace {

TEST(Folding, knows_the_case_of_many_scripts) {
  EXPECT_EQ(folded("ALICE zero 09 []"), U"alice zero 09 []");
  EXPECT_EQ(folded("ÁÉÑÜ ÀÖØÞ ÿŸ"), folded("áéñü àöøþ ÿÿ"));
  EXPECT_EQ(folded("ŁÓDŹ ČĎĽŇŐŽ"), folded("łódź čďľňőž"));
  EXPECT_EQ(folded("ΑΛΈΞΑΝΔΡΟΣ"), folded("αλέξανδρος"));
  EXPECT_EQ(folded("ЁЖ ИВАН Ӂ"), folded("ёж иван ӂ"));
  EXPECT_EQ(folded("ԱՐԱՄ"), folded("արամ"));
  EXPECT_EQ(folded("ẞ"), U"ß");
  EXPECT_EQ(folded("ＡＺ"), folded("ａｚ"));
  EXPECT_EQ(folded("𐐀"), folded("𐐨"));
}

TEST(Folding, leaves_accents_and_letters_without_case_alone) {
  EXPECT_NE(folded("José"), folded("Jose"));
  EXPECT_EQ(folded("日本 ß ı \u0130"), U"日本 ß ı \u0130");
  EXPECT_EQ(folded(U'\u00d7'), U'\u00d7');  // between two runs
  EXPECT_EQ(folded(U'\u0101'), U'\u0101');  // in a run of every second
  EXPECT_EQ(folded(U'\U0010ffff'), U'\U0010ffff');
}

TEST(Folding, text_that_is_no_utf8_is_walked_to_its_end) {
  EXPECT_EQ(folded(""), U"");
  EXPECT_EQ(folded("\xff"
                   "A\x80"),
            U"\ufffda\ufffd");
  EXPECT_EQ(folded("\xe2\x82"), U"\ufffd\ufffd");
  EXPECT_EQ(folded("\xc3("), U"\ufffd(");
  EXPECT_EQ(folded("\xf5\xc0"), U"\ufffd\ufffd");
}

}  // namespace
}  // namespace tertulia::domain
