// SPDX-License-Identifier: Apache-2.0
// status, health, reload, component
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ask.h"
#include "commands.h"
#include "output.h"

namespace tertulia::app {

using Json = nlohmann::json;

Exit run_status(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "status"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  for (const auto& [name, value] : result->items())
    say(arguments.common, fmt::format("{:<18} {}", tr(arguments.common.language, name), as_text(value)));
  return Exit::done;
}

Exit run_health(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "health"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  const auto language = arguments.common.language;
  for (const Json& component : result->value("components", Json::array())) {
    const std::string name = component.value("name", ""), state = component.value("state", "");
    say(arguments.common, fmt::format("{:<10} {:<9} {}", tr(language, name), tr(language, state),
                                      tr_detail(language, component.value("text", ""))));
  }
  return result->value("healthy", false) ? Exit::done : Exit::unhealthy;
}

Exit run_reload(const Arguments& arguments) {
  return ask_and_say(arguments.common, {{"command", "reload"}}, "Certificate and configuration were read again.");
}

Exit run_component_stop(const Arguments& arguments) {
  return ask_and_say(arguments.common, {{"command", "component"}, {"component", arguments.component}, {"run", false}},
                     "Stopped {}.", arguments.component);
}

Exit run_component_start(const Arguments& arguments) {
  return ask_and_say(arguments.common, {{"command", "component"}, {"component", arguments.component}, {"run", true}},
                     "Started {}.", arguments.component);
}

}  // namespace tertulia::app
