// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "arguments.h"
#include "base/result.h"

namespace tertulia::app {

/// Carries out one command of face/admin: by the server that runs on the data folder, else on the folder itself.
/// Returns the `result` of the answer.  Errors: those of the command; not_found when the folder was never initialised.
base::Result<nlohmann::json> ask(const Common& common, const nlohmann::json& command);

/// `{"ok": true, "result": ...}` on standard output.
void print_result(const nlohmann::json& result);
/// A value as a person reads it: texts without quotes, nothing for null.
std::string as_text(const nlohmann::json& value);
/// Asks, then prints the result as JSON, or `sentence` in the chosen language with `what` in it.
Exit ask_and_say(const Common& common, const nlohmann::json& command, std::string_view sentence,
                 const std::string& what = {});
/// The same when the answer is there.
Exit tell(const Common& common, const base::Result<nlohmann::json>& result, std::string_view sentence,
          const std::string& what = {});

}  // namespace tertulia::app
