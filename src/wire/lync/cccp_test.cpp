// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/cccp.h"

#include <gtest/gtest.h>

#include "wire/lync/conference_invite.h"
#include "wire/lync/limits.h"
#include "wire/lync/testing.h"
#include "wire/xml/document.h"

namespace tertulia::wire::lync {
namespace {

using testing::contains;

constexpr std::string_view focus =
    "sip:alice@example.com;gruu;opaque=app:conf:focus:id:54BD7F04CBD5C4F0212EA1FCF039DDC7";

std::string enveloped(std::string_view operation) {
  return "<?xml version=\"1.0\"?><request xmlns=\"urn:ietf:params:xml:ns:cccp\" "
         "xmlns:mscp=\"http://schemas.microsoft.com/rtc/2005/08/cccpextensions\" C3PVersion=\"1\" to=\"" +
         std::string(focus) + "\" from=\"sip:alice@example.com\" requestId=\"3\">" + std::string(operation) +
         "</request>";
}

base::Result<CccpRequest> read(std::string_view operation) { return read_cccp_request(enveloped(operation)); }

template <typename Kind>
Kind operation_of(std::string_view operation) {
  const auto request = read(operation);
  const Kind* found = request ? std::get_if<Kind>(&request->operation) : nullptr;
  EXPECT_NE(found, nullptr) << operation;
  return found ? *found : Kind{};
}

TEST(Cccp, the_envelope) {
  const auto request = read("<getConferencingCapabilities/>");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->id, "3");
  EXPECT_EQ(request->from, "sip:alice@example.com");
  EXPECT_EQ(request->to, focus);
  EXPECT_EQ(request->name, "getConferencingCapabilities");
  EXPECT_TRUE(std::holds_alternative<cccp::GetConferencingCapabilities>(request->operation));
}

/// As pidgin-sipe 1.25 writes it (conferences 3.1).
TEST(Cccp, add_conference) {
  const auto add = operation_of<cccp::AddConference>(
      "<addConference><ci:conference-info xmlns:ci=\"urn:ietf:params:xml:ns:conference-info\" entity=\"\" "
      "xmlns:msci=\"http://schemas.microsoft.com/rtc/2005/08/confinfoextensions\"><ci:conference-description>"
      "<ci:subject/><msci:conference-id>54BD7F04CBD5C4F0212EA1FCF039DDC7</msci:conference-id>"
      "<msci:expiry-time>2024-05-06T14:08:09Z</msci:expiry-time>"
      "<msci:admission-policy>openAuthenticated</msci:admission-policy></ci:conference-description>"
      "<msci:conference-view><msci:entity-view entity=\"chat\"/></msci:conference-view></ci:conference-info>"
      "</addConference>");
  EXPECT_EQ(add.conference_id, "54BD7F04CBD5C4F0212EA1FCF039DDC7");
  EXPECT_EQ(add.settings.subject, "");
  EXPECT_EQ(add.settings.expiry_time, "2024-05-06T14:08:09Z");
  EXPECT_EQ(add.settings.admission, cccp::AdmissionPolicy::open_authenticated);
  EXPECT_EQ(add.media, (std::vector<std::string>{"chat"}));
}

TEST(Cccp, add_user) {
  const auto add = operation_of<cccp::AddUser>(
      "<addUser><conferenceKeys confEntity=\"sip:c\"/><ci:user xmlns:ci=\"urn:ietf:params:xml:ns:conference-info\" "
      "entity=\"sip:alice@example.com\"><ci:roles><ci:entry>attendee</ci:entry></ci:roles><ci:endpoint "
      "entity=\"{64BC69AF-6632-B1B7-4852-89E28C2E62E8}\" xmlns:msci=\"urn:x\"/></ci:user></addUser>");
  EXPECT_EQ(add,
            (cccp::AddUser{"sip:c", "sip:alice@example.com", "attendee", "{64BC69AF-6632-B1B7-4852-89E28C2E62E8}"}));
}

TEST(Cccp, what_a_leader_wants) {
  EXPECT_EQ(operation_of<cccp::ModifyUserRoles>(
                "<modifyUserRoles><userKeys confEntity=\"sip:c\" userEntity=\"sip:bob@example.com\"/><user-roles "
                "xmlns=\"urn:ietf:params:xml:ns:conference-info\"><entry>presenter</entry></user-roles>"
                "</modifyUserRoles>"),
            (cccp::ModifyUserRoles{"sip:c", "sip:bob@example.com", "presenter"}));
  EXPECT_EQ(operation_of<cccp::ModifyConferenceLock>("<modifyConferenceLock><conferenceKeys confEntity=\"sip:c\"/>"
                                                     "<locked>true</locked></modifyConferenceLock>"),
            (cccp::ModifyConferenceLock{"sip:c", true}));
  EXPECT_EQ(operation_of<cccp::DeleteUser>(
                "<deleteUser><userKeys confEntity=\"sip:c\" userEntity=\"sip:bob@example.com\"/></deleteUser>"),
            (cccp::DeleteUser{"sip:c", "sip:bob@example.com"}));
  EXPECT_EQ(operation_of<cccp::DeleteConference>(
                "<deleteConference><conferenceKeys confEntity=\"sip:c\"/></deleteConference>")
                .conference,
            "sip:c");
}

TEST(Cccp, what_is_not_known_is_named) {
  const auto request = read("<modifyEndpointMedia><x/></modifyEndpointMedia>");
  ASSERT_TRUE(request);
  EXPECT_TRUE(std::holds_alternative<cccp::Other>(request->operation));
  EXPECT_EQ(request->name, "modifyEndpointMedia");
}

TEST(Cccp, defects) {
  for (const char* bad :
       {"", "text", "<request", "<response/>", "<request xmlns=\"urn:ietf:params:xml:ns:cccp\"/>", "(null)"})
    EXPECT_FALSE(read_cccp_request(bad)) << bad;
  for (const char* bad :
       {"<addConference/>", "<addConference><conference-info/></addConference>",
        "<addConference><conference-info><conference-description><conference-id>A</conference-id>"
        "<admission-policy>nonsense</admission-policy></conference-description></conference-info></addConference>",
        "<modifyConference><conference-info entity=\"sip:c\"><conference-description><admission-policy>x"
        "</admission-policy></conference-description></conference-info></modifyConference>",
        "<deleteUser/>", "<modifyUserRoles/>", "<modifyUserRoles><userKeys userEntity=\"sip:b\"/></modifyUserRoles>",
        "<modifyConferenceLock/>", "<modifyConferenceLock><locked>maybe</locked></modifyConferenceLock>",
        "<modifyConference/>", "<modifyConference><conference-info entity=\" \"/></modifyConference>"})
    EXPECT_FALSE(operation_of<cccp::Defective>(bad).detail.empty()) << bad;
  EXPECT_EQ(read("").reason(), base::Reason::command_malformed) << "no operation at all";
  EXPECT_EQ(read_cccp_request(std::string(document_bytes_max + 1, ' ')).reason(), base::Reason::message_too_large);
}

TEST(Cccp, media_are_bounded) {
  const auto with = [](std::size_t count) {
    std::string views;
    for (std::size_t i = 0; i < count; ++i) views += "<entity-view entity=\"chat\"/>";
    return read(
        "<addConference><conference-info><conference-description><conference-id>A</conference-id>"
        "</conference-description><conference-view>" +
        views + "</conference-view></conference-info></addConference>");
  };
  EXPECT_TRUE(with(conference_media_max));
  EXPECT_EQ(with(conference_media_max + 1).reason(), base::Reason::list_too_long);
}

TEST(Cccp, what_is_written_is_read_again) {
  const std::vector<std::pair<std::string, cccp::Operation>> all = {
      {"getConferencingCapabilities", cccp::GetConferencingCapabilities{}},
      {"getAvailableMcuTypes", cccp::GetAvailableMcuTypes{}},
      {"getConferences", cccp::GetConferences{}},
      {"getConferences", cccp::GetConferences{true}},
      {"getEncryptionKey", cccp::Other{}},
      {"addConference",
       cccp::AddConference{
           "A1", {"a <b> & \"c\"", "2024-05-06T14:08:09Z", cccp::AdmissionPolicy::anonymous}, {"chat"}}},
      {"modifyConference", cccp::ModifyConference{"sip:c", {"s", "", cccp::AdmissionPolicy::closed_authenticated}}},
      {"getConference", cccp::GetConference{"sip:c"}},
      {"deleteConference", cccp::DeleteConference{"sip:c"}},
      {"addUser", cccp::AddUser{"sip:c", "sip:b", "attendee", "{1}"}},
      {"deleteUser", cccp::DeleteUser{"sip:c", "sip:b"}},
      {"modifyUserRoles", cccp::ModifyUserRoles{"sip:c", "sip:b", "presenter"}},
      {"modifyConferenceLock", cccp::ModifyConferenceLock{"sip:c", false}},
  };
  for (const auto& [name, operation] : all) {
    const CccpRequest request{"7", "sip:a", "sip:f", name, operation};
    const auto again = read_cccp_request(write_cccp_request(request));
    ASSERT_TRUE(again) << name;
    EXPECT_EQ(*again, request) << name;
  }
}

TEST(Cccp, responses) {
  EXPECT_EQ(write_cccp_response({"3", "sip:f", "sip:a", "", "addConference", cccp_conference("sip:f;x=<y>")}),
            "<response xmlns=\"urn:ietf:params:xml:ns:cccp\" "
            "xmlns:mscp=\"http://schemas.microsoft.com/rtc/2005/08/cccpextensions\" C3PVersion=\"1\" requestId=\"3\" "
            "from=\"sip:f\" to=\"sip:a\" code=\"success\"><addConference><conference-info "
            "xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"sip:f;x=&lt;y&gt;\" version=\"1\"/>"
            "</addConference></response>");
  const std::string refused =
      write_cccp_response({"3", "sip:f", "sip:a", "conferenceExistsAlready", "addConference", {}});
  EXPECT_TRUE(contains(refused, "code=\"failure\" reason=\"conferenceExistsAlready\"><addConference/></response>"));
  EXPECT_EQ(cccp_mcu_types({"chat"}), "<mcu-types><mcuType>chat</mcuType></mcu-types>");
  EXPECT_EQ(cccp_listed_conference("sip:c", "A1"),
            "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" "
            "xmlns:msci=\"http://schemas.microsoft.com/rtc/2005/08/confinfoextensions\" entity=\"sip:c\">"
            "<conference-description><msci:conference-id>A1</msci:conference-id></conference-description>"
            "</conference-info>");
  EXPECT_EQ(cccp_user_added("sip:c", "sip:a", "presenter"),
            "<conferenceKeys confEntity=\"sip:c\"/><ci:user xmlns:ci=\"urn:ietf:params:xml:ns:conference-info\" "
            "entity=\"sip:a\"><ci:roles><ci:entry>presenter</ci:entry></ci:roles></ci:user>");
}

// ---- ms-conf-invite

TEST(ConferenceInvite, as_a_client_writes_it) {
  const auto invite = read_conference_invite(
      "<Conferencing version=\"2.0\"><focus-uri>" + std::string(focus) +
      "</focus-uri><subject>Budget &amp; more</subject><im available=\"true\"><first-im/></im></Conferencing>");
  ASSERT_TRUE(invite);
  EXPECT_EQ(invite->focus, focus);
  EXPECT_EQ(invite->subject, "Budget & more");
  EXPECT_EQ(invite->first_im, "");
}

TEST(ConferenceInvite, a_subject_need_not_be_well_formed) {
  for (const char* subject : {"R&D", "a < b", "<b>", "</subject>x"}) {
    const auto invite = read_conference_invite("<Conferencing version=\"2.0\"><focus-uri>sip:c</focus-uri><subject>" +
                                               std::string(subject) +
                                               "</subject><im available=\"true\"><first-im>aGVsbG8=</first-im></im>"
                                               "</Conferencing>");
    ASSERT_TRUE(invite) << subject;
    EXPECT_EQ(*invite, (ConferenceInvite{"sip:c", subject, "aGVsbG8="}));
  }
}

TEST(ConferenceInvite, without_a_focus_it_is_none) {
  for (const char* bad : {"", "<Conferencing/>", "<Conferencing><focus-uri> </focus-uri></Conferencing>",
                          "</focus-uri><focus-uri>", "<focus-uri>sip:c", "(null)"})
    EXPECT_EQ(read_conference_invite(bad).reason(), base::Reason::command_malformed) << bad;
  EXPECT_EQ(read_conference_invite(std::string(document_bytes_max + 1, 'x')).reason(), base::Reason::message_too_large);
}

TEST(ConferenceInvite, what_is_written) {
  const ConferenceInvite invite{std::string(focus), "R&D"};
  EXPECT_EQ(write_conference_invite(invite),
            "<Conferencing version=\"2.0\"><focus-uri>" + std::string(focus) +
                "</focus-uri><subject>R&amp;D</subject><im available=\"true\"><first-im/></im></Conferencing>");
  for (const ConferenceInvite& one : {invite, ConferenceInvite{std::string(focus), "", "aGVsbG8="}}) {
    const auto again = read_conference_invite(write_conference_invite(one));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, one);
  }
}

}  // namespace
}  // namespace tertulia::wire::lync
