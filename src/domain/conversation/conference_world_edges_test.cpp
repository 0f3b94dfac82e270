// SPDX-License-Identifier: Apache-2.0
// Edges and devices of the world: what arrives there and how it is answered, late, or not at all.
#include <algorithm>

#include "domain/conversation/conference_world.h"

namespace tertulia::domain::bench {

using base::Reason;
using What = DeliverAnswer::What;
using Fate = Copy::Fate;

ConferenceWorld::Device* ConferenceWorld::find(base::EndpointId device) {
  const auto found = devices_.find(device);
  return found == devices_.end() ? nullptr : &found->second;
}

ConferenceWorld::Leg& ConferenceWorld::leg(const SeatName& name) { return legs_.at(name); }

// ---- messages

void ConferenceWorld::answer(const Leg& of, const Frame& frame, What what, int status) {
  const Fate fate = what == What::taken ? Fate::acknowledged : what == What::gone ? Fate::lost : Fate::refused;
  truth_.fate(of.name, frame.message->id.value, fate);
  const DeliverAnswer answer{frame.ticket, what, status};
  if (what != What::gone) return ask(of.name.edge, frame.mcu, answer);
  tell(of.name.edge, frame.mcu, [this, mcu = frame.mcu, answer, name = of.name] {
    truth_.begin_step();
    truth_.leg_gone(name);
    immcu(mcu).on_delivered(answer, now());
  });
}

void ConferenceWorld::at_edge(base::ShardId edge, const DeliverSession& deliver) {
  Leg& there = leg({edge, deliver.leg});
  const Frame frame{false, deliver.ticket, deliver.mcu, deliver.message};
  if (there.state != Leg::State::open || !find(there.device)->alive) return answer(there, frame, What::gone);
  if (!there.inbound.empty() && !there.inbound.back().end && once(Fault::swap_copies)) {
    there.inbound.insert(there.inbound.end() - 1, frame);
    return;
  }
  there.inbound.push_back(frame);
  if (once(Fault::repeat_copy)) there.inbound.push_back(frame);
}

/// The device looks at the next thing that came.
void ConferenceWorld::leg_acts(Leg& of) {
  if (of.inbound.empty()) return;
  const Frame frame = std::move(of.inbound.front());
  of.inbound.pop_front();
  if (frame.end) {
    of.state = Leg::State::over;
    return;
  }
  const std::uint64_t dice = calm_ ? 9 : random_.below(40);
  if (dice == 0) return answer(of, frame, What::refused, 488);
  if (dice == 1) return answer(of, frame, What::silent);
  if (!once(Fault::swallow_copy)) truth_.took(of.name, frame.message->id.value);
  of.unanswered.push_back(frame);
}

/// Any of the answers that are under way arrives: late ones overtake.
void ConferenceWorld::answer_arrives(Leg& of) {
  if (of.unanswered.empty()) return;
  const auto index = static_cast<std::ptrdiff_t>(random_.below(of.unanswered.size()));
  const Frame frame = of.unanswered[static_cast<std::size_t>(index)];
  of.unanswered.erase(of.unanswered.begin() + index);
  answer(of, frame, What::taken, 200);
}

void ConferenceWorld::drop_frames(Leg& of, bool unanswered_too) {
  if (unanswered_too) {
    for (const Frame& frame : std::exchange(of.unanswered, {})) answer(of, frame, What::gone);
  }
  for (const Frame& frame : std::exchange(of.inbound, {})) {
    if (!frame.end) answer(of, frame, What::gone);
  }
}

void ConferenceWorld::at_home(base::ShardId mcu, const InboxDeliver& deliver) {
  const auto task = std::make_shared<PageTask>(PageTask{deliver, mcu});
  for (auto& [id, device] : devices_) {
    if (device.user != deliver.to || !device.alive || device.dialect != Dialect::pages) continue;
    ++task->open;
    device.pages.push_back(task);
  }
  if (task->open == 0) conclude(task);
}

void ConferenceWorld::conclude(const std::shared_ptr<PageTask>& task) {
  const InboxDeliver& asked = task->asked;
  InboxAnswer answer{asked.ticket, asked.conversation, PostOutcome::delivered, Reason::none, 0, {}};
  if (!task->taken) {
    const bool keeps = asked.conference == nullptr && !is_for_now(asked.message->kind);
    answer.outcome = keeps ? PostOutcome::kept : PostOutcome::refused;
    answer.reason = keeps ? Reason::none : Reason::recipient_unavailable;
  }
  const Fate fate = task->taken ? Fate::acknowledged : Fate::refused;
  truth_.page_fate(asked.conversation, asked.to, asked.message->id.value, fate);
  ask(home_shard(asked.to, shards_), task->mcu, answer);
}

void ConferenceWorld::page_acts(Device& device) {
  if (device.pages.empty()) return;
  const std::shared_ptr<PageTask> task = device.pages.front();
  device.pages.pop_front();
  if (calm_ || !random_.one_in(20)) {
    task->taken = true;
    truth_.pages_taken[device.id.value].push_back(task->asked.message->id.value);
  }
  if (--task->open == 0) conclude(task);
}

void ConferenceWorld::at_home(base::ShardId mcu, const FindEndpoints& asked) {
  EndpointsFound found{asked.conversation, asked.user, {}};
  for (const auto& [id, device] : devices_) {
    if (device.user != asked.user || !device.alive) continue;
    EndpointRoute route;
    route.endpoint = id;
    route.edge = device.edge;
    route.connection = {id.value};
    route.capabilities.page_mode = device.dialect == Dialect::pages;
    route.capabilities.session_mode = device.dialect != Dialect::pages;
    route.client = std::make_shared<ClientInfo>(ClientInfo{"Phone/1", "", ""});
    found.routes.push_back(std::move(route));
  }
  ask(home_shard(asked.user, shards_), mcu, found);
}

// ---- dialogs

void ConferenceWorld::at_edge(base::ShardId mcu, const InviteLeg& invite) {
  const SeatName name{invite.route.edge, invite.leg};
  invited_[name] = invite;
  Leg& there = legs_[name];
  there.name = name;
  there.device = invite.route.endpoint;
  there.state = Leg::State::ringing;
  there.conversation = invite.conversation;
  there.mcu = mcu;
  if (invite.conference) there.key = invite.conference->description->key;
  if (find(there.device)->alive) return;
  there.state = Leg::State::over;
  ask(name.edge, mcu, LegAnswer{invite.conversation, invite.leg, LegAnswer::What::refused, 430});
}

void ConferenceWorld::ringing_acts(Leg& of) {
  const InviteLeg& invite = invited_.at(of.name);
  LegAnswer answer{of.conversation, of.name.leg, LegAnswer::What::accepted, 200};
  const Device& device = *find(of.device);
  if (of.key && device.dialect == Dialect::enters) {
    answer.what = LegAnswer::What::will_join;
  } else if (!calm_ && random_.one_in(8)) {
    answer.what = LegAnswer::What::refused;
    answer.status = 486;
  }
  of.state = answer.what == LegAnswer::What::accepted ? Leg::State::open : Leg::State::over;
  if (of.key && answer.what == LegAnswer::What::accepted) {
    places_[of.name] = {of.name, of.device, *of.key, Place::State::in, true, of.name};
    watch_for(places_[of.name]);
  }
  ask(of.name.edge, invite.mcu, answer);
  if (answer.what == LegAnswer::What::will_join) join(of.device, *of.key, false);
}

void ConferenceWorld::at_edge(base::ShardId edge, const OpenAnswer& answer) {
  if (answer.what == OpenAnswer::What::ringing) return;
  Leg& of = leg(opening_.at(answer.ticket).first);
  if (of.state != Leg::State::asking) return;
  of.state = Leg::State::over;
  if (answer.what != OpenAnswer::What::accepted) return;
  of.state = Leg::State::open;
  of.conversation = answer.conversation;
  of.mcu = conversation_shard(answer.conversation);
  if (!find(of.device)->alive) {
    of.state = Leg::State::over;
    ask(edge, of.mcu, CloseLeg{{}, edge, of.conversation, of.name.leg});
  }
}

/// Behind everything that the server has sent on the leg.
void ConferenceWorld::at_edge(const EndLeg& end) {
  const auto found = legs_.find({end.edge, end.leg});
  if (found == legs_.end()) return;
  Leg& of = found->second;
  if (const auto place = places_.find(of.name); place != places_.end()) place_over(place->second);
  if (of.state == Leg::State::open) {
    of.inbound.push_back({true, {}, {}, nullptr});
  } else {
    of.state = Leg::State::over;
  }
}

void ConferenceWorld::at_edge(const SeatEnded& ended) {
  const auto place = places_.find({ended.edge, ended.seat});
  if (place != places_.end()) place_over(place->second);
}

/// A client whose dialect wants it enters by itself.
void ConferenceWorld::at_edge(const LegGrown& grown) {
  Leg& of = leg({grown.edge, grown.leg});
  of.key = grown.description->key;
  if (of.state != Leg::State::open || !find(of.device)->alive) return;
  if (find(of.device)->dialect == Dialect::enters) return join(of.device, *of.key, false);
  if (!places_.contains(of.name)) {
    places_[of.name] = {of.name, of.device, *of.key, Place::State::in, true, of.name};
    watch_for(places_[of.name]);
  }
}

void ConferenceWorld::watch_for(Place& place) {
  place.watch = {++last_id_};
  watches_[{place.name.edge, place.watch}] = {place.name.edge, find(place.device)->user, place.key, place.name};
  ask(place.name.edge, shard_of(place.key),
      WatchConference{place.name.edge, place.watch, place.key, find(place.device)->user, true});
}

void ConferenceWorld::at_edge(const JoinAnswer& answer) {
  if (answer.what == JoinAnswer::What::waiting) return;
  Place& place = places_.at(joining_.at(answer.ticket));
  if (place.state == Place::State::over) {  // the device has gone meanwhile: its edge has said so
    return;
  }
  place.state = answer.what == JoinAnswer::What::joined ? Place::State::in : Place::State::over;
  if (place.state == Place::State::over) return;
  const Device& device = *find(place.device);
  if (place.chat) {
    Leg& of = legs_[place.name];
    of = Leg{place.name, place.device, Leg::State::open, answer.conversation, place.key, shard_of(place.key)};
    place.leg = place.name;
    const auto old = last_said_.find(answer.conversation);
    if (old != last_said_.end() && once(Fault::old_for_newcomer)) {
      of.inbound.push_back({false, {UINT64_MAX}, old->second.first, old->second.second});
    }
  } else {
    const SeatName name{place.name.edge, {++last_id_}};
    const base::Ticket ticket = next_ticket();
    chatting_[ticket] = {place.name, name};
    Leg& of = legs_[name];
    of = Leg{name, place.device, Leg::State::asking, answer.conversation, place.key, shard_of(place.key), true};
    place.leg = name;
    ask(place.name.edge, of.mcu, OpenChat{ticket, name.edge, place.key, place.name.leg, name.leg, device.user});
  }
  watch_for(place);
}

void ConferenceWorld::at_edge(const ChatAnswer& answer) {
  Leg& of = leg(chatting_.at(answer.ticket).second);
  if (of.state == Leg::State::asking) {
    of.state = answer.reason == Reason::none ? Leg::State::open : Leg::State::over;
  }
}

/// An edge puts a roster together from what comes.
void ConferenceWorld::at_edge(base::ShardId edge, const RosterNews& news) {
  const auto found = watches_.find({edge, news.watch});
  if (found == watches_.end() || found->second.over) return;
  Watch& watch = found->second;
  if (news.over != Reason::none) {
    watch.over = true;
    return;
  }
  if (!news.roster) return;
  const Roster& roster = *news.roster;
  if (roster.version <= watch.version) truth_.complain("roster: a version came again");
  if (!roster.full && roster.base_version != watch.version) truth_.complain("roster: a change of another version");
  if (roster.full) watch.members.clear();
  watch.version = roster.version;
  if (roster.description) watch.description = roster.description;
  for (const RosterMemberPtr& member : roster.members) watch.members[member->user] = member;
  for (const RosterMemberPtr& member : roster.gone) watch.members.erase(member->user);
  if (roster.size != watch.members.size()) truth_.complain("roster: the size is another");
}

// ---- going away

void ConferenceWorld::place_over(Place& place) {
  if (place.state == Place::State::over) return;
  place.state = Place::State::over;
  const auto watch = watches_.find({place.name.edge, place.watch});
  if (watch == watches_.end() || watch->second.over) return;
  watch->second.over = true;
  ask(place.name.edge, shard_of(place.key),
      WatchConference{place.name.edge, place.watch, place.key, watch->second.user, false});
}

void ConferenceWorld::hang_up(Leg& of, bool lost) {
  if (of.state != Leg::State::open) return;
  of.state = Leg::State::over;
  const base::Ticket ticket = lost ? base::Ticket{} : next_ticket();
  const bool frames_first = random_.one_in(2);
  if (frames_first) drop_frames(of, lost);
  ask(of.name.edge, of.mcu, CloseLeg{ticket, of.name.edge, of.conversation, of.name.leg});
  drop_frames(of, lost);
  if (const auto place = places_.find(of.name); place != places_.end()) place_over(place->second);
}

void ConferenceWorld::leave(Place& place, bool lost) {
  if (place.state == Place::State::over) return;
  const auto of = legs_.find(place.leg);
  const bool by_leg = place.chat && of != legs_.end() && of->second.state == Leg::State::open;
  if (by_leg && random_.one_in(2)) return hang_up(of->second, lost);
  if (of != legs_.end() && of->second.state == Leg::State::open) {
    of->second.state = Leg::State::over;
    drop_frames(of->second, lost);
  }
  if (of != legs_.end() && of->second.state == Leg::State::asking) of->second.state = Leg::State::over;
  place_over(place);
  ask(place.name.edge, shard_of(place.key),
      LeaveConference{lost ? base::Ticket{} : next_ticket(), place.name.edge, place.key, place.name.leg});
}

/// Its connection breaks: what was not answered is gone, whether it was seen or not.
void ConferenceWorld::die(Device& device) {
  device.alive = false;
  for (auto& [name, place] : places_) {
    if (place.device == device.id) leave(place, true);
  }
  for (auto& [name, of] : legs_) {
    if (of.device != device.id) continue;
    drop_frames(of, true);
    if (of.state == Leg::State::open) hang_up(of, true);
    if (of.state == Leg::State::ringing) {
      of.state = Leg::State::over;
      ask(name.edge, of.mcu, LegAnswer{of.conversation, name.leg, LegAnswer::What::refused, 430});
    }
  }
  for (const auto& [ticket, call] : opening_) {
    Leg& of = leg(call.first);
    if (of.device != device.id || of.state != Leg::State::asking) continue;
    of.state = Leg::State::over;
    ask(device.edge, conversation_shard(device.user, call.second, shards_),
        CancelOpen{of.name.leg, device.edge, device.user, call.second});
  }
  for (const std::shared_ptr<PageTask>& task : std::exchange(device.pages, {})) {
    if (--task->open == 0) conclude(task);
  }
}

void ConferenceWorld::device_acts(Device& device) {
  if (device.idle && !calm_) return;
  page_acts(device);
  for (auto& [name, of] : legs_) {
    if (of.device != device.id) continue;
    if (of.state == Leg::State::ringing) ringing_acts(of);
    leg_acts(of);
    answer_arrives(of);
  }
}

}  // namespace tertulia::domain::bench
