// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/presence_bench.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;
using base::Reason;

struct AgentPublish : testing::Test, PresenceBench {
  static DeviceState device(std::uint16_t availability = availability_unset) {
    DeviceState state;
    state.state.availability = availability;
    return state;
  }
  static NoteValue note(std::string text) { return {NoteKind::personal, std::move(text), {}, {}}; }
  std::uint16_t now_seen(base::UserId user = alice) {
    const auto why = agent->explain(user, "", *directory, now);
    return why->aggregate.state.availability;
  }
  std::size_t pieces() { return agent->publication_count(); }
};

TEST_F(AgentPublish, versions_grow_by_one_and_are_checked) {
  sign_in(alice);
  PublishItem item = manual(availability_busy);
  item.expected_version = 0;
  PublishAnswer answer = publish(alice, {}, {item});
  EXPECT_EQ(answer.reason, Reason::none);
  ASSERT_EQ(answer.current.size(), 1u);
  EXPECT_EQ(answer.current[0].version, 1u);
  item.value = ManualState{{availability_away, Activity::none, {}}};
  answer = publish(alice, {}, {item, PresenceBench::item("note", 0, ExpireType::permanent, note("never"))});
  EXPECT_EQ(answer.reason, Reason::publication_outdated);
  ASSERT_EQ(answer.current.size(), 1u) << "the valid one of the keys asked for";
  EXPECT_EQ(answer.current[0].version, 1u);
  EXPECT_EQ(std::get<ManualState>(answer.current[0].value).state.availability, availability_busy);
  EXPECT_EQ(pieces(), 1u) << "all or nothing";
  item.expected_version = 1;
  answer = publish(alice, {}, {item});
  EXPECT_EQ(answer.current[0].version, 2u);
  item.value.reset();
  EXPECT_EQ(publish(alice, {}, {item}).reason, Reason::publication_outdated);
  item.expected_version = 2;
  EXPECT_EQ(publish(alice, {}, {item}).reason, Reason::none);
  EXPECT_EQ(pieces(), 0u);
  EXPECT_TRUE(store.load_presence()->empty());
}

TEST_F(AgentPublish, what_is_picked_by_hand_and_reset) {
  sign_in(alice);
  pick(alice, availability_busy);
  EXPECT_EQ(now_seen(), availability_busy);
  const base::WallTime since = now.wall;
  pass(1min);
  pick(alice, availability_busy);
  EXPECT_EQ(agent->explain(alice, "", *directory, now)->aggregate.since, since) << "the same again";
  publish(alice, {}, {item("state", 0x24000000, ExpireType::time, ManualState{{availability_do_not_disturb, {}, {}}})});
  EXPECT_EQ(now_seen(), availability_do_not_disturb) << "the latest";
  pass(2h);
  EXPECT_EQ(now_seen(), availability_idle_busy) << "the lease has ended; nobody at the device for long";
  pick(alice, availability_unset);
  EXPECT_EQ(now_seen(), availability_away);
}

TEST_F(AgentPublish, a_reset_ends_what_was_picked_before_in_another_piece) {
  sign_in(alice);
  publish(alice, {}, {item("state", 0x24000000, ExpireType::time, ManualState{{availability_busy, {}, {}}})});
  pick(alice, availability_unset);
  EXPECT_EQ(now_seen(), availability_online);
}

TEST_F(AgentPublish, states_that_may_not_be_picked) {
  sign_in(alice);
  for (const std::uint16_t state : {availability_idle_online, availability_idle_busy, availability_offline})
    EXPECT_EQ(pick(alice, state), Reason::state_not_permitted);
  put(alice, "alice@example.com", "Alice", {{"appear_offline", "on"}});
  EXPECT_EQ(pick(alice, availability_offline), Reason::none);
  EXPECT_EQ(now_seen(), availability_offline);
  put(alice, "alice@example.com", "Alice", {{"appear_offline", "off"}});
  EXPECT_EQ(now_seen(), availability_online);
}

