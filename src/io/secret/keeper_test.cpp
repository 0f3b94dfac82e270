// SPDX-License-Identifier: Apache-2.0
#include "io/secret/keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "base/digest.h"
#include "base/md4.h"
#include "io/secret/file.h"
#include "io/secret/password_digests.h"
#include "io/secret/test_folder.h"

namespace tertulia::io {
namespace {

using base::HashAlgorithm;
using base::Reason;
using domain::Address;
using testing::HasSubstr;
using testing::Not;

TEST(PasswordDigests, h_a1_of_the_rfcs) {
  EXPECT_EQ(
      base::to_hex(digest_a1(HashAlgorithm::md5, "Mufasa", "testrealm@host.com", "Circle Of Life")),  // RFC 2617 3.5
      "939e7578ed9e3c518a452acee763bce9");
  EXPECT_EQ(base::to_hex(digest_a1(HashAlgorithm::sha256, "Mufasa", "http-auth@example.org", "Circle of Life")),
            "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232");  // RFC 7616 3.9.1
}

TEST(PasswordDigests, nt_hash) {
  EXPECT_EQ(base::to_hex(nt_hash("Password")), "a4f49c406510bdcab6824ee7c30fd852");  // [MS-NLMP] 4.2.2.1.2
  EXPECT_EQ(base::to_hex(nt_hash("password")), "8846f7eaee8fb117ad06bdd830b7586c");
  EXPECT_EQ(base::to_hex(nt_hash("")), "31d6cfe0d16ae931b73c59d7e0c089c0");
}

TEST(PasswordDigests, nt_hash_takes_utf16) {
  // One, two, three and four octets of UTF-8: a, e acute, euro sign, U+1F600 (a surrogate pair).
  const std::string wide("a\0\xe9\0\xac\x20\x3d\xd8\x00\xde", 10);
  EXPECT_EQ(nt_hash("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80").size(), 16U);
  EXPECT_EQ(nt_hash("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), base::md4(wide));
}

TEST(PasswordDigests, which_passwords_may_be_set) {
  EXPECT_FALSE(check_password(""));
  EXPECT_FALSE(check_password("1234567"));
  EXPECT_TRUE(check_password("12345678"));
  const std::string umlauts = "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4";
  EXPECT_FALSE(check_password(umlauts));  // seven characters, though fourteen octets
  EXPECT_TRUE(check_password(umlauts + "\xc3\xa4"));
  EXPECT_TRUE(check_password(std::string(password_octets_max, 'x')));
  EXPECT_FALSE(check_password(std::string(password_octets_max + 1, 'x')));
  EXPECT_FALSE(check_password("12345678\xff"));
  EXPECT_EQ(check_password("short").reason(), Reason::password_too_weak);
}

class KeyFileTest : public FolderTest {};

TEST_F(KeyFileTest, is_made_once_and_read_back) {
  const auto made = KeyFile::create(path("key"));
  ASSERT_TRUE(made);
  EXPECT_EQ(mode_of(path("key")), 0600U);
  const auto loaded = KeyFile::load(path("key"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->bytes(), made->bytes());
  const std::string before = content_of(path("key"));
  EXPECT_EQ(KeyFile::create(path("key")).reason(), Reason::file_unwritable);  // an old key is never replaced
  EXPECT_EQ(content_of(path("key")), before);
  const auto other = KeyFile::create(path("other"));
  EXPECT_NE(other->bytes(), made->bytes());
}

TEST_F(KeyFileTest, is_refused_when_others_may_use_it) {
  ASSERT_TRUE(KeyFile::create(path("key")));
  for (const unsigned mode : {0640U, 0604U, 0620U, 0601U, 0666U}) {
    ::chmod(path("key").c_str(), mode);
    const auto loaded = KeyFile::load(path("key"));
    ASSERT_EQ(loaded.reason(), Reason::permission_denied) << mode;
    EXPECT_THAT(loaded.error().detail, HasSubstr("chmod 600 " + path("key")));
  }
  ::chmod(path("key").c_str(), 0400);
  EXPECT_TRUE(KeyFile::load(path("key")));
}

TEST_F(KeyFileTest, is_refused_when_it_is_something_else) {
  EXPECT_EQ(KeyFile::load(path("missing")).reason(), Reason::file_unreadable);
  EXPECT_EQ(KeyFile::load(path(".")).reason(), Reason::file_unreadable);
  ASSERT_TRUE(KeyFile::create(path("key")));
  const std::string good = content_of(path("key"));
  for (const std::string& bad : {std::string(), std::string("hello"), good.substr(0, good.size() - 2), good + "\n",
                                 "x" + good, std::string("tertulia-key-1 AAAA\n")}) {
    fill(path("bad"), bad);
    EXPECT_EQ(KeyFile::load(path("bad")).reason(), Reason::file_damaged) << bad;
  }
  fill(path("bad"), std::string(key_file_octets_max + 1, 'x'));
  EXPECT_EQ(KeyFile::load(path("bad")).reason(), Reason::file_unreadable);
  EXPECT_EQ(KeyFile::create(path("no/such/folder/key")).reason(), Reason::file_unwritable);
}

class KeeperTest : public FolderTest {
 protected:
  Keeper cheap(const std::string& name = "key") { return Keeper(*KeyFile::create(path(name)), {1, 64 * 1024}); }
  const Address alice_ = *Address::parse("alice@example.com");
  const Address bob_ = *Address::parse("bob@example.com");
};

TEST_F(KeeperTest, makes_verifies_and_opens) {
  Keeper keeper = cheap();
  const auto made = keeper.make(alice_, "example.com", "correct horse");
  ASSERT_TRUE(made);
  EXPECT_TRUE(keeper.verify(*made, "correct horse"));
  for (const char* wrong : {"", "correct hors", "Correct horse", "correct horse "})
    EXPECT_FALSE(keeper.verify(*made, wrong)) << wrong;
  const auto digests = keeper.open(alice_, *made);
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->ha1.size(), 6U);
  const struct {
    const char* name;
    HashAlgorithm algorithm;
    const char* user;
  } rows[] = {
      {"MD5/user", HashAlgorithm::md5, "alice"},
      {"MD5/address", HashAlgorithm::md5, "alice@example.com"},
      {"SHA-256/user", HashAlgorithm::sha256, "alice"},
      {"SHA-256/address", HashAlgorithm::sha256, "alice@example.com"},
      {"SHA-512-256/user", HashAlgorithm::sha512_256, "alice"},
      {"SHA-512-256/address", HashAlgorithm::sha512_256, "alice@example.com"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(digests->ha1.at(row.name), base::Hasher(row.algorithm).hex({row.user, ":example.com:correct horse"}));
  EXPECT_EQ(digests->nt_hash, nt_hash("correct horse"));
}

TEST_F(KeeperTest, stores_nothing_readable_and_never_the_same_twice) {
  Keeper keeper = cheap();
  const auto first = keeper.make(alice_, "example.com", "correct horse");
  const auto second = keeper.make(alice_, "example.com", "correct horse");
  EXPECT_NE(first->password_hash, second->password_hash);
  EXPECT_NE(first->sealed_digests, second->sealed_digests);
  EXPECT_THAT(first->password_hash, HasSubstr("$argon2id$"));
  std::string raw;
  ASSERT_TRUE(base::from_base64(std::string_view(first->sealed_digests).substr(2), raw));
  EXPECT_THAT(raw, Not(HasSubstr(nt_hash("correct horse"))));
  for (const char c : first->sealed_digests) EXPECT_TRUE(c > 0x20 && c < 0x7f);  // fits every text column
}

TEST_F(KeeperTest, does_not_open_what_was_changed) {
  Keeper keeper = cheap();
  Keeper stranger = cheap("other");
  const auto made = keeper.make(alice_, "example.com", "correct horse");
  ASSERT_TRUE(made);
  EXPECT_EQ(keeper.open(bob_, *made).reason(), Reason::file_damaged);      // a row copied to another user
  EXPECT_EQ(stranger.open(alice_, *made).reason(), Reason::file_damaged);  // another key
  EXPECT_EQ(keeper.open(alice_, {}).reason(), Reason::file_damaged);
  const std::string good = made->sealed_digests;
  for (std::size_t i = 0; i < good.size(); ++i) {
    domain::Credentials changed = *made;
    changed.sealed_digests[i] = good[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(keeper.open(alice_, changed)) << i;
    changed.sealed_digests = good.substr(0, i);
    EXPECT_FALSE(keeper.open(alice_, changed)) << i;
  }
}

TEST_F(KeeperTest, refuses_weak_passwords) {
  Keeper keeper = cheap();
  EXPECT_EQ(keeper.make(alice_, "example.com", "").reason(), Reason::password_too_weak);
  EXPECT_EQ(keeper.make(alice_, "example.com", "1234567").reason(), Reason::password_too_weak);
  EXPECT_TRUE(keeper.make(alice_, "example.com", "12345678"));
}

TEST_F(KeeperTest, verifies_nothing_against_a_damaged_hash) {
  Keeper keeper = cheap();
  domain::Credentials credentials;
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string("$argon2id$v=19$m=64,t=1,p=1$"), std::string(1000, '$')}) {
    credentials.password_hash = bad;
    EXPECT_FALSE(keeper.verify(credentials, "correct horse"));
  }
}

TEST_F(KeeperTest, costs_what_it_should) {
  Keeper keeper(*KeyFile::create(path("key")));
  const auto start = std::chrono::steady_clock::now();
  const auto made = keeper.make(alice_, "example.com", "correct horse");
  const auto hashed = std::chrono::steady_clock::now();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->password_hash, HasSubstr("$m=19456,t=2,p=1$"));
  constexpr int opens = 1000;
  for (int i = 0; i < opens; ++i) ASSERT_TRUE(keeper.open(alice_, *made));
  const auto opened = std::chrono::steady_clock::now();
  using Us = std::chrono::duration<double, std::micro>;
  std::printf("make %.1f ms, open %.1f us\n", Us(hashed - start).count() / 1000, Us(opened - hashed).count() / opens);
}

class FileTest : public FolderTest {};

TEST_F(FileTest, replaces_as_a_whole_with_the_right_mode) {
  fill(path("f"), "old", 0644);
  ASSERT_TRUE(write_file(path("f"), "new", FileMode::owner));
  EXPECT_EQ(content_of(path("f")), "new");
  EXPECT_EQ(mode_of(path("f")), 0600U);
  fill(path("f.new"), "left by a run that was killed");
  ASSERT_TRUE(write_file(path("f"), "newer", FileMode::everybody));
  EXPECT_EQ(content_of(path("f")), "newer");
  EXPECT_EQ(mode_of(path("f")), 0644U);
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(FileTest, leaves_nothing_behind_when_it_fails) {
  std::filesystem::create_directory(path("d"));
  std::filesystem::create_directory(path("d/inside"));
  EXPECT_EQ(write_file(path("d"), "x", FileMode::owner).reason(), Reason::file_unwritable);
  EXPECT_EQ(file_count(), 1U);
  EXPECT_EQ(write_file(path("no/f"), "x", FileMode::owner).reason(), Reason::file_unwritable);
}

TEST_F(FileTest, reads_up_to_a_bound) {
  fill(path("f"), std::string(100, 'x'));
  EXPECT_EQ(read_file(path("f"), 100)->size(), 100U);
  EXPECT_EQ(read_file(path("f"), 99).reason(), Reason::file_unreadable);
}

}  // namespace
}  // namespace tertulia::io
