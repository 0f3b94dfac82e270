// SPDX-License-Identifier: Apache-2.0
#include "server/data_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/text.h"
#include "domain/directory/address.h"
#include "io/loop/clock.h"
#include "io/secret/ca.h"
#include "io/secret/file.h"
#include "io/secret/key_file.h"
#include "io/store_sqlite/read_only_store.h"
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

/// An empty store of the newest schema.  It comes into its place as a whole: half a store would pass for a damaged one.
Result<void> make_store(const fs::path& path) {
  const fs::path fresh(path.string() + ".new");
  std::error_code ignored;
  fs::remove(fresh, ignored);
  io::StoreSettings settings;
  settings.path = fresh.string();
  settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(settings), base::Log::silent());
  if (!store) return store.error();
  (*store)->stop();
  fs::remove(fresh.string() + ".lock", ignored);
  return io::publish_file(fresh.string(), path.string(), false);
}

/// Passwords are sealed with the key: a new one beside them locks everybody out.
Result<void> may_make_key(const DataFolder& folder) {
  if (!fs::exists(folder.store())) return {};
  std::string users = "users";
  if (auto store = io::ReadOnlyStore::open(folder.store().string())) {
    const auto counts = store->counts();
    if (counts && counts->users == 0) return {};
    if (counts) users = fmt::format("{} users", counts->users);
  }
  return Error{Reason::file_unreadable,
               fmt::format("{} is missing, but the store holds the passwords of {}; put it back from the backup (with "
                           "--new-key a new one is made, and every password must be set anew)",
                           folder.secret_key().string(), users)};
}

bool names(const io::CertificateFacts& facts, const std::string& host) {
  return std::any_of(facts.names.begin(), facts.names.end(),
                     [&](const std::string& name) { return base::equal_ignoring_case(name, host); });
}

}  // namespace

Result<DataFolder::Initialised> DataFolder::init(const InitOptions& options) const {
  if (const auto domain = domain::check_domain(options.domain); !domain) return domain.error();
  if (const auto hosts = io::check_hosts(options.hosts); !hosts) return hosts.error();
  ServerSettings settings;
  settings.domains = {options.domain};
  if (!options.hosts.empty()) settings.host = options.hosts.front();
  ServerSettings in_force = settings;
  if (initialised()) {
    auto read = read_settings(configuration());
    if (!read) return read.error();
    in_force = *std::move(read);
    const auto same = [&](const std::string& domain) { return base::equal_ignoring_case(domain, options.domain); };
    if (std::none_of(in_force.domains.begin(), in_force.domains.end(), same))
      return Error{Reason::domain_foreign,
                   fmt::format("{}: {} serves {}; another domain is added in server.domains", options.domain,
                               root_.string(), fmt::join(in_force.domains, ", "))};
  }
  for (const fs::path& folder : {root_, root_ / "keys", root_ / "tls"})
    if (Result<void> made = make_folder(folder); !made) return made.error();
  if (!fs::exists(secret_key())) {
    if (const auto may = may_make_key(*this); !may && !options.new_key) return may.error();
    if (const auto key = io::KeyFile::create(secret_key().string()); !key) return key.error();
  }
  const base::WallTime now = io::SystemClock().now().wall;
  const io::CertificatePaths authority{ca_certificate().string(), ca_key().string()};
  if (!fs::exists(ca_certificate()))
    if (auto made = io::create_authority(authority, options.domain, now); !made) return made.error();
  const struct {
    io::CertificateKey kind;
    io::CertificatePaths files;
  } wanted[] = {
      {io::CertificateKey::ec_p256, {resolve(settings.certificate).string(), resolve(settings.key).string()}},
      {io::CertificateKey::rsa_2048, {resolve(settings.certificate_rsa).string(), resolve(settings.key_rsa).string()}}};
  for (const auto& [kind, files] : wanted) {
    if (fs::exists(files.certificate) && fs::exists(files.key)) continue;
    const io::ServerCertificateRequest request{options.domain, options.hosts, kind, now};
    if (auto issued = io::issue_server_certificate(authority, request, files); !issued) return issued.error();
  }
  if (!fs::exists(store()))
    if (auto made = make_store(store()); !made) return made.error();
  if (!initialised()) {
    const std::string text = to_toml(settings, options.language);
    if (auto written = io::write_file(configuration().string(), text, io::FileMode::owner); !written)
      return written.error();
  }
  Initialised done;
  if (const auto facts = io::read_certificate(resolve(in_force.certificate).string()))
    for (const std::string& host : options.hosts)
      if (!names(*facts, host)) done.unnamed_hosts.push_back(host);
  return done;
}

}  // namespace tertulia::server
