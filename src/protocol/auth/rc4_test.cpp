// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/rc4.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/digest.h"

namespace tertulia::protocol::auth {
namespace {

TEST(Rc4, known_texts) {
  EXPECT_EQ(base::to_hex(rc4("Key", "Plaintext")), "bbf316e8d940af0ad3");
  EXPECT_EQ(base::to_hex(rc4("Wiki", "pedia")), "1021bf0420");
  EXPECT_EQ(base::to_hex(rc4("Secret", "Attack at dawn")), "45a01f645fc35b383552544b9bf5");
}

TEST(Rc4, streams_of_rfc_6229) {
  const std::string zeros(16, '\0');
  std::string key(32, '\0');
  std::iota(key.begin(), key.end(), char{1});
  EXPECT_EQ(base::to_hex(rc4(key.substr(0, 5), zeros)), "b2396305f03dc027ccc3524a0a1118a8");
  EXPECT_EQ(base::to_hex(rc4(key.substr(0, 16), zeros)), "9ac7cc9a609d1ef7b2932899cde41b97");
  EXPECT_EQ(base::to_hex(rc4(key, zeros)), "eaa6bd25880bf93d3f5d1e4ca2611d91");
}

TEST(Rc4, undoes_itself_with_keys_of_every_length) {
  for (const std::size_t length : {1U, 16U, 255U, 256U}) {
    const std::string key(length, 'k');
    EXPECT_EQ(rc4(key, rc4(key, "some text")), "some text") << length;
    EXPECT_EQ(rc4(key, ""), "");
  }
}

}  // namespace
}  // namespace tertulia::protocol::auth
