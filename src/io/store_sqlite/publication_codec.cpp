// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/publication_codec.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace tertulia::io::publication_codec {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using base::WallTime;
using domain::CalendarState;
using domain::DeviceState;
using domain::EngagedState;
using domain::ManualState;
using domain::NoteKind;
using domain::NoteValue;
using domain::OpaqueValue;
using domain::PublicationValue;
using domain::State;
using Json = nlohmann::json;

constexpr std::int64_t format_now = 1;

// ---- writing

void put(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}
void put(Json& json, const char* name, bool on) {
  if (on) json[name] = true;
}
void put(Json& json, const char* name, const std::optional<WallTime>& time) {
  if (time) json[name] = time->us;
}
void put(Json& json, const State& state) {
  json["availability"] = state.availability;
  put(json, "activity", std::string(domain::token_of(state.activity)));
  if (state.activity_texts.empty()) return;
  put(json, "activity_text", state.activity_texts.front().text);
  put(json, "activity_language", state.activity_texts.front().language);
  for (std::size_t i = 1; i < state.activity_texts.size(); ++i) {
    Json one = Json::object();
    put(one, "text", state.activity_texts[i].text);
    put(one, "language", state.activity_texts[i].language);
    json["activity_further"].push_back(std::move(one));
  }
}

struct Encoder {
  Json json = Json::object();
  EncodedValue out;

  void operator()(const ManualState& manual) {
    out.kind = "manual";
    put(json, manual.state);
  }
  void operator()(const DeviceState& device) {
    out.kind = "device";
    put(json, device.state);
    put(json, "closed", device.closed);
    put(json, "idle_since_us", device.idle_since);
    put(json, "activity_told", device.activity_told);
    put(json, "type", device.type);
    put(json, "time_zone", device.time_zone);
  }
  void operator()(const NoteValue& note) {
    out.kind = "note";
    json["note"] = note.kind == NoteKind::out_of_office ? "out_of_office" : "personal";
    put(json, "text", note.text);
    put(json, "from_us", note.from);
    put(json, "until_us", note.until);
  }
  void operator()(const CalendarState& calendar) {
    out.kind = "calendar";
    put(json, calendar.state);
    put(json, "from_us", std::optional{calendar.from});
    put(json, "until_us", std::optional{calendar.until});
    put(json, "subject", calendar.subject);
    put(json, "place", calendar.place);
  }
  void operator()(const OpaqueValue& opaque) {
    out.kind = "opaque";
    put(json, "media_type", opaque.media_type);
    out.bytes = opaque.bytes;
  }
  void operator()(const EngagedState& engaged) {
    out.kind = "engaged";
    put(json, engaged.state);
  }
};

// ---- reading

/// Reads fields and remembers the first that is not as it was written.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  std::string text(const char* name) {
    const Json* field = find(name, &Json::is_string);
    return field != nullptr ? *field->get_ptr<const std::string*>() : std::string();
  }
  bool flag(const char* name) {
    const Json* field = find(name, &Json::is_boolean);
    return field != nullptr && *field->get_ptr<const bool*>();
  }
  std::optional<WallTime> time(const char* name) {
    const Json* field = find(name, &Json::is_number_integer);
    if (field == nullptr) return std::nullopt;
    return WallTime{field->get<std::int64_t>()};
  }
  State state() {
    State state;
    const Json* number = find("availability", &Json::is_number_unsigned);
    const auto availability = number != nullptr ? number->get<std::uint64_t>() : 0;
    if (number == nullptr || availability > std::numeric_limits<std::uint16_t>::max()) note("availability");
    state.availability = static_cast<std::uint16_t>(availability);
    state.activity = domain::activity_from(text("activity"));  // one of a later version counts as none
    state.activity_texts = activity_texts();
    return state;
  }
  void note(const char* name) {
    if (bad_ == nullptr) bad_ = name;
  }
  const char* bad() const { return bad_; }

 private:
  std::vector<domain::ActivityText> activity_texts() {
    std::vector<domain::ActivityText> texts;
    if (domain::ActivityText first{text("activity_text"), text("activity_language")}; !first.text.empty())
      texts.push_back(std::move(first));
    const Json* further = find("activity_further", &Json::is_array);
    if (further == nullptr) return texts;
    for (const Json& one : *further) {
      Reader reader(one);
      texts.push_back({reader.text("text"), reader.text("language")});
      if (!one.is_object() || reader.bad() != nullptr) note("activity_further");
    }
    return texts;
  }
  const Json* find(const char* name, bool (Json::*is)() const noexcept) {
    const auto place = json_.find(name);
    if (place == json_.end()) return nullptr;
    if (((*place).*is)()) return &*place;
    note(name);
    return nullptr;
  }
  const Json& json_;
  const char* bad_ = nullptr;
};

DeviceState device_of(Reader& reader) {
  DeviceState device;
  device.state = reader.state();
  device.closed = reader.flag("closed");
  device.idle_since = reader.time("idle_since_us");
  device.activity_told = reader.flag("activity_told");
  device.type = reader.text("type");
  device.time_zone = reader.text("time_zone");
  return device;
}

NoteValue note_of(Reader& reader) {
  const std::string word = reader.text("note");
  if (word != "personal" && word != "out_of_office") reader.note("note");
  return {word == "out_of_office" ? NoteKind::out_of_office : NoteKind::personal, reader.text("text"),
          reader.time("from_us"), reader.time("until_us")};
}

CalendarState calendar_of(Reader& reader) {
  const auto must = [&](const char* name) {
    const auto time = reader.time(name);
    if (!time) reader.note(name);
    return time.value_or(WallTime{});
  };
  CalendarState calendar;
  calendar.state = reader.state();
  calendar.from = must("from_us");
  calendar.until = must("until_us");
  calendar.subject = reader.text("subject");
  calendar.place = reader.text("place");
  return calendar;
}

std::optional<PublicationValue> value_of(std::string_view kind, Reader& reader, std::string_view bytes) {
  if (kind == "manual") return ManualState{reader.state()};
  if (kind == "device") return device_of(reader);
  if (kind == "note") return note_of(reader);
  if (kind == "calendar") return calendar_of(reader);
  if (kind == "opaque") return OpaqueValue{reader.text("media_type"), std::string(bytes)};
  if (kind == "engaged") return EngagedState{reader.state()};
  return std::nullopt;
}

}  // namespace

EncodedValue encode(const PublicationValue& value) {
  Encoder encoder;
  std::visit(encoder, value);
  encoder.out.format = format_now;
  // Texts were checked when they were published; one that is not UTF-8 all the same must not throw here.
  encoder.out.fields = encoder.json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return std::move(encoder.out);
}

Result<std::optional<PublicationValue>> decode(std::string_view kind, std::int64_t format, std::string_view fields,
                                               std::string_view bytes) {
  if (format < 1) return Error{Reason::file_damaged, "the format of the value is not a number of a format"};
  if (format > format_now) return std::optional<PublicationValue>{};
  const Json json = Json::parse(fields, nullptr, false);
  if (!json.is_object()) return Error{Reason::file_damaged, "the fields of the value are not a JSON object"};
  Reader reader(json);
  auto value = value_of(kind, reader, bytes);
  if (reader.bad() != nullptr) {
    return Error{Reason::file_damaged, fmt::format("the field {} of the value is malformed", reader.bad())};
  }
  return value;
}

}  // namespace tertulia::io::publication_codec
