// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/presence/agent.h"
#include "domain/presence/in_memory_store.h"
#include "domain/presence/limits.h"

namespace tertulia::domain {

/// A presence agent with its registrar, a store in memory, watchers that write down what they see, and a clock that a
/// test turns.  Checks on each piece of news that versions grow.
class PresenceBench : public PresencePorts, public RegistrarPorts {
 public:
  static constexpr base::UserId alice{1}, bob{2}, carol{3};
  static constexpr base::ShardId edge{4};

  struct Seen {
    std::vector<PresenceViewPtr> views;
    base::Reason reason = base::Reason::none;
    const PresenceView& last() const { return *views.back(); }
    std::uint16_t availability() const { return views.back()->state.availability; }
  };

  /// What one of the user's own devices sees of everything.
  struct SelfSeen {
    std::vector<SelfViewPtr> views;
    base::Reason reason = base::Reason::none;
    const SelfView& last() const { return *views.back(); }
  };

  PresenceBench() {
    directory = std::make_shared<const Directory>(std::vector<std::string>{"example.com"}, Policy::defaults());
    put(alice, "alice@example.com", "Alice");
    put(bob, "bob@example.com", "Bob");
    put(carol, "carol@example.com", "Carol");
    start();
  }

  /// The server starts (again): endpoints and watchers are gone, the store stays.
  void start() {
    boot_seconds_ += 10;
    RegistrarSettings settings;
    settings.lease_max = settings.lease_default = std::chrono::hours{10'000};
    agent.reset();
    registrar = std::make_unique<Registrar>(settings, base::ShardId{2}, *this, random, boot_seconds_);
    agent = std::make_unique<PresenceAgent>(PresenceSettings{}, base::ShardId{2}, *registrar, *this, boot_seconds_);
    store.drop_pending();
    stored_.clear();
    std::vector<StoredPresence> all = *store.load_presence();
    for (StoredPresence& one : all) agent->restore(std::move(one), now);
  }

  void put(base::UserId id, const std::string& address, const std::string& name = {},
           std::map<std::string, std::string> settings = {}, std::vector<std::string> blocked = {}) {
    User user;
    user.id = id;
    user.address = *Address::parse(address);
    user.display_name = name;
    user.settings = std::move(settings);
    for (const std::string& one : blocked) user.blocked.push_back(*Address::parse(one));
    change_directory(directory->with(std::move(user)));
  }
  void remove(base::UserId id) {
    store.remove_user(id);
    change_directory(directory->without(id));
  }
  void change_directory(DirectoryPtr after) {
    const DirectoryPtr before = std::exchange(directory, std::move(after));
    if (!agent) return;
    registrar->on_directory_changed(*directory, now);
    agent->on_directory_changed(*before, *directory, now);
  }

  base::EndpointId sign_in(base::UserId user, Capabilities capabilities = {}) {
    BindRequest request;
    request.ticket = {++tickets_};
    request.edge = edge;
    request.connection = {tickets_};
    request.user = user;
    ContactChange contact;
    contact.uri = fmt::format("sip:{}@192.0.2.1", tickets_);
    contact.capabilities = capabilities;
    request.contacts.push_back(contact);
    request.call_id = fmt::format("{}", tickets_);
    registrar->on_bind(request, *directory, now);
    connections_[bound_] = {tickets_};
    return bound_;
  }
  void sign_out(base::UserId user, base::EndpointId endpoint) {
    registrar->on_connection_gone({user, connections_.at(endpoint), true}, now);
  }

  base::WatchId watch(base::UserId target, const std::string& address, bool once = false) {
    const base::WatchId id{++watches_};
    watch_again(id, target, address, once);
    return id;
  }
  void watch_again(base::WatchId id, base::UserId target, const std::string& address, bool once = false) {
    WatchPresence asked;
    asked.edge = edge;
    asked.watcher_address = address;
    asked.entries = {{id, target}};
    asked.once = once;
    agent->on_watch(asked, *directory, now);
  }
  void unwatch(base::WatchId id, base::UserId target) { agent->on_unwatch({edge, {{id, target}}}, now); }

  base::WatchId watch_self(base::UserId user) {
    const base::WatchId id{++watches_};
    agent->on_watch_self({edge, id, user, true}, *directory, now);
    return id;
  }
  void unwatch_self(base::WatchId id, base::UserId user) {
    agent->on_watch_self({edge, id, user, false}, *directory, now);
  }
  base::Reason acknowledge(base::UserId user, const std::string& address) {
    agent->on_acknowledge({{++tickets_}, edge, user, address}, *directory, now);
    if (auto_store) run_store();
    return levels_set.empty() ? base::Reason::none : levels_set.back().reason;
  }

  PublishAnswer publish(base::UserId user, base::EndpointId endpoint, std::vector<PublishItem> items) {
    agent->on_publish(PublishPresence{{++tickets_}, edge, user, endpoint, std::move(items), self_wanted}, *directory,
                      now);
    if (auto_store) run_store();
    return published.empty() ? PublishAnswer{} : published.back();
  }
  PublishAnswer publish(base::UserId user, base::EndpointId endpoint, const std::string& tag, base::Duration lease,
                        std::optional<std::vector<PublicationValue>> values) {
    agent->on_publish(PublishDocument{{++tickets_}, edge, user, endpoint, tag, lease, std::move(values)}, *directory,
                      now);
    return published.back();
  }
  base::Reason pick(base::UserId user, std::uint16_t availability, Activity activity = Activity::none) {
    return publish(user, {}, {manual(availability, activity)}).reason;
  }
  static PublishItem manual(std::uint16_t availability, Activity activity = Activity::none) {
    return item("state", 0x20000000, ExpireType::permanent, ManualState{{availability, activity, {}}});
  }
  static PublishItem item(std::string category, std::uint64_t instance, ExpireType expires,
                          std::optional<PublicationValue> value, Container container = Container::devices) {
    PublishItem made;
    made.key = {std::move(category), instance, container};
    made.expires = expires;
    made.value = std::move(value);
    return made;
  }
  base::Reason set_level(base::UserId user, MemberKind kind, const std::string& member, std::optional<Container> level,
                         std::optional<std::uint32_t> expected = std::nullopt) {
    agent->on_set_level({{++tickets_}, edge, user, {kind, member}, level, expected}, *directory, now);
    if (auto_store) run_store();
    return levels_set.empty() ? base::Reason::none : levels_set.back().reason;
  }
  void phone(base::UserId user, std::uint64_t call, bool up, base::EndpointId endpoint = {},
             Activity activity = Activity::on_the_phone) {
    agent->on_phone({user, {call}, endpoint, up, activity}, *directory, now);
  }

  /// The store carries out what it was given, and answers.
  void run_store() {
    for (store.run(); !stored_.empty(); store.run()) {
      const auto answers = std::exchange(stored_, {});
      for (const auto& [ticket, result] : answers) agent->on_stored(ticket, result, *directory, now);
    }
  }
  void turn() { agent->on_deadline(*directory, now); }
  /// Time passes; each deadline is met when it comes.
  void pass(base::Duration span) {
    const base::TimePoint until = now.mono + span;
    for (std::size_t turns = 0; turns < 100'000; ++turns) {
      const auto at = agent->deadline();
      if (!at || *at > until) break;
      move(std::max(*at, now.mono) - now.mono);
      turn();
    }
    move(until - now.mono);
    turn();
  }
  void move(base::Duration span) {
    now.mono = now.mono + span;
    now.wall = now.wall + span;
  }

  // what the agent says
  void answer(base::ShardId, PublishAnswer answer) override {
    if (answer.self) see(*answer.self);
    published.push_back(std::move(answer));
  }
  void answer(base::ShardId, SetLevelAnswer answer) override { levels_set.push_back(answer); }
  void blocked(base::UserId user, base::UserId peer) override { blocks.emplace_back(user, peer); }
  void news(base::ShardId, PresenceNews news) override {
    for (PresenceNews::Item& item : news.items) {
      Seen& one = seen[item.watch];
      ++told;
      one.reason = item.reason;
      if (!item.view) continue;
      if (!one.views.empty()) {
        EXPECT_GT(item.view->version, one.views.back()->version);
      }
      one.views.push_back(std::move(item.view));
    }
  }
  void news(base::ShardId, WatcherNews news) override { lists.push_back(std::move(news)); }
  void news(base::ShardId, SelfNews news) override {
    SelfSeen& one = selves[news.watch];
    one.reason = news.reason;
    EXPECT_NE(news.view == nullptr, news.reason == base::Reason::none);
    if (!news.view) return;
    see(*news.view);
    one.views.push_back(std::move(news.view));
  }
  bool has_contact(base::UserId user, std::string_view address) const override {
    return contacts.contains({user, std::string(address)});
  }
  void change(base::Ticket ticket, PresenceChange change) override {
    store.change_presence(std::move(change), [this, ticket](base::Result<void> result) {
      stored_.emplace_back(ticket, std::move(result));
    });
  }
  // what the registrar says
  void answer(base::ShardId, BindAnswer answer) override { bound_ = answer.endpoint; }
  void record(RegistrationRecord) override {}
  void endpoint_added(base::UserId user, const EndpointRoute& route) override {
    agent->on_endpoint_added(user, route, *directory, now);
  }
  void endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType) override {
    agent->on_endpoint_removed(user, endpoint, *directory, now);
  }
  void drop_connection(base::ShardId, base::ConnectionId, base::Reason) override {}

