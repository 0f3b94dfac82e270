// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_commands.h"

#include "face/lync/conference_script.h"
#include "face/lync/limits.h"
#include "wire/pidf/date_time.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;

cccp::AddConference wanted() {
  return {
      std::string(conference_id), {"", "2024-05-06T14:08:09Z", cccp::AdmissionPolicy::open_authenticated}, {"chat"}};
}

TEST(ConferenceCommands, capabilities_are_messages_alone) {
  Meeting t;
  for (const char* name : {"getConferencingCapabilities", "getAvailableMcuTypes"}) {
    const cccp::Operation operation = name == std::string_view("getAvailableMcuTypes")
                                          ? cccp::Operation(cccp::GetAvailableMcuTypes{})
                                          : cccp::Operation(cccp::GetConferencingCapabilities{});
    const std::string answer = t.service(t.alice, factory_address, name, operation);
    EXPECT_EQ(status_of_text(answer), 200);
    EXPECT_EQ(value_of(answer, "Content-Type"), "application/cccp+xml");
    EXPECT_EQ(verdict_of(answer), "success");
    EXPECT_TRUE(has(body_of(answer), "><mcu-types><mcuType>chat</mcuType></mcu-types></" + std::string(name)))
        << answer;
    EXPECT_TRUE(has(body_of(answer), "requestId=\"3\"")) << answer;
  }
}

TEST(ConferenceCommands, a_conference_is_made_with_the_clients_id) {
  Meeting t;
  EXPECT_EQ(t.service(t.alice, factory_address, "addConference", wanted()), "");
  ASSERT_EQ(t.script.world.creates.size(), 1U);
  const domain::CreateConference& asked = t.script.world.creates[0];
  EXPECT_EQ(asked.key, conference_key());
  EXPECT_EQ(asked.admission, domain::Admission::organisation);
  EXPECT_EQ(asked.presenters, domain::PresenterPolicy::nobody);
  EXPECT_FALSE(asked.scheduled);
  EXPECT_EQ(base::to_iso8601(asked.expires).substr(0, 19), "2024-05-06T14:08:09");
  t.script.face.on(domain::CreateAnswer{asked.ticket, Reason::none, asked.key}, t.script.now);
  const std::string answer = Meeting::last(t.alice);
  EXPECT_EQ(verdict_of(answer), "success");
  EXPECT_TRUE(has(body_of(answer), "<addConference><conference-info")) << answer;
  EXPECT_TRUE(has(body_of(answer), "entity=\"" + std::string(focus_address) + "\"")) << answer;
  EXPECT_GT(t.alice.signature_number(answer), 0U);
}

TEST(ConferenceCommands, admission_policies) {
  const std::pair<cccp::AdmissionPolicy, domain::Admission> table[] = {
      {cccp::AdmissionPolicy::closed_authenticated, domain::Admission::invited},
      {cccp::AdmissionPolicy::open_authenticated, domain::Admission::organisation},
      {cccp::AdmissionPolicy::anonymous, domain::Admission::everyone}};
  for (const auto& [policy, admission] : table) {
    Meeting t;
    cccp::AddConference add = wanted();
    add.settings.admission = policy;
    t.service(t.alice, factory_address, "addConference", add);
    ASSERT_EQ(t.script.world.creates.size(), 1U);
    EXPECT_EQ(t.script.world.creates[0].admission, admission);
  }
}

