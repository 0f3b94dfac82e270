// SPDX-License-Identifier: Apache-2.0
// The presence of others, in batches and one by one.
#include "face/lync/presence_feed.h"

#include <gtest/gtest.h>

#include "face/lync/presence_watcher.h"
#include "wire/lync/batch_subscribe.h"
#include "wire/lync/categories.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using wire::lync::BatchActionKind;

TEST(PresenceFeed, the_answer_waits_for_all_people) {
  PresenceWatcher t;
  EXPECT_EQ(t.ask({"sip:bob@example.com", "sip:Carol@Example.com"}), "");
  ASSERT_EQ(t.script.world.presence_watches.size(), 1U);
  const domain::WatchPresence& watch = t.script.world.presence_watches[0];
  EXPECT_EQ(watch.watcher, base::UserId{1});
  EXPECT_EQ(watch.watcher_address, "alice@example.com");
  EXPECT_EQ(watch.entries.size(), 2U);
  EXPECT_EQ(t.tell({t.item(2, 1)}), "") << "carol is still to come";
  const std::string answer = t.tell({t.item(3, 1)});
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "Require"), "eventlist");
  EXPECT_EQ(value_of(answer, "ms-piggyback-cseq"), "1");
  const std::string type = value_of(answer, "Content-Type");
  EXPECT_TRUE(type.starts_with("multipart/related;") && has(type, "application/rlmi+xml")) << type;
  EXPECT_EQ(parts_of(answer), 2U);
  const std::string body = body_of(answer);
  EXPECT_TRUE(has(body, "<resource uri=\"sip:bob@example.com\"><instance id=\"0\" state=\"active\"")) << body;
  EXPECT_TRUE(has(body, "<resource uri=\"sip:Carol@Example.com\">")) << "as the client wrote it: " << body;
  EXPECT_TRUE(has(body,
                  "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" "
                  "uri=\"sip:bob@example.com\">"))
      << body;
  for (const char* name : {"contactCard", "note", "state"})
    EXPECT_TRUE(has(body, "name=\"" + std::string(name) + "\""));
  EXPECT_TRUE(has(body, "aggregateState"));
  EXPECT_GT(t.alice.signature_number(answer), 0U);
}

TEST(PresenceFeed, people_that_the_agent_knows_at_once_are_answered_at_once) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com", "sip:carol@example.com"});
  EXPECT_EQ(parts_of(t.tell({t.item(2, 1), t.item(3, 1)})), 2U);
}

TEST(PresenceFeed, nobody_of_this_name_is_told_as_terminated) {
  PresenceWatcher t;
  domain::User dave = t.script.user(4);
  dave.enabled = false;
  t.script.change(dave);
  const std::string answer =
      t.ask({"sip:nobody@example.com", "sip:eve@elsewhere.org", "tel:+34911234567", "sip:dave@example.com"});
  EXPECT_EQ(status_of_text(answer), 200) << "there is nothing to wait for";
  EXPECT_TRUE(t.script.world.presence_watches.empty());
  const std::string body = body_of(answer);
  for (const char* uri :
       {"sip:nobody@example.com", "sip:eve@elsewhere.org", "tel:+34911234567", "sip:dave@example.com"})
    EXPECT_TRUE(
        has(body, "uri=\"" + std::string(uri) + "\"><instance id=\"0\" state=\"terminated\" reason=\"noresource\""))
        << body;
  EXPECT_EQ(parts_of(answer), 0U);
  const std::string again = t.again("presence", batch_headers, batch({"sip:bob@example.com"}));
  EXPECT_EQ(again, "");
  EXPECT_FALSE(has(body_of(t.tell({t.item(2, 1)})), "nobody")) << "they are not remembered";
}

TEST(PresenceFeed, a_change_of_one_person_is_a_single_document) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com", "sip:carol@example.com"});
  t.tell({t.item(2, 1), t.item(3, 1)});
  const std::string told = t.tell({t.item(2, 2)});
  EXPECT_TRUE(told.starts_with("BENOTIFY ")) << told;
  EXPECT_EQ(value_of(told, "Content-Type"), wire::lync::categories_type);
  EXPECT_EQ(value_of(told, "Event"), "presence");
  EXPECT_EQ(value_of(told, "CSeq"), "1 BENOTIFY");
  const std::string body = body_of(told);
  EXPECT_TRUE(has(body, ">v2<")) << body;
  EXPECT_FALSE(has(body, "name=\"state\"") || has(body, "contactCard")) << "only what is another: " << body;
  EXPECT_EQ(t.tell({t.item(2, 2)}), "") << "what shows the same is no news";
}

