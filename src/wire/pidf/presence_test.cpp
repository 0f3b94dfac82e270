// SPDX-License-Identifier: Apache-2.0
#include "wire/pidf/presence.h"

#include <gtest/gtest.h>

#include "wire/pidf/date_time.h"
#include "wire/pidf/limits.h"
#include "wire/xml/limits.h"

namespace tertulia::wire::pidf {
namespace {

using base::Reason;

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n";

base::WallTime at(std::string_view text) { return read_date_time(text).value(); }

/// Reads, and proves that what is written reads the same.
Presence read_stable(std::string_view document) {
  const Result<Presence> read = read_presence(document);
  EXPECT_TRUE(read) << document;
  if (!read) return {};
  const std::string written = write_presence(*read);
  const Result<Presence> again = read_presence(written);
  EXPECT_TRUE(again) << written;
  if (!again) return {};
  EXPECT_EQ(*again, *read) << written;
  EXPECT_EQ(write_presence(*again), written);
  return *read;
}

TEST(Presence, rfc3863_section_3_example) {
  const Presence read = read_stable(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"\n"
      "    xmlns:im=\"urn:ietf:params:xml:ns:pidf:im\"\n"
      "    xmlns:myex=\"http://id.example.com/presence/\"\n"
      "    entity=\"pres:someone@example.com\">\n"
      "  <tuple id=\"bs35r9\">\n"
      "    <status>\n"
      "      <basic>open</basic>\n"
      "      <im:im>busy</im:im>\n"
      "      <myex:location>home</myex:location>\n"
      "    </status>\n"
      "    <contact priority=\"0.8\">im:someone@mobilecarrier.net</contact>\n"
      "    <note xml:lang=\"en\">Don't Disturb Please!</note>\n"
      "    <note xml:lang=\"fr\">Ne derangez pas, s'il vous plait</note>\n"
      "    <timestamp>2001-10-27T16:49:29Z</timestamp>\n"
      "  </tuple>\n"
      "  <tuple id=\"eg92n8\">\n"
      "    <status>\n"
      "      <basic>open</basic>\n"
      "    </status>\n"
      "    <contact priority=\"1.0\">mailto:someone@example.com</contact>\n"
      "  </tuple>\n"
      "  <note>I'll be in Tokyo next week</note>\n"
      "</presence>\n");
  EXPECT_EQ(write_presence(read),
            std::string(declaration) +
                "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"pres:someone@example.com\">"
                "<tuple id=\"bs35r9\"><status><basic>open</basic></status>"
                "<contact priority=\"0.8\">im:someone@mobilecarrier.net</contact>"
                "<note xml:lang=\"en\">Don't Disturb Please!</note>"
                "<note xml:lang=\"fr\">Ne derangez pas, s'il vous plait</note>"
                "<timestamp>2001-10-27T16:49:29.000Z</timestamp></tuple>"
                "<tuple id=\"eg92n8\"><status><basic>open</basic></status>"
                "<contact priority=\"1.0\">mailto:someone@example.com</contact></tuple>"
                "<note>I'll be in Tokyo next week</note></presence>\r\n");
}

Presence everything() {
  const std::string nasty = "<&>\"' \xc3\xa9";
  Presence all;
  all.entity = "sip:<&\"@example.com";
  const UserInput idle{true, at("2026-03-01T09:30:00.125Z"), 600};
  all.tuples.push_back({"t",
                        true,
                        "sip:a@b;x=\"&\"",
                        "0.5",
                        ServiceCapabilities{true, false, {}, true},
                        UserInput{false, {}, {}},
                        "urn:device:1",
                        {"<x:y xmlns:x=\"urn:x\">z</x:y>"},
                        {{nasty, "en"}, {"n", ""}},
                        at("2026-03-01T09:30:00Z")});
  all.tuples.push_back({"u", false, "", "", {}, {}, "", {}, {}, {}});
  all.tuples.push_back({"v", {}, "", "", ServiceCapabilities{}, idle, "", {}, {}, {}});
  Person person;
  person.id = "p";
  person.activities = {{"on-the-phone", ""}, {"other", nasty}, {"other", "juega", "es-ES"}, {"other", ""}};
  person.activities_notes = {{nasty, ""}};
  person.mood = "<r:mood xmlns:r=\"urn:ietf:params:xml:ns:pidf:rpid\"><r:happy/></r:mood>";
  person.place_type = "bus-station";
  person.status_icon = "http://example.com/?a&b";
  person.class_name = nasty;
  person.user_input = idle;
  person.time_offset_minutes = -240;
  person.cipid = {nasty, "http://example.com/i", "http://example.com/c", "http://example.com/h"};
  person.extensions = {"<x xmlns=\"\"/>",
                       "<p:privacy xmlns:p=\"urn:ietf:params:xml:ns:pidf:rpid\"><p:audio/></p:privacy>"};
  person.notes = {{nasty, "es"}};
  person.timestamp = at("2026-03-01T09:30:00Z");
  all.person = person;
  all.devices.push_back({"d", "urn:device:1", "mobile", idle, {{nasty, ""}}, at("2026-03-01T09:30:00Z")});
  all.devices.push_back({"e", "", "", {}, {}, {}});
  all.notes = {{nasty, "de"}};
  return all;
}

TEST(Presence, writes_what_it_reads) {
  const Presence all = everything();
  EXPECT_EQ(read_stable(write_presence(all)), all);
  Presence other_place = all;
  other_place.person->place_type = "Casa <1>";
  EXPECT_EQ(read_stable(write_presence(other_place)), other_place);
  other_place.person->place_type = "note";  // as an element it would not be the place
  EXPECT_EQ(read_stable(write_presence(other_place)), other_place);
  EXPECT_EQ(read_stable(write_presence({})), Presence{});
}

TEST(Presence, the_whole_document_byte_for_byte) {
  Presence one;
  one.entity = "sip:alice@example.com";
  one.tuples.push_back(
      {"a1", true, "sip:alice@example.com", "", ServiceCapabilities{true, true, true, true}, {}, "", {}, {}, {}});
  one.person.emplace().id = "p1";
  one.person->activities = {{"meeting", ""}};
  one.person->cipid.display_name = "Alice";
  one.person->place_type = "office";
  one.person->user_input = UserInput{true, at("2026-03-01T09:30:00Z"), 300};
  EXPECT_EQ(write_presence(one),
            std::string(declaration) +
                "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
                "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" xmlns:c=\"urn:ietf:params:xml:ns:pidf:cipid\" "
                "xmlns:caps=\"urn:ietf:params:xml:ns:pidf:caps\" xmlns:lt=\"urn:ietf:params:xml:ns:location-type\" "
                "entity=\"sip:alice@example.com\">"
                "<tuple id=\"a1\"><status><basic>open</basic></status><caps:servcaps><caps:audio>true</caps:audio>"
                "<caps:message>true</caps:message><caps:text>true</caps:text><caps:video>true</caps:video>"
                "</caps:servcaps><contact>sip:alice@example.com</contact></tuple>"
                "<dm:person id=\"p1\"><rpid:activities><rpid:meeting/></rpid:activities>"
                "<rpid:place-type><lt:office/></rpid:place-type>"
                "<rpid:user-input idle-threshold=\"300\" last-input=\"2026-03-01T09:30:00.000Z\">idle</rpid:user-input>"
                "<c:display-name>Alice</c:display-name></dm:person></presence>\r\n");
}

TEST(Presence, words_of_a_value_do_not_become_markup) {
  Presence one;
  one.tuples.push_back({"a\"/><b", {}, "c", "9><x", {}, {}, "", {}, {}, {}});
  one.person.emplace().activities = {{"away/><x", ""}, {"lunch", ""}};
  one.devices.push_back({"d", "", "fixed/><x", {}, {}, {}});
  const Presence read = read_stable(write_presence(one));
  EXPECT_EQ(read.tuples[0].id, "a\"/><b");
  EXPECT_EQ(read.tuples[0].priority, "");
  EXPECT_EQ(read.person->activities, (std::vector<Activity>{{"other", "away/><x"}, {"other", "lunch"}}));
  EXPECT_EQ(read.devices[0].mobility, "");
}

TEST(Presence, rfc4480_vocabulary) {
  const Presence read = read_stable(
      "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"\n"
      "     xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\"\n"
      "     xmlns:lt=\"urn:ietf:params:xml:ns:location-type\"\n"
      "     xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"\n"
      "     entity=\"pres:someone@example.com\">\n"
      "  <tuple id=\"bs35r9\">\n"
      "    <status><basic>open</basic></status>\n"
      "    <dm:deviceID>urn:device:0003ba4811e3</dm:deviceID>\n"
      "    <rpid:relationship><rpid:self/></rpid:relationship>\n"
      "    <rpid:service-class><rpid:electronic/></rpid:service-class>\n"
      "    <contact priority=\"0.8\">im:someone@mobile.example.net</contact>\n"
      "    <timestamp>2005-10-27T16:49:29Z</timestamp>\n"
      "  </tuple>\n"
      "  <note>I'll be in Tokyo next week</note>\n"
      "  <dm:device id=\"pc147\">\n"
      "    <rpid:user-input idle-threshold=\"600\" last-input=\"2004-10-21T13:20:00-05:00\">idle</rpid:user-input>\n"
      "    <dm:deviceID>urn:device:0003ba4811e3</dm:deviceID>\n"
      "    <dm:note>PC</dm:note>\n"
      "  </dm:device>\n"
      "  <dm:person id=\"p1\">\n"
      "    <rpid:activities from=\"2005-05-30T12:00:00+05:00\" until=\"2005-05-30T17:00:00+05:00\">\n"
      "      <rpid:note>Far away</rpid:note>\n"
      "      <rpid:away/>\n"
      "    </rpid:activities>\n"
      "    <rpid:class>calendar</rpid:class>\n"
      "    <rpid:mood><rpid:angry/><rpid:other>brooding</rpid:other></rpid:mood>\n"
      "    <rpid:place-is><rpid:audio><rpid:noisy/></rpid:audio></rpid:place-is>\n"
      "    <rpid:place-type><lt:residence/></rpid:place-type>\n"
      "    <rpid:privacy><rpid:unknown/></rpid:privacy>\n"
      "    <rpid:sphere>bowling league</rpid:sphere>\n"
      "    <rpid:status-icon>http://example.com/play.gif</rpid:status-icon>\n"
      "    <rpid:time-offset>-240</rpid:time-offset>\n"
      "    <dm:note>Scoring 120</dm:note>\n"
      "    <dm:timestamp>2005-05-30T16:09:44+05:00</dm:timestamp>\n"
      "  </dm:person>\n"
      "</presence>\n");
  ASSERT_EQ(read.tuples.size(), 1U);
  EXPECT_EQ(read.tuples[0].device_id, "urn:device:0003ba4811e3");
  EXPECT_EQ(read.tuples[0].extensions.size(), 2U);
  ASSERT_EQ(read.devices.size(), 1U);
  EXPECT_EQ(read.devices[0].user_input, (UserInput{true, at("2004-10-21T18:20:00Z"), 600}));
  ASSERT_TRUE(read.person);
  const Person& person = *read.person;
  EXPECT_EQ(person.activities, (std::vector<Activity>{{"away", ""}}));
  EXPECT_EQ(person.activities_notes, (std::vector<Note>{{"Far away", ""}}));
  EXPECT_EQ(person.class_name, "calendar");
  EXPECT_EQ(person.mood,
            "<rpid:mood xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"><rpid:angry/><rpid:other>brooding</rpid:other>"
            "</rpid:mood>");
  EXPECT_EQ(person.place_type, "residence");
  EXPECT_EQ(person.status_icon, "http://example.com/play.gif");
  EXPECT_EQ(person.time_offset_minutes, -240);
  EXPECT_EQ(person.timestamp, at("2005-05-30T11:09:44Z"));
  ASSERT_EQ(person.extensions.size(), 3U) << "place-is, privacy, sphere";
  EXPECT_EQ(person.extensions[2],
            "<rpid:sphere xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\">bowling league</rpid:sphere>");
}

TEST(Presence, as_phones_write_it) {
  // Data model with an empty note; persons of several prefixes; activities without any.
  const Presence phone = read_stable(
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n"
      "<presence entity=\"sip:bob@example.com\" xmlns=\"urn:ietf:params:xml:ns:pidf\" "
      "xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\">"
      "<tuple id=\"pj1\"><status><basic>open</basic></status></tuple>"
      "<dm:person id=\"pj2\"><rpid:activities><rpid:busy/></rpid:activities><dm:note/></dm:person></presence>");
  EXPECT_EQ(phone.person->activities, (std::vector<Activity>{{"busy", ""}}));
  EXPECT_TRUE(phone.person->notes.empty());
  const Presence single_quotes = read_stable(
      "<?xml version='1.0' encoding='UTF-8'?>\n<presence xmlns='urn:ietf:params:xml:ns:pidf'\n"
      "xmlns:im='urn:ietf:params:xml:ns:pidf:im'\nentity='sip:bob@example.com'>\n<tuple id='bs35r9f'>\n<status>\n"
      "<basic>open</basic>\n</status>\n<note>Out &amp; about</note>\n</tuple>\n</presence>");
  EXPECT_EQ(single_quotes.tuples[0].notes, (std::vector<Note>{{"Out & about", ""}}));
  const Presence old_person = read_stable(
      "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:pp=\"urn:ietf:params:xml:ns:pidf:person\" "
      "xmlns:es=\"urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status\" "
      "xmlns:ep=\"urn:ietf:params:xml:ns:pidf:rpid:rpid-person\" entity=\"sip:bob@example.com\">"
      "<pp:person><status><ep:activities><ep:away/></ep:activities></status></pp:person>"
      "<note>Away</note><tuple id=\"5060\"><contact priority=\"1\">sip:bob@example.com</contact>"
      "<status><basic>closed</basic></status></tuple></presence>");
  EXPECT_EQ(old_person.person->id, "p1");
  EXPECT_EQ(old_person.person->activities, (std::vector<Activity>{{"away", ""}}));
  EXPECT_EQ(old_person.tuples[0].open, false);
  EXPECT_EQ(old_person.tuples[0].priority, "1");
  const Presence in_status = read_stable(
      "<presence xmlns='urn:ietf:params:xml:ns:cpim-pidf:1'><tuple><status><basic> OPEN </basic>"
      "<activities xmlns='urn:x-vendor:rpid'><activity>on-the-phone</activity><activity>Skating</activity></activities>"
      "</status></tuple></presence>");
  EXPECT_EQ(in_status.entity, "");
  EXPECT_EQ(in_status.tuples[0].id, "t1");
  EXPECT_EQ(in_status.tuples[0].open, true);
  EXPECT_EQ(in_status.person->activities, (std::vector<Activity>{{"on-the-phone", ""}, {"other", "Skating"}}));
}

TEST(Presence, as_computers_write_it) {
  const Presence rich = read_stable(
      "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:caps=\"urn:ietf:params:xml:ns:pidf:caps\" "
      "xmlns:agp-pidf=\"urn:ag-projects:xml:ns:pidf\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" "
      "xmlns:c=\"urn:ietf:params:xml:ns:pidf:cipid\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
      "entity=\"sip:bob@example.com\"><dm:person id=\"PID-1\"><rpid:activities><rpid:busy/></rpid:activities>"
      "<rpid:time-offset>120</rpid:time-offset><c:display-name>Bob</c:display-name><c:icon>https://x/y</c:icon>"
      "<dm:timestamp>2026-03-01T09:30:00.123456+01:00</dm:timestamp></dm:person>"
      "<tuple id=\"SID-1\"><status><basic>open</basic><agp-pidf:extended>extended-away</agp-pidf:extended></status>"
      "<agp-pidf:device-info id=\"1\"/><caps:servcaps><caps:audio>true</caps:audio><caps:message>1</caps:message>"
      "<caps:video>false</caps:video><caps:text>perhaps</caps:text></caps:servcaps>"
      "<rpid:user-input idle-threshold=\"600\">active</rpid:user-input><dm:deviceID>DID-1</dm:deviceID>"
      "<contact>sip:bob%40example.com@192.0.2.1</contact></tuple>"
      "<dm:device id=\"DID-1\"><caps:devcaps><caps:mobility><caps:supported><caps:fixed/></caps:supported>"
      "</caps:mobility></caps:devcaps><dm:deviceID>urn:uuid:1</dm:deviceID><dm:note>laptop</dm:note></dm:device>"
      "</presence>");
  EXPECT_EQ(rich.person->id, "PID-1");
  EXPECT_EQ(rich.person->activities, (std::vector<Activity>{{"busy", ""}, {"away", ""}}));
  EXPECT_EQ(rich.person->cipid, (Cipid{"Bob", "https://x/y", "", ""}));
  EXPECT_EQ(rich.person->timestamp, at("2026-03-01T08:30:00.123Z"));
  EXPECT_EQ(rich.tuples[0].capabilities, (ServiceCapabilities{true, false, {}, true}));
  EXPECT_EQ(
      rich.tuples[0].extensions,
      (std::vector<std::string>{"<agp-pidf:device-info xmlns:agp-pidf=\"urn:ag-projects:xml:ns:pidf\" id=\"1\"/>"}));
  EXPECT_EQ(rich.devices[0].mobility, "fixed");
}

TEST(Presence, of_several_persons_the_first_who_says_it_counts) {
  const Presence read = read_stable(
      "<presence><tuple><display-name>From "
      "tuple</display-name><status><activities><away/></activities></status></tuple>"
      "<person><place-type><other>here</other></place-type><activities><away/><meal/></activities></person>"
      "<person id='x'><place-type>there</place-type><display-name>Late</display-name><user-input>idle</user-input>"
      "</person><person id='y'/></presence>");
  EXPECT_EQ(read.person->id, "x");
  EXPECT_EQ(read.person->place_type, "here");
  EXPECT_EQ(read.person->cipid.display_name, "From tuple");
  EXPECT_EQ(read.person->activities, (std::vector<Activity>{{"away", ""}, {"meal", ""}}));
  EXPECT_TRUE(read.person->user_input->idle);
}

TEST(Presence, foreign_elements_are_left_alone) {
  const Presence read = read_stable(
      "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:x='urn:x'><x:tuple/><x:person/>"
      "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'><x:activities><x:away/></x:activities>"
      "<x:note>n</x:note></dm:person></presence>");
  EXPECT_TRUE(read.tuples.empty());
  EXPECT_TRUE(read.person->activities.empty());
  EXPECT_EQ(read.person->extensions,
            (std::vector<std::string>{"<x:activities xmlns:x=\"urn:x\"><x:away/></x:activities>",
                                      "<x:note xmlns:x=\"urn:x\">n</x:note>"}));
}

TEST(Presence, unreadable_values_are_left_out) {
  const Presence read = read_stable(
      "<presence><tuple><status><basic>ajar</basic></status><contact priority='2'>sip:a@b</contact>"
      "<timestamp>yesterday</timestamp></tuple><person><time-offset>2000</time-offset>"
      "<user-input idle-threshold='-1' last-input='never'>IDLE</user-input></person></presence>");
  EXPECT_EQ(read.tuples[0].open, std::nullopt);
  EXPECT_EQ(read.tuples[0].priority, "");
  EXPECT_EQ(read.tuples[0].timestamp, std::nullopt);
  EXPECT_EQ(read.person->time_offset_minutes, std::nullopt);
  EXPECT_EQ(read.person->user_input, (UserInput{true, {}, {}}));
}

TEST(Presence, bounds) {
  const auto with = [](std::size_t tuples, std::size_t devices, std::size_t notes, std::size_t activities,
                       std::size_t extensions) {
    Presence one;
    one.tuples.resize(tuples, {"t", {}, "", "", {}, {}, "", {}, {}, {}});
    one.devices.resize(devices, {"d", "", "", {}, {}, {}});
    one.notes.resize(notes, {"n", ""});
    one.person.emplace();
    for (std::size_t i = 0; i < activities; ++i) one.person->activities.push_back({"other", std::to_string(i)});
    one.person->extensions.resize(extensions, "<x xmlns=''/>");
    return read_presence(write_presence(one)).reason();
  };
  EXPECT_EQ(with(tuples_max, devices_max, notes_max, activities_max, extensions_max), Reason::none);
  EXPECT_EQ(with(tuples_max + 1, 0, 0, 0, 0), Reason::presence_document_malformed);
  EXPECT_EQ(with(0, devices_max + 1, 0, 0, 0), Reason::presence_document_malformed);
  EXPECT_EQ(with(0, 0, notes_max + 1, 0, 0), Reason::presence_document_malformed);
  EXPECT_EQ(with(0, 0, 0, activities_max + 1, 0), Reason::presence_document_malformed);
  EXPECT_EQ(with(0, 0, 0, 0, extensions_max + 1), Reason::presence_document_malformed);
}

TEST(Presence, what_is_kept_raw_is_bounded_with_its_namespaces) {
  const auto with = [](std::size_t elements) {
    std::string text = "<presence xmlns:x='urn:" + std::string(1000, 'x') + "'>";
    for (std::size_t i = 0; i < elements; ++i) {
      if (i % 32 == 0) text += i == 0 ? "<tuple>" : "</tuple><tuple>";
      text += "<x:y/>";
    }
    return read_presence(text + "</tuple></presence>").reason();
  };
  // One element becomes <x:y xmlns:x="urn:..."/>: 1023 octets.
  EXPECT_EQ(with(extension_bytes_max / 1023), Reason::none);
  EXPECT_EQ(with(extension_bytes_max / 1023 + 1), Reason::presence_document_malformed);
}

TEST(Presence, refuses) {
  for (const std::string_view text :
       {"", "x", "<presence>", "<presences/>", "<pidf-full xmlns='urn:ietf:params:xml:ns:pidf-diff'/>",
        "<presence><note>\xff</note></presence>", "<p:presence/>",
        "<!DOCTYPE p [<!ENTITY a 'b'>]><presence><note>&a;</note></presence>"}) {
    EXPECT_EQ(read_presence(text).reason(), Reason::presence_document_malformed) << text;
  }
  EXPECT_EQ(read_presence(std::string(xml::document_bytes_max + 1, ' ')).reason(), Reason::body_too_large);
}

TEST(DateTime, reads_rfc3339) {
  EXPECT_EQ(at("1970-01-01T00:00:00Z").us, 0);
  EXPECT_EQ(at("1970-01-01T00:00:00").us, 0);
  EXPECT_EQ(at(" 1970-01-01t00:00:00z ").us, 0);
  EXPECT_EQ(at("1969-12-31T23:59:59.999Z").us, -1000);
  EXPECT_EQ(at("1985-04-12T23:20:50.52Z").us, 482196050520000);
  EXPECT_EQ(at("1996-12-19T16:39:57-08:00"), at("1996-12-20T00:39:57Z"));
  EXPECT_EQ(at("1937-01-01T12:00:27.87+00:20"), at("1937-01-01T11:40:27.870Z"));
  EXPECT_EQ(at("1990-12-31T23:59:60Z"), at("1991-01-01T00:00:00Z")) << "leap second";
  EXPECT_EQ(at("2026-03-01T09:30:00.123999Z"), at("2026-03-01T09:30:00.123Z"));
  EXPECT_EQ(base::to_iso8601(at("2024-02-29T00:00:00Z")), "2024-02-29T00:00:00.000Z");
  for (const std::string_view text :
       {"", "2026", "2026-03-01", "2026-03-01T09:30", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-03-01T24:00:00Z", "2026-03-01T00:60:00Z", "2026-03-01T00:00:61Z", "2026-03-01T00:00:00.Z",
        "2026-03-01T00:00:00Zx", "2026-03-01T00:00:00+1", "2026-03-01T00:00:00+24:00", "0000-01-01T00:00:00Z",
        "-026-03-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"})
    EXPECT_EQ(read_date_time(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tertulia::wire::pidf
