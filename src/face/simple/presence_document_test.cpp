// SPDX-License-Identifier: Apache-2.0
#include "face/simple/presence_document.h"

#include <gtest/gtest.h>

#include "face/simple/publication_values.h"

namespace tertulia::face::simple {
namespace {

using domain::Activity;
using domain::State;

std::string text_of(const std::vector<wire::pidf::Activity>& list) {
  std::string text;
  for (const wire::pidf::Activity& one : list) {
    text.append(text.empty() ? "" : " ").append(one.name);
    if (!one.text.empty()) text.append("=").append(one.text);
    if (!one.language.empty()) text.append("@").append(one.language);
  }
  return text;
}

TEST(PresenceDocument, activities_of_each_state) {
  struct Row {
    State state;
    const char* activities;
  };
  const Row rows[] = {
      {{domain::availability_unset, Activity::none, {}}, ""},
      {{domain::availability_online, Activity::none, {}}, ""},
      {{domain::availability_online, Activity::custom, {{"Gardening"}}}, "other=Gardening"},
      {{domain::availability_busy, Activity::custom, {{"Gardening", "en-US"}, {""}, {"Jardinería", "es-ES"}}},
       "busy other=Gardening@en-US other=Jardinería@es-ES"},
      {{domain::availability_idle_online, Activity::none, {}}, ""},
      {{domain::availability_busy, Activity::none, {}}, "busy"},
      {{domain::availability_busy, Activity::on_the_phone, {}}, "busy on-the-phone"},
      {{domain::availability_busy, Activity::in_a_conference, {}}, "busy on-the-phone other=In a conference"},
      {{domain::availability_busy, Activity::in_a_meeting, {}}, "busy meeting"},
      {{domain::availability_idle_busy, Activity::in_a_meeting, {}}, "busy meeting"},
      {{domain::availability_urgent_only, Activity::urgent_interruptions_only, {}},
       "busy other=Urgent interruptions only"},
      {{domain::availability_do_not_disturb, Activity::none, {}}, "busy other=Do not disturb"},
      {{domain::availability_do_not_disturb, Activity::in_presentation, {}}, "busy presentation other=Do not disturb"},
      {{domain::availability_be_right_back, Activity::none, {}}, "away other=Be right back"},
      {{domain::availability_away, Activity::none, {}}, "away"},
      {{domain::availability_away, Activity::off_work, {}}, "away other=Off work"},
      {{domain::availability_away, Activity::out_of_office, {}}, "away vacation"},
      {{domain::availability_offline, Activity::out_of_office, {}}, ""},
  };
  for (const Row& row : rows)
    EXPECT_EQ(text_of(activities_of(row.state)), row.activities) << row.state.availability << " " << row.activities;
}

domain::PresenceView view() {
  domain::PresenceView view;
  view.address = "bob@example.com";
  view.display_name = "Bob";
  view.state.availability = domain::availability_idle_busy;
  view.since = {1'700'000'000'000'000};
  view.idle_since = base::WallTime{1'700'000'060'000'000};
  view.notes = {{domain::NoteKind::personal, "In the lab", {}, {}},
                {domain::NoteKind::out_of_office, "Back <soon>", {}, {}}};
  view.devices = {{true, true, false, "computer"}, {false, false, true, "mobile"}};
  view.meeting_subject = "Budget";
  view.meeting_place = "Room 1";
  return view;
}

TEST(PresenceDocument, whole_view) {
  const wire::pidf::Presence presence = document_of(view());
  EXPECT_EQ(presence.entity, "sip:bob@example.com");
  ASSERT_EQ(presence.tuples.size(), 1U);
  const wire::pidf::Tuple& tuple = presence.tuples.front();
  EXPECT_EQ(tuple.open, true);
  EXPECT_EQ(tuple.contact, "sip:bob@example.com");
  EXPECT_EQ(tuple.capabilities->audio, true);
  EXPECT_EQ(tuple.capabilities->video, true);
  EXPECT_EQ(tuple.capabilities->message, true);
  ASSERT_EQ(tuple.notes.size(), 2U);
  ASSERT_TRUE(presence.person);
  EXPECT_EQ(presence.person->notes.size(), 2U);
  EXPECT_EQ(presence.person->cipid.display_name, "Bob");
  ASSERT_TRUE(presence.person->user_input);
  EXPECT_TRUE(presence.person->user_input->idle);
  EXPECT_EQ(presence.person->user_input->last_input, view().idle_since);
  EXPECT_EQ(presence.person->activities_notes.front().text, "Budget, Room 1");
  const auto read = wire::pidf::read_presence(wire::pidf::write_presence(presence));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, presence);
}

TEST(PresenceDocument, offline_is_closed_and_says_no_more) {
  domain::PresenceView offline = view();
  offline.state.availability = domain::availability_offline;
  offline.idle_since.reset();
  offline.devices.clear();
  const wire::pidf::Presence presence = document_of(offline);
  EXPECT_EQ(presence.tuples.front().open, false);
  EXPECT_EQ(presence.tuples.front().contact, "");
  EXPECT_FALSE(presence.tuples.front().capabilities);
  EXPECT_FALSE(presence.person->user_input);
  EXPECT_TRUE(presence.person->activities.empty());
}

TEST(PresenceDocument, in_use_is_told) {
  domain::PresenceView online = view();
  online.idle_since.reset();
  const wire::pidf::Presence presence = document_of(online);
  ASSERT_TRUE(presence.person->user_input);
  EXPECT_FALSE(presence.person->user_input->idle);
}

TEST(PresenceDocument, what_a_client_said_beyond_the_model_goes_through) {
  wire::pidf::Presence published;
  published.tuples.push_back({});
  published.tuples.front().id = "x";
  published.tuples.front().open = true;
  published.person.emplace();
  published.person->id = "me";
  published.person->mood = "<rpid:mood xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"><rpid:happy/></rpid:mood>";
  published.person->place_type = "office";
  published.person->status_icon = "http://example.com/i.png";
  published.person->cipid.icon = "http://example.com/me.png";
  published.person->cipid.display_name = "Somebody else";
  published.person->notes.push_back({"hello", {}});
  const auto values = values_of(published);
  ASSERT_TRUE(values);
  domain::PresenceView shown = view();
  for (const domain::PublicationValue& value : *values)
    if (const auto* piece = std::get_if<domain::OpaqueValue>(&value))
      shown.extras.emplace_back(domain::PublicationKey{}, *piece);
  ASSERT_EQ(shown.extras.size(), 1U);
  shown.extras.emplace_back(domain::PublicationKey{}, domain::OpaqueValue{"application/pidf+xml", "no xml"});
  shown.extras.emplace_back(domain::PublicationKey{}, domain::OpaqueValue{"application/card", "<x/>"});
  const wire::pidf::Person person = *document_of(shown).person;
  EXPECT_NE(person.mood.find("happy"), std::string::npos);
  EXPECT_EQ(person.place_type, "office");
  EXPECT_EQ(person.status_icon, "http://example.com/i.png");
  EXPECT_EQ(person.cipid.icon, "http://example.com/me.png");
  EXPECT_EQ(person.cipid.display_name, "Bob") << "nobody appears under another name";
  EXPECT_EQ(person.notes.size(), 2U);
}

}  // namespace
}  // namespace tertulia::face::simple
