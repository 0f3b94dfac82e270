// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace tertulia::base {
namespace {

struct Vector {
  HashAlgorithm algorithm;
  std::string text;
  const char* hex;
};

TEST(Hasher, known_answers) {
  const Vector vectors[] = {
      // RFC 1321 A.5
      {HashAlgorithm::md5, "", "d41d8cd98f00b204e9800998ecf8427e"},
      {HashAlgorithm::md5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
      {HashAlgorithm::md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
      // FIPS 180-4 examples
      {HashAlgorithm::sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
      {HashAlgorithm::sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {HashAlgorithm::sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {HashAlgorithm::sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {HashAlgorithm::sha512_256, "", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a"},
      {HashAlgorithm::sha512_256, "abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
      // H(A1) of RFC 2617 3.5 and of RFC 7616 3.9.1
      {HashAlgorithm::md5, "Mufasa:testrealm@host.com:Circle Of Life", "939e7578ed9e3c518a452acee763bce9"},
      {HashAlgorithm::sha256, "Mufasa:http-auth@example.org:Circle of Life",
       "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"},
  };
  for (const Vector& vector : vectors)
    EXPECT_EQ(Hasher(vector.algorithm).hex({vector.text}), vector.hex) << vector.text;
}

TEST(Hasher, joins_pieces_and_can_be_used_again) {
  Hasher hasher(HashAlgorithm::md5);
  const std::string whole = hasher.hex({"user:realm:password"});
  EXPECT_EQ(hasher.hex({"user", ":", "realm", ":", "password"}), whole);
  EXPECT_EQ(hasher.hex({}), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(hasher.raw({"user:realm:", "", "password"})), whole);
  Hasher moved = std::move(hasher);
  EXPECT_EQ(moved.hex({"user:realm:password"}), whole);
}

TEST(Base64, rfc_4648_section_10) {
  const struct {
    const char* bytes;
    const char* text;
  } rows[] = {{"", ""},
              {"f", "Zg=="},
              {"fo", "Zm8="},
              {"foo", "Zm9v"},
              {"foob", "Zm9vYg=="},
              {"fooba", "Zm9vYmE="},
              {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    EXPECT_EQ(to_base64(row.bytes), row.text);
    std::string bytes;
    EXPECT_TRUE(from_base64(row.text, bytes)) << row.text;
    EXPECT_EQ(bytes, row.bytes);
  }
}

TEST(Base64, carries_every_byte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (std::size_t length = 0; length <= all.size(); ++length) {
    std::string back;
    ASSERT_TRUE(from_base64(to_base64(all.substr(0, length)), back)) << length;
    EXPECT_EQ(back, all.substr(0, length));
  }
}

TEST(Base64, refuses_what_is_not_of_its_form) {
  std::string bytes = "old";
  for (const char* bad : {"Zg", "Zg=", "Zg===", "Z===", "=", "Zm9v!", "Zm 9v", "Zm9v\n", "Zm9v=", "_-8=", "Zm9vZg=x"}) {
    EXPECT_FALSE(from_base64(bad, bytes)) << bad;
    EXPECT_EQ(bytes, "");
  }
}

TEST(Digest, compares_secrets) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
  EXPECT_FALSE(equal_in_constant_time("", "a"));
}

TEST(Digest, hexadecimal_is_lower_case) {
  EXPECT_EQ(to_hex(std::string("\x00\x0f\xf0\xff\xab", 5)), "000ff0ffab");
  EXPECT_EQ(to_hex(""), "");
}

}  // namespace
}  // namespace tertulia::base
