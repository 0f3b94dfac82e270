// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/presence_bench.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;
using base::Reason;

/// Pieces of a client that names each of them, knows its version and writes them for more than one container.
struct AgentPieces : testing::Test, PresenceBench {
  static DeviceState device(std::uint16_t availability) {
    DeviceState state;
    state.state.availability = availability;
    return state;
  }
  std::uint16_t now_seen() { return agent->explain(alice, "", *directory, now)->aggregate.state.availability; }
  std::size_t pieces() { return agent->publication_count(); }
};

TEST_F(AgentPieces, a_piece_that_does_not_exist_is_removed) {
  PublishItem gone = item("state", 0x80000001, ExpireType::endpoint, std::nullopt);
  gone.expected_version = 0;
  PublishAnswer answer = publish(alice, {}, {gone});
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_TRUE(answer.current.empty());
  gone.expected_version = 1;  // it has ended meanwhile, as it was to
  EXPECT_EQ(publish(alice, {}, {gone}).reason, Reason::none);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentPieces, a_conflict_names_the_valid_versions_of_all_keys) {
  const auto endpoint = sign_in(alice);
  const auto state = [&](std::uint64_t instance, std::uint32_t expected, Container container = Container::devices) {
    PublishItem made = item("state", instance, ExpireType::endpoint, device(availability_busy), container);
    made.expected_version = expected;
    return made;
  };
  ASSERT_EQ(publish(alice, endpoint, {state(1, 0), state(2, 0), state(1, 0, Container::interrupt)}).reason,
            Reason::none);
  ASSERT_EQ(publish(alice, endpoint, {state(2, 1)}).reason, Reason::none);
  // The first is right, two have moved, one is new, one never was.
  const PublishAnswer answer =
      publish(alice, endpoint, {state(1, 1), state(2, 0), state(1, 7, Container::interrupt), state(3, 0), state(4, 9)});
  EXPECT_EQ(answer.reason, Reason::publication_outdated);
  ASSERT_EQ(answer.current.size(), 3u);
  EXPECT_EQ(answer.current[0].version, 1u);
  EXPECT_EQ(answer.current[1].version, 2u);
  EXPECT_EQ(answer.current[2].version, 1u);
  EXPECT_EQ(answer.current[2].key.container, Container::interrupt);
  EXPECT_EQ(pieces(), 3u);
}

TEST_F(AgentPieces, each_publication_has_the_next_version_though_it_says_the_same) {
  const auto endpoint = sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  PublishItem item = PresenceBench::item("state", 1, ExpireType::endpoint, device(availability_busy));
  item.original = {"application/xml", "<state/>"};
  base::WallTime since;
  for (std::uint32_t version = 0; version < 3; ++version) {
    item.expected_version = version;
    const PublishAnswer answer = publish(alice, endpoint, {item});
    ASSERT_EQ(answer.reason, Reason::none);
    EXPECT_EQ(answer.current.at(0).version, version + 1);
    if (version == 0) since = answer.current[0].since;
    EXPECT_EQ(answer.current[0].since, since);
    EXPECT_EQ(answer.current[0].original, item.original);
    pass(1s);
  }
  EXPECT_EQ(seen[id].views.size(), 2u);
  item.expected_version.reset();
  item.original.bytes = "<state />";
  const PublishAnswer answer = publish(alice, endpoint, {item});
  EXPECT_EQ(answer.current.at(0).since, now.wall) << "another document is another value";
  EXPECT_EQ(answer.current[0].original, item.original);
  item.original = {};
  EXPECT_EQ(publish(alice, endpoint, {item}).current.at(0).original, OpaqueValue{});
  pass(1s);
  EXPECT_EQ(seen[id].views.size(), 2u) << "no part of what others see";
}

