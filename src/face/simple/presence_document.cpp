// SPDX-License-Identifier: Apache-2.0
#include "face/simple/presence_document.h"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/presence/limits.h"
#include "wire/pidf/limits.h"

namespace tertulia::face::simple {
namespace {

using domain::AvailabilityClass;
using wire::pidf::Activity;
using wire::pidf::Person;

constexpr std::string_view tuple_id = "t1";
constexpr std::string_view person_id = "p1";
static_assert(domain::activity_texts_max + 2 <= wire::pidf::activities_max, "what we write can be read");

/// Adds it once.
void add(std::vector<Activity>& list, std::string_view name, std::string_view text = {},
         std::string_view language = {}) {
  Activity one{std::string(name), std::string(text), std::string(language)};
  if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(std::move(one));
}

void add_token(std::vector<Activity>& list, const domain::State& state) {
  switch (state.activity) {
    case domain::Activity::none:
      return;
    case domain::Activity::on_the_phone:
      return add(list, "on-the-phone");
    case domain::Activity::in_a_conference:
      add(list, "on-the-phone");
      return add(list, "other", "In a conference");
    case domain::Activity::in_a_meeting:
      return add(list, "meeting");
    case domain::Activity::out_of_office:
      return add(list, "vacation");
    case domain::Activity::urgent_interruptions_only:
      return add(list, "other", "Urgent interruptions only");
    case domain::Activity::off_work:
      return add(list, "other", "Off work");
    case domain::Activity::in_presentation:
      return add(list, "presentation");
    case domain::Activity::custom:
      for (const domain::ActivityText& one : state.activity_texts)
        if (!one.text.empty()) add(list, "other", one.text, one.language);
      return;
  }
}

bool is_offline(const domain::PresenceView& view) {
  return domain::class_of(view.state.availability) == AvailabilityClass::offline;
}

wire::pidf::ServiceCapabilities capabilities_of(const std::vector<domain::ReachableBy>& devices) {
  const auto any = [&](bool domain::ReachableBy::*can) {
    return std::any_of(devices.begin(), devices.end(), [&](const domain::ReachableBy& one) { return one.*can; });
  };
  wire::pidf::ServiceCapabilities capabilities;
  capabilities.audio = any(&domain::ReachableBy::audio);
  capabilities.video = any(&domain::ReachableBy::video);
  capabilities.text = capabilities.message = any(&domain::ReachableBy::text);
  return capabilities;
}

void take_over(std::string& own, std::string& other) {
  if (own.empty()) own = std::move(other);
}

/// What a client of the user said beyond our model.  Its states and notes are in the view already, or must not be.
void take_extras(Person& person, const domain::PresenceView& view) {
  for (const auto& [key, value] : view.extras) {
    if (value.media_type != presence_type) continue;
    auto read = wire::pidf::read_presence(value.bytes);
    if (!read || !read->person) continue;
    Person& other = *read->person;
    take_over(person.mood, other.mood);
    take_over(person.place_type, other.place_type);
    take_over(person.status_icon, other.status_icon);
    take_over(person.class_name, other.class_name);
    take_over(person.cipid.icon, other.cipid.icon);
    take_over(person.cipid.card, other.cipid.card);
    take_over(person.cipid.homepage, other.cipid.homepage);
    if (!person.time_offset_minutes) person.time_offset_minutes = other.time_offset_minutes;
    if (person.extensions.empty()) person.extensions = std::move(other.extensions);
  }
}

}  // namespace

std::vector<Activity> activities_of(const domain::State& state) {
  std::vector<Activity> list;
  switch (domain::class_of(state.availability)) {
    case AvailabilityClass::unset:
    case AvailabilityClass::offline:
      return list;
    case AvailabilityClass::online:
    case AvailabilityClass::idle_online:
      add_token(list, state);
      return list;
    case AvailabilityClass::busy:
    case AvailabilityClass::idle_busy:
      add(list, "busy");
      add_token(list, state);
      return list;
    case AvailabilityClass::do_not_disturb:
      add(list, "busy");
      add_token(list, state);
      add(list, "other", "Do not disturb");
      return list;
    case AvailabilityClass::be_right_back:
      add(list, "away");
      add_token(list, state);
      add(list, "other", "Be right back");
      return list;
    case AvailabilityClass::away:
      add(list, "away");
      add_token(list, state);
      return list;
  }
  return list;
}

wire::pidf::Presence document_of(const domain::PresenceView& view) {
  const bool offline = is_offline(view);
  wire::pidf::Presence presence;
  presence.entity = "sip:" + view.address;

  wire::pidf::Tuple tuple;
  tuple.id = tuple_id;
  tuple.open = !offline;
  tuple.timestamp = view.since;
  if (!offline) {
    tuple.contact = presence.entity;
    if (!view.devices.empty()) tuple.capabilities = capabilities_of(view.devices);
  }

  Person person;
  person.id = person_id;
  person.activities = activities_of(view.state);
  person.cipid.display_name = view.display_name;
  person.timestamp = view.since;
  if (!offline) person.user_input = wire::pidf::UserInput{view.idle_since.has_value(), view.idle_since, {}};
  for (const domain::NoteValue& note : view.notes) {
    if (note.text.empty()) continue;
    person.notes.push_back({note.text, {}});
    tuple.notes.push_back({note.text, {}});  // some clients look only here
  }
  if (!view.meeting_subject.empty() || !view.meeting_place.empty()) {
    std::string meeting = view.meeting_subject;
    if (!view.meeting_place.empty()) meeting.append(meeting.empty() ? "" : ", ").append(view.meeting_place);
    person.activities_notes.push_back({std::move(meeting), {}});
  }
  take_extras(person, view);
  presence.tuples.push_back(std::move(tuple));
  presence.person = std::move(person);
  return presence;
}

}  // namespace tertulia::face::simple
