// SPDX-License-Identifier: Apache-2.0
#include "server/admin_offline.h"

#include <future>
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
  store_settings.create = false;  // `init` does: an empty one in place of a lost one would go unseen
  store_settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(store_settings), log);
  if (!store) return store.error();
  std::unique_ptr<OfflineAdmin> admin(new OfflineAdmin(*std::move(store), *std::move(key)));
  auto directory = UserAdministration::load(empty_directory(*settings, settings->sip_tls), *admin->store_);
  if (!directory) return directory.error();
  admin->users_ = std::make_unique<UserAdministration>(*std::move(directory), *admin->store_, *admin->store_,
                                                       admin->keeper_, admin->clock_, UserAdministration::Publish{});
  return admin;
}

Result<domain::ContactListPtr> OfflineAdmin::contacts(const domain::Address& address) {
  const auto user = users_->show(address);
  if (!user) return user.error();
  auto all = store_->load_contacts();
  if (!all) return all.error();
  for (domain::StoredContacts& stored : *all)
    if (stored.user == user->id) return std::move(stored.list);
  return domain::ContactListPtr(std::make_shared<const domain::ContactList>());
}

Result<domain::ContactListPtr> OfflineAdmin::change_contacts(const domain::Address& address,
                                                             const domain::ListChange& change) {
  const auto before = contacts(address);
  if (!before) return before.error();
  const auto user = users_->directory()->find(address);
  auto after = (*before)->with(change, user->policy->contacts_max);
  if (!after) return after.error();
  std::promise<Result<void>> written;
  store_->change_contacts(domain::difference(user->id, **before, *after),
                          [&](Result<void> result) { written.set_value(std::move(result)); });
  if (const Result<void> done = written.get_future().get(); !done) return done.error();
  return domain::ContactListPtr(std::make_shared<const domain::ContactList>(*std::move(after)));
}

Result<domain::Levels> OfflineAdmin::levels(const domain::Address& address) {
  const auto user = users_->show(address);
  if (!user) return user.error();
  auto all = store_->load_presence();
  if (!all) return all.error();
  for (domain::StoredPresence& stored : *all)
    if (stored.user == user->id && stored.levels_version != 0)
      return domain::Levels::restored(std::move(stored.levels), stored.levels_version);
  return domain::Levels();
}

Result<void> OfflineAdmin::set_level(const domain::Address& address, const domain::LevelMember& member,
                                     std::optional<domain::Container> level) {
  auto levels_now = levels(address);
  if (!levels_now) return levels_now.error();
  if (!levels_now->set(member, level)) return {};  // nothing to change
  domain::PresenceChange change;
  change.user = users_->directory()->find(address)->id;
  change.levels = levels_now->entries();
  change.levels_version = levels_now->version();
  std::promise<Result<void>> written;
  store_->change_presence(std::move(change), [&](Result<void> result) { written.set_value(std::move(result)); });
  return written.get_future().get();
}

}  // namespace tertulia::server
