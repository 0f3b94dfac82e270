// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/lync/contact_list.h"
#include "wire/lync/contact_request.h"
#include "wire/lync/limits.h"
#include "wire/lync/testing.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;
using base::Result;
using testing::contains;
using testing::sample;

TEST(ContactList, addresses_without_scheme) {
  ContactList list{
      7,
      {{1, "~"}, {2, "Sales & <more>"}},
      {{"sip:bob@example.com", "", {1, 2}, true}, {"carol@example.com", "Carol", {}, false}, {"", "x", {1}, true}}};
  EXPECT_EQ(write_contact_list(list),
            "<contactList deltaNum=\"7\"><group id=\"1\" name=\"~\" externalURI=\"\"/>"
            "<group id=\"2\" name=\"Sales &amp; &lt;more&gt;\" externalURI=\"\"/>"
            "<contact uri=\"bob@example.com\" name=\"\" groups=\"1 2\" subscribed=\"true\" externalURI=\"\"/>"
            "<contact uri=\"carol@example.com\" name=\"Carol\" groups=\"\" subscribed=\"false\" externalURI=\"\"/>"
            "</contactList>");
  list.delta_number = 0;
  EXPECT_TRUE(contains(write_contact_list(list), "deltaNum=\"1\""));
}

TEST(ContactDelta, addresses_with_scheme_and_in_the_order_of_work) {
  ContactDelta delta;
  delta.delta_number = 8;
  delta.previous_delta_number = 7;
  delta.added_groups = {{3, "Project X"}};
  delta.modified_groups = {{2, "Crew"}};
  delta.added_contacts = {{"carol@example.com", "", {3}, true}};
  delta.modified_contacts = {{"SIP:bob@example.com", "Bob", {1}, true}};
  delta.deleted_contacts = {"dave@example.com", "sip:", ""};
  delta.deleted_groups = {4};
  EXPECT_EQ(
      write_contact_delta(delta),
      "<contactDelta deltaNum=\"8\" prevDeltaNum=\"7\"><addedGroup id=\"3\" name=\"Project X\" externalURI=\"\"/>"
      "<modifiedGroup id=\"2\" name=\"Crew\" externalURI=\"\"/>"
      "<addedContact uri=\"sip:carol@example.com\" name=\"\" groups=\"3\" subscribed=\"true\" externalURI=\"\"/>"
      "<modifiedContact uri=\"SIP:bob@example.com\" name=\"Bob\" groups=\"1\" subscribed=\"true\" externalURI=\"\"/>"
      "<deletedContact uri=\"sip:dave@example.com\"/><deletedGroup id=\"4\"/></contactDelta>");
}

ContactRequest read_sample(const char* name) {
  const Result<ContactRequest> read = read_contact_request(sample(name));
  EXPECT_TRUE(read) << name;
  return read ? *read : ContactRequest(SetAce{});
}

TEST(ContactRequest, operations_of_a_client) {
  EXPECT_EQ(read_sample("soap-add-group.xml"), ContactRequest(AddGroup{"Friends", "", 1}));
  EXPECT_EQ(read_sample("soap-modify-group.xml"), ContactRequest(ModifyGroup{2, "Crew", "", 4}));
  EXPECT_EQ(read_sample("soap-delete-contact.xml"), ContactRequest(DeleteContact{"sip:carol@example.test", 5}));
  EXPECT_EQ(read_sample("soap-set-contact.xml"),
            ContactRequest(SetContact{"sip:carol@example.test", "Carol", {}, true, "", 2}));
  EXPECT_EQ(read_sample("soap-directory-search.xml"), ContactRequest(DirectorySearch{{{"givenName", "Bob"}}, 100}));
}

TEST(ContactRequest, every_operation_both_ways) {
  const std::vector<ContactRequest> requests{
      SetContact{"sip:bob@example.com", "Bob <B>", {1, 4294967295U}, false, "x", 7},
      DeleteContact{"sip:bob@example.com", 8},
      AddGroup{"~", "y", 9},
      ModifyGroup{2, "R&D", "", 10},
      DeleteGroup{3, 4294967295U},
      SetAce{"USER", "sip:bob@example.com", "BD", 1},
      DirectorySearch{{{"sn", "bo"}, {"mail", "b@"}}, 1},
      DirectorySearch{{{"sn", "bo"}}, 0},
  };
  for (const ContactRequest& request : requests) {
    const Result<ContactRequest> again = read_contact_request(write_contact_request(request));
    ASSERT_TRUE(again) << write_contact_request(request);
    EXPECT_EQ(*again, request) << write_contact_request(request);
  }
}