TEST(ConferenceCommands, why_none_is_made) {
  Meeting t;
  t.service(t.alice, factory_address, "addConference", wanted());
  t.script.face.on(domain::CreateAnswer{t.script.world.creates[0].ticket, Reason::conference_exists, {}}, t.script.now);
  const std::string twice = Meeting::last(t.alice);
  EXPECT_EQ(status_of_text(twice), 200);
  EXPECT_EQ(verdict_of(twice), "failure conferenceExistsAlready");
  EXPECT_TRUE(has_reason(twice, Reason::conference_exists));
  EXPECT_EQ(verdict_of(t.service(t.bob, factory_address, "addConference", wanted())), "failure unauthorized");
  cccp::AddConference bad = wanted();
  bad.conference_id = "a b";
  EXPECT_EQ(verdict_of(t.service(t.alice, factory_address, "addConference", bad)), "failure requestMalformed");
  bad = wanted();
  for (const char* time : {"tomorrow", "2001-01-01T00:00:00Z"}) {
    bad.settings.expiry_time = time;
    const std::string answer = t.service(t.alice, factory_address, "addConference", bad);
    EXPECT_EQ(verdict_of(answer), "failure requestMalformed");
    EXPECT_TRUE(has(value_of(answer, "ms-diagnostics"), "expiry-time")) << answer;
    EXPECT_EQ(verdict_of(t.service(t.alice, focus_address, "modifyConference",
                                   cccp::ModifyConference{std::string(focus_address), {{}, time, {}}})),
              "failure requestMalformed");
  }
  // Without an id, and with a policy that is none: the same answer, not another status.
  for (const char* description :
       {"<subject/>", "<conference-id>A</conference-id><admission-policy>nonsense</admission-policy>"}) {
    std::string body = Meeting::c3p(t.alice, factory_address, "addConference", cccp::Other{});
    body = replaced(body, "<addConference/>",
                    "<addConference><conference-info entity=\"\"><conference-description>" + std::string(description) +
                        "</conference-description></conference-info></addConference>");
    const std::string answer = t.alice.ask(Meeting::typed(
        {.method = "SERVICE", .uri = std::string(factory_address), .body = body}, wire::lync::cccp_type));
    EXPECT_EQ(status_of_text(answer), 200) << description;
    EXPECT_EQ(verdict_of(answer), "failure requestMalformed") << description;
  }
  EXPECT_TRUE(t.script.world.commands.empty());
  EXPECT_EQ(t.script.world.creates.size(), 1U);
}

TEST(ConferenceCommands, what_is_not_carried_out_says_so) {
  Meeting t;
  const std::string key = t.service(t.alice, factory_address, "getEncryptionKey", cccp::Other{});
  EXPECT_EQ(verdict_of(key), "failure notSupported");
  EXPECT_TRUE(has(value_of(key, "ms-diagnostics"), "This operation is not carried out here")) << key;
  const std::string add = t.service(t.alice, focus_address, "addUser", cccp::AddUser{});
  EXPECT_EQ(verdict_of(add), "failure notSupported");
  EXPECT_TRUE(has(value_of(add, "ms-diagnostics"), "by an INVITE")) << add;
}

TEST(ConferenceCommands, a_focus_does_nothing_for_another_conference) {
  Meeting t;
  for (const char* other : {"sip:alice@example.com;gruu;opaque=app:conf:focus:id:00", "sip:alice@example.com", "x"}) {
    EXPECT_EQ(verdict_of(t.service(t.alice, focus_address, "deleteConference", cccp::DeleteConference{other})),
              "failure conferenceDoesntExist")
        << other;
  }
  t.enter(t.alice);
  EXPECT_EQ(
      verdict_of(t.info(t.alice, "modifyConferenceLock",
                        cccp::ModifyConferenceLock{"sip:bob@example.com;gruu;opaque=app:conf:focus:id:00", true})),
      "failure conferenceDoesntExist");
  EXPECT_TRUE(t.script.world.commands.empty());
  t.info(t.alice, "modifyConferenceLock", cccp::ModifyConferenceLock{std::string(chat_address), true});
  EXPECT_EQ(t.script.world.commands.size(), 1U) << "by its unit it is named too";
}

