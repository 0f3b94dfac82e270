// SPDX-License-Identifier: Apache-2.0
// SERVICE requests that publish.
#include <gtest/gtest.h>

#include "face/lync/limits.h"
#include "face/lync/mapping.h"
#include "face/lync/self_feed.h"
#include "face/lync/subscriber.h"
#include "wire/lync/publish_fault.h"
#include "wire/lync/publish_request.h"
#include "wire/lync/roaming_self.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using namespace std::chrono_literals;
using domain::Container;
using wire::lync::PublicationItem;

const std::string type_line = "Content-Type: application/msrtc-category-publish+xml\r\n";

PublicationItem item(std::string category, std::uint32_t instance, std::uint32_t container, std::uint32_t version,
                     std::optional<std::string> content = "<note xmlns=\"n\"/>") {
  PublicationItem one;
  one.category = std::move(category);
  one.instance = instance;
  one.container = container;
  one.version = version;
  one.content = std::move(content);
  return one;
}

struct Publisher : Subscriber {
  std::string publish(const std::vector<PublicationItem>& items) {
    return say(wire::lync::write_publish_request({alice.own(), items}));
  }
  std::string say(std::string body) {
    return alice.ask({.method = "SERVICE", .uri = alice.own(), .headers = type_line, .body = std::move(body)});
  }
  domain::PublishPresence& asked() { return script.world.publishes.back(); }
  std::string answer(domain::PublishAnswer one) {
    one.ticket = asked().ticket;
    script.face.on(one, script.now);
    const std::vector<std::string> all = alice.heard();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? std::string() : all[0];
  }
  std::string answer(Reason reason) { return answer(domain::PublishAnswer{{}, reason, {}, {}, {}, nullptr}); }
  /// A conflict in which we have this version of everything.
  std::string conflict(std::uint32_t version) {
    domain::PublishAnswer one{{}, Reason::publication_outdated, {}, {}, {}, nullptr};
    for (const domain::PublishItem& piece : asked().items) {
      if (version == 0) continue;
      domain::Publication current;
      current.key = piece.key;
      current.version = version;
      one.current.push_back(current);
    }
    return answer(std::move(one));
  }
};

TEST(Publish, a_request_is_one_question_to_the_agent) {
  Publisher t;
  EXPECT_EQ(t.publish({item("note", 0, 200, 4), item("device", 3008035694, 2, 0, "<device xmlns=\"d\"/>")}), "");
  ASSERT_EQ(t.script.world.publishes.size(), 1U);
  EXPECT_EQ(t.asked().user, base::UserId{1});
  EXPECT_EQ(t.asked().endpoint, base::EndpointId{40 + t.alice.connection.value});
  EXPECT_TRUE(t.asked().self_wanted && t.asked().offline_optional);
  ASSERT_EQ(t.asked().items.size(), 2U);
  EXPECT_EQ(t.asked().items[0].key, (domain::PublicationKey{"note", 0, Container::colleagues}));
  EXPECT_EQ(t.asked().items[0].expected_version, 4U);
  EXPECT_EQ(t.asked().items[1].key, (domain::PublicationKey{"device", 3008035694, Container::devices}));
  EXPECT_EQ(t.asked().items[1].expected_version, 0U);
  EXPECT_EQ(t.asked().items[1].original.bytes, "<device xmlns=\"d\"/>");
  const std::string ok = t.answer(Reason::none);
  EXPECT_EQ(status_of_text(ok), 200);
  EXPECT_EQ(body_of(ok), "") << "nothing is known of the own subscription";
  EXPECT_GT(t.alice.signature_number(ok), 0U);
}

TEST(Publish, nobody_publishes_for_somebody_else) {
  Publisher t;
  const auto for_whom = [&](std::string uri) {
    return t.say(wire::lync::write_publish_request({std::move(uri), {item("note", 0, 200, 0)}}));
  };
  EXPECT_TRUE(has_reason(for_whom("sip:bob@example.com"), Reason::publish_other_user));
  EXPECT_TRUE(t.script.world.publishes.empty());
  EXPECT_EQ(for_whom("SIP:Alice@Example.com;x=y"), "");
  EXPECT_EQ(t.script.world.publishes.size(), 1U);
}