TEST(PresenceFeed, changes_of_several_people_in_one_event_are_one_notification) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com", "sip:carol@example.com"});
  t.tell({t.item(2, 1), t.item(3, 1)});
  const std::string told = t.tell({t.item(2, 2), t.item(3, 2)});
  EXPECT_TRUE(value_of(told, "Content-Type").starts_with("multipart/related;")) << told;
  EXPECT_EQ(parts_of(told), 2U);
}

TEST(PresenceFeed, a_person_who_goes_is_told_as_terminated_once) {
  for (const Reason reason : {Reason::user_does_not_exist, Reason::too_many_watchers, Reason::server_busy}) {
    PresenceWatcher t;
    t.ask({"sip:bob@example.com", "sip:carol@example.com"});
    const auto last = t.item(2, 0, reason);
    t.tell({t.item(2, 1), t.item(3, 1)});
    const std::string told = t.tell({last});
    EXPECT_TRUE(has(body_of(told), "uri=\"sip:bob@example.com\"><instance id=\"0\" state=\"terminated\"")) << told;
    EXPECT_EQ(t.script.face.subscription_count(), 1U) << "carol is there still";
    EXPECT_EQ(t.tell({last}), "");
    EXPECT_EQ(t.again("presence", batch_headers, batch({"sip:bob@example.com"})), "") << "he may be asked for again";
    EXPECT_EQ(t.script.world.presence_watches.size(), 2U);
  }
}

TEST(PresenceFeed, a_full_mailbox_answers_for_the_person) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com", "sip:carol@example.com"});
  t.tell({t.item(2, 0, Reason::server_busy)});
  const std::string answer = t.tell({t.item(3, 1)});
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_TRUE(has(body_of(answer), "uri=\"sip:bob@example.com\"><instance id=\"0\" state=\"terminated\"")) << answer;
  EXPECT_EQ(parts_of(answer), 1U);
}

TEST(PresenceFeed, a_further_subscribe_adds_people_and_shows_only_them) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  EXPECT_EQ(t.again("presence", batch_headers, batch({"sip:carol@example.com"})), "");
  const std::string answer = t.tell({t.item(3, 1)});
  EXPECT_EQ(value_of(answer, "ms-piggyback-cseq"), "2");
  EXPECT_EQ(parts_of(answer), 1U);
  EXPECT_TRUE(has(body_of(answer), "sip:carol@") && !has(body_of(answer), "sip:bob@")) << answer;
  EXPECT_TRUE(has(t.tell({t.item(2, 2)}), ">v2<")) << "bob is still watched";
  EXPECT_EQ(t.script.face.subscription_count(), 1U);
}

TEST(PresenceFeed, a_repeated_subscribe_shows_everything_again_without_a_new_watch) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  const std::string answer = t.again("presence", batch_headers, batch({"sip:bob@example.com"}));
  EXPECT_EQ(status_of_text(answer), 200);
  for (const char* name : {"contactCard", "note", "state"})
    EXPECT_TRUE(has(body_of(answer), "name=\"" + std::string(name) + "\"")) << answer;
  EXPECT_EQ(t.script.world.presence_watches.size(), 1U);
}

TEST(PresenceFeed, news_of_others_while_a_subscribe_waits_follow_its_answer) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  t.again("presence", batch_headers, batch({"sip:carol@example.com"}));
  EXPECT_EQ(t.tell({t.item(2, 2)}), "");
  t.script.face.on(domain::PresenceNews{{t.item(3, 1)}}, t.script.now);
  const std::vector<std::string> all = t.alice.heard();
  ASSERT_EQ(all.size(), 2U) << "carol in the answer, then bob";
  EXPECT_EQ(parts_of(all[0]), 1U);
  EXPECT_TRUE(has(all[1], ">v2<")) << all[1];
}

TEST(PresenceFeed, a_person_who_goes_while_a_subscribe_waits_is_told_behind_its_answer) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  t.again("presence", batch_headers, batch({"sip:carol@example.com"}));
  EXPECT_EQ(t.tell({t.item(2, 0, Reason::user_does_not_exist)}), "");
  t.script.face.on(domain::PresenceNews{{t.item(3, 1)}}, t.script.now);
  const std::vector<std::string> all = t.alice.heard();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(has(all[0], "sip:bob@example.com\"><instance")) << all[0];
  EXPECT_TRUE(has(all[1], "uri=\"sip:bob@example.com\"><instance id=\"0\" state=\"terminated\"")) << all[1];
}

