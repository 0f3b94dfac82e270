// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <gtest/gtest.h>

#include <array>

namespace tertulia::base {
namespace {

TEST(Secret, is_overwritten_where_it_stood) {
  std::array<char, 6> bytes{'s', 'e', 'c', 'r', 'e', 't'};
  wipe_bytes(bytes.data(), 4);
  EXPECT_EQ(bytes, (std::array<char, 6>{0, 0, 0, 0, 'e', 't'}));
  std::string text(100, 'x');
  const char* where = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.data(), where);
  EXPECT_EQ(where[0], 0);
  wipe(text);  // an empty one is fine
}

}  // namespace
}  // namespace tertulia::base
