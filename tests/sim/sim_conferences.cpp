// SPDX-License-Identifier: Apache-2.0
// Conferences of talks, in the simulator.
#include <fmt/format.h>

#include <chrono>
#include <set>

#include "fake_store.h"
#include "phone_parts.h"
#include "sim_stage.h"

namespace tertulia::sim {

using namespace std::chrono_literals;

namespace {

constexpr base::Duration pause_of_talk = 100ms;

}  // namespace

std::optional<std::size_t> SimStage::seat_of(const Speaker& who) {
  const std::vector<Call>& all = world_.journal.calls;
  for (std::size_t i = all.size(); i > 0; --i)
    if (all[i - 1].device == phone(who).device() && !all[i - 1].ended && all[i - 1].state == Call::State::open)
      return i - 1;
  return std::nullopt;
}

std::string SimStage::act_as_administrator(const TalkStep& step) {
  const std::string name = world_.last_conference();
  if (step.verb == Verb::admin_makes) {
    world_.create_conference(people_.at(step.other), static_cast<std::uint32_t>(step.number));
  } else if (step.verb == Verb::admin_ends) {
    world_.command_conference(name, domain::conference::End{});
  } else {
    world_.command_conference(name, domain::conference::SetLock{step.verb == Verb::admin_locks});
  }
  world_.run_for(1s);
  return {};
}

std::string SimStage::act_in_conference(const TalkStep& step) {
  if (step.who.person.empty()) return act_as_administrator(step);
  Phone& one = phone(step.who);
  const base::UserId other = step.other.empty() ? base::UserId{} : people_.at(step.other);
  const std::string name = world_.last_conference();
  const auto seat = seat_of(step.who);
  asked_from_[step.who] = world_.journal.questions.size();
  using What = LeaderWish::What;
  switch (step.verb) {
    case Verb::make_conference:
      one.make_conference();
      break;
    case Verb::take_along:
      one.make_conference(other);
      break;
    case Verb::enter:
      one.enter(name);
      break;
    case Verb::tell:
      one.tell(name, step.text);
      break;
    case Verb::watch_conference:
      one.watch_conference(name);
      break;
    default:
      if (!seat) return "is in no session and no conference";
      break;
  }
  if (step.verb == Verb::add) one.add(*seat, other);
  if (step.verb == Verb::leave) one.leave(*seat);
  if (step.verb == Verb::put_out) one.lead(*seat, What::put_out, other);
  if (step.verb == Verb::make_leader) one.lead(*seat, What::promote, other);
  if (step.verb == Verb::lock) one.lead(*seat, What::lock);
  if (step.verb == Verb::unlock) one.lead(*seat, What::unlock);
  if (step.verb == Verb::end_conference) one.lead(*seat, What::end);
  if (!step.wanted) world_.run_for(pause_of_talk);
  return {};
}

std::string SimStage::await_conference(const TalkStep& step) {
  switch (step.verb) {
    case Verb::receive_room:
      return await_room_text(step);
    case Verb::room_record:
      return await_room_record(step);
    case Verb::told_addition: {
      int told = 0;
      const std::size_t device = phone(step.who).device();
      const auto comes = [&] {
        told = 0;
        for (const Question& one : world_.journal.questions)
          if (one.device == device && (one.kind == Question::Kind::add || one.kind == Question::Kind::command))
            told = one.outcome;
        return told != 0;
      };
      await(comes);
      return told == static_cast<int>(step.number) ? std::string() : fmt::format("was told {}", told);
    }
    default:
      return await_people(step);
  }
}

std::string SimStage::await_people(const TalkStep& step) {
  const Phone& one = phone(step.who);
  std::set<std::string> wanted;
  for (const std::string& person : step.people) wanted.insert(world_.address(people_.at(person)));
  const auto comes = [&] {
    const Watch* watch = one.roster(world_.last_conference());
    if (watch == nullptr) return false;
    if (step.verb == Verb::sees_role) {
      const auto found = watch->parts.find(world_.address(people_.at(step.other)));
      return found != watch->parts.end() && found->second.starts_with("attendee") == (step.word == "member");
    }
    std::set<std::string> seen;
    for (const auto& [address, text] : watch->parts)
      if (address != "locked" && text.find(" 0 of") == std::string::npos) seen.insert(address);
    return seen == wanted;
  };
  if (await(comes)) return {};
  const Watch* watch = one.roster(world_.last_conference());
  return watch == nullptr ? std::string("watches no conference") : "was shown " + shown_by(*watch);
}

std::string SimStage::await_room_text(const TalkStep& step) {
  const std::size_t device = phone(step.who).device();
  std::size_t& next = asked_for_[device];
  const std::vector<Copy>& copies = world_.journal.copies;
  const auto find = [&] {
    while (next < copies.size() && copies[next].device != device) ++next;
    return next < copies.size();
  };
  if (!await(find)) return fmt::format("received nothing, not even '{}'", step.text);
  const Copy& copy = copies[next++];
  if (copy.text != first_word(step.text)) return fmt::format("received '{}' instead of '{}'", copy.text, step.text);
  if (copy.speaker != world_.address(people_.at(step.other))) return fmt::format("heard '{}' say it", copy.speaker);
  return copy.conference.empty() ? "received it outside of a conference" : std::string();
}

std::string SimStage::await_room_record(const TalkStep& step) {
  std::set<std::string> wanted, seen;
  for (const std::string& person : step.people) wanted.insert(world_.address(people_.at(person)));
  const auto comes = [&] {
    seen.clear();
    const domain::InMemoryRecordStore& rows = world_.store.conference_rows();
    for (const auto& [id, join] : rows.mcu_joins()) {
      const domain::ConferenceRecord& record = rows.conferences().at(join.conference);
      if (record.organizer + "/" + record.conference_id == world_.last_conference()) seen.insert(join.user);
    }
    return seen == wanted;
  };
  return await(comes) ? std::string() : fmt::format("{} people stand in the record", seen.size());
}

}  // namespace tertulia::sim
