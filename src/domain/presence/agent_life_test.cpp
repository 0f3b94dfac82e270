// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/presence_bench.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;
using base::Reason;

struct AgentLife : testing::Test, PresenceBench {
  base::WatchId bobs() { return watch(alice, "bob@example.com"); }
  static CalendarState entry(base::WallTime from, base::WallTime until, std::uint16_t availability = availability_busy,
                             Activity activity = Activity::in_a_meeting) {
    CalendarState made;
    made.state = {availability, activity, {}};
    made.from = from;
    made.until = until;
    made.subject = "Budget";
    return made;
  }
  void calendar(std::uint64_t instance, CalendarState value) {
    publish(alice, {}, {item("state", instance, ExpireType::permanent, std::move(value))});
  }
};

TEST_F(AgentLife, inactive_then_away_then_back) {
  const auto endpoint = sign_in(alice);
  const base::WallTime used = now.wall;
  const auto id = bobs();
  pass(5min - 1us);
  EXPECT_EQ(seen[id].views.size(), 1u);
  pass(1us);
  ASSERT_EQ(seen[id].views.size(), 2u);
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
  EXPECT_EQ(seen[id].last().idle_since, used);
  EXPECT_EQ(seen[id].last().since, used + 5min);
  pass(5min);
  EXPECT_EQ(seen[id].availability(), availability_away);
  EXPECT_EQ(seen[id].last().since, used + 10min);
  pass(1h);
  EXPECT_EQ(seen[id].views.size(), 3u);
  agent->on_active({alice, endpoint}, *directory, now);
  EXPECT_EQ(seen[id].availability(), availability_online);
  EXPECT_EQ(seen[id].last().since, now.wall);
  EXPECT_FALSE(seen[id].last().idle_since);
  agent->on_active({alice, {999}}, *directory, now);
  agent->on_active({bob, endpoint}, *directory, now);
}

TEST_F(AgentLife, use_moves_the_idle_time_and_sends_nothing) {
  const auto one = sign_in(alice);
  sign_in(alice);
  const auto id = bobs();
  for (int i = 0; i < 10; ++i) {
    pass(4min);
    agent->on_active({alice, one}, *directory, now);
  }
  EXPECT_EQ(seen[id].views.size(), 1u);
  pass(5min);
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
}

TEST_F(AgentLife, nobody_watches_nothing_is_reckoned) {
  sign_in(alice);
  EXPECT_EQ(agent->deadline(), std::nullopt);
  const auto id = bobs();
  EXPECT_TRUE(agent->deadline());
  unwatch(id, alice);
  EXPECT_EQ(agent->deadline(), std::nullopt);
  pass(7min);
  EXPECT_EQ(seen[bobs()].availability(), availability_idle_online);
}

TEST_F(AgentLife, the_device_tells_its_use_itself) {
  const auto endpoint = sign_in(alice);
  const auto id = bobs();
  DeviceState state;
  state.activity_told = true;
  state.type = "computer";
  const auto say = [&] {
    EXPECT_EQ(publish(alice, endpoint, {item("state", 77, ExpireType::endpoint, state)}).reason, Reason::none);
  };
  say();
  pass(3h);
  EXPECT_EQ(seen[id].availability(), availability_online);
  EXPECT_EQ(seen[id].last().devices.at(0).device_type, "computer");
  state.idle_since = now.wall + -6min;
  say();
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
  EXPECT_EQ(seen[id].last().idle_since, state.idle_since);
  pass(4min);
  EXPECT_EQ(seen[id].availability(), availability_away);
  say();
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_away) << "a refresh is no use";
  agent->on_active({alice, endpoint}, *directory, now);
  EXPECT_EQ(seen[id].availability(), availability_online);
  pass(1s);
  state.idle_since.reset();
  say();
  pass(3h);
  EXPECT_EQ(seen[id].availability(), availability_online);
}

TEST_F(AgentLife, a_call_shows_and_what_was_before_is_there_again) {
  const auto endpoint = sign_in(alice);
  const auto id = bobs();
  pass(1min);
  phone(alice, 1, true, endpoint);
  EXPECT_EQ(seen[id].availability(), availability_busy);
  EXPECT_EQ(seen[id].last().state.activity, Activity::on_the_phone);
  pass(1s);
  phone(alice, 1, true, endpoint, Activity::in_a_conference);
  EXPECT_EQ(seen[id].last().state.activity, Activity::in_a_conference);
  pass(1h);
  EXPECT_EQ(seen[id].availability(), availability_busy) << "who talks is not idle";
  phone(alice, 1, false);
  EXPECT_EQ(seen[id].last().state, seen[id].views.front()->state);
  pass(5min);
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
  phone(alice, 2, true, endpoint);
  pass(1s);
  sign_in(alice);
  sign_out(alice, endpoint);
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online) << "the call went with its endpoint";
}

