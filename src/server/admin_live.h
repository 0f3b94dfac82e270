// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "face/admin/ports.h"
#include "io/store_sqlite/sqlite_store.h"
#include "server/shard_thread.h"
#include "server/user_administration.h"

namespace tertulia::server {

using Shards = std::vector<std::unique_ptr<ShardThread>>;

/// Runs `run` on every shard and waits until all have.  False when a shard did not answer in time (it is stuck or
/// overloaded); what the others did stays done.  Not from a shard's thread.
bool on_all_shards(Shards& shards, const std::function<void(Shard&, base::Now)>& run);

/// The administrator's questions to a running server.  Thread: that of the control loop.
class LiveAdmin final : public face::admin::AdminPorts {
 public:
  struct Surroundings {
    Shards& shards;
    io::SqliteStore& store;
    UserAdministration& users;
    const io::Clock& clock;
    base::WallTime started;
    std::string join_pages;  ///< address of the pages that lead into conferences; empty: there are none
    std::function<base::Result<void>()> reload;
    std::function<face::admin::ComponentHealth()> certificate_health;
  };
  explicit LiveAdmin(Surroundings surroundings) : s_(std::move(surroundings)) {}

  base::Result<domain::User> add_user(const domain::Address& address, const std::string& display_name,
                                      const std::string& password) override {
    return s_.users.add(address, display_name, password);
  }
  base::Result<domain::User> show_user(const domain::Address& address) override { return s_.users.show(address); }
  std::vector<domain::User> list_users() override { return s_.users.list(); }
  base::Result<domain::User> change_user(const domain::Address& address,
                                         const face::admin::UserChange& change) override {
    return s_.users.change(address, change);
  }
  base::Result<void> set_password(const domain::Address& address, const std::string& password) override {
    return s_.users.set_password(address, password);
  }
  base::Result<domain::PhotoPtr> photo(const domain::Address& address) override { return s_.users.photo(address); }
  base::Result<void> set_photo(const domain::Address& address, domain::PhotoPtr photo) override {
    return s_.users.set_photo(address, std::move(photo));
  }
  base::Result<void> remove_user(const domain::Address& address) override { return s_.users.remove(address); }
  base::Result<std::vector<face::admin::EndpointFact>> endpoints(const domain::Address& address) override;
  base::Result<domain::PresenceExplanation> presence(const domain::Address& address,
                                                     const std::string& watcher) override;
  base::Result<void> set_presence(const domain::Address& address, const face::admin::PresenceWish& wish) override;
  base::Result<domain::Levels> levels(const domain::Address& address) override;
  base::Result<void> set_level(const domain::Address& address, const domain::LevelMember& member,
                               std::optional<domain::Container> level) override;
  base::Result<domain::ContactListPtr> contacts(const domain::Address& address) override;
  base::Result<domain::ContactListPtr> change_contacts(const domain::Address& address,
                                                       const domain::ListChange& change) override;
  base::Result<std::vector<face::admin::StatusFact>> status() override;
  base::Result<std::vector<face::admin::ComponentHealth>> health() override;
  base::Result<std::vector<domain::ConversationInfo>> conversations(std::size_t limit) override;
  base::Result<domain::ConversationInfo> conversation(base::ConversationId id) override;
  base::Result<std::vector<face::admin::ConferenceFact>> conferences(const domain::Address& organizer,
                                                                     std::size_t limit) override;
  base::Result<face::admin::ConferenceFact> conference(const face::admin::ConferenceName& name) override;
  base::Result<face::admin::ConferenceFact> create_conference(const domain::Address& organizer,
                                                              const face::admin::ConferenceWish& wish) override;
  base::Result<void> command_conference(const face::admin::ConferenceName& name,
                                        const domain::conference::Command& command) override;
  base::Result<void> run_component(const std::string& component, bool run) override;
  base::Result<void> reload() override { return s_.reload(); }

 private:
  face::admin::ConferenceFact fact_of(domain::ConferenceInfo info);
  Surroundings s_;
};

}  // namespace tertulia::server
