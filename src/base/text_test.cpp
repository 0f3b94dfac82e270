// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tertulia::base {
namespace {

using testing::ElementsAre;

TEST(Text, case_is_ascii_only) {
  EXPECT_EQ(to_lower("AbC-\xc3\x84\x5a"), "abc-\xc3\x84\x7a");  // the umlaut stays
  EXPECT_EQ(to_lower(std::string_view("@[`{")), "@[`{");        // neighbours of the letters
  EXPECT_TRUE(equal_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equal_ignoring_case("abc", "abcd"));
  EXPECT_FALSE(equal_ignoring_case("a\xc3\x84", "a\xc3\xa4"));
}

TEST(Text, trimming) {
  EXPECT_EQ(trimmed(" \t a b\t "), "a b");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\r\na\n"), "\r\na\n");  // line ends are not blanks here
}

TEST(Text, numbers) {
  EXPECT_EQ(to_number("0"), 0U);
  EXPECT_EQ(to_number("007"), 7U);
  EXPECT_EQ(to_number("18446744073709551615"), UINT64_MAX);
  for (const char* bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "1x", "0x10", "1.0", "\xd9\xa1"})
    EXPECT_EQ(to_number(bad), std::nullopt) << bad;
}

TEST(Text, characters_become_utf8) {
  std::string out = "<";
  for (const std::uint32_t code : {0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU})
    append_utf8(out, code);
  EXPECT_EQ(out, "<A\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
  EXPECT_TRUE(is_utf8(out));
}

TEST(Text, utf8_by_rfc_3629) {
  struct Row {
    std::string bytes;
    bool good;
    const char* what;
  };
  const Row rows[] = {
      {"", true, "nothing"},
      {"plain", true, "ASCII"},
      {std::string("\0", 1), true, "U+0000"},
      {"\x7f", true, "U+007F"},
      {"\xc2\x80", true, "U+0080, first of two octets"},
      {"\xdf\xbf", true, "U+07FF, last of two octets"},
      {"\xe0\xa0\x80", true, "U+0800, first of three octets"},
      {"\xed\x9f\xbf", true, "U+D7FF, before the surrogates"},
      {"\xee\x80\x80", true, "U+E000, after the surrogates"},
      {"\xef\xbf\xbf", true, "U+FFFF"},
      {"\xf0\x90\x80\x80", true, "U+10000, first of four octets"},
      {"\xf4\x8f\xbf\xbf", true, "U+10FFFF, the last"},
      {"\x80", false, "continuation alone"},
      {"a\xbf", false, "continuation after ASCII"},
      {"\xc0\xaf", false, "overlong slash"},
      {"\xc1\xbf", false, "overlong"},
      {"\xe0\x9f\xbf", false, "overlong of three"},
      {"\xf0\x8f\xbf\xbf", false, "overlong of four"},
      {"\xed\xa0\x80", false, "U+D800, surrogate"},
      {"\xed\xbf\xbf", false, "U+DFFF, surrogate"},
      {"\xf4\x90\x80\x80", false, "beyond U+10FFFF"},
      {"\xf5\x80\x80\x80", false, "lead that cannot be"},
      {"\xf8\x88\x80\x80\x80", false, "five octets"},
      {"\xff", false, "FF"},
      {"\xc3", false, "cut after one of two"},
      {"\xe2\x82", false, "cut after two of three"},
      {"\xf0\x9f\x98", false, "cut after three of four"},
      {"\xe2\x28\xa1", false, "second octet is no continuation"},
      {"\xe2\x82\x28", false, "third octet is no continuation"},
      {"\xf0\x9f\x98\x28", false, "fourth octet is no continuation"},
      {"a\xe2\x82\xac z\xf0\x9f\x98\x80", true, "mixed"},
  };
  for (const Row& row : rows) EXPECT_EQ(is_utf8(row.bytes), row.good) << row.what;
}

TEST(Text, splitting) {
  EXPECT_THAT(split("a, b ,,\tc ,", ','), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split("one", ','), ElementsAre("one"));
  EXPECT_THAT(split("  a  b ", ' '), ElementsAre("a", "b"));
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_TRUE(split(" , ,", ',').empty());
}

}  // namespace
}  // namespace tertulia::base
