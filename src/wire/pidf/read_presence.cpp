// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "wire/pidf/date_time.h"
#include "wire/pidf/limits.h"
#include "wire/pidf/presence.h"
#include "wire/pidf/words.h"
#include "wire/xml/document.h"

namespace tertulia::wire::pidf {

using base::Error;
using base::Reason;
using xml::ElementView;

namespace {

constexpr std::array<std::string_view, 26> activity_names{"appointment",  "away",
                                                          "breakfast",    "busy",
                                                          "dinner",       "holiday",
                                                          "in-transit",   "looking-for-work",
                                                          "meal",         "meeting",
                                                          "on-the-phone", "other",
                                                          "performance",  "permanent-absence",
                                                          "playing",      "presentation",
                                                          "shopping",     "sleeping",
                                                          "spectator",    "steering",
                                                          "travel",       "tv",
                                                          "unknown",      "vacation",
                                                          "working",      "worship"};

/// Vocabulary of presence, whichever draft or vendor's variant: RPID and its relatives have changed their namespaces
/// often, but not their words.
bool is_presence_namespace(std::string_view name_space) {
  for (const std::string_view part : {"pidf", "rpid", "cipid"})
    if (name_space.find(part) != std::string_view::npos) return true;
  return name_space.empty();
}

std::optional<bool> truth_of(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

UserInput read_user_input(ElementView element) {
  UserInput input;
  input.idle = base::equal_ignoring_case(element.text(), "idle");
  if (const auto last = element.attribute("last-input")) input.last_input = read_date_time(*last);
  if (const auto threshold = element.attribute("idle-threshold")) {
    const auto seconds = base::to_number(base::trimmed(*threshold));
    if (seconds && *seconds <= std::numeric_limits<std::uint32_t>::max())
      input.idle_threshold_seconds = static_cast<std::uint32_t>(*seconds);
  }
  return input;
}

std::optional<int> read_time_offset(std::string_view text) {
  const bool negative = text.substr(0, 1) == "-";
  if (negative || text.substr(0, 1) == "+") text.remove_prefix(1);
  const auto minutes = base::to_number(text);
  if (!minutes || *minutes > static_cast<std::uint64_t>(time_offset_minutes_max)) return std::nullopt;
  return negative ? -static_cast<int>(*minutes) : static_cast<int>(*minutes);
}

std::string read_place_type(ElementView element) {
  for (ElementView inside : element.children()) {
    if (inside.local() == "note") continue;
    const bool spelled_out = inside.local() == "other" && !inside.text().empty();
    return std::string(spelled_out ? inside.text() : inside.local());
  }
  return std::string(element.text());
}

std::string language_of(ElementView element) {
  return std::string(element.attribute("lang", xml_namespace).value_or(std::string_view{}));
}

Activity activity_of(std::string_view word) {
  if (word != "other" && is_activity(word)) return {std::string(word), {}};
  return {"other", std::string(word == "other" ? std::string_view{} : word)};
}

class Reader {
 public:
  explicit Reader(ElementView root) : root_namespace_(root.name_space()) {}
  void read(ElementView root);
  Presence presence;
  std::string_view wrong;  // the first thing that cannot be tolerated

 private:
  bool ours(ElementView element) const {
    return is_presence_namespace(element.name_space()) || element.name_space() == root_namespace_;
  }
  template <typename List, typename Value>
  void add(List& list, Value value, std::size_t most, std::string_view what) {
    if (list.size() < most)
      list.push_back(std::move(value));
    else if (wrong.empty())
      wrong = what;
  }
  Person& person() {
    if (!presence.person) presence.person.emplace().id = "p1";
    return *presence.person;
  }
  std::string kept(ElementView element);
  void read_note(ElementView element, std::vector<Note>& notes);
  void read_tuple(ElementView element);
  void read_status(ElementView element, Tuple& tuple);
  void read_capabilities(ElementView element, Tuple& tuple);
  bool read_person_piece(ElementView element);
  bool read_own_person_piece(ElementView element);
  void read_person(ElementView element);
  void read_activities(ElementView element);
  void add_activity(Activity activity);
  void read_device(ElementView element);

  std::string_view root_namespace_;
  bool person_named_ = false;
  std::size_t kept_bytes_ = 0;
};

std::string Reader::kept(ElementView element) {
  if (!wrong.empty()) return {};
  std::string text = element.standalone();
  kept_bytes_ += text.size();
  if (kept_bytes_ > extension_bytes_max && wrong.empty()) wrong = "too much that is not known";
  return text;
}

void Reader::read_note(ElementView element, std::vector<Note>& notes) {
  if (element.text().empty()) return;
  add(notes, Note{std::string(element.text()), language_of(element)}, notes_max, "too many notes");
}

void Reader::add_activity(Activity activity) {
  std::vector<Activity>& all = person().activities;
  if (std::find(all.begin(), all.end(), activity) != all.end()) return;
  add(all, std::move(activity), activities_max, "too many activities");
}

void Reader::read_activities(ElementView element) {
  if (!element.first_child() && !element.text().empty()) return add_activity(activity_of(element.text()));
  for (ElementView inside : element.children()) {
    const std::string_view word = inside.local();
    if (word == "note")
      read_note(inside, person().activities_notes);
    else if (word == "activity")  // drafts of RPID put the word inside
      add_activity(activity_of(inside.text()));
    else if (word == "other")
      add_activity({"other", std::string(inside.text()), language_of(inside)});
    else
      add_activity(activity_of(word));
  }
}

/// What tells about the person wherever it stands.  The first one who says a thing counts.
bool Reader::read_person_piece(ElementView element) {
  if (!ours(element)) return false;
  const std::string_view word = element.local();
  const auto set = [](std::string& target, std::string_view value) {
    if (target.empty()) target = value;
  };
  if (word == "activities")
    read_activities(element);
  else if (word == "mood" && is_presence_namespace(element.name_space()))
    set(person().mood, person().mood.empty() ? kept(element) : std::string());
  else if (word == "place-type")
    set(person().place_type, read_place_type(element));
  else if (word == "time-offset")
    person().time_offset_minutes =
        person().time_offset_minutes ? person().time_offset_minutes : read_time_offset(element.text());
  else if (word == "display-name")
    set(person().cipid.display_name, element.text());
  else if (word == "icon")
    set(person().cipid.icon, element.text());
  else if (word == "card")
    set(person().cipid.card, element.text());
  else if (word == "homepage")
    set(person().cipid.homepage, element.text());
  else
    return false;
  return true;
}

/// The same words mean a service when they stand in a tuple.
bool Reader::read_own_person_piece(ElementView element) {
  if (!ours(element)) return false;
  const std::string_view word = element.local();
  Person& one = person();
  if (word == "status-icon") {
    if (one.status_icon.empty()) one.status_icon = element.text();
  } else if (word == "class") {
    if (one.class_name.empty()) one.class_name = element.text();
  } else if (word == "user-input") {
    if (!one.user_input) one.user_input = read_user_input(element);
  } else if (word == "note") {
    read_note(element, one.notes);
  } else if (word == "timestamp") {
    if (!one.timestamp) one.timestamp = read_date_time(element.text());
  } else {
    return false;
  }
  return true;
}

void Reader::read_person(ElementView element) {
  Person& one = person();
  const std::string_view id = element.attribute("id").value_or(std::string_view{});
  if (!person_named_ && !id.empty()) one.id = id;
  person_named_ = person_named_ || !id.empty();
  for (ElementView inside : element.children()) {
    if (ours(inside) && inside.local() == "status") {
      for (ElementView piece : inside.children()) (void)(read_person_piece(piece) || read_own_person_piece(piece));
    } else if (!read_person_piece(inside) && !read_own_person_piece(inside)) {
      add(one.extensions, kept(inside), extensions_max, "too many extensions");
    }
  }
}

void Reader::read_status(ElementView element, Tuple& tuple) {
  for (ElementView inside : element.children()) {
    if (ours(inside) && inside.local() == "basic") {
      if (base::equal_ignoring_case(inside.text(), "open")) tuple.open = true;
      if (base::equal_ignoring_case(inside.text(), "closed")) tuple.open = false;
    } else if (ours(inside) && inside.local() == "extended") {
      // A vendor's word beside `basic`; "available" and "offline" are said by basic too.
      if (inside.text() == "busy" || inside.text() == "away") add_activity(activity_of(inside.text()));
      if (inside.text() == "extended-away") add_activity({"away", {}});
    } else {
      (void)read_person_piece(inside);
    }
  }
}

void Reader::read_capabilities(ElementView element, Tuple& tuple) {
  ServiceCapabilities all;
  for (ElementView inside : element.children()) {
    if (inside.local() == "audio") all.audio = truth_of(inside.text());
    if (inside.local() == "video") all.video = truth_of(inside.text());
    if (inside.local() == "text") all.text = truth_of(inside.text());
    if (inside.local() == "message") all.message = truth_of(inside.text());
  }
  tuple.capabilities = all;
}

void Reader::read_tuple(ElementView element) {
  Tuple tuple;
  tuple.id = element.attribute("id").value_or(std::string_view{});
  if (tuple.id.empty()) tuple.id = "t" + std::to_string(presence.tuples.size() + 1);
  for (ElementView inside : element.children()) {
    const std::string_view word = ours(inside) ? inside.local() : std::string_view{};
    if (word == "status") {
      read_status(inside, tuple);
    } else if (word == "contact") {
      tuple.contact = inside.text();
      const std::string_view priority = inside.attribute("priority").value_or(std::string_view{});
      tuple.priority = !tuple.contact.empty() && is_priority(priority) ? priority : std::string_view{};
    } else if (word == "note") {
      read_note(inside, tuple.notes);
    } else if (word == "timestamp") {
      tuple.timestamp = read_date_time(inside.text());
    } else if (word == "servcaps") {
      read_capabilities(inside, tuple);
    } else if (word == "user-input") {
      tuple.user_input = read_user_input(inside);
    } else if (word == "deviceID") {
      tuple.device_id = inside.text();
    } else if (!read_person_piece(inside)) {
      add(tuple.extensions, kept(inside), extensions_max, "too many extensions");
    }
  }
  add(presence.tuples, std::move(tuple), tuples_max, "too many tuples");
}

void Reader::read_device(ElementView element) {
  Device device;
  device.id = element.attribute("id").value_or(std::string_view{});
  if (device.id.empty()) device.id = "d" + std::to_string(presence.devices.size() + 1);
  for (ElementView inside : element.children()) {
    if (!ours(inside)) continue;
    if (inside.local() == "deviceID") device.device_id = inside.text();
    if (inside.local() == "user-input") device.user_input = read_user_input(inside);
    if (inside.local() == "note") read_note(inside, device.notes);
    if (inside.local() == "timestamp") device.timestamp = read_date_time(inside.text());
    if (inside.local() != "devcaps") continue;
    const auto mobility = inside.child(inside.name_space(), "mobility");
    const auto supported = mobility ? mobility->child(inside.name_space(), "supported") : std::nullopt;
    for (const std::string_view word : {"fixed", "mobile"})
      if (supported && supported->child(inside.name_space(), word)) device.mobility = word;
  }
  add(presence.devices, std::move(device), devices_max, "too many devices");
}

void Reader::read(ElementView root) {
  presence.entity = base::trimmed(root.attribute("entity").value_or(std::string_view{}));
  for (ElementView element : root.children()) {
    if (!ours(element)) continue;
    if (element.local() == "tuple") read_tuple(element);
    if (element.local() == "person") read_person(element);
    if (element.local() == "device") read_device(element);
    if (element.local() == "note") read_note(element, presence.notes);
  }
}

}  // namespace

bool is_activity(std::string_view name) {
  return std::find(activity_names.begin(), activity_names.end(), name) != activity_names.end();
}

bool is_priority(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return false;
  if (text.size() > 1 && text[1] != '.') return false;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size())))
    if (text[0] == '1' ? c != '0' : !base::is_digit(c)) return false;
  return true;
}

Result<Presence> read_presence(std::string_view document) {
  const Result<xml::Document> parsed = xml::Document::parse(std::string(document));
  if (parsed.reason() == Reason::message_too_large) return Error{Reason::body_too_large, "presence document"};
  if (!parsed) return Error{Reason::presence_document_malformed, parsed.error().detail};
  if (parsed->root().local() != "presence")
    return Error{Reason::presence_document_malformed, "PIDF: other root element"};
  Reader reader(parsed->root());
  reader.read(parsed->root());
  if (!reader.wrong.empty()) return Error{Reason::presence_document_malformed, "PIDF: " + std::string(reader.wrong)};
  return std::move(reader.presence);
}

}  // namespace tertulia::wire::pidf
