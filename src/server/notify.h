// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/time.h"

namespace tertulia::server {

/// Tells the service manager a state ("READY=1", "STOPPING=1") when NOTIFY_SOCKET is set (sd_notify(3)).
/// Without one, or when it does not listen, nothing happens.
void notify_service_manager(std::string_view state);
/// Tells it that the configuration is being read again; "READY=1" must follow.  `now`: of the monotonic clock.
void notify_reloading(base::TimePoint now);

}  // namespace tertulia::server
