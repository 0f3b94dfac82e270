// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/lync/contact_card.h"
#include "wire/lync/content_check.h"
#include "wire/lync/imdn.h"
#include "wire/lync/limits.h"
#include "wire/lync/note_element.h"
#include "wire/lync/state_element.h"
#include "wire/lync/testing.h"
#include "wire/xml/limits.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;
using base::Result;
using testing::contains;

TEST(StateElement, machine_state_as_a_client_writes_it) {
  StateElement state;
  state.type = StateType::machine;
  state.availability = 3500;
  state.manual = false;
  EXPECT_EQ(to_xml(state),
            "<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"machineState\" manual=\"false\">"
            "<availability>3500</availability><endpointLocation/></state>");
  EXPECT_EQ(*read_state(to_xml(state)), state);
}

TEST(StateElement, everything_both_ways) {
  StateElement state;
  state.type = StateType::calendar;
  state.availability = 6500;
  state.activity = StateActivity{"in-a-meeting", {{"En reunión <1>", 3082}, {"Busy", std::nullopt}}, 6500, 8999};
  state.uri = "alice@example.com";
  state.start_time = "2024-05-06T07:00:00Z";
  state.end_time = "2024-05-06T08:00:00Z";
  state.last_active = "2024-05-06T07:09:58";
  state.meeting_subject = "Q&A";
  state.meeting_location = "2.14";
  state.device = "Mobile";
  state.endpoint_location = "Madrid";
  state.time_zone_bias = -60;
  state.time_zone_name = "Romance";
  state.time_zone_abbreviation = "CET";
  const Result<StateElement> again = read_state(to_xml(state));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, state);
  EXPECT_TRUE(is_harmless(to_xml(state)));
}

TEST(StateElement, availability_that_is_no_number_is_absent) {
  for (const char* inside : {"", "<availability/>", "<availability></availability>", "<availability> </availability>",
                             "<availability>busy</availability>", "<availability>-1</availability>",
                             "<availability>4294967296</availability>", "<availability><a>1</a></availability>"}) {
    const Result<StateElement> state = read_state(std::string("<state>").append(inside).append("</state>"));
    ASSERT_TRUE(state) << inside;
    EXPECT_FALSE(state->availability) << inside;
    EXPECT_FALSE(contains(to_xml(*state), "availability")) << inside;
  }
}

TEST(StateElement, never_writes_an_empty_device) {
  for (const char* device : {"", " ", "\r\n", "\x01", "\x01 \x02", "\xef\xbf\xbf"}) {
    StateElement state;
    state.device = device;
    state.meeting_subject = device;
    EXPECT_FALSE(contains(to_xml(state), "device"));
    EXPECT_FALSE(contains(to_xml(state), "meetingSubject"));
  }
  EXPECT_EQ(read_state("<state><device/></state>")->device, "");
}

TEST(StateElement, types_with_and_without_prefix) {
  EXPECT_EQ(read_state("<state type=\"aggregateState\"/>")->type, StateType::aggregate);
  EXPECT_EQ(read_state("<state TYPE=\"s:dndState\"/>")->type, StateType::dnd);
  EXPECT_EQ(read_state("<state type=\" s:\tnewState \"/>")->other_type, "newState");
  EXPECT_EQ(read_state("<state type=\"aggregateMachineState\"/>")->type, StateType::aggregate_machine);
  const Result<StateElement> other = read_state("<state type=\"newState\"/>");
  EXPECT_EQ(other->type, StateType::other);
  EXPECT_EQ(other->other_type, "newState");
  EXPECT_EQ(*read_state(to_xml(*other)), *other);
}

TEST(StateElement, bounds_may_stand_with_the_text) {
  const auto state = read_state(
      "<state><activity><custom LCID=\"1033\" minAvailability=\"1\" "
      "maxAvailability=\"2\">x</custom></activity></state>");
  ASSERT_TRUE(state && state->activity);
  EXPECT_EQ(*state->activity, (StateActivity{"", {{"x", 1033}}, 1, 2}));
  EXPECT_FALSE(read_state("<state><activity minAvailability=\"1\"/></state>")->activity);
}

