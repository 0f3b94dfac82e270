// SPDX-License-Identifier: Apache-2.0
// Who may do what, who gets in, what watchers are told; and the bounds.
#include "domain/conference/focus.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "domain/conference/conference_index.h"

namespace tertulia::domain {
namespace {

using base::Reason;
using Door = Focus::Door;
using enum ConferenceRole;

constexpr base::UserId alice{1};  // the organizer
constexpr base::UserId bob{2};
constexpr base::UserId carol{3};
constexpr base::UserId dave{4};
constexpr base::Now now{{1'000'000}, {1'700'000'000'000'000}};
constexpr base::TimePoint later{9'000'000};

ConferenceFacts facts() {
  ConferenceFacts facts;
  facts.key = {alice, "54BD"};
  return facts;
}

JoinConference join_of(base::UserId user, std::uint64_t seat = 0, PersonKind kind = PersonKind::colleague) {
  JoinConference join;
  join.key = {alice, "54BD"};
  join.user = user;
  join.kind = kind;
  join.seat = {seat == 0 ? user.value : seat};
  join.address = "user" + std::to_string(user.value) + "@example.com";
  return join;
}
SeatName seat_of(std::uint64_t seat) { return {{}, {seat}}; }
Asker as(base::UserId user, ConferenceRole role) { return {user, false, role}; }
const Asker administrator{{}, true, std::nullopt};

void put_in(Focus& focus, base::UserId user, std::uint64_t seat = 0) {
  const auto door = focus.enter(join_of(user, seat), later, now);
  ASSERT_TRUE(door && *door == Door::inside);
}
Reason run(Focus& focus, const Asker& by, const conference::Command& command) {
  return focus.command(by, command).reason();
}

TEST(ConferenceRights, every_command_by_every_role) {
  const Reason presenters = Reason::presenters_only;
  const Reason owner = Reason::organizer_only;
  const Reason fine = Reason::none;
  struct Row {
    conference::Command command;
    Reason by_attendee, by_presenter, by_organizer, by_administrator;
  };
  const std::vector<Row> table = {
      {conference::SetRole{carol, presenter}, presenters, fine, fine, fine},
      {conference::SetRole{alice, attendee}, presenters, owner, owner, owner},
      {conference::SetRole{carol, organizer}, presenters, owner, owner, owner},
      {conference::Eject{carol}, presenters, fine, fine, fine},
      {conference::Eject{alice}, presenters, owner, owner, owner},
      {conference::SetLock{}, presenters, fine, fine, fine},
      {conference::SetMute{}, presenters, fine, fine, fine},
      {conference::SetSubject{"x"}, presenters, fine, fine, fine},
      {conference::SetAdmission{}, presenters, fine, fine, fine},
      {conference::Admit{carol}, presenters, fine, fine, fine},
      {conference::Deny{carol}, presenters, fine, fine, fine},
      {conference::Invite{carol}, presenters, fine, fine, fine},
      {conference::SetPresenters{}, owner, owner, fine, fine},
      {conference::SetSize{10}, owner, owner, fine, fine},
      {conference::SetExpiry{}, owner, owner, fine, fine},
      {conference::End{}, owner, owner, fine, fine},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.command.index());
    EXPECT_EQ(may(as(bob, attendee), row.command, alice), row.by_attendee);
    EXPECT_EQ(may(as(bob, presenter), row.command, alice), row.by_presenter);
    EXPECT_EQ(may(as(alice, organizer), row.command, alice), row.by_organizer);
    EXPECT_EQ(may(administrator, row.command, alice), row.by_administrator);
    EXPECT_EQ(may({bob, false, std::nullopt}, row.command, alice), Reason::not_in_conference);
  }
}

TEST(ConferenceRights, adding_and_writing) {
  ConferenceFacts now_open = facts();
  EXPECT_EQ(may_add(as(bob, attendee), now_open), Reason::none);
  EXPECT_EQ(may_add({bob, false, std::nullopt}, now_open), Reason::not_in_conference);
  now_open.admission = Admission::invited;
  EXPECT_EQ(may_add(as(bob, attendee), now_open), Reason::presenters_only);
  EXPECT_EQ(may_add(as(bob, presenter), now_open), Reason::none);
  now_open.locked = true;
  EXPECT_EQ(may_add(as(bob, attendee), now_open), Reason::conference_locked);
  EXPECT_EQ(may_write(attendee, now_open), Reason::none);
  now_open.muted = true;
  EXPECT_EQ(may_write(attendee, now_open), Reason::conference_muted);
  EXPECT_EQ(may_write(presenter, now_open), Reason::none);
}

/// What a person is to the conference when he knocks.
enum class Knocker { the_organizer, invited, let_in, colleague, guest, ejected };

TEST(FocusDoor, every_admission_for_every_kind_of_person) {
  using enum Knocker;
  const Reason in = Reason::none;
  const Reason no = Reason::not_invited;
  const Reason shut = Reason::conference_locked;
  struct Row {
    Admission admission;
    bool locked;
    std::vector<Reason> answers;  // in the order of Knocker; without a lobby
  };
  const std::vector<Row> table = {
      {Admission::everyone, false, {in, in, in, in, in, Reason::ejected}},
      {Admission::organisation, false, {in, in, in, in, no, Reason::ejected}},
      {Admission::invited, false, {in, in, in, no, no, Reason::ejected}},
      {Admission::organizer, false, {in, shut, in, shut, shut, Reason::ejected}},
      {Admission::everyone, true, {in, shut, in, shut, shut, Reason::ejected}},
      {Admission::organisation, true, {in, shut, in, shut, shut, Reason::ejected}},
      {Admission::invited, true, {in, shut, in, shut, shut, Reason::ejected}},
      {Admission::organizer, true, {in, shut, in, shut, shut, Reason::ejected}},
  };
  for (const Row& row : table) {
    for (const bool lobby : {false, true}) {
      for (const Knocker who : {the_organizer, invited, let_in, colleague, guest, ejected}) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(row.admission) << row.locked << lobby
                                        << static_cast<int>(who));
        ConferenceFacts door = facts();
        door.admission = row.admission;
        door.locked = row.locked;
        door.lobby = lobby;
        const base::UserId user = who == the_organizer ? alice : bob;
        door.people = {{user, attendee, who == invited, who == let_in, who == ejected}};
        const Focus focus(door);
        const auto answer = focus.judge(user, who == guest ? PersonKind::guest : PersonKind::colleague);
        const Reason expected = row.answers[static_cast<std::size_t>(who)];
        if (expected == Reason::none) {
          EXPECT_TRUE(answer && *answer == Door::inside);
        } else if (lobby && who != ejected) {
          EXPECT_TRUE(answer && *answer == Door::lobby);
        } else {
          EXPECT_EQ(answer.reason(), expected);
        }
      }
    }
  }
}

TEST(FocusDoor, role_at_the_first_entry) {
  struct Row {
    PresenterPolicy policy;
    ConferenceRole of_colleague, of_guest;
  };
  for (const Row& row : std::vector<Row>{{PresenterPolicy::nobody, attendee, attendee},
                                         {PresenterPolicy::organisation, presenter, attendee},
                                         {PresenterPolicy::everyone, presenter, presenter}}) {
    ConferenceFacts open = facts();
    open.admission = Admission::everyone;
    open.presenters = row.policy;
    Focus focus(open);
    put_in(focus, alice);
    put_in(focus, bob);
    ASSERT_TRUE(focus.enter(join_of(carol, 0, PersonKind::guest), later, now));
    EXPECT_EQ(focus.find(alice)->role, organizer);
    EXPECT_EQ(focus.find(bob)->role, row.of_colleague);
    EXPECT_EQ(focus.find(carol)->role, row.of_guest);
  }
}

TEST(FocusDoor, a_role_taken_away_stays_away) {
  Focus focus(facts());
  put_in(focus, alice);
  put_in(focus, bob);
  EXPECT_EQ(run(focus, as(alice, organizer), conference::SetRole{bob, attendee}), Reason::none);
  for (const bool lost : {false, true}) {
    focus.leave(seat_of(bob.value), lost);
    put_in(focus, bob);
    EXPECT_EQ(focus.find(bob)->role, attendee);
  }
  Focus again(focus.take_facts());  // a restart
  put_in(again, bob);
  EXPECT_EQ(again.find(bob)->role, attendee);
}

TEST(FocusDoor, a_lock_lets_back_in_who_was_lost_and_keeps_out_who_left) {
  Focus focus(facts());
  for (const base::UserId user : {alice, bob, carol}) put_in(focus, user);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetLock{}), Reason::none);
  focus.leave(seat_of(bob.value), true);
  focus.leave(seat_of(carol.value), false);
  EXPECT_EQ(focus.enter(join_of(carol), later, now).reason(), Reason::conference_locked);
  EXPECT_EQ(focus.enter(join_of(dave), later, now).reason(), Reason::conference_locked);
  put_in(focus, bob);
  put_in(focus, bob, 22);  // another device of somebody inside
}