TEST_F(AgentPublish, offline_may_be_left_out_where_the_policy_forbids_it) {
  const base::EndpointId here = sign_in(alice);
  const auto say = [&](std::uint16_t picked) {
    std::vector<PublishItem> items;
    for (const Container container : {Container::devices, Container::interrupt}) {
      items.push_back(item("state", 0x20000000, ExpireType::permanent, ManualState{{picked, {}, {}}}, container));
      items.push_back(item("state", 0x30000000, ExpireType::endpoint, device(picked), container));
    }
    for (PublishItem& one : items) one.original = {"x/y", std::to_string(picked)};
    items.push_back(item("note", 0, ExpireType::permanent, note(std::to_string(picked))));
    PublishPresence asked{{99}, edge, alice, here, items};
    asked.offline_optional = true;
    agent->on_publish(asked, *directory, now);
    run_store();
    return published.back();
  };
  PublishAnswer answer = say(availability_offline);
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_EQ(now_seen(), availability_online) << "nothing was said of it before";
  ASSERT_EQ(answer.current.size(), 5U);
  EXPECT_EQ(answer.current[0].original.bytes, "");
  say(availability_busy);
  EXPECT_EQ(now_seen(), availability_busy);
  answer = say(availability_offline);
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_EQ(now_seen(), availability_busy) << "as it was";
  for (const Publication& one : answer.current) {
    EXPECT_EQ(one.version, 3U);
    if (one.key.category == "state") {
      EXPECT_EQ(one.original.bytes, std::to_string(availability_busy));
    } else {
      EXPECT_EQ(std::get<NoteValue>(one.value).text, "18500") << "the rest is taken over";
    }
  }
  put(alice, "alice@example.com", "Alice", {{"appear_offline", "on"}});
  EXPECT_EQ(say(availability_offline).reason, Reason::none);
  EXPECT_EQ(now_seen(), availability_offline);
  put(alice, "alice@example.com", "Alice", {{"appear_offline", "off"}});
  EXPECT_EQ(say(availability_offline).reason, Reason::none) << "what was there is forbidden too";
  EXPECT_EQ(now_seen(), availability_online);
}

TEST_F(AgentPublish, sizes) {
  sign_in(alice);
  const auto reason = [&](PublicationValue value) {
    return publish(alice, {}, {item("x", 0, ExpireType::permanent, std::move(value))}).reason;
  };
  const auto text = [](std::size_t octets) { return std::string(octets, 'x'); };
  EXPECT_EQ(reason(note(text(note_octets_max))), Reason::none);
  EXPECT_EQ(reason(note(text(note_octets_max + 1))), Reason::body_too_large);
  EXPECT_EQ(reason(note("\xff")), Reason::presence_document_malformed);
  EXPECT_EQ(reason(OpaqueValue{"a/b", text(opaque_octets_max)}), Reason::none);
  EXPECT_EQ(reason(OpaqueValue{"a/b", text(opaque_octets_max + 1)}), Reason::body_too_large);
  EXPECT_EQ(reason(OpaqueValue{text(media_type_octets_max + 1), ""}), Reason::body_too_large);
  const auto own = [](std::vector<ActivityText> texts) {
    return State{availability_busy, Activity::custom, std::move(texts)};
  };
  EXPECT_EQ(reason(ManualState{own({{text(activity_text_octets_max)}})}), Reason::none);
  EXPECT_EQ(reason(ManualState{own({{text(activity_text_octets_max + 1)}})}), Reason::body_too_large);
  EXPECT_EQ(reason(ManualState{own({{"x", "en"}, {text(activity_text_octets_max + 1), "es"}})}),
            Reason::body_too_large);
  EXPECT_EQ(reason(ManualState{own({{"x", "en"}, {"\xff", "es"}})}), Reason::presence_document_malformed);
  EXPECT_EQ(reason(ManualState{own({{"x", "<en>"}})}), Reason::presence_document_malformed);
  EXPECT_EQ(reason(ManualState{own(std::vector<ActivityText>(activity_texts_max, {"x", "en"}))}), Reason::none);
  EXPECT_EQ(reason(ManualState{own(std::vector<ActivityText>(activity_texts_max + 1, {"x", "en"}))}),
            Reason::list_too_long);
  DeviceState state;
  state.type = text(device_text_octets_max + 1);
  EXPECT_EQ(reason(state), Reason::body_too_large);
  CalendarState calendar;
  calendar.subject = text(note_octets_max + 1);
  EXPECT_EQ(reason(calendar), Reason::body_too_large);
  EXPECT_EQ(reason(EngagedState{own({{text(activity_text_octets_max + 1)}})}), Reason::body_too_large);
  const auto original = [&](std::size_t octets, PublicationValue value, std::size_t type = 3) {
    PublishItem one = item("x", 0, ExpireType::permanent, std::move(value));
    one.original = {text(type), text(octets)};
    return publish(alice, {}, {one}).reason;
  };
  EXPECT_EQ(original(opaque_octets_max, note("x")), Reason::none);
  EXPECT_EQ(original(opaque_octets_max + 1, note("x")), Reason::body_too_large);
  EXPECT_EQ(original(opaque_octets_max - 10, OpaqueValue{"a/b", text(10)}), Reason::none) << "both together";
  EXPECT_EQ(original(opaque_octets_max - 10, OpaqueValue{"a/b", text(11)}), Reason::body_too_large);
  EXPECT_EQ(original(1, note("x"), media_type_octets_max), Reason::none);
  EXPECT_EQ(original(1, note("x"), media_type_octets_max + 1), Reason::body_too_large);
  const auto category = [&](std::size_t octets) {
    return publish(alice, {}, {item(text(octets), 0, ExpireType::permanent, note("x"))}).reason;
  };
  EXPECT_EQ(category(category_octets_max), Reason::none);
  EXPECT_EQ(category(category_octets_max + 1), Reason::body_too_large);
}

