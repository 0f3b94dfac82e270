// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/lync/batch_subscribe.h"
#include "wire/lync/categories.h"
#include "wire/lync/limits.h"
#include "wire/lync/multipart_related.h"
#include "wire/lync/provisioning.h"
#include "wire/lync/testing.h"
#include "wire/mime/multipart.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;
using base::Result;
using testing::contains;
using testing::sample;

TEST(BatchSubscribe, requests_of_a_client) {
  const std::vector<std::string> categories{"calendarData", "contactCard", "note", "state"};
  const Result<BatchSubscribe> first = read_batch_subscribe(sample("batch-sign-in.xml"));
  ASSERT_TRUE(first) << first.error().detail;
  const BatchSubscribe expected{
      "sip:alice@example.test",
      "",
      {{BatchActionKind::subscribe, "63792024", {{"sip:bob@example.test", false}}, categories}}};
  EXPECT_EQ(*first, expected);
  const Result<BatchSubscribe> added = read_batch_subscribe(sample("batch-added.xml"));
  ASSERT_TRUE(added);
  EXPECT_EQ(added->actions[0].resources, (std::vector<BatchResource>{{"sip:carol@example.test", true}}));
}

TEST(BatchSubscribe, both_ways_up_to_the_limit) {
  BatchSubscribe request{
      "sip:a@b", "x", {{BatchActionKind::subscribe, "1", {}, {"state"}}, {BatchActionKind::unsubscribe, "", {}, {}}}};
  for (std::size_t i = 0; i < batch_resources_max; ++i)
    request.actions[i % 2].resources.push_back({"sip:user" + std::to_string(i) + "@example.com", i % 3 == 0});
  const Result<BatchSubscribe> again = read_batch_subscribe(write_batch_subscribe(request));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, request);
  const std::string full = write_batch_subscribe(request);
  EXPECT_TRUE(read_batch_subscribe(full + std::string(batch_bytes_max - full.size(), ' ')));
  EXPECT_EQ(read_batch_subscribe(full + std::string(batch_bytes_max - full.size() + 1, ' ')).reason(),
            Reason::message_too_large);
  request.actions[0].resources.push_back({"sip:z@example.com", false});
  EXPECT_EQ(read_batch_subscribe(write_batch_subscribe(request)).reason(), Reason::list_too_long);

  BatchSubscribe wide{"", "", std::vector<BatchAction>(batch_actions_max)};
  wide.actions[0].categories.assign(batch_categories_max, "x");
  EXPECT_EQ(*read_batch_subscribe(write_batch_subscribe(wide)), wide);
  wide.actions[0].categories.push_back("x");
  EXPECT_EQ(read_batch_subscribe(write_batch_subscribe(wide)).reason(), Reason::list_too_long);
  wide.actions[0].categories.clear();
  wide.actions.emplace_back();
  EXPECT_EQ(read_batch_subscribe(write_batch_subscribe(wide)).reason(), Reason::list_too_long);
}

/// A refusal would cost the client the presence of everybody else.
TEST(BatchSubscribe, who_has_no_name_is_left_out) {
  const auto read = read_batch_subscribe(
      "<batchSub><action name=\"subscribe\"><adhocList><resource/><resource uri=\" \"/><resource "
      "uri=\"sip:b@c\"/></adhocList>"
      "</action></batchSub>");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->actions.at(0).resources.size(), 1U);
  EXPECT_EQ(read->actions[0].resources[0].uri, "sip:b@c");
}

TEST(BatchSubscribe, refuses_what_it_cannot_place) {
  for (const char* bad : {"<batchSub/>", "<batch/>", "<batchSub><action/></batchSub>"})
    EXPECT_EQ(read_batch_subscribe(bad).reason(), Reason::list_malformed) << bad;
  EXPECT_EQ(read_batch_subscribe("<batchSub>").reason(), Reason::malformed_message);
  EXPECT_EQ(read_batch_subscribe("<batchSub><action name=\"poll\"/></batchSub>").reason(), Reason::list_malformed);
  EXPECT_EQ(read_batch_subscribe("<batchSub><action name=\"poll\"/><other/><action name=\"subscribe\"/></batchSub>")
                ->actions.size(),
            1U);
}

