// SPDX-License-Identifier: Apache-2.0
// From the client's documents to the domain.
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "domain/presence/limits.h"
#include "face/lync/mapping.h"
#include "wire/lync/language_id.h"
#include "wire/lync/limits.h"
#include "wire/lync/note_element.h"
#include "wire/lync/state_element.h"
#include "wire/pidf/date_time.h"

namespace tertulia::face::lync {

using base::Reason;
using base::Result;
using domain::Container;
using wire::lync::PublicationItem;
using wire::lync::StateElement;
using wire::lync::StateType;

namespace {

constexpr std::uint32_t least_availability = 3000;  // below it says nothing (presence 2.2)
constexpr std::uint32_t greatest_availability = 18500;
static_assert(wire::lync::activity_texts_max == domain::activity_texts_max, "both readers refuse the same");

std::optional<Container> container_of(std::uint32_t number) {
  constexpr std::array known = {Container::everyone,  Container::self,     Container::devices,
                                Container::interrupt, Container::external, Container::colleagues,
                                Container::workgroup, Container::friends,  Container::blocked};
  for (const Container one : known)
    if (static_cast<std::uint32_t>(one) == number) return one;
  return std::nullopt;
}

domain::ExpireType expire_type_of(wire::lync::ExpireType type) {
  switch (type) {
    case wire::lync::ExpireType::static_:
      return domain::ExpireType::permanent;
    case wire::lync::ExpireType::user:
      return domain::ExpireType::user;
    case wire::lync::ExpireType::endpoint:
      return domain::ExpireType::endpoint;
    case wire::lync::ExpireType::time:
      return domain::ExpireType::time;
  }
  return domain::ExpireType::endpoint;
}

domain::State state_of(const StateElement& element) {
  domain::State state;
  const std::uint32_t told = element.availability.value_or(0);
  if (told >= least_availability)
    state.availability = static_cast<std::uint16_t>(std::min(told, greatest_availability));
  if (!element.activity) return state;
  state.activity = domain::activity_from(element.activity->token);
  if (state.activity == domain::Activity::none && !element.activity->texts.empty()) {
    state.activity = domain::Activity::custom;
    for (const auto& [text, lcid] : element.activity->texts)
      state.activity_texts.push_back({text, lcid ? wire::lync::language_tag_of(*lcid) : std::string()});
  }
  return state;
}

/// COMPAT(pidgin-sipe 1.25): it publishes "available" as picked by hand at each sign-in.  Taken at its word it would keep
/// the user green while the program itself tells that he is away, so it leaves the matter to the devices.
domain::ManualState manual_of(const StateElement& element) {
  domain::State state = state_of(element);
  const bool plain = domain::class_of(state.availability) == domain::AvailabilityClass::online &&
                     state.activity == domain::Activity::none;
  const bool by_hand = element.manual.value_or(true) && !plain;
  return by_hand ? domain::ManualState{std::move(state)} : domain::ManualState{};
}

/// COMPAT(pidgin-sipe 1.25): where others tell how a machine is used, it repeats what its user has picked, or what another
/// of his devices has, and goes on to when he picks something else there.  So such a number says that the machine is in
/// use, or idle; what was picked stands in the userState.
std::uint16_t use_of_machine(std::uint16_t told) {
  switch (domain::class_of(told)) {
    case domain::AvailabilityClass::busy:
    case domain::AvailabilityClass::do_not_disturb:
      return domain::availability_online;
    case domain::AvailabilityClass::idle_busy:
      return domain::availability_idle_online;
    case domain::AvailabilityClass::unset:
    case domain::AvailabilityClass::online:
    case domain::AvailabilityClass::idle_online:
    case domain::AvailabilityClass::be_right_back:
    case domain::AvailabilityClass::away:
    case domain::AvailabilityClass::offline:
      break;
  }
  return told;
}

domain::DeviceState device_of(const StateElement& element) {
  domain::DeviceState device;
  device.state = state_of(element);
  if (device.state.activity == domain::Activity::none)
    device.state.availability = use_of_machine(device.state.availability);
  device.activity_told = device.state.availability != domain::availability_unset;
  device.type = element.device;
  return device;
}

/// A calendar tells an absence by its activity alone.
domain::State calendar_state_of(const StateElement& element) {
  domain::State state = state_of(element);
  if (state.availability == domain::availability_unset && state.activity == domain::Activity::out_of_office)
    state.availability = domain::availability_away;
  return state;
}

Result<domain::PublicationValue> state_value(const std::string& content) {
  const Result<StateElement> element = wire::lync::read_state(content);
  if (!element) return element.error();
  switch (element->type) {
    case StateType::user:
      return domain::PublicationValue(manual_of(*element));
    case StateType::machine:
      return domain::PublicationValue(device_of(*element));
    case StateType::phone:
      return domain::PublicationValue(domain::EngagedState{state_of(*element)});
    case StateType::calendar: {
      domain::CalendarState calendar;
      calendar.state = calendar_state_of(*element);
      calendar.from = wire::pidf::read_date_time(element->start_time).value_or(base::WallTime{});
      calendar.until = {INT64_MAX};  // the client takes it back; its lease, if any, is the publication's
      calendar.subject = element->meeting_subject;
      calendar.place = element->meeting_location;
      return domain::PublicationValue(std::move(calendar));
    }
    case StateType::aggregate:
      return base::Error{Reason::presence_document_malformed, "aggregateState is made by the server"};
    case StateType::aggregate_machine:
    case StateType::dnd:
    case StateType::other:
      break;
  }
  return domain::PublicationValue(domain::OpaqueValue{std::string(category_media_type), content});
}

/// COMPAT(pidgin-sipe 1.25): it publishes note and states in one request and shows no refusal, so that with a note that is
/// too long nobody would see a change of its states any more.
/// True: it was cut, and the user's own devices are to read what the others read.
bool shorten(domain::NoteValue& note) {
  if (note.text.size() <= domain::note_octets_max) return false;
  note.text = cut(std::move(note.text), domain::note_octets_max);
  return true;
}

Result<domain::PublicationValue> note_value(const std::string& content) {
  const Result<wire::lync::NoteElement> note = wire::lync::read_note(content);
  if (!note) return note.error();
  domain::NoteValue value;
  if (note->bodies.empty()) return domain::PublicationValue(std::move(value));
  const wire::lync::NoteBody& body = note->bodies.front();
  value.kind =
      body.type == wire::lync::NoteType::out_of_office ? domain::NoteKind::out_of_office : domain::NoteKind::personal;
  value.text = body.text;
  if (const auto from = wire::pidf::read_date_time(body.start_time)) value.from = *from;
  if (const auto until = wire::pidf::read_date_time(body.end_time)) value.until = *until;
  return domain::PublicationValue(std::move(value));
}

Result<domain::PublicationValue> value_of(const PublicationItem& item) {
  const std::string content = item.content.value_or(std::string());
  if (item.category == "state") return state_value(content);
  // A container may be given an empty note, so that its members see none (Lync 2013: 100 and 32000).
  if (item.category == "note")
    return item.content ? note_value(content) : domain::PublicationValue(domain::NoteValue{});
  return domain::PublicationValue(domain::OpaqueValue{std::string(category_media_type), content});
}

}  // namespace

std::string cut(std::string text, std::size_t octets_max) {
  if (text.size() <= octets_max) return text;
  text.resize(octets_max);
  while (!text.empty() && !base::is_utf8(text)) text.pop_back();
  return text;
}

Result<domain::PublishItem> item_of(const PublicationItem& item) {
  const std::optional<Container> container = container_of(item.container);
  if (!container)
    return base::Error{Reason::presence_document_malformed, "container " + std::to_string(item.container)};
  domain::PublishItem out;
  out.key = {item.category, item.instance, *container};
  out.expected_version = item.version;
  out.expires = expire_type_of(item.expire_type);
  if (item.expires_seconds == 0U) return out;  // removed
  if (item.expires_seconds) out.lease = std::chrono::seconds{*item.expires_seconds};
  if (!item.content && item.category == "state")
    return base::Error{Reason::presence_document_malformed, "publication without content: " + item.category};
  Result<domain::PublicationValue> value = value_of(item);
  if (!value) return value.error();
  out.value = *std::move(value);
  if (auto* note = std::get_if<domain::NoteValue>(&*out.value); note != nullptr && shorten(*note)) return out;
  out.original = {std::string(category_media_type), item.content.value_or(std::string())};
  return out;
}

}  // namespace tertulia::face::lync