TEST(PresenceFeed, only_the_categories_asked_for_are_shown) {
  PresenceWatcher t;
  const auto ask = [](const std::string& who, std::vector<std::string> categories) {
    return wire::lync::write_batch_subscribe(
        {"sip:alice@example.com", "", {{BatchActionKind::subscribe, "1", {{who, false}}, std::move(categories)}}});
  };
  t.begin("presence", batch_headers, ask("sip:bob@example.com", {"state", "calendarData"}));
  std::string body = body_of(t.tell({t.item(2, 1)}));
  EXPECT_TRUE(has(body, "name=\"state\"")) << body;
  EXPECT_FALSE(has(body, "name=\"note\"") || has(body, "contactCard")) << body;
  EXPECT_EQ(t.tell({t.item(2, 2)}), "") << "another note";
  t.again("presence", batch_headers, ask("sip:carol@example.com", {}));
  body = body_of(t.tell({t.item(3, 1)}));
  EXPECT_TRUE(has(body, "name=\"note\"") && has(body, "contactCard")) << "all: " << body;
  body = body_of(t.again("presence", batch_headers, ask("sip:bob@example.com", {"note"})));
  EXPECT_TRUE(has(body, "name=\"note\"")) << body;
  EXPECT_FALSE(has(body, "name=\"state\"")) << "the last request counts: " << body;
  body = body_of(t.again("presence", batch_headers, ask("sip:bob@example.com", {"other"})));
  EXPECT_EQ(parts_of(body), 0U) << body;
  EXPECT_TRUE(has(body, "sip:bob@example.com")) << body;
}

TEST(PresenceFeed, the_call_tells_the_dialog_when_the_tag_is_that_of_another) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  const std::string first_call = t.call_id;
  t.ask({"sip:carol@example.com"});
  t.tell({t.item(3, 1)});
  // Call-ID and count of the first, tags of the second.
  Ask ask = t.question("presence", batch_headers, batch({"sip:dave@example.com"}));
  ask.call_id = first_call;
  ask.to_tag = t.tag;
  ask.cseq = 2;
  EXPECT_EQ(t.alice.ask(ask), "");
  const std::string answer = t.tell({t.item(4, 1)});
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(parts_of(answer), 1U);
  EXPECT_EQ(t.script.face.subscription_count(), 2U);
  ask.call_id = "no-such-call";
  EXPECT_EQ(status_of_text(t.alice.ask(ask)), 481);
  LyncClient second(t.script, "alice", "wonder");
  second.sign_in();
  ask.call_id = first_call;
  ask.cseq = 3;
  EXPECT_EQ(status_of_text(second.ask(ask)), 481) << "another connection";
}

TEST(PresenceFeed, unsubscribe_takes_one_person_out) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com", "sip:carol@example.com"});
  t.tell({t.item(2, 1), t.item(3, 1)});
  const std::string answer =
      t.again("presence", batch_headers, batch({"sip:BOB@example.com", "sip:nobody@x"}, BatchActionKind::unsubscribe));
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(parts_of(answer), 0U);
  ASSERT_EQ(t.script.world.unwatches.size(), 1U);
  ASSERT_EQ(t.script.world.unwatches[0].entries.size(), 1U);
  EXPECT_EQ(t.script.world.unwatches[0].entries[0].target, base::UserId{2});
  EXPECT_EQ(t.tell({t.item(2, 2)}), "");
  EXPECT_NE(t.tell({t.item(3, 2)}), "");
}

TEST(PresenceFeed, who_comes_and_goes_in_one_request_is_not_watched) {
  PresenceWatcher t;
  wire::lync::BatchSubscribe both;
  both.uri = t.alice.own();
  both.actions = {
      {BatchActionKind::subscribe, "1", {{"sip:bob@example.com", false}, {"sip:carol@example.com", false}}, {}},
      {BatchActionKind::unsubscribe, "2", {{"sip:bob@example.com", false}}, {}}};
  t.begin("presence", batch_headers, wire::lync::write_batch_subscribe(both));
  ASSERT_EQ(t.script.world.presence_watches.size(), 1U);
  ASSERT_EQ(t.script.world.presence_watches[0].entries.size(), 1U);
  EXPECT_EQ(t.script.world.presence_watches[0].entries[0].target, base::UserId{3});
  EXPECT_TRUE(t.script.world.unwatches.empty()) << "what was not begun does not end";
}

TEST(PresenceFeed, a_single_person_s_subscribe_has_no_body) {
  PresenceWatcher t;
  Ask ask = t.question("presence", "Accept: application/msrtc-event-categories+xml\r\n" + std::string(quiet), {});
  ask.uri = "sip:bob@example.com";
  EXPECT_EQ(t.alice.ask(ask), "");
  EXPECT_EQ(parts_of(t.tell({t.item(2, 1)})), 1U);
}

}  // namespace
}  // namespace tertulia::face::lync