TEST(StateElement, as_many_texts_of_an_activity_as_the_limit) {
  std::string document = "<state><activity>";
  for (std::size_t i = 0; i < activity_texts_max; ++i) document += "<custom>x</custom>";
  EXPECT_EQ(read_state(document + "</activity></state>")->activity->texts.size(), activity_texts_max);
  EXPECT_EQ(read_state(document + "<custom> </custom></activity></state>").reason(), Reason::none) << "no text";
  EXPECT_EQ(read_state(document + "<custom>x</custom></activity></state>").reason(), Reason::list_too_long);
}

TEST(StateElement, refuses_another_element) {
  EXPECT_EQ(read_state("<note/>").reason(), Reason::presence_document_malformed);
  EXPECT_EQ(read_state("<State/>").reason(), Reason::presence_document_malformed);
  EXPECT_EQ(read_state("<state>").reason(), Reason::malformed_message);
}

TEST(NoteElement, both_ways) {
  const NoteElement note{
      {{NoteType::personal, "back at five", "", "", ""},
       {NoteType::out_of_office, " on <leave> ", "x", "2024-05-06T07:00:00Z", "2024-05-07T07:00:00Z"}}};
  EXPECT_EQ(to_xml({{note.bodies[0]}}),
            "<note xmlns=\"http://schemas.microsoft.com/2006/09/sip/note\">"
            "<body type=\"personal\" uri=\"\">back at five</body></note>");
  const Result<NoteElement> again = read_note(to_xml(note));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, note);
}

TEST(NoteElement, a_body_without_text_is_none) {
  EXPECT_TRUE(read_note("<note><body type=\"personal\" uri=\"\"></body></note>")->bodies.empty());
  EXPECT_EQ(to_xml(NoteElement{{{NoteType::personal, " \n", "", "", ""}}}),
            "<note xmlns=\"http://schemas.microsoft.com/2006/09/sip/note\"/>");
}

TEST(NoteElement, as_many_bodies_as_the_limit) {
  std::string bodies;
  for (std::size_t i = 0; i < note_bodies_max; ++i) bodies += "<body>x</body>";
  EXPECT_EQ(read_note("<note>" + bodies + "</note>")->bodies.size(), note_bodies_max);
  EXPECT_EQ(read_note("<note>" + bodies + "<body>x</body></note>").reason(), Reason::list_too_long);
}

TEST(ContactCard, both_ways) {
  ContactCard card;
  card.display_name = "Alice <A>";
  card.emails = {"alice@example.com", "a@example.org"};
  card.company = "Example";
  card.department = "R&D";
  card.title = "Engineer";
  card.office = "2.14";
  card.url = "https://example.com/alice";
  card.phones = {{PhoneType::work, "tel:+34911234567", "911 23 45 67"}, {PhoneType::mobile, "tel:+34600000000", ""}};
  card.addresses = {{"work", "Calle Mayor 1", "Madrid", "", "28013", "ES"}};
  card.photo = CardPhoto{"enterprise", "https://example.com/p.jpg", "abc"};
  card.automaton = true;
  const Result<ContactCard> again = read_contact_card(to_xml(card));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, card);
  ContactCard only_name;
  only_name.display_name = "Alice A";
  EXPECT_EQ(to_xml(only_name),
            "<contactCard xmlns=\"http://schemas.microsoft.com/2006/09/sip/contactcard\">"
            "<identity><name><displayName>Alice A</displayName></name></identity></contactCard>");
}

TEST(ContactCard, empty_elements_are_neither_read_nor_written) {
  const auto card = read_contact_card(
      "<contactCard><identity><name><displayName/></name><email/></identity><company> </company>"
      "<phone type=\"cell\"><uri>tel:1</uri></phone><phone "
      "type=\"fax\"><displayString>2</displayString></phone><phone/>"
      "<address/><photo/><automaton/></contactCard>");
  ASSERT_TRUE(card);
  ContactCard expected;
  expected.phones = {{PhoneType::mobile, "tel:1", ""}, {PhoneType::other, "", "2"}};
  EXPECT_EQ(*card, expected);
  ContactCard empty;
  empty.emails = {""};
  empty.phones = {{}};
  empty.addresses = {{}};
  empty.photo = CardPhoto{};
  EXPECT_EQ(to_xml(empty), "<contactCard xmlns=\"http://schemas.microsoft.com/2006/09/sip/contactcard\"/>");
}

