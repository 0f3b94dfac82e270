// SPDX-License-Identifier: Apache-2.0
// What holds of presence, calls and permanent things is broken on purpose once, and exactly its checker must see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "mutation_world.h"
#include "phone_parts.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Alice watches Bob.
class WatcherAndWatched : public People {
 protected:
  WatcherAndWatched() : People(Kind::plain) {
    phone(alice()).watch(bob(), address(bob()));
    world_.run_for(1s);
  }
  void bob_publishes(std::string_view activity) { publish(bob(), activity); }
  const Watch& watch() const { return world_.journal.watches.front(); }
};

class SoundPresence : public WatcherAndWatched {};
class PresenceNeverRunsBackwards : public WatcherAndWatched {};
class WatchersConverge : public WatcherAndWatched {};
class CallsEndEverywhere : public WatcherAndWatched {};
class PermanentMeansPermanent : public WatcherAndWatched {};

TEST_F(SoundPresence, passes_all_checkers) {
  bob_publishes("busy");
  bob_publishes("away");
  EXPECT_THAT(watch().document, testing::HasSubstr(":away/>"));
  EXPECT_THAT(watch().sights.back().notes, ElementsAre("d1x1-2"));
  world_.settle(bob(), Settlement::Kind::note, "p2-1");
  world_.settle(bob(), Settlement::Kind::contact, "Carol");
  world_.settle(bob(), Settlement::Kind::level, "friends");
  phone(alice()).bye(call(alice(), bob()), bob());
  world_.run_for(1s);
  world_.crash();
  world_.run_for(2s);
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_THAT(world_.journal.ending.shown, SizeIs(1));
  EXPECT_THAT(world_.journal.ending.settled, SizeIs(3));
}

TEST_F(SoundPresence, a_call_that_lasts_to_the_end_is_sound) {
  call(alice(), bob());
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_THAT(world_.journal.ending.on_the_phone, SizeIs(2));
}

TEST_F(PresenceNeverRunsBackwards, fails_when_an_old_document_comes_again) {
  bob_publishes("busy");
  bob_publishes("busy");
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!to_client || !message.starts_with("NOTIFY ")) return {message};
    return {replaced(message, "d1x1-3", "d1x1-1")};
  });
  bob_publishes("busy");
  bob_publishes("busy");
  EXPECT_THAT(failing(), ElementsAre("PresenceNeverRunsBackwards"));
}

TEST_F(WatchersConverge, fails_when_the_last_document_is_another_one) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    return {to_client && message.starts_with("NOTIFY ") ? replaced(message, ":busy/>", ":away/>") : message};
  });
  bob_publishes("busy");
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(CallsEndEverywhere, fails_when_one_side_is_not_told) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (to_client && message.starts_with("BYE ")) return {};
    return {message};
  });
  phone(alice()).bye(call(alice(), bob()), bob());
  EXPECT_THAT(failing(), ElementsAre("CallsEndEverywhere"));
}

TEST_F(CallsEndEverywhere, fails_when_somebody_stays_on_the_phone) {
  call(alice(), bob());
  world_.heal();
  world_.wind_up(false);
  for (Call& one : world_.journal.calls) one.ended = Scheduler::start;
  Findings findings;
  calls_end_everywhere(world_.journal, findings);
  EXPECT_THAT(findings, SizeIs(2));
}

TEST_F(PermanentMeansPermanent, fails_when_the_store_forgets) {
  for (const auto kind : {Settlement::Kind::note, Settlement::Kind::contact, Settlement::Kind::level}) {
    world_.settle(bob(), kind, "friends");
    world_.run_for(1s);
  }
  world_.store.set_changes_lost(true);
  for (const auto kind : {Settlement::Kind::note, Settlement::Kind::contact, Settlement::Kind::level}) {
    world_.settle(bob(), kind, "workgroup");
    world_.run_for(1s);
  }
  world_.crash();
  world_.run_for(2s);
  EXPECT_THAT(failing(), ElementsAre("PermanentMeansPermanent"));
}

TEST(PhoneParts, documents_are_read) {
  const std::string document =
      "<p:timestamp>2025</p:timestamp><note>one</note><dm:note xml:lang=\"en\">two</dm:note><note>one</note>";
  EXPECT_THAT(notes_in(document), ElementsAre("one", "two"));
  EXPECT_EQ(timeless(document), replaced(document, "2025", ""));
}

}  // namespace
}  // namespace tertulia::sim
