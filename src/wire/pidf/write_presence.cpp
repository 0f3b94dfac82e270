// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "wire/pidf/presence.h"
#include "wire/pidf/words.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::pidf {

using xml::Writer;

namespace {

/// Namespaces beyond PIDF's own that a document needs; others are not declared.
struct Needed {
  bool model = false, rpid = false, cipid = false, caps = false, location = false;
};

/// Written as an element of its own; everything else as text, "note" too, which stands beside the place (RFC 4480 3.7).
bool is_place_word(std::string_view text) {
  if (text.empty() || text.front() == '-' || text == "note") return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

Needed needed_for(const Presence& presence) {
  Needed needed;
  needed.model = presence.person.has_value() || !presence.devices.empty();
  for (const Tuple& tuple : presence.tuples) {
    needed.model |= !tuple.device_id.empty();
    needed.rpid |= tuple.user_input.has_value();
    needed.caps |= tuple.capabilities.has_value();
  }
  for (const Device& device : presence.devices) {
    needed.rpid |= device.user_input.has_value();
    needed.caps |= !device.mobility.empty();
  }
  if (!presence.person) return needed;
  const Person& person = *presence.person;
  needed.rpid |= !person.activities.empty() || !person.activities_notes.empty() || !person.class_name.empty() ||
                 !person.place_type.empty() || !person.status_icon.empty() || person.time_offset_minutes ||
                 person.user_input;
  needed.cipid = person.cipid != Cipid{};
  needed.location = is_place_word(person.place_type);
  return needed;
}

void write_notes(Writer& out, std::string_view name, const std::vector<Note>& notes) {
  for (const Note& note : notes)
    out.begin(name).attribute_unless_empty("xml:lang", note.language).text(note.text).end();
}

void write_time(Writer& out, std::string_view name, const std::optional<base::WallTime>& time) {
  if (time) out.element(name, base::to_iso8601(*time));
}

void write_user_input(Writer& out, const std::optional<UserInput>& input) {
  if (!input) return;
  out.begin("rpid:user-input");
  if (input->idle_threshold_seconds) out.attribute("idle-threshold", *input->idle_threshold_seconds);
  if (input->last_input) out.attribute("last-input", base::to_iso8601(*input->last_input));
  out.text(input->idle ? "idle" : "active").end();
}

void write_truth(Writer& out, std::string_view name, const std::optional<bool>& truth) {
  if (truth) out.element(name, *truth ? "true" : "false");
}

void write_tuple(Writer& out, const Tuple& tuple) {
  out.begin("tuple").attribute("id", tuple.id).begin("status");
  if (tuple.open) out.element("basic", *tuple.open ? "open" : "closed");
  out.end();
  if (tuple.capabilities) {
    out.begin("caps:servcaps");
    write_truth(out, "caps:audio", tuple.capabilities->audio);
    write_truth(out, "caps:message", tuple.capabilities->message);
    write_truth(out, "caps:text", tuple.capabilities->text);
    write_truth(out, "caps:video", tuple.capabilities->video);
    out.end();
  }
  write_user_input(out, tuple.user_input);
  out.element_unless_empty("dm:deviceID", tuple.device_id);
  for (const std::string& extension : tuple.extensions) out.raw(extension);
  if (!tuple.contact.empty()) {
    out.begin("contact");
    if (is_priority(tuple.priority)) out.attribute("priority", tuple.priority);
    out.text(tuple.contact).end();
  }
  write_notes(out, "note", tuple.notes);
  write_time(out, "timestamp", tuple.timestamp);
  out.end();
}

void write_activities(Writer& out, const Person& person) {
  if (person.activities.empty() && person.activities_notes.empty()) return;
  out.begin("rpid:activities");
  write_notes(out, "rpid:note", person.activities_notes);
  for (const Activity& activity : person.activities) {
    // Only words of ours become names of elements.
    if (activity.name == "other")
      out.begin("rpid:other").attribute_unless_empty("xml:lang", activity.language).text(activity.text).end();
    else if (!is_activity(activity.name))
      out.element("rpid:other", activity.name);
    else
      out.begin("rpid:" + activity.name).end();
  }
  out.end();
}

void write_place_type(Writer& out, const std::string& place) {
  if (place.empty()) return;
  out.begin("rpid:place-type");
  if (is_place_word(place))
    out.begin("lt:" + place).end();
  else
    out.element("rpid:other", place);
  out.end();
}

void write_person(Writer& out, const Person& person) {
  out.begin("dm:person").attribute("id", person.id);
  write_activities(out, person);
  out.element_unless_empty("rpid:class", person.class_name);
  out.raw(person.mood);
  write_place_type(out, person.place_type);
  out.element_unless_empty("rpid:status-icon", person.status_icon);
  if (person.time_offset_minutes) out.element("rpid:time-offset", std::to_string(*person.time_offset_minutes));
  write_user_input(out, person.user_input);
  out.element_unless_empty("c:card", person.cipid.card);
  out.element_unless_empty("c:display-name", person.cipid.display_name);
  out.element_unless_empty("c:homepage", person.cipid.homepage);
  out.element_unless_empty("c:icon", person.cipid.icon);
  for (const std::string& extension : person.extensions) out.raw(extension);
  write_notes(out, "dm:note", person.notes);
  write_time(out, "dm:timestamp", person.timestamp);
  out.end();
}

void write_device(Writer& out, const Device& device) {
  out.begin("dm:device").attribute("id", device.id);
  if (device.mobility == "fixed" || device.mobility == "mobile") {
    out.begin("caps:devcaps").begin("caps:mobility").begin("caps:supported");
    out.begin("caps:" + device.mobility).end().end().end().end();
  }
  write_user_input(out, device.user_input);
  out.element_unless_empty("dm:deviceID", device.device_id);
  write_notes(out, "dm:note", device.notes);
  write_time(out, "dm:timestamp", device.timestamp);
  out.end();
}

}  // namespace

std::string write_presence(const Presence& presence) {
  const Needed needed = needed_for(presence);
  Writer out;
  out.begin("presence").attribute("xmlns", pidf_namespace);
  if (needed.model) out.attribute("xmlns:dm", model_namespace);
  if (needed.rpid) out.attribute("xmlns:rpid", rpid_namespace);
  if (needed.cipid) out.attribute("xmlns:c", cipid_namespace);
  if (needed.caps) out.attribute("xmlns:caps", caps_namespace);
  if (needed.location) out.attribute("xmlns:lt", location_namespace);
  out.attribute("entity", presence.entity);
  // The schemas fix the orders: what RFC 3863 knows stands in front of what extends it.
  for (const Tuple& tuple : presence.tuples) write_tuple(out, tuple);
  write_notes(out, "note", presence.notes);
  if (presence.person) write_person(out, *presence.person);
  for (const Device& device : presence.devices) write_device(out, device);
  out.end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::pidf
