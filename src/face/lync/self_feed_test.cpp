// SPDX-License-Identifier: Apache-2.0
// What a user's own devices are told of him.
#include "face/lync/self_feed.h"

#include <gtest/gtest.h>

#include "face/lync/mapping.h"
#include "face/lync/subscriber.h"
#include "wire/lync/roaming_self.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using domain::Container;

domain::Publication piece(std::string category, std::uint64_t instance, Container container, std::uint32_t version,
                          domain::PublicationValue value, std::string original = {}) {
  domain::Publication one;
  one.key = {std::move(category), instance, container};
  one.version = version;
  one.since = {1'700'000'000'000'000};
  one.value = std::move(value);
  if (!original.empty()) one.original = {std::string(category_media_type), std::move(original)};
  return one;
}

struct Owner : Subscriber {
  using Subscriber::Subscriber;
  Owner() {
    view.user = base::UserId{1};
    view.version = 1;
    view.state.availability = domain::availability_online;
    view.interrupt_state = view.state;
    view.since = {1'700'000'000'000'000};
  }
  std::string tell(Reason reason = Reason::none) {
    script.face.on(
        domain::SelfNews{script.world.self_watches.at(0).watch,
                         reason == Reason::none ? std::make_shared<const domain::SelfView>(view) : nullptr, reason},
        script.now);
    const std::vector<std::string> all = alice.heard();
    EXPECT_LE(all.size(), 1U);
    return all.empty() ? std::string() : learn(all[0]);
  }
  std::string next() {
    ++view.version;
    return tell();
  }
  domain::SelfView view;
};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(SelfFeed, the_answer_has_everything) {
  Owner t;
  t.view.publications.push_back(piece("note", 0, Container::colleagues, 3, domain::NoteValue{{}, "hello", {}, {}}));
  t.view.publications.push_back(piece("state", 7, Container::devices, 2, domain::DeviceState{}, "<state own=\"1\"/>"));
  t.view.levels.push_back({{domain::MemberKind::same_enterprise, ""}, Container::colleagues});
  t.view.levels.push_back({{domain::MemberKind::user, "bob@example.com"}, Container::blocked});
  t.view.subscribers.push_back({"bob@example.com", false});
  t.view.subscribers.push_back({"eve@elsewhere.org", true});
  EXPECT_EQ(t.begin(self_event), "");
  ASSERT_EQ(t.script.world.self_watches.size(), 1U);
  EXPECT_EQ(t.script.world.self_watches[0].user, base::UserId{1});
  const std::string answer = t.tell();
  EXPECT_EQ(value_of(answer, "Content-Type"), wire::lync::roaming_self_type);
  EXPECT_EQ(value_of(answer, "ms-piggyback-cseq"), "1");
  const std::string body = body_of(answer);
  EXPECT_TRUE(has(body, "<state own=\"1\"/>")) << "byte for byte as the client has written it";
  EXPECT_TRUE(
      has(body, "name=\"state\" instance=\"7\" publishTime=\"2023-11-14T22:13:20.000Z\" container=\"2\" version=\"2\""))
      << body;
  EXPECT_TRUE(has(body, "name=\"note\" instance=\"0\"") && has(body, ">hello<")) << body;
  for (const char* name : {"contactCard", "userProperties"})
    EXPECT_TRUE(has(body, "name=\"" + std::string(name) + "\"")) << name;
  for (const char* level : {"100", "200", "300", "400", "32000"})
    EXPECT_EQ(count(body, "<container id=\"" + std::string(level) + "\" version=\"1\""), 1U) << body;
  EXPECT_TRUE(has(body, "<member type=\"sameEnterprise\"/>")) << body;
  EXPECT_TRUE(has(body, "<member type=\"user\" value=\"bob@example.com\"/>")) << body;
  EXPECT_TRUE(
      has(body, "user=\"bob@example.com\" displayName=\"The bob\" acknowledged=\"false\" type=\"sameEnterprise\""))
      << body;
  EXPECT_TRUE(has(body, "user=\"eve@elsewhere.org\" displayName=\"\" acknowledged=\"true\" type=\"federated\""))
      << body;
}

TEST(SelfFeed, the_combined_state_stands_behind_its_sources) {
  Owner t;
  t.view.publications.push_back(piece("state", 7, Container::devices, 2, domain::DeviceState{}, "<state own=\"1\"/>"));
  t.view.state = {domain::availability_busy, domain::Activity::on_the_phone, {}};
  t.view.interrupt_state = {domain::availability_urgent_only, domain::Activity::urgent_interruptions_only, {}};
  t.view.idle_since = base::WallTime{1'700'000'000'000'000};
  t.begin(self_event);
  const std::string body = body_of(t.tell());
  const std::size_t sources = body.find("<state own");
  const std::size_t last_category = body.rfind("<category ");
  EXPECT_EQ(count(body, "aggregateState"), 6U) << body;
  EXPECT_LT(sources, body.find("aggregateState"));
  EXPECT_TRUE(has(body.substr(last_category), "aggregateState")) << "behind all other categories too";
  for (const char* container : {"2", "200", "400"}) {
    const std::size_t at = body.find("instance=\"1\" publishTime=\"2023-11-14T22:13:20.000Z\" container=\"" +
                                     std::string(container) + "\"");
    ASSERT_NE(at, std::string::npos) << container << body;
    const std::string entry = body.substr(at, body.find("</category>", at) - at);
    EXPECT_TRUE(has(entry, "<availability>6500<") && has(entry, "token=\"on-the-phone\"")) << entry;
    EXPECT_TRUE(has(entry, "lastActive=\"2023-11-14T22:13:20.000Z\"")) << entry;
  }
  for (const char* container : {"3", "300"}) {
    const std::size_t at = body.find("container=\"" + std::string(container) + "\" version=\"1\" expireType=\"user\"");
    ASSERT_NE(at, std::string::npos) << container << body;
    EXPECT_TRUE(has(body.substr(at, body.find("</category>", at) - at), "<availability>6900<")) << body;
  }
  const std::size_t external = body.find("container=\"100\" version=\"1\" expireType=\"user\"");
  ASSERT_NE(external, std::string::npos);
  const std::string bare = body.substr(external, body.find("</category>", external) - external);
  EXPECT_FALSE(has(bare, "activity") || has(bare, "lastActive")) << body;
}

TEST(SelfFeed, a_change_names_whole_categories_and_only_those) {
  Owner t;
  t.view.publications.push_back(piece("note", 0, Container::colleagues, 1, domain::NoteValue{{}, "a", {}, {}}));
  t.view.publications.push_back(piece("note", 0, Container::friends, 1, domain::NoteValue{{}, "a", {}, {}}));
  t.view.publications.push_back(piece("state", 7, Container::devices, 1, domain::DeviceState{}));
  t.begin(self_event);
  t.tell();
  t.view.publications[1].version = 2;
  const std::string told = t.next();
  EXPECT_TRUE(told.starts_with("BENOTIFY ")) << told;
  EXPECT_EQ(count(body_of(told), "name=\"note\""), 2U) << "the piece that is the same too: " << told;
  EXPECT_EQ(count(body_of(told), "<category "), 2U) << told;
  EXPECT_FALSE(has(body_of(told), "<containers") || has(body_of(told), "<subscribers")) << told;

  t.view.state.availability = domain::availability_busy;
  const std::string state = body_of(t.next());
  EXPECT_EQ(count(state, "name=\"state\""), 7U) << "with its sources: " << state;
  EXPECT_FALSE(has(state, "name=\"note\"")) << state;
}

TEST(SelfFeed, a_category_that_became_empty_is_told_without_pieces) {
  Owner t;
  t.view.publications.push_back(piece("note", 0, Container::colleagues, 1, domain::NoteValue{{}, "a", {}, {}}));
  t.begin(self_event);
  t.tell();
  t.view.publications.clear();
  EXPECT_TRUE(has(body_of(t.next()), "<category name=\"note\"/>"));
  EXPECT_EQ(t.next(), "") << "once";
}

TEST(SelfFeed, levels_and_subscribers_are_told_when_they_are_others) {
  Owner t;
  t.begin(self_event);
  t.tell();
  t.view.levels_version = 4;
  const std::string levels = body_of(t.next());
  EXPECT_EQ(count(levels, "version=\"4\""), 5U) << levels;
  EXPECT_FALSE(has(levels, "<categories") || has(levels, "<subscribers")) << levels;
  t.view.subscribers.push_back({"bob@example.com", false});
  const std::string subscribers = body_of(t.next());
  EXPECT_TRUE(has(subscribers, "<subscribers")) << subscribers;
  EXPECT_FALSE(has(subscribers, "<categories") || has(subscribers, "<containers")) << subscribers;
}

TEST(SelfFeed, nothing_new_is_no_news) {
  Owner t;
  t.begin(self_event);
  t.tell();
  EXPECT_EQ(t.tell(), "") << "the same view";
  EXPECT_EQ(t.next(), "") << "one that shows the same";
  t.view.version = 1;
  t.view.state.availability = domain::availability_busy;
  EXPECT_EQ(t.tell(), "") << "an older one";
}

TEST(SelfFeed, only_the_sections_asked_for) {
  const std::string type = std::string(quiet) + "Content-Type: application/vnd-microsoft-roaming-self+xml\r\n";
  const std::string list =
      "<roamingList xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\">"
      "<roaming type=\"containers\"/></roamingList>";
  Owner t;
  EXPECT_EQ(t.begin(self_event, type, list), "");
  const std::string body = body_of(t.tell());
  EXPECT_TRUE(has(body, "<containers")) << body;
  EXPECT_FALSE(has(body, "<categories") || has(body, "<subscribers")) << body;
}

TEST(SelfFeed, a_list_that_is_none_is_refused_and_watches_nothing) {
  Owner t;
  EXPECT_EQ(status_of_text(t.begin(self_event, std::string(quiet) + "Content-Type: text/xml\r\n", "<x")), 400);
  ASSERT_EQ(t.script.world.self_watches.size(), 2U);
  EXPECT_FALSE(t.script.world.self_watches[1].on);
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
}

TEST(SelfFeed, refusal_by_the_domain_refuses_or_ends_the_subscription) {
  for (const Reason reason : {Reason::server_busy, Reason::too_many_subscriptions, Reason::user_does_not_exist}) {
    Owner t;
    t.begin(self_event);
    EXPECT_TRUE(has_reason(t.tell(reason), reason));
    Owner u;
    u.begin(self_event);
    u.tell();
    EXPECT_EQ(value_of(u.tell(reason), "Subscription-State"), "terminated;reason=noresource;expires=0");
    EXPECT_EQ(u.script.face.subscription_count(), 0U);
    EXPECT_FALSE(u.script.world.self_watches.back().on);
  }
}

TEST(SelfFeed, pieces_from_elsewhere_are_told_in_the_words_of_the_dialect) {
  struct Row {
    domain::PublicationValue value;
    std::vector<std::string> words;
  };
  const domain::State busy{domain::availability_busy, domain::Activity::in_a_meeting, {}};
  const domain::State own{
      domain::availability_busy, domain::Activity::custom, {{"digging", "en-US"}, {"cavando", "es-ES"}}};
  domain::CalendarState calendar;
  calendar.state = busy;
  calendar.subject = "Plan";
  calendar.place = "Room";
  const std::vector<Row> rows = {
      {domain::ManualState{own},
       {"xsi:type=\"userState\"", "manual=\"true\"",
        "<custom LCID=\"1033\">digging</custom><custom LCID=\"3082\">cavando</custom>"}},
      {domain::DeviceState{busy, false, {}, false, "", ""}, {"xsi:type=\"machineState\"", "manual=\"false\""}},
      {domain::EngagedState{busy}, {"xsi:type=\"phoneState\"", "token=\"in-a-meeting\""}},
      {calendar, {"xsi:type=\"calendarState\"", "<meetingSubject>Plan<", "<meetingLocation>Room<"}},
      {domain::NoteValue{domain::NoteKind::out_of_office, "away", {}, {}}, {"type=\"OOF\"", ">away<"}},
  };
  for (const Row& row : rows) {
    Owner t;
    t.view.publications.push_back(piece("state", 9, Container::devices, 1, row.value));
    t.begin(self_event);
    const std::string body = body_of(t.tell());
    for (const std::string& word : row.words) EXPECT_TRUE(has(body, word)) << word << "\n" << body;
  }
}

TEST(SelfFeed, another_name_or_card_is_told_without_a_new_sign_in) {
  Owner t;
  t.begin(self_event);
  t.tell();
  EXPECT_EQ(t.next(), "");
  domain::Card card;
  card.title = "Baker";
  t.view.card = domain::shared_card(card);
  std::string body = body_of(t.next());
  EXPECT_TRUE(has(body, "name=\"contactCard\"") && has(body, ">Baker<")) << body;
  EXPECT_FALSE(has(body, "name=\"state\"") || has(body, "name=\"userProperties\"")) << body;
  t.view.display_name = "Alicia";
  body = body_of(t.next());
  EXPECT_TRUE(has(body, ">Alicia<") && has(body, ">Baker<")) << body;
  t.view.card = nullptr;
  body = body_of(t.next());
  EXPECT_TRUE(has(body, ">Alicia<")) << body;
  EXPECT_FALSE(has(body, "Baker")) << body;
}

}  // namespace
}  // namespace tertulia::face::lync
