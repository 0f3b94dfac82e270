// SPDX-License-Identifier: Apache-2.0
#include "face/admin/commands.h"

#include <array>
#include <nlohmann/json.hpp>

#include "face/admin/card_commands.h"
#include "face/admin/command_tools.h"
#include "face/admin/conference_commands.h"
#include "face/admin/contact_commands.h"
#include "face/admin/presence_commands.h"

namespace tertulia::face::admin {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using domain::Address;

constexpr int json_depth_max = 8;

/// Numbers that identify are texts: they use all 64 bits, and many readers of JSON keep only 53.
Json as_json(const domain::User& user) {
  Json blocked = Json::array();
  for (const Address& address : user.blocked) blocked.push_back(address.text());
  return {{"id", std::to_string(user.id.value)},
          {"address", user.address.text()},
          {"name", user.display_name},
          {"enabled", user.enabled},
          {"settings", user.settings},
          {"blocked", std::move(blocked)},
          {"created", base::to_iso8601(user.created)}};
}

Json add_user(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const auto user = ports.add_user(*address, text_field(command, "name"), text_field(command, "password"));
  return user ? success(as_json(*user)) : failure(user.error());
}

Json list_users(const Json&, AdminPorts& ports) {
  Json list = Json::array();
  for (const domain::User& user : ports.list_users()) list.push_back(as_json(user));
  return success(std::move(list));
}

Json show_user(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const auto user = ports.show_user(*address);
  if (!user) return failure(user.error());
  Json result = as_json(*user);
  result["card"] = card_json(*user);  // not in lists: ten thousand cards are long
  Json list = Json::array();
  if (const auto endpoints = ports.endpoints(*address))  // none without a running server
    for (const EndpointFact& fact : *endpoints)
      list.push_back({{"endpoint", std::to_string(fact.endpoint.value)},
                      {"client", fact.client},
                      {"instance", fact.instance},
                      {"ip_address", fact.ip_address},
                      {"seconds_left", fact.seconds_left}});
  result["endpoints"] = std::move(list);
  return success(std::move(result));
}

Result<std::vector<Address>> address_list(const Json& command, const char* key) {
  std::vector<Address> list;
  if (!command.contains(key)) return list;
  if (!command[key].is_array()) return Error{Reason::command_malformed, std::string(key) + " must be a list"};
  for (const Json& item : command[key]) {
    Result<Address> address = Address::parse(item.is_string() ? item.get<std::string>() : std::string());
    if (!address) return address.error();
    list.push_back(*std::move(address));
  }
  return list;
}

Result<UserChange> change_of(const Json& command) {
  UserChange change;
  if (command.contains("name")) change.display_name = text_field(command, "name");
  if (command.contains("enabled")) {
    if (!command["enabled"].is_boolean()) return Error{Reason::command_malformed, "enabled must be true or false"};
    change.enabled = command["enabled"].get<bool>();
  }
  if (command.contains("settings")) {
    if (!command["settings"].is_object()) return Error{Reason::command_malformed, "settings must be an object"};
    for (const auto& [key, value] : command["settings"].items()) {
      if (!value.is_string()) return Error{Reason::command_malformed, "a setting's value must be a text"};
      change.settings.emplace(key, value.get<std::string>());
    }
  }
  if (command.contains("unset"))
    for (const Json& item : command["unset"])
      if (item.is_string()) change.unset.push_back(item.get<std::string>());
  auto block = address_list(command, "block");
  if (!block) return block.error();
  auto unblock = address_list(command, "unblock");
  if (!unblock) return unblock.error();
  change.block = *std::move(block);
  change.unblock = *std::move(unblock);
  return change;
}

Json change_user(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const Result<UserChange> change = change_of(command);
  if (!change) return failure(change.error());
  const auto user = ports.change_user(*address, *change);
  return user ? success(as_json(*user)) : failure(user.error());
}

Json set_password(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  return address ? answer(ports.set_password(*address, text_field(command, "password"))) : failure(address.error());
}

Json remove_user(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  return address ? answer(ports.remove_user(*address)) : failure(address.error());
}

Json status(const Json&, AdminPorts& ports) {
  const auto facts = ports.status();
  if (!facts) return failure(facts.error());
  Json result = Json::object();
  for (const StatusFact& fact : *facts)
    if (fact.number) {
      result[fact.name] = std::stoll(fact.value);
    } else {
      result[fact.name] = fact.value;
    }
  return success(std::move(result));
}

std::string_view state_name(ComponentHealth::State state) {
  switch (state) {
    case ComponentHealth::State::ok:
      return "ok";
    case ComponentHealth::State::degraded:
      return "degraded";
    case ComponentHealth::State::down:
      return "down";
    case ComponentHealth::State::stopped:
      return "stopped";
  }
  return "down";
}

Json health(const Json&, AdminPorts& ports) {
  const auto components = ports.health();
  if (!components) return failure(components.error());
  bool healthy = true;
  Json list = Json::array();
  for (const ComponentHealth& component : *components) {
    healthy = healthy && component.state == ComponentHealth::State::ok;
    list.push_back({{"name", component.name}, {"state", state_name(component.state)}, {"text", component.text}});
  }
  return success({{"healthy", healthy}, {"components", std::move(list)}});
}

Json run_component(const Json& command, AdminPorts& ports) {
  return answer(ports.run_component(text_field(command, "component"), command.value("run", true)));
}

Json reload(const Json&, AdminPorts& ports) { return answer(ports.reload()); }

/// The copy is made by another process; a server that runs is told, for its log.  `failed`: name of the reason.
Json note_backup(const Json& command, AdminPorts&) {
  const std::string failed = text_field(command, "failed");
  if (failed.empty()) return success(Json::object());
  return failure({base::reason_named(failed).value_or(Reason::internal_error), {}});
}

struct Command {
  std::string_view name;
  Json (*run)(const Json&, AdminPorts&);
  bool acts = false;  ///< changes something
};
constexpr std::array commands{
    Command{"user.add", add_user, true},
    Command{"user.list", list_users},
    Command{"user.show", show_user},
    Command{"user.set", change_user, true},
    Command{"user.card", user_card, true},
    Command{"user.photo", user_photo, true},
    Command{"user.password", set_password, true},
    Command{"user.remove", remove_user, true},
    Command{"presence.show", show_presence},
    Command{"presence.set", set_presence, true},
    Command{"level.list", list_levels},
    Command{"level.set", set_level, true},
    Command{"contacts.list", list_contacts},
    Command{"contacts.put", put_contact, true},
    Command{"contacts.remove", remove_contact, true},
    Command{"contacts.group.add", add_group, true},
    Command{"contacts.group.rename", rename_group, true},
    Command{"contacts.group.remove", remove_group, true},
    Command{"status", status},
    Command{"health", health},
    Command{"conversation.list", list_conversations},
    Command{"conversation.show", show_conversation},
    Command{"conference.list", list_conferences},
    Command{"conference.show", show_conference},
    Command{"conference.create", create_conference, true},
    Command{"conference.lock", lock_conference, true},
    Command{"conference.mute", mute_conference, true},
    Command{"conference.eject", eject, true},
    Command{"conference.admit", admit, true},
    Command{"conference.deny", deny, true},
    Command{"conference.end", end_conference, true},
    Command{"component", run_component, true},
    Command{"reload", reload, true},
    Command{"backup.note", note_backup, true},
};

/// Names of what a command sets, with the few values that are nobody's secret: `component=immcu run=false`.
std::string particulars_of(const Json& command) {
  std::string all;
  const auto add = [&](const std::string& name) { all.append(all.empty() ? "" : " ").append(name); };
  for (const auto& [key, value] : command.items()) {
    if (key == "command" || key == "address" || key == "user" || key == "password") continue;
    if (value.is_boolean()) {
      add(key + (value.get<bool>() ? "=true" : "=false"));
    } else if (value.is_string() && (key == "component" || key == "id" || key == "target")) {
      add(key + "=" + value.get<std::string>());
    } else if (value.is_object()) {
      for (const auto& [name, ignored] : value.items()) add(key + "." + name);
    } else {
      add(key);
    }
  }
  return all;
}

base::Field person_of(const char* field, const std::string& address) {
  if (address.empty()) return {field, base::Optional{}};
  return {field, base::Personal{address}};
}

void note(const Command& done, const Json& command, const Json& answer, const base::Log& log) {
  if (!done.acts || !log.enabled(base::LogLevel::info)) return;
  const bool may_only_show = done.name == "user.card" || done.name == "user.photo";
  if (may_only_show && !command.contains("set") && !command.contains("clear")) return;
  const std::string address = text_field(command, "address"), user = text_field(command, "user");
  const std::string particulars = particulars_of(command);
  const bool good = answer.value("ok", false);
  const std::string outcome = good ? "done" : text_field(answer.value("error", Json::object()), "reason");
  log.info("the administrator has given a command", {{"command", done.name},
                                                     person_of("user", address),
                                                     person_of("member", user),
                                                     {"particulars", base::Optional{particulars}},
                                                     {"outcome", outcome}});
}

Json dispatch(std::string_view text, AdminPorts& ports, const base::Log& log) {
  bool too_deep = false;
  const auto guard = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > json_depth_max;
    return !too_deep;
  };
  const Json command = Json::parse(text, guard, /*allow_exceptions=*/false);
  if (too_deep || command.is_discarded() || !command.is_object())
    return failure({Reason::command_malformed, "a JSON object is needed"});
  const std::string name = text_field(command, "command");
  for (const Command& candidate : commands) {
    if (candidate.name != name) continue;
    Json answer = candidate.run(command, ports);
    note(candidate, command, answer, log);
    return answer;
  }
  return failure({Reason::command_malformed, "there is no command of this name"});
}

}  // namespace

std::string handle(std::string_view command, AdminPorts& ports, const base::Log& log) {
  if (command.size() > command_bytes_max) return failure({Reason::command_malformed, "too long"}).dump();
  // Invalid UTF-8 (a name in another encoding) must not end the answer: it is replaced.
  return dispatch(command, ports, log).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tertulia::face::admin
