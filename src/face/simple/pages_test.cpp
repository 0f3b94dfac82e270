// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/reason.h"
#include "face/simple/face_script.h"
#include "face/simple/limits.h"

namespace tertulia::face::simple {
namespace {

using namespace face_script;
using namespace std::chrono_literals;
using domain::DeliverAnswer;
using domain::MessageKind;

constexpr std::string_view plain = "Content-Type: text/plain\r\n";
constexpr std::string_view composing_type = "application/im-iscomposing+xml";
constexpr std::string_view composing =
    "<?xml version='1.0' encoding='UTF-8'?><isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
    "<state>active</state><contenttype>text/plain</contenttype></isComposing>";

bool has_reason(std::string_view answer, Reason reason) {
  return value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(reason)) + ";");
}

// ---- in ------------------------------------------------------------------------------------------------------------

TEST(PageIn, message_reaches_the_conversation_as_it_was_sent) {
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string body("h\xC3\xA9llo\r\n\0world", 14);
  EXPECT_EQ(alice.ask("MESSAGE", "sip:Bob@Example.com;transport=tls",
                      "Content-Type: text/plain; charset=UTF-8\r\nSubject: Lunch\r\n", body),
            "");
  ASSERT_EQ(script.world.pages.size(), 1U);
  const domain::PostPage& post = script.world.pages[0];
  EXPECT_EQ(post.to, base::UserId{2});
  EXPECT_FALSE(post.endpoint);
  EXPECT_FALSE(post.call_id.empty());
  EXPECT_EQ(post.message->from, base::UserId{1});
  EXPECT_EQ(post.message->from_address, "alice@example.com");
  EXPECT_EQ(post.message->from_name, "The alice");
  EXPECT_EQ(post.message->kind, MessageKind::text);
  EXPECT_EQ(post.message->content_type, "text/plain; charset=UTF-8");
  EXPECT_EQ(post.message->content, body);
  EXPECT_EQ(post.message->subject, "Lunch");
  EXPECT_EQ(post.message->sent, script.now.wall);
  EXPECT_EQ(script.face.metrics().messages_in.value(), 1U);
}

TEST(PageIn, addresses_of_a_person) {
  for (const char* uri : {"sip:bob@example.com", "sips:bob@example.com", "im:bob@example.com",
                          "sip:bob@example.com;gr=abc", "sip:b%6Fb@example.com"}) {
    Script script;
    Client alice(script, "alice", "wonder");
    alice.ask("MESSAGE", uri, plain, "x");
    ASSERT_EQ(script.world.pages.size(), 1U) << uri;
    EXPECT_EQ(script.world.pages[0].to, base::UserId{2});
  }
}

TEST(PageIn, kinds_of_content) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("MESSAGE", "sip:bob@example.com", "Content-Type: " + std::string(composing_type) + "\r\n", composing);
  ASSERT_EQ(script.world.pages.size(), 1U);
  EXPECT_EQ(script.world.pages[0].message->kind, MessageKind::typing);
  for (const char* type : {"text/html", "TEXT/Plain", "message/cpim", "multipart/alternative;boundary=b"}) {
    script.world.pages.clear();
    const std::string body = std::string(type) == "message/cpim"
                                 ? "From: <im:a@b.c>\r\nTo: <im:d@e.f>\r\n\r\nContent-Type: text/plain\r\n\r\nhello"
                                 : "--b\r\n\r\nhello\r\n--b--\r\n";
    const std::string answer =
        alice.ask("MESSAGE", "sip:bob@example.com", "Content-Type: " + std::string(type) + "\r\n", body);
    ASSERT_EQ(script.world.pages.size(), 1U) << type << answer;
    EXPECT_EQ(script.world.pages[0].message->kind, MessageKind::text) << type;
    EXPECT_EQ(script.world.pages[0].message->content_type, type);
  }
}

