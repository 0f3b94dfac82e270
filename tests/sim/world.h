// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "domain/conference/events.h"
#include "domain/directory/directory.h"
#include "domain/directory/ports.h"
#include "fake_store.h"
#include "front.h"
#include "journal.h"
#include "network.h"
#include "phone.h"
#include "scheduler.h"

namespace tertulia::sim {

/// Opens credentials that are passwords in clear: no slow hash in a simulated world.
class FakeKeeper final : public domain::CredentialKeeper {
 public:
  base::Result<domain::Credentials> make(const domain::Address&, std::string_view, std::string_view password) override {
    return domain::Credentials{{}, std::string(password)};
  }
  bool verify(const domain::Credentials& credentials, std::string_view password) override {
    return credentials.sealed_digests == password;
  }
  base::Result<domain::SecretDigests> open(const domain::Address& address,
                                           const domain::Credentials& credentials) const override;
};

struct WorldOptions {
  std::uint64_t seed = 1;
  std::uint16_t shards = 1;
  bool trace = false;  ///< prints the ladder to standard output
};

/// A front end with its users, clients, network and store, all decided by one seed.
class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();

  static constexpr std::string_view domain_name = "example.com";

  // before `start`, or while it runs
  base::UserId add_user(const std::string& name);
  void change_user(base::UserId user, const std::function<void(domain::User&)>& change);
  /// Owned by the world.
  Phone& add_phone(base::UserId user, bool sessions, bool lync = false);

  void start();
  void crash();
  void run_immcu(bool run);
  /// The user and all that is his is taken out; his texts in the store stay.
  void remove_user(base::UserId user);
  /// Changes something permanent of this user in the administrator's name.
  void settle(base::UserId user, Settlement::Kind kind, std::string value);
  /// Puts somebody on the user's contact list, or takes him off it.
  void set_contact(base::UserId user, base::UserId member, bool stands, bool subscribed = true);
  void set_level(base::UserId user, base::UserId member, std::optional<domain::Container> level);
  /// State picked by hand (permanent); availability_unset takes it back.
  void set_state(base::UserId user, std::uint16_t availability);
  /// A conference that the administrator makes; its name, ORGANIZER/ID.
  std::string create_conference(base::UserId organizer, std::uint32_t size_max);
  void command_conference(const std::string& conference, domain::conference::Command command);
  /// What the last conference of this world is called that a client knows of, or the administrator; empty: none.
  std::string last_conference() const;
  void run_for(base::Duration time) { scheduler.run_for(time); }
  /// A text that no other message of this world has.
  std::string new_text() { return "t" + std::to_string(++texts_); }
  /// Ends all misfortunes; everybody signs in and has time to be told what waits for him.
  void heal();
  /// After `heal`: everybody leaves, or the server stops in order; then nothing may be left.
  void wind_up(bool orderly_stop);
  void note(std::string_view who, std::string_view what, std::string_view call_id = {}) const;

  const std::string& address(base::UserId user) const { return journal.addresses.at(user); }
  base::UserId user_of(std::string_view address) const;
  const std::vector<std::unique_ptr<Phone>>& phones() const { return phones_; }
  const std::vector<base::UserId>& users() const { return users_; }

  // the parts, open to whoever directs the world
  base::Random random;
  Scheduler scheduler;
  Journal journal;
  Network network;
  FakeStore store;
  std::unique_ptr<Front> front;

 private:
  void look_around();
  void look_at_watchers(const Watch& watch);
  /// What this watcher should be shown; nothing: the user does not exist.
  std::optional<std::string> truth_for(const Watch& watch);
  std::uint64_t permanent_publications();
  std::string presence_for(std::string_view address, const Watch& watch);
  std::string roster_for(const Watch& watch);
  void look_at_conferences();
  std::optional<domain::ConferenceKey> key_of(const std::string& conference) const;
  /// The same for what subscriptions of the Lync dialect show.
  std::optional<std::string> lync_truth_for(const Watch& watch);
  bool all_see_the_same() const;
  void collect();
  bool trace_;
  std::uint16_t shards_;
  FakeKeeper keeper_;
  domain::DirectoryPtr directory_;
  std::vector<base::UserId> users_;
  std::map<base::UserId, int> devices_;
  PhoneWorld phone_world_;
  std::vector<std::unique_ptr<Phone>> phones_;
  std::string last_made_;  // conference
  std::uint64_t texts_ = 0;
};

}  // namespace tertulia::sim
