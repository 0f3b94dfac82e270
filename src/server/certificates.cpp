// SPDX-License-Identifier: Apache-2.0
#include "server/certificates.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "io/secret/ca.h"

namespace tertulia::server {

base::Result<std::shared_ptr<const io::TlsContext>> load_tls(const DataFolder& folder, const ServerSettings& settings) {
  std::vector<io::CertificateFiles> files{
      {folder.resolve(settings.certificate).string(), folder.resolve(settings.key).string()}};
  if (!settings.certificate_rsa.empty())
    files.push_back({folder.resolve(settings.certificate_rsa).string(), folder.resolve(settings.key_rsa).string()});
  return io::TlsContext::load(files);
}

namespace {

std::optional<base::WallTime> end_of_certificate(const std::string& path) {
  const auto facts = io::read_certificate(path);
  return facts ? std::optional(facts->not_after) : std::nullopt;
}

}  // namespace

base::WallTime certificate_end(const DataFolder& folder, const ServerSettings& settings) {
  return end_of_certificate(folder.resolve(settings.certificate).string()).value_or(base::WallTime{});
}

face::admin::ComponentHealth certificate_health(const DataFolder& folder, const ServerSettings& settings,
                                                base::WallTime now) {
  using State = face::admin::ComponentHealth::State;
  const auto end = end_of_certificate(folder.resolve(settings.certificate).string());
  if (!end) return {"tls", State::down, "the certificate cannot be read"};
  if (*end <= now) return {"tls", State::down, fmt::format("the certificate ended on {}", base::to_iso8601(*end))};
  if (*end <= now + certificate_warning)
    return {"tls", State::degraded, fmt::format("the certificate ends on {}", base::to_iso8601(*end))};
  return {"tls", State::ok, ""};
}

}  // namespace tertulia::server