TEST(PageIn, format_follows_the_policy_of_the_writer) {
  Script script;
  Client alice(script, "alice", "wonder");
  Client bob(script, "bob", "build");
  domain::User user = *script.directory->find("alice@example.com");
  user.settings = {{"html_messages", "off"}, {"rtf_messages", "off"}};
  script.change(user);
  const std::string html = "Content-Type: text/html\r\nSubject: <b>x</b>\r\n";
  bob.ask("MESSAGE", "sip:alice@example.com", html, "<b>tea</b>");
  EXPECT_EQ(script.world.pages.at(0).message->content, "<b>tea</b>");
  alice.ask("MESSAGE", "sip:bob@example.com", html, "<b>tea</b>");
  EXPECT_EQ(script.world.pages.at(1).message->content_type, "text/plain;charset=UTF-8");
  EXPECT_EQ(script.world.pages.at(1).message->content, "tea");
  EXPECT_EQ(script.world.pages.at(1).message->subject, "<b>x</b>");
  const std::string answer =
      alice.ask("MESSAGE", "sip:bob@example.com", "Content-Type: text/enriched\r\n", "<bold>tea</bold>");
  EXPECT_EQ(status_of_text(answer), 415);
  EXPECT_TRUE(has_reason(answer, Reason::message_format_not_allowed)) << answer;
  EXPECT_TRUE(value_of(answer, "Accept").starts_with("text/plain, message/cpim")) << answer;
  EXPECT_EQ(script.world.pages.size(), 2U);
}

TEST(PageIn, each_outcome_has_its_answer) {
  struct Row {
    domain::PostOutcome outcome;
    Reason reason;
    int of_endpoint;
    int status;
  };
  using enum domain::PostOutcome;
  const Row rows[] = {
      {delivered, Reason::none, 0, 200},
      {kept, Reason::none, 0, 202},
      {refused, Reason::recipient_unavailable, 0, 480},
      {refused, Reason::recipient_refused, 486, 486},
      {refused, Reason::recipient_refused, 603, 603},
      {refused, Reason::recipient_refused, 415, 415},
      {refused, Reason::recipient_refused, 401, 480},  // what was asked of us is not asked of the sender
      {refused, Reason::recipient_refused, 407, 480},
      {refused, Reason::recipient_refused, 500, 480},
      {refused, Reason::recipient_silent, 0, 408},
      {refused, Reason::immcu_stopped, 0, 503},
      {refused, Reason::link_blocked, 0, 403},
      {refused, Reason::body_too_large, 0, 413},
      {refused, Reason::store_unavailable, 0, 503},
      {refused, Reason::sender_blocked, 0, 480},
  };
  Script script;
  Client alice(script, "alice", "wonder");
  for (const Row& row : rows) {
    alice.ask("MESSAGE", "sip:bob@example.com", plain, "x");
    const base::Ticket ticket = script.world.pages.back().ticket;
    script.face.on(domain::PostAnswer{ticket, row.outcome, row.reason, row.of_endpoint}, script.now);
    const std::string answer = script.heard(alice.connection);
    EXPECT_EQ(status_of_text(answer), row.status) << answer;
    if (row.outcome == refused) {
      EXPECT_TRUE(has_reason(answer, row.reason)) << answer;
    }
    script.face.on(domain::PostAnswer{ticket, row.outcome, row.reason, row.of_endpoint}, script.now);
    EXPECT_EQ(script.heard(alice.connection), "") << "one answer";
  }
  alice.ask("MESSAGE", "sip:bob@example.com", plain, "x");
  script.face.on_undeliverable(script.world.pages.back().ticket, script.now);
  const std::string answer = script.heard(alice.connection);
  EXPECT_EQ(status_of_text(answer), 503);
  EXPECT_TRUE(has_reason(answer, Reason::server_busy));
}

TEST(PageIn, disabled_recipient_does_not_exist) {
  Script script;
  domain::User bob = *script.directory->find("bob@example.com");
  bob.enabled = false;
  script.change(bob);
  Client alice(script, "alice", "wonder");
  const std::string answer = alice.ask("MESSAGE", "sip:bob@example.com", plain, "x");
  EXPECT_EQ(status_of_text(answer), 404);
  EXPECT_TRUE(has_reason(answer, Reason::destination_unknown));
}

TEST(PageIn, endpoint_of_the_sender_is_named) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com", "Contact: <sip:a@10.0.0.9>\r\nUser-Agent: Phone/1\r\n");
  domain::BindAnswer granted;
  granted.ticket = script.world.binds.at(0).ticket;
  granted.endpoint = base::EndpointId{77};
  granted.bindings.resize(2);
  granted.bindings[0].endpoint = base::EndpointId{76};  // another device, elsewhere
  granted.bindings[0].uri = "sip:a@10.0.0.8";
  granted.bindings[1].endpoint = base::EndpointId{77};
  granted.bindings[1].uri = "sip:a@10.0.0.9";
  script.face.on(granted, script.now);
  alice.ask("MESSAGE", "sip:bob@example.com", plain, "x");
  EXPECT_EQ(script.world.pages.at(0).endpoint, base::EndpointId{77});
  EXPECT_EQ(script.world.pages.at(0).client->user_agent, "Phone/1");
}

