// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/lync/categories.h"
#include "wire/lync/container_members.h"
#include "wire/lync/limits.h"
#include "wire/lync/roaming_self.h"
#include "wire/lync/state_element.h"
#include "wire/lync/testing.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;
using base::Result;
using testing::contains;
using testing::sample;

CategoryEntry full_entry() {
  CategoryEntry entry;
  entry.name = "note";
  entry.instance = 0;
  entry.container = 200;
  entry.version = 3;
  entry.publish_time = base::WallTime{1714979289'123000};  // 2024-05-06 07:08:09.123
  entry.expire_type = ExpireType::time;
  entry.expires_seconds = 60;
  entry.endpoint_id = "b7878522";
  entry.content = "<note/>";
  return entry;
}

TEST(Categories, a_watcher_is_told_less_than_the_owner) {
  EXPECT_EQ(write_categories("sip:bob@example.com", {full_entry()}, CategoryReader::watcher),
            "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:bob@example.com\">"
            "<category name=\"note\" instance=\"0\" publishTime=\"2024-05-06T07:08:09.123Z\"><note/></category>"
            "</categories>");
  EXPECT_EQ(write_categories("sip:bob@example.com", {full_entry()}, CategoryReader::owner),
            "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:bob@example.com\">"
            "<category name=\"note\" instance=\"0\" publishTime=\"2024-05-06T07:08:09.123Z\" container=\"200\" "
            "version=\"3\" expireType=\"time\" expires=\"60\" endpointId=\"b7878522\"><note/></category></categories>");
}

TEST(Categories, an_entry_without_name_is_not_written) {
  for (const char* name : {"", " ", "\x01"}) {
    CategoryEntry entry = full_entry();
    entry.name = name;
    EXPECT_FALSE(contains(write_categories("sip:b@c", {entry}, CategoryReader::owner), "<category "));
  }
}

TEST(Categories, content_that_ends_a_client_is_left_out) {
  for (const char* content : {"<state><availability/></state>", "<state>", "</category>", "text", "<!-- x"}) {
    CategoryEntry entry = full_entry();
    entry.name = "state";
    entry.content = content;
    const std::string written = write_categories("sip:b@c", {entry}, CategoryReader::owner);
    EXPECT_TRUE(contains(written, "endpointId=\"b7878522\"/></categories>")) << written;
  }
}

TEST(Categories, none_is_good) {
  EXPECT_EQ(write_categories("sip:<b>@c", {}, CategoryReader::watcher),
            "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:&lt;b&gt;@c\"/>");
}

TEST(RoamingSelf, request_of_a_client) {
  const Result<RoamingSelfRequest> read = read_roaming_list(sample("roaming-list.xml"));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (RoamingSelfRequest{true, true, true}));
  EXPECT_EQ(
      *read_roaming_list("<roamingList><roaming type=\"containers\"/><roaming type=\"x\"/><roaming/></roamingList>"),
      (RoamingSelfRequest{false, true, false}));
  EXPECT_EQ(*read_roaming_list(""), (RoamingSelfRequest{true, true, true}));
  EXPECT_EQ(read_roaming_list("<roaming/>").reason(), Reason::command_malformed);
  EXPECT_EQ(read_roaming_list("<roamingList>").reason(), Reason::malformed_message);
}

TEST(RoamingSelf, sections_are_optional) {
  RoamingSelf data;
  data.uri = "sip:alice@example.com";
  EXPECT_EQ(write_roaming_data(data), "<roamingData xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\"/>");
  data.categories.emplace();
  data.containers = {{200, 1, {{MemberType::same_enterprise, ""}, {MemberType::user, "sip:bob@example.com"}}},
                     {100, 2, {}}};
  data.subscribers = {
      {"sip:bob@example.com", "Bob B", false, "sameEnterprise"}, {"sip:", "Nobody", true, ""}, {"", "", true, ""}};
  EXPECT_EQ(
      write_roaming_data(data),
      "<roamingData xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\">"
      "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:alice@example.com\"/>"
      "<containers xmlns=\"http://schemas.microsoft.com/2006/09/sip/containers\"><container id=\"200\" version=\"1\">"
      "<member type=\"sameEnterprise\"/><member type=\"user\" value=\"bob@example.com\"/></container>"
      "<container id=\"100\" version=\"2\"/></containers>"
      "<subscribers xmlns=\"http://schemas.microsoft.com/2006/09/sip/presence-subscribers\">"
      "<subscriber user=\"bob@example.com\" displayName=\"Bob B\" acknowledged=\"false\" type=\"sameEnterprise\"/>"
      "</subscribers></roamingData>");
}

