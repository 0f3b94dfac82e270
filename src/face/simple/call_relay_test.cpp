// SPDX-License-Identifier: Apache-2.0
// Messages pass byte for byte, but for what is between neighbours.
#include "face/simple/call_relay.h"

#include "face/simple/call_world.h"

namespace tertulia::face::simple::call_world {
namespace {

/// Odd in every way that the grammar permits.
const std::string odd_headers =
    "X-Folded: one\r\n two\r\n\tthree\r\n"
    "X-Empty:\r\n"
    "X-spacing  :  a  b ;c= \"d\\\"e\"\r\n"
    "s: compact\r\n"
    "ALERT-info: <http://10.0.0.1/ring.wav>\r\n"
    "Call-Info: <http://10.0.0.1/me>;purpose=icon, <x:y>\r\n"
    "User-to-User: 56a390f3d2b7310023;encoding=hex\r\n"
    "X-Bytes: \xc3\xa9\xf0\x9f\x93\x9e\r\n"
    "Accept-Contact: *;audio\r\n";

std::string odd_body() {
  std::string body(audio);
  body.append("a=x:").append(std::string("\0\r\n\n\xff", 5)).append("\r\n\r\nSIP/2.0 200 OK\r\n");
  return body;
}

TEST(CallRelay, requests_pass_byte_for_byte) {
  Pair p;
  p.at_alice = p.alice.line_to("sip:bob@example.com");
  p.at_alice.own = "\"Alice, \\\"A\\\"\"  <sip:alice@example.com;x=y>;Tag=aA1 ; other=\"z;z\"";
  p.at_alice.peer = "Bob <sip:bob@example.com>";
  p.alice.say(p.alice.request(p.at_alice, "INVITE", odd_headers, odd_body()));
  const Message invite = p.bob.hears("INVITE");
  EXPECT_NE(invite.bytes().find(odd_headers), std::string_view::npos) << invite.bytes();
  EXPECT_EQ(invite.body(), odd_body());
  EXPECT_EQ(value(invite, HeaderName::from), p.at_alice.own);
  EXPECT_EQ(value(invite, HeaderName::to), p.at_alice.peer);
  p.at_bob = Phone::line_of(invite, "b1");

  p.bob.answer(invite, "200 \"Ja\" \xc3\xa9", "b1", odd_headers, odd_body());
  const Message ok = p.alice.hears("SIP/2.0 200 \"Ja\" \xc3\xa9\r\n");
  EXPECT_NE(ok.bytes().find(odd_headers), std::string_view::npos) << ok.bytes();
  EXPECT_EQ(ok.body(), odd_body());
  EXPECT_EQ(value(ok, HeaderName::from), p.at_alice.own);
  EXPECT_EQ(value(ok, HeaderName::to), p.at_alice.peer + ";tag=b1");

  Phone::learn(p.at_alice, ok);
  p.alice.say(p.alice.request(p.at_alice, "ACK", odd_headers, odd_body()));
  const Message ack = p.bob.hears("ACK");
  EXPECT_NE(ack.bytes().find(odd_headers), std::string_view::npos);
  EXPECT_EQ(ack.body(), odd_body());
  p.bob.say(p.bob.request(p.at_bob, "INFO", odd_headers, odd_body()));
  const Message info = p.alice.hears("INFO");
  EXPECT_NE(info.bytes().find(odd_headers), std::string_view::npos);
  EXPECT_EQ(info.body(), odd_body());
  p.alice.answer(info, "415 No", {}, odd_headers, odd_body());
  const Message refused = p.bob.hears("SIP/2.0 415 No");
  EXPECT_NE(refused.bytes().find(odd_headers), std::string_view::npos);
  EXPECT_EQ(refused.body(), odd_body());
}

TEST(CallRelay, refusals_without_a_reason_get_one_and_nothing_else_changes) {  // [MS-OCER] 2.1
  struct Case {
    std::string status;
    base::Reason reason;
  };
  for (const Case& one :
       {Case{"408 Late", base::Reason::recipient_silent}, Case{"481 Gone", base::Reason::dialog_unknown},
        Case{"486 Busy", base::Reason::recipient_busy}, Case{"488 No", base::Reason::recipient_refused},
        Case{"491 Wait", base::Reason::request_pending}, Case{"600 No", base::Reason::recipient_busy},
        Case{"603 No", base::Reason::recipient_declined}}) {
    Pair p;
    p.up();
    p.bob.say(p.bob.request(p.at_bob, "INFO"));
    p.alice.answer(p.alice.hears("INFO"), one.status, {}, odd_headers, odd_body());
    const Message refused = p.bob.hears("SIP/2.0 " + one.status);
    const std::string added = "ms-diagnostics: " + std::to_string(id_of(one.reason)) + ";reason=\"" +
                              std::string(text_of(one.reason)) + "\";source=\"fe1.example.com\"\r\n";
    EXPECT_NE(refused.bytes().find(odd_headers + added + "Content-Length: "), std::string_view::npos)
        << refused.bytes();
    EXPECT_EQ(refused.count(HeaderName::ms_diagnostics), 1U);
    EXPECT_EQ(refused.body(), odd_body());
  }
}

TEST(CallRelay, reasons_of_the_telephone_and_successes_stay_as_they_are) {
  Pair p;
  p.up();
  const std::string own = "ms-diagnostics: 1;reason=\"mine\";source=\"alice\"\r\n";
  for (const std::string status : {"488 No", "200 OK"}) {
    p.bob.ask(p.at_bob, "INFO");
    p.alice.answer(p.alice.hears("INFO"), status, {}, status == "200 OK" ? std::string() : own);
    const Message answer = p.bob.hears("SIP/2.0 " + status);
    EXPECT_EQ(answer.count(HeaderName::ms_diagnostics), status == "200 OK" ? 0U : 1U);
    EXPECT_TRUE(status == "200 OK" || answer.bytes().find(own) != std::string_view::npos) << answer.bytes();
  }
}

TEST(CallRelay, what_is_between_neighbours_does_not_pass) {
  Pair p;
  const Message invite = p.invite(
      "Via: SIP/2.0/TLS 10.0.0.8;branch=z9hG4bKbelow\r\nProxy-Authorization: Digest username=\"alice\"\r\n"
      "Record-Route: <sip:fe1.example.com:9;lr;tertulia-call>, <sip:edge.alice.example;lr>\r\n");
  EXPECT_EQ(invite.count(HeaderName::via), 1U);
  EXPECT_FALSE(invite.header(HeaderName::proxy_authorization));
  EXPECT_EQ(invite.count(HeaderName::record_route), 2U);
  EXPECT_EQ(invite.bytes().find("fe1.example.com:9"), std::string_view::npos) << invite.bytes();
  p.bob.answer(invite, "180 Ringing", "b1");
  const Message ringing = p.alice.hears("SIP/2.0 180");
  EXPECT_EQ(ringing.count(HeaderName::via), 2U);  // those of her own request
  EXPECT_NE(ringing.bytes().find("z9hG4bKbelow"), std::string_view::npos);
}

TEST(CallRelay, record_route_names_us_even_when_the_telephone_forgets_it) {
  Pair p;
  const Message invite = p.invite("Record-Route: <sip:edge.alice.example;lr>\r\n");
  std::string text(invite.bytes());
  for (std::size_t at = text.find("Record-Route:"); at != std::string::npos; at = text.find("Record-Route:"))
    text.erase(at, text.find("\r\n", at) + 2 - at);
  p.bob.answer(*Message::parse(text), "200 OK", "b1", {}, audio);
  const Message ok = p.alice.hears("SIP/2.0 200");
  Phone::learn(p.at_alice, ok);
  ASSERT_EQ(p.at_alice.routes.size(), 2U);
  EXPECT_EQ(p.at_alice.routes[0], "<sip:edge.alice.example;lr>");
  EXPECT_EQ(p.at_alice.routes[1], "<sip:fe1.example.com:5061;transport=tls;lr;tertulia-call>");
}

TEST(CallRelay, contact_as_a_target) {
  const auto contact = [](const std::string& line) {
    return contact_of(*Message::parse("INFO sip:a@b SIP/2.0\r\n" + line + "Content-Length: 0\r\n\r\n"));
  };
  EXPECT_EQ(contact("Contact: <sip:a@10.0.0.1:5060;transport=tls>;q=1\r\n"), "sip:a@10.0.0.1:5060;transport=tls");
  EXPECT_EQ(contact("m: <sip:a@h?Route=x>\r\n"), "sip:a@h");
  EXPECT_EQ(contact("Contact: <sip:a@h>, <sip:b@h>\r\n"), "sip:a@h");
  EXPECT_EQ(contact("Contact: *\r\n"), "");
  EXPECT_EQ(contact("Contact: <tel:+1>\r\n"), "");
  EXPECT_EQ(contact(""), "");
}

TEST(CallRelay, withheld_answers) {
  for (const int status : {300, 302, 399, 401, 407, 503}) EXPECT_TRUE(is_withheld(status)) << status;
  for (const int status : {200, 299, 400, 403, 404, 408, 480, 486, 488, 491, 500, 600, 603}) {
    EXPECT_FALSE(is_withheld(status)) << status;
  }
}

}  // namespace
}  // namespace tertulia::face::simple::call_world
