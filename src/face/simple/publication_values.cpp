// SPDX-License-Identifier: Apache-2.0
#include "face/simple/publication_values.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "domain/presence/limits.h"
#include "face/simple/presence_document.h"

namespace tertulia::face::simple {
namespace {

using base::Error;
using base::Reason;
using domain::PublicationValue;
using domain::State;
using wire::pidf::Person;
using wire::pidf::Presence;

/// Where a state belongs: what a person has picked holds for all devices, what a device has noticed for itself.
enum class By : std::uint8_t { device, person };

struct Meaning {
  std::string_view word;  ///< activity of RFC 4480, or text of "other" and of notes, in lower case
  By by;
  std::uint16_t availability;
  domain::Activity activity = domain::Activity::none;
};

/// The first one of a document counts; so the exact ones stand before the general ones.
constexpr std::array meanings = {
    Meaning{"do not disturb", By::person, domain::availability_do_not_disturb},
    Meaning{"donotdisturb", By::person, domain::availability_do_not_disturb},
    Meaning{"dnd", By::person, domain::availability_do_not_disturb},
    Meaning{"busy (dnd)", By::person, domain::availability_do_not_disturb},
    Meaning{"presentation", By::person, domain::availability_do_not_disturb, domain::Activity::in_presentation},
    Meaning{"be right back", By::person, domain::availability_be_right_back},
    Meaning{"brb", By::person, domain::availability_be_right_back},
    Meaning{"off work", By::person, domain::availability_away, domain::Activity::off_work},
    Meaning{"permanent-absence", By::person, domain::availability_away, domain::Activity::off_work},
    Meaning{"vacation", By::person, domain::availability_away, domain::Activity::out_of_office},
    Meaning{"holiday", By::person, domain::availability_away, domain::Activity::out_of_office},
    Meaning{"on-the-phone", By::device, domain::availability_busy, domain::Activity::on_the_phone},
    Meaning{"on the phone", By::device, domain::availability_busy, domain::Activity::on_the_phone},
    Meaning{"in a call", By::device, domain::availability_busy, domain::Activity::on_the_phone},
    Meaning{"meeting", By::device, domain::availability_busy, domain::Activity::in_a_meeting},
    Meaning{"appointment", By::device, domain::availability_busy, domain::Activity::in_a_meeting},
    Meaning{"in a meeting", By::device, domain::availability_busy, domain::Activity::in_a_meeting},
    Meaning{"busy", By::person, domain::availability_busy},
    Meaning{"working", By::person, domain::availability_busy},
    Meaning{"steering", By::person, domain::availability_busy},
    Meaning{"performance", By::person, domain::availability_busy},
    Meaning{"worship", By::person, domain::availability_do_not_disturb},
    Meaning{"sleeping", By::person, domain::availability_away},
    Meaning{"away", By::device, domain::availability_away},
    Meaning{"breakfast", By::device, domain::availability_away},
    Meaning{"dinner", By::device, domain::availability_away},
    Meaning{"meal", By::device, domain::availability_away},
    Meaning{"in-transit", By::device, domain::availability_away},
    Meaning{"shopping", By::device, domain::availability_away},
    Meaning{"travel", By::device, domain::availability_away},
};

/// Notes that only name a state, as some clients write into each document.
constexpr std::array<std::string_view, 9> state_names = {
    "online", "available", "offline", "idle", "inactive", "invisible", "unknown", "chat", "free for chat"};

bool names_state(std::string_view note) {
  const std::string word = base::to_lower(base::trimmed(note));
  return std::find(state_names.begin(), state_names.end(), word) != state_names.end() ||
         std::any_of(meanings.begin(), meanings.end(), [&](const Meaning& one) { return one.word == word; });
}

/// Everything in the document that may name a state, lower case.
std::vector<std::string> words_of(const Presence& presence) {
  std::vector<std::string> words;
  if (presence.person)
    for (const wire::pidf::Activity& activity : presence.person->activities) {
      words.push_back(base::to_lower(activity.name));
      if (!activity.text.empty()) words.push_back(base::to_lower(base::trimmed(activity.text)));
    }
  const auto add_notes = [&](const std::vector<wire::pidf::Note>& notes) {
    for (const wire::pidf::Note& note : notes) words.push_back(base::to_lower(base::trimmed(note.text)));
  };
  for (const wire::pidf::Tuple& tuple : presence.tuples) add_notes(tuple.notes);
  if (presence.person) add_notes(presence.person->notes);
  add_notes(presence.notes);
  return words;
}

const Meaning* meaning_of(const Presence& presence) {
  const std::vector<std::string> words = words_of(presence);
  for (const Meaning& meaning : meanings)
    if (std::find(words.begin(), words.end(), meaning.word) != words.end()) return &meaning;
  return nullptr;
}

/// Texts of an activity that we have no word for.  Two of one language are two activities: the first counts.
std::vector<domain::ActivityText> own_activity(const Presence& presence) {
  std::vector<domain::ActivityText> texts;
  if (!presence.person) return texts;
  for (const wire::pidf::Activity& activity : presence.person->activities) {
    const bool own = activity.name == "other" && !activity.text.empty() && !names_state(activity.text);
    if (!own || activity.text.size() > domain::activity_text_octets_max) continue;
    const bool told = domain::is_language_tag(activity.language);
    const std::string_view language = told ? std::string_view(activity.language) : std::string_view();
    const bool there = std::any_of(texts.begin(), texts.end(), [&](const domain::ActivityText& one) {
      return base::equal_ignoring_case(one.language, language);
    });
    if (!there) texts.push_back({activity.text, std::string(language)});
  }
  return texts;
}

/// The first place that speaks of use: person, device, tuple.
std::optional<wire::pidf::UserInput> user_input_of(const Presence& presence) {
  if (presence.person && presence.person->user_input) return presence.person->user_input;
  for (const wire::pidf::Device& device : presence.devices)
    if (device.user_input) return device.user_input;
  for (const wire::pidf::Tuple& tuple : presence.tuples)
    if (tuple.user_input) return tuple.user_input;
  return std::nullopt;
}

/// RFC 3863 4.1.4: without `basic` nothing is said; one open tuple opens the document.
bool is_closed(const Presence& presence) {
  bool closed = false;
  for (const wire::pidf::Tuple& tuple : presence.tuples) {
    if (!tuple.open) continue;
    if (*tuple.open) return false;
    closed = true;
  }
  return closed;
}

std::string time_zone_of(int minutes) {
  if (minutes <= -24 * 60 || minutes >= 24 * 60) return {};
  const int size = minutes < 0 ? -minutes : minutes;
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

domain::DeviceState device_of(const Presence& presence, const Meaning* meaning) {
  domain::DeviceState device;
  device.closed = is_closed(presence);
  if (meaning != nullptr && meaning->by == By::device) {
    device.state.availability = meaning->availability;
    device.state.activity = meaning->activity;
  }
  if (const auto input = user_input_of(presence)) {
    device.activity_told = true;
    if (input->idle) device.idle_since = input->last_input;
    if (input->idle && !input->last_input && device.state.availability == domain::availability_unset)
      device.state.availability = domain::availability_idle_online;  // idle, but nobody knows since when
  }
  for (const wire::pidf::Device& one : presence.devices) {
    if (one.mobility == "mobile") device.type = "mobile";
    if (one.mobility == "fixed") device.type = "deskphone";
  }
  if (presence.person && presence.person->time_offset_minutes)
    device.time_zone = time_zone_of(*presence.person->time_offset_minutes);
  return device;
}

std::string note_of(const Presence& presence) {
  const auto first = [](const std::vector<wire::pidf::Note>& notes) -> std::string {
    for (const wire::pidf::Note& note : notes)
      if (const std::string_view text = base::trimmed(note.text); !text.empty() && !names_state(text))
        return std::string(text);
    return {};
  };
  std::string text;
  if (presence.person) text = first(presence.person->notes);
  if (text.empty() && presence.person) text = first(presence.person->activities_notes);
  for (const wire::pidf::Tuple& tuple : presence.tuples)
    if (text.empty()) text = first(tuple.notes);
  return text.empty() ? first(presence.notes) : text;
}

/// What only clients understand, as a document of its own.
std::optional<std::string> rest_of(const Presence& presence) {
  if (!presence.person) return std::nullopt;
  Person rest = *presence.person;
  rest.id = "p1";
  rest.activities.clear();
  rest.activities_notes.clear();
  rest.notes.clear();
  rest.user_input.reset();
  rest.timestamp.reset();
  rest.cipid.display_name.clear();  // the directory's counts
  Person nothing;
  nothing.id = rest.id;
  if (rest == nothing) return std::nullopt;
  Presence document;
  document.entity = presence.entity;
  document.person = std::move(rest);
  return wire::pidf::write_presence(document);
}

}  // namespace

base::Result<std::vector<PublicationValue>> values_of(const Presence& presence) {
  std::vector<PublicationValue> values;
  const Meaning* meaning = meaning_of(presence);
  values.emplace_back(device_of(presence, meaning));
  std::vector<domain::ActivityText> own = own_activity(presence);
  if (meaning != nullptr && meaning->by == By::person) {
    State state{meaning->availability, meaning->activity, {}};
    if (state.activity == domain::Activity::none && !own.empty()) {
      state.activity = domain::Activity::custom;
      state.activity_texts = std::move(own);
    }
    values.emplace_back(domain::ManualState{std::move(state)});
  } else if (meaning == nullptr && !own.empty()) {
    values.emplace_back(domain::ManualState{{domain::availability_online, domain::Activity::custom, std::move(own)}});
  }
  if (std::string note = note_of(presence); !note.empty()) {
    if (note.size() > domain::note_octets_max) return Error{Reason::body_too_large, "note"};
    values.emplace_back(domain::NoteValue{domain::NoteKind::personal, std::move(note), {}, {}});
  }
  if (std::optional<std::string> rest = rest_of(presence)) {
    if (rest->size() > domain::opaque_octets_max) return Error{Reason::body_too_large, "person"};
    values.emplace_back(domain::OpaqueValue{std::string(presence_type), *std::move(rest)});
  }
  return values;
}

bool shows_use(const std::vector<PublicationValue>& values) {
  for (const PublicationValue& value : values) {
    const auto* device = std::get_if<domain::DeviceState>(&value);
    if (device == nullptr) continue;
    const bool away = domain::class_of(device->state.availability) == domain::AvailabilityClass::away ||
                      device->state.availability == domain::availability_idle_online;
    if (device->closed || device->idle_since || away) return false;
  }
  return true;
}

}  // namespace tertulia::face::simple
