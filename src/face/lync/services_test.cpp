// SPDX-License-Identifier: Apache-2.0
// SERVICE requests that change contacts and privacy levels, or ask the directory.
#include <gtest/gtest.h>

#include "domain/contacts/limits.h"
#include "face/lync/limits.h"
#include "face/lync/subscriber.h"
#include "wire/lync/contact_request.h"
#include "wire/lync/container_members.h"
#include "wire/lync/publish_request.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using domain::Container;
using domain::MemberKind;
using wire::lync::MemberAction;
using wire::lync::MemberType;

struct Asker : Subscriber {
  std::string service(std::string_view type, std::string body) {
    return alice.ask({.method = "SERVICE",
                      .uri = alice.own(),
                      .headers = "Content-Type: " + std::string(type) + "\r\n",
                      .body = std::move(body)});
  }
  std::string soap(const wire::lync::ContactRequest& request) {
    return service("application/SOAP+xml", wire::lync::write_contact_request(request));
  }
  std::string members(const std::vector<wire::lync::ContainerChange>& containers) {
    return service(wire::lync::set_container_members_type, wire::lync::write_set_container_members({containers}));
  }
  std::string changed(Reason reason, domain::GroupNumber group = 0) {
    script.face.on(domain::ContactsAnswer{script.world.changes.back().ticket, reason, nullptr, group}, script.now);
    return one();
  }
  /// The agent answers each question about levels, the first with `reason`; gives what we send then.
  std::string levels_set(Reason reason = Reason::none) {
    for (const domain::SetLevel& set : std::exchange(script.world.levels, {}))
      script.face.on(domain::SetLevelAnswer{set.ticket, std::exchange(reason, Reason::none), 1}, script.now);
    return one();
  }
};

template <typename Change>
Change last_change(const Asker& t) {
  EXPECT_FALSE(t.script.world.changes.empty());
  if (t.script.world.changes.empty()) return {};
  const domain::ChangeContacts& question = t.script.world.changes.back();
  EXPECT_EQ(question.user, base::UserId{1});
  EXPECT_FALSE(question.expected_version) << "its numbers are its own";
  EXPECT_TRUE(std::holds_alternative<Change>(question.change));
  return std::holds_alternative<Change>(question.change) ? std::get<Change>(question.change) : Change{};
}

TEST(Contacts, a_contact_is_put_and_removed) {
  Asker t;
  EXPECT_EQ(t.soap(wire::lync::SetContact{"sip:Bob@Example.com", "Bobby", {1, 3}, true, "x", 7}), "");
  EXPECT_EQ(last_change<domain::PutContact>(t).contact,
            (domain::Contact{"bob@example.com", "Bobby", {1, 3}, true, "x"}));
  EXPECT_TRUE(last_change<domain::PutContact>(t).known_groups_only) << "another device may have removed one";
  const std::string ok = t.changed(Reason::none);
  EXPECT_EQ(status_of_text(ok), 200);
  EXPECT_EQ(body_of(ok), "");
  t.soap(wire::lync::DeleteContact{"sip:bob@example.com", 8});
  EXPECT_EQ(last_change<domain::RemoveContact>(t).address, "bob@example.com");
  EXPECT_EQ(status_of_text(t.changed(Reason::contact_unknown)), 404);
}

TEST(Contacts, a_name_that_is_too_long_is_cut) {
  Asker t;
  const std::string fits(domain::contact_name_octets_max - 1, 'x');
  t.soap(wire::lync::SetContact{"sip:bob@example.com", fits + "\xc3\xb1", {1}, true, "", 7});
  EXPECT_EQ(last_change<domain::PutContact>(t).contact.name, fits);
}

TEST(Contacts, a_group_that_is_added_gets_its_number_told) {
  Asker t;
  t.soap(wire::lync::AddGroup{"Friends", "", 7});
  EXPECT_EQ(last_change<domain::AddGroup>(t).name, "Friends");
  const std::string ok = t.changed(Reason::none, 12);
  EXPECT_EQ(value_of(ok, "Content-Type"), wire::lync::soap_type);
  EXPECT_EQ(body_of(ok), wire::lync::write_add_group_answer(12));
  t.soap(wire::lync::AddGroup{"Friends", "", 7});
  EXPECT_EQ(body_of(t.changed(Reason::group_exists, 12)), wire::lync::write_add_group_answer(12)) << "it is there";
  t.soap(wire::lync::AddGroup{"More", "", 7});
  EXPECT_TRUE(has_reason(t.changed(Reason::too_many_groups), Reason::too_many_groups));
}

