// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/reason.h"
#include "face/simple/face_script.h"
#include "face/simple/limits.h"
#include "face/simple/sip_date.h"

namespace tertulia::face::simple {
namespace {

using namespace face_script;
using namespace std::chrono_literals;

constexpr std::string_view phone = "Contact: <sip:alice@10.0.0.9:5071;transport=tls>;q=0.5;expires=300\r\n";

bool has_reason(std::string_view answer, Reason reason) {
  return value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(reason)) + ";");
}

domain::BindingInfo binding_of(const domain::ContactChange& contact, std::uint64_t endpoint) {
  domain::BindingInfo binding;
  binding.endpoint = base::EndpointId{endpoint};
  binding.uri = contact.uri;
  binding.instance = contact.instance;
  binding.reg_id = contact.reg_id;
  binding.left = contact.lease.value_or(600s);
  binding.parameters = contact.parameters;
  return binding;
}

/// The registrar says yes to everything the last request asked for.
domain::BindAnswer granted(const domain::BindRequest& request) {
  domain::BindAnswer answer;
  answer.ticket = request.ticket;
  std::uint64_t endpoint = 100;
  for (const domain::ContactChange& contact : request.contacts) {
    if (contact.lease == base::Duration{}) continue;
    answer.bindings.push_back(binding_of(contact, endpoint++));
  }
  if (!answer.bindings.empty()) answer.endpoint = answer.bindings.front().endpoint;
  return answer;
}

TEST(Registration, sign_in_and_its_answer) {
  Script script;
  Client alice(script, "alice", "wonder");
  EXPECT_EQ(alice.ask("REGISTER", "sip:example.com", std::string(phone) + "User-Agent: Phone/1\r\n"), "");
  ASSERT_EQ(script.world.binds.size(), 1U);
  const domain::BindRequest& bind = script.world.binds[0];
  EXPECT_EQ(bind.user, base::UserId{1});
  EXPECT_EQ(bind.connection, alice.connection);
  EXPECT_EQ(bind.client->user_agent, "Phone/1");
  ASSERT_EQ(bind.contacts.size(), 1U);
  EXPECT_EQ(bind.contacts[0].uri, "sip:alice@10.0.0.9:5071;transport=tls");
  EXPECT_EQ(bind.contacts[0].parameters, ";q=0.5");
  EXPECT_EQ(bind.contacts[0].lease, base::Duration{300s});
  EXPECT_TRUE(bind.contacts[0].capabilities.page_mode);
  EXPECT_FALSE(bind.contacts[0].capabilities.session_mode);
  EXPECT_FALSE(bind.gruu_wanted);

  script.face.on(granted(bind), script.now);
  const std::string answer = script.heard(alice.connection);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "Contact"), "<sip:alice@10.0.0.9:5071;transport=tls>;q=0.5;expires=300");
  EXPECT_EQ(value_of(answer, "Expires"), "300");
  EXPECT_EQ(value_of(answer, "Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_FALSE(value_of(answer, "Authentication-Info").empty());
  EXPECT_EQ(value_of(answer, "Require"), "");
  EXPECT_EQ(script.face.metrics().registrations.value(), 1U);
}

TEST(Registration, several_contacts_give_one_line_each) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com",
            "Contact: <sip:a@10.0.0.1>;expires=90, \"x, y\" <sip:b@10.0.0.2;x=y?Route=%3Csip:sip.example.com%3E>\r\n"
            "m: sip:c@10.0.0.3;unknown=\"a b\"\r\nExpires: 7200\r\n");
  ASSERT_EQ(script.world.binds.size(), 1U);
  const std::vector<domain::ContactChange>& contacts = script.world.binds[0].contacts;
  ASSERT_EQ(contacts.size(), 3U);
  EXPECT_EQ(contacts[0].lease, base::Duration{90s});
  EXPECT_EQ(contacts[1].uri, "sip:b@10.0.0.2;x=y?Route=%3Csip:sip.example.com%3E") << "RFC 4475 3.3.14";
  EXPECT_EQ(contacts[1].lease, base::Duration{7200s});
  EXPECT_EQ(contacts[2].uri, "sip:c@10.0.0.3") << "RFC 4475 3.3.12";
  EXPECT_EQ(contacts[2].parameters, ";unknown=\"a b\"");
  script.face.on(granted(script.world.binds[0]), script.now);
  const auto message = wire::sip::Message::parse(script.heard(alice.connection));
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->count(wire::sip::HeaderName::contact), 3U);
}

