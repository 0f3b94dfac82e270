// SPDX-License-Identifier: Apache-2.0
// Sign-ins that fail: what the client is told, what counts as a guess, what the records hear.
#include <gtest/gtest.h>

#include "face/lync/limits.h"
#include "face/lync/lync_script.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using namespace std::chrono_literals;

/// The answer with everything random, and every name, masked: what an attacker can learn from its form.
std::string shape_of(std::string answer) {
  for (const std::string_view mark :
       {"gssapi-data=\"", ";tag=", "opaque=\"", "branch=z9hG4bK", "Call-ID: ", "sip:", "received="}) {
    for (std::size_t at = answer.find(mark); at != std::string::npos; at = answer.find(mark, at + 1)) {
      std::size_t end = at + mark.size();
      while (end < answer.size() && std::string_view("\";>\r@").find(answer[end]) == std::string_view::npos) ++end;
      answer.replace(at + mark.size(), end - at - mark.size(), "*");
    }
  }
  return answer;
}

TEST(SignInRefused, wrong_password_counts_and_stands_in_the_records) {
  LyncScript script;
  LyncClient alice(script, "alice", "guess");
  const std::string answer = alice.sign_in();
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(has_reason(answer, Reason::credentials_wrong));
  EXPECT_EQ(value_of(answer, "WWW-Authenticate"),
            "NTLM realm=\"SIP Communications Service\", targetname=\"fe1.example.com\", version=4");
  EXPECT_TRUE(value_of(answer, "Authentication-Info").empty());
  ASSERT_EQ(script.world.failed.size(), 1U);
  EXPECT_EQ(script.world.failed[0].user, "alice@example.com");
  EXPECT_EQ(script.world.failed[0].reason, Reason::credentials_wrong);
  EXPECT_EQ(script.world.failed[0].status, 401);
  EXPECT_EQ(script.world.failed[0].client->user_agent, alice.agent);
  ASSERT_EQ(script.world.guesses.size(), 1U);
  EXPECT_FALSE(script.world.guesses[0].right);
  EXPECT_TRUE(script.world.binds.empty());

  alice.password = "wonder";
  EXPECT_EQ(status_of_text(alice.sign_in()), 200) << "on the same connection";
  ASSERT_EQ(script.world.guesses.size(), 2U);
  EXPECT_TRUE(script.world.guesses[1].right);
}

TEST(SignInRefused, unknown_user_is_told_the_same_octet_for_octet) {
  LyncScript script;
  for (int i = 0; i < 7; ++i) {
    LyncClient known(script, "alice", "guess", "192.0.2.1");
    LyncClient unknown(script, "malice", "guess", "192.0.2.2");
    EXPECT_EQ(shape_of(known.first()), shape_of(unknown.first()));
    EXPECT_EQ(shape_of(known.hello()), shape_of(unknown.hello()));
    EXPECT_EQ(known.server_challenge.size(), unknown.server_challenge.size());
    const int before = script.keeper.opened;
    const std::string a = known.say(known.proof());
    const int work = script.keeper.opened - before;
    const std::string b = unknown.say(unknown.proof());
    EXPECT_EQ(script.keeper.opened - before - work, work) << "same work";
    EXPECT_EQ(shape_of(a), shape_of(b)) << "try " << i;
    EXPECT_EQ(status_of_text(a), i < 6 ? 401 : 403) << "both are locked in the end";
  }
}

TEST(SignInRefused, an_account_without_nt_hash_is_open_to_nobody) {
  LyncScript script;
  domain::User alice_user = script.user(1);
  alice_user.credentials.sealed_digests.clear();
  script.change(alice_user);
  for (const char* password : {"", "wonder"}) {
    LyncClient alice(script, "alice", password);
    EXPECT_TRUE(has_reason(alice.sign_in(), Reason::credentials_wrong)) << password;
  }
}

TEST(SignInRefused, locked_account_says_how_long_even_to_the_right_password) {
  LyncScript script;
  LyncClient alice(script, "alice", "guess");
  std::string answer;
  for (unsigned i = 0; i < script.settings.lockout.free_tries + 2; ++i) answer = alice.sign_in();
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::account_locked));
  EXPECT_FALSE(value_of(answer, "Retry-After").empty());
  EXPECT_FALSE(value_of(answer, "ms-diagnostics-public").empty());
  const std::size_t records = script.world.failed.size();
  EXPECT_EQ(records, script.settings.lockout.free_tries + 1);
  alice.password = "wonder";
  EXPECT_TRUE(has_reason(alice.sign_in(), Reason::account_locked));
  EXPECT_EQ(script.world.failed.size(), records) << "what was not judged is no record";
  script.wait(11s);
  EXPECT_EQ(status_of_text(alice.sign_in()), 200);
}

TEST(SignInRefused, what_another_shard_judged_counts_here_too) {
  LyncScript script;
  for (unsigned i = 0; i < script.settings.lockout.free_tries + 1; ++i)
    script.face.on(simple::GuessJudged{"alice@example.com", "192.0.2.99", false}, script.now);
  LyncClient alice(script, "alice", "wonder");
  EXPECT_TRUE(has_reason(alice.sign_in(), Reason::account_locked));
}

