// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/lync/content_check.h"
#include "wire/lync/limits.h"
#include "wire/lync/note_element.h"
#include "wire/lync/publish_fault.h"
#include "wire/lync/publish_request.h"
#include "wire/lync/state_element.h"
#include "wire/lync/testing.h"
#include "wire/xml/limits.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;
using base::Result;
using testing::sample;

constexpr std::string_view head = "<publish><publications uri=\"sip:a@example.com\">";
constexpr std::string_view tail = "</publications></publish>";

Result<PublishRequest> read_with(std::string_view publications) {
  return read_publish_request(std::string(head).append(publications).append(tail));
}

TEST(PublishRequest, first_publication_of_a_sign_in) {
  const Result<PublishRequest> read = read_publish_request(sample("publish-first.xml"));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->uri, "sip:alice@example.test");
  ASSERT_EQ(read->publications.size(), 5U);
  const PublicationItem& device = read->publications[0];
  EXPECT_EQ(device.category, "device");
  EXPECT_EQ(device.instance, 3008035694U);
  EXPECT_EQ(device.container, 2U);
  EXPECT_EQ(device.version, 0U);
  EXPECT_EQ(device.expire_type, ExpireType::endpoint);
  EXPECT_FALSE(device.expires_seconds);
  EXPECT_TRUE(device.content->starts_with("<device ") && device.content->ends_with("</device>")) << *device.content;

  const PublicationItem& user = read->publications[3];
  EXPECT_EQ(user.expire_type, ExpireType::static_);
  const Result<StateElement> state = read_state(*user.content);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->type, StateType::user);
  EXPECT_EQ(state->availability, 3500U);
  EXPECT_EQ(state->manual, true);
}

TEST(PublishRequest, content_is_kept_as_it_was_written) {
  for (const char* name :
       {"publish-first.xml", "publish-note.xml", "publish-note-empty.xml", "publish-phone-end.xml"}) {
    const std::string document = sample(name);
    const Result<PublishRequest> read = read_publish_request(document);
    ASSERT_TRUE(read) << name << ": " << read.error().detail;
    EXPECT_EQ(write_publish_request(*read), document) << name;
    for (const PublicationItem& item : read->publications) EXPECT_TRUE(!item.content || is_harmless(*item.content));
  }
}

TEST(PublishRequest, a_phone_state_comes_and_goes) {
  const Result<PublishRequest> begun = read_with(
      "<publication categoryName=\"state\" instance=\"2330613608\" container=\"2\" version=\"0\" "
      "expireType=\"endpoint\">"
      "<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" manual=\"false\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:type=\"phoneState\"><availability>6500</availability>"
      "<activity token=\"on-the-phone\" minAvailability=\"6500\" maxAvailability=\"8999\"/></state></publication>");
  ASSERT_TRUE(begun);
  const Result<StateElement> state = read_state(*begun->publications[0].content);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->type, StateType::phone);
  EXPECT_EQ(state->activity->token, "on-the-phone");
  EXPECT_EQ(state->activity->min_availability, 6500U);
  EXPECT_EQ(state->activity->max_availability, 8999U);
  const Result<PublishRequest> ended = read_publish_request(sample("publish-phone-end.xml"));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->publications[0].expires_seconds, 0U);
  EXPECT_FALSE(ended->publications[0].content);
}

TEST(PublishRequest, content_takes_its_namespaces_with_it) {
  const auto read = read_publish_request(
      "<p:publish xmlns:p=\"urn:p\" xmlns:x=\"urn:x\" xmlns=\"urn:d\"><p:publications uri=\"sip:a@b\">"
      "<p:publication p:CategoryName=\"state\" INSTANCE=\"1\" container=\"2\" version=\"3\">"
      "<state x:type=\"userState\"/></p:publication></p:publications></p:publish>");
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->publications.size(), 1U);
  EXPECT_EQ(read->publications[0].version, 3U);
  EXPECT_EQ(read->publications[0].expire_type, ExpireType::static_);
  EXPECT_TRUE(is_harmless(*read->publications[0].content));
  const Result<StateElement> state = read_state(*read->publications[0].content);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->type, StateType::user);
}

TEST(PublishRequest, refuses_what_it_cannot_place) {
  const std::string good = "<publication categoryName=\"a\" instance=\"4294967295\" container=\"0\" version=\"1\"/>";
  EXPECT_TRUE(read_with(good));
  EXPECT_TRUE(read_with(""));
  const std::vector<std::string> bad{
      "<publication instance=\"1\" container=\"0\" version=\"1\"/>",
      "<publication categoryName=\" \" instance=\"1\" container=\"0\" version=\"1\"/>",
      "<publication categoryName=\"a\" instance=\"4294967296\" container=\"0\" version=\"1\"/>",
      "<publication categoryName=\"a\" instance=\"-1\" container=\"0\" version=\"1\"/>",
      "<publication categoryName=\"a\" instance=\"1\" version=\"1\"/>",
      "<publication categoryName=\"a\" instance=\"1\" container=\"0\"/>",
      "<publication categoryName=\"a\" instance=\"1\" container=\"0\" version=\"1\" expires=\"x\"/>",
      "<publication categoryName=\"a\" instance=\"1\" container=\"0\" version=\"1\" expireType=\"never\"/>",
  };
  for (const std::string& one : bad) EXPECT_EQ(read_with(one).reason(), Reason::presence_document_malformed) << one;
  EXPECT_EQ(read_publish_request("<publish/>").reason(), Reason::presence_document_malformed);
  EXPECT_EQ(read_publish_request("<publish><publications/></publish>").reason(), Reason::presence_document_malformed);
  EXPECT_EQ(read_publish_request("<other/>").reason(), Reason::presence_document_malformed);
  EXPECT_EQ(read_publish_request("").reason(), Reason::malformed_message);
  EXPECT_EQ(read_publish_request("<publish></publish></publish>").reason(), Reason::malformed_message);
  EXPECT_EQ(read_publish_request(std::string(document_bytes_max + 1, ' ')).reason(), Reason::message_too_large);
}

TEST(PublishRequest, as_many_publications_as_the_limit) {
  const std::string one = "<publication categoryName=\"a\" instance=\"1\" container=\"0\" version=\"1\"/><x/>";
  std::string many;
  for (std::size_t i = 0; i < publications_max; ++i) many += one;
  const Result<PublishRequest> read = read_with(many);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->publications.size(), publications_max);
  EXPECT_EQ(read_with(many + one).reason(), Reason::list_too_long);
}

TEST(PublishRequest, availability_zero_says_nothing_but_is_told) {
  const auto state = read_state("<state><availability> 0 </availability></state>");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->availability, 0U);
}

TEST(PublishFault, has_every_number) {
  EXPECT_EQ(write_publish_fault({{1, 0, 3}, {2, 0, 3}}),
            "<Fault><Faultcode>Client.BadCall.WrongDelta</Faultcode><details>"
            "<operation index=\"1\" version=\"0\" curVersion=\"3\"/>"
            "<operation index=\"2\" version=\"0\" curVersion=\"3\"/></details></Fault>");
}

}  // namespace
}  // namespace tertulia::wire::lync
