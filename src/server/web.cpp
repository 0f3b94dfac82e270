// SPDX-License-Identifier: Apache-2.0
#include "server/web.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "face/web_join/join_page.h"
#include "io/net/socket.h"
#include "io/tls_dsk/acceptor.h"
#include "io/tls_dsk/client_authority.h"
#include "server/server.h"

namespace tertulia::server {

using base::Error;
using base::Result;

namespace {

constexpr std::uint16_t https_port = 443;

/// Port 0 becomes a free one: all shards listen on the same, and clients are told the number before that.
Result<std::string> with_port(const std::string& text) {
  const Result<io::SocketAddress> address = io::SocketAddress::parse(text);
  if (!address) return Error{address.reason(), fmt::format("{}: {}", text, address.error().detail)};
  if (address->port != 0) return text;
  const Result<io::Fd> probe = io::open_listener(*address, io::PortSharing::alone);
  if (!probe) return Error{probe.reason(), fmt::format("{}: {}", text, probe.error().detail)};
  return io::local_address(probe->get()).to_string();
}

/// `web.public_host` says name or name:port; else it is our name and the port we listen on.
std::string base_url(const ServerSettings& settings, const std::string& first_address) {
  const std::string& name = settings.web_public_host.empty() ? settings.host : settings.web_public_host;
  const auto colons = std::count(name.begin(), name.end(), ':');
  const bool has_port = colons == 1 || name.find("]:") != std::string::npos;
  std::string url = "https://" + (colons > 1 && name.front() != '[' ? "[" + name + "]" : name);
  const auto address = io::SocketAddress::parse(first_address);
  if (!has_port && address && address->port != https_port) url += ":" + std::to_string(address->port);
  return url;
}

}  // namespace

Result<WebParts> open_web(const DataFolder& folder, const ServerSettings& settings,
                          const std::vector<std::string>& listen, base::WallTime now, const base::Log& log) {
  WebParts parts;
  const std::vector<std::string> wanted = listen_list(listen, settings.web_listen);
  if (!settings.lync || !settings.lync_tls_dsk || wanted.empty()) return parts;
  const io::CertificatePaths files{folder.users_ca_certificate().string(), folder.users_ca_key().string()};
  const auto authority =
      io::ClientAuthority::open(files, settings.domains.front(), static_cast<int>(settings.certificate_days), now);
  if (!authority) return authority.error();
  auto acceptor = io::make_dsk_acceptor(**authority, settings.host, now);
  if (!acceptor) {
    log.warning("sign-in with TLS-DSK is left out", {{"detail", acceptor.error().detail}});
    return parts;
  }
  for (const std::string& text : wanted) {
    Result<std::string> real = with_port(text);
    if (!real) return real.error();
    parts.listen.push_back(*std::move(real));
  }
  parts.tickets.base_url = base_url(settings, parts.listen.front());
  parts.tickets.key = (*authority)->derived_key("seal of web tickets");
  parts.photos = {parts.tickets.base_url + face::lync::photo_folder, (*authority)->derived_key("addresses of photos")};
  parts.tickets.lifetime = std::chrono::hours{settings.ticket_hours};
  parts.issuer = *authority;
  parts.dsk = *std::move(acceptor);
  return parts;
}

std::string join_pages_of(const std::string& base_url) {
  return base_url.empty() ? std::string() : base_url + face::web_join::join_folder;
}

face::web::Request to_face(io::HttpRequest&& request, base::Now now) {
  face::web::Request out;
  switch (request.method) {
    case io::HttpMethod::get:
      out.method = face::web::Method::get;
      break;
    case io::HttpMethod::head:
      out.method = face::web::Method::head;
      break;
    case io::HttpMethod::post:
      out.method = face::web::Method::post;
      break;
  }
  out.path = std::move(request.path);
  out.query = std::move(request.query);
  out.headers = std::move(request.headers);
  out.body = std::move(request.body);
  out.ip_address = request.peer.host();
  out.secure = request.secure;
  out.now = now;
  return out;
}

io::HttpResponse to_io(face::web::Response&& response) {
  return {response.status, std::move(response.content_type), std::move(response.body), std::move(response.headers)};
}

io::HttpSettings web_http_settings(const ServerSettings& settings) {
  io::HttpSettings out;
  out.connections = settings.web_connections_max;
  out.connections_per_peer = std::min(settings.connections_per_address_max, settings.web_connections_max);
  return out;
}

}  // namespace tertulia::server
