// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/ntlm_messages.h"

#include <gtest/gtest.h>

#include "protocol/auth/limits.h"
#include "protocol/auth/ntlm_test_client.h"

namespace tertulia::protocol::auth {
namespace {

using base::Reason;
using testing::AuthenticateParts;
using testing::bytes_of_hex;
using testing::challenge_of;
using testing::little_endian;

std::string wide(std::string_view text) { return *utf16_of_utf8(text); }

/// What is wrong, or "good".
std::string judged(std::string_view bytes) {
  const auto message = read_ntlm_authenticate(bytes);
  if (message) return "good";
  EXPECT_EQ(message.reason(), Reason::header_malformed);
  return message.error().detail;
}

AuthenticateParts sound() {
  return {.domain = wide("EXAMPLE"),
          .user = wide("alice"),
          .host = wide("VM"),
          .lm_response = std::string(24, 'l'),
          .nt_response = std::string(60, 'n'),
          .session_key = std::string(16, 'k')};
}

TEST(NtlmChallenge, as_a_server_sent_it_to_a_real_client) {  // testdata/sipe-captures/12
  const NtlmChallenge challenge{.server_challenge = challenge_of(bytes_of_hex("d4e3608ba5a1b274")),
                                .flags = 0xe2998255,
                                .netbios_domain = "EXAMPLE",
                                .netbios_computer = "srv",
                                .dns_domain = "example.test",
                                .dns_computer = "srv.example.test",
                                .time = base::WallTime{1795337203'527918}};
  const std::string bytes = write_ntlm_challenge(challenge);
  std::string captured;
  ASSERT_TRUE(base::from_base64(
      "TlRMTVNTUAACAAAADgAOADgAAABVgpni1ONgi6WhsnQAAAAAAAAAAGwAbABGAAAABgGxHQAAAA9FAFgAQQBNAFAATABFAAIADgBFAFgAQQBNA"
      "FAATABFAAEABgBzAHIAdgAEABgAZQB4AGEAbQBwAGwAZQAuAHQAZQBzAHQAAwAgAHMAcgB2AC4AZQB4AGEAbQBwAGwAZQAuAHQAZQBzAHQABw"
      "AIAFBp7f9det0BAAAAAA==",
      captured));
  captured.replace(captured.find("\x50\x69\xed\xff"), 1, "\x4c");  // our clock does not count tenths
  EXPECT_EQ(base::to_hex(bytes), base::to_hex(captured));
}

TEST(NtlmChallenge, is_fresh_each_time) {
  base::Random random(std::uint64_t{1});
  const NtlmServerChallenge first = fresh_ntlm_challenge(random);
  EXPECT_NE(first, fresh_ntlm_challenge(random));
  EXPECT_NE(first, NtlmServerChallenge{});
}

TEST(NtlmChallenge, offers_what_clients_want_and_strong_keys) {
  const std::string bytes = write_ntlm_challenge({});
  EXPECT_EQ(bytes.substr(20, 4), little_endian(0x62998255, 4));
  EXPECT_EQ(bytes.size(), 60U);  // no names: the pairs are their end alone
  EXPECT_EQ(bytes.substr(40, 8), little_endian(4, 2) + little_endian(4, 2) + little_endian(56, 4));
}

TEST(NtlmChallenge, leaves_out_names_that_nobody_could_read) {
  const auto size_with = [](const std::string& name) { return write_ntlm_challenge({.dns_computer = name}).size(); };
  const std::size_t bare = size_with("");
  EXPECT_EQ(size_with("a"), bare + 4 + 2);
  EXPECT_EQ(size_with(std::string(ntlm_name_bytes_max, 'a')), bare + 4 + 2 * ntlm_name_bytes_max);
  EXPECT_EQ(size_with(std::string(ntlm_name_bytes_max + 1, 'a')), bare);
  EXPECT_EQ(size_with("\xc3"), bare);
}

TEST(NtlmChallenge, no_target_name_and_no_pairs_when_not_told_so) {
  const NtlmChallenge challenge{.flags = ntlm_flags::unicode, .netbios_domain = "EXAMPLE"};
  EXPECT_EQ(write_ntlm_challenge(challenge).size(), 56U);
}

TEST(NtlmAuthenticate, of_a_real_client) {  // testdata/sipe-captures/12
  std::string bytes;
  ASSERT_TRUE(base::from_base64(
      "TlRMTVNTUAADAAAAGAAYAGQAAACcAJwAfAAAAA4ADgBIAAAACgAKAFYAAAAEAAQAYAAAABAAEAAYAQAAVYKYYgUBKAoAAAAPRQBYAEEATQBQA"
      "EwARQBhAGwAaQBjAGUAVgBNABuHcrj7TlNIfaUJ9IT1+WjutwvColXROVRTaIwAi47qbTdUfRHpWXgBAQAAAAAAAFBp7f9det0B7rcLwqJV0T"
      "kAAAAAAgAOAEUAWABBAE0AUABMAEUAAQAGAHMAcgB2AAQAGABlAHgAYQBtAHAAbABlAC4AdABlAHMAdAADACAAcwByAHYALgBlAHgAYQBtAHA"
      "AbABlAC4AdABlAHMAdAAHAAgAUGnt/1163QEAAAAAAAAAAFlVY2j6WNFG5fEigRfoKzs=",
      bytes));
  const auto message = read_ntlm_authenticate(bytes);
  ASSERT_TRUE(message) << message.error().detail;
  EXPECT_EQ(message->flags, 0x62988255U);
  EXPECT_EQ(message->user, "alice");
  EXPECT_EQ(message->domain, "EXAMPLE");
  EXPECT_EQ(message->host, "VM");
  EXPECT_EQ(message->nt_response.size(), 156U);
  EXPECT_EQ(base::to_hex(message->session_key), "59556368fa58d146e5f1228117e82b3b");
  // No piece of it is sound.
  for (std::size_t length = 0; length < bytes.size(); ++length) EXPECT_NE(judged(bytes.substr(0, length)), "good");
}

TEST(NtlmAuthenticate, pieces_must_lie_inside_of_the_message) {
  const std::string good = sound().to_bytes();
  ASSERT_EQ(judged(good), "good");
  const struct {
    std::size_t fields;
    const char* detail;
  } rows[] = {{12, "NTLM LM response"}, {20, "NTLM NT response"}, {28, "NTLM domain"},
              {36, "NTLM user"},        {44, "NTLM host"},        {52, "NTLM session key"}};
  for (const auto& row : rows) {
    const auto with = [&](std::size_t length, std::size_t offset) {
      return std::string(good).replace(row.fields, 8,
                                       little_endian(length, 2) + little_endian(0, 2) + little_endian(offset, 4));
    };
    EXPECT_EQ(judged(with(0, 0xffffffff)), "good") << row.detail;  // nothing is nowhere
    EXPECT_EQ(judged(with(2, good.size() - 2)), "good");           // up to the last byte
    EXPECT_EQ(judged(with(2, good.size() - 1)), row.detail);
    EXPECT_EQ(judged(with(2, good.size())), row.detail);
    EXPECT_EQ(judged(with(0xfffe, good.size() - 2)), row.detail);
    EXPECT_EQ(judged(with(2, 0xffffffff)), row.detail);  // offset and length must not wrap round
    EXPECT_EQ(judged(with(2, 0xfffffffe)), row.detail);
    EXPECT_EQ(judged(with(2, 62)), row.detail);  // into the fixed part
  }
}

TEST(NtlmAuthenticate, names_are_text) {
  const auto with_user = [](std::string user) {
    AuthenticateParts parts = sound();
    parts.user = std::move(user);
    return judged(parts.to_bytes());
  };
  EXPECT_EQ(with_user(""), "good");
  EXPECT_EQ(with_user(wide("J\xc3\xa4s\xc3\xb8n \xf0\x9f\x98\x80")), "good");
  EXPECT_EQ(with_user("abc"), "NTLM user");           // half a unit
  EXPECT_EQ(with_user("\x3d\xd8"), "NTLM user");      // half a pair
  EXPECT_EQ(with_user(wide("a\r\nb")), "NTLM user");  // would begin a line of a log
  EXPECT_EQ(with_user(std::string(2, '\0')), "NTLM user");
  EXPECT_EQ(with_user(wide(std::string(ntlm_name_bytes_max, 'a'))), "good");
  EXPECT_EQ(with_user(wide(std::string(ntlm_name_bytes_max + 1, 'a'))), "NTLM user");
  std::string euros;
  for (std::size_t i = 0; i < ntlm_name_bytes_max / 3 + 1; ++i) euros += "\xe2\x82\xac";
  EXPECT_EQ(with_user(wide(euros)), "NTLM user");  // the limit counts UTF-8
}

TEST(NtlmAuthenticate, limits) {
  AuthenticateParts parts = sound();
  parts.nt_response.assign(ntlm_response_bytes_max, 'n');
  EXPECT_EQ(judged(parts.to_bytes()), "good");
  parts.nt_response.push_back('n');
  EXPECT_EQ(judged(parts.to_bytes()), "NTLM NT response");
  std::string long_message = sound().to_bytes();
  long_message.resize(ntlm_authenticate_bytes_max, 'x');
  EXPECT_EQ(judged(long_message), "good");
  long_message.push_back('x');
  EXPECT_EQ(judged(long_message), "NTLM length");
}

TEST(NtlmAuthenticate, refuses_other_messages) {
  const std::string good = sound().to_bytes();
  EXPECT_EQ(judged(""), "NTLM length");
  EXPECT_EQ(judged(std::string(good).replace(0, 1, "n")), "NTLM type");
  EXPECT_EQ(judged(std::string(good).replace(8, 1, "\1")), "NTLM type");
  EXPECT_EQ(judged(write_ntlm_challenge({.netbios_domain = "EXAMPLE"})), "NTLM type");
  AuthenticateParts oem = sound();
  oem.flags &= ~ntlm_flags::unicode;
  EXPECT_EQ(judged(oem.to_bytes()), "NTLM flags: Unicode");
}

}  // namespace
}  // namespace tertulia::protocol::auth