TEST(ConferenceCommands, an_organizer_asks_which_he_has) {  // [MS-CONFPRO] 3.1.4.4
  Meeting t;
  EXPECT_EQ(t.service(t.alice, factory_address, "getConferences", cccp::GetConferences{}), "");
  ASSERT_EQ(t.script.world.lists.size(), 1U);
  const domain::ListConferences asked = t.script.world.lists[0];
  EXPECT_EQ(asked.organizer, base::UserId{1});
  domain::ConferenceKey other = conference_key();
  other.id = "ZZ";
  t.script.face.on(domain::ConferencesAnswer{asked.ticket, Reason::none, {conference_key(), other}}, t.script.now);
  const std::string answer = Meeting::last(t.alice);
  EXPECT_EQ(verdict_of(answer), "success");
  EXPECT_TRUE(has(body_of(answer), "entity=\"" + std::string(focus_address) + "\"")) << answer;
  EXPECT_TRUE(has(body_of(answer), "<msci:conference-id>ZZ</msci:conference-id>")) << answer;
  EXPECT_EQ(verdict_of(t.service(t.bob, factory_address, "getConferences", cccp::GetConferences{})),
            "failure unauthorized")
      << "only his own";

  const std::string fixed = t.service(t.alice, factory_address, "getConferences", cccp::GetConferences{true});
  EXPECT_TRUE(has(body_of(fixed), "code=\"success\"><getConferences/>")) << "nobody has one for ever: " << fixed;
  t.service(t.alice, factory_address, "getConferences", cccp::GetConferences{});
  t.script.face.on(domain::ConferencesAnswer{t.script.world.lists.back().ticket, Reason::server_busy, {}},
                   t.script.now);
  EXPECT_EQ(verdict_of(Meeting::last(t.alice)), "failure otherFailure");
}

TEST(ConferenceCommands, what_is_no_request_is_refused) {
  Meeting t;
  const auto say = [&](std::string_view to, std::string_view body) {
    return t.alice.ask(Meeting::typed({.method = "SERVICE", .uri = std::string(to), .body = std::string(body)},
                                      wire::lync::cccp_type));
  };
  EXPECT_TRUE(has_reason(say(factory_address, "<response/>"), Reason::command_malformed));
  EXPECT_EQ(status_of_text(say(factory_address, "(null)")), 400);
  const std::string good = Meeting::c3p(t.alice, factory_address, "getConferences", cccp::GetConferences{});
  EXPECT_EQ(status_of_text(say("sip:alice@example.com", good)), 404);
  EXPECT_EQ(status_of_text(say("sip:nobody@example.com;gruu;opaque=app:conf:focusfactory", good)), 404);
}

/// COMPAT: without an address of a factory the client asks nobody.
TEST(ConferenceCommands, a_client_without_an_address_is_survived) {
  Meeting t;
  for (const char* method : {"SERVICE", "INVITE"}) {
    const std::string answer = t.alice.say(t.alice.text_of(Meeting::typed(
        {.method = method, .uri = "(null)", .headers = Meeting::contact(t.alice), .to = "sip:alice@example.com"},
        wire::lync::cccp_type)));
    EXPECT_EQ(status_of_text(answer), 400) << method;
  }
  EXPECT_EQ(status_of_text(t.service(t.alice, factory_address, "getAvailableMcuTypes", cccp::GetAvailableMcuTypes{})),
            200);
}

TEST(ConferenceCommands, a_focus_is_commanded_by_service_too) {
  Meeting t;
  EXPECT_EQ(t.service(t.alice, focus_address, "deleteConference", cccp::DeleteConference{std::string(focus_address)}),
            "");
  ASSERT_EQ(t.script.world.commands.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<domain::conference::End>(t.script.world.commands[0].command));
  EXPECT_EQ(t.script.world.commands[0].by, base::UserId{1});
  EXPECT_EQ(t.script.world.commands[0].key, conference_key());
  EXPECT_EQ(verdict_of(t.command_answered(t.alice)), "success");
}

