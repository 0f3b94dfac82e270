// SPDX-License-Identifier: Apache-2.0
#include "wire/rlmi/rlmi.h"

#include <gtest/gtest.h>

#include "wire/rlmi/limits.h"
#include "wire/rlmi/resource_lists.h"

namespace tertulia::wire::rlmi {
namespace {

using base::Reason;

TEST(Rlmi, rfc4662_section_6_example) {
  const Result<ListState> read = read_rlmi(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\"\n"
      "      uri=\"sip:adam-friends@pres.vancouver.example.com\"\n"
      "      version=\"1\" fullState=\"true\">\n"
      "  <name xml:lang=\"en\">Buddy List at COM</name>\n"
      "  <name xml:lang=\"de\">Liste der Freunde an COM</name>\n"
      "  <resource uri=\"sip:bob@vancouver.example.com\">\n"
      "    <name>Bob Smith</name>\n"
      "    <instance id=\"juwigmtboe\" state=\"active\"\n"
      "              cid=\"bUZBsM@pres.vancouver.example.com\"/>\n"
      "  </resource>\n"
      "  <resource uri=\"sip:ed@dallas.example.net\">\n"
      "    <name>Ed at NET</name>\n"
      "  </resource>\n"
      "</list>\n");
  ASSERT_TRUE(read) << read.error().detail;
  const ListState expected{"sip:adam-friends@pres.vancouver.example.com",
                           1,
                           true,
                           "Buddy List at COM",
                           {{"sip:bob@vancouver.example.com",
                             "Bob Smith",
                             {{"juwigmtboe", InstanceState::active, "", "bUZBsM@pres.vancouver.example.com"}}},
                            {"sip:ed@dallas.example.net", "Ed at NET", {}}}};
  EXPECT_EQ(*read, expected);
  EXPECT_EQ(write_rlmi(*read),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
            "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:adam-friends@pres.vancouver.example.com\" "
            "version=\"1\" fullState=\"true\"><name>Buddy List at COM</name>"
            "<resource uri=\"sip:bob@vancouver.example.com\"><name>Bob Smith</name>"
            "<instance id=\"juwigmtboe\" state=\"active\" cid=\"bUZBsM@pres.vancouver.example.com\"/></resource>"
            "<resource uri=\"sip:ed@dallas.example.net\"><name>Ed at NET</name></resource></list>\r\n");
}

TEST(Rlmi, writes_what_it_reads) {
  ListState list{"sip:l@example.com", 4294967295U, false, "<&>\"", {}};
  for (std::size_t i = 0; i < list_entries_max; ++i) {
    list.resources.push_back({"sip:user" + std::to_string(i) + "@example.com", "Name <" + std::to_string(i) + ">", {}});
    list.resources.back().instances.push_back({"1", InstanceState::pending, "", "a@b"});
  }
  list.resources[0].instances = {{"x", InstanceState::terminated, "noresource", ""},
                                 {"y", InstanceState::active, "", "c@d"}};
  const Result<ListState> again = read_rlmi(write_rlmi(list));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, list);
  list.resources.push_back({"sip:one@too.many", "", {}});
  EXPECT_EQ(read_rlmi(write_rlmi(list)).reason(), Reason::malformed_message);
  list.resources.resize(1);
  list.resources[0].instances.resize(instances_max);
  EXPECT_TRUE(read_rlmi(write_rlmi(list)));
  list.resources[0].instances.resize(instances_max + 1);
  EXPECT_EQ(read_rlmi(write_rlmi(list)).reason(), Reason::malformed_message);
}

TEST(Rlmi, refuses) {
  const std::string begin = "<list xmlns='urn:ietf:params:xml:ns:rlmi' ";
  for (const std::string& text :
       {std::string(), std::string("<list uri='a' version='0' fullState='true'/>"), begin + "/>",
        begin + "uri='a' version='-1' fullState='true'/>", begin + "uri='a' version='4294967296' fullState='true'/>",
        begin + "uri='a' version='0' fullState='yes'/>", begin + "uri='a' version='0'/>",
        begin + "version='0' fullState='1'/>", begin + "uri='a' version='0' fullState='1'><resource/></list>",
        begin + "uri='a' version='0' fullState='1'><resource uri='b'><instance id='1'/></resource></list>",
        begin + "uri='a' version='0' fullState='1'><resource uri='b'><instance id='1' state='?'/></resource></list>",
        begin + "uri='\xff' version='0' fullState='1'/>"})
    EXPECT_EQ(read_rlmi(text).reason(), Reason::malformed_message) << text;
  EXPECT_EQ(read_rlmi(std::string(rlmi_document_bytes_max + 1, ' ')).reason(), Reason::message_too_large);
}

TEST(ResourceLists, rfc5367_section_4_example) {
  const auto entries = read_resource_lists(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"\n"
      "        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
      "  <list>\n"
      "    <entry uri=\"sip:bill@example.com\" />\n"
      "    <entry uri=\"sip:joe@example.org\" />\n"
      "    <entry uri=\" sip:bill@example.com \"><display-name> Bill &amp; Co </display-name></entry>\n"
      "  </list>\n"
      "</resource-lists>\n");
  ASSERT_TRUE(entries) << entries.error().detail;
  const std::vector<ListEntry> expected{
      {"sip:bill@example.com", ""}, {"sip:joe@example.org", ""}, {"sip:bill@example.com", "Bill & Co"}};
  EXPECT_EQ(*entries, expected) << "order and duplicates stay";
  EXPECT_EQ(write_resource_lists(expected),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
            "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list>"
            "<entry uri=\"sip:bill@example.com\"/><entry uri=\"sip:joe@example.org\"/>"
            "<entry uri=\"sip:bill@example.com\"><display-name>Bill &amp; Co</display-name></entry>"
            "</list></resource-lists>\r\n");
}

Reason reason_for(std::string_view inside) {
  return read_resource_lists("<r:resource-lists xmlns:r='urn:ietf:params:xml:ns:resource-lists' xmlns:x='urn:x'>" +
                             std::string(inside) + "</r:resource-lists>")
      .reason();
}

TEST(ResourceLists, refuses_clearly) {
  EXPECT_EQ(reason_for(""), Reason::none);
  EXPECT_EQ(reason_for("<r:list/><r:list><r:entry uri='a'/></r:list>"), Reason::none);
  EXPECT_EQ(reason_for("<r:list><x:list/><x:entry/><r:display-name>n</r:display-name></r:list>"), Reason::none);
  EXPECT_EQ(reason_for("<r:list><r:entry uri='a'/><r:list><r:entry uri='b'/></r:list></r:list>"), Reason::list_nested);
  EXPECT_EQ(reason_for("<r:list><r:entry-ref ref='a'/></r:list>"), Reason::list_reference);
  EXPECT_EQ(reason_for("<r:list><r:external anchor='http://example.com'/></r:list>"), Reason::list_reference);
  EXPECT_EQ(reason_for("<r:list><r:entry/></r:list>"), Reason::list_malformed);
  EXPECT_EQ(reason_for("<r:list><r:entry uri=' '/></r:list>"), Reason::list_malformed);
  EXPECT_EQ(reason_for("<r:list>"), Reason::list_malformed);
  EXPECT_EQ(read_resource_lists("<resource-lists/>").reason(), Reason::list_malformed);
  EXPECT_EQ(read_resource_lists("").reason(), Reason::list_malformed);
}

TEST(ResourceLists, bounds) {
  std::vector<ListEntry> entries(list_entries_max, ListEntry{"sip:somebody@example.com", "Somebody"});
  const auto read = read_resource_lists(write_resource_lists(entries));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, entries);
  entries.push_back({"sip:a@b", ""});
  EXPECT_EQ(read_resource_lists(write_resource_lists(entries)).reason(), Reason::list_too_long);
  EXPECT_EQ(read_resource_lists(std::string(list_document_bytes_max + 1, ' ')).reason(), Reason::list_too_long);
}

}  // namespace
}  // namespace tertulia::wire::rlmi
