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

struct Command {
  std::string_view name;
  Json (*run)(const Json&, AdminPorts&);
};
constexpr std::array commands{
    Command{"user.add", add_user},
    Command{"user.list", list_users},
    Command{"user.show", show_user},
    Command{"user.set", change_user},
    Command{"user.card", user_card},
    Command{"user.photo", user_photo},
    Command{"user.password", set_password},
    Command{"user.remove", remove_user},
    Command{"presence.show", show_presence},
    Command{"presence.set", set_presence},
    Command{"level.list", list_levels},
    Command{"level.set", set_level},
    Command{"contacts.list", list_contacts},
    Command{"contacts.put", put_contact},
    Command{"contacts.remove", remove_contact},
    Command{"contacts.group.add", add_group},
    Command{"contacts.group.rename", rename_group},
    Command{"contacts.group.remove", remove_group},
    Command{"status", status},
    Command{"health", health},
    Command{"conversation.list", list_conversations},
    Command{"conversation.show", show_conversation},
    Command{"conference.list", list_conferences},
    Command{"conference.show", show_conference},
    Command{"conference.create", create_conference},
    Command{"conference.lock", lock_conference},
    Command{"conference.eject", eject},
    Command{"conference.admit", admit},
    Command{"conference.deny", deny},
    Command{"conference.end", end_conference},
    Command{"component", run_component},
    Command{"reload", reload},
};

Json dispatch(std::string_view text, AdminPorts& ports) {
  bool too_deep = false;
  const auto guard = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > json_depth_max;
    return !too_deep;
  };
  const Json command = Json::parse(text, guard, /*allow_exceptions=*/false);
  if (too_deep || command.is_discarded() || !command.is_object())
    return failure({Reason::command_malformed, "a JSON object is needed"});
  const std::string name = text_field(command, "command");
  for (const Command& candidate : commands)
    if (candidate.name == name) return candidate.run(command, ports);
  return failure({Reason::command_malformed, "there is no command of this name"});
}

}  // namespace

std::string handle(std::string_view command, AdminPorts& ports) {
  if (command.size() > command_bytes_max) return failure({Reason::command_malformed, "too long"}).dump();
  // Invalid UTF-8 (a name in another encoding) must not end the answer: it is replaced.
  return dispatch(command, ports).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tertulia::face::admin
