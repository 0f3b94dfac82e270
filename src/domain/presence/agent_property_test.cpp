// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/presence_bench.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;

/// Users, devices, watchers and a store that do whatever the dice say.  The bench checks on each piece of news that
/// versions grow.
class RandomWorld : public PresenceBench {
 public:
  explicit RandomWorld(std::uint64_t seed) : dice_(seed) {}

  void step() {
    const base::UserId user{static_cast<std::uint32_t>(1 + dice_.below(3))};
    switch (dice_.below(20)) {
      case 0:
        endpoints_[user].push_back(sign_in(user));
        break;
      case 1:
        if (const auto endpoint = take(endpoints_[user])) sign_out(user, endpoint);
        break;
      case 2:
        pick(user, any_state(), Activity(dice_.below(9)));
        break;
      case 3:
        publish_piece(user);
        break;
      case 4:
        publish_document(user);
        break;
      case 5:
      case 6: {
        const std::string from = any_address();
        live_.emplace_back(watch(user, from), user);
        break;
      }
      case 7:
        if (!live_.empty()) {
          const std::size_t at = dice_.below(live_.size());
          unwatch(live_[at].first, live_[at].second);
          seen.erase(live_[at].first);
          live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(at));
        }
        break;
      case 8:
        set_level(user, MemberKind::user, any_address(), any_level());
        break;
      case 9:
        phone(user, 1 + dice_.below(3), dice_.one_in(2), any_endpoint(user));
        break;
      case 10:
      case 11:
        agent->on_active({user, any_endpoint(user)}, *directory, now);
        break;
      case 12:
        pass(base::Duration{static_cast<std::int64_t>(dice_.below(600'000'000))});
        break;
      case 13:
        pass(base::Duration{static_cast<std::int64_t>(dice_.below(400'000))});
        break;
      case 14:
        run_store();
        break;
      case 15:
        rare(user);
        break;
      default:
        look_at_himself(user);
        break;
    }
    self_wanted = dice_.one_in(2);
    auto_store = !dice_.one_in(3);
    store.set_failing(dice_.one_in(10));
  }

  /// Everything settles: each watcher's last view is what he would be shown now.
  void check_truth() {
    quiet();
    for (const auto& [id, user] : live_) {
      const Seen& one = seen.at(id);
      ASSERT_EQ(one.reason, base::Reason::none);
      const auto truth = agent->explain(user, addresses_of_[id], *directory, now);
      ASSERT_TRUE(truth);
      EXPECT_TRUE(shows_the_same(one.last(), *truth->view));
      const ViewCheck fresh = fresh_view(user, addresses_of_[id]);
      EXPECT_EQ(one.last().state, fresh.state);
      EXPECT_EQ(one.last().level, fresh.level);
    }
    EXPECT_EQ(agent->watch_count(), live_.size());
    for (const auto& [id, user] : own_) check_self(id, user);
  }

  /// The server starts again.
  void restart() {
    quiet();
    start();
    live_.clear();
    own_.clear();
    endpoints_.clear();
    tags_.clear();
  }

  void everybody_leaves() {
    quiet();
    for (const auto& [id, user] : std::exchange(live_, {})) unwatch(id, user);
    const auto own = std::exchange(own_, {});
    for (auto& [user, all] : endpoints_) {
      while (const auto endpoint = take(all)) sign_out(user, endpoint);
    }
    for (std::uint32_t user = 1; user <= 3; ++user) {
      for (std::uint64_t call = 1; call <= 3; ++call) phone({user}, call, false);
      const std::vector<StoredPresence> all = *store.load_presence();
      for (const StoredPresence& stored : all) {
        for (const Publication& one : stored.publications)
          publish(stored.user, {}, {item(one.key.category, one.key.instance, one.expires, {}, one.key.container)});
      }
      remove({user});
    }
    pass(24h);
    EXPECT_EQ(agent->watch_count(), 0u);
    EXPECT_EQ(agent->publication_count(), 0u);
    EXPECT_EQ(agent->user_count(), 0u);
    EXPECT_EQ(agent->deadline(), std::nullopt);
    for (const auto& [id, user] : own) EXPECT_EQ(selves.at(id).reason, base::Reason::user_does_not_exist);
  }

  base::WatchId watch(base::UserId target, const std::string& address) {
    const base::WatchId id = PresenceBench::watch(target, address);
    addresses_of_[id] = address;
    return id;
  }

 private:
  struct ViewCheck {
    State state;
    Container level;
  };
  /// The same in another way: from the sources, by the rules.
  ViewCheck fresh_view(base::UserId user, const std::string& address) {
    const auto why = agent->explain(user, address, *directory, now);
    const Aggregate aggregate = combine(why->input, now.wall);
    State state = aggregate.state;
    switch (why->verdict.level) {
      case Container::blocked:
      case Container::everyone:
        state = {availability_offline, Activity::none, {}};
        break;
      case Container::external:
        state = {aggregate.state.availability, Activity::none, {}};
        break;
      case Container::workgroup:
        state = aggregate.interrupt_state;
        break;
      default:
        break;
    }
    return {state, why->verdict.level};
  }

  /// The last view of one of his own devices, against the sources and who is known to watch.
  void check_self(base::WatchId id, base::UserId user) {
    const SelfSeen& one = selves.at(id);
    ASSERT_EQ(one.reason, base::Reason::none);
    const SelfView& view = one.last();
    const auto why = agent->explain(user, "", *directory, now);
    const Aggregate fresh = combine(why->input, now.wall);
    EXPECT_EQ(view.state, fresh.state);
    EXPECT_EQ(view.interrupt_state, fresh.interrupt_state);
    EXPECT_EQ(view.idle_since, why->aggregate.idle_since);
    EXPECT_EQ(view.levels, agent->levels(user).entries());
    EXPECT_EQ(view.levels_version, agent->levels(user).version());
    ASSERT_EQ(view.publications.size(), why->publications.size());
    std::map<PublicationKey, Publication> living;
    for (const Publication& piece : why->publications) living[piece.key] = piece;
    for (const Publication& piece : view.publications) {
      const Publication& truth = living.at(piece.key);
      EXPECT_EQ(piece.version, truth.version);
      EXPECT_EQ(piece.value, truth.value);
      EXPECT_EQ(piece.original, truth.original);
      EXPECT_EQ(piece.endpoint, truth.endpoint);
    }
    std::vector<std::string> acknowledged;
    const std::vector<StoredPresence> all = *store.load_presence();
    for (const StoredPresence& stored : all)
      if (stored.user == user) acknowledged = stored.acknowledged;
    std::map<std::string, bool> watching;
    for (const auto& [watch, target] : live_) {
      const std::string& address = addresses_of_.at(watch);
      if (target == user)
        watching[address] =
            std::count(acknowledged.begin(), acknowledged.end(), address) > 0 || has_contact(user, address);
    }
    std::vector<SelfView::Subscriber> subscribers;
    for (const auto& [address, known] : watching) subscribers.push_back({address, known});
    EXPECT_EQ(view.subscribers, subscribers);
  }

  void quiet() {
    store.set_failing(false);
    auto_store = true;
    run_store();
    pass(1s);
  }
  void publish_piece(base::UserId user) {
    const auto expires = ExpireType(dice_.below(4));
    const std::uint64_t instance = dice_.below(4);
    const auto endpoint = any_endpoint(user);
    std::optional<PublicationValue> value = any_value();
    if (dice_.one_in(4)) value.reset();
    PublishItem one =
        item("state", instance, expires, std::move(value), dice_.one_in(4) ? Container::interrupt : Container::devices);
    if (dice_.one_in(2)) one.original = {"a/b", fmt::format("<{}/>", dice_.below(3))};
    if (dice_.one_in(3)) one.expected_version = static_cast<std::uint32_t>(dice_.below(3));
    publish(user, endpoint, {one});
  }
  void publish_document(base::UserId user) {
    std::string& tag = tags_[user];
    std::optional<std::vector<PublicationValue>> values;
    if (tag.empty() || dice_.one_in(2)) values = std::vector<PublicationValue>{any_value(), any_value()};
    const base::Duration lease = dice_.one_in(8) ? 0s : base::Duration{std::chrono::seconds{60 + dice_.below(600)}};
    agent->on_publish(PublishDocument{{90'000}, edge, user, any_endpoint(user), tag, lease, values}, *directory, now);
    tag = published.empty() || dice_.one_in(5) ? std::string() : published.back().entity_tag;
  }
  void look_at_himself(base::UserId user) {
    switch (dice_.below(3)) {
      case 0:
        own_.emplace_back(watch_self(user), user);
        if (selves.at(own_.back().first).reason != base::Reason::none) own_.pop_back();
        break;
      case 1:
        if (!own_.empty()) {
          const std::size_t at = dice_.below(own_.size());
          unwatch_self(own_[at].first, own_[at].second);
          own_.erase(own_.begin() + static_cast<std::ptrdiff_t>(at));
        }
        break;
      case 2:
        acknowledge(user, any_address());
        break;
    }
  }
  void rare(base::UserId user) {
    const std::string name = fmt::format("Name {}", dice_.below(3));
    const std::string address = directory->find(user)->address.text();
    switch (dice_.below(4)) {
      case 0:
        put(user, address, name, {{"appear_offline", dice_.one_in(2) ? "on" : "off"}});
        break;
      case 1:
        put(user, address, name, {{"contacts_only_presence", "on"}});
        break;
      case 2:
        put(user, address, name, {}, {any_address()});
        break;
      case 3:
        contacts = {{user, any_address()}};
        for (std::uint32_t id = 1; id <= 3; ++id) agent->on_contacts_changed({id}, *directory, now);
        break;
    }
  }
  PublicationValue any_value() {
    switch (dice_.below(6)) {
      case 5:
        return EngagedState{{any_state(), Activity::on_the_phone, {}}};
      case 0:
        return ManualState{{any_state(), Activity::none, {}}};
      case 1: {
        DeviceState state;
        state.state.availability = any_state();
        state.closed = dice_.one_in(4);
        state.activity_told = dice_.one_in(2);
        if (dice_.one_in(2)) state.idle_since = around_now();
        return state;
      }
      case 2:
        return NoteValue{NoteKind(dice_.below(2)), fmt::format("note {}", dice_.below(3)), {}, around_now()};
      case 3:
        return CalendarState{{any_state(), Activity::in_a_meeting, {}}, around_now(), around_now(), "s", "p"};
      default:
        return OpaqueValue{"a/b", fmt::format("{}", dice_.below(3))};
    }
  }
  base::WallTime around_now() {
    return now.wall + base::Duration{static_cast<std::int64_t>(dice_.below(1'200'000'000)) - 600'000'000};
  }
  std::uint16_t any_state() {
    constexpr std::uint16_t all[] = {0, 3500, 5000, 6500, 9500, 12500, 15500, 18500};
    return all[dice_.below(8)];
  }
  std::string any_address() {
    return dice_.one_in(4) ? "eve@elsewhere.example" : fmt::format("w{}@example.com", dice_.below(6));
  }
  std::optional<Container> any_level() {
    constexpr Container all[] = {Container::external, Container::colleagues, Container::workgroup, Container::friends,
                                 Container::blocked};
    const std::size_t at = dice_.below(6);
    if (at == 5) return std::nullopt;
    return all[at];
  }
  base::EndpointId any_endpoint(base::UserId user) {
    const auto& all = endpoints_[user];
    return all.empty() || dice_.one_in(4) ? base::EndpointId{} : all[dice_.below(all.size())];
  }
  base::EndpointId take(std::vector<base::EndpointId>& all) {
    if (all.empty()) return {};
    const base::EndpointId one = all.back();
    all.pop_back();
    return one;
  }

  base::Random dice_;
  std::map<base::UserId, std::vector<base::EndpointId>> endpoints_;
  std::vector<std::pair<base::WatchId, base::UserId>> live_, own_;  // watchers, and own devices
  std::map<base::WatchId, std::string> addresses_of_;
  std::map<base::UserId, std::string> tags_;
};

TEST(PresenceWorld, watchers_see_the_truth_and_nothing_is_left) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomWorld world(seed);
    for (int step = 1; step <= 2500; ++step) {
      world.step();
      if (step % 50 == 0) world.check_truth();
      if (step % 1000 == 0) world.restart();
      if (testing::Test::HasFailure()) return;
    }
    world.everybody_leaves();
  }
}

}  // namespace
}  // namespace tertulia::domain
