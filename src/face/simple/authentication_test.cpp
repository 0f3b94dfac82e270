// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "base/reason.h"
#include "face/simple/face_script.h"
#include "face/simple/limits.h"

namespace tertulia::face::simple {
namespace {

using namespace face_script;
using namespace std::chrono_literals;

bool has_reason(std::string_view answer, Reason reason) {
  return value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(reason)) + ";");
}

/// The answer with everything random in it masked: what an attacker can learn from its form.
std::string shape_of(std::string answer) {
  for (const std::string_view mark : {"nonce=\"", ";tag=", "opaque=\"", "branch=z9hG4bK", "Call-ID: ", "sip:"}) {
    for (std::size_t at = answer.find(mark); at != std::string::npos; at = answer.find(mark, at + 1)) {
      std::size_t end = at + mark.size();
      while (end < answer.size() && std::string_view("\";>\r@").find(answer[end]) == std::string_view::npos) ++end;
      answer.replace(at + mark.size(), end - at - mark.size(), "*");
    }
  }
  return answer;
}

TEST(Authentication, challenge_offers_sha256_first_then_md5) {  // RFC 8760 2.3
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string answer = alice.say(alice.request("OPTIONS", "sip:example.com"));
  EXPECT_EQ(status_of_text(answer), 401);
  const std::size_t sha = answer.find("SHA-256");
  const std::size_t md5 = answer.find("MD5");
  ASSERT_NE(sha, std::string::npos) << answer;
  ASSERT_NE(md5, std::string::npos) << answer;
  EXPECT_LT(sha, md5);
  EXPECT_EQ(script.face.metrics().challenged.value(), 1U);
  EXPECT_EQ(script.face.metrics().sign_in_failures.value(), 0U);
}

TEST(Authentication, every_form_of_the_name_with_both_algorithms) {
  for (const char* algorithm : {"SHA-256", "MD5"}) {
    for (const char* login : {"alice", "alice@example.com"}) {
      Script script;
      Client alice(script, "alice", "wonder");
      alice.algorithm = algorithm;
      alice.login = login;
      EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200) << algorithm << " " << login;
      EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200) << algorithm << " " << login;
      EXPECT_EQ(script.keeper.opened, 1) << "the second proof on a connection is cheap";
    }
  }
}

TEST(Authentication, foreign_scheme_is_challenged_again) {  // RFC 4475 3.3.7
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string answer =
      alice.say(alice.request("REGISTER", "sip:example.com", "Authorization: NoOneKnowsThisScheme opaque-data=x\r\n"));
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(has_reason(answer, Reason::credentials_required));
  EXPECT_TRUE(script.world.failed.empty());
}

TEST(Authentication, wrong_password_is_refused_and_told_to_the_records) {
  Script script;
  Client alice(script, "alice", "guess");
  const std::string answer = alice.ask("REGISTER", "sip:example.com", "User-Agent: Phone/1\r\n");
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(has_reason(answer, Reason::credentials_wrong));
  EXPECT_FALSE(value_of(answer, "WWW-Authenticate").empty());
  ASSERT_EQ(script.world.failed.size(), 1U);
  EXPECT_EQ(script.world.failed[0].user, "alice@example.com");
  EXPECT_EQ(script.world.failed[0].reason, Reason::credentials_wrong);
  EXPECT_EQ(script.world.failed[0].status, 401);
  EXPECT_EQ(script.world.failed[0].client->user_agent, "Phone/1");
  EXPECT_EQ(script.world.failed[0].client->ip_address, "192.0.2.7");
  alice.ask("OPTIONS", "sip:example.com");
  EXPECT_EQ(script.world.failed.size(), 1U) << "only a REGISTER is a sign-in";
  EXPECT_TRUE(script.world.binds.empty());
}

