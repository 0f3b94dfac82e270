// SPDX-License-Identifier: Apache-2.0
#include "wire/im/rtf_text.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/text.h"
#include "wire/im/limits.h"

namespace tertulia::wire::im {
namespace {

TEST(RtfText, what_a_person_reads) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", ""},
      {R"({\rtf1 hello})", "hello"},
      {R"({\rtf1\fbidis\ansi\ansicpg1252\deff0\nouicompat\deflang1033{\fonttbl{\f0\fnil\fcharset0 Segoe UI;}{\f1\fnil Segoe
UI;}}
{\colortbl ;\red0\green0\blue0;}
{\*\generator Riched20 15.0.4420}{\*\mmathPr\mwrapIndent1440 }\viewkind4\uc1 
\pard\cf1\embo\f0\fs20 Lunch at \b noon\b0 ?\f1\par
{\*\lyncflags rtf=1}})",
       "Lunch at noon?"},
      {R"({\rtf1 one\par two\line three\tab four\par\par})", "one\ntwo\nthree\tfour"},
      {R"({\rtf1 {\b a}{\i b}c})", "abc"},
      {R"({\rtf1 \{\\\}})", "{\\}"},
      {R"({\rtf1 a\~b\_c\-d})", "a b-cd"},
      {"{\\rtf1 a\\\nb\\\r\nc}", "a\nb\nc"},
      {"{\\rtf1 a\r\nb}", "ab"},
      {R"({\rtf1 caf\'e9 \'80 \'93x\'94 \'81 \'00\'a0.})", "caf\xC3\xA9 \xE2\x82\xAC \xE2\x80\x9Cx\xE2\x80\x9D ?  ."},
      {R"({\rtf1\ansi\ansicpg1251 \'cf\'e0 \'41\u1087?})", "?? A\xD0\xBF"},
      {R"({\rtf1\mac \'8e})", "?"},
      {"{\\rtf1 caf\xE9}", "caf\xC3\xA9"},
      {"{\\rtf1 caf\xC3\xA9}", "caf\xC3\xA9"},
      {R"({\rtf1\ldblquote a\rdblquote\emdash b\rquote s \bullet c})",
       "\xE2\x80\x9C"
       "a\xE2\x80\x9D\xE2\x80\x94"
       "b\xE2\x80\x99s \xE2\x80\xA2"
       "c"},
      {R"({\rtf1 {\info{\title Secret}}{\pict\wmetafile8 0102}{\stylesheet{\s0 Normal;}}seen})", "seen"},
      {R"({\rtf1 {\field{\*\fldinst{HYPERLINK "http://example.com"}}{\fldrslt{here}}}})", "here"},
      {R"({\rtf1\unknownword-12345678901 x})", "x"},
      {"plain", "plain"},
      {R"(cut {\rtf1 of)", "cut of"},
      {"\\", ""},
      {"\\'", ""},
      {"\\'e", "e"},
      {"}}}x", "x"},
  };
  for (const auto& [rtf, text] : table) EXPECT_EQ(text_of_rtf(rtf), text) << rtf;
}

TEST(RtfText, unicode_and_what_stands_in_for_it) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {R"({\rtf1\uc1\u233?\u8364\'80x})", "\xC3\xA9\xE2\x82\xACx"},
      {R"({\rtf1\uc0\u233 x})", "\xC3\xA9x"},
      {R"({\rtf1\uc2\u233 abx{\uc0\u233 }\u233 ab})", "\xC3\xA9x\xC3\xA9\xC3\xA9"},
      {R"({\rtf1\u233\par x})", "\xC3\xA9x"},               // a word is one character, too
      {R"({\rtf1\u233}x)", "\xC3\xA9x"},                    // and no group is
      {R"({\rtf1\u-10179?\u-8704?})", "\xF0\x9F\x98\x80"},  // halves of a pair
      {R"({\rtf1\u-10179?x\u-8704?\u-10179?})", "?x??"},
      {R"({\rtf1\u1234567?\u1?\u?})", "??"},
      {"{\\rtf1\\u233\xC3\xA9x}", "\xC3\xA9x"},
  };
  for (const auto& [rtf, text] : table) EXPECT_EQ(text_of_rtf(rtf), text) << rtf;
}

TEST(RtfText, octets_that_are_counted_are_passed_over) {
  EXPECT_EQ(text_of_rtf(std::string("{\\rtf1 a\\bin5 }{\\\0zb}", 21)), "ab");
  EXPECT_EQ(text_of_rtf("{\\rtf1 a\\bin999999 gone"), "a");
  EXPECT_EQ(text_of_rtf("{\\rtf1 a\\bin-5 b}"), "ab");
  EXPECT_EQ(text_of_rtf("{\\rtf1 a\\bin1 \xC3\xA9z}"), "az") << "ended within a character";
}

TEST(RtfText, groups_have_a_depth) {
  const auto nested = [](std::size_t depth) {
    std::string rtf(depth, '{');
    return rtf.append("x").append(depth, '}').append("y");
  };
  EXPECT_EQ(text_of_rtf(nested(rtf_groups_max)), "xy");
  EXPECT_EQ(text_of_rtf(nested(rtf_groups_max + 1)), "y");
  EXPECT_EQ(text_of_rtf(nested(100'000)), "y");
  std::string beyond(rtf_groups_max + 1, '{');
  EXPECT_EQ(text_of_rtf(beyond.append("\\pict\\uc9\\u233 x")), "");
}

TEST(RtfText, is_utf8_and_bounded_whatever_comes) {
  for (const std::string& rtf : {std::string(100, '\x80'), std::string("\\'80\\'9f\xC3"), std::string("\xF0\x9F\x98"),
                                 std::string("{\\rtf1\\u-1?\\u-2049?")}) {
    const std::string text = text_of_rtf(rtf);
    EXPECT_TRUE(base::is_utf8(text)) << rtf;
    EXPECT_LE(text.size(), 3 * rtf.size());
  }
}

}  // namespace
}  // namespace tertulia::wire::im
