// SPDX-License-Identifier: Apache-2.0
#include "face/simple/publication_values.h"

#include <gtest/gtest.h>

#include "domain/presence/limits.h"

namespace tertulia::face::simple {
namespace {

using domain::Activity;
using domain::DeviceState;
using domain::ManualState;
using domain::NoteValue;
using domain::OpaqueValue;
using domain::PublicationValue;

template <typename Value>
const Value* get(const std::vector<PublicationValue>& values) {
  for (const PublicationValue& value : values)
    if (const auto* one = std::get_if<Value>(&value)) return one;
  return nullptr;
}

std::vector<PublicationValue> read(const std::string& tuple, const std::string& person) {
  const auto presence = wire::pidf::read_presence(
      "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
      "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"sip:a@b\"><tuple id=\"t\">" +
      tuple + "</tuple><dm:person id=\"p\">" + person + "</dm:person></presence>");
  EXPECT_TRUE(presence) << tuple << person;
  if (!presence) return {};
  auto values = values_of(*presence);
  EXPECT_TRUE(values);
  return values ? *std::move(values) : std::vector<PublicationValue>{};
}

const std::string open = "<status><basic>open</basic></status>";

std::string activity(const std::string& inside) { return "<rpid:activities>" + inside + "</rpid:activities>"; }

TEST(PublicationValues, states_that_a_person_picks) {
  struct Row {
    const char* inside;
    std::uint16_t availability;
    Activity activity;
  };
  const Row rows[] = {
      {"<rpid:busy/>", domain::availability_busy, Activity::none},
      {"<rpid:busy/><rpid:other>Do not disturb</rpid:other>", domain::availability_do_not_disturb, Activity::none},
      {"<rpid:other>DND</rpid:other>", domain::availability_do_not_disturb, Activity::none},
      {"<rpid:presentation/>", domain::availability_do_not_disturb, Activity::in_presentation},
      {"<rpid:away/><rpid:other>Be right back</rpid:other>", domain::availability_be_right_back, Activity::none},
      {"<rpid:vacation/>", domain::availability_away, Activity::out_of_office},
      {"<rpid:holiday/>", domain::availability_away, Activity::out_of_office},
      {"<rpid:permanent-absence/>", domain::availability_away, Activity::off_work},
      {"<rpid:away/><rpid:other>Off work</rpid:other>", domain::availability_away, Activity::off_work},
  };
  for (const Row& row : rows) {
    const auto values = read(open, activity(row.inside));
    const auto* manual = get<ManualState>(values);
    ASSERT_NE(manual, nullptr) << row.inside;
    EXPECT_EQ(manual->state, (domain::State{row.availability, row.activity, {}})) << row.inside;
    EXPECT_EQ(get<DeviceState>(values)->state.availability, domain::availability_unset) << row.inside;
    EXPECT_TRUE(shows_use(values)) << row.inside;
  }
}

TEST(PublicationValues, states_that_a_device_notices) {
  struct Row {
    const char* inside;
    std::uint16_t availability;
    Activity activity;
    bool use;
  };
  const Row rows[] = {
      {"", domain::availability_unset, Activity::none, true},
      {"<rpid:on-the-phone/>", domain::availability_busy, Activity::on_the_phone, true},
      {"<rpid:busy/><rpid:on-the-phone/>", domain::availability_busy, Activity::on_the_phone, true},
      {"<rpid:meeting/>", domain::availability_busy, Activity::in_a_meeting, true},
      {"<rpid:appointment/>", domain::availability_busy, Activity::in_a_meeting, true},
      {"<rpid:away/>", domain::availability_away, Activity::none, false},
      {"<rpid:meal/>", domain::availability_away, Activity::none, false},
      {"<rpid:unknown/>", domain::availability_unset, Activity::none, true},
  };
  for (const Row& row : rows) {
    const auto values = read(open, activity(row.inside));
    EXPECT_EQ(get<ManualState>(values), nullptr) << row.inside;
    EXPECT_EQ(get<DeviceState>(values)->state, (domain::State{row.availability, row.activity, {}})) << row.inside;
    EXPECT_EQ(shows_use(values), row.use) << row.inside;
  }
}

TEST(PublicationValues, idle_and_closed) {
  const auto idle = read(open, "<rpid:user-input last-input=\"2023-11-14T22:13:20Z\">idle</rpid:user-input>");
  EXPECT_EQ(get<DeviceState>(idle)->idle_since, (base::WallTime{1'700'000'000'000'000}));
  EXPECT_TRUE(get<DeviceState>(idle)->activity_told);
  EXPECT_FALSE(shows_use(idle));
  const auto undated = read(open, "<rpid:user-input>idle</rpid:user-input>");
  EXPECT_EQ(get<DeviceState>(undated)->state.availability, domain::availability_idle_online);
  EXPECT_FALSE(shows_use(undated));
  const auto used = read(open, "<rpid:user-input>active</rpid:user-input>");
  EXPECT_TRUE(get<DeviceState>(used)->activity_told);
  EXPECT_TRUE(shows_use(used));
  const auto closed = read("<status><basic>closed</basic></status>", "");
  EXPECT_TRUE(get<DeviceState>(closed)->closed);
  EXPECT_FALSE(shows_use(closed));
  EXPECT_FALSE(get<DeviceState>(read("<status/>", ""))->closed);
}

TEST(PublicationValues, notes_but_not_names_of_states) {
  EXPECT_EQ(get<NoteValue>(read(open + "<note>In the lab</note>", ""))->text, "In the lab");
  EXPECT_EQ(get<NoteValue>(read(open + "<note>Online</note>", "<dm:note>Here</dm:note>"))->text, "Here");
  EXPECT_EQ(get<NoteValue>(read(open + "<note> online </note>", "")), nullptr);
  const auto dnd = read(open + "<note>Busy (DND)</note>", activity("<rpid:busy/>"));
  EXPECT_EQ(get<NoteValue>(dnd), nullptr);
  EXPECT_EQ(get<ManualState>(dnd)->state.availability, domain::availability_do_not_disturb);
  const std::string longest(domain::note_octets_max, 'n');
  EXPECT_EQ(get<NoteValue>(read(open + "<note>" + longest + "</note>", ""))->text, longest);
  wire::pidf::Presence presence;
  presence.notes.push_back({longest + "n", {}});
  EXPECT_EQ(values_of(presence).reason(), base::Reason::body_too_large);
}

TEST(PublicationValues, own_words) {
  const auto values = read(open, activity("<rpid:other>Gardening</rpid:other>"));
  const auto* manual = get<ManualState>(values);
  ASSERT_NE(manual, nullptr);
  EXPECT_EQ(manual->state, (domain::State{domain::availability_online, Activity::custom, {{"Gardening"}}}));
  const auto busy = read(open, activity("<rpid:busy/><rpid:other>Gardening</rpid:other>"));
  EXPECT_EQ(get<ManualState>(busy)->state,
            (domain::State{domain::availability_busy, Activity::custom, {{"Gardening"}}}));
}

TEST(PublicationValues, own_words_in_several_languages) {
  const auto values = read(open, activity("<rpid:other xml:lang=\"en\">Gardening</rpid:other><rpid:other "
                                          "xml:lang=\"es\">Jardinería</rpid:other><rpid:other "
                                          "xml:lang=\"EN\">Reading</rpid:other><rpid:other "
                                          "xml:lang=\"no such\">Graben</rpid:other><rpid:other>x</rpid:other>"));
  const auto* manual = get<ManualState>(values);
  ASSERT_NE(manual, nullptr);
  EXPECT_EQ(manual->state.activity_texts,
            (std::vector<domain::ActivityText>{{"Gardening", "en"}, {"Jardinería", "es"}, {"Graben"}}))
      << "what is said in a language that was there already is another activity";
}

TEST(PublicationValues, the_rest_is_kept_within_bounds) {
  EXPECT_EQ(get<OpaqueValue>(read(open, activity("<rpid:busy/>"))), nullptr);
  const auto mood = read(open, "<rpid:mood><rpid:happy/></rpid:mood>");
  ASSERT_NE(get<OpaqueValue>(mood), nullptr);
  EXPECT_EQ(get<OpaqueValue>(mood)->media_type, "application/pidf+xml");
  EXPECT_NE(get<OpaqueValue>(mood)->bytes.find("happy"), std::string::npos);
  wire::pidf::Presence large;
  large.person.emplace();
  large.person->place_type = std::string(domain::opaque_octets_max, 'p');
  EXPECT_EQ(values_of(large).reason(), base::Reason::body_too_large);
  const auto offset = read(open, "<rpid:time-offset>-90</rpid:time-offset>");
  EXPECT_EQ(get<DeviceState>(offset)->time_zone, "-01:30");
}

}  // namespace
}  // namespace tertulia::face::simple
