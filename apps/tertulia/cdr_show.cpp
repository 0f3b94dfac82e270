// SPDX-License-Identifier: Apache-2.0
// cdr show: one record, and what belongs to the same story.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cdr.h"
#include "commands.h"
#include "output.h"
#include "server/data_folder.h"

namespace tertulia::app {

using base::Reason;
using base::Result;
using domain::RecordField;
using domain::RecordFieldKind;
using io::conference_table::ConferenceStory;
using Json = nlohmann::json;

Result<io::ReadOnlyStore> open_store(const Arguments& arguments) {
  return io::ReadOnlyStore::open(server::DataFolder(arguments.common.data).store().string());
}

Json record_json(const std::vector<RecordField>& fields) {
  Json json = Json::object();
  for (const RecordField& field : fields) {
    const std::string name(field.name);
    switch (field.kind) {
      case RecordFieldKind::number: {
        if (field.text.empty()) {  // not known
          json[name] = Json();
          break;
        }
        // Identifiers use all 64 bits and would lose digits in most JSON readers: they stay texts there.
        std::uint64_t number = 0;
        std::from_chars(field.text.data(), field.text.data() + field.text.size(), number);
        if (number < (1ULL << 53)) {
          json[name] = number;
        } else {
          json[name] = field.text;
        }
        break;
      }
      case RecordFieldKind::time:
      case RecordFieldKind::link:
        json[name] = field.text.empty() ? Json() : Json(field.text);
        break;
      case RecordFieldKind::text:
        json[name] = field.text;
        break;
    }
  }
  return json;
}

namespace {

/// A conversation from two to many: the session of two it began as, if it did, and the conferences that it became.
struct Story {
  std::optional<domain::SessionRecord> session;
  std::vector<ConferenceStory> conferences;
};

Json story_json(const ConferenceStory& story) {
  Json json = record_json(domain::fields_of(story.conference));
  const auto rows = [](const auto& records) {
    Json list = Json::array();
    for (const auto& record : records) list.push_back(record_json(domain::fields_of(record)));
    return list;
  };
  json["joins"] = rows(story.focus_joins);
  json["chats"] = rows(story.mcu_joins);
  Json counts = Json::object();
  for (const domain::ConferenceMessageCount& one : story.message_counts) counts[one.user] = one.messages;
  json["messages"] = std::move(counts);
  return json;
}

/// Of a session: its own fields, and what it became; of a conference: its own fields, and what it began as.
Json as_json(const Story& story, bool of_conference) {
  if (of_conference) {
    Json json = story_json(story.conferences.front());
    json["began_as"] = story.session ? record_json(domain::fields_of(*story.session)) : Json();
    return json;
  }
  Json json = record_json(domain::fields_of(*story.session));
  json["became"] = Json::array();
  for (const ConferenceStory& one : story.conferences) json["became"].push_back(story_json(one));
  return json;
}

void print_fields(const Arguments& arguments, const std::vector<RecordField>& fields) {
  const auto language = arguments.common.language;
  for (const RecordField& one : fields)
    say(arguments.common, fmt::format("{:<22} {}", tr(language, one.name), tr_value(language, one.name, one.text)));
}

void print_conference(const Arguments& arguments, const ConferenceStory& story) {
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  print_fields(arguments, domain::fields_of(story.conference));
  say(arguments.common, "");
  std::vector<std::vector<std::string>> rows;
  for (const domain::FocusJoinRecord& join : story.focus_joins) {
    std::uint64_t messages = 0;
    for (const domain::McuJoinRecord& chat : story.mcu_joins) {
      const bool his = chat.user == join.user && chat.endpoint == join.endpoint && chat.join_time >= join.join_time &&
                       (!join.leave_time || chat.join_time <= *join.leave_time);
      if (his) messages += chat.message_count;
    }
    rows.push_back({base::to_iso8601(join.join_time), join.leave_time ? base::to_iso8601(*join.leave_time) : "",
                    std::to_string(domain::response_code_of(join)), join.user, head(domain::name_of(join.role)),
                    std::to_string(messages), join.client_version});
  }
  print_table(
      {head("JOINED"), head("LEFT"), head("CODE"), head("USER"), head("ROLE"), head("MESSAGES"), head("CLIENT")}, rows);
}

void print(const Arguments& arguments, const Story& story) {
  if (story.session) print_fields(arguments, domain::fields_of(*story.session));
  for (const ConferenceStory& one : story.conferences) {
    if (story.session) say(arguments.common, "");
    print_conference(arguments, one);
  }
}

/// Errors: not_found (neither session nor conference).
Result<Story> story_of(io::ReadOnlyStore& store, base::RecordId id, bool& of_conference) {
  Story story;
  if (auto session = store.show_session(id)) {
    auto became = store.conferences_of(session->conversation);
    if (!became) return became.error();
    // A conversation's id is that of its conference; a session of pages or calls has an id of its own.
    for (ConferenceStory& one : *became)
      if (one.conference.replaces == id || !one.conference.replaces) story.conferences.push_back(std::move(one));
    story.session = *std::move(session);
    return story;
  }
  auto conference = store.show_conference(id);
  if (!conference) return conference.error();
  of_conference = true;
  if (conference->conference.replaces) {
    // May be purged meanwhile.
    if (auto session = store.show_session(conference->conference.replaces)) story.session = *std::move(session);
  }
  story.conferences.push_back(*std::move(conference));
  return story;
}

}  // namespace

Exit run_cdr_show(const Arguments& arguments) {
  const auto number = base::to_number(arguments.record_id);
  if (!number) return report(arguments.common, {Reason::command_malformed, "a record's number is needed"});
  auto store = open_store(arguments);
  if (!store) return report(arguments.common, store.error());
  bool of_conference = false;
  const auto story = story_of(*store, {*number}, of_conference);
  if (!story) {
    const auto registration = store->show_registration({*number});
    if (!registration) return report(arguments.common, registration.error());
    const auto fields = domain::fields_of(*registration);
    if (arguments.common.json)
      print_json(
          Json{{"ok", true}, {"result", record_json(fields)}}.dump(2, ' ', false, Json::error_handler_t::replace));
    print_fields(arguments, fields);
    return Exit::done;
  }
  if (arguments.common.json) {
    print_json(Json{{"ok", true}, {"result", as_json(*story, of_conference)}}.dump(2, ' ', false,
                                                                                   Json::error_handler_t::replace));
    return Exit::done;
  }
  print(arguments, *story);
  return Exit::done;
}

}  // namespace tertulia::app
