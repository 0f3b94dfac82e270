// SPDX-License-Identifier: Apache-2.0
// What holds of lists, watchers, lamps, transfers and of what is left behind is broken on purpose once, and exactly its
// checker must see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "mutation_world.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// Alice, Bob and Carol.
class ThreePeople : public People {
 protected:
  ThreePeople() : People(Kind::plain, 3) {}

  void follow(Package package, base::UserId watcher, base::UserId target, std::vector<std::string> members = {}) {
    const std::string to = package == Package::contacts ? "alice+contacts@example.com"
                           : package == Package::list   ? "lists@example.com"
                                                        : address(target);
    phone(watcher).follow(package, target, to, std::move(members));
    world_.run_for(1s);
  }
};

class SoundEvents : public ThreePeople {};
class ListWatchersConverge : public ThreePeople {};
class ListsNeverRunBackwards : public ThreePeople {};
class ReplacedCallsEnd : public ThreePeople {};
class WatchersAreTold : public ThreePeople {};
class LampsGoOut : public ThreePeople {};
class TransfersAreTold : public ThreePeople {};
class NothingLeaks : public ThreePeople {};
class EveryTelephoneSaysWhy : public ThreePeople {};

TEST_F(SoundEvents, pass_all_checkers) {
  world_.set_contact(alice(), bob(), true);
  world_.set_contact(alice(), carol(), true, false);
  follow(Package::contacts, alice(), alice());
  follow(Package::list, carol(), carol(), {address(bob()), address(alice()), "nobody@example.com"});
  follow(Package::winfo, bob(), bob());
  follow(Package::dialog, carol(), alice());
  follow(Package::reg, alice(), alice());
  publish(bob(), "busy");
  const auto& watches = world_.journal.watches;
  ASSERT_EQ(watches.size(), 5U);
  EXPECT_EQ(watches[0].parts.size(), 2U);
  EXPECT_THAT(watches[0].parts.at("sip:bob@example.com"), testing::HasSubstr(":busy/>"));
  EXPECT_EQ(watches[0].parts.at("sip:carol@example.com"), "");
  EXPECT_EQ(watches[1].parts.at("sip:nobody@example.com"), "terminated noresource");
  EXPECT_EQ(watches[2].parts.size(), 2U);  // two lists have him
  EXPECT_EQ(watches[4].parts.size(), 1U);
  const std::size_t first = call(alice(), bob());
  EXPECT_EQ(watches[3].parts.size(), 1U);
  phone(alice()).hold(first, bob(), true);
  world_.run_for(1s);
  phone(alice()).transfer(first, bob(), address(carol()));
  world_.run_for(2s);
  EXPECT_EQ(world_.journal.calls.at(first).state, Call::State::ended);
  EXPECT_EQ(world_.journal.transfers.at(0).heard, 200);
  EXPECT_THAT(watches[3].parts, IsEmpty());
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_EQ(world_.journal.ending.shown.size(), 5U);
  EXPECT_EQ(world_.journal.ending.on_the_phone.size(), 2U);
}

TEST_F(SoundEvents, a_call_takes_the_place_of_another) {
  const std::size_t with_bob = call(alice(), bob());
  const std::size_t with_carol = call(alice(), carol());
  phone(alice()).transfer(with_bob, bob(), address(carol()), with_carol);
  world_.run_for(2s);
  EXPECT_EQ(world_.journal.calls.back().replaces, world_.journal.calls[with_carol].call_id);
  EXPECT_EQ(world_.journal.calls[with_carol].state, Call::State::ended);
  EXPECT_EQ(world_.journal.calls[with_bob].state, Call::State::ended);
  EXPECT_EQ(world_.journal.calls.back().state, Call::State::open);
  EXPECT_THAT(failing(), IsEmpty());
}

