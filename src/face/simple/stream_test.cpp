// SPDX-License-Identifier: Apache-2.0
// One connection's bytes: keep-alives, framing, bounds, deadlines.
#include <gtest/gtest.h>

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

TEST(Stream, keep_alive_is_answered_by_a_write_of_its_own) {  // RFC 5626 4.4.1
  Script script;
  Client alice(script, "alice", "wonder");
  script.face.on_bytes(alice.connection, "\r\n\r\n" + alice.request("OPTIONS", "sip:example.com"), script.now);
  const std::vector<std::string>& writes = script.world.writes[alice.connection];
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_EQ(writes[0], "\r\n");
  EXPECT_EQ(status_of_text(writes[1]), 401);
  EXPECT_EQ(script.face.metrics().keep_alives.value(), 1U);
}

TEST(Stream, keep_alives_are_bounded) {
  Script script;
  Client alice(script, "alice", "wonder");
  for (std::uint32_t i = 0; i < script.settings.flow.pings_per_minute_max; ++i)
    EXPECT_EQ(alice.say("\r\n\r\n"), "\r\n");
  EXPECT_FALSE(script.is_closed(alice.connection));
  EXPECT_EQ(alice.say("\r\n\r\n"), "");
  EXPECT_TRUE(script.is_closed(alice.connection));
  EXPECT_EQ(script.face.metrics().closed_by_bound.value(), 1U);
  EXPECT_EQ(alice.say(alice.request("OPTIONS", "sip:example.com")), "") << "nothing is read any more";
}

TEST(Stream, message_in_pieces_and_messages_in_one_piece) {
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string text = alice.request("MESSAGE", "sip:bob@example.com", "Content-Type: text/plain\r\n", "hello");
  std::string heard;
  for (const char c : text) heard += script.say(alice.connection, std::string_view(&c, 1));
  EXPECT_EQ(status_of_text(heard), 401);
  const std::string two = alice.request("OPTIONS", "sip:example.com") + alice.request("OPTIONS", "sip:example.com");
  script.face.on_bytes(alice.connection, two, script.now);
  EXPECT_EQ(script.world.writes[alice.connection].size(), 2U);
}

TEST(Stream, body_and_head_beyond_their_bounds) {
  FaceSettings settings = make_settings();
  settings.framer_limits.head_bytes_max = 2048;
  settings.framer_limits.body_bytes_max = 100;
  Script script(settings);
  {
    Client alice(script, "alice", "wonder");
    EXPECT_EQ(status_of_text(alice.say(alice.request("MESSAGE", "sip:bob@example.com", "Content-Type: text/plain\r\n",
                                                     std::string(100, 'x')))),
              401);
    const std::string answer = alice.say(
        alice.request("MESSAGE", "sip:bob@example.com", "Content-Type: text/plain\r\n", std::string(101, 'x')));
    const int status = status_of_text(answer);
    EXPECT_TRUE(status == 413 || status == 513) << answer;
    EXPECT_TRUE(script.is_closed(alice.connection));
  }
  Client alice(script, "alice", "wonder");
  const std::string answer =
      alice.say(alice.request("OPTIONS", "sip:example.com", "X: " + std::string(4096, 'x') + "\r\n"));
  EXPECT_EQ(status_of_text(answer), 513) << answer;
  EXPECT_TRUE(script.is_closed(alice.connection));
  EXPECT_EQ(script.face.metrics().closed_by_bound.value(), 2U);
}

TEST(Stream, lost_framing_of_an_ack_is_not_answered) {
  Script script;
  Client alice(script, "alice", "wonder");
  std::string text = alice.request("ACK", "sip:bob@example.com");
  text.replace(text.find("Content-Length: 0"), 17, "Content-Length: x");
  EXPECT_EQ(alice.say(text), "");
  EXPECT_TRUE(script.is_closed(alice.connection));
}

TEST(Stream, defective_requests_are_answered_and_their_number_is_bounded) {
  Script script;
  Client alice(script, "alice", "wonder");
  const auto defective = [&] {
    std::string text = alice.request("OPTIONS", "sip:example.com");
    text.replace(text.find("From: "), 6, "X-From: ");
    return alice.say(text);
  };
  for (int i = 1; i < defects_in_a_row_max; ++i) {
    const std::string answer = defective();
    ASSERT_EQ(status_of_text(answer), 400);
    ASSERT_TRUE(has_reason(answer, Reason::header_missing)) << answer;
  }
  alice.say(alice.request("OPTIONS", "sip:example.com"));  // a sound one begins the count anew
  for (int i = 1; i < defects_in_a_row_max; ++i) defective();
  EXPECT_FALSE(script.is_closed(alice.connection));
  EXPECT_EQ(status_of_text(defective()), 400);
  EXPECT_TRUE(script.is_closed(alice.connection));
}

TEST(Stream, malformed_ack_and_stray_responses_are_dropped) {
  Script script;
  Client alice(script, "alice", "wonder");
  std::string ack = alice.request("ACK", "sip:bob@example.com");
  ack.replace(ack.find("From: "), 6, "X-From: ");
  EXPECT_EQ(alice.say(ack), "");
  EXPECT_EQ(alice.say("SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 1.2.3.4;branch=z9hG4bKx\r\nFrom: <sip:a@b.c>;tag=1\r\n"
                      "To: <sip:a@b.c>;tag=2\r\nCall-ID: x\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"),
            "");
  EXPECT_EQ(alice.say("SIP/2.0 4294967301 Big\r\nContent-Length: 0\r\n\r\n"), "");
  EXPECT_FALSE(script.is_closed(alice.connection));
  EXPECT_EQ(script.face.metrics().malformed.value(), 2U);
}