TEST(Registration, query_and_wildcard) {  // RFC 3261 10.2.3, 10.2.2
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com");
  ASSERT_EQ(script.world.binds.size(), 1U);
  EXPECT_TRUE(script.world.binds[0].contacts.empty());
  EXPECT_FALSE(script.world.binds[0].remove_all);
  alice.ask("REGISTER", "sip:example.com", "Contact: *\r\nExpires: 0\r\n");
  ASSERT_EQ(script.world.binds.size(), 2U);
  EXPECT_TRUE(script.world.binds[1].remove_all);
  for (const char* lines :
       {"Contact: *\r\n", "Contact: *\r\nExpires: 60\r\n", "Contact: *, <sip:a@10.0.0.1>\r\nExpires: 0\r\n",
        "Contact: *\r\nContact: *\r\nExpires: 0\r\n"}) {
    const std::string answer = alice.ask("REGISTER", "sip:example.com", lines);
    EXPECT_EQ(status_of_text(answer), 400) << lines;
    EXPECT_TRUE(has_reason(answer, Reason::wildcard_misused)) << lines << answer;
  }
}

TEST(Registration, a_preference_is_between_0_and_1) {  // RFC 3261 25.1 qvalue
  Script script;
  Client alice(script, "alice", "wonder");
  for (const char* q : {"7", "1.1", "-1", "x", "0.5.1", "."}) {
    const std::string answer =
        alice.ask("REGISTER", "sip:example.com", std::string("Contact: <sip:alice@10.0.0.9>;q=") + q + "\r\n");
    EXPECT_EQ(status_of_text(answer), 400) << q;
    EXPECT_TRUE(has_reason(answer, Reason::header_malformed)) << answer;
  }
  EXPECT_TRUE(script.world.binds.empty());
  std::size_t taken = 0;
  for (const char* q : {"0", "1", "0.5", "1.000", "0.", ".5", "0.12345"}) {
    alice.ask("REGISTER", "sip:example.com", std::string("Contact: <sip:alice@10.0.0.9>;q=") + q + "\r\n");
    EXPECT_EQ(script.world.binds.size(), ++taken) << q;
  }
}

TEST(Registration, whom_another_server_serves_is_redirected) {  // RFC 3261 8.3, 21.3.3
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com", phone);
  domain::BindAnswer sent;
  sent.ticket = script.world.binds[0].ticket;
  sent.reason = Reason::home_elsewhere;
  sent.home_server = "fe2.example.com:5061";
  script.face.on(sent, script.now);
  const std::string answer = script.heard(alice.connection);
  EXPECT_EQ(status_of_text(answer), 302);
  EXPECT_EQ(value_of(answer, "Contact"), "<sip:fe2.example.com:5061;transport=tls>");
  EXPECT_TRUE(has_reason(answer, Reason::home_elsewhere)) << answer;
  EXPECT_EQ(script.face.metrics().redirections.value(), 1U);
  EXPECT_EQ(script.face.metrics().registrations.value(), 0U);
}

TEST(Registration, refusals_of_the_registrar) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com", phone);
  domain::BindAnswer brief;
  brief.ticket = script.world.binds[0].ticket;
  brief.reason = Reason::interval_too_brief;
  brief.lease_min = 60s;
  script.face.on(brief, script.now);
  std::string answer = script.heard(alice.connection);
  EXPECT_EQ(status_of_text(answer), 423);
  EXPECT_EQ(value_of(answer, "Min-Expires"), "60");

  const std::pair<Reason, int> rows[] = {
      {Reason::too_many_endpoints, 403}, {Reason::registration_out_of_order, 500}, {Reason::store_unavailable, 503}};
  for (const auto& [reason, status] : rows) {
    alice.ask("REGISTER", "sip:example.com", phone);
    domain::BindAnswer refused;
    refused.ticket = script.world.binds.back().ticket;
    refused.reason = reason;
    script.face.on(refused, script.now);
    answer = script.heard(alice.connection);
    EXPECT_EQ(status_of_text(answer), status);
    EXPECT_TRUE(has_reason(answer, reason)) << answer;
  }
  alice.ask("REGISTER", "sip:example.com", phone);
  script.face.on_undeliverable(script.world.binds.back().ticket, script.now);
  answer = script.heard(alice.connection);
  EXPECT_EQ(status_of_text(answer), 503);
  EXPECT_EQ(value_of(answer, "Retry-After"), "5");
}

