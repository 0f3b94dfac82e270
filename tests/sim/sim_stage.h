// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "checkers.h"
#include "talk.h"
#include "world.h"

namespace tertulia::sim {

/// Plays talks in a simulated world.
class SimStage final : public TalkStage {
 public:
  explicit SimStage(World& world) : world_(world) {}

  void add_person(const std::string& name) override;
  std::string act(const TalkStep& step) override;
  int await_answer(const Speaker& who, bool of_call) override;
  std::string await_text(const TalkStep& step) override;
  std::string nothing_more(const Speaker& who) override;
  std::string await_call(const TalkStep& step) override;
  std::string await_record(const TalkStep& step) override;
  std::string await_replaced(const TalkStep& step) override;
  std::string await_presence(const TalkStep& step) override;
  std::string await_lync(const TalkStep& step) override;
  std::string await_conference(const TalkStep& step) override;

 private:
  Phone& phone(const Speaker& who);
  bool await(const std::function<bool()>& event);
  std::optional<std::size_t> last_question(const Speaker& who, bool of_call);
  std::optional<std::size_t> open_call(const Phone& one, std::string_view peer) const;
  std::optional<std::size_t> last_call(const Speaker& who);
  std::string act_on_two(const TalkStep& step, Phone& one);
  std::string act_on_call(const TalkStep& step);
  void act_on_presence(const TalkStep& step);
  void act_in_lync(const TalkStep& step);
  std::size_t conflicts(const Phone& phone) const;  // of its publications, since it exists
  // sim_conferences.cpp
  std::string act_in_conference(const TalkStep& step);
  std::string act_as_administrator(const TalkStep& step);
  std::optional<std::size_t> seat_of(const Speaker& who);
  std::string await_people(const TalkStep& step);
  std::string await_room_text(const TalkStep& step);
  std::string await_room_record(const TalkStep& step);
  void change_manner(const TalkStep& step);
  void change_user(const TalkStep& step);

  World& world_;
  std::map<std::string, base::UserId> people_;
  std::map<Speaker, Phone*> phones_;
  std::map<Speaker, std::size_t> asked_from_;  // of what takes several requests: where the first one stands, or behind
  std::map<Speaker, std::size_t> conflicts_before_;  // when it forgot the versions
  std::map<std::size_t, std::size_t> asked_for_;  // by device: copies that the talk has spoken of, or that lie before
};

/// Plays one talk to its end, then brings the world to rest and lets all checkers look.  Nothing: all is well.
std::optional<std::string> play_in_simulator(const Talk& talk, bool trace);

}  // namespace tertulia::sim