TEST(Contacts, groups_are_renamed_and_removed) {
  Asker t;
  t.soap(wire::lync::ModifyGroup{5, "Best", "", 7});
  EXPECT_EQ(last_change<domain::RenameGroup>(t).number, 5U);
  EXPECT_EQ(last_change<domain::RenameGroup>(t).name, "Best");
  t.changed(Reason::none);
  t.soap(wire::lync::DeleteGroup{5, 7});
  EXPECT_EQ(last_change<domain::RemoveGroup>(t).number, 5U);
  EXPECT_EQ(status_of_text(t.changed(Reason::none)), 200);
}

TEST(Contacts, several_changes_may_be_under_way) {
  Asker t;
  t.soap(wire::lync::AddGroup{"A", "", 7});
  t.soap(wire::lync::AddGroup{"B", "", 7});
  t.script.face.on(domain::ContactsAnswer{t.script.world.changes[1].ticket, Reason::none, nullptr, 3}, t.script.now);
  EXPECT_EQ(body_of(t.one()), wire::lync::write_add_group_answer(3));
  t.script.face.on(domain::ContactsAnswer{t.script.world.changes[0].ticket, Reason::none, nullptr, 2}, t.script.now);
  EXPECT_EQ(body_of(t.one()), wire::lync::write_add_group_answer(2));
}

TEST(Contacts, what_makes_no_sense_asks_nobody) {
  Asker t;
  EXPECT_TRUE(has_reason(t.soap(wire::lync::SetContact{"tel:+34911", "", {}, true, "", 1}), Reason::address_malformed));
  EXPECT_TRUE(has_reason(t.soap(wire::lync::DeleteContact{"bob", 1}), Reason::address_malformed));
  EXPECT_TRUE(has_reason(t.soap(wire::lync::SetAce{"USER", "x", "AA", 1}), Reason::command_malformed));
  EXPECT_TRUE(has_reason(t.service("application/SOAP+xml", "<s:Envelope"), Reason::malformed_message));
  EXPECT_TRUE(has_reason(t.service("application/SOAP+xml", "<Envelope><Body/></Envelope>"), Reason::command_malformed));
  EXPECT_TRUE(t.script.world.changes.empty());
}

TEST(Services, nobody_changes_what_is_another_s) {
  Asker t;
  const std::string group = wire::lync::write_contact_request(wire::lync::AddGroup{"A", "", 1});
  const auto of = [&](std::string_view uri, std::string_view type, std::string body) {
    return t.alice.ask({.method = "SERVICE",
                        .uri = std::string(uri),
                        .headers = "Content-Type: " + std::string(type) + "\r\n",
                        .body = std::move(body)});
  };
  const std::string publication = wire::lync::write_publish_request({"sip:bob@example.com", {}});
  for (const std::string_view uri : {"sip:bob@example.com", "sip:nobody@example.com"}) {
    EXPECT_TRUE(has_reason(of(uri, wire::lync::soap_type, group), Reason::publish_other_user)) << uri;
    EXPECT_TRUE(has_reason(of(uri, wire::lync::publish_type, publication), Reason::publish_other_user)) << uri;
    EXPECT_TRUE(has_reason(of(uri, wire::lync::set_container_members_type, "<x/>"), Reason::publish_other_user));
    EXPECT_TRUE(has_reason(of(uri, wire::lync::set_subscribers_type, "<x/>"), Reason::publish_other_user)) << uri;
  }
  EXPECT_TRUE(t.script.world.changes.empty() && t.script.world.publishes.empty());
  EXPECT_EQ(of("sip:Alice@example.com;opaque=user:epid:x;gruu", wire::lync::soap_type, group), "");
  EXPECT_EQ(of("sip:example.com", wire::lync::soap_type, group), "");
  EXPECT_EQ(t.script.world.changes.size(), 2U);
}

TEST(Levels, each_member_is_one_question_and_the_answer_waits_for_all) {
  Asker t;
  EXPECT_EQ(t.members({{200, 0, {{MemberAction::add, {MemberType::same_enterprise, ""}}}},
                       {100,
                        0,
                        {{MemberAction::add, {MemberType::federated, ""}},
                         {MemberAction::add, {MemberType::domain, "Example.ORG"}}}}}),
            "");
  ASSERT_EQ(t.script.world.levels.size(), 3U);
  EXPECT_EQ(t.script.world.levels[0].member, (domain::LevelMember{MemberKind::same_enterprise, ""}));
  EXPECT_EQ(t.script.world.levels[0].level, Container::colleagues);
  EXPECT_EQ(t.script.world.levels[2].member, (domain::LevelMember{MemberKind::domain, "example.org"}));
  EXPECT_EQ(t.script.world.levels[2].level, Container::external);
  EXPECT_FALSE(t.script.world.levels[0].expected_version);
  const domain::SetLevel first = t.script.world.levels[0];
  t.script.world.levels.erase(t.script.world.levels.begin());
  t.script.face.on(domain::SetLevelAnswer{first.ticket, Reason::none, 1}, t.script.now);
  EXPECT_TRUE(t.silent());
  EXPECT_EQ(status_of_text(t.levels_set()), 200);
}

