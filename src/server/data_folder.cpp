// SPDX-License-Identifier: Apache-2.0
#include "server/data_folder.h"

#include <fmt/format.h>

#include <system_error>

#include "domain/directory/address.h"
#include "io/loop/clock.h"
#include "io/secret/ca.h"
#include "io/secret/file.h"
#include "io/secret/key_file.h"
#include "io/store_sqlite/sqlite_store.h"

namespace tertulia::server {

using base::Error;
using base::Reason;
using base::Result;
namespace fs = std::filesystem;

fs::path DataFolder::resolve(const std::string& path) const {
  const fs::path given(path);
  return given.is_absolute() ? given : root_ / given;
}

namespace {

Result<void> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return Error{Reason::file_unwritable, fmt::format("{}: {}", path.string(), error.message())};
  fs::permissions(path, fs::perms::owner_all, error);
  if (error) return Error{Reason::file_unwritable, fmt::format("{}: {}", path.string(), error.message())};
  return {};
}

/// An empty store of the newest schema.
Result<void> make_store(const fs::path& path) {
  io::StoreSettings settings;
  settings.path = path.string();
  settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(settings), base::Log::silent());
  if (!store) return store.error();
  (*store)->stop();
  return {};
}

}  // namespace

Result<void> DataFolder::init(const InitOptions& options) const {
  if (const auto probe = domain::Address::parse("probe@" + options.domain); !probe)
    return Error{Reason::address_malformed, fmt::format("\"{}\" is not a domain name", options.domain)};
  for (const fs::path& folder : {root_, root_ / "keys", root_ / "tls"})
    if (Result<void> made = make_folder(folder); !made) return made;
  if (!fs::exists(secret_key()))
    if (const auto key = io::KeyFile::create(secret_key().string()); !key) return key.error();

  ServerSettings settings;
  settings.domains = {options.domain};
  if (!options.hosts.empty()) settings.host = options.hosts.front();
  const base::WallTime now = io::SystemClock().now().wall;
  const io::CertificatePaths authority{ca_certificate().string(), ca_key().string()};
  if (!fs::exists(ca_certificate()))
    if (auto made = io::create_authority(authority, options.domain, now); !made) return made;
  const struct {
    io::CertificateKey kind;
    io::CertificatePaths files;
  } wanted[] = {
      {io::CertificateKey::ec_p256, {resolve(settings.certificate).string(), resolve(settings.key).string()}},
      {io::CertificateKey::rsa_2048, {resolve(settings.certificate_rsa).string(), resolve(settings.key_rsa).string()}}};
  for (const auto& [kind, files] : wanted) {
    if (fs::exists(files.certificate) && fs::exists(files.key)) continue;
    const io::ServerCertificateRequest request{options.domain, options.hosts, kind, now};
    if (auto issued = io::issue_server_certificate(authority, request, files); !issued) return issued;
  }
  if (!fs::exists(store()))
    if (auto made = make_store(store()); !made) return made;
  if (!initialised()) {
    const std::string text = to_toml(settings, options.language);
    if (auto written = io::write_file(configuration().string(), text, io::FileMode::owner); !written) return written;
  }
  return {};
}

}  // namespace tertulia::server