TEST(Registration, refusals_of_the_face) {
  Script script;
  Client alice(script, "alice", "wonder");
  std::string answer = alice.ask("REGISTER", "sip:example.com", "Contact: <name:John_Smith>\r\n");
  EXPECT_EQ(status_of_text(answer), 400);
  EXPECT_TRUE(has_reason(answer, Reason::uri_malformed)) << answer;

  std::string other = alice.signed_request("REGISTER", "sip:example.com", phone);
  other.replace(other.find("To: <sip:alice"), 14, "To: <sip:bob");
  answer = alice.say(other);
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::register_other_user));

  answer = alice.ask("REGISTER", "sip:example.org", phone);
  EXPECT_EQ(status_of_text(answer), 404);
  EXPECT_TRUE(has_reason(answer, Reason::domain_foreign));

  std::string many = "Contact: <sip:a0@10.0.0.1>";
  for (int i = 1; i < 65; ++i) many.append(", <sip:a").append(std::to_string(i)).append("@10.0.0.1>");
  answer = alice.ask("REGISTER", "sip:example.com", many + "\r\n");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::too_many_endpoints));
  EXPECT_TRUE(script.world.binds.empty());
}

TEST(Registration, capabilities) {  // RFC 3840
  struct Row {
    const char* lines;
    bool page;
    bool session;
  };
  const Row rows[] = {
      {"Contact: <sip:a@10.0.0.1>\r\n", true, false},
      {"Contact: <sip:a@10.0.0.1>;methods=\"INVITE, MESSAGE, BYE\"\r\n", true, false},
      {"Contact: <sip:a@10.0.0.1>;methods=\"INVITE,BYE\"\r\n", false, false},
      {"Contact: <sip:a@10.0.0.1>;+sip.message\r\n", true, true},
      {"Contact: <sip:a@10.0.0.1>\r\nSupported: gruu-10, com.microsoft.msrtc.presence\r\n", true, true},
      {"Contact: <sip:a@10.0.0.1>\r\nUser-Agent: Purple/2.14.12 Sipe/1.25.0 (linux-x86_64)\r\n", true, true},
      {"Contact: <sip:a@10.0.0.1>\r\nUser-Agent: UCCAPI/15.0.4420.1017 OC/15.0.4420.1017\r\n", true, true},
  };
  Script script;
  Client alice(script, "alice", "wonder");
  for (const Row& row : rows) {
    alice.ask("REGISTER", "sip:example.com", row.lines);
    const domain::Capabilities& can = script.world.binds.back().contacts.at(0).capabilities;
    EXPECT_EQ(can.page_mode, row.page) << row.lines;
    EXPECT_EQ(can.session_mode, row.session) << row.lines;
    EXPECT_TRUE(can.typing);
    script.face.on(granted(script.world.binds.back()), script.now);
  }
}

