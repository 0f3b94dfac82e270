// SPDX-License-Identifier: Apache-2.0
// tertulia contacts ..., tertulia level ...
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ask.h"
#include "commands.h"
#include "output.h"

namespace tertulia::app {
namespace {

using Json = nlohmann::json;

Json contacts_command(const Arguments& arguments, std::string_view name) {
  return {{"command", name}, {"address", arguments.address}};
}

std::string joined_names(const Json& names) {
  std::string text;
  for (const Json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

}  // namespace

Exit run_contacts_list(const Arguments& arguments) {
  const auto result = ask(arguments.common, contacts_command(arguments, "contacts.list"));
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
    return Exit::done;
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& contact : result->value("contacts", Json::array()))
    rows.push_back({contact.value("address", ""), contact.value("name", ""),
                    joined_names(contact.value("groups", Json::array()))});
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  print_table({head("ADDRESS"), head("NAME"), head("GROUPS")}, rows);
  return Exit::done;
}

Exit run_contacts_add(const Arguments& arguments) {
  Json command = contacts_command(arguments, "contacts.put");
  command["contact"] = arguments.contact;
  if (arguments.new_name) command["name"] = *arguments.new_name;
  if (!arguments.groups.empty()) command["groups"] = arguments.groups;
  return ask_and_say(arguments.common, command, "Added {}.", arguments.contact);
}

Exit run_contacts_set(const Arguments& arguments) {
  Json command = contacts_command(arguments, "contacts.put");
  command["contact"] = arguments.contact;
  if (arguments.new_name) command["name"] = *arguments.new_name;
  if (!arguments.groups.empty()) command["groups"] = arguments.groups;
  return ask_and_say(arguments.common, command, "Changed {}.", arguments.contact);
}

Exit run_contacts_remove(const Arguments& arguments) {
  Json command = contacts_command(arguments, "contacts.remove");
  command["contact"] = arguments.contact;
  return ask_and_say(arguments.common, command, "Removed {}.", arguments.contact);
}

Exit run_contacts_group_add(const Arguments& arguments) {
  Json command = contacts_command(arguments, "contacts.group.add");
  command["group"] = arguments.name;
  return ask_and_say(arguments.common, command, "Added {}.", arguments.name);
}

Exit run_contacts_group_rename(const Arguments& arguments) {
  Json command = contacts_command(arguments, "contacts.group.rename");
  command["group"] = arguments.name;
  command["name"] = arguments.new_name.value_or("");
  return ask_and_say(arguments.common, command, "Changed {}.", arguments.name);
}

Exit run_contacts_group_remove(const Arguments& arguments) {
  Json command = contacts_command(arguments, "contacts.group.remove");
  command["group"] = arguments.name;
  return ask_and_say(arguments.common, command, "Removed {}.", arguments.name);
}

Exit run_level_list(const Arguments& arguments) {
  const auto result = ask(arguments.common, contacts_command(arguments, "level.list"));
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
    return Exit::done;
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : *result) rows.push_back({entry.value("level", ""), entry.value("member", "")});
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  print_table({head("LEVEL"), head("MEMBER")}, rows);
  return Exit::done;
}

Exit run_level_set(const Arguments& arguments) {
  Json command = contacts_command(arguments, "level.set");
  command["member"] = arguments.contact;
  command["level"] = arguments.level;
  return ask_and_say(arguments.common, command, "Changed {}.", arguments.contact);
}

}  // namespace tertulia::app
