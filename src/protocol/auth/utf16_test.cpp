// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/utf16.h"

#include <gtest/gtest.h>

namespace tertulia::protocol::auth {
namespace {

TEST(Utf16, goes_there_and_back) {
  const struct {
    std::string utf8;
    std::string utf16;
  } rows[] = {
      {"", ""},
      {"aZ", std::string("a\0Z\0", 4)},
      {"\xc3\xa9", "\xe9" + std::string(1, '\0')},
      {"\xdf\xbf", "\xff\x07"},
      {"\xe2\x82\xac", "\xac\x20"},
      {"\xef\xbf\xbf", "\xff\xff"},
      {"\xf0\x90\x80\x80", std::string("\x00\xd8\x00\xdc", 4)},
      {"\xf0\x9f\x98\x80", "\x3d\xd8" + std::string("\x00\xde", 2)},
      {"\xf4\x8f\xbf\xbf", "\xff\xdb\xff\xdf"},
      {std::string(1, '\0'), std::string(2, '\0')},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(utf16_of_utf8(row.utf8), row.utf16);
    EXPECT_EQ(utf8_of_utf16(row.utf16), row.utf8);
  }
}

TEST(Utf16, refuses_what_is_not_well_formed) {
  const std::string high("\x3d\xd8", 2);
  const std::string low("\x00\xde", 2);
  for (const std::string& bad : {std::string("a"), high, low, high + high, low + high, high + std::string("a\0", 2),
                                 high + low.substr(0, 1), std::string("a\0b", 3)})
    EXPECT_EQ(utf8_of_utf16(bad), std::nullopt);
  for (const char* bad : {"\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\x80"})
    EXPECT_EQ(utf16_of_utf8(bad), std::nullopt);
}

}  // namespace
}  // namespace tertulia::protocol::auth
