// SPDX-License-Identifier: Apache-2.0
// The event package of conferences, single messages in and out of one, and what OPTIONS tells.
#include "face/simple/conference_address.h"
#include "face/simple/event_script.h"
#include "wire/conference_info/conference_info.h"

namespace tertulia::face::simple::event_script {
namespace {

namespace info = wire::conference_info;
using base::Reason;

constexpr std::string_view uri = "sip:conference.alice.4711@example.com";
constexpr std::string_view event = "Event: conference\r\n";

domain::ConferenceDescriptionPtr budget() {
  auto description = std::make_shared<domain::ConferenceDescription>();
  description->key = *domain::ConferenceKey::make(base::UserId{1}, "4711");
  description->organizer_address = "alice@example.com";
  description->subject = "Budget";
  description->size_max = 250;
  return description;
}

domain::RosterMemberPtr member(std::uint32_t id, const std::string& name,
                               domain::ConferenceRole role = domain::ConferenceRole::attendee) {
  auto one = std::make_shared<domain::RosterMember>();
  one->user = base::UserId{id};
  one->address = name + "@example.com";
  one->name = "The " + name;
  one->role = role;
  one->seats.push_back({"", base::EndpointId{7}, true, false});
  return one;
}

domain::RosterPtr full(std::uint64_t version) {
  auto roster = std::make_shared<domain::Roster>();
  roster->version = version;
  roster->description = budget();
  roster->members = {member(1, "alice", domain::ConferenceRole::organizer), member(2, "bob")};
  roster->size = 2;
  return roster;
}
domain::RosterPtr partial(std::uint64_t version, std::vector<domain::RosterMemberPtr> members,
                          std::vector<domain::RosterMemberPtr> gone = {}) {
  auto roster = std::make_shared<domain::Roster>();
  roster->version = version;
  roster->base_version = version - 1;
  roster->full = false;
  roster->members = std::move(members);
  roster->gone = std::move(gone);
  return roster;
}

struct Room {
  Room() { watch(alice); }
  base::WatchId watch(Subscriber& who) {
    EXPECT_EQ(status_of_text(who.subscribe(uri, event)), 200);
    return script.world.conference_watches.back().watch;
  }
  void tell(base::WatchId watch, const domain::RosterPtr& roster, Reason over = Reason::none) {
    script.face.on(domain::RosterNews{watch, over, roster, nullptr}, script.now);
  }
  base::Result<info::ConferenceInfo> heard(Subscriber& who) { return info::read(body_of(who.notify_and_ok())); }

  Script script;
  Subscriber alice{script, "alice", "wonder"};
  Subscriber bob{script, "bob", "build"};
};

TEST(ConferencePackage, full_then_partial_then_the_end) {  // RFC 4575 4
  Room room;
  const base::WatchId watch = room.script.world.conference_watches[0].watch;
  EXPECT_EQ(room.script.world.conference_watches[0].key, budget()->key);
  EXPECT_EQ(room.script.world.conference_watches[0].user, base::UserId{1});
  room.alice.heard();
  room.tell(watch, full(4));
  const std::string first = room.alice.notify_and_ok();
  EXPECT_EQ(value_of(first, "Event"), "conference");
  EXPECT_TRUE(value_of(first, "Subscription-State").starts_with("active"));
  EXPECT_EQ(value_of(first, "Content-Type"), "application/conference-info+xml");
  const auto all = info::read(body_of(first));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->entity, uri);
  EXPECT_EQ(all->version, 4u);
  EXPECT_EQ(all->state, info::State::full);
  EXPECT_EQ(all->description->subject, "Budget");
  EXPECT_EQ(all->conference_state->user_count, 2u);
  ASSERT_EQ(all->users.size(), 2u);
  EXPECT_EQ(all->users[0].roles, std::vector<std::string>{"organizer"});
  EXPECT_EQ(all->users[1].display_text, "The bob");
  EXPECT_EQ(all->users[1].endpoints[0].media[0].type, "message");

  room.script.wait(std::chrono::seconds(10));
  room.tell(watch, partial(5, {member(3, "carol")}, {member(2, "bob")}));
  const auto change = room.heard(room.alice);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->version, 5u);
  EXPECT_EQ(change->state, info::State::partial);
  ASSERT_EQ(change->users.size(), 2u);
  EXPECT_EQ(change->users[0].entity, "sip:carol@example.com");
  EXPECT_EQ(change->users[1].entity, "sip:bob@example.com");
  EXPECT_EQ(change->users[1].state, info::State::deleted);
  EXPECT_EQ(change->conference_state->user_count, 2u);