TEST_F(AgentPublish, number_of_pieces) {
  const auto endpoint = sign_in(alice);
  std::vector<PublishItem> items;
  for (std::size_t i = 0; i < publications_per_user_max; ++i)
    items.push_back(item("note", i, ExpireType::endpoint, note("x")));
  EXPECT_EQ(publish(alice, endpoint, items).reason, Reason::none);
  EXPECT_EQ(pieces(), publications_per_user_max);
  EXPECT_EQ(publish(alice, endpoint, {item("note", 999, ExpireType::endpoint, note("x"))}).reason,
            Reason::too_many_publications);
  EXPECT_EQ(publish(alice, endpoint, items).reason, Reason::none) << "those there may change";
  EXPECT_EQ(
      publish(alice, endpoint,
              {item("note", 0, ExpireType::endpoint, std::nullopt), item("note", 999, ExpireType::endpoint, note("x"))})
          .reason,
      Reason::none);
  EXPECT_EQ(publish(alice, endpoint, "", 600s, {{note("y")}}).reason, Reason::too_many_publications);
  items.push_back(items.back());
  EXPECT_EQ(publish(alice, endpoint, items).reason, Reason::too_many_publications);
  sign_out(alice, endpoint);
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentPublish, lifetimes) {
  const auto one = sign_in(alice), two = sign_in(alice);
  publish(alice, one,
          {item("note", 1, ExpireType::endpoint, note("endpoint")), item("note", 2, ExpireType::user, note("user")),
           item("note", 3, ExpireType::time, note("time")), item("note", 4, ExpireType::permanent, note("permanent"))});
  publish(alice, {}, {item("note", 5, ExpireType::time, note("of nobody"))});
  EXPECT_EQ(pieces(), 5u);
  sign_out(alice, one);
  EXPECT_EQ(pieces(), 3u) << "user, permanent, of nobody";
  sign_out(alice, two);
  EXPECT_EQ(pieces(), 2u);
  pass(1h - 1us);
  EXPECT_EQ(pieces(), 2u);
  pass(1us);
  EXPECT_EQ(pieces(), 1u);
  for (const ExpireType type : {ExpireType::endpoint, ExpireType::user, ExpireType::time})
    EXPECT_EQ(publish(alice, one, {item("note", 9, type, note("x"))}).reason, Reason::publication_unknown);
  EXPECT_EQ(publish(carol, {9}, {item("note", 9, ExpireType::endpoint, note("x"))}).reason,
            Reason::publication_unknown);
  EXPECT_EQ(publish({9}, {}, {manual(availability_busy)}).reason, Reason::user_does_not_exist);
  EXPECT_EQ(agent->user_count(), 1u);
}