TEST(RoamingSelf, the_sum_of_states_stands_last) {
  StateElement aggregate;
  aggregate.type = StateType::aggregate;
  aggregate.availability = 3500;
  StateElement machine;
  machine.type = StateType::machine;
  machine.availability = 3500;
  CategoryEntry sum;
  sum.name = "state";
  sum.instance = 1;
  sum.content = to_xml(aggregate);
  CategoryEntry source = sum;
  source.instance = 2;
  source.content = to_xml(machine);
  RoamingSelf data;
  data.uri = "sip:a@b";
  data.categories = {sum, source};
  const std::string written = write_roaming_data(data);
  EXPECT_LT(written.find("machineState"), written.find("aggregateState"));
}

TEST(ContainerMembers, requests_of_a_client) {
  const std::string defaults = sample("set-container-members-defaults.xml");
  const Result<SetContainerMembers> read = read_set_container_members(defaults);
  ASSERT_TRUE(read) << read.error().detail;
  const SetContainerMembers expected{{{200, 0, {{MemberAction::add, {MemberType::same_enterprise, ""}}}},
                                      {100, 0, {{MemberAction::add, {MemberType::federated, ""}}}}}};
  EXPECT_EQ(*read, expected);
  EXPECT_EQ(write_set_container_members(*read), defaults);
  const Result<SetContainerMembers> block = read_set_container_members(sample("set-container-members-block.xml"));
  ASSERT_TRUE(block);
  const SetContainerMembers blocked{{{32000, 0, {{MemberAction::add, {MemberType::user, "bob@example.test"}}}}}};
  EXPECT_EQ(*block, blocked);
}

TEST(ContainerMembers, refuses_what_it_cannot_place) {
  const auto reason = [](std::string_view inside) {
    return read_set_container_members(
               std::string("<setContainerMembers>").append(inside).append("</setContainerMembers>"))
        .reason();
  };
  EXPECT_EQ(
      reason(
          "<container id=\"1\" version=\"2\"><member action=\"remove\" type=\"user\" value=\"SIP:a@b\"/></container>"),
      Reason::none);
  EXPECT_EQ(reason("<container id=\"1\" version=\"2\"><x/></container>"), Reason::none);
  for (const char* bad :
       {"", "<container version=\"2\"/>", "<container id=\"1\"/>", "<container id=\"x\" version=\"1\"/>",
        "<container id=\"1\" version=\"2\"><member type=\"everyone\"/></container>",
        "<container id=\"1\" version=\"2\"><member action=\"add\" type=\"someone\"/></container>",
        "<container id=\"1\" version=\"2\"><member action=\"add\" type=\"user\"/></container>",
        "<container id=\"1\" version=\"2\"><member action=\"add\" type=\"domain\" value=\" \"/></container>"})
    EXPECT_EQ(reason(bad), Reason::command_malformed) << bad;
}

TEST(ContainerMembers, as_many_members_as_the_limit) {
  SetContainerMembers request{{{200, 0, {}}, {300, 0, {}}}};
  for (std::size_t i = 0; i < container_members_max; ++i)
    request.containers[i % 2].changes.push_back(
        {MemberAction::add, {MemberType::user, "user" + std::to_string(i) + "@example.com"}});
  const Result<SetContainerMembers> again = read_set_container_members(write_set_container_members(request));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, request);
  request.containers[0].changes.push_back({MemberAction::add, {MemberType::everyone, ""}});
  EXPECT_EQ(read_set_container_members(write_set_container_members(request)).reason(), Reason::list_too_long);
  SetContainerMembers wide;
  wide.containers.resize(containers_max);
  EXPECT_TRUE(read_set_container_members(write_set_container_members(wide)));
  wide.containers.resize(containers_max + 1);
  EXPECT_EQ(read_set_container_members(write_set_container_members(wide)).reason(), Reason::list_too_long);
}

TEST(SetSubscribers, acknowledgement_of_a_client) {
  const auto read = read_set_subscribers(
      "<setSubscribers xmlns=\"http://schemas.microsoft.com/2006/09/sip/presence-subscribers\">"
      "<subscriber user=\"bob@example.com\" acknowledged=\"true\"/><subscriber user=\"sip:c@d\"/></setSubscribers>");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::vector<SubscriberAcknowledgement>{{"bob@example.com", true}, {"c@d", false}}));
  EXPECT_EQ(read_set_subscribers("<setSubscribers><subscriber/></setSubscribers>").reason(), Reason::command_malformed);
  std::string many;
  for (std::size_t i = 0; i < acknowledged_subscribers_max; ++i) many += "<subscriber user=\"a@b\"/>";
  EXPECT_EQ(read_set_subscribers("<setSubscribers>" + many + "</setSubscribers>")->size(),
            acknowledged_subscribers_max);
  EXPECT_EQ(read_set_subscribers("<setSubscribers>" + many + "<subscriber user=\"a@b\"/></setSubscribers>").reason(),
            Reason::list_too_long);
}

}  // namespace
}  // namespace tertulia::wire::lync