TEST(SignInRefused, disabled_user_learns_it_after_the_right_password_only) {
  LyncScript script;
  domain::User user = script.user(1);
  user.enabled = false;
  script.change(user);
  LyncClient alice(script, "alice", "wonder");
  const std::string answer = alice.sign_in();
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::account_disabled));
  const std::string id = std::to_string(base::id_of(Reason::account_disabled));
  EXPECT_TRUE(value_of(answer, "ms-diagnostics-public").starts_with(id + ";reason=\"")) << answer;
  EXPECT_TRUE(value_of(answer, "Warning").starts_with("310 lcs.microsoft.com \"")) << answer;
  EXPECT_TRUE(value_of(answer, "Authentication-Info").empty()) << "there are no keys";
  ASSERT_EQ(script.world.failed.size(), 1U);
  EXPECT_EQ(script.world.failed[0].reason, Reason::account_disabled);
  LyncClient guesser(script, "alice", "guess");
  EXPECT_TRUE(has_reason(guesser.sign_in(), Reason::credentials_wrong));
}

TEST(SignInRefused, another_opaque_begins_again_and_is_no_guess) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.first();
  alice.hello();
  alice.opaque = "somebody-else";
  const std::string answer = alice.say(alice.proof());
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(has_reason(answer, Reason::nonce_stale));
  EXPECT_TRUE(script.world.guesses.empty() && script.world.failed.empty());
  EXPECT_EQ(status_of_text(alice.sign_in()), 200);
}

TEST(SignInRefused, a_challenge_is_good_once) {
  LyncScript script;
  LyncClient alice(script, "alice", "guess");
  alice.first();
  alice.hello();
  alice.say(alice.proof());
  alice.password = "wonder";
  EXPECT_TRUE(has_reason(alice.say(alice.proof()), Reason::nonce_stale)) << "no second guess for it";
  EXPECT_EQ(script.world.guesses.size(), 1U);
}

TEST(SignInRefused, a_challenge_is_good_for_a_minute) {
  for (const bool late : {false, true}) {
    LyncScript script;
    LyncClient alice(script, "alice", "wonder");
    alice.hello();
    // Idle connections end earlier; a keep-alive on the way keeps this one.
    script.now.mono = script.now.mono + (late ? handshake_time_max : handshake_time_max - 1us);
    const std::string answer = alice.say(alice.proof());
    EXPECT_EQ(has_reason(answer, Reason::nonce_stale), late) << answer;
    EXPECT_EQ(script.world.binds.size(), late ? 0U : 1U);
  }
}

TEST(SignInRefused, garbage_is_no_guess) {
  LyncScript script;
  const std::string challenge_type("NTLMSSP\0\2\0\0\0", 12);
  for (const std::string& data : {std::string("x"), std::string(72, '\0'), challenge_type + std::string(60, '\0')}) {
    LyncClient alice(script, "alice", "wonder");
    alice.hello();
    alice.proof();
    const std::string text =
        alice.signed_text(alice.register_text(), "gssapi-data=\"" + base::to_base64(data) + "\", ");
    EXPECT_EQ(status_of_text(alice.say(text)), 400) << base::to_hex(data);
  }
  LyncClient alice(script, "alice", "wonder");
  alice.hello();
  alice.ntlm = std::make_unique<LyncClient::Ntlm>(alice.login, "", alice.password);
  auto parts = alice.ntlm->authenticate(alice.server_challenge);
  parts.flags &= ~protocol::auth::ntlm_flags::key_128;
  const std::string weak = base::to_base64(parts.to_bytes());
  const std::string answer = alice.say(alice.signed_text(alice.register_text(), "gssapi-data=\"" + weak + "\", "));
  EXPECT_EQ(status_of_text(answer), 400);
  EXPECT_TRUE(has(value_of(answer, "ms-diagnostics"), "128 bits")) << answer;
  EXPECT_TRUE(script.world.guesses.empty() && script.world.failed.empty());
}

TEST(SignInRefused, a_malformed_credentials_line_is_400) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  for (const char* line : {"Authorization: NTLM gssapi-data=\"*\"", "Authorization: NTLM qop=\"auth-int\"",
                           "Authorization: NTLM crand=\"zz\", cnum=\"1\", response=\"00\"", "Authorization: NTLM"}) {
    const std::string answer = alice.say(with_line(alice.register_text(), line));
    EXPECT_EQ(status_of_text(answer), has(line, "=") ? 400 : status_of_text(answer)) << line;
    EXPECT_GE(status_of_text(answer), 400) << line;
  }
  EXPECT_TRUE(script.world.guesses.empty() && script.world.binds.empty());
}

TEST(SignInRefused, the_last_step_is_signed_in_version_4) {
  for (const int version : {2, 3, 4}) {
    LyncScript script;
    LyncClient alice(script, "alice", "wonder");
    alice.hello();
    const std::string answer = alice.say(alice.proof(version));
    EXPECT_EQ(script.world.binds.size(), version >= 3 ? 1U : 0U) << version;  // the texts of 3 and 4 are the same
    EXPECT_EQ(status_of_text(answer), version >= 3 ? 0 : 401) << version;
  }
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.hello();
  std::string unsigned_proof = alice.proof();
  const std::size_t crand = unsigned_proof.find(", crand=");
  unsigned_proof.erase(crand, unsigned_proof.find("\r\n", crand) - crand);
  EXPECT_EQ(status_of_text(alice.say(unsigned_proof)), 401) << "a relayed proof is good for nothing";
  EXPECT_TRUE(script.world.binds.empty());
}

TEST(SignInRefused, another_scheme_has_no_way_in) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.hello();
  const std::string text = replaced(alice.proof(), "Authorization: NTLM ", "Authorization: Kerberos ");
  EXPECT_EQ(status_of_text(alice.say(text)), 401);
  EXPECT_TRUE(script.world.binds.empty());
}

}  // namespace
}  // namespace tertulia::face::lync