TEST(Publish, the_answer_carries_what_the_own_devices_see) {
  Publisher t;
  t.begin(self_event);
  auto view = std::make_shared<domain::SelfView>();
  view->user = base::UserId{1};
  view->version = 1;
  t.script.face.on(domain::SelfNews{t.script.world.self_watches.at(0).watch, view, Reason::none}, t.script.now);
  t.one();
  t.publish({item("note", 0, 200, 0), item("device", 7, 2, 0, "<device xmlns=\"d\"/>")});
  auto after = std::make_shared<domain::SelfView>(*view);
  after->version = 2;
  domain::Publication note;
  note.key = {"note", 0, Container::colleagues};
  note.version = 1;
  note.original = {std::string(category_media_type), "<note xmlns=\"n\"/>"};
  after->publications.push_back(note);
  const std::string ok = t.answer({{}, Reason::none, {}, {}, {}, after});
  EXPECT_EQ(value_of(ok, "Content-Type"), wire::lync::roaming_self_type);
  EXPECT_TRUE(has(body_of(ok), "name=\"note\" instance=\"0\"") && has(body_of(ok), "version=\"1\"")) << ok;
  EXPECT_TRUE(has(body_of(ok), "<category name=\"device\"/>")) << "touched, whatever came of it: " << ok;
  t.script.face.on(domain::SelfNews{t.script.world.self_watches.at(0).watch, after, Reason::none}, t.script.now);
  EXPECT_TRUE(t.silent()) << "that was told";
  t.publish({item("note", 0, 200, 1)});
  EXPECT_TRUE(has(body_of(t.answer({{}, Reason::none, {}, {}, {}, after})), "name=\"note\""))
      << "also when it is the same";
}

TEST(Publish, an_answer_before_the_first_own_document_has_none) {
  Publisher t;
  t.begin(self_event);
  t.publish({item("note", 0, 200, 0)});
  auto view = std::make_shared<domain::SelfView>();
  view->version = 5;
  EXPECT_EQ(body_of(t.answer({{}, Reason::none, {}, {}, {}, view})), "");
}

TEST(Publish, a_conflict_names_the_valid_versions) {
  Publisher t;
  t.publish({item("note", 0, 200, 4), item("note", 0, 300, 4), item("note", 0, 400, 4)});
  domain::PublishAnswer one{{}, Reason::publication_outdated, {}, {}, {}, nullptr};
  domain::Publication current;
  current.key = {"note", 0, Container::friends};
  current.version = 9;
  one.current.push_back(current);
  current.key = {"note", 0, Container::colleagues};
  current.version = 4;
  one.current.push_back(current);
  const std::string answer = t.answer(one);
  EXPECT_EQ(status_of_text(answer), 409);
  EXPECT_TRUE(has_reason(answer, Reason::publication_outdated));
  EXPECT_EQ(value_of(answer, "Content-Type"), wire::lync::fault_type);
  EXPECT_EQ(
      body_of(answer),
      "<Fault><Faultcode>Client.BadCall.WrongDelta</Faultcode><details>"
      "<operation index=\"2\" version=\"4\" curVersion=\"0\"/><operation index=\"3\" version=\"4\" curVersion=\"9\"/>"
      "</details></Fault>");
}

TEST(Publish, after_three_conflicts_in_ten_seconds_the_client_s_versions_are_trusted) {
  Publisher t;
  for (std::uint32_t i = 0; i < conflicts_max; ++i) {
    t.publish({item("note", 0, 200, 4)});
    EXPECT_EQ(t.asked().items[0].expected_version, 4U) << i;
    EXPECT_EQ(status_of_text(t.conflict(9)), 409);
  }
  t.publish({item("note", 0, 200, 4)});
  EXPECT_FALSE(t.asked().items[0].expected_version) << "taken as right";
  EXPECT_EQ(status_of_text(t.answer(Reason::none)), 200);
  t.script.now.mono = t.script.now.mono + conflict_window;
  t.publish({item("note", 0, 200, 4)});
  EXPECT_FALSE(t.asked().items[0].expected_version) << "the window's last moment";
  t.answer(Reason::none);
  t.script.now.mono = t.script.now.mono + 1us;
  t.publish({item("note", 0, 200, 4)});
  EXPECT_EQ(t.asked().items[0].expected_version, 4U) << "and judged again";
}

