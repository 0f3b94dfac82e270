// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "arguments.h"
#include "base/result.h"

namespace tertulia::app {

/// Carries out one command of face/admin: by the server that runs on the data folder, else on the folder itself.
/// Returns the `result` of the answer.  Errors: those of the command; not_found when the folder was never initialised.
base::Result<nlohmann::json> ask(const Common& common, const nlohmann::json& command);

}  // namespace tertulia::app
