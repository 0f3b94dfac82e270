// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/state_element.h"

#include <array>
#include <utility>

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view state_namespace = "http://schemas.microsoft.com/2006/09/sip/state";
constexpr std::array<std::string_view, 7> state_type_names{
    "machineState", "userState", "calendarState", "phoneState", "aggregateState", "aggregateMachineState", "dndState"};

/// xsi:type may have the prefix of its namespace.
std::string_view without_prefix(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return without_blanks(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

Result<std::optional<StateActivity>> read_activity(const Element& element) {
  StateActivity activity;
  activity.token = without_blanks(element.attribute("token").value_or(std::string_view{}));
  activity.min_availability = number_of(element.attribute("minavailability"));
  activity.max_availability = number_of(element.attribute("maxavailability"));
  for (const Element& custom : element.children) {
    if (custom.name != "custom" || !has_text(custom.text)) continue;
    if (activity.texts.size() == activity_texts_max) return too_long("texts of an activity");
    // Bounds may stand with the text instead of with the activity.
    if (activity.texts.empty() && !activity.min_availability && !activity.max_availability) {
      activity.min_availability = number_of(custom.attribute("minavailability"));
      activity.max_availability = number_of(custom.attribute("maxavailability"));
    }
    activity.texts.push_back({custom.text, number_of(custom.attribute("lcid"))});
  }
  if (activity.token.empty() && activity.texts.empty()) return std::optional<StateActivity>{};
  return std::optional(std::move(activity));
}

void write_activity(xml::Writer& out, const StateActivity& activity) {
  out.begin("activity");
  if (has_text(activity.token)) out.attribute("token", activity.token);
  if (activity.min_availability) out.attribute("minAvailability", *activity.min_availability);
  if (activity.max_availability) out.attribute("maxAvailability", *activity.max_availability);
  for (const StateActivity::Text& one : activity.texts) {
    if (!has_text(one.text)) continue;
    out.begin("custom");
    if (one.lcid) out.attribute("LCID", *one.lcid);
    out.text(one.text).end();
  }
  out.end();
}

}  // namespace

Result<StateElement> read_state(std::string_view element) {
  const Result<Element> root = read_element(element, "state", Reason::presence_document_malformed);
  if (!root) return root.error();
  StateElement state;
  const std::string_view type = without_prefix(root->attribute("type").value_or(std::string_view{}));
  state.type = enum_of<StateType>(type, state_type_names).value_or(StateType::other);
  if (state.type == StateType::other) state.other_type = type;
  state.manual = flag_of(root->attribute("manual"));
  state.uri = root->attribute_or_empty("uri");
  state.start_time = root->attribute_or_empty("starttime");
  state.end_time = root->attribute_or_empty("endtime");
  state.last_active = root->attribute_or_empty("lastactive");
  if (const Element* availability = root->child("availability")) state.availability = number_of(availability->text);
  if (const Element* activity = root->child("activity")) {
    auto read = read_activity(*activity);
    if (!read) return read.error();
    state.activity = *std::move(read);
  }
  state.endpoint_location = root->text_of_child("endpointLocation");
  state.meeting_subject = root->text_of_child("meetingSubject");
  state.meeting_location = root->text_of_child("meetingLocation");
  if (const Element* bias = root->child("timeZoneBias")) state.time_zone_bias = signed_number_of(bias->text);
  state.time_zone_name = root->text_of_child("timeZoneName");
  state.time_zone_abbreviation = root->text_of_child("timeZoneAbbreviation");
  state.device = root->text_of_child("device");
  return state;
}

std::string to_xml(const StateElement& state) {
  xml::Writer out;
  out.begin("state").attribute("xmlns", state_namespace).attribute("xmlns:xsi", xsi_namespace);
  if (state.type != StateType::other)
    out.attribute("xsi:type", state_type_names[static_cast<std::size_t>(state.type)]);
  else if (has_text(state.other_type))
    out.attribute("xsi:type", state.other_type);
  if (state.manual) out.attribute("manual", *state.manual ? "true" : "false");
  out.attribute_unless_empty("uri", state.uri).attribute_unless_empty("startTime", state.start_time);
  out.attribute_unless_empty("endTime", state.end_time).attribute_unless_empty("lastActive", state.last_active);
  if (state.availability) out.element("availability", std::to_string(*state.availability));
  if (state.activity) write_activity(out, *state.activity);
  if (state.type == StateType::machine || state.type == StateType::user || has_text(state.endpoint_location))
    out.element("endpointLocation", state.endpoint_location);
  element_with_text(out, "meetingSubject", state.meeting_subject);
  element_with_text(out, "meetingLocation", state.meeting_location);
  if (state.time_zone_bias) out.element("timeZoneBias", std::to_string(*state.time_zone_bias));
  element_with_text(out, "timeZoneName", state.time_zone_name);
  element_with_text(out, "timeZoneAbbreviation", state.time_zone_abbreviation);
  element_with_text(out, "device", state.device);
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
