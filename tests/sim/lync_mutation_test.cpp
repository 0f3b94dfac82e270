// SPDX-License-Identifier: Apache-2.0
// What holds of clients of the Lync dialect is broken on purpose once, and exactly its checker must see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "mutation_world.h"
#include "phone_parts.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Alice watches Bob; both have clients of the Lync family.
class LyncPeople : public People {
 protected:
  LyncPeople() : People(Kind::of_lync) {
    phone(alice()).watch(bob(), address(bob()));
    world_.run_for(1s);
  }
  /// Nobody looks at signatures: what is broken on the way is taken for the server's word.
  void believe_all() {
    for (Phone* phone : phones_) phone->believes_all = true;
  }
  void add_contact(base::UserId owner, base::UserId member) {
    phone(owner).change_contacts(wire::lync::SetContact{"sip:" + address(member), {}, {1}, true, {}, 0});
    world_.run_for(1s);
  }
};

class SoundLync : public LyncPeople {};
class MessagesAreSigned : public LyncPeople {};
class PublicationsSettle : public LyncPeople {};
class LyncWatchersConverge : public LyncPeople {};
class LyncNeverRunsBackwards : public LyncPeople {};

TEST_F(SoundLync, passes_all_checkers) {
  publish(bob(), "busy");
  add_contact(alice(), bob());
  phone(alice()).set_level(address(bob()), 300);
  phone(bob()).forget_versions();
  publish(bob(), "away");
  phone(alice()).renew_keys();
  world_.run_for(1s);
  EXPECT_EQ(phone(alice()).keys_made(), 2);
  EXPECT_EQ(world_.journal.publications.size(), 4U);  // two introductions among them
  EXPECT_EQ(world_.journal.publications.back().conflicts.size(), 1U);
  const Watch* list = phone(alice()).feed(Package::roaming_contacts);
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->parts.at("bob@example.com"), "|1|true");
  const Watch* own = phone(alice()).feed(Package::roaming_self);
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->parts.count("level/300/user:bob@example.com"), 1U);
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_EQ(world_.journal.ending.shown.size(), 5U);  // two lists, two of the own data, and Bob
  for (const auto& [index, shown] : world_.journal.ending.shown) EXPECT_NE(shown.seen, "");
}

TEST_F(SoundLync, survives_a_crash) {
  publish(bob(), "busy");
  world_.crash();
  world_.run_for(2s);
  EXPECT_THAT(failing(), IsEmpty());
}

TEST_F(MessagesAreSigned, fails_when_a_message_changes_on_the_way) {
  tamper("BENOTIFY ", "CSeq: ", "Cseq: 1");  // of another number
  publish(bob(), "busy");
  world_.network.set_tamper({});
  publish(bob(), "away");
  EXPECT_THAT(failing(), ElementsAre("MessagesAreSigned"));
}

TEST_F(MessagesAreSigned, fails_when_a_signature_is_missing) {
  tamper("SIP/2.0 200", "\r\nAuthentication-Info:", "\r\nX-Nothing-at-all-it:");
  phone(bob()).sign_in();
  world_.run_for(1s);
  world_.network.set_tamper({});
  EXPECT_THAT(failing(), testing::Contains("MessagesAreSigned"));
}

TEST_F(MessagesAreSigned, fails_when_a_message_comes_twice) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!to_client || !message.starts_with("BENOTIFY ")) return {message};
    return {message, message};
  });
  publish(bob(), "busy");
  EXPECT_THAT(failing(), ElementsAre("MessagesAreSigned"));
}

TEST_F(MessagesAreSigned, fails_when_our_signature_is_refused) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (to_client || !message.starts_with("SERVICE ")) return {message};
    return {replaced(std::move(message), "response=\"0100", "response=\"0200")};
  });
  publish(bob(), "busy");
  world_.network.set_tamper({});
  EXPECT_THAT(failing(), ElementsAre("MessagesAreSigned"));
}

TEST_F(PublicationsSettle, fails_when_a_conflict_never_ends) {
  believe_all();
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!to_client || !message.starts_with("SIP/2.0 200") || message.find(" SERVICE\r\n") == std::string::npos)
      return {message};
    return {replaced(std::move(message), "SIP/2.0 200 OK", "SIP/2.0 409 No")};
  });
  publish(bob(), "busy");
  world_.network.set_tamper({});
  EXPECT_THAT(failing(), testing::Contains("PublicationsSettle"));
}

TEST_F(PublicationsSettle, fails_when_conflicts_come_in_masses) {
  for (int i = 0; i < 7; ++i) {
    PublicationWish wish;
    wish.connection = 0;
    wish.requests = 2;
    wish.conflicts = {Scheduler::start + i * 1s};
    world_.journal.publications.push_back(wish);
  }
  Findings findings;
  publications_settle(world_.journal, findings);
  EXPECT_EQ(findings.size(), 1U);
}

TEST_F(LyncWatchersConverge, fails_when_the_last_state_is_another_one) {
  believe_all();
  tamper("BENOTIFY ", "<availability>6500<", "<availability>9500<");
  publish(bob(), "busy");
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(LyncWatchersConverge, fails_when_a_contact_is_kept_back) {
  believe_all();
  tamper("BENOTIFY ", "sip:bob@example.com\" name", "sip:bib@example.com\" name");
  add_contact(alice(), bob());
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(LyncWatchersConverge, fails_when_a_level_is_another_one) {
  believe_all();
  tamper("BENOTIFY ", "container id=\"300\"", "container id=\"400\"");
  phone(alice()).set_level(address(bob()), 300);
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(LyncNeverRunsBackwards, fails_when_a_note_comes_again) {
  believe_all();
  publish(bob(), "busy");
  publish(bob(), "away");
  tamper("BENOTIFY ", "d1x1-3", "d1x1-1");
  publish(bob(), "busy");
  publish(bob(), "away");
  EXPECT_THAT(failing(), ElementsAre("PresenceNeverRunsBackwards"));
}

TEST_F(LyncNeverRunsBackwards, fails_when_a_change_of_contacts_is_left_out) {
  believe_all();
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!to_client || message.find("addedContact uri=\"sip:bob@") == std::string::npos) return {message};
    return {};
  });
  add_contact(alice(), bob());
  world_.network.set_tamper({});
  add_contact(alice(), alice());
  EXPECT_THAT(failing(), testing::Contains("PresenceNeverRunsBackwards"));
}

TEST_F(LyncNeverRunsBackwards, fails_when_the_own_state_comes_again) {
  Watch& watch = world_.journal.watches.front();
  watch.package = Package::roaming_self;
  std::map<PieceName, std::uint32_t> versions;
  for (const char* version : {"8", "7"})
    read_self(
        watch,
        std::string("<roamingData><categories><category name=\"state\" instance=\"1\" container=\"2\" version=\"") +
            version + "\"/></categories></roamingData>",
        versions);
  ASSERT_EQ(watch.out_of_order.size(), 1U);
  EXPECT_THAT(watch.out_of_order.front(), HasSubstr("7 after 8"));
}

}  // namespace
}  // namespace tertulia::sim
