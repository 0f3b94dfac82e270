// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/hmac.h"

#include <gtest/gtest.h>

#include <utility>

#include "protocol/auth/secret_key.h"

namespace tertulia::protocol::auth {
namespace {

using base::HashAlgorithm;

TEST(Hmac, examples_of_rfc_2202_and_4231) {
  const std::string long_key(80, '\xaa');
  const std::string_view about_long = "Test Using Larger Than Block-Size Key - Hash Key First";
  const std::string_view question = "what do ya want for nothing?";
  const auto hex = [](HashAlgorithm algorithm, std::string_view key, std::string_view text) {
    return base::to_hex(hmac(algorithm, key, {text}));
  };
  EXPECT_EQ(hex(HashAlgorithm::md5, std::string(16, '\x0b'), "Hi There"), "9294727a3638bb1c13f48ef8158bfc9d");
  EXPECT_EQ(hex(HashAlgorithm::md5, "Jefe", question), "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(hex(HashAlgorithm::md5, long_key, about_long), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  EXPECT_EQ(hex(HashAlgorithm::sha1, "Jefe", question), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex(HashAlgorithm::sha1, long_key, about_long), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  EXPECT_EQ(hex(HashAlgorithm::sha256, "Jefe", question),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, blocks_of_sha_512_256_are_longer) {  // computed with Python's hmac
  const std::string long_key(131, '\xaa');
  EXPECT_EQ(base::to_hex(hmac(HashAlgorithm::sha512_256, "Jefe", {"what do ya want ", "for nothing?"})),
            "6df7b24630d5ccb2ee335407081a87188c221489768fa2020513b2d593359456");
  EXPECT_EQ(base::to_hex(
                hmac(HashAlgorithm::sha512_256, long_key, {"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "87123c45f7c537a404f8f47cdbedda1fc9bec60eeb971982ce7ef10e774e6539");
}

TEST(SecretKey, moves_and_leaves_nothing_behind) {
  std::string bytes = "0123456789abcdef";
  SecretKey first(std::move(bytes));
  EXPECT_TRUE(bytes.empty());  // NOLINT: that is the promise
  EXPECT_EQ(first.view(), "0123456789abcdef");
  SecretKey second(std::move(first));
  EXPECT_EQ(second.view(), "0123456789abcdef");
  EXPECT_EQ(first.view(), std::string(16, '\0'));  // NOLINT: that is the promise
  first = std::move(second);
  EXPECT_EQ(first.view(), "0123456789abcdef");
  EXPECT_EQ(second.view(), std::string(16, '\0'));  // NOLINT: that is the promise
}

}  // namespace
}  // namespace tertulia::protocol::auth
