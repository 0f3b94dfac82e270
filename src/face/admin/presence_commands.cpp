// SPDX-License-Identifier: Apache-2.0
#include "face/admin/presence_commands.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace tertulia::face::admin {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using domain::Activity;
using domain::Address;
using domain::MemberKind;

/// States that can be picked by hand (presence-model 2: no idle ones).
struct StateWord {
  std::string_view word;
  std::uint16_t availability;
  Activity activity;
};
constexpr std::array state_words{
    StateWord{"online", domain::availability_online, Activity::none},
    StateWord{"busy", domain::availability_busy, Activity::none},
    StateWord{"do-not-disturb", domain::availability_do_not_disturb, Activity::none},
    StateWord{"be-right-back", domain::availability_be_right_back, Activity::none},
    StateWord{"away", domain::availability_away, Activity::none},
    StateWord{"off-work", domain::availability_away, Activity::off_work},
    StateWord{"offline", domain::availability_offline, Activity::none},
    StateWord{"reset", domain::availability_unset, Activity::none},
};

struct MemberWord {
  std::string_view word;
  MemberKind kind;
};
constexpr std::array member_words{
    MemberWord{"same-enterprise", MemberKind::same_enterprise},
    MemberWord{"federated", MemberKind::federated},
    MemberWord{"public-cloud", MemberKind::public_cloud},
    MemberWord{"everyone", MemberKind::everyone},
};

std::string text_of(const domain::LevelMember& member) {
  if (!member.value.empty()) return member.value;
  const auto found = std::find_if(member_words.begin(), member_words.end(),
                                  [&](const MemberWord& word) { return word.kind == member.kind; });
  return found == member_words.end() ? std::string() : std::string(found->word);
}

Result<domain::LevelMember> member_from(const std::string& text) {
  for (const MemberWord& word : member_words)
    if (word.word == text) return domain::LevelMember{word.kind, {}};
  if (text.find('@') == std::string::npos) {
    if (const auto domain = domain::check_domain(text); !domain) return domain.error();
    return domain::LevelMember{MemberKind::domain, base::to_lower(text)};
  }
  const Result<Address> address = Address::parse(text);
  if (!address) return address.error();
  return domain::LevelMember{MemberKind::user, address->text()};
}

Json as_json(const domain::State& state) {
  Json out = {{"availability", state.availability},
              {"name", domain::name_of(domain::class_of(state.availability))},
              {"activity", domain::token_of(state.activity)}};
  if (state.activity != Activity::custom) return out;
  out["activity_text"] = state.activity_texts.empty() ? std::string() : state.activity_texts.front().text;
  Json& texts = out["activity_texts"] = Json::array();
  for (const domain::ActivityText& one : state.activity_texts)
    texts.push_back({{"text", one.text}, {"language", one.language}});
  return out;
}

Json as_json(const std::optional<base::WallTime>& time) { return time ? Json(base::to_iso8601(*time)) : Json(); }

/// What kind a published piece is, and what it says.
struct ValueAsJson {
  Json operator()(const domain::ManualState& value) const {
    return {{"kind", "manual"}, {"state", as_json(value.state)}};
  }
  Json operator()(const domain::DeviceState& value) const {
    return {{"kind", "device"},
            {"state", as_json(value.state)},
            {"closed", value.closed},
            {"idle_since", as_json(value.idle_since)},
            {"type", value.type}};
  }
  Json operator()(const domain::NoteValue& value) const {
    return {{"kind", "note"}, {"out_of_office", value.kind == domain::NoteKind::out_of_office}, {"text", value.text}};
  }
  Json operator()(const domain::CalendarState& value) const {
    return {{"kind", "calendar"},
            {"state", as_json(value.state)},
            {"from", base::to_iso8601(value.from)},
            {"until", base::to_iso8601(value.until)}};
  }
  Json operator()(const domain::EngagedState& value) const {
    return {{"kind", "engaged"}, {"state", as_json(value.state)}};
  }
  Json operator()(const domain::OpaqueValue& value) const {
    return {{"kind", "document"}, {"media_type", value.media_type}, {"bytes", value.bytes.size()}};
  }
};

std::string_view name_of(domain::ExpireType type) {
  switch (type) {
    case domain::ExpireType::permanent:
      return "permanent";
    case domain::ExpireType::user:
      return "user";
    case domain::ExpireType::endpoint:
      return "endpoint";
    case domain::ExpireType::time:
      return "time";
  }
  return "endpoint";
}