TEST_F(ListWatchersConverge, fails_when_the_last_document_of_a_member_is_another_one) {
  follow(Package::list, carol(), carol(), {address(bob()), address(alice())});
  tamper("NOTIFY ", ":busy/>", ":away/>");
  publish(bob(), "busy");
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(ListWatchersConverge, fails_when_a_contact_is_not_shown) {
  follow(Package::contacts, alice(), alice());
  tamper("NOTIFY ", "sip:carol@example.com", "sip:other@example.com");
  world_.set_contact(alice(), carol(), true);
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(ListWatchersConverge, fails_when_another_device_is_told) {
  follow(Package::reg, alice(), alice());
  tamper("NOTIFY ", "<contact id=\"e", "<contact id=\"f");
  Phone& second = world_.add_phone(alice(), false);
  second.sign_in();
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(ListsNeverRunBackwards, fails_when_a_version_comes_again) {
  follow(Package::list, carol(), carol(), {address(bob())});
  publish(bob(), "busy");
  tamper("NOTIFY ", "version=\"2\"", "version=\"1\"");
  publish(bob(), "away");
  EXPECT_THAT(failing(), ElementsAre("PresenceNeverRunsBackwards"));
}

TEST_F(ReplacedCallsEnd, fails_when_the_replaced_call_goes_on) {
  const std::size_t with_bob = call(alice(), bob());
  const std::size_t with_carol = call(alice(), carol());
  phone(alice()).transfer(with_bob, bob(), address(carol()), with_carol);
  world_.run_for(2s);
  for (Call& one : world_.journal.calls)  // neither side has heard of the end
    if (one.call_id == world_.journal.calls[with_carol].call_id) one.ended.reset(), one.state = Call::State::open;
  world_.journal.closed = world_.scheduler.mono();
  Findings findings;
  calls_end_everywhere(world_.journal, findings);
  EXPECT_EQ(findings.size(), 2U);
}

TEST_F(WatchersAreTold, fails_when_one_watcher_is_kept_back) {
  follow(Package::winfo, bob(), bob());
  tamper("NOTIFY ", "sip:alice@example.com</watcher>", "sip:alyce@example.com</watcher>");
  phone(alice()).watch(bob(), address(bob()));
  EXPECT_THAT(failing(), ElementsAre("WatchersAreTold"));
}

TEST_F(WatchersAreTold, fails_when_one_who_has_gone_still_stands_there) {
  phone(alice()).watch(bob(), address(bob()));
  follow(Package::winfo, bob(), bob());
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    const bool news = to_client && message.starts_with("NOTIFY ") && message.find("watcherinfo") != std::string::npos;
    return news ? std::vector<std::string>{} : std::vector<std::string>{message};
  });
  phone(alice()).unwatch(bob());
  world_.run_for(2s);
  world_.wind_up(false);  // before the server gives the one up who does not answer
  Findings findings;
  watchers_are_told(world_.journal, findings);
  EXPECT_EQ(findings.size(), 2U);  // by name, and by number
}

TEST_F(LampsGoOut, fails_when_the_end_of_a_call_is_not_said) {
  follow(Package::dialog, carol(), alice());
  const std::size_t one = call(alice(), bob());
  tamper("NOTIFY ", "<state>terminated</state>", "<state>proceeding</state>");
  phone(alice()).bye(one, bob());
  EXPECT_THAT(failing(), ElementsAre("LampsGoOut"));
}

TEST_F(LampsGoOut, fails_when_a_call_goes_without_a_word) {
  follow(Package::dialog, carol(), alice());
  const std::size_t one = call(alice(), bob());
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!to_client || message.find("<state>terminated</state>") == std::string::npos) return {message};
    const std::size_t begin = message.find("<dialog "), end = message.find("</dialog>") + 9;
    return {message.replace(begin, end - begin, end - begin, ' ')};
  });
  phone(alice()).bye(one, bob());
  EXPECT_THAT(failing(), ElementsAre("LampsGoOut"));
}

TEST_F(TransfersAreTold, fails_when_the_answer_changes_on_the_way) {
  tamper("NOTIFY ", "SIP/2.0 486", "SIP/2.0 480");
  phone(carol()).calls = {Manner::What::refuse, 486, {}};
  phone(alice()).transfer(call(alice(), bob()), bob(), address(carol()));
  world_.run_for(2s);
  EXPECT_EQ(world_.journal.transfers.at(0).told, 486);
  EXPECT_THAT(failing(), ElementsAre("TransfersAreTold"));
}

TEST_F(NothingLeaks, fails_when_the_end_of_a_connection_is_not_told) {
  follow(Package::dialog, carol(), alice());
  call(alice(), bob());
  world_.front->set_losses_untold(true);
  EXPECT_THAT(failing(), Contains("NothingLeaks"));
}

TEST_F(NothingLeaks, each_kind_is_looked_at) {
  failing();
  for (auto& [name, count] : world_.journal.ending.leaks) {
    EXPECT_EQ(count, 0U) << name;
    count = 1;
    Findings findings;
    nothing_leaks(world_.journal, findings);
    ASSERT_EQ(findings.size(), 1U) << name;
    count = 0;
  }
}

TEST_F(EveryTelephoneSaysWhy, fails_when_the_reason_of_a_telephone_is_taken_out) {
  phone(bob()).calls = {Manner::What::refuse, 486, {}};
  world_.network.set_tamper([](Link&, bool, std::string message) -> std::vector<std::string> {
    return {replaced(message, "\r\nms-diagnostics:", "\r\nX-Nothing:")};
  });
  phone(alice()).call(bob(), address(bob()));
  world_.run_for(1s);
  EXPECT_EQ(world_.journal.calls.front().status, 486);
  EXPECT_THAT(failing(), ElementsAre("EveryRefusalSaysWhy"));
}

}  // namespace
}  // namespace tertulia::sim