TEST_F(AgentPublish, leases_are_clamped) {
  PublishItem one = item("note", 1, ExpireType::time, note("x"));
  EXPECT_EQ(publish(alice, {}, {one}).lease, 3600s);
  one.lease = 59s;
  const PublishAnswer refused = publish(alice, {}, {one});
  EXPECT_EQ(refused.reason, Reason::interval_too_brief);
  EXPECT_EQ(refused.lease, 60s);
  one.lease = 13h;
  EXPECT_EQ(publish(alice, {}, {one}).lease, 12h);
}

TEST_F(AgentPublish, what_is_permanent_counts_when_the_store_has_it) {
  auto_store = false;
  sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  pass(1s);
  publish(alice, {}, {manual(availability_busy)});
  EXPECT_TRUE(published.empty());
  EXPECT_EQ(seen[id].availability(), availability_online);
  run_store();
  EXPECT_EQ(published.back().reason, Reason::none);
  EXPECT_EQ(seen[id].availability(), availability_busy);
}

TEST_F(AgentPublish, a_failing_store_changes_nothing) {
  sign_in(alice);
  store.fail_next(2);
  EXPECT_EQ(pick(alice, availability_busy), Reason::store_unavailable);
  EXPECT_EQ(set_level(alice, MemberKind::user, "bob@example.com", Container::friends), Reason::store_unavailable);
  EXPECT_EQ(now_seen(), availability_online);
  EXPECT_EQ(agent->levels(alice).version(), 0u);
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(pick(alice, availability_busy), Reason::none);
}

TEST_F(AgentPublish, changes_of_one_user_keep_their_order) {
  auto_store = false;
  const auto endpoint = sign_in(alice);
  pick(alice, availability_busy);
  publish(alice, endpoint, {item("note", 1, ExpireType::endpoint, note("second"))});
  pick(alice, availability_away);
  set_level(alice, MemberKind::user, "bob@example.com", Container::friends);
  agent->on_publish(PublishDocument{{500}, edge, alice, endpoint, "", 600s, {{note("fifth")}}}, *directory, now);
  EXPECT_TRUE(published.empty());
  run_store();
  ASSERT_EQ(published.size(), 4u);
  EXPECT_EQ(levels_set.size(), 1u);
  for (std::size_t i = 1; i < published.size(); ++i) EXPECT_LT(published[i - 1].ticket, published[i].ticket);
  EXPECT_EQ(published[2].current[0].version, 2u);
  EXPECT_EQ(now_seen(), availability_away);
  EXPECT_EQ(store.load_presence()->at(0).publications.at(0).version, 2u);
}

TEST_F(AgentPublish, limit_of_changes_that_wait) {
  auto_store = false;
  for (std::size_t i = 0; i <= changes_waiting_per_user_max; ++i) pick(alice, availability_busy);
  EXPECT_TRUE(published.empty());
  pick(alice, availability_busy);
  EXPECT_EQ(published.back().reason, Reason::server_busy);
  set_level(alice, MemberKind::user, "bob@example.com", Container::friends);
  EXPECT_EQ(levels_set.back().reason, Reason::server_busy);
  run_store();
  EXPECT_EQ(published.size(), changes_waiting_per_user_max + 2);
}

TEST_F(AgentPublish, what_vanished_while_the_store_worked) {
  auto_store = false;
  const auto endpoint = sign_in(alice);
  publish(alice, endpoint,
          {manual(availability_busy), item("note", 1, ExpireType::endpoint, note("dies")),
           item("note", 2, ExpireType::user, note("dies too"))});
  sign_out(alice, endpoint);
  run_store();
  EXPECT_EQ(published.back().reason, Reason::none);
  EXPECT_EQ(pieces(), 1u);
  publish(alice, {}, {manual(availability_away)});
  publish(alice, {}, {manual(availability_busy)});
  remove(alice);
  run_store();
  ASSERT_EQ(published.size(), 3u);
  EXPECT_EQ(published[1].reason, Reason::user_does_not_exist);
  EXPECT_EQ(published[2].reason, Reason::user_does_not_exist);
  EXPECT_EQ(agent->user_count(), 0u);
  EXPECT_EQ(pieces(), 0u);
}