  DirectoryPtr directory;
  base::Now now{{1'000'000'000}, {1'700'000'000'000'000}};
  base::Random random{1};
  InMemoryPresenceStore store;
  std::unique_ptr<Registrar> registrar;
  std::unique_ptr<PresenceAgent> agent;
  bool auto_store = true;
  std::map<base::WatchId, Seen> seen;
  std::size_t told = 0;
  std::vector<PublishAnswer> published;
  std::vector<SetLevelAnswer> levels_set;
  std::vector<std::pair<base::UserId, base::UserId>> blocks;
  std::vector<WatcherNews> lists;
  std::map<base::WatchId, SelfSeen> selves;
  bool self_wanted = false;  ///< in what is published
  std::set<std::pair<base::UserId, std::string>> contacts;

 private:
  /// Whoever looks, and whether or not the server was started again meanwhile: nothing older comes later, and one version
  /// shows one thing.
  void see(const SelfView& view) {
    SelfView& newest = newest_[view.user];
    EXPECT_GE(view.version, newest.version);
    if (view.version == newest.version) {
      EXPECT_EQ(view.publications.size(), newest.publications.size());
      EXPECT_EQ(view.state, newest.state);
      EXPECT_EQ(view.subscribers, newest.subscribers);
    }
    newest = view;
  }

  std::map<base::UserId, SelfView> newest_;
  std::uint64_t boot_seconds_ = 1'700'000'000;
  std::uint64_t tickets_ = 0, watches_ = 0;
  base::EndpointId bound_;
  std::map<base::EndpointId, base::ConnectionId> connections_;
  std::vector<std::pair<base::Ticket, base::Result<void>>> stored_;
};

}  // namespace tertulia::domain