TEST(PageIn, subject_beyond_its_bound_is_left_out) {
  Script script;
  Client alice(script, "alice", "wonder");
  for (const std::size_t size : {subject_octets_max, subject_octets_max + 1}) {
    alice.ask("MESSAGE", "sip:bob@example.com", std::string(plain) + "Subject: " + std::string(size, 's') + "\r\n",
              "x");
    EXPECT_EQ(script.world.pages.back().message->subject.empty(), size > subject_octets_max);
  }
}

// ---- out -----------------------------------------------------------------------------------------------------------

class PageOut : public testing::Test {
 public:
  domain::DeliverPage page(MessageKind kind = MessageKind::text) {
    auto message = std::make_shared<domain::InstantMessage>();
    message->from = base::UserId{1};
    message->from_address = "alice@example.com";
    message->from_name = "Alice \"A\" Liddell";
    message->kind = kind;
    message->content_type = "text/plain; charset=UTF-8";
    message->content = std::string("hi\r\n\0there", 10);
    message->sent = script.now.wall;
    domain::DeliverPage deliver;
    deliver.ticket = base::Ticket{++tickets};
    deliver.home = base::ShardId{3};
    deliver.to = base::UserId{2};
    deliver.route.connection = bob.connection;
    deliver.route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.9:5071;transport=tls?X=y");
    deliver.message = message;
    return deliver;
  }
  std::string deliver(const domain::DeliverPage& one) {
    script.face.on(one, script.now);
    return script.heard(bob.connection);
  }
  void expect_answer(DeliverAnswer::What what, int status) {
    ASSERT_EQ(script.world.inbox.size(), 1U);
    EXPECT_EQ(script.world.inbox[0].first, base::ShardId{3});
    EXPECT_EQ(script.world.inbox[0].second.ticket, base::Ticket{tickets});
    EXPECT_EQ(script.world.inbox[0].second.what, what);
    EXPECT_EQ(script.world.inbox[0].second.status, status);
    script.world.inbox.clear();
  }

  Script script;
  Client bob{script, "bob", "build"};
  std::uint64_t tickets = 0;
};