TEST(ContactCard, lists_end_at_their_limits) {
  const auto with = [](std::size_t emails, std::size_t phones, std::size_t addresses) {
    std::string document = "<contactCard><identity>";
    for (std::size_t i = 0; i < emails; ++i) document += "<email>a@b</email>";
    document += "</identity>";
    for (std::size_t i = 0; i < phones; ++i) document += "<phone><uri>tel:1</uri></phone>";
    for (std::size_t i = 0; i < addresses; ++i) document += "<address><city>c</city></address>";
    return read_contact_card(document + "</contactCard>").reason();
  };
  EXPECT_EQ(with(card_emails_max, card_phones_max, card_addresses_max), Reason::none);
  EXPECT_EQ(with(card_emails_max + 1, 0, 0), Reason::list_too_long);
  EXPECT_EQ(with(0, card_phones_max + 1, 0), Reason::list_too_long);
  EXPECT_EQ(with(0, 0, card_addresses_max + 1), Reason::list_too_long);
}

std::string hours(std::string_view inside) {
  return std::string("<calendarData><WorkingHours>").append(inside).append("</WorkingHours></calendarData>");
}

TEST(ContentCheck, what_ends_a_client_is_found) {
  const std::string zone =
      "<TimeZone><Bias>-60</Bias><StandardTime><Bias>0</Bias><Time>03:00:00</Time>"
      "<DayOrder>5</DayOrder><Month>10</Month><DayOfWeek>Sunday</DayOfWeek></StandardTime></TimeZone>";
  const std::string period =
      "<WorkingPeriodArray><WorkingPeriod><DayOfWeek>Monday</DayOfWeek><StartTimeInMinutes>480"
      "</StartTimeInMinutes><EndTimeInMinutes>1020</EndTimeInMinutes></WorkingPeriod></WorkingPeriodArray>";
  const std::vector<std::string> good{
      "<state><availability>3500</availability></state>",
      "<state/>",
      "<a:state xmlns:a=\"urn:a\"><a:availability>1</a:availability></a:state>",
      "<calendarData mailboxID=\"a@b\"/>",
      hours(""),
      hours(zone + period),
      "<calendarData><freeBusy/></calendarData>",
  };
  for (const std::string& one : good) EXPECT_TRUE(is_harmless(one)) << one;
  const std::vector<std::string> bad{
      "<state><availability/></state>",
      "<state><availability></availability></state>",
      "<state><availability>x</availability></state>",
      "<state><availability>&#32;</availability></state>",
      "<a:state xmlns:a=\"urn:a\"><a:availability/></a:state>",
      "<x><y><state><availability/></state></y></x>",
      hours("<TimeZone><Bias/></TimeZone>"),
      hours("<StandardTime><Time/></StandardTime>"),
      hours("<WorkingPeriod/>"),
      hours("<WorkingPeriod><StartTimeInMinutes>1</StartTimeInMinutes></WorkingPeriod>"),
      hours("<WorkingPeriod><EndTimeInMinutes>1</EndTimeInMinutes></WorkingPeriod>"),
      hours("<WorkingPeriod><StartTimeInMinutes/><EndTimeInMinutes>1</EndTimeInMinutes></WorkingPeriod>"),
  };
  for (const std::string& one : bad) EXPECT_FALSE(is_harmless(one)) << one;
}

TEST(Imdn, names_the_message_and_who_has_missed_it) {
  EXPECT_EQ(write_imdn({"a1", {{"sip:bob@example.com", 486}, {"sip:o'neill&co@example.com", 408}}}),
            "<imdn><message-id>a1</message-id><recipient uri=\"sip:bob@example.com\"><status>486</status></recipient>"
            "<recipient uri=\"sip:o'neill&amp;co@example.com\"><status>408</status></recipient></imdn>");
}

TEST(ContentCheck, one_well_formed_element) {
  for (const char* bad : {"", " ", "text", "<a>", "<a></b>", "<a/><b/>", "<?xml version=\"1.0\"?><a/>", "<!-- --><a/>",
                          "<!DOCTYPE a><a/>", " <a/>", "<x:a/>", "<a>&nbsp;</a>", "\xef\xbb\xbf<a/>"})
    EXPECT_FALSE(is_harmless(bad)) << bad;
  EXPECT_TRUE(is_harmless("<a>" + std::string(xml::document_bytes_max - 7, 'x') + "</a>"));
  EXPECT_FALSE(is_harmless("<a>" + std::string(xml::document_bytes_max - 6, 'x') + "</a>"));
}

}  // namespace
}  // namespace tertulia::wire::lync