TEST(Registration, outbound_and_gruu) {  // RFC 5626 6, RFC 5627 5.1
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string flow =
      "Contact: <sip:a@10.0.0.1>;reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"\r\n";
  alice.ask("REGISTER", "sip:example.com", flow);
  EXPECT_EQ(script.world.binds.back().contacts[0].reg_id, 0U) << "outbound was not Supported";
  EXPECT_EQ(script.world.binds.back().client->instance, "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF");
  script.face.on(granted(script.world.binds.back()), script.now);
  EXPECT_EQ(value_of(script.heard(alice.connection), "Require"), "");

  alice.ask("REGISTER", "sip:example.com", flow + "Supported: path, outbound, gruu\r\n");
  const domain::BindRequest& bind = script.world.binds.back();
  EXPECT_EQ(bind.contacts[0].reg_id, 1U);
  EXPECT_TRUE(bind.gruu_wanted);
  domain::BindAnswer answer = granted(bind);
  answer.bindings[0].public_gruu_id = "abc";
  answer.bindings[0].temporary_gruu_id = "xyz";
  script.face.on(answer, script.now);
  const std::string text = script.heard(alice.connection);
  EXPECT_EQ(value_of(text, "Contact"),
            "<sip:a@10.0.0.1>;expires=600;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\";reg-id=1;"
            "pub-gruu=\"sip:alice@example.com;gr=abc\";temp-gruu=\"sip:tgruu.xyz@example.com;gr\"");
  EXPECT_EQ(value_of(text, "Require"), "outbound");
  EXPECT_EQ(value_of(text, "Flow-Timer"), "120");
  EXPECT_EQ(value_of(text, "Supported"), "outbound, gruu");

  std::string by_proxy = alice.signed_request("REGISTER", "sip:example.com", flow + "Supported: outbound\r\n");
  by_proxy.insert(by_proxy.find("From:"), "Via: SIP/2.0/TLS 10.1.1.1;branch=z9hG4bKfar\r\n");
  const std::string refused = alice.say(by_proxy);
  EXPECT_EQ(status_of_text(refused), 439);
  EXPECT_TRUE(has_reason(refused, Reason::outbound_unsupported));
}

TEST(Registration, parameters_of_the_registrar_are_never_taken_from_the_client) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com",
            "Contact: <sip:a@10.0.0.1>;pub-gruu=\"sip:evil@example.com;gr=1\";temp-gruu=\"x\";expires=100;foo\r\n");
  EXPECT_EQ(script.world.binds.back().contacts[0].parameters, ";foo");
}

TEST(Registration, epid_names_the_device_without_an_instance) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.say(alice.request("REGISTER", "sip:example.com"));
  std::string text = alice.signed_request("REGISTER", "sip:example.com", phone);
  text.replace(text.find(";tag=f1"), 7, ";tag=f1;epid=cf0b98dadeb9");
  alice.say(text);
  ASSERT_EQ(script.world.binds.size(), 1U);
  EXPECT_EQ(script.world.binds[0].client->instance, "cf0b98dadeb9");
}

TEST(Registration, lost_connection_is_told_even_while_the_answer_is_open) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("REGISTER", "sip:example.com", phone);
  script.face.on_closed(alice.connection, false, script.now);
  ASSERT_EQ(script.world.gone.size(), 1U);
  EXPECT_EQ(script.world.gone[0].user, base::UserId{1});
  EXPECT_EQ(script.world.gone[0].connection, alice.connection);
  EXPECT_FALSE(script.world.gone[0].orderly);
  script.face.on(granted(script.world.binds[0]), script.now);  // late, and harmless
  EXPECT_EQ(script.heard(alice.connection), "");

  Client quiet(script, "alice", "wonder");
  quiet.ask("REGISTER", "sip:example.com");
  script.face.on_closed(quiet.connection, true, script.now);
  EXPECT_EQ(script.world.gone.size(), 1U) << "a query binds nothing";
}

TEST(Registration, users_on_one_connection_are_bounded) {
  Script script;
  std::vector<domain::User> users;
  for (std::uint32_t i = 0; i <= users_per_connection_max; ++i)
    users.push_back(make_user(10 + i, "u" + std::to_string(i) + "@example.com", "p"));
  script.directory = script.directory->with_users(users);
  script.face.set_directory(script.directory, script.now);
  Client client(script, "u0", "p");
  std::string answer;
  for (std::size_t i = 0; i <= users_per_connection_max; ++i) {
    client.user = "u" + std::to_string(i);
    client.nonce.clear();
    answer = client.ask("REGISTER", "sip:example.com", phone);
    EXPECT_EQ(script.world.binds.size(), std::min(i + 1, users_per_connection_max));
  }
  EXPECT_EQ(status_of_text(answer), 403);
  script.face.on_closed(client.connection, true, script.now);
  EXPECT_EQ(script.world.gone.size(), users_per_connection_max);
}

TEST(Registration, date_of_the_calendar) {  // RFC 3261 20.17
  EXPECT_EQ(sip_date({0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(sip_date({1'289'690'940'999'999}), "Sat, 13 Nov 2010 23:29:00 GMT");
  EXPECT_EQ(sip_date({1'709'164'800'000'000}), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace tertulia::face::simple
