// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tertulia::server {

/// Tells the service manager a state ("READY=1", "STOPPING=1", "RELOADING=1") when NOTIFY_SOCKET is set (sd_notify(3)).
/// Without one, or when it does not listen, nothing happens.
void notify_service_manager(std::string_view state);

}  // namespace tertulia::server
