// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/ntlm.h"

#include <gtest/gtest.h>

#include "protocol/auth/ntlm_test_client.h"

namespace tertulia::protocol::auth {
namespace {

using base::Reason;
using base::to_hex;
using testing::bytes_of_hex;
using testing::challenge_of;
using testing::NtlmTestClient;

constexpr std::string_view first_text =
    "<NTLM><5e8380b4><1><SIP Communications Service><fe1.example.com><C0FFEEg1><3><REGISTER><sip:alice@example.com>"
    "<1234567890><sip:alice@example.com><><><><>";
constexpr std::string_view second_text =
    "<NTLM><A1B2C3D4><1><SIP Communications Service><fe1.example.com><C0FFEEg1><3><REGISTER><sip:alice@example.com>"
    "<1234567890><sip:alice@example.com><5F00><><><600><200>";

/// One sign-in worked out by hand: every number between password and signature.
struct Example {
  NtlmServerChallenge challenge = challenge_of(bytes_of_hex("0123456789abcdef"));
  std::string nt_hash = base::md4(*utf16_of_utf8("Secret1!"));
  std::string blob = bytes_of_hex(
      "0101000000000000"
      "00c0397bd2d0da01"
      "a1a2a3a4a5a6a7a8"
      "00000000"
      "02000e004500580041004d0050004c0045000100060046004500310000000000"
      "00000000");
  NtlmAuthenticate authenticate() const {
    return {.flags = 0x62988255,
            .user = "alice@example.com",
            .domain = "",
            .host = "VM",
            .nt_response = bytes_of_hex("30885dfaab05520ffc01392418ed7779") + blob,
            .session_key = bytes_of_hex("3cd91ddfb150815570a756061ba43437")};
  }
};

TEST(Ntlm, every_step_of_the_example) {
  const Example example;
  EXPECT_EQ(to_hex(example.nt_hash), "2b0fd3faca9a8acd5fdfff6ecae2c207");
  const SecretKey response_key = ntlm_response_key(example.nt_hash, "alice@example.com", "");
  EXPECT_EQ(to_hex(response_key.view()), "abc4c43e2e59d20bb6181660e14a740b");
  const std::string proof = ntlm_proof(response_key, example.challenge, example.blob);
  EXPECT_EQ(to_hex(proof), "30885dfaab05520ffc01392418ed7779");
  const SecretKey base_key = ntlm_session_base_key(response_key, proof);
  EXPECT_EQ(to_hex(base_key.view()), "12b4a297d616a0542b0500b8ae149631");
  const SecretKey exported = ntlm_exported_key(base_key, bytes_of_hex("3cd91ddfb150815570a756061ba43437"));
  EXPECT_EQ(to_hex(exported.view()), "000102030405060708090a0b0c0d0e0f");
  const NtlmSession session(exported);
  EXPECT_EQ(to_hex(session.sign_client().view()), "9b52e70996bd32c71f2398b552d207d2");
  EXPECT_EQ(to_hex(session.sign_server().view()), "24708083b479de7c5807cac27aeefbce");
  EXPECT_EQ(to_hex(session.seal_client().view()), "157cc91ead98fd67ff4911a6c338be2c");
  EXPECT_EQ(to_hex(session.seal_server().view()), "537dc0b821115fd8177313be127b7d90");
  EXPECT_EQ(to_hex(session.mac_from_client(first_text)), "010000008d8bc6340195a03f64000000");
  EXPECT_EQ(to_hex(session.mac_from_server(second_text)), "01000000e554ca1fe295a4b664000000");
  EXPECT_EQ(session.mac_from_client(first_text), session.mac_from_client(first_text));  // no counter
}

TEST(Ntlm, response_key_of_the_specification) {  // [MS-NLMP] 4.2.4.1.1
  const std::string hash = base::md4(*utf16_of_utf8("Password"));
  EXPECT_EQ(to_hex(ntlm_response_key(hash, "User", "Domain").view()), "0c868a403bfd7a93a3001ef22ef02e3f");
  EXPECT_EQ(to_hex(ntlm_response_key(hash, "uSER", "Domain").view()), "0c868a403bfd7a93a3001ef22ef02e3f");
  EXPECT_NE(to_hex(ntlm_response_key(hash, "User", "DOMAIN").view()), "0c868a403bfd7a93a3001ef22ef02e3f");
}

TEST(Ntlm, verifies_the_example) {
  const Example example;
  const auto session = ntlm_verify(example.authenticate(), example.challenge, example.nt_hash);
  ASSERT_TRUE(session) << session.error().detail;
  EXPECT_EQ(to_hex(session->mac_from_client(first_text)), "010000008d8bc6340195a03f64000000");
}

TEST(Ntlm, signer_checks_and_signs_in_the_right_directions) {
  const Example example;
  auto session = ntlm_verify(example.authenticate(), example.challenge, example.nt_hash);
  ASSERT_TRUE(session);
  const auto signer = ntlm_signer(*std::move(session));
  EXPECT_EQ(to_hex(signer->sign(second_text)), "01000000e554ca1fe295a4b664000000");
  const std::string good = bytes_of_hex("010000008d8bc6340195a03f64000000");
  EXPECT_TRUE(signer->verify(first_text, good));
  EXPECT_FALSE(signer->verify(second_text, good));
  EXPECT_FALSE(signer->verify(second_text, signer->sign(second_text)));  // ours is not the client's
  EXPECT_FALSE(signer->verify(first_text, ""));
  EXPECT_FALSE(signer->verify(first_text, good.substr(0, 15)));
  EXPECT_FALSE(signer->verify(first_text, good + good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(signer->verify(first_text, bad)) << i;
  }
}

TEST(Ntlm, refuses_everything_but_the_right_proof) {
  const Example example;
  const auto judged = [&](const NtlmAuthenticate& message, const NtlmServerChallenge& challenge,
                          std::string_view nt_hash) { return ntlm_verify(message, challenge, nt_hash).reason(); };
  const NtlmAuthenticate good = example.authenticate();
  EXPECT_EQ(judged(good, example.challenge, base::md4("other")), Reason::credentials_wrong);
  EXPECT_EQ(judged(good, challenge_of("otherone"), example.nt_hash), Reason::credentials_wrong);
  EXPECT_EQ(judged(good, example.challenge, ""), Reason::credentials_wrong);
  EXPECT_EQ(judged(good, example.challenge, example.nt_hash.substr(0, 15)), Reason::credentials_wrong);
  NtlmAuthenticate other = good;
  other.user = "bob@example.com";
  EXPECT_EQ(judged(other, example.challenge, example.nt_hash), Reason::credentials_wrong);
  other = good;
  other.domain = "EXAMPLE";
  EXPECT_EQ(judged(other, example.challenge, example.nt_hash), Reason::credentials_wrong);
  for (const std::size_t at : {0U, 15U, 18U, 40U, 79U}) {
    other = good;
    other.nt_response[at] = static_cast<char>(other.nt_response[at] ^ 1);
    EXPECT_EQ(judged(other, example.challenge, example.nt_hash), Reason::credentials_wrong) << at;
  }
}

TEST(Ntlm, no_account_is_open_because_it_has_no_hash) {
  NtlmTestClient client("alice", "", "x");
  const std::string empty_hash;
  const NtlmChallenge challenge;
  // A client that computes its proof with an empty key, as a careless server would.
  const std::string bytes = write_ntlm_challenge(challenge);
  auto message = read_ntlm_authenticate(client.authenticate(bytes).to_bytes());
  ASSERT_TRUE(message);
  const std::string blob = message->nt_response.substr(16);
  message->nt_response = ntlm_proof(ntlm_response_key(empty_hash, "alice", ""), {}, blob) + blob;
  EXPECT_EQ(ntlm_verify(*message, {}, empty_hash).reason(), Reason::credentials_wrong);
}

TEST(Ntlm, refuses_older_forms) {
  const Example example;
  NtlmAuthenticate message = example.authenticate();
  for (const std::string& response : {std::string(), std::string(24, 'x'), message.nt_response.substr(0, 47),
                                      std::string(message.nt_response).replace(16, 1, "\x02")}) {
    message.nt_response = response;
    const auto session = ntlm_verify(message, example.challenge, example.nt_hash);
    EXPECT_EQ(session.reason(), Reason::credentials_wrong);
    EXPECT_EQ(session.error().detail, "not NTLMv2");
  }
}

TEST(Ntlm, names_what_the_client_did_not_take) {
  const Example example;
  const auto detail = [&](std::uint32_t missing) {
    NtlmAuthenticate message = example.authenticate();
    message.flags &= ~missing;
    const auto session = ntlm_verify(message, example.challenge, example.nt_hash);
    EXPECT_EQ(session.reason(), Reason::header_malformed);
    return session ? std::string("good") : session.error().detail;
  };
  EXPECT_EQ(detail(ntlm_flags::unicode), "NTLM flags: Unicode");
  EXPECT_EQ(detail(ntlm_flags::sign), "NTLM flags: sign");
  EXPECT_EQ(detail(ntlm_flags::datagram), "NTLM flags: datagram");
  EXPECT_EQ(detail(ntlm_flags::ntlm), "NTLM flags: NTLM");
  EXPECT_EQ(detail(ntlm_flags::key_128), "NTLM flags: 128 bits");
  EXPECT_EQ(detail(ntlm_flags::key_exchange), "NTLM flags: key exchange");
  EXPECT_EQ(detail(ntlm_flags::extended_session_security), "NTLM flags: extended session security");
  NtlmAuthenticate message = example.authenticate();
  message.session_key.pop_back();
  EXPECT_EQ(ntlm_verify(message, example.challenge, example.nt_hash).error().detail, "NTLM session key");
}

}  // namespace
}  // namespace tertulia::protocol::auth