TEST_F(AgentPublish, who_stands_in_another_level_is_not_taken_out) {
  set_level(alice, MemberKind::user, "bob@example.com", Container::colleagues);
  const auto take_out_of = [&](std::vector<Container> levels) {
    agent->on_set_level({{99}, edge, alice, {MemberKind::user, "Bob@example.com"}, {}, {}, std::move(levels)},
                        *directory, now);
    run_store();
    return levels_set.back().reason;
  };
  EXPECT_EQ(take_out_of({Container::blocked}), Reason::none);
  EXPECT_EQ(agent->levels(alice).entries().size(), Levels().entries().size() + 1) << "he was not blocked";
  EXPECT_EQ(take_out_of({Container::blocked, Container::colleagues}), Reason::none);
  EXPECT_EQ(agent->levels(alice).entries().size(), Levels().entries().size());
}

TEST_F(AgentPublish, levels) {
  EXPECT_EQ(set_level(alice, MemberKind::user, "Bob@Example.com", Container::friends, 0), Reason::none);
  EXPECT_EQ(levels_set.back().version, 1u);
  EXPECT_EQ(agent->levels(alice).level_of("bob@example.com", true).level, Container::friends);
  EXPECT_EQ(set_level(alice, MemberKind::user, "bob@example.com", Container::blocked, 0), Reason::publication_outdated);
  EXPECT_EQ(levels_set.back().version, 1u);
  EXPECT_EQ(set_level(alice, MemberKind::user, "bob@example.com", Container::friends), Reason::none);
  EXPECT_EQ(levels_set.back().version, 1u) << "nothing changed";
  EXPECT_EQ(set_level(alice, MemberKind::user, "", Container::friends), Reason::command_malformed);
  EXPECT_EQ(set_level(alice, MemberKind::everyone, "x", Container::friends), Reason::command_malformed);
  EXPECT_EQ(set_level(alice, MemberKind::user, "bob@example.com", Container::self), Reason::command_malformed);
  EXPECT_EQ(set_level({9}, MemberKind::user, "bob@example.com", Container::friends), Reason::user_does_not_exist);
  for (std::size_t i = agent->levels(alice).entries().size(); i < level_members_max; ++i)
    set_level(alice, MemberKind::user, fmt::format("u{}@example.com", i), Container::friends);
  EXPECT_EQ(set_level(alice, MemberKind::user, "more@example.com", Container::friends), Reason::list_too_long);
}

TEST_F(AgentPublish, whoever_is_blocked_is_told_of) {
  using Blocks = std::vector<std::pair<base::UserId, base::UserId>>;
  set_level(alice, MemberKind::user, "bob@example.com", Container::friends);
  EXPECT_TRUE(blocks.empty());
  set_level(alice, MemberKind::user, "Bob@example.com", Container::blocked);
  EXPECT_EQ(blocks, (Blocks{{alice, bob}}));
  set_level(alice, MemberKind::user, "stranger@elsewhere.org", Container::blocked);
  EXPECT_EQ(blocks.size(), 1u);
  set_level(alice, MemberKind::domain, "example.com", Container::blocked);
  EXPECT_EQ(blocks.back(), (std::pair<base::UserId, base::UserId>{alice, {}}));
  store.fail_next(1);
  set_level(alice, MemberKind::user, "carol@example.com", Container::blocked);
  EXPECT_EQ(blocks.size(), 2u);
}

// RFC 3903

TEST_F(AgentPublish, document_tags) {
  const auto endpoint = sign_in(alice);
  PublishAnswer answer = publish(alice, endpoint, "", 600s, {{device(availability_busy), note("hello")}});
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_EQ(answer.lease, 600s);
  EXPECT_EQ(now_seen(), availability_busy);
  const std::string first = answer.entity_tag;
  EXPECT_FALSE(first.empty());
  pass(9min);
  answer = publish(alice, endpoint, first, 600s, std::nullopt);
  EXPECT_EQ(answer.reason, Reason::none);
  const std::string second = answer.entity_tag;
  EXPECT_NE(second, first);
  EXPECT_EQ(publish(alice, endpoint, first, 600s, std::nullopt).reason, Reason::publication_unknown);
  pass(9min);
  EXPECT_EQ(pieces(), 2u) << "refreshed";
  answer = publish(alice, endpoint, second, 600s, {{device(availability_online)}});
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_EQ(pieces(), 1u) << "another content";
  EXPECT_EQ(now_seen(), availability_online);
  answer = publish(alice, endpoint, answer.entity_tag, 0s, std::nullopt);
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_FALSE(answer.entity_tag.empty());
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(publish(alice, endpoint, answer.entity_tag, 600s, std::nullopt).reason, Reason::publication_unknown);
}

