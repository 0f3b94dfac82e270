// SPDX-License-Identifier: Apache-2.0
// From the client's documents to the domain.
#include <array>
#include <optional>
#include <utility>

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

domain::DeviceState device_of(const StateElement& element) {
  domain::DeviceState device;
  device.state = state_of(element);
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

Result<domain::PublicationValue> note_value(const std::string& content) {
  const Result<wire::lync::NoteElement> note = wire::lync::read_note(content);
  if (!note) return note.error();
  domain::NoteValue value;
  if (note->bodies.empty()) return domain::PublicationValue(std::move(value));
  const wire::lync::NoteBody& body = note->bodies.front();
  value.kind =
      body.type == wire::lync::NoteType::out_of_office ? domain::NoteKind::out_of_office : domain::NoteKind::personal;
  value.text = body.text;
  return domain::PublicationValue(std::move(value));
}

Result<domain::PublicationValue> value_of(const PublicationItem& item) {
  const std::string content = item.content.value_or(std::string());
  if (item.category == "state") return state_value(content);
  if (item.category == "note") return note_value(content);
  return domain::PublicationValue(domain::OpaqueValue{std::string(category_media_type), content});
}

}  // namespace

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
  out.original = {std::string(category_media_type), item.content.value_or(std::string())};
  return out;
}

}  // namespace tertulia::face::lync
