// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/log.h"
#include "face/admin/ports.h"
#include "io/loop/clock.h"
#include "io/secret/keeper.h"
#include "io/store_sqlite/sqlite_store.h"
#include "server/data_folder.h"
#include "server/user_administration.h"

namespace tertulia::server {

/// The administrator's questions to a data folder on which no server runs; what needs one answers not_running.
class OfflineAdmin final : public face::admin::AdminPorts {
 public:
  /// Takes the folder's lock.  Errors: those of read_settings, KeyFile::load and SqliteStore::open (already_running ...).
  static base::Result<std::unique_ptr<OfflineAdmin>> open(const DataFolder& folder, const base::Log& log);
  ~OfflineAdmin() override;

  base::Result<domain::User> add_user(const domain::Address& address, const std::string& display_name,
                                      const std::string& password) override {
    return users_->add(address, display_name, password);
  }
  base::Result<domain::User> show_user(const domain::Address& address) override { return users_->show(address); }
  std::vector<domain::User> list_users() override { return users_->list(); }
  base::Result<domain::User> change_user(const domain::Address& address,
                                         const face::admin::UserChange& change) override {
    return users_->change(address, change);
  }
  base::Result<void> set_password(const domain::Address& address, const std::string& password) override {
    return users_->set_password(address, password);
  }
  base::Result<domain::PhotoPtr> photo(const domain::Address& address) override { return users_->photo(address); }
  base::Result<void> set_photo(const domain::Address& address, domain::PhotoPtr photo) override {
    return users_->set_photo(address, std::move(photo));
  }
  base::Result<void> remove_user(const domain::Address& address) override { return users_->remove(address); }
  base::Result<std::vector<face::admin::EndpointFact>> endpoints(const domain::Address&) override {
    return base::Reason::not_running;
  }
  base::Result<domain::PresenceExplanation> presence(const domain::Address&, const std::string&) override {
    return base::Reason::not_running;
  }
  base::Result<void> set_presence(const domain::Address&, const face::admin::PresenceWish&) override {
    return base::Reason::not_running;
  }
  base::Result<domain::Levels> levels(const domain::Address& address) override;
  base::Result<void> set_level(const domain::Address& address, const domain::LevelMember& member,
                               std::optional<domain::Container> level) override;
  base::Result<domain::ContactListPtr> contacts(const domain::Address& address) override;
  base::Result<domain::ContactListPtr> change_contacts(const domain::Address& address,
                                                       const domain::ListChange& change) override;
  base::Result<std::vector<face::admin::StatusFact>> status() override { return base::Reason::not_running; }
  base::Result<std::vector<face::admin::ComponentHealth>> health() override { return base::Reason::not_running; }
  base::Result<std::vector<domain::ConversationInfo>> conversations(std::size_t) override {
    return base::Reason::not_running;
  }
  base::Result<domain::ConversationInfo> conversation(base::ConversationId) override {
    return base::Reason::not_running;
  }
  base::Result<std::vector<face::admin::ConferenceFact>> conferences(const domain::Address&, std::size_t) override {
    return base::Reason::not_running;
  }
  base::Result<face::admin::ConferenceFact> conference(const face::admin::ConferenceName&) override {
    return base::Reason::not_running;
  }
  base::Result<face::admin::ConferenceFact> create_conference(const domain::Address&,
                                                              const face::admin::ConferenceWish&) override {
    return base::Reason::not_running;
  }
  base::Result<void> command_conference(const face::admin::ConferenceName&,
                                        const domain::conference::Command&) override {
    return base::Reason::not_running;
  }
  base::Result<void> run_component(const std::string&, bool) override { return base::Reason::not_running; }
  base::Result<void> reload() override { return base::Reason::not_running; }

 private:
  OfflineAdmin(std::unique_ptr<io::SqliteStore> store, io::KeyFile key);
  io::SystemClock clock_;
  std::unique_ptr<io::SqliteStore> store_;
  io::Keeper keeper_;
  std::unique_ptr<UserAdministration> users_;
};

}  // namespace tertulia::server