TEST(FocusDoor, who_was_ejected_stays_out_until_he_is_invited_or_added) {
  Focus focus(facts());
  for (const base::UserId user : {alice, bob}) put_in(focus, user);
  put_in(focus, bob, 22);
  const auto effect = focus.command(focus.asker(alice), conference::Eject{bob});
  ASSERT_TRUE(effect);
  EXPECT_EQ(effect->out.size(), 2U);
  EXPECT_EQ(focus.enter(join_of(bob), later, now).reason(), Reason::ejected);
  EXPECT_EQ(Focus(focus.take_facts()).judge(bob, PersonKind::colleague).reason(), Reason::ejected);
  EXPECT_EQ(focus.let_in(bob, PersonKind::colleague, as(carol, attendee)).reason(), Reason::ejected);
  EXPECT_TRUE(focus.let_in(bob, PersonKind::colleague, focus.asker(alice)));
  put_in(focus, bob);
}

TEST(FocusDoor, an_invitation_in_vain_leaves_no_open_door) {
  Focus focus(facts());
  put_in(focus, alice);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetLock{}), Reason::none);
  EXPECT_TRUE(focus.let_in(bob, PersonKind::colleague, focus.asker(alice)));
  EXPECT_TRUE(focus.judge(bob, PersonKind::colleague));
  focus.take_back(bob, PersonKind::colleague);
  EXPECT_EQ(focus.judge(bob, PersonKind::colleague).reason(), Reason::conference_locked);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetLock{false}), Reason::none);
  put_in(focus, bob);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::Eject{bob}), Reason::none);
  EXPECT_TRUE(focus.let_in(bob, PersonKind::colleague, focus.asker(alice)));
  focus.take_back(bob, PersonKind::colleague);
  EXPECT_EQ(focus.enter(join_of(bob), later, now).reason(), Reason::ejected);
  EXPECT_TRUE(focus.let_in(bob, PersonKind::colleague, focus.asker(alice)));
  put_in(focus, bob);
  focus.leave(seat_of(bob.value), false);
  put_in(focus, bob);  // as anybody
}

