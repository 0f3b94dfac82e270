// SPDX-License-Identifier: Apache-2.0
#include "server/kerberos.h"

#include "io/kerberos/acceptor.h"

namespace tertulia::server {

std::string kerberos_service(const ServerSettings& settings) {
  return settings.kerberos_service.empty() ? "sip/" + settings.host : settings.kerberos_service;
}

base::Result<std::shared_ptr<const protocol::auth::KerberosAcceptor>> open_kerberos(const DataFolder& folder,
                                                                                    const ServerSettings& settings) {
  if (!settings.lync || settings.kerberos_keytab.empty())
    return std::shared_ptr<const protocol::auth::KerberosAcceptor>();
  return io::open_kerberos_acceptor({folder.resolve(settings.kerberos_keytab).string(), kerberos_service(settings)});
}

}  // namespace tertulia::server
