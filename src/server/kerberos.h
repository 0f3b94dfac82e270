// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "protocol/auth/ports.h"
#include "server/data_folder.h"
#include "server/settings.h"

namespace tertulia::server {

/// The service whose tickets are accepted: the configured one, or sip/ and our host.
std::string kerberos_service(const ServerSettings& settings);

/// Null when no keytab is configured or the Lync dialect is off.  Errors: those of io::open_kerberos_acceptor.
base::Result<std::shared_ptr<const protocol::auth::KerberosAcceptor>> open_kerberos(const DataFolder& folder,
                                                                                    const ServerSettings& settings);

}  // namespace tertulia::server
