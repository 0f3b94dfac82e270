// SPDX-License-Identifier: Apache-2.0
#include "sim_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "phone_parts.h"

namespace tertulia::sim {

using namespace std::chrono_literals;

namespace {

/// How long an expected event is waited for, in simulated time.
constexpr base::Duration stage_patience = 130s;
constexpr base::Duration moment = 100ms;
/// After this long nothing more is under way.
constexpr base::Duration silence = 3s;

constexpr std::string_view do_not_disturb = "Do not disturb";

std::string_view name_of(Call::State state) {
  switch (state) {
    case Call::State::ringing:
      return "ringing";
    case Call::State::open:
      return "open";
    case Call::State::refused:
      return "refused";
    case Call::State::cancelled:
      return "cancelled";
    case Call::State::ended:
      return "ended";
  }
  return "?";
}

}  // namespace

bool SimStage::await(const std::function<bool()>& event) {
  const base::TimePoint end = world_.scheduler.mono() + stage_patience;
  while (!event()) {
    if (world_.scheduler.mono() >= end) return false;
    world_.run_for(moment);
  }
  return true;
}

void SimStage::add_person(const std::string& name) {
  people_[name] = world_.add_user(name);
  phone({name, 1});
}

Phone& SimStage::phone(const Speaker& who) {
  Phone*& known = phones_[who];
  if (who.device > 1 && known == nullptr) phone({who.person, who.device - 1});  // devices are numbered in their order
  if (known == nullptr) known = &world_.add_phone(people_.at(who.person), false);
  return *known;
}

std::string SimStage::act(const TalkStep& step) {
  asked_from_.erase(step.who);
  if (step.verb >= Verb::make_conference) return act_in_conference(step);
  switch (step.verb) {
    case Verb::immcu_stops:
    case Verb::immcu_starts:
      world_.run_immcu(step.verb == Verb::immcu_starts);
      return {};
    case Verb::server_dies:
      world_.crash();
      world_.run_for(2s);
      return {};
    case Verb::server_starts:
      world_.start();
      return {};
    case Verb::wait:
      world_.run_for(std::chrono::seconds{step.number});
      return {};
    case Verb::block:
    case Verb::forbid_keeping:
      change_user(step);
      return {};
    case Verb::texts_manner:
    case Verb::calls_manner:
      change_manner(step);
      return {};
    case Verb::state:
    case Verb::level:
    case Verb::watch:
    case Verb::unwatch:
    case Verb::publish:
    case Verb::unpublish:
      act_on_presence(step);
      if (!step.wanted) world_.run_for(moment);
      return {};
    case Verb::speak_lync:
    case Verb::new_keys:
    case Verb::add_contact:
    case Verb::remove_contact:
    case Verb::own_level:
    case Verb::forget:
      act_in_lync(step);
      if (!step.wanted) world_.run_for(moment);
      return {};
    default:
      return act_on_call(step);
  }
}

std::string SimStage::act_on_two(const TalkStep& step, Phone& one) {
  const base::UserId other = people_.at(step.other);
  const std::string& third = world_.address(people_.at(step.text));
  const auto with_other = open_call(one, world_.address(other));
  const auto with_third = open_call(one, third);
  if (!with_other) return "there is no call with " + step.other;
  if (step.verb == Verb::connect && !with_third) return "there is no call with " + step.text;
  one.transfer(*with_other, other, third, step.verb == Verb::connect ? with_third : std::nullopt);
  return {};
}

std::string SimStage::act_on_call(const TalkStep& step) {
  Phone& one = phone(step.who);
  const base::UserId other = step.other.empty() ? base::UserId{} : people_.at(step.other);
  const auto call = last_call(step.who);
  static constexpr std::array within = {Verb::cancel, Verb::say, Verb::bye, Verb::hold, Verb::resume};
  const bool on_call = std::find(within.begin(), within.end(), step.verb) != within.end();
  if (on_call && !call) return "there is no call";
  const base::UserId peer = on_call ? world_.user_of(world_.journal.calls[*call].peer) : base::UserId{};
  switch (step.verb) {
    case Verb::takes_sessions:
    case Verb::sessions_alone:
      one.set_sessions(true, step.verb == Verb::sessions_alone);
      break;
    case Verb::sign_in:
      one.set_password("secret of " + step.who.person);
      one.sign_in();
      break;
    case Verb::sign_in_wrong:
      one.set_password("a guess");
      one.sign_in();
      break;
    case Verb::sign_out:
      one.sign_out();
      break;
    case Verb::page:
      one.page(other, world_.address(other), step.text);
      break;
    case Verb::page_bytes:
      one.page(other, world_.address(other), std::string(step.number, 'x'));
      break;
    case Verb::invite:
      if (!one.invite(other, world_.address(other))) return "there is no connection";
      break;
    case Verb::call:
      if (!one.call(other, world_.address(other))) return "there is no connection";
      break;
    case Verb::cancel:
      one.cancel(*call);
      break;
    case Verb::say:
      one.say(*call, peer, step.text);
      break;
    case Verb::bye:
      one.bye(*call, peer);
      break;
    case Verb::hold:
    case Verb::resume:
      one.hold(*call, peer, step.verb == Verb::hold);
      break;
    case Verb::transfer:
    case Verb::connect:
      if (std::string why = act_on_two(step, one); !why.empty()) return why;
      break;
    case Verb::hang_up:
      one.hang_up();
      break;
    case Verb::lose:
      one.reset();
      break;
    case Verb::vanish:
      one.vanish();
      break;
    default:
      return "cannot be acted here";
  }
  if (!step.wanted) world_.run_for(moment);  // so that what is said next comes later
  return {};
}

void SimStage::act_on_presence(const TalkStep& step) {
  const base::UserId other = step.other.empty() ? base::UserId{} : people_.at(step.other);
  switch (step.verb) {
    case Verb::state:
      return world_.set_state(other, step.word == "reset"  ? domain::availability_unset
                                     : step.word == "busy" ? domain::availability_busy
                                     : step.word == "away" ? domain::availability_away
                                                           : domain::availability_do_not_disturb);
    case Verb::level:
      return world_.set_level(other, people_.at(step.text), domain::level_from(step.word));
    case Verb::watch:
      return phone(step.who).watch(other, world_.address(other));
    case Verb::unwatch:
      return phone(step.who).unwatch(other);
    case Verb::publish: {
      const std::string activity = step.word == "nothing"          ? ""
                                   : step.word == "do-not-disturb" ? std::string(do_not_disturb)
                                                                   : step.word;
      Phone& one = phone(step.who);
      // What a talk publishes for a time is not refreshed.
      one.keep_published = step.number == 0;
      return one.publish(activity, step.text, step.number == 0 ? 300 : static_cast<std::uint32_t>(step.number));
    }
    default:
      return phone(step.who).remove_publication();
  }
}

void SimStage::act_in_lync(const TalkStep& step) {
  Phone& one = phone(step.who);
  const std::string address = step.other.empty() ? std::string() : world_.address(people_.at(step.other));
  switch (step.verb) {
    case Verb::speak_lync:
      return one.speak_lync();
    case Verb::new_keys:
      return one.renew_keys();
    case Verb::add_contact:
      return one.change_contacts(wire::lync::SetContact{"sip:" + address, {}, {domain::group_standing}, true, {}, 0});
    case Verb::remove_contact:
      return one.change_contacts(wire::lync::DeleteContact{"sip:" + address, 0});
    case Verb::own_level:
      return one.set_level(address, static_cast<std::uint32_t>(*domain::level_from(step.word)));
    default:
      conflicts_before_[step.who] = conflicts(one);
      return one.forget_versions();
  }
}

std::size_t SimStage::conflicts(const Phone& phone) const {
  std::size_t count = 0;
  for (const PublicationWish& wish : world_.journal.publications)
    if (wish.device == phone.device()) count += wish.conflicts.size();
  return count;
}

std::string SimStage::await_lync(const TalkStep& step) {
  const Phone& one = phone(step.who);
  const auto found = conflicts_before_.find(step.who);
  const std::size_t before = found == conflicts_before_.end() ? 0 : found->second;
  const auto comes = [&] {
    if (step.verb == Verb::keys_made) return one.keys_made() == static_cast<int>(step.number);
    if (step.verb == Verb::conflicts) return conflicts(one) - before == step.number;
    const Watch* list = one.feed(Package::roaming_contacts);
    const bool there = list != nullptr && list->parts.contains(world_.address(people_.at(step.other)));
    return list != nullptr && there == (step.verb == Verb::has_contact);
  };
  if (await(comes)) return {};
  return fmt::format("has made keys {} times, had {} conflicts, and its contacts are others", one.keys_made(),
                     conflicts(one) - before);
}

namespace {

/// The same for what the Lync dialect says.
bool lync_shows(const Watch& watch, const TalkStep& step) {
  if (step.verb == Verb::sees_note) return note_shown(watch, step.text);
  const std::uint32_t shown = availability_shown(watch);
  const auto within = [&](std::uint32_t from, std::uint32_t to) { return shown >= from && shown < to; };
  const bool on_the_phone = token_shown(watch, "on-the-phone");
  if (step.word == "offline") return shown >= 18'000;
  if (step.word == "online") return within(3'000, 6'000);
  if (step.word == "busy") return within(6'000, 9'000) && !on_the_phone;
  if (step.word == "on-the-phone") return on_the_phone;
  return step.word == "away" ? within(15'000, 18'000) : within(9'000, 12'000);
}

}  // namespace

std::string SimStage::await_presence(const TalkStep& step) {
  const std::size_t device = phone(step.who).device();
  const base::UserId target = people_.at(step.other);
  if (phone(step.who).traits().lync) {
    const auto shown_to = [&]() -> const Watch* {
      for (auto watch = world_.journal.watches.rbegin(); watch != world_.journal.watches.rend(); ++watch)
        if (watch->device == device && watch->target == target && watch->package == Package::categories) return &*watch;
      return nullptr;
    };
    if (await([&] { return shown_to() != nullptr && lync_shows(*shown_to(), step); })) return {};
    return shown_to() == nullptr ? std::string("watches nobody") : "was shown " + shown_by(*shown_to());
  }
  const auto shown = [&]() -> std::string_view {
    for (auto watch = world_.journal.watches.rbegin(); watch != world_.journal.watches.rend(); ++watch)
      if (watch->device == device && watch->target == target && !watch->document.empty()) return watch->document;
    return {};
  };
  const auto has = [&](std::string_view piece) { return shown().find(piece) != std::string_view::npos; };
  const auto comes = [&] {
    if (step.verb == Verb::sees_note) return has(">" + step.text + "<");
    if (step.word == "offline") return has("basic>closed<");
    if (step.word == "online") return has("basic>open<") && !has(":activities>");
    if (step.word == "do-not-disturb") return has(do_not_disturb);
    return has(":" + step.word + "/>");
  };
  return await(comes) ? std::string() : fmt::format("was shown {}", shown());
}

void SimStage::change_manner(const TalkStep& step) {
  Phone& one = phone(step.who);
  Manner manner;
  switch (step.manner) {
    case AnswerManner::well:
      break;
    case AnswerManner::status:
      manner.what = Manner::What::refuse;
      manner.status = static_cast<int>(step.number);
      break;
    case AnswerManner::late:
      manner.delay = std::chrono::seconds{step.number};
      break;
    case AnswerManner::never:
      manner.what = Manner::What::never;
      break;
    case AnswerManner::leaving:
      manner.what = Manner::What::drop;
      break;
  }
  (step.verb == Verb::texts_manner ? one.texts : one.calls) = manner;
}

void SimStage::change_user(const TalkStep& step) {
  world_.change_user(people_.at(step.who.person), [&](domain::User& user) {
    if (step.verb == Verb::forbid_keeping) {
      user.settings["offline_messages"] = "off";
    } else {
      user.blocked.push_back(*domain::Address::parse(world_.address(people_.at(step.other))));
    }
  });
}

std::optional<std::size_t> SimStage::last_question(const Speaker& who, bool of_call) {
  const std::vector<Question>& all = world_.journal.questions;
  for (std::size_t i = all.size(); i > 0; --i) {
    const Question& one = all[i - 1];
    if (one.device == phone(who).device() &&
        (!of_call || one.kind == Question::Kind::invite || one.kind == Question::Kind::call))
      return i - 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> SimStage::open_call(const Phone& one, std::string_view peer) const {
  for (const std::size_t call : one.open_calls(true))
    if (world_.journal.calls[call].peer == peer) return call;
  return std::nullopt;
}

std::optional<std::size_t> SimStage::last_call(const Speaker& who) {
  const std::vector<Call>& all = world_.journal.calls;
  for (std::size_t i = all.size(); i > 0; --i)
    if (all[i - 1].device == phone(who).device()) return i - 1;
  return std::nullopt;
}

int SimStage::await_answer(const Speaker& who, bool of_call) {
  auto question = last_question(who, of_call);
  if (const auto first = asked_from_.find(who); first != asked_from_.end() && !of_call) {
    question.reset();
    for (std::size_t i = first->second; i < world_.journal.questions.size() && !question; ++i)
      if (world_.journal.questions[i].device == phone(who).device()) question = i;
  }
  if (!question) return 0;
  await([&] { return world_.journal.questions[*question].answered.has_value(); });
  const Question& asked = world_.journal.questions[*question];
  return asked.failed ? 403 : asked.status;
}

std::string SimStage::await_text(const TalkStep& step) {
  const std::size_t device = phone(step.who).device();
  std::size_t& next = asked_for_[device];
  const auto find = [&] {
    while (next < world_.journal.copies.size() && world_.journal.copies[next].device != device) ++next;
    return next < world_.journal.copies.size();
  };
  if (!await(find)) return fmt::format("received nothing, not even '{}'", step.text);
  const Copy& copy = world_.journal.copies[next++];
  if (copy.text != first_word(step.text)) return fmt::format("received '{}' instead of '{}'", copy.text, step.text);
  if (step.in_session != !copy.dialog.empty())
    return step.in_session ? "received it as a page" : "received it in a session";
  return {};
}

std::string SimStage::nothing_more(const Speaker& who) {
  world_.run_for(silence);
  const std::size_t device = phone(who).device();
  for (std::size_t i = asked_for_[device]; i < world_.journal.copies.size(); ++i)
    if (world_.journal.copies[i].device == device)
      return fmt::format("received '{}' as well", world_.journal.copies[i].text);
  return {};
}

std::string SimStage::await_call(const TalkStep& step) {
  const auto seen = [&] {
    const auto call = last_call(step.who);
    return call ? name_of(world_.journal.calls[*call].state) : std::string_view("unknown");
  };
  if (await([&] { return seen() == step.word; })) return {};
  return fmt::format("sees the call {}", seen());
}

std::string SimStage::await_record(const TalkStep& step) {
  const std::string first = world_.address(people_.at(step.other));
  const std::string second = world_.address(people_.at(step.text));
  std::string seen = "there is no such record";
  const auto find = [&] {
    for (const auto& [id, record] : world_.store.sessions()) {
      if (record.user1.user != first || record.user2.user != second || !record.end_time) continue;
      if (record.user1.message_count == step.number && record.user2.message_count == step.other_number) return true;
      seen = fmt::format("a record says {} and {}", record.user1.message_count, record.user2.message_count);
    }
    return false;
  };
  return await(find) ? std::string() : seen;
}

std::string SimStage::await_replaced(const TalkStep& step) {
  const auto record_of = [&](const std::string& first, const std::string& second) -> const domain::SessionRecord* {
    for (const auto& [id, record] : world_.store.sessions())
      if (record.mode == domain::SessionMode::call && record.user1.user == world_.address(people_.at(first)) &&
          record.user2.user == world_.address(people_.at(second)))
        return &record;
    return nullptr;
  };
  const auto comes = [&] {
    const auto* later = record_of(step.other, step.text);
    const auto* before = record_of(step.people[0], step.people[1]);
    return later != nullptr && before != nullptr && later->replaces == before->id;
  };
  return await(comes) ? std::string() : "the records do not say so";
}

std::optional<std::string> play_in_simulator(const Talk& talk, bool trace) {
  World world({1, 2, trace});
  world.start();
  SimStage stage(world);
  if (auto surprise = play(talk, stage)) return surprise;
  world.heal();
  world.wind_up(true);
  const Findings findings = check(world.journal);
  if (findings.empty()) return std::nullopt;
  return fmt::format("{}: {}: {}", talk.file, findings.front().checker, findings.front().what);
}

}  // namespace tertulia::sim
