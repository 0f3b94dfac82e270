// SPDX-License-Identifier: Apache-2.0
// How watching others ends, and its bounds.
#include <gtest/gtest.h>

#include "face/lync/limits.h"
#include "face/lync/presence_watcher.h"
#include "wire/lync/limits.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;

TEST(PresenceFeed, subscribes_may_wait_up_to_a_bound) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  const std::string body = batch({"sip:carol@example.com"});
  for (std::size_t i = 0; i < subscribes_waiting_max; ++i) EXPECT_EQ(t.again("presence", batch_headers, body), "");
  EXPECT_TRUE(has_reason(t.again("presence", batch_headers, body), Reason::request_pending));
  t.script.face.on(domain::PresenceNews{{t.item(3, 1)}}, t.script.now);
  const std::vector<std::string> all = t.alice.heard();
  ASSERT_EQ(all.size(), subscribes_waiting_max) << "each is answered";
  for (const std::string& one : all) EXPECT_EQ(status_of_text(one), 200);
}

TEST(PresenceFeed, expires_0_ends_a_subscribe_that_waits_too) {
  PresenceWatcher t;
  t.ask({"sip:bob@example.com"});
  t.tell({t.item(2, 1)});
  t.again("presence", batch_headers, batch({"sip:carol@example.com"}));
  Ask end = t.question("presence", "Expires: 0\r\n", {});
  end.call_id = t.call_id;
  end.to_tag = t.tag;
  end.cseq = 9;
  t.script.face.on_bytes(t.alice.connection, t.alice.signed_text(t.alice.text_of(end)), t.script.now);
  const std::vector<std::string> all = t.alice.heard();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(has_reason(all[0], Reason::request_cancelled));
  EXPECT_EQ(status_of_text(all[1]), 200);
  ASSERT_EQ(t.script.world.unwatches.size(), 1U);
  EXPECT_EQ(t.script.world.unwatches[0].entries.size(), 2U);
}

TEST(PresenceFeed, end_and_loss_of_the_connection_end_every_watch) {
  for (const bool lost : {false, true}) {
    PresenceWatcher t;
    t.ask({"sip:bob@example.com", "sip:carol@example.com", "sip:nobody@example.com"});
    t.tell({t.item(2, 1), t.item(3, 1)});
    if (lost) {
      t.script.face.on_closed(t.alice.connection, true, t.script.now);
    } else {
      EXPECT_EQ(status_of_text(t.again("presence", "Expires: 0\r\n")), 200);
    }
    ASSERT_EQ(t.script.world.unwatches.size(), 1U) << lost;
    EXPECT_EQ(t.script.world.unwatches[0].entries.size(), 2U);
    EXPECT_EQ(t.script.face.subscription_count(), 0U);
    EXPECT_EQ(t.tell({t.item(2, 2)}), "");
  }
}

TEST(PresenceFeed, a_batch_that_is_none_is_refused) {
  PresenceWatcher t;
  EXPECT_EQ(status_of_text(t.begin("presence", batch_headers, "<batchSub")), 400);
  EXPECT_EQ(status_of_text(t.begin("presence", batch_headers, "<x/>")), 400);
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
  EXPECT_TRUE(t.script.world.presence_watches.empty() && t.script.world.unwatches.empty());
}

TEST(PresenceFeed, the_longest_contact_list_and_the_user_himself_fit_into_one_batch) {
  PresenceWatcher t;
  std::vector<std::string> list;
  for (std::uint32_t i = 0; i < domain::policy_contacts_max; ++i)
    list.push_back("sip:" + std::string(150, 'p') + std::to_string(i) + "@a-rather-long-name-of-a-domain.example.com");
  list.push_back("sip:alice@example.com");
  EXPECT_EQ(t.ask(list), "") << "one of them is somebody";
  t.script.face.on(domain::PresenceNews{{t.item(1, 1)}}, t.script.now);
  EXPECT_EQ(parts_of(t.one()), 1U);
}

TEST(PresenceFeed, people_beyond_the_bound_are_told_as_terminated) {
  PresenceWatcher t;
  std::vector<domain::User> many;
  std::vector<std::vector<std::string>> batches(1);
  for (std::uint32_t i = 0; i <= resources_per_subscription_max; ++i) {
    const std::string address = "p" + std::to_string(i) + "@example.com";
    many.push_back(make_user(100 + i, address, "x"));
    if (batches.back().size() == wire::lync::batch_resources_max) batches.emplace_back();
    batches.back().push_back("sip:" + address);
  }
  t.script.directory = t.script.directory->with_users(std::move(many));
  t.script.face.set_directory(t.script.directory, t.script.now);
  std::string last;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const std::string body = batch(batches[i]);
    last = i == 0 ? t.begin("presence", batch_headers, body) : t.again("presence", batch_headers, body);
    if (i + 1 == batches.size()) break;
    domain::PresenceNews news;
    for (const auto& entry : t.script.world.presence_watches.back().entries) {
      auto view = std::make_shared<domain::PresenceView>();
      view->address = "x@example.com";
      news.items.push_back({entry.watch, view, Reason::none});
    }
    t.script.face.on(news, t.script.now);
    const std::vector<std::string> all = t.alice.heard();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(parts_of(t.learn(all[0])), wire::lync::batch_resources_max);
  }
  ASSERT_EQ(status_of_text(last), 200);
  EXPECT_TRUE(has(body_of(last), "uri=\"sip:p1001@example.com\"><instance id=\"0\" state=\"terminated\"")) << last;
}

}  // namespace
}  // namespace tertulia::face::lync