TEST(ConferenceCommands, a_change_of_several_settings_is_answered_once) {
  Meeting t;
  const cccp::ModifyConference modify{std::string(focus_address),
                                      {"Plans", "2024-05-06T14:08:09Z", cccp::AdmissionPolicy::closed_authenticated}};
  EXPECT_EQ(t.service(t.alice, factory_address, "modifyConference", modify), "");
  const auto& commands = t.script.world.commands;
  ASSERT_EQ(commands.size(), 3U);
  EXPECT_EQ(std::get<domain::conference::SetSubject>(commands[0].command).subject, "Plans");
  EXPECT_EQ(std::get<domain::conference::SetAdmission>(commands[1].command).admission, domain::Admission::invited);
  EXPECT_TRUE(std::holds_alternative<domain::conference::SetExpiry>(commands[2].command));
  t.script.face.on(domain::CommandAnswer{commands[0].ticket, Reason::presenters_only}, t.script.now);
  t.script.face.on(domain::CommandAnswer{commands[1].ticket, Reason::none}, t.script.now);
  EXPECT_EQ(Meeting::last(t.alice), "");
  EXPECT_EQ(verdict_of(t.command_answered(t.alice)), "failure unauthorized");
  EXPECT_EQ(verdict_of(t.service(t.alice, factory_address, "modifyConference",
                                 cccp::ModifyConference{"sip:alice@example.com", {"x", "", {}}})),
            "failure conferenceDoesntExist");
}

TEST(ConferenceCommands, a_member_may_look_at_it) {
  Meeting t;
  EXPECT_EQ(t.service(t.alice, focus_address, "getConference", cccp::GetConference{}), "");
  auto whole = Meeting::roster(4);
  whole->members = {Meeting::member(1, true)};
  auto description = std::make_shared<domain::ConferenceDescription>(*whole->description);
  description->admission = domain::Admission::invited;
  description->expires = *wire::pidf::read_date_time("2024-05-06T14:08:09Z");
  whole->description = description;
  t.tell(whole);
  const std::string answer = Meeting::last(t.alice);
  EXPECT_EQ(verdict_of(answer), "success");
  EXPECT_TRUE(has(body_of(answer), "<getConference><conference-info xmlns=")) << answer;
  EXPECT_TRUE(t.script.world.conference_watches.back().once) << "and is no watcher afterwards";
  EXPECT_TRUE(has(body_of(answer), "<msci:conference-id>" + std::string(conference_id) + "</msci:conference-id>"));
  EXPECT_TRUE(has(body_of(answer), "<msci:expiry-time>2024-05-06T14:08:09.000Z</msci:expiry-time>")) << answer;
  EXPECT_TRUE(has(body_of(answer), "<msci:admission-policy>closedAuthenticated</msci:admission-policy>")) << answer;
  t.service(t.bob, focus_address, "getConference", cccp::GetConference{});
  t.tell(nullptr, 0, Reason::not_in_conference);
  EXPECT_EQ(verdict_of(Meeting::last(t.bob)), "failure userDoesntExist");
}

TEST(ConferenceCommands, what_waits_is_bounded) {
  Meeting t;
  for (std::size_t i = 0; i < changes_waiting_per_connection_max; ++i)
    EXPECT_EQ(t.service(t.alice, factory_address, "addConference", wanted()), "") << i;
  EXPECT_TRUE(has_reason(t.service(t.alice, factory_address, "addConference", wanted()), Reason::server_busy));
  for (const auto& one : t.script.world.creates)
    t.script.face.on(domain::CreateAnswer{one.ticket, Reason::conference_exists, {}}, t.script.now);
  EXPECT_EQ(t.service(t.alice, factory_address, "addConference", wanted()), "");
}

TEST(ConferenceCommands, provisioning_names_the_factory) {
  Meeting t;
  const std::string answer = t.alice.ask(Meeting::typed(
      {.method = "SUBSCRIBE",
       .uri = t.alice.own(),
       .headers = "Event: vnd-microsoft-provisioning-v2\r\nSupported: ms-benotify\r\nSupported: "
                  "ms-piggyback-first-notify\r\nExpires: 0\r\n" +
                  Meeting::contact(t.alice),
       .body = "<provisioningGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist\">"
               "<provisioningGroup name=\"ServerConfiguration\"/><provisioningGroup name=\"meetingPolicy\"/>"
               "</provisioningGroupList>"},
      "application/vnd-microsoft-roaming-provisioning-v2+xml"));
  EXPECT_TRUE(has(body_of(answer), "<focusFactoryUri>" + std::string(factory_address) + "</focusFactoryUri>"))
      << answer;
  EXPECT_TRUE(has(body_of(answer), "<property name=\"Enabled\">true</property>")) << answer;
}

}  // namespace
}  // namespace tertulia::face::lync