TEST_F(PageOut, request_on_the_wire) {
  const std::string wire = deliver(page());
  EXPECT_TRUE(wire.starts_with("MESSAGE sip:bob@10.0.0.9:5071;transport=tls SIP/2.0\r\n")) << wire;
  EXPECT_TRUE(value_of(wire, "Via").starts_with("SIP/2.0/TLS fe1.example.com:5061;branch=z9hG4bK")) << wire;
  EXPECT_TRUE(value_of(wire, "From").starts_with("\"Alice \\\"A\\\" Liddell\" <sip:alice@example.com>;tag=")) << wire;
  EXPECT_EQ(value_of(wire, "To"), "<sip:bob@example.com>");
  EXPECT_EQ(value_of(wire, "Max-Forwards"), "70");
  EXPECT_EQ(value_of(wire, "CSeq"), "1 MESSAGE");
  EXPECT_EQ(value_of(wire, "Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(value_of(wire, "Content-Length"), "10");
  EXPECT_EQ(value_of(wire, "Date"), "");
  EXPECT_TRUE(wire.ends_with(std::string("\r\n\r\nhi\r\n\0there", 14)));
  const auto parsed = wire::sip::Message::parse(wire);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(wire::sip::validate(*parsed).has_value());
  EXPECT_EQ(script.face.metrics().messages_out.value(), 1U);
}

TEST_F(PageOut, message_that_was_kept_has_its_date) {
  const domain::DeliverPage kept = page();
  script.wait(6s);
  EXPECT_EQ(value_of(deliver(kept), "Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
}

TEST_F(PageOut, outcomes) {
  struct Row {
    int status;
    DeliverAnswer::What what;
  };
  using What = DeliverAnswer::What;
  for (const Row& row : {Row{200, What::taken}, Row{202, What::taken}, Row{480, What::refused}, Row{415, What::refused},
                         Row{401, What::refused}, Row{603, What::refused}}) {
    const std::string request = deliver(page());
    bob.say(answer_to(request, 100));
    EXPECT_TRUE(script.world.inbox.empty());
    bob.say(answer_to(request, row.status));
    expect_answer(row.what, row.status);
    bob.say(answer_to(request, row.status));
    EXPECT_TRUE(script.world.inbox.empty()) << "a repeated response is no second answer";
  }
}

/// The status is all that is read of an answer to a message, so a defect elsewhere in it costs nobody anything.
TEST_F(PageOut, answer_with_a_defect_beside_its_status) {
  const auto with = [](std::string answer, std::string_view before, const std::string& after) {
    return answer.replace(answer.find(before), before.size(), after);
  };
  std::string request = deliver(page());
  bob.say(with(answer_to(request, 200), "\r\nFrom: ", "\r\nFrom: <"));
  expect_answer(DeliverAnswer::What::taken, 200);
  request = deliver(page());
  const std::string good = answer_to(request, 200);
  for (const std::string& bad : {with(good, "\r\nCSeq: 1 ", "\r\nCSeq: x "), with(good, "\r\nTo: ", "\r\nX-To: "),
                                 with(good, "z9hG4bK", "z9hG4bKx"), with(good, "1 MESSAGE", "1 NOTIFY")}) {
    bob.say(bad);
    EXPECT_TRUE(script.world.inbox.empty()) << bad;
  }
  EXPECT_EQ(script.face.metrics().malformed.value(), 2U);
  bob.say(good);
  expect_answer(DeliverAnswer::What::taken, 200);
}

TEST_F(PageOut, endpoint_that_stays_silent) {
  bob.say("\r\n\r\n");
  deliver(page());
  for (int i = 0; i < 33; ++i) {
    script.wait(1s);
    if (i == 5) script.say(bob.connection, bob.request("OPTIONS", "sip:example.com"));
  }
  expect_answer(DeliverAnswer::What::silent, 0);
}

TEST_F(PageOut, connection_that_ends) {
  const std::string request = deliver(page());
  script.face.on_closed(bob.connection, false, script.now);
  expect_answer(DeliverAnswer::What::gone, 0);
  deliver(page());
  expect_answer(DeliverAnswer::What::gone, 0);
}

TEST_F(PageOut, typing_notices) {
  domain::DeliverPage typing = page(MessageKind::typing);
  bob.say(answer_to(deliver(typing), 415));
  expect_answer(DeliverAnswer::What::taken, 415);
  typing = page(MessageKind::typing);
  typing.route.capabilities.typing = false;
  EXPECT_EQ(deliver(typing), "") << "not even sent";
  expect_answer(DeliverAnswer::What::taken, 200);
}

TEST_F(PageOut, device_that_takes_sessions_alone_is_invited) {
  domain::DeliverPage one = page();
  one.route.capabilities.page_mode = false;
  one.route.capabilities.session_mode = true;
  EXPECT_TRUE(deliver(one).starts_with("INVITE sip:bob@10.0.0.9:5071;transport=tls SIP/2.0\r\n"));
}

TEST_F(PageOut, device_that_turns_out_to_take_sessions_alone_is_invited) {
  for (const int status : {405, 501}) {
    domain::DeliverPage one = page();
    one.route.capabilities.session_mode = true;
    const std::string request = deliver(one);
    EXPECT_TRUE(request.starts_with("MESSAGE")) << request;
    const std::string invite = bob.say(answer_to(request, status));
    EXPECT_TRUE(script.world.inbox.empty());
    EXPECT_TRUE(invite.starts_with("INVITE")) << invite;
    bob.say(answer_to(invite, 486));
    expect_answer(DeliverAnswer::What::refused, 486);
  }
  bob.say(answer_to(deliver(page()), 405));  // a phone that cannot do messages at all: it is not called
  expect_answer(DeliverAnswer::What::refused, 405);
}

TEST_F(PageOut, too_many_at_once) {
  for (std::size_t i = 0; i < script.settings.transaction_limits.client_per_connection_max; ++i) deliver(page());
  EXPECT_TRUE(script.world.inbox.empty());
  deliver(page());
  expect_answer(DeliverAnswer::What::refused, 503);
}

TEST_F(PageOut, names_cannot_write_headers) {
  domain::DeliverPage evil = page();
  auto message = std::make_shared<domain::InstantMessage>(*evil.message);
  message->from_name = "x\r\nEvil: 1\r\n\r\nMESSAGE";
  message->subject = std::string("a\r\nEvil: 2\0b", 12);
  message->content_type = "text/plain\r\nEvil: 3";
  evil.message = message;
  evil.route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.9\r\nEvil: 4");
  const std::string wire = deliver(evil);
  EXPECT_EQ(wire.find("\r\nEvil"), std::string::npos) << wire;
  EXPECT_EQ(wire.find('\0'), wire.find(std::string("\0there", 6))) << wire;
}

}  // namespace
}  // namespace tertulia::face::simple