Json as_json(const domain::Publication& publication) {
  Json out = std::visit(ValueAsJson{}, publication.value);
  out["category"] = publication.key.category;
  out["instance"] = publication.key.instance;
  out["container"] = static_cast<unsigned>(publication.key.container);
  out["version"] = publication.version;
  out["expires"] = name_of(publication.expires);
  out["endpoint"] = std::to_string(publication.endpoint.value);
  out["since"] = base::to_iso8601(publication.since);
  return out;
}

Json devices_of(const domain::PresenceExplanation& explanation) {
  Json list = Json::array();
  for (const domain::DeviceInput& device : explanation.input.devices)
    list.push_back(
        {{"endpoint", std::to_string(device.endpoint.value)}, {"last_used", base::to_iso8601(device.last_used)}});
  return list;
}

Json as_json(const domain::PresenceExplanation& explanation) {
  const domain::PresenceView& view = *explanation.view;
  const domain::Aggregate& aggregate = explanation.aggregate;
  Json notes = Json::array();
  for (const domain::NoteValue& note : view.notes)
    notes.push_back({{"text", note.text}, {"out_of_office", note.kind == domain::NoteKind::out_of_office}});
  Json publications = Json::array();
  for (const domain::Publication& publication : explanation.publications) publications.push_back(as_json(publication));
  return {{"address", view.address},
          {"name", view.display_name},
          {"version", view.version},
          {"state", as_json(view.state)},
          {"since", base::to_iso8601(view.since)},
          {"idle_since", as_json(view.idle_since)},
          {"notes", std::move(notes)},
          {"devices", view.devices.size()},
          {"level", domain::name_of(view.level)},
          {"level_by", text_of(explanation.verdict.member)},
          {"rule", domain::name_of(aggregate.rule)},
          {"combined", as_json(aggregate.state)},
          {"source_endpoint", aggregate.endpoint ? Json(std::to_string(aggregate.endpoint.value)) : Json()},
          {"source_version", aggregate.source_version},
          {"source_since", base::to_iso8601(aggregate.since)},
          {"calls", explanation.input.phones.size() + explanation.input.engagements.size()},
          {"endpoints", devices_of(explanation)},
          {"watchers", explanation.watchers},
          {"publications", std::move(publications)}};
}

}  // namespace

Json show_presence(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  std::string watcher = text_field(command, "for");
  if (!watcher.empty()) {
    const Result<Address> parsed = Address::parse(watcher);
    if (!parsed) return failure(parsed.error());
    watcher = parsed->text();
  }
  auto explanation = ports.presence(*address, watcher);
  if (!explanation) return failure(explanation.error());
  Json result = as_json(*explanation);
  // Clients by their names: a number means nothing to a person.
  if (const auto endpoints = ports.endpoints(*address))
    for (Json& device : result["endpoints"])
      for (const EndpointFact& fact : *endpoints)
        if (std::to_string(fact.endpoint.value) == device["endpoint"].get<std::string>())
          device["client"] = fact.client;
  return success(std::move(result));
}

Json set_presence(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  PresenceWish wish;
  if (command.contains("state")) {
    const std::string word = text_field(command, "state");
    const auto found = std::find_if(state_words.begin(), state_words.end(),
                                    [&](const StateWord& candidate) { return candidate.word == word; });
    if (found == state_words.end())
      return failure({Reason::command_malformed,
                      "state: online, busy, do-not-disturb, be-right-back, away, off-work, offline or reset"});
    wish.state = domain::State{found->availability, found->activity, {}};
  }
  if (command.contains("note")) wish.note = text_field(command, "note");
  if (!wish.state && !wish.note) return failure({Reason::command_malformed, "state or note is needed"});
  return answer(ports.set_presence(*address, wish));
}

Json list_levels(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const auto levels = ports.levels(*address);
  if (!levels) return failure(levels.error());
  Json list = Json::array();
  for (const domain::Levels::Entry& entry : levels->entries())
    list.push_back({{"member", text_of(entry.member)}, {"level", domain::name_of(entry.level)}});
  return success(std::move(list));
}

Json set_level(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const auto member = member_from(text_field(command, "member"));
  if (!member) return failure(member.error());
  const std::string word = text_field(command, "level");
  std::optional<domain::Container> level;
  if (word != "none") {
    level = domain::level_from(word);
    if (!level || !domain::is_level(*level))
      return failure({Reason::command_malformed, "level: external, colleagues, workgroup, friends, blocked or none"});
  }
  return answer(ports.set_level(*address, *member, level));
}

}  // namespace tertulia::face::admin