TEST(Authentication, unknown_user_looks_like_a_wrong_password) {
  Script script;
  Client known(script, "alice", "guess", "192.0.2.1");
  Client unknown(script, "malice", "guess", "192.0.2.2");
  for (int i = 0; i < 12; ++i) {
    const int opened = script.keeper.opened;
    const std::string a = known.ask("REGISTER", "sip:example.com");
    const int work = script.keeper.opened - opened;
    const std::string b = unknown.ask("REGISTER", "sip:example.com");
    EXPECT_EQ(script.keeper.opened - opened - work, work) << "same work";
    std::string a_shape = shape_of(a);
    std::string b_shape = shape_of(b);
    for (std::string* shape : {&a_shape, &b_shape}) {
      const std::size_t via = shape->find("received=");
      if (via != std::string::npos) shape->replace(via, 18, "received=*");
    }
    EXPECT_EQ(a_shape, b_shape) << "try " << i;
  }
  EXPECT_EQ(status_of_text(known.ask("REGISTER", "sip:example.com")), 403) << "both are locked in the end";
  EXPECT_EQ(status_of_text(unknown.ask("REGISTER", "sip:example.com")), 403);
}

TEST(Authentication, a_stored_password_that_does_not_open_is_told_and_counts_for_nobody) {
  Script script;
  script.keeper.damaged = true;
  Client alice(script, "alice", "wonder");
  Client unknown(script, "malice", "guess", "192.0.2.2");
  std::string answer;
  for (unsigned i = 0; i < script.settings.lockout.free_tries + 2; ++i) {
    answer = alice.ask("REGISTER", "sip:example.com");
    EXPECT_EQ(status_of_text(unknown.ask("REGISTER", "sip:example.com")), 500) << "nobody learns who exists";
  }
  EXPECT_EQ(status_of_text(answer), 500) << answer;
  EXPECT_TRUE(has_reason(answer, Reason::file_damaged)) << answer;
  EXPECT_TRUE(script.world.failed.empty());
  EXPECT_EQ(script.face.metrics().sign_in_failures.value(), 0U);
  script.keeper.damaged = false;
  EXPECT_NE(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 403) << "not locked";
}

TEST(Authentication, locked_account_says_how_long_and_opens_again) {
  Script script;
  Client alice(script, "alice", "guess");
  std::string answer;
  for (unsigned i = 0; i < script.settings.lockout.free_tries + 2; ++i)
    answer = alice.ask("REGISTER", "sip:example.com");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::account_locked));
  const auto seconds = base::to_number(value_of(answer, "Retry-After"));
  ASSERT_TRUE(seconds.has_value()) << answer;
  EXPECT_GE(*seconds, 1U);
  EXPECT_LE(*seconds, 20U);
  EXPECT_GE(script.face.metrics().locked_out.value(), 1U);

  // The right password does not open a lock early, for any spelling of the name ...
  alice.password = "wonder";
  alice.login = "alice@example.com";
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 403);
  // ... but does when its time is over.
  script.wait(std::chrono::seconds{*seconds + 1});
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
}

TEST(Authentication, who_has_proved_himself_is_not_locked_out_by_others) {
  Script script;
  Client alice(script, "alice", "wonder", "192.0.2.1");
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
  Client thief(script, "alice", "guess", "192.0.2.66");
  std::string answer;
  for (int i = 0; i < 8; ++i) answer = thief.ask("OPTIONS", "sip:example.com");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
}

TEST(Authentication, address_that_tries_many_names_is_locked) {
  Script script;
  const unsigned tries = script.settings.lockout.free_tries * tries_per_address_factor + 2;
  for (unsigned i = 0; i < tries; ++i) {
    Client thief(script, "user" + std::to_string(i), "guess", "192.0.2.66");
    thief.ask("OPTIONS", "sip:example.com");
  }
  Client bob_there(script, "bob", "build", "192.0.2.66");
  const std::string answer = bob_there.ask("OPTIONS", "sip:example.com");
  EXPECT_EQ(status_of_text(answer), 403) << answer;
  EXPECT_TRUE(has_reason(answer, Reason::account_locked));
  Client bob(script, "bob", "build", "192.0.2.8");
  EXPECT_EQ(status_of_text(bob.ask("OPTIONS", "sip:example.com")), 200);
}

