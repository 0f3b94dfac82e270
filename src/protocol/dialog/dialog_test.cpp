// SPDX-License-Identifier: Apache-2.0
#include "protocol/dialog/dialog.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/dialog/limits.h"

namespace tertulia::protocol::dialog {
namespace {

using base::Reason;
using wire::sip::Message;
using wire::sip::Method;

constexpr const char* via = "SIP/2.0/TLS server.example.com;branch=z9hG4bKnew";

struct Parsed {
  Message message;
  wire::sip::Basics basics;
};
Parsed parsed(const std::string& wire) {
  auto message = Message::parse(wire);
  EXPECT_TRUE(message.has_value()) << wire;
  auto basics = wire::sip::validate(*message);
  EXPECT_TRUE(basics.has_value()) << wire;
  return {*std::move(message), *std::move(basics)};
}

Parsed request(const std::string& method, int cseq, const std::string& more, const std::string& from = "",
               const std::string& to = "<sip:bob@example.com>") {
  return parsed(
      method +
      " sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.4;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: " +
      (from.empty() ? "<sip:alice@example.com>;tag=a1;epid=cf0b98dadeb9" : from) + "\r\nTo: " + to +
      "\r\nCall-ID: call-1\r\nCSeq: " + std::to_string(cseq) + " " + method + "\r\n" + more +
      "Content-Length: 0\r\n\r\n");
}
Parsed response(const std::string& more,
                const std::string& to = "\"Bob; <tag>\" <sip:bob@example.com>;epid=01;tag=b1") {
  return parsed(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS server.example.com;branch=z9hG4bK1\r\nFrom: "
      "<sip:alice@example.com>;tag=a1\r\nTo: " +
      to + "\r\nCall-ID: call-1\r\nCSeq: 5 INVITE\r\n" + more + "Content-Length: 0\r\n\r\n");
}
Dialog incoming(const std::string& more = "Contact: <sip:alice@192.0.2.4:49152;transport=tls>\r\n") {
  const Parsed invite = request("INVITE", 10, more);
  auto dialog = Dialog::from_incoming(invite.message, invite.basics, "ours");
  EXPECT_TRUE(dialog.has_value());
  return *dialog;
}

/// Head of a request after its start line and Via.
std::string expected(const std::string& line, const std::string& routes, const std::string& rest) {
  return line + " SIP/2.0\r\nVia: " + via + "\r\n" + routes + "Max-Forwards: 70\r\n" + rest +
         "Content-Length: 0\r\n\r\n";
}

TEST(Dialog, incoming_keeps_the_parties_as_the_peer_wrote_them) {  // RFC 3261 12.1.1
  Dialog dialog = incoming();
  EXPECT_EQ(dialog.id(), (DialogId{"call-1", "ours", "a1"}));
  EXPECT_EQ(dialog.next_request(Method::message, via).finish(),
            expected("MESSAGE sip:alice@192.0.2.4:49152;transport=tls", "",
                     "From: <sip:bob@example.com>;tag=ours\r\nTo: <sip:alice@example.com>;tag=a1;epid=cf0b98dadeb9\r\n"
                     "Call-ID: call-1\r\nCSeq: 1 MESSAGE\r\n"));
  EXPECT_EQ(dialog.next_request(Method::bye, via).finish().find("CSeq: 2 BYE") == std::string::npos, false);
  EXPECT_EQ(dialog.local_cseq(), 2U);
}

TEST(Dialog, outgoing_keeps_the_parties_as_the_peer_wrote_them) {  // RFC 3261 12.1.2
  const Parsed ok = response("Contact: <sip:bob@192.0.2.9>\r\n");
  auto dialog = Dialog::from_outgoing(ok.message, ok.basics, "a1", 5);
  ASSERT_TRUE(dialog.has_value());
  EXPECT_EQ(dialog->id(), (DialogId{"call-1", "a1", "b1"}));
  const std::string parties =
      "From: <sip:alice@example.com>;tag=a1\r\nTo: \"Bob; <tag>\" <sip:bob@example.com>;epid=01;tag=b1\r\nCall-ID: "
      "call-1\r\n";
  EXPECT_EQ(dialog->ack(via).finish(), expected("ACK sip:bob@192.0.2.9", "", parties + "CSeq: 5 ACK\r\n"));
  EXPECT_EQ(dialog->next_request(Method::message, via).finish(),
            expected("MESSAGE sip:bob@192.0.2.9", "", parties + "CSeq: 6 MESSAGE\r\n"));
  EXPECT_NE(dialog->ack(via).finish().find("CSeq: 5 ACK"), std::string::npos);
  dialog->next_request(Method::invite, via);
  EXPECT_NE(dialog->ack(via).finish().find("CSeq: 7 ACK"), std::string::npos);
}

TEST(Dialog, our_tag_replaces_one_that_stands_there) {
  struct {
    const char* to;
    const char* from_of_ours;
  } const cases[] = {
      {"<sip:bob@example.com>", "<sip:bob@example.com>;tag=ours"},
      {"sip:bob@example.com", "sip:bob@example.com;tag=ours"},
      {"<sip:bob@example.com;tag=uri>;x=1", "<sip:bob@example.com;tag=uri>;x=1;tag=ours"},
      {"<sip:bob@example.com>;Tag=old;x=\";tag=q\"", "<sip:bob@example.com>;x=\";tag=q\";tag=ours"},
      {"\"a\\\";tag=\" <sip:bob@example.com> ; tag = old", "\"a\\\";tag=\" <sip:bob@example.com> ;tag=ours"},
  };
  for (const auto& one : cases) {
    const Parsed invite = request("INVITE", 1, "Contact: <sip:a@b>\r\n", "", one.to);
    auto dialog = Dialog::from_incoming(invite.message, invite.basics, "ours");
    ASSERT_TRUE(dialog.has_value());
    const std::string bye = dialog->next_request(Method::bye, via).finish();
    EXPECT_NE(bye.find(std::string("\r\nFrom: ") + one.from_of_ours + "\r\n"), std::string::npos) << bye;
  }
}

TEST(Dialog, route_set_is_in_order_for_the_called_side_and_reversed_for_the_calling_side) {
  const std::string routes =
      "Record-Route: <sip:p1.example.com;lr>,\r\n \"P 2\" <sip:p2.example.com;lr;x=1>;q\r\nRecord-Route: "
      "<sip:p3.example.com;lr>\r\n";
  const std::string contact = "Contact: <sip:a@192.0.2.4>\r\n";
  EXPECT_NE(
      incoming(routes + contact)
          .next_request(Method::bye, via)
          .finish()
          .find("BYE sip:a@192.0.2.4 SIP/2.0\r\nVia: SIP/2.0/TLS server.example.com;branch=z9hG4bKnew\r\nRoute: "
                "<sip:p1.example.com;lr>"
                "\r\nRoute: \"P 2\" <sip:p2.example.com;lr;x=1>;q\r\nRoute: <sip:p3.example.com;lr>\r\nMax-Forwards"),
      std::string::npos);
  const Parsed ok = response(routes + contact);
  auto dialog = Dialog::from_outgoing(ok.message, ok.basics, "a1", 5);
  ASSERT_TRUE(dialog.has_value());
  EXPECT_NE(dialog->ack(via).finish().find(
                "\r\nRoute: <sip:p3.example.com;lr>\r\nRoute: \"P 2\" <sip:p2.example.com;lr;x=1>;q"
                "\r\nRoute: <sip:p1.example.com;lr>\r\nMax-Forwards"),
            std::string::npos);
}

TEST(Dialog, a_strict_router_gets_its_address_in_the_request_line) {  // RFC 3261 12.2.1.1
  Dialog dialog = incoming(
      "Record-Route: <sip:p1.example.com?Subject=x>, <sip:p2.example.com;lr>\r\nContact: <sip:a@192.0.2.4>\r\n");
  EXPECT_NE(dialog.next_request(Method::bye, via)
                .finish()
                .find("BYE sip:p1.example.com SIP/2.0\r\nVia: SIP/2.0/TLS server.example.com;branch=z9hG4bKnew\r\n"
                      "Route: <sip:p2.example.com;lr>\r\nRoute: <sip:a@192.0.2.4>\r\nMax-Forwards"),
            std::string::npos);
}

TEST(Dialog, cseq_must_grow) {  // RFC 3261 12.2.2
  Dialog dialog = incoming();
  const auto judge = [&dialog](const char* method, int cseq) {
    const Parsed inside = request(method, cseq, "");
    return dialog.on_request(inside.message, inside.basics).reason();
  };
  EXPECT_EQ(judge("ACK", 10), Reason::none);
  EXPECT_EQ(judge("MESSAGE", 10), Reason::cseq_out_of_order);
  EXPECT_EQ(judge("MESSAGE", 9), Reason::cseq_out_of_order);
  EXPECT_EQ(judge("MESSAGE", 11), Reason::none);
  EXPECT_EQ(judge("INFO", 5000), Reason::none);  // gaps are allowed
  EXPECT_EQ(judge("CANCEL", 10), Reason::none);
  EXPECT_EQ(judge("BYE", 4999), Reason::cseq_out_of_order);
}

TEST(Dialog, the_first_number_of_the_peer_is_free_when_we_called) {
  const Parsed ok = response("Contact: <sip:bob@192.0.2.9>\r\n");
  auto dialog = Dialog::from_outgoing(ok.message, ok.basics, "a1", 5);
  ASSERT_TRUE(dialog.has_value());
  const Parsed first = request("MESSAGE", 1, "");
  EXPECT_TRUE(dialog->on_request(first.message, first.basics).has_value());
}

TEST(Dialog, target_refresh_takes_over_the_contact) {
  Dialog dialog = incoming();
  const auto judge = [&dialog](const char* method, int cseq, const char* contact) {
    const Parsed inside = request(method, cseq, contact);
    return dialog.on_request(inside.message, inside.basics).reason();
  };
  EXPECT_EQ(judge("MESSAGE", 11, "Contact: <sip:else@192.0.2.5>\r\n"), Reason::none);
  EXPECT_EQ(dialog.remote_target(), "sip:alice@192.0.2.4:49152;transport=tls");
  EXPECT_EQ(judge("INVITE", 12, "Contact: <sip:new@192.0.2.5>\r\n"), Reason::none);
  EXPECT_EQ(dialog.remote_target(), "sip:new@192.0.2.5");
  EXPECT_EQ(judge("UPDATE", 13, "m: \"X\" <sip:newer@192.0.2.6?Subject=a>;expires=5\r\n"), Reason::none);
  EXPECT_EQ(dialog.remote_target(), "sip:newer@192.0.2.6?Subject=a");
  EXPECT_NE(dialog.next_request(Method::bye, via).finish().find("BYE sip:newer@192.0.2.6 SIP/2.0\r\n"),
            std::string::npos);
  EXPECT_EQ(judge("INVITE", 14, ""), Reason::none);
  EXPECT_EQ(dialog.remote_target(), "sip:newer@192.0.2.6?Subject=a");
}

TEST(Dialog, a_peer_without_tag_is_tolerated) {  // RFC 2543
  const Parsed invite = request("INVITE", 1, "Contact: sip:alice@192.0.2.4\r\n", "sip:alice@example.com");
  auto called = Dialog::from_incoming(invite.message, invite.basics, "ours");
  ASSERT_TRUE(called.has_value());
  EXPECT_EQ(called->id().remote_tag, "");
  EXPECT_NE(called->next_request(Method::bye, via).finish().find("\r\nTo: sip:alice@example.com\r\n"),
            std::string::npos);
  const Parsed ok = response("", "<sip:bob@example.com>");
  auto calling = Dialog::from_outgoing(ok.message, ok.basics, "a1", 5);
  ASSERT_TRUE(calling.has_value());
  EXPECT_EQ(calling->remote_target(), "sip:bob@example.com");
}

TEST(Dialog, what_makes_no_dialog_is_refused) {
  const auto reason = [](const std::string& more) {
    const Parsed invite = request("INVITE", 1, more);
    return Dialog::from_incoming(invite.message, invite.basics, "ours").reason();
  };
  EXPECT_EQ(reason(""), Reason::header_missing);
  std::string routes = "Contact: <sip:a@b>\r\n";
  for (std::size_t i = 0; i < route_set_max; ++i) routes += "Record-Route: <sip:p.example.com;lr>\r\n";
  EXPECT_EQ(reason(routes), Reason::none);
  EXPECT_EQ(reason(routes + "Record-Route: <sip:p.example.com;lr>\r\n"), Reason::header_malformed);
  const Parsed ok = response("Contact: <sip:bob@192.0.2.9>\r\n");
  EXPECT_EQ(Dialog::from_outgoing(ok.message, ok.basics, "another", 5).reason(), Reason::header_malformed);
}

}  // namespace
}  // namespace tertulia::protocol::dialog