TEST(MultipartRelated, the_contract_byte_for_byte) {
  ResourcePart bob;
  bob.uri = "sip:bob@example.com";
  bob.categories = write_categories(bob.uri, {}, CategoryReader::watcher);
  const MultipartBody written = write_multipart_related("sip:alice@example.com", {bob}, "b1", "fe1.example.com");
  EXPECT_EQ(written.content_type,
            "multipart/related;type=\"application/rlmi+xml\";start=\"<r1@fe1.example.com>\";boundary=\"b1\"");
  EXPECT_EQ(
      written.body,
      "--b1\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <r1@fe1.example.com>\r\n"
      "Content-Type: application/rlmi+xml\r\n\r\n"
      "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:alice@example.com\" version=\"0\" fullState=\"false\">"
      "<resource uri=\"sip:bob@example.com\"><instance id=\"0\" state=\"active\" cid=\"c1@fe1.example.com\"/>"
      "</resource></list>\r\n\r\n"
      "--b1\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <c1@fe1.example.com>\r\n"
      "Content-Type: application/msrtc-event-categories+xml\r\n\r\n"
      "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:bob@example.com\"/>"
      "\r\n\r\n--b1--\r\n");
}

TEST(MultipartRelated, who_is_active_has_a_part_and_everybody_a_state) {
  ResourcePart active, gone, elsewhere;
  active.uri = "sip:a@b";
  gone.uri = "sip:g@b";
  gone.state = ResourceState::terminated;
  gone.reason = "noresource";
  elsewhere.uri = "sip:e@b";
  elsewhere.state = ResourceState::resubscribe;
  elsewhere.pool_fqdn = "sip:fe2.example.com";
  const MultipartBody written = write_multipart_related("sip:l@b", {gone, active, elsewhere}, "b1", "h");
  const auto parts = mime::read_multipart(written.content_type, written.body);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2U);
  const std::string list((*parts)[0].body);
  EXPECT_TRUE(
      contains(list, "<resource uri=\"sip:g@b\"><instance id=\"0\" state=\"terminated\" reason=\"noresource\"/>"));
  EXPECT_TRUE(contains(list, "<resource uri=\"sip:a@b\"><instance id=\"0\" state=\"active\" cid=\"c2@h\"/>"));
  EXPECT_TRUE(contains(list, "<instance id=\"0\" state=\"resubscribe\" poolFqdn=\"sip:fe2.example.com\"/>"));
  EXPECT_EQ((*parts)[1].header("content-id"), "<c2@h>");
  EXPECT_TRUE(contains((*parts)[1].body, "uri=\"sip:a@b\""));
  for (const mime::PartView& part : *parts) EXPECT_TRUE(part.body.ends_with("\r\n"));
}

TEST(MultipartRelated, nobody_is_a_list_too) {
  const MultipartBody written = write_multipart_related("sip:l@b", {}, "b1", "h");
  EXPECT_TRUE(contains(written.body, "fullState=\"false\"/>\r\n\r\n--b1--\r\n"));
}

TEST(MultipartRelated, a_document_cannot_hold_the_boundary) {
  ResourcePart one;
  one.uri = "sip:a@b";
  one.categories = "<categories>--b1 --b1x</categories>";
  const MultipartBody written = write_multipart_related("sip:l@b", {one}, "b1", "h");
  EXPECT_TRUE(written.content_type.ends_with("boundary=\"b1xx\""));
  EXPECT_EQ(mime::read_multipart(written.content_type, written.body)->size(), 2U);
}

TEST(Provisioning, request_of_a_client) {
  const auto read = read_provisioning_list(sample("provisioning-group-list.xml"));
  ASSERT_TRUE(read);
  const std::vector<std::string> names{"ServerConfiguration", "meetingPolicy", "persistentChatConfiguration",
                                       "ucPolicy"};
  EXPECT_EQ(*read, names);
  EXPECT_EQ(*read_provisioning_list(write_provisioning_list(names)), names);
  EXPECT_EQ(read_provisioning_list("<provisioningGroupList><provisioningGroup name=\"a\"/><provisioningGroup/>"
                                   "<provisioningGroup name=\"a\"/></provisioningGroupList>")
                ->size(),
            1U);
  EXPECT_EQ(read_provisioning_list("<x/>").reason(), Reason::command_malformed);
}

