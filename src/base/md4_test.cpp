// SPDX-License-Identifier: Apache-2.0
#include "base/md4.h"

#include <gtest/gtest.h>

#include <string>

#include "base/digest.h"

namespace tertulia::base {
namespace {

TEST(Md4, rfc_1320_a_5) {
  const struct {
    const char* text;
    const char* hex;
  } rows[] = {
      {"", "31d6cfe0d16ae931b73c59d7e0c089c0"},
      {"a", "bde52cb31de33e46245e05fbdbd6fb24"},
      {"abc", "a448017aaf21d8525fc10ae87aa6729d"},
      {"message digest", "d9130a8164549fe818874806e1c7014b"},
      {"abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"},
      {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
       "e33b4ddc9c38f2199c3e7b164fcc0536"},
  };
  for (const auto& row : rows) EXPECT_EQ(base::to_hex(md4(row.text)), row.hex) << row.text;
}

TEST(Md4, every_length_of_the_tail_has_its_own_answer) {
  std::string text;
  std::string last;
  for (int i = 0; i < 200; ++i) {  // over the places where the length needs another block
    const std::string digest = md4(text);
    EXPECT_EQ(digest.size(), 16U);
    EXPECT_NE(digest, last);
    last = digest;
    text.push_back('\0');
  }
}

}  // namespace
}  // namespace tertulia::base
