// SPDX-License-Identifier: Apache-2.0
// What a client tells of its calendar, from its publication to the eyes of those who watch: face and presence agent
// together.
#include <gtest/gtest.h>

#include "domain/presence/presence_bench.h"
#include "face/lync/mapping.h"
#include "face/lync/presence_watcher.h"
#include "wire/lync/publish_request.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using wire::lync::PublicationItem;

constexpr std::string_view free_busy =
    R"(<calendarData xmlns="http://schemas.microsoft.com/2006/09/sip/calendarData" mailboxID="alice@example.com">)"
    R"(<freeBusy startTime="2023-11-14T00:00:00Z" granularity="PT15M" encodingVersion="1">AAAA</freeBusy></calendarData>)";
constexpr std::string_view nothing =
    R"(<calendarData xmlns="http://schemas.microsoft.com/2006/09/sip/calendarData" mailboxID="alice@example.com"/>)";
constexpr std::string_view state_begin =
    R"(<state xmlns="http://schemas.microsoft.com/2006/09/sip/state" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" )"
    R"(xsi:type="calendarState" uri="alice@example.com" startTime="2023-11-14T22:00:00Z">)";
constexpr std::string_view meeting =
    R"(<availability>6500</availability><activity token="in-a-meeting" minAvailability="6500" maxAvailability="8999"/>)"
    R"(<endpointLocation/><meetingSubject>Plan</meetingSubject><meetingLocation>Room 2</meetingLocation></state>)";
constexpr std::string_view absence = R"(<activity token="out-of-office" minAvailability="12000"/></state>)";

/// Alice at her device in front of an agent; the others watch her.
struct Calendar : domain::PresenceBench, PresenceWatcher {
  Calendar() { device = sign_in(domain::PresenceBench::alice); }
  base::Reason tell(const std::vector<PublicationItem>& items) {
    LyncClient& client = PresenceWatcher::alice;
    client.ask({.method = "SERVICE",
                .uri = client.own(),
                .headers = "Content-Type: application/msrtc-category-publish+xml\r\n",
                .body = wire::lync::write_publish_request({client.own(), items})});
    EXPECT_FALSE(script.world.publishes.empty());
    if (script.world.publishes.empty()) return base::Reason::internal_error;
    domain::PublishPresence asked = script.world.publishes.back();
    script.world.publishes.clear();
    domain::PublishAnswer answer = publish(asked.user, device, asked.items);
    answer.ticket = asked.ticket;
    script.face.on(answer, script.now);
    EXPECT_EQ(status_of_text(client.heard().back()), answer.reason == base::Reason::none ? 200 : 409);
    pass(std::chrono::seconds{1});
    return answer.reason;
  }
  static PublicationItem item(std::string category, std::uint32_t instance, std::uint32_t container,
                              std::uint32_t version, std::string content) {
    PublicationItem one;
    one.category = std::move(category);
    one.instance = instance;
    one.container = container;
    one.version = version;
    one.expire_type = wire::lync::ExpireType::endpoint;
    one.content = std::move(content);
    return one;
  }
  base::Reason calendar_state(std::uint32_t version, std::string_view content) {
    const std::string whole = std::string(state_begin) + std::string(content);
    return tell({item("state", 0x40000001, 2, version, whole), item("state", 0x40000001, 3, version, whole)});
  }
  /// What the watcher's client is shown of one category; empty: nothing.
  std::string shown(base::WatchId id, std::string_view category) {
    for (const auto& one : shown_categories(seen[id].last(), nullptr, directory->find(domain::PresenceBench::alice)))
      if (one.name == category) return one.content;
    return {};
  }
  base::EndpointId device;
};