TEST_F(AgentPublish, document_leases) {
  PublishAnswer answer = publish(alice, {}, "", 59s, {{note("x")}});
  EXPECT_EQ(answer.reason, Reason::interval_too_brief);
  EXPECT_EQ(answer.lease, 60s);
  EXPECT_EQ(publish(alice, {}, "", 100h, {{note("x")}}).lease, 12h);
  EXPECT_EQ(publish(alice, {}, "", -1us, {{note("x")}}).lease, 3600s);
  answer = publish(alice, {}, "", 60s, {{note("brief")}});
  EXPECT_EQ(pieces(), 3u);
  move(60s);  // the deadline is late: the tag is unknown nevertheless
  EXPECT_EQ(publish(alice, {}, answer.entity_tag, 60s, std::nullopt).reason, Reason::publication_unknown);
  EXPECT_EQ(pieces(), 2u);
  EXPECT_EQ(publish(alice, {}, "", 60s, std::nullopt).reason, Reason::presence_document_malformed);
  EXPECT_EQ(publish(alice, {}, "", 0s, {{note("x")}}).reason, Reason::none);
  EXPECT_EQ(pieces(), 2u);
  EXPECT_EQ(publish(alice, {}, "", 60s, {{note("\xc0")}}).reason, Reason::presence_document_malformed);
  pass(13h);
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentPublish, a_document_dies_with_its_endpoint) {
  const auto endpoint = sign_in(alice);
  const PublishAnswer answer = publish(alice, endpoint, "", 600s, {{device(), note("x")}});
  sign_out(alice, endpoint);
  EXPECT_EQ(pieces(), 0u);
  EXPECT_EQ(agent->user_count(), 0u);
  EXPECT_EQ(publish(alice, endpoint, answer.entity_tag, 600s, std::nullopt).reason, Reason::publication_unknown);
}

TEST_F(AgentPublish, a_document_of_no_endpoint_is_a_device_itself) {
  const auto id = watch(alice, "bob@example.com");
  PublishAnswer answer = publish(alice, {}, "", 600s, {{device()}});
  EXPECT_EQ(seen[id].availability(), availability_online);
  DeviceState closed;
  closed.closed = true;
  pass(1s);
  answer = publish(alice, {}, answer.entity_tag, 600s, {{closed}});
  EXPECT_EQ(seen[id].availability(), availability_offline);
  pass(1s);
  answer = publish(alice, {}, answer.entity_tag, 600s, {{device()}});
  EXPECT_EQ(seen[id].availability(), availability_online);
  pass(600s);
  EXPECT_EQ(seen[id].availability(), availability_offline);
}

TEST_F(AgentPublish, a_closed_device_takes_no_part) {
  const auto desk = sign_in(alice), mobile = sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  pass(1s);
  DeviceState closed;
  closed.closed = true;
  publish(alice, desk, "", 600s, {{closed}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online);
  publish(alice, mobile, "", 600s, {{closed}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_offline);
  EXPECT_TRUE(seen[id].last().devices.empty());
}

TEST_F(AgentPublish, of_two_documents_of_one_device_the_newest_counts) {
  const auto desk = sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  publish(alice, desk, "", 600s, {{device()}});
  const PublishAnswer second = publish(alice, desk, "", 600s, {{device()}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online);
  DeviceState closed;
  closed.closed = true;
  const PublishAnswer third = publish(alice, desk, second.entity_tag, 600s, {{closed}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_offline);
  publish(alice, desk, third.entity_tag, 600s, {{device()}});
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_online);
}

TEST_F(AgentPublish, limit_of_documents) {
  for (std::size_t i = 0; i < documents_per_user_max; ++i)
    EXPECT_EQ(publish(alice, {}, "", 600s, {std::vector<PublicationValue>{}}).reason, Reason::none);
  EXPECT_EQ(publish(alice, {}, "", 600s, {std::vector<PublicationValue>{}}).reason, Reason::too_many_publications);
  pass(601s);
  EXPECT_EQ(agent->user_count(), 0u);
}

}  // namespace
}  // namespace tertulia::domain
