// SPDX-License-Identifier: Apache-2.0
// What a request is told, and in which order it is judged: one row a refusal.
#include <gtest/gtest.h>

#include "base/reason.h"
#include "face/simple/face_script.h"

namespace tertulia::face::simple {
namespace {

using namespace face_script;

struct RefusalRow {
  std::string name;
  std::string method;
  std::string uri;
  std::string extra;
  std::string body;
  Reason reason;
  int status;
  std::string header;  ///< must be there ...
  std::string value;   ///< ... with this value
  bool signed_in;      ///< the step stands behind authentication
};

const RefusalRow refusal_rows[] = {
    {"scheme", "OPTIONS", "nobodyKnowsThisScheme:totallyopaque", "", "", Reason::uri_scheme_unsupported, 416, "", "",
     false},
    {"telephone", "MESSAGE", "tel:+15551234", "", "", Reason::uri_scheme_unsupported, 416, "", "", false},
    {"require", "OPTIONS", "sip:bob@example.com", "Require: outbound, nothing1\r\nRequire: nothing2\r\n", "",
     Reason::extension_unsupported, 420, "Unsupported", "nothing1, nothing2", false},
    {"proxy_require", "OPTIONS", "sip:bob@example.com", "Proxy-Require: noProxy\r\n", "", Reason::extension_unsupported,
     420, "Unsupported", "noProxy", false},
    {"both_requires", "OPTIONS", "sip:bob@example.com", "Require: a\r\nProxy-Require: b\r\n", "",
     Reason::extension_unsupported, 420, "Unsupported", "b, a", false},
    {"unknown_method", "NEWMETHOD", "sip:bob@example.com", "", "", Reason::method_unknown, 501, "Allow",
     "INVITE, ACK, BYE, CANCEL, INFO, MESSAGE, OPTIONS, PUBLISH, REFER, REGISTER, SUBSCRIBE", false},
    {"subscribe", "SUBSCRIBE", "sip:bob@example.com", "Event: nothing\r\n", "", Reason::event_unsupported, 489,
     "Allow-Events", "presence, presence.winfo, dialog, reg, conference", true},
    {"notify", "NOTIFY", "sip:bob@example.com", "Event: presence\r\n", "", Reason::dialog_unknown, 481, "", "", false},
    {"bye", "BYE", "sip:bob@example.com", "", "", Reason::dialog_unknown, 481, "", "", false},
    {"info", "INFO", "sip:bob@example.com", "", "", Reason::dialog_unknown, 481, "", "", false},
    {"publish", "PUBLISH", "sip:bob@example.com", "", "", Reason::publish_other_user, 403, "", "", true},
    {"refer", "REFER", "sip:bob@example.com", "", "", Reason::method_not_allowed, 405, "Allow",
     "INVITE, ACK, BYE, CANCEL, INFO, MESSAGE, OPTIONS, PUBLISH, REFER, REGISTER, SUBSCRIBE", true},
    {"prack", "PRACK", "sip:bob@example.com", "", "", Reason::method_not_allowed, 405, "", "", false},
    {"update", "UPDATE", "sip:bob@example.com", "", "", Reason::method_not_allowed, 405, "", "", false},
    {"service", "SERVICE", "sip:bob@example.com", "", "", Reason::method_not_allowed, 405, "", "", false},
    {"benotify", "BENOTIFY", "sip:bob@example.com", "", "", Reason::method_not_allowed, 405, "", "", false},
    {"encoding", "MESSAGE", "sip:bob@example.com", "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n", "x",
     Reason::media_type_unsupported, 415, "Accept-Encoding", "identity", false},
    {"no_type", "MESSAGE", "sip:bob@example.com", "", "hello", Reason::header_missing, 400, "", "", false},
    {"unsigned", "MESSAGE", "sip:bob@example.com", "", "", Reason::credentials_required, 401, "", "", false},
    {"foreign", "MESSAGE", "sip:bob@elsewhere.org", "", "", Reason::domain_foreign, 404, "", "", true},
    {"options_nobody", "OPTIONS", "sip:nobody@example.com", "", "", Reason::destination_unknown, 404, "", "", true},
    {"no_user", "MESSAGE", "sip:nobody@example.com", "Content-Type: text/plain\r\n", "x", Reason::destination_unknown,
     404, "", "", true},
    {"empty", "MESSAGE", "sip:bob@example.com", "", "", Reason::message_empty, 400, "", "", true},
    {"content", "MESSAGE", "sip:bob@example.com", "Content-Type: image/png\r\n", "x", Reason::media_type_unsupported,
     415, "Accept",
     "text/*, message/cpim, message/imdn+xml, application/im-iscomposing+xml, multipart/alternative, multipart/mixed, "
     "multipart/related",
     true},
};

class GateRefusal : public testing::TestWithParam<RefusalRow> {};

TEST_P(GateRefusal, says_why) {
  const RefusalRow& row = GetParam();
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string answer = row.signed_in ? alice.ask(row.method, row.uri, row.extra, row.body)
                                           : alice.say(alice.request(row.method, row.uri, row.extra, row.body));
  EXPECT_EQ(status_of_text(answer), row.status) << answer;
  const std::string text(base::text_of(row.reason));
  const std::string diagnostics = value_of(answer, "ms-diagnostics");
  EXPECT_TRUE(diagnostics.starts_with(std::to_string(base::id_of(row.reason)) + ";reason=\"" + text)) << diagnostics;
  EXPECT_TRUE(diagnostics.ends_with(";source=\"fe1.example.com\"")) << diagnostics;
  EXPECT_TRUE(value_of(answer, "Warning").starts_with("399 fe1.example.com \"" + text)) << answer;
  if (!row.header.empty()) {
    EXPECT_EQ(value_of(answer, row.header), row.value);
  }
  EXPECT_FALSE(script.is_closed(alice.connection));
}

INSTANTIATE_TEST_SUITE_P(Each, GateRefusal, testing::ValuesIn(refusal_rows),
                         [](const auto& row) { return row.param.name; });

TEST(Gate, last_hop_may_end_at_the_server_only) {
  Script script;
  Client alice(script, "alice", "wonder");
  const auto with_hops = [&](std::string_view method, std::string_view uri) {
    std::string text = alice.request(method, uri);
    text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
    return status_of_text(alice.say(text));
  };
  EXPECT_EQ(with_hops("OPTIONS", "sip:bob@example.com"), 483);
  EXPECT_EQ(with_hops("OPTIONS", "sip:example.com"), 401);
  EXPECT_EQ(with_hops("OPTIONS", "sip:fe1.example.com"), 401);
  EXPECT_EQ(with_hops("OPTIONS", "sip:example.org"), 483);
  EXPECT_EQ(with_hops("REGISTER", "sip:example.com"), 401);
}

TEST(Gate, request_of_ours_that_comes_back_is_a_loop) {
  Script script;
  Client bob(script, "bob", "build");
  domain::DeliverPage deliver;
  deliver.to = base::UserId{2};
  deliver.route.connection = bob.connection;
  deliver.route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.9");
  auto message = std::make_shared<domain::InstantMessage>();
  message->from_address = "alice@example.com";
  message->content_type = "text/plain";
  message->content = "x";
  message->sent = script.now.wall;
  deliver.message = message;
  script.face.on(deliver, script.now);
  const std::string ours = script.heard(bob.connection);
  ASSERT_TRUE(ours.starts_with("MESSAGE sip:bob@10.0.0.9")) << ours;
  const std::string answer = bob.say(ours);
  EXPECT_EQ(status_of_text(answer), 482) << answer;
  EXPECT_TRUE(value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(Reason::loop_detected))));
}

