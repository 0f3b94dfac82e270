// SPDX-License-Identifier: Apache-2.0
// What is signed, and what happens to what is not.
#include <gtest/gtest.h>

#include "face/lync/limits.h"
#include "face/lync/lync_script.h"
#include "face/simple/limits.h"
#include "protocol/auth/limits.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using namespace std::chrono_literals;

const Ask options{.method = "OPTIONS", .uri = "sip:example.com"};

struct SignedIn {
  SignedIn() { EXPECT_EQ(status_of_text(alice.sign_in()), 200); }
  LyncScript script;
  LyncClient alice{script, "alice", "wonder"};
};

std::string with_other_signature(std::string text) {
  const std::size_t at = text.find("response=\"") + 10 + 8;
  text[at] = text[at] == '0' ? '1' : '0';
  return text;
}

/// A refusal of ours, that is signed and has no challenge: the client must not send it again.
void expect_final_refusal(const LyncClient& client, const std::string& answer, Reason reason) {
  EXPECT_EQ(status_of_text(answer), 403) << answer;
  EXPECT_TRUE(has_reason(answer, reason)) << answer;
  EXPECT_TRUE(value_of(answer, "WWW-Authenticate").empty());
  EXPECT_GT(client.signature_number(answer), 0U) << answer;
}

TEST(Signature, every_final_answer_is_signed_with_the_next_number) {
  SignedIn t;
  for (std::uint64_t number = 2; number < 6; ++number) {
    const std::string answer = t.alice.ask(options);
    EXPECT_EQ(status_of_text(answer), 200);
    EXPECT_EQ(t.alice.signature_number(answer), number);
  }
  const std::string refusal = t.alice.ask({.method = "MESSAGE", .uri = "sip:nobody@example.com"});
  EXPECT_EQ(status_of_text(refusal), 404);
  EXPECT_EQ(t.alice.signature_number(refusal), 6U);
}

TEST(Signature, of_a_message_leaves_its_body_and_length_alone) {
  SignedIn t;
  domain::DeliverPage deliver;
  deliver.to = base::UserId{1};
  deliver.route.connection = t.alice.connection;
  deliver.route.remote_target = std::make_shared<const std::string>(device_target);
  t.alice.ask({.method = "MESSAGE",
               .uri = "sip:alice@example.com",
               .headers = "Content-Type: text/plain\r\n",
               .body = "a\r\n\r\nb"});
  deliver.message = t.script.world.pages.at(0).message;
  t.script.face.on(deliver, t.script.now);
  const std::vector<std::string> heard = t.alice.heard();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard[0].starts_with("MESSAGE "));
  EXPECT_EQ(body_of(heard[0]), "a\r\n\r\nb");
  EXPECT_TRUE(heard[0].ends_with("\r\n\r\na\r\n\r\nb"));
  EXPECT_EQ(value_of(heard[0], "Content-Length"), "6");
  EXPECT_GT(t.alice.signature_number(heard[0]), 0U) << heard[0];
}

TEST(Signature, provisional_answers_and_keep_alives_have_none) {
  SignedIn t;
  const std::string offer = "Contact: <sip:alice@10.0.0.9>\r\nContent-Type: application/sdp\r\n";
  t.alice.say(t.alice.signed_text(t.alice.text_of({.method = "INVITE",
                                                   .uri = "sip:bob@example.com",
                                                   .headers = offer,
                                                   .body = "v=0\r\nm=audio 4000 RTP/AVP 0\r\n"})));
  for (const std::string& one : t.alice.heard())
    EXPECT_EQ(one.starts_with("SIP/2.0 1"), value_of(one, "Authentication-Info").empty()) << one;
  EXPECT_EQ(t.alice.say("\r\n\r\n"), "\r\n");
}

TEST(Signature, repeated_invitation_gets_the_stored_answer_with_a_new_number) {
  SignedIn t;
  const std::string text =
      t.alice.signed_text(t.alice.text_of({.method = "INVITE",
                                           .uri = "sip:nobody@example.com",
                                           .headers = "Contact: <sip:alice@10.0.0.9>;+sip.message\r\n"}));
  const std::string first = t.alice.say(text);
  const std::string second = t.alice.say(text);
  EXPECT_EQ(status_of_text(first), 404);
  EXPECT_EQ(t.alice.signature_number(first), 2U);
  EXPECT_EQ(t.alice.signature_number(second), 3U) << second;
  EXPECT_EQ(value_of(first, "To"), value_of(second, "To"));
  EXPECT_EQ(status_of_text(second), 404);
}

TEST(Signature, wrong_one_is_refused_for_good) {
  SignedIn t;
  expect_final_refusal(t.alice, t.alice.say(with_other_signature(t.alice.signed_text(t.alice.text_of(options)))),
                       Reason::credentials_wrong);
  const std::string body_moved = replaced(t.alice.signed_text(t.alice.text_of(options)), ";tag=f1", ";tag=f2");
  expect_final_refusal(t.alice, t.alice.say(body_moved), Reason::credentials_wrong);
  expect_final_refusal(t.alice, t.alice.say(with_other_signature(t.alice.signed_text(t.alice.register_text()))),
                       Reason::credentials_wrong);
  EXPECT_TRUE(t.script.world.guesses.empty()) << "nobody guesses a password with it";
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200);
}