  room.tell(watch, nullptr, Reason::conference_ended);
  EXPECT_EQ(value_of(room.alice.notify(), "Subscription-State"), "terminated;reason=noresource");
  EXPECT_EQ(room.script.world.conference_watches.size(), 1u);  // ended there already
}

TEST(ConferencePackage, who_was_slow_gets_all_of_it) {
  Room room;
  const base::WatchId watch = room.script.world.conference_watches[0].watch;
  room.alice.heard();
  room.tell(watch, full(4));
  const std::string first = room.alice.notify();
  room.tell(watch, partial(5, {member(3, "carol")}));
  room.tell(watch, partial(6, {member(4, "dave")}));
  EXPECT_TRUE(room.alice.heard().empty());
  room.alice.answer(first);
  room.script.wait(std::chrono::seconds(10));
  const auto all = room.heard(room.alice);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->version, 6u);
  EXPECT_EQ(all->state, info::State::full);
  EXPECT_EQ(all->users.size(), 4u);
}

TEST(ConferencePackage, each_document_is_rendered_once_for_all) {
  Room room;
  const base::WatchId first = room.script.world.conference_watches[0].watch;
  const base::WatchId second = room.watch(room.bob);
  room.alice.heard();
  room.bob.heard();
  const auto count = [&] { return room.script.face.metrics().conference_documents.value(); };
  for (const base::WatchId watch : {first, second}) room.tell(watch, full(1));
  const std::string told_alice = body_of(room.alice.notify_and_ok());
  EXPECT_EQ(body_of(room.bob.notify_and_ok()), told_alice);
  EXPECT_EQ(count(), 1u);
  room.script.wait(std::chrono::seconds(10));
  const auto news = partial(2, {member(3, "carol")});
  for (const base::WatchId watch : {first, second}) room.tell(watch, news);
  room.alice.notify_and_ok();
  room.bob.notify_and_ok();
  EXPECT_EQ(count(), 2u);
}

TEST(ConferencePackage, strangers_are_refused_without_a_word_about_it) {
  Room room;
  const base::WatchId watch = room.watch(room.bob);
  room.bob.heard();
  room.tell(room.script.world.conference_watches[0].watch, full(4));
  room.tell(watch, nullptr, Reason::not_in_conference);
  const std::string last = room.bob.notify();
  EXPECT_EQ(value_of(last, "Subscription-State"), "terminated;reason=rejected");
  EXPECT_EQ(body_of(last), "");
  EXPECT_EQ(status_of_text(room.bob.subscribe("sip:conference.nobody.1@example.com", event)), 404);
  EXPECT_EQ(status_of_text(room.bob.subscribe("sip:bob@example.com", event)), 404);
  EXPECT_EQ(status_of_text(room.bob.subscribe("sip:conference@example.com", event)), 404);
}

TEST(ConferencePackage, watch_ends_with_the_subscription) {
  Room room;
  room.alice.again("Event: conference\r\nExpires: 0\r\n");
  ASSERT_EQ(room.script.world.conference_watches.size(), 2u);
  EXPECT_FALSE(room.script.world.conference_watches[1].on);
  EXPECT_EQ(room.script.world.conference_watches[1].watch, room.script.world.conference_watches[0].watch);
}

// ---- single messages -------------------------------------------------------------------------------------------------

TEST(ConferencePages, in) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("MESSAGE", uri, "Content-Type: text/plain\r\n", "hello");
  ASSERT_EQ(script.world.conference_posts.size(), 1u);
  const domain::PostToConference& post = script.world.conference_posts[0];
  EXPECT_EQ(post.key, budget()->key);
  EXPECT_EQ(post.message->from, base::UserId{1});
  EXPECT_EQ(post.message->content, "hello");
  domain::PostAnswer answer{post.ticket, domain::PostOutcome::delivered, Reason::none, 0};
  answer.missed = {{base::UserId{2}, base::Reason::recipient_refused, 486}};
  script.face.on(answer, script.now);
  EXPECT_EQ(status_of_text(script.heard(alice.connection)), 200);
  EXPECT_EQ(status_of_text(alice.ask("MESSAGE", "sip:conference@example.com", "Content-Type: text/plain\r\n", "x")),
            404);
}

