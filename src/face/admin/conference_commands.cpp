// SPDX-License-Identifier: Apache-2.0
#include "face/admin/conference_commands.h"

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
using domain::Address;
using domain::Admission;
using domain::ConferenceRole;

constexpr std::size_t listed_max = 1000;

constexpr std::array admission_words{
    std::pair{std::string_view("everyone"), Admission::everyone},
    std::pair{std::string_view("organisation"), Admission::organisation},
    std::pair{std::string_view("invited"), Admission::invited},
    std::pair{std::string_view("organizer"), Admission::organizer},
};
constexpr std::array role_words{"attendee", "presenter", "organizer"};

std::string_view word_of(Admission admission) {
  return std::find_if(admission_words.begin(), admission_words.end(),
                      [&](const auto& one) { return one.second == admission; })
      ->first;
}

Json as_json(const domain::ConversationInfo& info) {
  const bool page = info.mode == domain::SessionMode::page;
  Json json{{"id", std::to_string(info.id.value)},
            {"mode", info.conference ? "conference"
                     : page          ? "page"
                                     : "session"},
            {"participants", info.participants},
            {"messages", info.messages},
            {"started", base::to_iso8601(info.started)}};
  if (info.conference) json["conference"] = info.conference->id;
  return json;
}

Json as_json(const ConferenceFact& fact) {
  const domain::ConferenceFacts& facts = fact.info.facts;
  return {
      {"organizer", fact.organizer},
      {"id", facts.key.id},
      {"subject", facts.subject},
      {"join_uri", fact.join_uri},
      {"focus_uri", fact.focus_uri},
      {"join_url", fact.join_url},
      {"admission", word_of(facts.admission)},
      {"lobby", facts.lobby},
      {"locked", facts.locked},
      {"muted", facts.muted},
      {"scheduled", facts.scheduled},
      {"size_max", facts.size_max},
      {"members", fact.info.members},
      {"waiting", fact.info.waiting},
      {"messages", fact.info.messages},
      {"conversation", std::to_string(facts.conversation ? facts.conversation.value : fact.info.conversation.value)},
      {"created", base::to_iso8601(facts.created)},
      {"started", facts.record ? Json(base::to_iso8601(facts.started)) : Json()},
      {"expires", facts.expires.us != 0 ? Json(base::to_iso8601(facts.expires)) : Json()}};
}

Json with_people(const ConferenceFact& fact) {
  Json json = as_json(fact);
  Json roster = Json::array();
  for (const domain::RosterMember& member : fact.info.roster) {
    const auto takes_part = [](const domain::RosterSeat& seat) { return seat.chat || seat.pages; };
    roster.push_back({{"address", member.address},
                      {"name", member.name},
                      {"role", role_words[static_cast<std::size_t>(member.role)]},
                      {"devices", member.seats.size()},
                      {"chat", std::any_of(member.seats.begin(), member.seats.end(), takes_part)}});
  }
  json["roster"] = std::move(roster);
  Json lobby = Json::array();
  for (const domain::LobbyGuest& guest : fact.info.lobby)
    lobby.push_back({{"address", guest.address}, {"name", guest.name}, {"since", base::to_iso8601(guest.since)}});
  json["lobby_people"] = std::move(lobby);
  return json;
}

Result<ConferenceName> name_of(const Json& command) {
  const Result<Address> organizer = address_of(command);
  if (!organizer) return organizer.error();
  ConferenceName name{*organizer, text_field(command, "id")};
  if (name.id.empty()) return Error{Reason::command_malformed, "the conference's id is missing"};
  return name;
}

Result<base::UserId> user_in(const Json& command, AdminPorts& ports) {
  const Result<Address> address = Address::parse(text_field(command, "user"));
  if (!address) return address.error();
  const auto user = ports.show_user(*address);
  if (!user) return user.error();
  return user->id;
}

Json carry_out(const Json& command, AdminPorts& ports, const domain::conference::Command& wanted) {
  const Result<ConferenceName> name = name_of(command);
  return name ? answer(ports.command_conference(*name, wanted)) : failure(name.error());
}