TEST(Stream, unfinished_message_has_a_deadline) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.say(alice.request("OPTIONS", "sip:example.com"));
  const std::string text = alice.request("OPTIONS", "sip:example.com");
  for (int i = 0; i < 40 && !script.is_closed(alice.connection); ++i) {  // one octet a second helps nobody
    alice.say(text.substr(static_cast<std::size_t>(i), 1));
    script.wait(1s);
    ASSERT_TRUE(i > 28 || !script.is_closed(alice.connection)) << i;
  }
  EXPECT_TRUE(script.is_closed(alice.connection));
  EXPECT_EQ(script.face.metrics().closed_by_bound.value(), 1U);
}

TEST(Stream, silent_connection_has_a_deadline) {
  Script script;
  const ConnectionId mute = script.connect();
  ASSERT_TRUE(script.face.deadline().has_value());
  script.wait(script.settings.flow.first_message_max);
  EXPECT_TRUE(script.is_closed(mute));
  script.face.on_closed(mute, true, script.now);
  EXPECT_FALSE(script.face.deadline().has_value());
  EXPECT_EQ(script.face.metrics().connections.value(), 0);
}

TEST(Stream, registered_connection_may_be_quiet) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com", "Contact: <sip:a@10.0.0.9>\r\n");
  domain::BindAnswer granted;
  granted.ticket = script.world.binds.at(0).ticket;
  granted.endpoint = base::EndpointId{1};
  granted.bindings.resize(1);
  granted.bindings[0].endpoint = base::EndpointId{1};
  granted.bindings[0].uri = "sip:a@10.0.0.9";
  granted.bindings[0].left = 2h;
  script.face.on(granted, script.now);
  for (int i = 0; i < 60; ++i) script.wait(60s);
  EXPECT_FALSE(script.is_closed(alice.connection));
  // After the end of the registration it is a connection like any other.
  alice.nonce.clear();
  alice.ask("REGISTER", "sip:example.com", "Contact: <sip:a@10.0.0.9>;expires=0\r\n");
  domain::BindAnswer removed;
  removed.ticket = script.world.binds.at(1).ticket;
  script.face.on(removed, script.now);
  script.wait(script.settings.flow.idle_max + 1s);
  EXPECT_TRUE(script.is_closed(alice.connection));
}

TEST(Stream, connection_ends_some_time_after_its_lease_ran_out) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com", "Contact: <sip:a@10.0.0.9>\r\n");
  domain::BindAnswer granted;
  granted.ticket = script.world.binds.at(0).ticket;
  granted.endpoint = base::EndpointId{1};
  granted.bindings.resize(1);
  granted.bindings[0].endpoint = base::EndpointId{1};
  granted.bindings[0].uri = "sip:a@10.0.0.9";
  granted.bindings[0].left = 600s;
  script.face.on(granted, script.now);
  script.wait(600s + script.settings.flow.idle_max - 1s);
  EXPECT_FALSE(script.is_closed(alice.connection));
  script.wait(2s);
  EXPECT_TRUE(script.is_closed(alice.connection));
}

TEST(Stream, dropped_by_the_registrar) {
  Script script;
  Client alice(script, "alice", "wonder");
  script.face.drop(alice.connection, Reason::account_disabled, script.now);
  script.face.drop(alice.connection, Reason::account_disabled, script.now);
  EXPECT_EQ(script.world.closed.size(), 1U);
  script.face.drop(base::ConnectionId{4711}, Reason::account_disabled, script.now);
}

TEST(Stream, cancel_is_answered_without_a_challenge) {  // RFC 3261 9.2, 22.1
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string offer =
      "v=0\r\no=- 0 0 IN IP4 10.0.0.9\r\ns=session\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=message 5061 sip null\r\n";
  const std::string_view extra = "Contact: <sip:alice@10.0.0.9>\r\nContent-Type: application/sdp\r\n";
  alice.say(alice.request("INVITE", "sip:bob@example.com", extra, offer));
  const std::string invite = alice.signed_request("INVITE", "sip:bob@example.com", extra, offer);
  alice.say(invite);
  ASSERT_EQ(script.world.opens.size(), 1U);
  std::string cancel;  // request line to Max-Forwards, of the other method and without credentials
  for (std::size_t at = 0; at < invite.find("Max-Forwards"); at = invite.find("\r\n", at) + 2) {
    std::string line = invite.substr(at, invite.find("\r\n", at) + 2 - at);
    if (const std::size_t method = line.find("INVITE"); method != std::string::npos) line.replace(method, 6, "CANCEL");
    cancel.append(line);
  }
  const std::string answer = alice.say(cancel.append("Content-Length: 0\r\n\r\n"));
  EXPECT_EQ(status_of_text(answer), 200) << answer;
  EXPECT_EQ(value_of(answer, "CSeq"), "2 CANCEL");
}

TEST(Stream, nothing_of_a_peer_becomes_a_header_of_ours) {
  Script script;
  Client alice(script, "alice", "wonder");
  std::string text = alice.request("OPTIONS", "sip:example.com", "Require: a\rEvil: 1\r\n");
  const std::string answer = alice.say(text);
  EXPECT_EQ(answer.find("\r\nEvil"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("\rEvil"), std::string::npos) << answer;
  const std::string folded = alice.say(alice.request("OPTIONS", "sip:example.com", "Require: a,\r\n b\r\n"));
  EXPECT_EQ(value_of(folded, "Unsupported"), "a, b");
}

}  // namespace
}  // namespace tertulia::face::simple
