// SPDX-License-Identifier: Apache-2.0
// doctor: looks at everything that usually goes wrong around a server and names the remedy of each fault.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "doctor_checks.h"
#include "output.h"

namespace tertulia::app {
namespace {

std::string_view word_of(Finding::Grade grade) {
  switch (grade) {
    case Finding::Grade::ok:
      return "ok";
    case Finding::Grade::warning:
      return "warning";
    case Finding::Grade::fault:
      return "fault";
  }
  return "fault";
}

}  // namespace

Exit run_doctor(const Arguments& arguments) {
  const std::vector<Finding> findings =
      examine(server::DataFolder(arguments.common.data), arguments.configuration, arguments.common.language);
  bool healthy = true, perfect = true;
  nlohmann::json list = nlohmann::json::array();
  for (const Finding& finding : findings) {
    healthy = healthy && finding.grade != Finding::Grade::fault;
    perfect = perfect && finding.grade == Finding::Grade::ok;
    list.push_back({{"check", finding.check},
                    {"grade", word_of(finding.grade)},
                    {"text", finding.text},
                    {"remedy", finding.remedy}});
    say(arguments.common, fmt::format("{:<8} {:<14} {}", tr(arguments.common.language, word_of(finding.grade)),
                                      finding.check, finding.text));
    if (!finding.remedy.empty())
      say(arguments.common,
          "         " + fmt::format(fmt::runtime(tr(arguments.common.language, "Remedy: {}")), finding.remedy));
  }
  if (arguments.common.json)
    print_json(nlohmann::json{{"ok", healthy}, {"result", list}}.dump(2, ' ', false,
                                                                      nlohmann::json::error_handler_t::replace));
  if (healthy)
    say(arguments.common,
        tr(arguments.common.language, perfect ? "Everything is in order." : "No fault; only the warnings above."));
  return healthy ? Exit::done : Exit::unhealthy;
}

}  // namespace tertulia::app