TEST(FocusLobby, admit_deny_patience_and_giving_up) {
  ConferenceFacts closed = facts();
  closed.admission = Admission::invited;
  closed.lobby = true;
  Focus focus(closed);
  put_in(focus, alice);
  for (const base::UserId user : {bob, carol, dave}) {
    const auto door = focus.enter(join_of(user), {1'000'000 + static_cast<std::int64_t>(user.value)}, now);
    ASSERT_TRUE(door && *door == Door::lobby);
  }
  EXPECT_EQ(focus.lobby_deadline(), base::TimePoint{1'000'002});
  const auto admitted = focus.command(focus.asker(alice), conference::Admit{carol});
  ASSERT_TRUE(admitted);
  ASSERT_EQ(admitted->admitted.size(), 1U);
  put_in(focus, carol);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::Admit{carol}), Reason::not_in_conference);
  EXPECT_EQ(focus.expire({1'000'001}).size(), 0U);
  EXPECT_EQ(focus.expire({1'000'003}).size(), 1U);  // bob
  EXPECT_EQ(focus.command(focus.asker(alice), conference::Deny{dave})->denied.size(), 1U);
  EXPECT_TRUE(focus.lobby().empty());
  EXPECT_FALSE(focus.stop_waiting(seat_of(dave.value)));
  ASSERT_TRUE(focus.enter(join_of(dave), later, now));
  EXPECT_TRUE(focus.stop_waiting(seat_of(dave.value)));
}