TEST(ContactRequest, refuses_what_it_cannot_do) {
  const auto reason = [](std::string_view operation) {
    return read_contact_request(
               std::string("<s:Envelope xmlns:s=\"urn:s\"><s:Body>").append(operation).append("</s:Body></s:Envelope>"))
        .reason();
  };
  EXPECT_EQ(reason("<setContact><URI>sip:a@b</URI></setContact>"), Reason::none);
  for (const char* bad :
       {"", "<setPresence/>", "<setContact/>", "<setContact><URI> </URI></setContact>",
        "<setContact><URI>sip:a@b</URI><groups>one</groups></setContact>", "<deleteContact/>", "<addGroup/>",
        "<addGroup><name/></addGroup>", "<modifyGroup><name>x</name></modifyGroup>",
        "<modifyGroup><groupID>1</groupID></modifyGroup>", "<deleteGroup><groupID>x</groupID></deleteGroup>",
        "<directorySearch/>", "<directorySearch/><Array><row attrib=\"sn\" value=\"\"/></Array>"})
    EXPECT_EQ(reason(bad), Reason::command_malformed) << bad;
  EXPECT_EQ(read_contact_request("<Envelope/>").reason(), Reason::command_malformed);
  EXPECT_EQ(read_contact_request("<Body/>").reason(), Reason::command_malformed);
  EXPECT_EQ(reason("<setContact></request></setContact>"), Reason::malformed_message);
}

TEST(ContactRequest, lists_end_at_their_limits) {
  SetContact contact{"sip:a@b", "", std::vector<std::uint32_t>(contact_groups_max, 1), true, "", 1};
  EXPECT_TRUE(read_contact_request(write_contact_request(contact)));
  contact.groups.push_back(1);
  EXPECT_EQ(read_contact_request(write_contact_request(contact)).reason(), Reason::list_too_long);
  DirectorySearch search{std::vector<DirectorySearch::Condition>(search_conditions_max, {"sn", "x"}), 1};
  EXPECT_TRUE(read_contact_request(write_contact_request(search)));
  search.conditions.push_back({"sn", "x"});
  EXPECT_EQ(read_contact_request(write_contact_request(search)).reason(), Reason::list_too_long);
}

TEST(ContactAnswer, a_new_group_has_its_number) {
  EXPECT_EQ(write_add_group_answer(3),
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            "xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><s:Body><m:addGroup><m:groupID>3</m:groupID>"
            "</m:addGroup></s:Body></s:Envelope>");
}

TEST(ContactAnswer, rows_have_an_address_with_a_colon) {
  DirectoryRow bob;
  bob.uri = "bob@example.com";
  bob.display_name = "Bob B";
  bob.country = "ES";
  DirectoryRow nobody = bob;
  const std::string written = write_search_answer({bob}, false);
  EXPECT_TRUE(contains(written, "<m:moreAvailable>false</m:moreAvailable>"));
  EXPECT_TRUE(contains(written, "<m:row m:uri=\"sip:bob@example.com\" m:displayName=\"Bob B\" m:country=\"ES\"/>"));
  for (const char* uri : {"", " ", "sip:", "\x01"}) {
    nobody.uri = uri;
    EXPECT_FALSE(contains(write_search_answer({nobody}, false), "m:row"));
  }
}

TEST(ContactAnswer, as_many_rows_as_the_limit) {
  const auto rows = [](const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("<m:row"); at != std::string::npos; at = text.find("<m:row", at + 1)) ++count;
    return count;
  };
  DirectoryRow row;
  row.uri = "sip:a@b";
  const std::string full = write_search_answer(std::vector<DirectoryRow>(search_rows_max, row), false);
  EXPECT_EQ(rows(full), search_rows_max);
  EXPECT_TRUE(contains(full, ">false<"));
  const std::string cut = write_search_answer(std::vector<DirectoryRow>(search_rows_max + 1, row), false);
  EXPECT_EQ(rows(cut), search_rows_max);
  EXPECT_TRUE(contains(cut, ">true<"));
}

TEST(ContactAnswer, fault) {
  EXPECT_TRUE(contains(write_soap_fault("Client", "a < b"),
                       "<s:Fault><faultcode>s:Client</faultcode><faultstring>a &lt; b</faultstring></s:Fault>"));
}

}  // namespace
}  // namespace tertulia::wire::lync