TEST(Gate, repeated_request_gets_the_same_answer) {  // RFC 3261 17.2.2
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string request = alice.request("PRACK", "sip:bob@example.com");
  EXPECT_EQ(status_of_text(alice.say(request)), 405);
  EXPECT_LE(script.face.metrics().requests.value(), 1U);
  const std::string again = alice.say(request);
  EXPECT_TRUE(again.empty() || status_of_text(again) == 405) << again;
}

TEST(Gate, request_inside_of_an_unknown_dialog) {
  Script script;
  Client alice(script, "alice", "wonder");
  for (const char* method : {"MESSAGE", "BYE", "INFO", "INVITE", "UPDATE", "OPTIONS", "NOTIFY"}) {
    alice.say(alice.request("OPTIONS", "sip:example.com"));
    std::string text = alice.signed_request(method, "sip:fe1.example.com");
    text.replace(text.find("To: <sip:fe1.example.com>"), 25, "To: <sip:fe1.example.com>;tag=gone");
    const std::string answer = alice.say(text);
    EXPECT_EQ(status_of_text(answer), 481) << method << answer;
  }
}

TEST(Gate, options_of_the_server_and_of_a_user) {
  Script script;
  Client alice(script, "alice", "wonder");
  for (const char* uri : {"sip:example.com", "sip:fe1.example.com", "sip:bob@example.com", "sips:BOB@example.com"}) {
    const std::string answer = alice.ask("OPTIONS", uri);
    EXPECT_EQ(status_of_text(answer), 200) << uri << answer;
    for (const char* name : {"Allow", "Accept", "Accept-Encoding", "Accept-Language", "Supported"})
      EXPECT_FALSE(value_of(answer, name).empty()) << name;
    EXPECT_EQ(value_of(answer, "Allow-Events"), "presence, presence.winfo, dialog, reg, conference");
  }
}

TEST(Gate, cancel_of_nothing) {
  Script script;
  Client alice(script, "alice", "wonder");
  EXPECT_EQ(status_of_text(alice.say(alice.request("CANCEL", "sip:bob@example.com"))), 481);
}

TEST(Gate, bound_of_transactions) {
  FaceSettings settings = make_settings();
  settings.transaction_limits.server_per_connection_max = 2;
  Script script(settings);
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com");  // waits for the registrar from now on
  std::string answer;
  for (int i = 0; i < 4 && status_of_text(answer) != 503; ++i)
    answer = alice.say(alice.signed_request("REGISTER", "sip:example.com"));
  EXPECT_EQ(status_of_text(answer), 503) << answer;
  EXPECT_EQ(value_of(answer, "Retry-After"), "5");
  EXPECT_TRUE(value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(Reason::too_many_requests))));
}

TEST(Gate, orderly_stop_refuses_new_requests) {
  Script script;
  Client alice(script, "alice", "wonder");
  script.face.stop(script.now);
  const std::string answer = alice.say(alice.request("OPTIONS", "sip:example.com"));
  EXPECT_EQ(status_of_text(answer), 503);
  EXPECT_TRUE(value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(Reason::server_stopping))));
  EXPECT_EQ(value_of(answer, "Retry-After"), "5");
}

}  // namespace
}  // namespace tertulia::face::simple
