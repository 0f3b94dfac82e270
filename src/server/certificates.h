// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "face/admin/ports.h"
#include "io/net/tls_context.h"
#include "server/data_folder.h"
#include "server/settings.h"

namespace tertulia::server {

/// Both configured certificates.  Errors: those of TlsContext::load.
base::Result<std::shared_ptr<const io::TlsContext>> load_tls(const DataFolder& folder, const ServerSettings& settings);

/// When the first configured certificate ends; 0 when it cannot be read.
base::WallTime certificate_end(const DataFolder& folder, const ServerSettings& settings);

/// ok, degraded when it ends within `certificate_warning`, down when it has ended or cannot be read.
face::admin::ComponentHealth certificate_health(const DataFolder& folder, const ServerSettings& settings,
                                                base::WallTime now);

inline constexpr base::Duration certificate_warning = std::chrono::hours{24 * 30};

}  // namespace tertulia::server