TEST(Signature, of_an_older_text_is_wrong) {
  SignedIn t;
  const std::string text = t.alice.signed_text(t.alice.text_of(options), {}, 2);
  expect_final_refusal(t.alice, t.alice.say(text), Reason::credentials_wrong);
}

TEST(Signature, number_counts_once) {
  SignedIn t;
  const std::string text = t.alice.signed_text(t.alice.text_of(options));
  EXPECT_EQ(status_of_text(t.alice.say(text)), 200);
  expect_final_refusal(t.alice, t.alice.say(text), Reason::nonce_stale);
}

TEST(Signature, may_come_out_of_order_within_the_window) {
  SignedIn t;
  const std::string too_late = t.alice.signed_text(t.alice.text_of(options));
  const std::string last = t.alice.signed_text(t.alice.text_of(options));
  for (unsigned i = 0; i + 2 < protocol::auth::signature_window; ++i) t.alice.signed_text(t.alice.text_of(options));
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200);
  EXPECT_EQ(status_of_text(t.alice.say(last)), 200);
  expect_final_refusal(t.alice, t.alice.say(too_late), Reason::nonce_stale);
}

TEST(Signature, of_another_context_is_refused) {
  SignedIn t;
  LyncClient other(t.script, "alice", "wonder");
  other.sign_in();
  const std::string text = other.signed_text(other.text_of(options));
  expect_final_refusal(t.alice, t.alice.say(text), Reason::nonce_stale);
}

TEST(Signature, unsigned_request_is_asked_for_one) {
  SignedIn t;
  const std::string answer = t.alice.say(t.alice.text_of(options));
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(value_of(answer, "WWW-Authenticate").starts_with("NTLM "));
  EXPECT_TRUE(value_of(answer, "Authentication-Info").empty());
}

TEST(Signature, before_there_are_keys_every_request_is_challenged) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.first();
  EXPECT_EQ(status_of_text(alice.say(alice.text_of(options))), 401) << "the first REGISTER renews nothing";
  alice.hello();
  alice.proof();
  EXPECT_EQ(status_of_text(alice.ask(options)), 401) << "keys that were not shown";
}

TEST(Signature, while_keys_are_renewed_none_is_needed) {
  SignedIn t;
  EXPECT_EQ(status_of_text(t.alice.first()), 401);
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.text_of(options))), 200);
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200) << "the old keys are still good";
  t.script.wait(handshake_time_max);
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.text_of(options))), 401) << "but not for ever";
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200);
}

TEST(Signature, renewal_replaces_the_keys) {
  SignedIn t;
  const std::string old_keys = t.alice.signed_text(t.alice.text_of(options));
  t.alice.first();
  t.alice.hello();
  EXPECT_EQ(t.alice.say(t.alice.proof()), "");
  const std::string ok = t.alice.bind();
  EXPECT_EQ(value_of(ok, "presence-state"), "register-action=\"refreshed\"");
  EXPECT_EQ(t.alice.signature_number(ok), 1U) << "with the new keys, from 1";
  expect_final_refusal(t.alice, t.alice.say(old_keys), Reason::nonce_stale);
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.text_of(options))), 401) << "from now on it signs again";
}

TEST(Signature, a_renewal_that_fails_leaves_the_keys) {
  SignedIn t;
  const std::string request = t.alice.signed_text(t.alice.text_of(options));
  t.alice.password = "guess";
  t.alice.first();
  t.alice.hello();
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.proof())), 401);
  EXPECT_EQ(status_of_text(t.alice.say(request)), 200);
}

/// A message that Alice writes to herself, as it reaches her device.
std::string delivered_to(SignedIn& t) {
  domain::DeliverPage deliver;
  deliver.to = base::UserId{1};
  deliver.route.connection = t.alice.connection;
  deliver.route.remote_target = std::make_shared<const std::string>(device_target);
  t.alice.ask(
      {.method = "MESSAGE", .uri = "sip:alice@example.com", .headers = "Content-Type: text/plain\r\n", .body = "x"});
  deliver.message = t.script.world.pages.back().message;
  t.script.face.on(deliver, t.script.now);
  return t.alice.heard().back();
}

TEST(Signature, answers_of_the_client_without_one_are_dropped) {
  SignedIn t;
  const std::string message = delivered_to(t);
  const std::uint64_t answered = t.script.face.metrics().responses.value();
  t.alice.say(answer_to(message, 486));
  t.alice.say(with_other_signature(t.alice.signed_text(answer_to(message, 486))));
  EXPECT_EQ(t.script.face.metrics().responses.value(), answered + 2);
  for (unsigned i = 2; i + 1 < simple::defects_in_a_row_max; ++i) t.alice.say(answer_to(message, 486));
  EXPECT_TRUE(t.script.world.closed.empty());
  t.alice.say(t.alice.signed_text(answer_to(message, 200)));
  for (unsigned i = 0; i + 1 < simple::defects_in_a_row_max; ++i) t.alice.say(answer_to(message, 200));
  EXPECT_TRUE(t.script.world.closed.empty()) << "the right one was taken";
  t.alice.say(answer_to(message, 200));
  EXPECT_EQ(t.script.world.closed.size(), 1U) << "who never signs is not listened to for ever";
}

