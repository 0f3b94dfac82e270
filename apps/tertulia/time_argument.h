// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace tertulia::app {

/// 2026-03-01, 2026-03-01T09:30 or 2026-03-01T09:30:00, with or without Z; always UTC.  Nothing may stand behind it.
/// Errors: command_malformed.
base::Result<base::WallTime> time_of(const std::string& given);

}  // namespace tertulia::app
