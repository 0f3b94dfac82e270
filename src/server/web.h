// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "face/lync/photo_address.h"
#include "face/web/request.h"
#include "face/web_ticket/service.h"
#include "io/http/server.h"
#include "protocol/auth/certificate_issuer.h"
#include "protocol/auth/ports.h"
#include "server/data_folder.h"
#include "server/settings.h"

namespace tertulia::server {

/// What TLS-DSK and its web services are made of; one for all shards.
struct WebParts {
  std::vector<std::string> listen;  ///< addresses, no port 0 any more; empty: there are no web services
  face::web_ticket::WebTicketSettings tickets;
  face::lync::PhotoAddresses photos;
  std::shared_ptr<const protocol::auth::CertificateIssuer> issuer;
  std::shared_ptr<const protocol::auth::DskAcceptor> dsk;
};

/// Opens (at the first start: makes) the authority for users.  `listen`: addresses from the command line, else those of
/// the settings.  Without TLS-DSK nothing is made.  Where OpenSSL cannot speak TLS 1.0 this way to sign in is left out
/// with a warning.  Errors: those of io::ClientAuthority::open; setting_out_of_bounds (address).
base::Result<WebParts> open_web(const DataFolder& folder, const ServerSettings& settings,
                                const std::vector<std::string>& listen, base::WallTime now, const base::Log& log);

/// Where the pages that lead into conferences are; empty without web services.
std::string join_pages_of(const std::string& base_url);

face::web::Request to_face(io::HttpRequest&& request, base::Now now);
io::HttpResponse to_io(face::web::Response&& response);

/// Bounds of the web listener of one shard.
io::HttpSettings web_http_settings(const ServerSettings& settings);

}  // namespace tertulia::server