TEST(ConferencePages, out) {
  Script script;
  Client bob(script, "bob", "build");
  auto message = std::make_shared<domain::InstantMessage>();
  message->from_address = "alice@example.com";
  message->from_name = "Alice";
  message->content_type = "text/plain";
  message->content = "hello";
  message->sent = script.now.wall;
  domain::EndpointRoute route;
  route.connection = bob.connection;
  route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.2");
  domain::DeliverPage deliver{base::Ticket{5}, base::ShardId{}, base::UserId{2}, route, message, budget()};
  script.face.on(deliver, script.now);
  const std::string sent = script.heard(bob.connection);
  EXPECT_TRUE(value_of(sent, "From").starts_with("\"Budget\" <sip:conference.alice.4711@example.com>;tag=")) << sent;
  EXPECT_EQ(body_of(sent), "Alice: hello");
  auto typing = std::make_shared<domain::InstantMessage>(*message);
  typing->kind = domain::MessageKind::typing;
  deliver.message = typing;
  script.face.on(deliver, script.now);
  EXPECT_EQ(script.heard(bob.connection), "");
  ASSERT_EQ(script.world.inbox.size(), 1u);
  EXPECT_EQ(script.world.inbox[0].second.what, domain::DeliverAnswer::What::taken);
}

// ---- through the gate ------------------------------------------------------------------------------------------------

TEST(ConferenceFace, invite_without_body_is_no_call) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("INVITE", uri, "Contact: <sip:alice@10.0.0.9:5071>\r\n");
  ASSERT_EQ(script.world.joins.size(), 1u);
  EXPECT_EQ(script.world.joins[0].key, budget()->key);
  EXPECT_TRUE(script.world.calls.empty());
}

TEST(ConferenceFace, options_and_refer_pass) {
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string answer = alice.ask("OPTIONS", uri);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_TRUE(value_of(answer, "Contact").ends_with(";isfocus"));
  EXPECT_NE(value_of(answer, "Allow").find("REFER"), std::string::npos);
  EXPECT_NE(value_of(answer, "Allow-Events").find("conference"), std::string::npos);
  EXPECT_NE(value_of(answer, "Supported").find("recipient-list-invite"), std::string::npos);
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:conference@example.com")), 200);
  EXPECT_EQ(status_of_text(alice.ask("REFER", uri, "Contact: <sip:a@b>\r\nRefer-To: <sip:bob@example.com>\r\n")), 202);
  EXPECT_EQ(status_of_text(
                alice.ask("REFER", "sip:bob@example.com", "Contact: <sip:a@b>\r\nRefer-To: <sip:bob@example.com>\r\n")),
            405);
}

TEST(ConferenceAddress, all_forms_name_the_same) {
  Script script;
  Context& context = script.face.context();
  const auto key_of = [&](const std::string& text) -> base::Result<domain::ConferenceKey> {
    const auto found = conference_of(context, *wire::sip::Uri::parse(text));
    if (!found) return Reason::not_found;
    if (!*found) return found->reason();
    return (*found)->key;
  };
  for (const char* form :
       {"sip:conference.alice.4711@example.com", "sip:Conference.Alice.4711@EXAMPLE.com;transport=tls",
        "sip:conference.alice.4711~example.com@fe1.example.com:5061;transport=tls",
        "sip:conference.alice.4711~example.com@example.net",
        "sip:alice@example.com;gruu;opaque=app:conf:focus:id:4711"})
    EXPECT_EQ(*key_of(form), budget()->key) << form;
  EXPECT_EQ(key_of("sip:conference.alice.4711@fe1.example.com").reason(), Reason::conference_unknown);
  EXPECT_EQ(key_of("sip:conference.alice.4711@elsewhere.org").reason(), Reason::domain_foreign);
  EXPECT_EQ(key_of("sip:conference.alice.4711~elsewhere.org@example.com").reason(), Reason::conference_unknown);
  EXPECT_EQ(key_of("sip:conferences.alice.4711@example.com").reason(), Reason::not_found);
}

}  // namespace
}  // namespace tertulia::face::simple::event_script