TEST(Authentication, stale_nonce_is_no_failure) {
  Script script;
  Client alice(script, "alice", "wonder");
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
  for (int i = 0; i < 20; ++i) {
    script.wait(script.settings.digest.nonce_lifetime - 100s);
    script.say(alice.connection, alice.request("OPTIONS", "sip:example.com"));  // keeps the connection, not the nonce
    script.wait(101s);
    const std::string answer = alice.ask("REGISTER", "sip:example.com");
    ASSERT_EQ(status_of_text(answer), 401) << answer;
    EXPECT_NE(answer.find("stale=true"), std::string::npos) << answer;
    EXPECT_TRUE(has_reason(answer, Reason::nonce_stale));
    EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
  }
  EXPECT_EQ(script.face.metrics().sign_in_failures.value(), 0U);
  EXPECT_TRUE(script.world.failed.empty());
}

TEST(Authentication, credentials_are_taken_once) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.say(alice.request("OPTIONS", "sip:example.com"));
  const std::string line = alice.credentials("OPTIONS", "sip:example.com");
  EXPECT_EQ(status_of_text(script.say(alice.connection, alice.request("OPTIONS", "sip:example.com", line))), 200);
  EXPECT_EQ(status_of_text(script.say(alice.connection, alice.request("OPTIONS", "sip:example.com", line))), 401);
}

TEST(Authentication, credentials_of_another_connection_are_stale) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.say(alice.request("OPTIONS", "sip:example.com"));
  Client other(script, "alice", "wonder");
  const std::string answer =
      other.say(other.request("OPTIONS", "sip:example.com", alice.credentials("OPTIONS", "sip:example.com")));
  EXPECT_EQ(status_of_text(answer), 401);
}

TEST(Authentication, disabled_account_is_told_only_to_who_knows_its_password) {
  Script script;
  domain::User user = *script.directory->find("alice@example.com");
  user.enabled = false;
  script.change(user);
  Client thief(script, "alice", "guess");
  EXPECT_TRUE(has_reason(thief.ask("REGISTER", "sip:example.com"), Reason::credentials_wrong));
  Client alice(script, "alice", "wonder");
  const std::string answer = alice.ask("REGISTER", "sip:example.com");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::account_disabled));
  ASSERT_EQ(script.world.failed.size(), 2U);
  EXPECT_EQ(script.world.failed[1].reason, Reason::account_disabled);
  EXPECT_EQ(script.world.failed[1].status, 403);
}

TEST(Authentication, changed_user_proves_himself_anew) {
  Script script;
  Client alice(script, "alice", "wonder");
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
  domain::User user = *script.directory->find("alice@example.com");
  user.credentials.sealed_digests = "other";
  script.change(user);
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 401);
  alice.password = "other";
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:example.com")), 200);
}

TEST(Authentication, from_must_be_the_user_signed_in) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.say(alice.request("OPTIONS", "sip:example.com"));
  const auto as = [&](std::string_view from) {
    std::string text = alice.signed_request("OPTIONS", "sip:example.com");
    text.replace(text.find("<sip:alice@example.com>;tag"), 23, from);
    return alice.say(text);
  };
  const std::string answer = as("<sip:bob@example.com>");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::identity_mismatch));
  EXPECT_EQ(status_of_text(as("<tel:+15551234>")), 403);
  EXPECT_EQ(status_of_text(as("<sip:alice@example.net>")), 401) << "a bare name is one of the domain of From";
  EXPECT_EQ(status_of_text(as("\"A\" <sips:ALICE@Example.COM:5061;x=y>")), 200);
  EXPECT_EQ(status_of_text(as("<sip:%61lice@example.com>")), 200);
}

TEST(Authentication, refused_before_it_is_asked_who_it_is) {
  Script script;
  Client alice(script, "alice", "guess");
  alice.say(alice.request("OPTIONS", "sip:example.com"));
  const std::string answer = alice.say(alice.signed_request("OPTIONS", "sip:example.com", "Require: nothing\r\n"));
  EXPECT_EQ(status_of_text(answer), 420);
  EXPECT_EQ(script.face.metrics().sign_in_failures.value(), 0U);
}

TEST(Authentication, name_longer_than_its_bound_names_nobody) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.login = std::string(sign_in_name_octets_max + 1, 'a');
  const std::string answer = alice.ask("REGISTER", "sip:example.com");
  EXPECT_EQ(status_of_text(answer), 401);
  ASSERT_EQ(script.world.failed.size(), 1U);
  EXPECT_LE(script.world.failed[0].user.size(), sign_in_name_octets_max + 16);
}

}  // namespace
}  // namespace tertulia::face::simple