TEST(FocusLobby, an_opened_door_empties_it) {
  ConferenceFacts closed = facts();
  closed.locked = true;
  closed.lobby = true;
  for (const conference::Command& command :
       std::vector<conference::Command>{conference::SetLock{false}, conference::Admit{}}) {
    Focus focus(closed);
    put_in(focus, alice);
    ASSERT_TRUE(focus.enter(join_of(bob), later, now));
    ASSERT_TRUE(focus.enter(join_of(carol), later, now));
    EXPECT_EQ(focus.command(focus.asker(alice), command)->admitted.size(), 2U);
  }
}

TEST(FocusCommand, end_puts_everybody_out) {
  ConferenceFacts closed = facts();
  closed.lobby = true;
  Focus focus(closed);
  for (const base::UserId user : {alice, bob}) put_in(focus, user);
  ASSERT_TRUE(focus.enter(join_of(carol, 0, PersonKind::guest), later, now));
  const auto effect = focus.command(focus.asker(alice), conference::End{});
  ASSERT_TRUE(effect);
  EXPECT_TRUE(effect->over);
  EXPECT_EQ(effect->out.size(), 2U);
  EXPECT_EQ(effect->denied.size(), 1U);
  EXPECT_EQ(focus.size(), 0U);
}

/// What a watcher knows from the documents alone.
struct Picture {
  std::uint64_t version = 0;
  std::map<base::UserId, RosterMember> members;
  void apply(const Roster& roster) {
    if (roster.full) members.clear();
    if (!roster.full) {
      ASSERT_EQ(roster.base_version, version);
    }
    version = roster.version;
    for (const RosterMemberPtr& member : roster.members) members[member->user] = *member;
    for (const RosterMemberPtr& member : roster.gone) members.erase(member->user);
    EXPECT_EQ(members.size(), roster.size);
  }
};

TEST(FocusNews, full_and_partial_documents_converge) {
  Focus focus(facts(), "alice@example.com", "Alice");
  put_in(focus, alice);
  focus.take_news();
  Picture early;
  early.apply(*focus.watch({{}, {1}, alice})->roster);
  put_in(focus, bob);
  put_in(focus, carol);
  Picture late;  // begins between a change and its news
  late.apply(*focus.watch({{}, {2}, carol})->roster);
  EXPECT_EQ(late.members.size(), 1U);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetRole{bob, attendee}), Reason::none);
  const auto news = focus.take_news();
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[0].second.roster, news[1].second.roster);  // one document for all
  EXPECT_EQ(news[0].second.roster->members.size(), 2U);     // three changes told as two members
  early.apply(*news[0].second.roster);
  late.apply(*news[1].second.roster);
  focus.leave(seat_of(bob.value), false);
  put_in(focus, dave);
  focus.leave(seat_of(dave.value), false);  // came and went unseen
  const auto gone = focus.take_news();
  early.apply(*gone[0].second.roster);
  late.apply(*gone[1].second.roster);
  ASSERT_EQ(gone[0].second.roster->gone.size(), 1U);
  EXPECT_EQ(gone[0].second.roster->gone[0]->user, bob);
  EXPECT_EQ(early.members, late.members);
  EXPECT_FALSE(focus.has_news());
  EXPECT_TRUE(focus.take_news().empty());
}

TEST(FocusNews, only_members_watch_and_only_presenters_see_the_lobby) {
  ConferenceFacts closed = facts();
  closed.lobby = true;
  Focus focus(closed);
  put_in(focus, alice);
  put_in(focus, bob);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetRole{bob, attendee}), Reason::none);
  EXPECT_EQ(focus.watch({{}, {3}, carol}).reason(), Reason::not_in_conference);
  ASSERT_TRUE(focus.watch({{}, {1}, alice}));
  ASSERT_TRUE(focus.watch({{}, {2}, bob}));
  focus.take_news();
  ASSERT_TRUE(focus.enter(join_of(carol, 0, PersonKind::guest), later, now));
  auto news = focus.take_news();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].second.watch, base::WatchId{1});
  EXPECT_EQ(news[0].second.lobby->size(), 1U);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetRole{bob, presenter}), Reason::none);
  news = focus.take_news();
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[1].second.lobby->size(), 1U);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetRole{bob, attendee}), Reason::none);
  news = focus.take_news();
  ASSERT_EQ(news.size(), 2U);
  ASSERT_TRUE(news[1].second.lobby);
  EXPECT_TRUE(news[1].second.lobby->empty());
}