TEST(Publish, slow_conflicts_are_no_storm) {
  Publisher t;
  for (int i = 0; i < 6; ++i) {
    t.publish({item("note", 0, 200, 4)});
    EXPECT_EQ(t.asked().items[0].expected_version, 4U) << i;
    t.conflict(9);
    t.script.now.mono = t.script.now.mono + 6s;
  }
}

TEST(Publish, a_deletion_has_no_value) {
  Publisher t;
  PublicationItem gone = item("state", 2335485878, 3, 0, std::nullopt);
  gone.expires_seconds = 0;
  t.publish({gone});
  ASSERT_EQ(t.script.world.publishes.size(), 1U);
  EXPECT_FALSE(t.asked().items.at(0).value);
  EXPECT_EQ(t.asked().items[0].key.container, Container::interrupt);
  EXPECT_EQ(status_of_text(t.answer(Reason::none)), 200);
}

TEST(Publish, a_request_with_one_bad_piece_is_refused_as_a_whole) {
  Publisher t;
  struct Row {
    PublicationItem one;
    const char* why;
  };
  for (const Row& row : {Row{item("note", 0, 7, 0), "container 7"}, Row{item("state", 1, 2, 0, std::nullopt), "state"},
                         Row{item("state", 1, 2, 0, "<note/>"), ""}, Row{item("note", 1, 200, 0, "<state/>"), ""}}) {
    const std::string answer = t.publish({item("note", 0, 200, 0), row.one});
    EXPECT_EQ(status_of_text(answer), 400) << row.why;
    EXPECT_TRUE(has_reason(answer, Reason::presence_document_malformed));
    EXPECT_TRUE(has(value_of(answer, "ms-diagnostics"), row.why)) << answer;
  }
  EXPECT_TRUE(t.script.world.publishes.empty());
  EXPECT_EQ(t.publish({item("note", 0, 200, 0)}), "") << "nothing is left waiting";
}

TEST(Publish, what_is_not_well_formed_is_400_with_the_reason) {
  Publisher t;
  const std::string broken = t.say("<publish><publications");
  EXPECT_EQ(status_of_text(broken), 400);
  EXPECT_TRUE(has_reason(broken, Reason::malformed_message));
  EXPECT_FALSE(value_of(broken, "ms-diagnostics-public").empty());
  EXPECT_GT(t.alice.signature_number(broken), 0U);
  EXPECT_TRUE(has_reason(t.say("<publish/>"), Reason::presence_document_malformed));
}

TEST(Publish, refusals_of_the_domain_keep_their_status) {
  Publisher t;
  for (const Reason reason : {Reason::server_busy, Reason::body_too_large, Reason::publication_unknown}) {
    t.publish({item("note", 0, 200, 0)});
    const std::string answer = t.answer(reason);
    EXPECT_TRUE(has_reason(answer, reason));
    EXPECT_EQ(status_of_text(answer), base::status_of(reason));
  }
}

TEST(Publish, changes_that_wait_are_bounded) {
  Publisher t;
  for (std::size_t i = 0; i < changes_waiting_per_connection_max; ++i)
    EXPECT_EQ(t.publish({item("note", 0, 200, 0)}), "") << i;
  const std::string answer = t.publish({item("note", 0, 200, 0)});
  EXPECT_EQ(status_of_text(answer), 503);
  EXPECT_TRUE(has_reason(answer, Reason::server_busy));
  EXPECT_FALSE(value_of(answer, "Retry-After").empty());
  t.answer(Reason::none);
  EXPECT_EQ(t.publish({item("note", 0, 200, 0)}), "") << "an answer makes room";
}

TEST(Publish, an_answer_behind_the_connection_s_end_harms_nobody) {
  Publisher t;
  t.publish({item("note", 0, 200, 0)});
  t.script.face.on_closed(t.alice.connection, false, t.script.now);
  t.script.face.on(domain::PublishAnswer{t.asked().ticket, Reason::publication_outdated, {}, {}, {}, nullptr},
                   t.script.now);
  t.script.face.on(domain::PublishAnswer{t.asked().ticket, Reason::none, {}, {}, {}, nullptr}, t.script.now);
  EXPECT_TRUE(t.silent());
}

}  // namespace
}  // namespace tertulia::face::lync