Result<ConferenceWish> wish_of(const Json& command) {
  ConferenceWish wish;
  wish.id = text_field(command, "id");
  wish.subject = text_field(command, "subject");
  if (command.contains("admission")) {
    const std::string word = text_field(command, "admission");
    const auto found = std::find_if(admission_words.begin(), admission_words.end(),
                                    [&](const auto& one) { return one.first == word; });
    if (found == admission_words.end()) return Error{Reason::command_malformed, "admission: " + word};
    wish.admission = found->second;
  }
  const auto number = [&](const char* key) -> Result<std::uint64_t> {
    if (!command.contains(key)) return std::uint64_t{0};
    if (!command[key].is_number_unsigned()) return Error{Reason::command_malformed, std::string(key) + ": a number"};
    return command[key].get<std::uint64_t>();
  };
  const auto size = number("size");
  if (!size) return size.error();
  wish.size_max = static_cast<std::uint32_t>(std::min<std::uint64_t>(*size, UINT32_MAX));
  const auto expires = number("expires_us");
  if (!expires) return expires.error();
  wish.expires.us = static_cast<std::int64_t>(std::min<std::uint64_t>(*expires, INT64_MAX));
  wish.lobby = command.value("lobby", false);
  for (const Json& one : command.value("invited", Json::array())) {
    Result<Address> address = Address::parse(one.is_string() ? one.get<std::string>() : std::string());
    if (!address) return address.error();
    wish.invited.push_back(*std::move(address));
  }
  return wish;
}

}  // namespace

Json list_conversations(const Json&, AdminPorts& ports) {
  const auto infos = ports.conversations(listed_max);
  if (!infos) return failure(infos.error());
  Json list = Json::array();
  for (const domain::ConversationInfo& info : *infos) list.push_back(as_json(info));
  return success(std::move(list));
}

Json show_conversation(const Json& command, AdminPorts& ports) {
  const auto number = base::to_number(text_field(command, "id"));
  if (!number) return failure({Reason::command_malformed, "a conversation's number is needed"});
  const auto info = ports.conversation({*number});
  return info ? success(as_json(*info)) : failure(info.error());
}

Json list_conferences(const Json& command, AdminPorts& ports) {
  Address organizer;
  if (!text_field(command, "address").empty()) {
    const Result<Address> parsed = address_of(command);
    if (!parsed) return failure(parsed.error());
    organizer = *parsed;
  }
  auto facts = ports.conferences(organizer, listed_max);
  if (!facts) return failure(facts.error());
  std::sort(facts->begin(), facts->end(), [](const ConferenceFact& a, const ConferenceFact& b) {
    return std::tie(a.organizer, a.info.facts.key.id) < std::tie(b.organizer, b.info.facts.key.id);
  });
  Json list = Json::array();
  for (const ConferenceFact& fact : *facts) list.push_back(as_json(fact));
  return success(std::move(list));
}

Json show_conference(const Json& command, AdminPorts& ports) {
  const Result<ConferenceName> name = name_of(command);
  if (!name) return failure(name.error());
  const auto fact = ports.conference(*name);
  return fact ? success(with_people(*fact)) : failure(fact.error());
}

Json create_conference(const Json& command, AdminPorts& ports) {
  const Result<Address> organizer = address_of(command);
  if (!organizer) return failure(organizer.error());
  const Result<ConferenceWish> wish = wish_of(command);
  if (!wish) return failure(wish.error());
  const auto fact = ports.create_conference(*organizer, *wish);
  return fact ? success(with_people(*fact)) : failure(fact.error());
}

Json lock_conference(const Json& command, AdminPorts& ports) {
  return carry_out(command, ports, domain::conference::SetLock{command.value("on", true)});
}

Json mute_conference(const Json& command, AdminPorts& ports) {
  return carry_out(command, ports, domain::conference::SetMute{command.value("on", true)});
}

Json eject(const Json& command, AdminPorts& ports) {
  const auto user = user_in(command, ports);
  return user ? carry_out(command, ports, domain::conference::Eject{*user}) : failure(user.error());
}

Json admit(const Json& command, AdminPorts& ports) {
  if (!command.contains("user")) return carry_out(command, ports, domain::conference::Admit{});
  const auto user = user_in(command, ports);
  return user ? carry_out(command, ports, domain::conference::Admit{*user}) : failure(user.error());
}

Json deny(const Json& command, AdminPorts& ports) {
  const auto user = user_in(command, ports);
  return user ? carry_out(command, ports, domain::conference::Deny{*user}) : failure(user.error());
}

Json end_conference(const Json& command, AdminPorts& ports) {
  return carry_out(command, ports, domain::conference::End{});
}

}  // namespace tertulia::face::admin