/// What was asked before the client had new keys is answered without them; what bears them must be right.
TEST(Signature, answers_under_way_survive_new_keys) {
  for (const bool in_time : {true, false}) {
    SignedIn t;
    const std::string message = delivered_to(t);
    t.alice.first();
    ASSERT_EQ(status_of_text(t.alice.sign_in()), 200);
    t.script.now.mono = t.script.now.mono + (in_time ? answers_under_way_max - 1us : answers_under_way_max);
    t.alice.say(with_other_signature(t.alice.signed_text(answer_to(message, 200))));
    EXPECT_TRUE(t.script.world.delivered.empty());
    t.alice.say(answer_to(message, 200));
    EXPECT_EQ(t.script.world.delivered.size(), in_time ? 1U : 0U);
  }
}

TEST(Signature, expired_keys_are_good_for_nothing) {
  SignedIn t;
  t.script.now.mono = t.script.now.mono + (context_lifetime - 1us);
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200);
  t.script.now.mono = t.script.now.mono + 1us;
  expect_final_refusal(t.alice, t.alice.ask(options), Reason::credentials_required);
  const std::string answer = t.alice.say(t.alice.signed_text(t.alice.register_text()));
  EXPECT_EQ(status_of_text(answer), 401) << "a REGISTER begins again";
  EXPECT_TRUE(value_of(answer, "WWW-Authenticate").starts_with("NTLM "));
  t.alice.first();
  expect_final_refusal(t.alice, t.alice.say(t.alice.text_of(options)), Reason::credentials_required);
  EXPECT_EQ(status_of_text(t.alice.sign_in()), 200);
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200);
}

TEST(Signature, keys_of_an_older_password_end_with_the_next_register) {
  SignedIn t;
  domain::User user = t.script.user(1);
  user.display_name = "Alice";
  t.script.change(user);
  EXPECT_EQ(t.alice.say(t.alice.signed_text(t.alice.register_text())), "") << "another name changes nothing";
  t.alice.bind();
  user = t.script.user(1);
  user.credentials.sealed_digests = "new";
  t.script.change(user);
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200) << "a challenge now would be sent again without end";
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.signed_text(t.alice.register_text()))), 401);
  expect_final_refusal(t.alice, t.alice.ask(options), Reason::credentials_required);
  EXPECT_EQ(status_of_text(t.alice.sign_in()), 401) << "the old password";
  t.alice.password = "new";
  EXPECT_EQ(status_of_text(t.alice.sign_in()), 200);
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 200);
}

TEST(Signature, an_unsigned_register_does_not_keep_an_older_password_good) {
  SignedIn t;
  domain::User user = t.script.user(1);
  user.credentials.sealed_digests = "new";
  t.script.change(user);
  EXPECT_EQ(status_of_text(t.alice.first()), 401);
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.text_of(options))), 403);
  EXPECT_EQ(status_of_text(t.alice.ask(options)), 403);
}

TEST(Signature, who_is_disabled_or_removed_is_refused_at_once) {
  SignedIn t;
  domain::User user = t.script.user(1);
  user.enabled = false;
  t.script.change(user);
  expect_final_refusal(t.alice, t.alice.ask(options), Reason::account_disabled);
  t.script.directory = t.script.directory->without(base::UserId{1});
  t.script.face.set_directory(t.script.directory, t.script.now);
  expect_final_refusal(t.alice, t.alice.ask(options), Reason::user_does_not_exist);
}

TEST(Signature, who_is_disabled_before_he_has_a_device_is_dropped) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  LyncClient bob(script, "bob", "build");
  for (LyncClient* client : {&alice, &bob}) {
    client->first();
    client->hello();
    client->say(client->proof());  // the registrar has not answered yet
  }
  domain::User user = script.user(1);
  user.enabled = false;
  script.change(user);
  EXPECT_EQ(script.world.closed, std::vector{alice.connection});
  script.change(user);
  EXPECT_EQ(script.world.closed.size(), 1U);  // once
  script.directory = script.directory->without(base::UserId{2});
  script.face.set_directory(script.directory, script.now);
  EXPECT_EQ(script.world.closed.back(), bob.connection);
}

TEST(Signature, numbers_of_each_connection_are_its_own) {
  SignedIn t;
  LyncClient second(t.script, "alice", "wonder");
  EXPECT_EQ(second.signature_number(second.sign_in()), 1U);
  EXPECT_EQ(t.alice.signature_number(t.alice.ask(options)), 2U);
  EXPECT_EQ(second.signature_number(second.ask(options)), 2U);
}

}  // namespace
}  // namespace tertulia::face::lync