TEST(Levels, a_move_is_one_question) {
  for (const bool remove_first : {true, false}) {
    Asker t;
    const wire::lync::ContainerMember bob{MemberType::user, "bob@example.com"};
    const wire::lync::ContainerChange out{200, 1, {{MemberAction::remove, bob}}};
    const wire::lync::ContainerChange in{400, 1, {{MemberAction::add, bob}}};
    t.members(remove_first ? std::vector{out, in} : std::vector{in, out});
    ASSERT_EQ(t.script.world.levels.size(), 1U);
    EXPECT_EQ(t.script.world.levels[0].member, (domain::LevelMember{MemberKind::user, "bob@example.com"}));
    EXPECT_EQ(t.script.world.levels[0].level, Container::friends);
  }
}

TEST(Levels, a_removal_takes_out_of_the_levels_that_it_names) {
  Asker t;
  const wire::lync::MemberChange remove{MemberAction::remove, {MemberType::user, "bob@example.com"}};
  t.members({{32000, 4, {remove}}});
  ASSERT_EQ(t.script.world.levels.size(), 1U);
  EXPECT_FALSE(t.script.world.levels[0].level);
  EXPECT_EQ(t.script.world.levels[0].only_from, std::vector{Container::blocked});
  t.members({{200, 4, {remove}}, {300, 4, {remove}}});
  EXPECT_EQ(t.script.world.levels.back().only_from, (std::vector{Container::colleagues, Container::workgroup}));
}

TEST(Levels, the_first_failure_is_the_answer) {
  Asker t;
  t.members({{400,
              1,
              {{MemberAction::add, {MemberType::user, "bob@example.com"}},
               {MemberAction::add, {MemberType::user, "carol@example.com"}}}}});
  EXPECT_TRUE(has_reason(t.levels_set(Reason::server_busy), Reason::server_busy));
}

TEST(Levels, what_is_no_level_is_refused) {
  Asker t;
  for (const std::uint32_t id : {0U, 2U, 500U, 65536U + 200U}) {
    const std::string answer = t.members({{id, 0, {{MemberAction::add, {MemberType::user, "bob@example.com"}}}}});
    EXPECT_TRUE(has_reason(answer, Reason::command_malformed)) << id;
  }
  EXPECT_TRUE(t.script.world.levels.empty());
}

TEST(Levels, changes_of_one_request_are_bounded) {
  Asker t;
  wire::lync::ContainerChange many{400, 1, {}};
  for (std::size_t i = 0; i < level_changes_max; ++i)
    many.changes.push_back({MemberAction::add, {MemberType::user, "p" + std::to_string(i) + "@example.com"}});
  EXPECT_EQ(t.members({many}), "");
  EXPECT_EQ(t.script.world.levels.size(), level_changes_max);
  EXPECT_EQ(status_of_text(t.levels_set()), 200);
  many.changes.push_back({MemberAction::add, {MemberType::user, "one-more@example.com"}});
  EXPECT_TRUE(has_reason(t.members({many}), Reason::list_too_long));
  EXPECT_TRUE(t.script.world.levels.empty());
}

TEST(Levels, changes_that_wait_are_bounded_over_all_kinds) {
  Asker t;
  for (std::size_t i = 0; i < changes_waiting_per_connection_max;) {
    wire::lync::ContainerChange many{400, 1, {}};
    for (; many.changes.size() < level_changes_max && i < changes_waiting_per_connection_max; ++i)
      many.changes.push_back({MemberAction::add, {MemberType::user, "p" + std::to_string(i) + "@example.com"}});
    EXPECT_EQ(t.members({many}), "");
  }
  EXPECT_TRUE(has_reason(t.soap(wire::lync::AddGroup{"A", "", 7}), Reason::server_busy));
  EXPECT_TRUE(
      has_reason(t.members({{100, 0, {{MemberAction::add, {MemberType::federated, ""}}}}}), Reason::server_busy));
  for (const domain::SetLevel& set : std::exchange(t.script.world.levels, {}))
    t.script.face.on(domain::SetLevelAnswer{set.ticket, Reason::none, 1}, t.script.now);
  t.alice.heard();
  EXPECT_EQ(t.soap(wire::lync::AddGroup{"A", "", 7}), "");
}

