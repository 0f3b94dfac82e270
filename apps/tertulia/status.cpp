// SPDX-License-Identifier: Apache-2.0
// status, health, reload, component, conversation
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ask.h"
#include "commands.h"
#include "output.h"

namespace tertulia::app {
namespace {

using Json = nlohmann::json;

std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void print_result(const Json& result) { print_json(Json{{"ok", true}, {"result", result}}.dump(2)); }

Exit ask_and_say(const Arguments& arguments, const Json& command, std::string_view sentence) {
  const auto result = ask(arguments.common, command);
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  say(arguments.common, fmt::format(fmt::runtime(tr(arguments.common.language, sentence)), arguments.component));
  return Exit::done;
}

}  // namespace

Exit run_status(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "status"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  for (const auto& [name, value] : result->items())
    say(arguments.common, fmt::format("{:<18} {}", name, as_text(value)));
  return Exit::done;
}

Exit run_health(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "health"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  for (const Json& component : result->value("components", Json::array()))
    say(arguments.common, fmt::format("{:<10} {:<9} {}", component.value("name", ""), component.value("state", ""),
                                      component.value("text", "")));
  return result->value("healthy", false) ? Exit::done : Exit::unhealthy;
}

Exit run_reload(const Arguments& arguments) {
  return ask_and_say(arguments, {{"command", "reload"}}, "Certificate and configuration were read again.");
}

Exit run_conversation_list(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "conversation.list"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
    return Exit::done;
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& conversation : *result) {
    std::string people;
    for (const Json& person : conversation.value("participants", Json::array()))
      people += (people.empty() ? "" : " ") + person.get<std::string>();
    rows.push_back({as_text(conversation["id"]), conversation.value("mode", ""), as_text(conversation["messages"]),
                    conversation.value("started", ""), people});
  }
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  print_table({"ID", head("MODE"), head("MESSAGES"), head("STARTED"), head("PARTICIPANTS")}, rows);
  return Exit::done;
}

Exit run_component_stop(const Arguments& arguments) {
  return ask_and_say(arguments, {{"command", "component"}, {"component", arguments.component}, {"run", false}},
                     "Stopped {}.");
}

Exit run_component_start(const Arguments& arguments) {
  return ask_and_say(arguments, {{"command", "component"}, {"component", arguments.component}, {"run", true}},
                     "Started {}.");
}

}  // namespace tertulia::app
