// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_feed.h"

#include "face/lync/conference_script.h"
#include "face/lync/limits.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using wire::conference_info::State;

wire::conference_info::ConferenceInfo info_in(std::string_view message) {
  const auto document = wire::conference_info::read(body_of(message));
  EXPECT_TRUE(document) << message;
  return document ? *document : wire::conference_info::ConferenceInfo{};
}

/// conferences 3.3 and 4
TEST(ConferenceFeed, the_answer_has_everything) {
  Meeting t;
  t.enter(t.alice);
  EXPECT_EQ(t.subscribe(t.alice), "");
  ASSERT_EQ(t.script.world.conference_watches.size(), 1U);
  EXPECT_EQ(t.script.world.conference_watches[0].key, conference_key());
  EXPECT_EQ(t.script.world.conference_watches[0].user, base::UserId{1});
  auto whole = Meeting::roster(4);
  whole->members = {Meeting::member(1, true, domain::ConferenceRole::organizer), Meeting::member(2, false)};
  t.tell(whole);
  const std::string answer = Meeting::last(t.alice);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "ms-piggyback-cseq"), "1");
  EXPECT_EQ(value_of(answer, "Event"), "conference");
  EXPECT_EQ(value_of(answer, "Content-Type"), "application/conference-info+xml");
  const auto info = info_in(answer);
  EXPECT_EQ(info.entity, focus_address);
  EXPECT_EQ(info.version, 4U);
  EXPECT_EQ(info.state, State::full);
  ASSERT_TRUE(info.description);
  EXPECT_EQ(info.description->subject, "Budget");
  ASSERT_EQ(info.description->conf_uris.size(), 1U);
  EXPECT_EQ(info.description->conf_uris[0].uri, chat_address);
  EXPECT_EQ(info.description->conf_uris[0].purpose, "chat");
  EXPECT_EQ(info.description->organizer_name, "Alice");
  ASSERT_EQ(info.users.size(), 2U);
  EXPECT_EQ(info.users[0].entity, "sip:alice@example.com");
  EXPECT_EQ(info.users[0].roles, (std::vector<std::string>{"presenter"}));
  ASSERT_EQ(info.users[0].endpoints.size(), 2U);
  EXPECT_EQ(info.users[0].endpoints[0].session_type, "focus");
  EXPECT_EQ(info.users[0].endpoints[0].entity, "{64BC69AF}");
  EXPECT_EQ(info.users[0].endpoints[1].session_type, "chat");
  EXPECT_EQ(info.users[0].endpoints[1].status, wire::conference_info::Status::connected);
  EXPECT_EQ(info.users[1].roles, (std::vector<std::string>{"attendee"}));
  ASSERT_EQ(info.users[1].endpoints.size(), 1U) << "he does not take part in the messages yet";
  ASSERT_EQ(info.views.size(), 1U);
  EXPECT_EQ(info.views[0].entity, chat_address);
  EXPECT_EQ(info.views[0].locked, false);
  ASSERT_EQ(info.views[0].media.size(), 1U);
  EXPECT_EQ(info.views[0].media[0].type, "chat");
  EXPECT_FALSE(has(answer, "audio-video"));
}

TEST(ConferenceFeed, changes_follow_by_benotify) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  t.alice.heard();
  auto change = std::make_shared<domain::Roster>();
  change->version = 2;
  change->full = false;
  change->members = {Meeting::member(1, true)};
  auto erased = std::make_shared<domain::RosterMember>();  // there is no such account any more
  erased->user = base::UserId{99};
  erased->address = "erased@example.com";
  change->gone = {Meeting::member(2, true), erased};
  t.tell(change);
  const std::string told = Meeting::last(t.alice);
  EXPECT_TRUE(told.starts_with("BENOTIFY ")) << told;
  EXPECT_EQ(value_of(told, "Event"), "conference");
  EXPECT_TRUE(value_of(told, "subscription-state").starts_with("active"));
  const auto info = info_in(told);
  EXPECT_EQ(info.state, State::partial);
  EXPECT_FALSE(info.description);
  ASSERT_EQ(info.users.size(), 3U);
  EXPECT_EQ(info.users[0].endpoints.size(), 2U) << "a user is always complete";
  EXPECT_EQ(info.users[1].entity, "sip:bob@example.com");
  EXPECT_EQ(info.users[1].state, State::deleted);
  EXPECT_EQ(info.users[2].entity, "sip:erased@example.com") << "else he would stay in the room for ever";
  EXPECT_EQ(info.users[2].state, State::deleted);
  t.tell(Meeting::roster(3, true));
  const std::string locked = Meeting::last(t.alice);
  ASSERT_EQ(info_in(locked).views.size(), 1U);
  EXPECT_EQ(info_in(locked).views[0].locked, true);
}