TEST_F(AgentPieces, a_state_that_was_not_picked_is_kept_and_decides_nothing) {
  const auto endpoint = sign_in(alice);
  pass(6min);
  PublishItem unpicked = manual(availability_unset);
  unpicked.original = {"application/xml", "<state manual=\"false\"><availability>9500</availability></state>"};
  const PublishAnswer answer = publish(alice, endpoint, {unpicked});
  ASSERT_EQ(answer.reason, Reason::none);
  ASSERT_EQ(answer.current.size(), 1u);
  EXPECT_EQ(answer.current[0].version, 1u);
  EXPECT_EQ(answer.current[0].original, unpicked.original);
  EXPECT_EQ(now_seen(), availability_idle_online) << "nor is it a use of the device";
  EXPECT_FALSE(agent->explain(alice, "", *directory, now)->input.manual);
  start();
  EXPECT_EQ(pieces(), 1u);
  const auto why = agent->explain(alice, "", *directory, now);
  EXPECT_EQ(why->publications.at(0).original, unpicked.original);
  EXPECT_EQ(why->publications.at(0).version, 1u);
}

TEST_F(AgentPieces, what_is_written_for_the_workgroup_too_counts_once) {
  const auto endpoint = sign_in(alice);
  const auto both = [&](PublishItem item) {
    PublishItem other = item;
    other.key.container = Container::interrupt;
    return std::vector<PublishItem>{item, other};
  };
  set_level(alice, MemberKind::user, "carol@example.com", Container::workgroup);
  const auto id = watch(alice, "bob@example.com"), close = watch(alice, "carol@example.com");
  ASSERT_EQ(publish(alice, endpoint, both(item("state", 1, ExpireType::endpoint, device(availability_online)))).reason,
            Reason::none);
  EXPECT_EQ(agent->explain(alice, "", *directory, now)->input.devices.size(), 1u);
  pass(1s);
  PublishItem urgent = manual(availability_urgent_only, Activity::urgent_interruptions_only);
  urgent.key.container = Container::interrupt;
  ASSERT_EQ(publish(alice, endpoint, {manual(availability_do_not_disturb), urgent}).reason, Reason::none);
  EXPECT_EQ(seen[id].availability(), availability_do_not_disturb);
  EXPECT_EQ(seen[close].availability(), availability_urgent_only);
  pass(1s);
  ASSERT_EQ(publish(alice, endpoint, both(manual(availability_unset))).reason, Reason::none);
  EXPECT_EQ(pieces(), 4u) << "kept";
  EXPECT_EQ(seen[id].availability(), availability_online);
  EXPECT_EQ(seen[close].availability(), availability_online);
  pass(1s);
  EngagedState call{{availability_busy, Activity::on_the_phone, {}}};
  publish(alice, endpoint, both(item("state", 2, ExpireType::endpoint, call)));
  EXPECT_EQ(agent->explain(alice, "", *directory, now)->input.engagements.size(), 1u);
}

TEST_F(AgentPieces, a_device_tells_of_its_call) {
  const auto endpoint = sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  pass(6min);
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
  const base::WallTime began = now.wall;
  const EngagedState presents{{9000, Activity::in_presentation, {}}};
  publish(alice, endpoint, {item("state", 5, ExpireType::endpoint, presents)});
  EXPECT_EQ(seen[id].last().state, presents.state);
  const auto why = agent->explain(alice, "", *directory, now);
  EXPECT_EQ(why->aggregate.rule, CombineRule::call);
  EXPECT_EQ(why->aggregate.endpoint, endpoint);
  EXPECT_EQ(why->aggregate.source_version, 1u);
  EXPECT_EQ(why->aggregate.since, began);
  EXPECT_EQ(agent->may_interrupt(alice, "bob@example.com", *directory), Reason::recipient_do_not_disturb);
  put(alice, "alice@example.com", "Alice", {{"phone_presence", "off"}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online) << "used for it";
  put(alice, "alice@example.com", "Alice");
  pass(1h);
  EXPECT_EQ(seen[id].last().state, presents.state) << "who presents is not idle";
  put(alice, "alice@example.com", "Alice", {{"phone_presence", "off"}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_away);
  put(alice, "alice@example.com", "Alice");
  publish(alice, endpoint, {item("state", 5, ExpireType::endpoint, std::nullopt)});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online) << "was in use until now";
  publish(alice, endpoint, {item("state", 5, ExpireType::endpoint, presents)});
  sign_in(alice);
  sign_out(alice, endpoint);
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online) << "gone with its device";
}

}  // namespace
}  // namespace tertulia::domain