TEST(Subscribers, are_acknowledged_one_by_one) {
  Asker t;
  const auto body = [](std::string_view inside) {
    return "<setSubscribers xmlns=\"http://schemas.microsoft.com/2006/09/sip/presence-subscribers\">" +
           std::string(inside) + "</setSubscribers>";
  };
  EXPECT_EQ(t.service(wire::lync::set_subscribers_type,
                      body("<subscriber user=\"sip:Bob@example.com\" acknowledged=\"true\"/>"
                           "<subscriber user=\"carol@example.com\" acknowledged=\"true\"/>"
                           "<subscriber user=\"dave@example.com\" acknowledged=\"false\"/>")),
            "");
  ASSERT_EQ(t.script.world.acknowledged.size(), 2U);
  EXPECT_EQ(t.script.world.acknowledged[0].address, "bob@example.com");
  EXPECT_EQ(t.script.world.acknowledged[1].address, "carol@example.com");
  for (const auto& one : t.script.world.acknowledged)
    t.script.face.on(domain::SetLevelAnswer{one.ticket, Reason::none, 0}, t.script.now);
  EXPECT_EQ(status_of_text(t.one()), 200);
  EXPECT_EQ(status_of_text(t.service(wire::lync::set_subscribers_type, body(""))), 200) << "nobody to ask for";
  EXPECT_EQ(status_of_text(t.service(wire::lync::set_subscribers_type, "<x/>")), 400);
}

TEST(Search, finds_people_and_says_when_there_are_more) {
  Asker t;
  const std::string all = t.soap(wire::lync::DirectorySearch{{{"givenName", "The"}}, 100});
  EXPECT_EQ(status_of_text(all), 200);
  EXPECT_EQ(value_of(all, "Content-Type"), wire::lync::soap_type);
  EXPECT_TRUE(has(body_of(all), "sip:alice@example.com") && has(body_of(all), "sip:bob@example.com")) << all;
  const std::string details =
      t.soap(wire::lync::DirectorySearch{{{"msRTCSIP-PrimaryUserAddress", "sip:bob@example.com"}}, 1});
  EXPECT_TRUE(has(body_of(details), "sip:bob@example.com") && has(body_of(details), "The bob")) << details;
  EXPECT_FALSE(has(body_of(details), "alice"));
  const std::string nobody = t.soap(wire::lync::DirectorySearch{{{"sn", "Zzz"}}, 100});
  EXPECT_EQ(status_of_text(nobody), 200);
  EXPECT_FALSE(has(body_of(nobody), "sip:")) << nobody;
  EXPECT_EQ(body_of(nobody), wire::lync::write_search_answer({}, false));
}

TEST(Search, rows_are_bounded) {
  Asker t;
  std::vector<domain::User> many;
  for (std::uint32_t i = 0; i <= search_rows_max; ++i)
    many.push_back(make_user(100 + i, "p" + std::to_string(i) + "@example.com", "x"));
  t.script.directory = t.script.directory->with_users(std::move(many));
  t.script.face.set_directory(t.script.directory, t.script.now);
  const auto rows = [](const std::string& answer) {
    std::size_t n = 0;
    for (std::size_t at = answer.find("sip:p"); at != std::string::npos; at = answer.find("sip:p", at + 1)) ++n;
    return n;
  };
  for (const std::uint32_t asked : {0U, 1000U})
    EXPECT_EQ(rows(body_of(t.soap(wire::lync::DirectorySearch{{{"displayName", "The p"}}, asked}))), search_rows_max);
  EXPECT_EQ(rows(body_of(t.soap(wire::lync::DirectorySearch{{{"displayName", "The p"}}, 5}))), 5U);
}

TEST(Service, of_unknown_content_is_refused) {
  Asker t;
  const std::string answer = t.service("application/something+xml", "<x/>");
  EXPECT_EQ(status_of_text(answer), 415);
  EXPECT_TRUE(has_reason(answer, Reason::media_type_unsupported));
  EXPECT_GT(t.alice.signature_number(answer), 0U);
  EXPECT_EQ(status_of_text(t.alice.ask({.method = "SERVICE", .uri = t.alice.own()})), 415);
}

TEST(Service, type_is_read_without_case_and_parameters) {
  Asker t;
  EXPECT_EQ(t.service("APPLICATION/soap+XML; charset=UTF-8",
                      wire::lync::write_contact_request(wire::lync::AddGroup{"A", "", 1})),
            "");
  EXPECT_EQ(t.script.world.changes.size(), 1U);
}

TEST(Service, to_a_request_uri_that_is_none_is_refused_and_signed) {
  Asker t;
  std::string text = t.alice.text_of(
      {.method = "SERVICE", .uri = t.alice.own(), .headers = "Content-Type: application/SOAP+xml\r\n", .body = "<x/>"});
  text = replaced(std::move(text), "SERVICE sip:alice@example.com SIP", "SERVICE (null) SIP");
  const std::string answer = t.alice.say(t.alice.signed_text(text));
  EXPECT_EQ(status_of_text(answer), 400);
  EXPECT_GT(t.alice.signature_number(answer), 0U);
  EXPECT_TRUE(t.script.world.closed.empty());
}

}  // namespace
}  // namespace tertulia::face::lync
