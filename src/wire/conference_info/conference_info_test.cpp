// SPDX-License-Identifier: Apache-2.0
#include "wire/conference_info/conference_info.h"

#include <gtest/gtest.h>

#include "wire/conference_info/limits.h"

namespace tertulia::wire::conference_info {
namespace {

using base::Reason;

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n";

/// A two-party conference like the one of RFC 4575 5.9.
ConferenceInfo two_people() {
  ConferenceInfo info;
  info.entity = "sip:conference.alice.54bd@example.com";
  info.version = 4;
  info.description.emplace();
  info.description->subject = "Budget & <plans>";
  info.description->conf_uris.push_back({info.entity, "", "participation"});
  info.description->maximum_user_count = 250;
  info.conference_state = ConferenceState{2, true, false};
  info.users.push_back({"sip:alice@example.com", State::full, "Alice \"A\"", {"presenter"}, {}});
  info.users.back().endpoints.push_back({.entity = "d1", .media = {{"1", "message", ""}}});
  info.users.push_back({"sip:bob@example.com", State::full, "", {"attendee"}, {}});
  return info;
}

TEST(ConferenceInfo, full_document) {
  const std::string written = write(two_people());
  EXPECT_EQ(written,
            std::string(declaration) +
                "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" "
                "entity=\"sip:conference.alice.54bd@example.com\" state=\"full\" version=\"4\">"
                "<conference-description><subject>Budget &amp; &lt;plans&gt;</subject><conf-uris><entry>"
                "<uri>sip:conference.alice.54bd@example.com</uri><purpose>participation</purpose></entry></conf-uris>"
                "<maximum-user-count>250</maximum-user-count></conference-description>"
                "<conference-state><user-count>2</user-count><active>true</active><locked>false</locked>"
                "</conference-state><users state=\"full\"><user entity=\"sip:alice@example.com\" state=\"full\">"
                "<display-text>Alice &quot;A&quot;</display-text><roles><entry>presenter</entry></roles>"
                "<endpoint entity=\"d1\"><status>connected</status><media id=\"1\"><type>message</type></media>"
                "</endpoint></user><user entity=\"sip:bob@example.com\" state=\"full\"><roles><entry>attendee</entry>"
                "</roles></user></users></conference-info>\r\n");
  const auto again = read(written);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, two_people());
}

TEST(ConferenceInfo, what_clients_of_the_dialect_need) {
  ConferenceInfo info;
  info.entity = "sip:alice@example.com;gruu;opaque=app:conf:focus:id:54BD";
  info.description.emplace();
  info.description->conf_uris.push_back({"sip:alice@example.com;gruu;opaque=app:conf:chat:id:54BD", "chat", "chat"});
  info.description->conference_id = "54BD";
  info.description->expiry_time = "2024-05-06T14:08:09Z";
  info.description->admission_policy = "openAuthenticated";
  info.description->organizer_name = "Alice A";
  info.description->organizer_uri = "sip:alice@example.com";
  info.description->join_url = "https://meet.example.com/alice/54BD";
  info.users.push_back({"sip:alice@example.com", State::full, "Alice A", {"presenter"}, {}});
  info.users.back().endpoints.push_back({.entity = "{64BC}", .session_type = "focus"});
  info.users.back().endpoints.push_back({.entity = "{0A1B}", .session_type = "chat", .media = {{"1", "chat", ""}}});
  info.views.push_back({info.description->conf_uris[0].uri, {{"chat", "chat", ""}}, false});
  const std::string written = write(info);
  for (const std::string_view piece :
       {" xmlns:msci=\"http://schemas.microsoft.com/rtc/2005/08/confinfoextensions\" entity=",
        "<endpoint entity=\"{64BC}\" msci:session-type=\"focus\"><status>connected</status></endpoint>",
        "<display-text>chat</display-text><purpose>chat</purpose>",
        "<msci:conference-id>54BD</msci:conference-id><msci:expiry-time>2024-05-06T14:08:09Z</msci:expiry-time>"
        "<msci:admission-policy>openAuthenticated</msci:admission-policy>"
        "<msci:organizer><msci:display-name>Alice A</msci:display-name><msci:uri>sip:alice@example.com</msci:uri>",
        "<msci:join-url>https://meet.example.com/alice/54BD</msci:join-url>",
        "<msci:conference-view><msci:entity-view entity=\"sip:alice@example.com;gruu;opaque=app:conf:chat:id:54BD\">"
        "<msci:entity-state><msci:media><entry label=\"chat\"><type>chat</type></entry></msci:media>"
        "<msci:locked>false</msci:locked></msci:entity-state></msci:entity-view></msci:conference-view>"})
    EXPECT_NE(written.find(piece), std::string::npos) << piece << "\n" << written;
  const auto again = read(written);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, info);
}