TEST(ConferenceKey, names) {
  EXPECT_EQ(ConferenceKey::make(alice, "54bdA-_0")->id, "54BDA-_0");
  for (const std::string& bad : {std::string(), std::string("a%b"), std::string("a b"), std::string(65, 'A')}) {
    EXPECT_EQ(ConferenceKey::make(alice, bad).reason(), Reason::address_malformed);
  }
  for (std::uint16_t shard = 0; shard < 16; ++shard) {
    const auto key = conference_key_on(alice, "0123456789abcdef0123456789abcdef", {shard}, 16);
    ASSERT_TRUE(key);
    EXPECT_EQ(conference_shard(*key, 16), base::ShardId{shard});
  }
}

TEST(ConferenceNothingUnbounded, size_is_full_at_its_limit) {
  ConferenceFacts small = facts();
  small.size_max = 3;
  Focus focus(small);
  for (const base::UserId user : {alice, bob, carol}) put_in(focus, user);
  EXPECT_EQ(focus.enter(join_of(dave), later, now).reason(), Reason::conference_full);
  EXPECT_EQ(focus.let_in(dave, PersonKind::colleague, focus.asker(alice)).reason(), Reason::conference_full);
  put_in(focus, bob, 22);  // another device is not another person
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetSize{0}), Reason::setting_out_of_bounds);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetSize{conference_limits::size_max + 1}),
            Reason::setting_out_of_bounds);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetSize{conference_limits::size_max}), Reason::none);
  for (std::uint32_t user = 4; user <= conference_limits::size_max; ++user) put_in(focus, {user}, 1000 + user);
  EXPECT_EQ(focus.size(), conference_limits::size_max);
  EXPECT_EQ(focus.enter(join_of({5000}), later, now).reason(), Reason::conference_full);
}

TEST(ConferenceNothingUnbounded, seats_lobby_people_watchers_subject_and_conferences) {
  ConferenceFacts closed = facts();
  closed.lobby = true;
  Focus focus(closed);
  for (std::uint64_t i = 1; i <= conference_limits::seats_per_member_max; ++i) put_in(focus, alice, i);
  EXPECT_EQ(focus.enter(join_of(alice, 999), later, now).reason(), Reason::too_many_endpoints);
  for (std::uint32_t i = 0; i < conference_limits::lobby_max; ++i) {
    ASSERT_TRUE(focus.enter(join_of({1000 + i}, 0, PersonKind::guest), later, now));
  }
  EXPECT_EQ(focus.enter(join_of({9000}, 0, PersonKind::guest), later, now).reason(), Reason::lobby_full);
  for (std::uint32_t i = 1; i < conference_limits::people_max; ++i) {
    ASSERT_EQ(run(focus, focus.asker(alice), conference::Invite{{10'000 + i}}), Reason::none);
  }
  EXPECT_EQ(run(focus, focus.asker(alice), conference::Invite{{99'999}}), Reason::conference_full);
  for (std::uint64_t i = 1; i <= conference_limits::watchers_max; ++i) ASSERT_TRUE(focus.watch({{}, {i}, alice}));
  EXPECT_EQ(focus.watch({{}, {99'999}, alice}).reason(), Reason::too_many_watchers);
  const std::string longest(conference_limits::subject_bytes_max, 'x');
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetSubject{longest}), Reason::none);
  EXPECT_EQ(run(focus, focus.asker(alice), conference::SetSubject{longest + "x"}), Reason::setting_out_of_bounds);

  ConferenceIndex index;
  for (std::size_t i = 0; i < conference_limits::conferences_per_organizer_max; ++i) {
    ASSERT_EQ(index.enter({alice, std::to_string(i)}), Reason::none);
  }
  EXPECT_EQ(index.enter({alice, "7"}), Reason::conference_exists);
  EXPECT_EQ(index.enter({alice, "X"}), Reason::too_many_conferences);
  EXPECT_EQ(index.enter({bob, "X"}), Reason::none);
  index.on_listed({{alice, "7"}, true});
  EXPECT_EQ(index.enter({alice, "X"}), Reason::none);
  EXPECT_EQ(index.of(bob), (std::vector<ConferenceKey>{{bob, "X"}}));
}

}  // namespace
}  // namespace tertulia::domain