TEST(ConferenceFeed, news_of_the_lobby_alone_are_nothing_to_tell) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  t.alice.heard();
  t.tell(nullptr);
  EXPECT_EQ(Meeting::last(t.alice), "");
}

TEST(ConferenceFeed, a_further_subscribe_gets_everything_again) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  const std::string first = Meeting::last(t.alice);
  Ask again{.method = "SUBSCRIBE",
            .uri = std::string(focus_address),
            .headers = "Event: conference\r\nSupported: ms-benotify\r\nSupported: ms-piggyback-first-notify\r\n" +
                       Meeting::contact(t.alice),
            .call_id = "roster-alice",
            .to_tag = tag_in(first),
            .cseq = 2};
  EXPECT_EQ(t.alice.ask(again), "");
  auto change = std::make_shared<domain::Roster>();
  change->full = false;
  t.tell(change);  // under way when all of it was asked for
  EXPECT_EQ(Meeting::last(t.alice), "");
  t.tell(Meeting::roster(7));
  const std::vector<std::string> heard = t.alice.heard();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(info_in(heard[0]).version, 7U);
  EXPECT_EQ(value_of(heard[0], "ms-piggyback-cseq"), "2");
}

/// A client leaves with a SUBSCRIBE of a new dialog, and may end the first one at its sign-out.
TEST(ConferenceFeed, the_end_is_said_in_another_dialog) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  const std::string first = Meeting::last(t.alice);
  const std::string answer = t.subscribe(t.alice, "Expires: 0\r\n", "leaving");
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(body_of(answer), "");
  EXPECT_EQ(value_of(answer, "Expires"), "0");
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
  ASSERT_EQ(t.script.world.conference_watches.size(), 2U);
  EXPECT_FALSE(t.script.world.conference_watches[1].on);
  const Ask late{.method = "SUBSCRIBE",
                 .uri = std::string(focus_address),
                 .headers = "Event: conference\r\nExpires: 0\r\n" + Meeting::contact(t.alice),
                 .call_id = "roster-alice",
                 .to_tag = tag_in(first),
                 .cseq = 2};
  EXPECT_EQ(status_of_text(t.alice.ask(late)), 200);
}

TEST(ConferenceFeed, the_end_within_the_dialog) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  const Ask end{.method = "SUBSCRIBE",
                .uri = std::string(focus_address),
                .headers = "Event: conference\r\nExpires: 0\r\n" + Meeting::contact(t.alice),
                .call_id = "roster-alice",
                .to_tag = tag_in(Meeting::last(t.alice)),
                .cseq = 2};
  EXPECT_EQ(status_of_text(t.alice.ask(end)), 200);
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
}

TEST(ConferenceFeed, it_is_for_members) {
  Meeting t;
  t.subscribe(t.bob);
  t.tell(nullptr, 0, Reason::not_in_conference);
  const std::string answer = Meeting::last(t.bob);
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::not_in_conference));
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
}

TEST(ConferenceFeed, when_the_conference_is_over_no_document_follows) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  t.alice.heard();
  t.tell(nullptr, 0, Reason::conference_ended);
  const std::string told = Meeting::last(t.alice);
  EXPECT_TRUE(value_of(told, "subscription-state").starts_with("terminated")) << told;
  EXPECT_EQ(body_of(told), "");
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
}

TEST(ConferenceFeed, a_roster_is_written_once_for_all) {
  Meeting t;
  ConferenceDocuments documents("https://fe1.example.com:4443/meet/");
  const domain::RosterPtr one = Meeting::roster(1);
  EXPECT_EQ(documents.of(one, conference_key(), "alice@example.com"),
            documents.of(one, conference_key(), "alice@example.com"));
  EXPECT_EQ(documents.written(), 1U);
  EXPECT_TRUE(has(documents.of(one, conference_key(), "alice@example.com"),
                  "https://fe1.example.com:4443/meet/alice@example.com/" + std::string(conference_id)));
  std::vector<domain::RosterPtr> more;
  for (std::size_t i = 0; i < conference_documents_max; ++i) {
    more.push_back(Meeting::roster(i + 2));
    documents.of(more.back(), conference_key(), "alice@example.com");
  }
  EXPECT_EQ(documents.written(), conference_documents_max + 1);
  documents.of(more.back(), conference_key(), "alice@example.com");
  EXPECT_EQ(documents.written(), conference_documents_max + 1);
  documents.of(one, conference_key(), "alice@example.com");
  EXPECT_EQ(documents.written(), conference_documents_max + 2) << "the oldest has made room";
}

}  // namespace
}  // namespace tertulia::face::lync