TEST(Provisioning, as_many_groups_as_the_limit) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < provisioning_groups_max; ++i) names.push_back("group" + std::to_string(i));
  EXPECT_EQ(*read_provisioning_list(write_provisioning_list(names)), names);
  names.emplace_back("one more");
  EXPECT_EQ(read_provisioning_list(write_provisioning_list(names)).reason(), Reason::list_too_long);
}

TEST(Provisioning, server_configuration) {
  ServerConfiguration server;
  server.focus_factory_uri = "sip:alice@example.com;gruu;opaque=app:conf:focusfactory";
  EXPECT_EQ(write_provisioning({server, {}}),
            "<provisionGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification\">"
            "<provisionGroup name=\"ServerConfiguration\">"
            "<focusFactoryUri>sip:alice@example.com;gruu;opaque=app:conf:focusfactory</focusFactoryUri>"
            "<ucPC2PCAVEncryption>SupportEncryption</ucPC2PCAVEncryption><ucPortRangeEnabled>false</ucPortRangeEnabled>"
            "</provisionGroup></provisionGroupList>");
  server.ports = ServerConfiguration::Ports{{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}};
  server.dlx_external_url = "https://x/?a&b";
  server.encryption = MediaEncryption::required;
  const std::string written = write_provisioning({server, {}});
  EXPECT_TRUE(contains(written, "<dlxExternalUrl>https://x/?a&amp;b</dlxExternalUrl>"));
  EXPECT_TRUE(contains(written, "RequireEncryption"));
  EXPECT_TRUE(contains(written,
                       "<ucPortRangeEnabled>true</ucPortRangeEnabled><ucMinMediaPort>1</ucMinMediaPort>"
                       "<ucMaxMediaPort>2</ucMaxMediaPort><ucMinAudioPort>3</ucMinAudioPort>"));
  EXPECT_TRUE(contains(written, "<ucMaxFileTransferPort>10</ucMaxFileTransferPort></provisionGroup>"));
}

TEST(Provisioning, a_focus_factory_is_no_format_string) {
  for (const char* uri : {"sip:a%40b@example.com", "%n", "", " "}) {
    EXPECT_FALSE(is_good_focus_factory_uri(uri));
    ServerConfiguration server;
    server.focus_factory_uri = uri;
    EXPECT_FALSE(contains(write_provisioning({server, {}}), "focusFactoryUri"));
    const ProvisioningGroup group{"ServerConfiguration", {ProvisioningElement{"focusFactoryUri", uri}}};
    EXPECT_FALSE(contains(write_provisioning({std::nullopt, {group}}), "focusFactoryUri"));
  }
}

TEST(Provisioning, other_groups) {
  const ProvisioningAnswer answer{
      std::nullopt,
      {{"meetingPolicy",
        {ProvisioningElement{"MaxMeetingSize", "250"}, ProvisioningElement{"Empty", ""},
         ProvisioningElement{"no name<", "x"}, ProvisioningElement{"", "x"}}},
       {"persistentChatConfiguration",
        {ProvisioningProperties{{{"EnablePersistentChat", "false"}, {"DefaultPersistentChatPoolUri", ""}}}}},
       {"", {}}}};
  EXPECT_EQ(write_provisioning(answer),
            "<provisionGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification\">"
            "<provisionGroup name=\"meetingPolicy\"><MaxMeetingSize>250</MaxMeetingSize></provisionGroup>"
            "<provisionGroup name=\"persistentChatConfiguration\"><propertyEntryList>"
            "<property name=\"EnablePersistentChat\">false</property></propertyEntryList></provisionGroup>"
            "</provisionGroupList>");
}

}  // namespace
}  // namespace tertulia::wire::lync