TEST(ConferenceInfo, partial_and_deleted) {
  ConferenceInfo info;
  info.entity = "sip:c@example.com";
  info.version = 5;
  info.state = State::partial;
  info.users.push_back({"sip:bob@example.com", State::deleted, "", {}, {}});
  EXPECT_EQ(write(info), std::string(declaration) +
                             "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" "
                             "entity=\"sip:c@example.com\" state=\"partial\" version=\"5\"><users state=\"partial\">"
                             "<user entity=\"sip:bob@example.com\" state=\"deleted\"/></users></conference-info>\r\n");
  EXPECT_EQ(*read(write(info)), info);
  info.users.clear();
  EXPECT_EQ(write(info).find("<users"), std::string::npos);
  EXPECT_EQ(*read(write(info)), info);
  info.state = State::deleted;
  EXPECT_EQ(*read(write(info)), info);
}

TEST(ConferenceInfo, rfc4575_section_6_example_as_clients_read_it) {
  const auto info = read(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"sips:conf233@example.com\" "
      "state=\"full\" version=\"1\">\n"
      "<conference-description><subject>Agenda: This month's goals</subject>\n"
      "<service-uris><entry><uri>http://sharepoint/salesgroup/</uri><purpose>web-page</purpose></entry></service-uris>"
      "</conference-description>\n"
      "<conference-state><user-count>33</user-count></conference-state>\n"
      "<users><user entity=\"sip:bob@example.com\" state=\"full\"><display-text>Bob Hoskins</display-text>"
      "<endpoint entity=\"sip:bob@pc33.example.com\"><display-text>Bob's Laptop</display-text>"
      "<status>disconnected</status><disconnection-method>departed</disconnection-method>"
      "<media id=\"1\"><label>34567</label><type>audio</type></media></endpoint></user></users>\n"
      "</conference-info>");
  ASSERT_TRUE(info) << info.error().detail;
  EXPECT_EQ(info->description->subject, "Agenda: This month's goals");
  EXPECT_EQ(info->conference_state->user_count, 33u);
  ASSERT_EQ(info->users.size(), 1u);
  ASSERT_EQ(info->users[0].endpoints.size(), 1u);
  EXPECT_EQ(info->users[0].endpoints[0].status, Status::disconnected);
  EXPECT_EQ(info->users[0].endpoints[0].media, (std::vector<Media>{{"1", "audio", "34567"}}));
}

TEST(ConferenceInfo, refuses_what_is_not_one) {
  EXPECT_EQ(read("<presence/>").reason(), Reason::malformed_message);
  EXPECT_EQ(read("<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\"/>").reason(),
            Reason::malformed_message);
  for (const std::string_view rest :
       {"version=\"-1\"/>", "state=\"some\"/>", "><users><user/></users></conference-info>",
        "><users state=\"x\"/></conference-info>",
        "><users><user entity=\"a\" state=\"x\"/></users></conference-info>"})
    EXPECT_EQ(read("<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"sip:c@d\" " +
                   std::string(rest))
                  .reason(),
              Reason::malformed_message)
        << rest;
}

TEST(NothingUnbounded, conference_info) {
  const auto many = [](auto change, std::size_t count) {
    ConferenceInfo info = two_people();
    change(info, count);
    return read(write(info));
  };
  const auto users = [](ConferenceInfo& info, std::size_t count) { info.users.resize(count, info.users[1]); };
  const auto roles = [](ConferenceInfo& info, std::size_t count) { info.users[0].roles.resize(count, "r"); };
  const auto endpoints = [](ConferenceInfo& info, std::size_t count) { info.users[0].endpoints.resize(count); };
  const auto media = [](ConferenceInfo& info, std::size_t count) { info.users[0].endpoints[0].media.resize(count); };
  const auto uris = [](ConferenceInfo& info, std::size_t count) { info.description->conf_uris.resize(count); };
  const auto offers = [](ConferenceInfo& info, std::size_t count) { info.description->available_media.resize(count); };
  const auto views = [](ConferenceInfo& info, std::size_t count) { info.views.resize(count); };
  const auto check = [&](auto change, std::size_t most) {
    EXPECT_TRUE(many(change, most)) << most;
    EXPECT_EQ(many(change, most + 1).reason(), Reason::malformed_message) << most;
  };
  check(users, users_max);
  check(roles, roles_max);
  check(endpoints, endpoints_max);
  check(media, media_max);
  check(uris, conf_uris_max);
  check(offers, media_max);
  check(views, views_max);

  std::string padded = write(two_people());
  padded.append(document_bytes_max - padded.size(), ' ');
  EXPECT_TRUE(read(padded));
  EXPECT_EQ(read(padded + ' ').reason(), Reason::message_too_large);
}

}  // namespace
}  // namespace tertulia::wire::conference_info
