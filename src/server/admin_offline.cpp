// SPDX-License-Identifier: Apache-2.0
#include "server/admin_offline.h"

#include <utility>

namespace tertulia::server {

using base::Result;

OfflineAdmin::OfflineAdmin(std::unique_ptr<io::SqliteStore> store, io::KeyFile key)
    : store_(std::move(store)), keeper_(std::move(key)) {}

OfflineAdmin::~OfflineAdmin() { store_->stop(); }

Result<std::unique_ptr<OfflineAdmin>> OfflineAdmin::open(const DataFolder& folder, const base::Log& log) {
  const Result<ServerSettings> settings = read_settings(folder.configuration());
  if (!settings) return settings.error();
  Result<io::KeyFile> key = io::KeyFile::load(folder.secret_key().string());
  if (!key) return key.error();
  io::StoreSettings store_settings;
  store_settings.path = folder.store().string();
  store_settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(store_settings), log);
  if (!store) return store.error();
  std::unique_ptr<OfflineAdmin> admin(new OfflineAdmin(*std::move(store), *std::move(key)));
  auto directory = UserAdministration::load(settings->domains, settings->policy, *admin->store_);
  if (!directory) return directory.error();
  admin->users_ = std::make_unique<UserAdministration>(*std::move(directory), *admin->store_, admin->keeper_,
                                                       admin->clock_, UserAdministration::Publish{});
  return admin;
}

}  // namespace tertulia::server