TEST(CalendarData, goes_to_each_watcher_by_his_container) {
  Calendar t;
  const auto owner = domain::PresenceBench::alice;
  t.set_level(owner, domain::MemberKind::user, "carol@example.com", domain::Container::workgroup);
  t.set_level(owner, domain::MemberKind::user, "mallory@example.com", domain::Container::blocked);
  const auto bob = t.watch(owner, "bob@example.com"), carol = t.watch(owner, "carol@example.com");
  const auto stranger = t.watch(owner, "eve@elsewhere.org"), mallory = t.watch(owner, "mallory@example.com");
  std::vector<PublicationItem> items;
  for (const std::uint32_t container : {200U, 300U, 400U})
    items.push_back(Calendar::item("calendarData", 7, container, 0, std::string(free_busy)));
  for (const std::uint32_t container : {1U, 100U, 32000U})
    items.push_back(Calendar::item("calendarData", 7, container, 0, std::string(nothing)));
  EXPECT_EQ(t.tell(items), base::Reason::none);
  EXPECT_EQ(t.shown(bob, "calendarData"), free_busy);
  EXPECT_EQ(t.shown(carol, "calendarData"), free_busy);
  EXPECT_EQ(t.shown(stranger, "calendarData"), nothing);
  EXPECT_EQ(t.shown(mallory, "calendarData"), "");
  items.resize(1);
  items[0].version = 1;
  items[0].content = std::string(nothing);
  EXPECT_EQ(t.tell(items), base::Reason::none);
  EXPECT_EQ(t.shown(bob, "calendarData"), nothing);
  EXPECT_EQ(t.shown(carol, "calendarData"), free_busy);
  t.sign_out(owner, t.device);  // it lived with the device
  t.pass(std::chrono::seconds{1});
  EXPECT_EQ(t.shown(carol, "calendarData"), "");
}

TEST(CalendarState, makes_busy_and_back) {
  Calendar t;
  const auto owner = domain::PresenceBench::alice;
  t.set_level(owner, domain::MemberKind::user, "carol@example.com", domain::Container::workgroup);
  const auto bob = t.watch(owner, "bob@example.com"), carol = t.watch(owner, "carol@example.com");
  EXPECT_EQ(t.seen[bob].availability(), domain::availability_online);
  ASSERT_EQ(t.calendar_state(0, meeting), base::Reason::none);
  const std::string state = t.shown(bob, "state");
  EXPECT_TRUE(has(state, "aggregateState") && has(state, ">6500<") && has(state, "in-a-meeting")) << state;
  EXPECT_FALSE(has(state, "Plan") || has(state, "Room 2")) << "for the workgroup only: " << state;
  EXPECT_TRUE(has(t.shown(carol, "state"), "<meetingSubject>Plan<")) << t.shown(carol, "state");
  EXPECT_TRUE(has(t.shown(carol, "state"), "<meetingLocation>Room 2<"));
  EXPECT_EQ(t.calendar_state(0, meeting), base::Reason::publication_outdated);
  ASSERT_EQ(t.calendar_state(1, absence), base::Reason::none);
  EXPECT_TRUE(has(t.shown(bob, "state"), "out-of-office")) << t.shown(bob, "state");
  EXPECT_EQ(domain::class_of(t.seen[bob].availability()), domain::AvailabilityClass::away);
  PublicationItem gone = Calendar::item("state", 0x40000001, 2, 2, {});
  gone.content.reset();
  gone.expires_seconds = 0;
  PublicationItem gone_too = gone;
  gone_too.container = 3;
  ASSERT_EQ(t.tell({gone, gone_too}), base::Reason::none);
  EXPECT_EQ(t.seen[bob].availability(), domain::availability_online);
  EXPECT_FALSE(has(t.shown(carol, "state"), "Plan"));
}

TEST(CalendarState, shows_since_its_own_start_else_since_it_was_told) {
  Calendar t;
  const auto owner = domain::PresenceBench::alice;
  const auto bob = t.watch(owner, "bob@example.com");
  ASSERT_EQ(t.calendar_state(0, absence), base::Reason::none);
  EXPECT_EQ(base::to_iso8601(t.seen[bob].last().since), "2023-11-14T22:00:00.000Z");
  std::string timeless(state_begin);
  timeless.replace(timeless.find(" startTime="), std::string_view(R"( startTime="2023-11-14T22:00:00Z")").size(), "");
  const base::WallTime told = t.domain::PresenceBench::now.wall;
  ASSERT_EQ(t.tell({Calendar::item("state", 0x40000001, 2, 1, timeless + std::string(meeting))}), base::Reason::none);
  EXPECT_EQ(t.seen[bob].last().since, told);
}

TEST(CalendarState, does_not_show_when_the_policy_hides_it) {
  Calendar t;
  const auto owner = domain::PresenceBench::alice;
  t.put(owner, "alice@example.com", "Alice", {{"calendar_presence", "off"}});
  const auto bob = t.watch(owner, "bob@example.com");
  ASSERT_EQ(t.calendar_state(0, meeting), base::Reason::none);
  EXPECT_EQ(t.seen[bob].availability(), domain::availability_online);
}

}  // namespace
}  // namespace tertulia::face::lync
