// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/conference/events.h"
#include "domain/contacts/contact_list.h"
#include "domain/conversation/immcu.h"
#include "domain/directory/user.h"
#include "domain/endpoint/events.h"
#include "domain/presence/agent.h"
#include "domain/record/record.h"

namespace tertulia::face::admin {

/// What `user set` and `user card` change; fields that are not set stay.
struct UserChange {
  std::optional<std::string> display_name;
  std::optional<bool> enabled;
  std::map<std::string, std::string> settings;  ///< own policy settings by name
  std::vector<std::string> unset;               ///< policy settings that follow the global policy again
  std::map<std::string, std::string> card;      ///< fields of the contact card by name; an empty value clears one
  std::vector<domain::Address> block, unblock;
};

/// Health of one component.
struct ComponentHealth {
  std::string name;  ///< "immcu", "store", "registrar", "tls", "records" ...
  enum class State : std::uint8_t { ok, degraded, down, stopped } state = State::ok;
  std::string text;  ///< a sentence when not ok
};

/// Numbers of `status`, in the order shown.
struct StatusFact {
  std::string name;
  std::string value;
  bool number = false;  ///< value is a number in JSON
};

/// An endpoint as `user show` lists it.
struct EndpointFact {
  base::EndpointId endpoint;
  std::string client;
  std::string instance;
  std::string ip_address;
  std::int64_t seconds_left = 0;
};

/// What `presence set` changes; the parts that are not set stay.
struct PresenceWish {
  std::optional<domain::State> state;  ///< picked for the user; availability_unset: reset
  std::optional<std::string> note;     ///< empty: removed
};

/// Names a conference for the administrator.
struct ConferenceName {
  domain::Address organizer;
  std::string id;
};
/// What `conference create` wants.
struct ConferenceWish {
  std::string id;  ///< empty: an unguessable one is made
  std::string subject;
  domain::Admission admission = domain::Admission::organisation;
  bool lobby = false;
  std::uint32_t size_max = 0;  ///< 0: default
  base::WallTime expires;      ///< 0: it stays until it is ended
  std::vector<domain::Address> invited;
};
/// A conference as `conference list` and `show` tell it.
struct ConferenceFact {
  domain::ConferenceInfo info;
  std::string organizer;  ///< address
  std::string join_uri;   ///< of standard clients
  std::string focus_uri;  ///< of clients of the Lync dialect
  std::string join_url;   ///< page for people; empty without web services
};

/// What the administrator can ask of a server, running or not.  Blocking; called on the administrator's thread, never on a shard.
class AdminPorts {
 public:
  virtual ~AdminPorts() = default;
  virtual base::Result<domain::User> add_user(const domain::Address& address, const std::string& display_name,
                                              const std::string& password) = 0;
  virtual base::Result<domain::User> show_user(const domain::Address& address) = 0;
  virtual std::vector<domain::User> list_users() = 0;
  virtual base::Result<domain::User> change_user(const domain::Address& address, const UserChange& change) = 0;
  virtual base::Result<void> set_password(const domain::Address& address, const std::string& password) = 0;
  /// Null: the user has no picture.  Errors: user_does_not_exist, store_unavailable.
  virtual base::Result<domain::PhotoPtr> photo(const domain::Address& address) = 0;
  /// Null takes the picture away.
  virtual base::Result<void> set_photo(const domain::Address& address, domain::PhotoPtr photo) = 0;
  virtual base::Result<void> remove_user(const domain::Address& address) = 0;
  /// Errors: not_running when no server runs.
  virtual base::Result<std::vector<EndpointFact>> endpoints(const domain::Address& address) = 0;
  /// What `watcher` sees of the user and why; empty: as the user sees himself.  Errors: user_does_not_exist, not_running.
  virtual base::Result<domain::PresenceExplanation> presence(const domain::Address& address,
                                                             const std::string& watcher) = 0;
  virtual base::Result<void> set_presence(const domain::Address& address, const PresenceWish& wish) = 0;
  virtual base::Result<domain::Levels> levels(const domain::Address& address) = 0;
  virtual base::Result<void> set_level(const domain::Address& address, const domain::LevelMember& member,
                                       std::optional<domain::Container> level) = 0;
  virtual base::Result<domain::ContactListPtr> contacts(const domain::Address& address) = 0;
  virtual base::Result<domain::ContactListPtr> change_contacts(const domain::Address& address,
                                                               const domain::ListChange& change) = 0;
  virtual base::Result<std::vector<StatusFact>> status() = 0;
  virtual base::Result<std::vector<ComponentHealth>> health() = 0;
  virtual base::Result<std::vector<domain::ConversationInfo>> conversations(std::size_t limit) = 0;
  /// Errors: not_found, not_running.
  virtual base::Result<domain::ConversationInfo> conversation(base::ConversationId id) = 0;
  /// Of everybody when `organizer` is empty.  Errors: user_does_not_exist, not_running.
  virtual base::Result<std::vector<ConferenceFact>> conferences(const domain::Address& organizer,
                                                                std::size_t limit) = 0;
  /// With roster and lobby.  Errors also: conference_unknown.
  virtual base::Result<ConferenceFact> conference(const ConferenceName& name) = 0;
  /// A scheduled one: it sleeps until somebody comes.  Errors: those of CreateConference.
  virtual base::Result<ConferenceFact> create_conference(const domain::Address& organizer,
                                                         const ConferenceWish& wish) = 0;
  /// Returns when the change is durable.  Errors: those of ConferenceCommand.
  virtual base::Result<void> command_conference(const ConferenceName& name,
                                                const domain::conference::Command& command) = 0;
  /// `component`: "immcu".  Errors: not_found, not_running.
  virtual base::Result<void> run_component(const std::string& component, bool run) = 0;
  /// Takes over certificate and live settings, as SIGHUP does.
  virtual base::Result<void> reload() = 0;
};

}  // namespace tertulia::face::admin