TEST_F(AgentLife, calls_leave_nothing_behind) {
  for (std::uint64_t i = 1; i <= calls_per_user_max + 5; ++i) phone(alice, i, true);
  EXPECT_EQ(agent->explain(alice, "", *directory, now)->input.phones.size(), calls_per_user_max);
  for (std::uint64_t i = 1; i <= calls_per_user_max + 5; ++i) phone(alice, i, false);
  phone({9}, 1, true);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentLife, the_calendar_entry_that_holds_counts) {
  DeviceState in_use;
  in_use.activity_told = true;
  publish(alice, sign_in(alice), {item("state", 1, ExpireType::endpoint, in_use)});
  set_level(alice, MemberKind::user, "carol@example.com", Container::workgroup);
  calendar(10, entry(now.wall + 10min, now.wall + 20min));
  calendar(11, entry(now.wall + 15min, now.wall + 30min, availability_away, Activity::out_of_office));
  const auto id = bobs();
  const auto close = watch(alice, "carol@example.com");
  EXPECT_EQ(seen[id].availability(), availability_online);
  pass(10min);
  EXPECT_EQ(seen[id].last().state.activity, Activity::in_a_meeting);
  EXPECT_EQ(seen[id].last().meeting_subject, "");
  EXPECT_EQ(seen[close].last().meeting_subject, "Budget");
  pass(9min);
  EXPECT_EQ(seen[id].views.size(), 2u) << "the busier one counts";
  pass(1min);
  EXPECT_EQ(seen[id].last().state.activity, Activity::out_of_office);
  EXPECT_EQ(seen[id].availability(), availability_away);
  pass(10min);
  EXPECT_EQ(seen[id].availability(), availability_online);
  EXPECT_EQ(seen[close].last().meeting_subject, "");
  EXPECT_EQ(agent->deadline(), std::nullopt);
}

TEST_F(AgentLife, a_jump_of_the_wall_clock_makes_nobody_idle_but_meetings_follow_it) {
  sign_in(alice);
  const base::WallTime used = now.wall;
  calendar(10, entry(now.wall + 2h, now.wall + 3h));
  const auto id = bobs();
  now.wall = now.wall + 1h;
  pass(4min);
  EXPECT_EQ(seen[id].views.size(), 1u);
  pass(1min);
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
  EXPECT_EQ(seen[id].last().idle_since, used) << "as it stood on the clock then";
  now.wall = now.wall + 1h;
  pass(clock_check_interval);
  EXPECT_EQ(seen[id].last().state.activity, Activity::in_a_meeting);
  now.wall = now.wall + -2h;
  pass(clock_check_interval);
  EXPECT_EQ(seen[id].availability(), availability_idle_online);
}

TEST_F(AgentLife, a_note_ends_by_itself) {
  NoteValue note{NoteKind::out_of_office, "back soon", {}, now.wall + 1h};
  publish(alice, {}, {item("note", 1, ExpireType::permanent, note)});
  const auto id = bobs();
  EXPECT_EQ(seen[id].last().notes.size(), 1u);
  pass(1h - 1us);
  EXPECT_EQ(seen[id].last().notes.size(), 1u);
  pass(1us);
  EXPECT_EQ(seen[id].last().notes.size(), 0u);
}

TEST_F(AgentLife, after_a_restart_it_is_as_acknowledged_and_versions_are_higher) {
  const auto endpoint = sign_in(alice);
  pick(alice, availability_busy);
  pick(alice, availability_do_not_disturb);
  publish(alice, {}, {item("note", 0, ExpireType::permanent, NoteValue{NoteKind::personal, "hello", {}, {}})});
  publish(alice, endpoint, {item("note", 1, ExpireType::endpoint, NoteValue{NoteKind::personal, "gone", {}, {}})});
  set_level(alice, MemberKind::user, "bob@example.com", Container::friends);
  const auto before = bobs();
  const PresenceView old = seen[before].last();
  auto_store = false;
  pick(alice, availability_away);  // never acknowledged
  start();
  auto_store = true;
  EXPECT_EQ(agent->publication_count(), 2u);
  const auto id = bobs();
  EXPECT_EQ(seen[id].availability(), availability_offline) << "nobody signed in yet";
  EXPECT_GT(seen[id].last().version, old.version);
  sign_in(alice);
  EXPECT_EQ(seen[id].last().state, old.state);
  EXPECT_EQ(seen[id].last().level, Container::friends);
  EXPECT_EQ(seen[id].last().notes.size(), 1u);
  EXPECT_EQ(agent->levels(alice).version(), 1u);
  PublishItem next = manual(availability_busy);
  next.expected_version = 2;
  EXPECT_EQ(publish(alice, {}, {next}).reason, Reason::none);
}

TEST_F(AgentLife, ten_thousand_leases_end_at_once) {
  constexpr std::uint32_t users = 10'000;
  std::vector<User> many;
  for (std::uint32_t i = 0; i < users; ++i) {
    User user;
    user.id = {100 + i};
    user.address = *Address::parse(fmt::format("u{}@example.com", i));
    many.push_back(std::move(user));
  }
  change_directory(directory->with_users(std::move(many)));
  for (std::uint32_t i = 0; i < users; ++i) {
    publish({100 + i}, {}, "", 600s, {{DeviceState{}}});
    watch({100 + i}, "bob@example.com");
  }
  EXPECT_EQ(agent->user_count(), users);
  move(600s);
  told = 0;
  std::size_t turns = 0;
  for (; agent->deadline() && *agent->deadline() <= now.mono; ++turns) {
    const std::size_t before = told;
    turn();
    ASSERT_LE(told - before, news_per_turn_max);
  }
  EXPECT_EQ(told, users);
  EXPECT_GE(turns, users / wakes_per_turn_max);
  EXPECT_LE(turns, users / news_per_turn_max + 1);
  for (const auto& [id, one] : seen) EXPECT_EQ(one.availability(), availability_offline);
  EXPECT_EQ(agent->publication_count(), 0u);
}

}  // namespace
}  // namespace tertulia::domain
