// SPDX-License-Identifier: Apache-2.0
#include "face/simple/publications.h"

#include <gtest/gtest.h>

#include "face/simple/event_script.h"
#include "face/simple/subscription_limits.h"

namespace tertulia::face::simple {
namespace {

using namespace event_script;
using namespace std::chrono_literals;

constexpr std::string_view alice_uri = "sip:alice@example.com";
constexpr std::string_view typed = "Event: presence\r\nContent-Type: application/pidf+xml\r\n";
constexpr std::string_view document =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
    "xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" "
    "entity=\"sip:alice@example.com\"><tuple id=\"a\"><status><basic>open</basic></status></tuple>"
    "<dm:person id=\"p\"><rpid:activities><rpid:busy/></rpid:activities></dm:person></presence>";

/// What alice's client hears when the agent answers like this.
std::string answered(Script& script, Client& alice, domain::PublishAnswer answer) {
  answer.ticket = script.world.publishes.back().ticket;
  script.face.on(answer, script.now);
  return script.heard(alice.connection);
}

TEST(Publications, initial_refresh_modify_and_remove) {  // RFC 3903 4
  Script script;
  Client alice(script, "alice", "wonder");
  EXPECT_EQ(alice.ask("PUBLISH", alice_uri, std::string(typed) + "Expires: 600\r\n", document), "");
  ASSERT_EQ(script.world.publishes.size(), 1U);
  const domain::PublishDocument& initial = script.world.publishes.back();
  EXPECT_EQ(initial.user, base::UserId{1});
  EXPECT_EQ(initial.entity_tag, "");
  EXPECT_EQ(initial.lease, base::Duration{600s});
  ASSERT_TRUE(initial.values);
  EXPECT_EQ(initial.values->size(), 2U);
  std::string answer = answered(script, alice, {{}, base::Reason::none, "e1", 600s, {}});
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "SIP-ETag"), "e1");
  EXPECT_EQ(value_of(answer, "Expires"), "600");

  alice.ask("PUBLISH", alice_uri, "Event: presence\r\nSIP-If-Match: e1\r\n");
  EXPECT_EQ(script.world.publishes.back().entity_tag, "e1");
  EXPECT_EQ(script.world.publishes.back().lease, publication_lease_default);
  EXPECT_FALSE(script.world.publishes.back().values);
  answer = answered(script, alice, {{}, base::Reason::none, "e2", 3600s, {}});
  EXPECT_EQ(value_of(answer, "SIP-ETag"), "e2");

  alice.ask("PUBLISH", alice_uri, std::string(typed) + "SIP-If-Match: e2\r\n", document);
  EXPECT_EQ(script.world.publishes.back().entity_tag, "e2");
  EXPECT_TRUE(script.world.publishes.back().values);
  answered(script, alice, {{}, base::Reason::none, "e3", 3600s, {}});

  alice.ask("PUBLISH", alice_uri, "Event: presence\r\nSIP-If-Match: e3\r\nExpires: 0\r\n");
  EXPECT_EQ(script.world.publishes.back().lease, base::Duration{});
  answer = answered(script, alice, {{}, base::Reason::none, "e4", 0s, {}});
  EXPECT_EQ(value_of(answer, "Expires"), "0");
  EXPECT_EQ(script.face.metrics().publications.value(), 4U);
}

TEST(Publications, refusals_before_the_agent) {  // RFC 3903 6
  struct Row {
    const char* name;
    const char* uri;
    std::string extra;
    std::string_view body;
    int status;
    const char* header;
    const char* value;
  };
  const std::string good(typed);
  const std::string type = "Content-Type: application/pidf+xml\r\n";
  const Row rows[] = {
      {"other_user", "sip:bob@example.com", good, document, 403, "", ""},
      {"nobody", "sip:carol@example.com", good, document, 404, "", ""},
      {"no_event", "sip:alice@example.com", type, document, 489, "Allow-Events", "presence"},
      {"winfo", "sip:alice@example.com", "Event: presence.winfo\r\n" + type, document, 489, "Allow-Events", "presence"},
      {"event_malformed", "sip:alice@example.com", "Event: a b\r\n" + type, document, 400, "", ""},
      {"brief", "sip:alice@example.com", good + "Expires: 59\r\n", document, 423, "Min-Expires", "60"},
      {"type", "sip:alice@example.com", "Event: presence\r\nContent-Type: text/plain\r\n", "hi", 415, "Accept",
       "application/pidf+xml"},
      {"empty", "sip:alice@example.com", "Event: presence\r\n", "", 400, "", ""},
      {"no_xml", "sip:alice@example.com", good, "hello", 400, "", ""},
      {"two_tags", "sip:alice@example.com", good + "SIP-If-Match: a\r\nSIP-If-Match: b\r\n", document, 400, "", ""},
      {"tag_list", "sip:alice@example.com", good + "SIP-If-Match: a, b\r\n", document, 400, "", ""},
      {"long_tag", "sip:alice@example.com",
       good + "SIP-If-Match: " + std::string(entity_tag_octets_max + 1, 'e') + "\r\n", document, 412, "", ""},
  };
  for (const Row& row : rows) {
    Script script;
    Client alice(script, "alice", "wonder");
    const std::string answer = alice.ask("PUBLISH", row.uri, row.extra, row.body);
    EXPECT_EQ(status_of_text(answer), row.status) << row.name << "\n" << answer;
    if (*row.header != '\0') {
      EXPECT_EQ(value_of(answer, row.header), row.value) << row.name;
    }
    EXPECT_TRUE(script.world.publishes.empty()) << row.name;
  }
}

TEST(Publications, refusals_of_the_agent) {
  struct Row {
    base::Reason reason;
    int status;
  };
  for (const Row& row : {Row{base::Reason::publication_unknown, 412}, Row{base::Reason::interval_too_brief, 423},
                         Row{base::Reason::too_many_publications, 403}, Row{base::Reason::state_not_permitted, 403},
                         Row{base::Reason::server_busy, 503}}) {
    Script script;
    Client alice(script, "alice", "wonder");
    alice.ask("PUBLISH", alice_uri, std::string(typed) + "SIP-If-Match: old\r\n", document);
    const std::string answer = answered(script, alice, {{}, row.reason, {}, 120s, {}});
    EXPECT_EQ(status_of_text(answer), row.status);
    EXPECT_EQ(value_of(answer, "SIP-ETag"), "");
    if (row.status == 423) {
      EXPECT_EQ(value_of(answer, "Min-Expires"), "120");
    }
  }
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("PUBLISH", alice_uri, typed, document);
  script.face.on_undeliverable(script.world.publishes.back().ticket, script.now);
  EXPECT_EQ(status_of_text(script.heard(alice.connection)), 503);
}

TEST(Publications, a_person_at_work_is_told_but_not_too_often) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("PUBLISH", alice_uri, typed, document);
  ASSERT_EQ(script.world.actives.size(), 1U);
  EXPECT_EQ(script.world.actives.front().user, base::UserId{1});
  alice.ask("PUBLISH", alice_uri, typed, document);
  EXPECT_EQ(script.world.actives.size(), 1U) << "within the interval";
  script.wait(active_report_interval);
  alice.ask("PUBLISH", alice_uri, "Event: presence\r\nSIP-If-Match: e1\r\n");
  EXPECT_EQ(script.world.actives.size(), 1U) << "a refresh is the device's own doing";
  std::string idle(document);
  idle.replace(idle.find("<rpid:busy/>"), 12, "<rpid:away/>");
  alice.ask("PUBLISH", alice_uri, typed, idle);
  EXPECT_EQ(script.world.actives.size(), 1U) << "nobody is there";
  alice.ask("PUBLISH", alice_uri, typed, document);
  EXPECT_EQ(script.world.actives.size(), 2U);
}

TEST(Activity, messages_and_calls_are_use) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("OPTIONS", "sip:bob@example.com");
  alice.ask("REGISTER", "sip:example.com", "Contact: <sip:alice@10.0.0.9>\r\n");
  EXPECT_TRUE(script.world.actives.empty());
  alice.ask("MESSAGE", "sip:bob@example.com", "Content-Type: text/plain\r\n", "hello");
  EXPECT_EQ(script.world.actives.size(), 1U);
  script.wait(active_report_interval);
  alice.ask("INVITE", "sip:bob@example.com", "Contact: <sip:alice@10.0.0.9>\r\nContent-Type: application/sdp\r\n",
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            "m=message 5061 sip null\r\na=accept-types:text/plain\r\n");
  EXPECT_EQ(script.world.actives.size(), 2U);
}

}  // namespace
}  // namespace tertulia::face::simple
