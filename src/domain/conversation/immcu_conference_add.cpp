// SPDX-License-Identifier: Apache-2.0
// Somebody is added to a running conversation; members by single messages speak.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/final_status.h"
#include "domain/conversation/immcu_state.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using Life = Room::Life;
using Way = Participant::Way;

namespace {

Reason refusal_of(const AddPerson& add, const Directory& directory) {
  const User* adder = directory.find(add.by);
  if (adder == nullptr || !adder->enabled) return Reason::account_disabled;
  const User* added = directory.find(add.who);
  if (const Reason reason = refusal_to_reach(added); reason != Reason::none) return reason;
  if (add.subject.size() > conference_limits::subject_bytes_max) return Reason::setting_out_of_bounds;
  return added->blocks(adder->address) ? Reason::sender_blocked : Reason::none;
}

/// What the machine of an invitation needs to know.
OpenSession as_invitation(const AddPerson& add) {
  OpenSession open;
  open.from = add.by;
  open.from_address = add.by_address;
  open.from_name = add.by_name;
  open.to = add.who;
  open.subject = add.subject;
  return open;
}

}  // namespace

void Immcu::State::add(const AddPerson& add, const Directory& directory, base::Now now) {
  const auto refuse = [&](Reason reason) {
    conferences->answer(add.edge, AddAnswer{add.ticket, reason, base::status_of(reason), {}});
  };
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse(reason);
  Room* room = add.conference ? find(*add.conference) : find(add.conversation);
  if (room == nullptr || room->life != Life::open || !room->takes_posts)
    return refuse(add.conference ? Reason::conference_unknown : Reason::dialog_unknown);
  if (!room->conference) {
    const std::vector<Participant>& people = room->talk.participants();
    const bool takes_part =
        std::any_of(people.begin(), people.end(), [&](const Participant& p) { return p.user == add.by && !p.left; });
    if (!takes_part) return refuse(Reason::dialog_unknown);
    const bool there =
        std::any_of(people.begin(), people.end(), [&](const Participant& p) { return p.user == add.who && !p.left; });
    if (there) {  // two stay two
      conferences->answer(add.edge, AddAnswer{add.ticket, Reason::none, 0, {}});
      return;
    }
  }
  if (const Reason reason = refusal_of(add, directory); reason != Reason::none) return refuse(reason);
  if (!room->conference) {
    if (const Reason reason = grow(*room, add, directory, now); reason != Reason::none) return refuse(reason);
  }
  ConferenceRoom& side = *room->conference;
  const bool once_more = std::any_of(side.additions.begin(), side.additions.end(),
                                     [&](const Addition& a) { return a.asked.who == add.who; });
  Reason reason = Reason::none;
  if (once_more) {
    reason = may_add(side.focus.asker(add.by), side.focus.facts());
  } else if (side.additions.size() >= conversation_limits::additions_max) {
    reason = Reason::server_busy;
  } else {
    reason = side.focus.let_in(add.who, PersonKind::colleague, side.focus.asker(add.by)).reason();
  }
  if (reason != Reason::none || once_more || side.focus.find(add.who) != nullptr) {
    conferences->answer(add.edge, AddAnswer{add.ticket, reason, base::status_of(reason), side.focus.key()});
    return touch(*room, now);
  }
  const User& added = *directory.find(add.who);
  side.additions.push_back({add, added.address.text(), added.display_name,
                            Invitation(as_invitation(add), now.mono + settings.invite_patience)});
  ports.find(FindEndpoints{shard, room->talk.id(), add.who, std::nullopt, add.by_address});
  touch(*room, now);
}

void Immcu::State::found_addition(Room& room, const EndpointsFound& found, base::Now now) {
  ConferenceRoom& side = *room.conference;
  const auto addition = std::find_if(side.additions.begin(), side.additions.end(), [&](const Addition& a) {
    return a.asked.who == found.user && a.invitation.looking();
  });
  if (addition == side.additions.end()) return;
  const auto index = static_cast<std::size_t>(addition - side.additions.begin());
  if (found.reason != Reason::none) {
    conclude_addition(room, index, found.reason, base::status_of(found.reason), now);
    return touch(room, now);
  }
  std::vector<Invitation::Fork> forks;
  bool pages = false;
  for (const EndpointRoute& route : found.routes) {
    pages = pages || route.capabilities.page_mode;
    if (!route.capabilities.session_mode) continue;
    Invitation::Fork fork{leg_ids.next<base::LegId>(), route};
    if (addition->invitation.add(fork)) forks.push_back(std::move(fork));
  }
  addition->invitation.begin_ringing(pages, false);
  if (forks.empty()) {
    if (pages) {
      add_by_pages(room, index, now);
    } else {
      const Reason absent = Reason::recipient_unavailable;
      conclude_addition(room, index, absent, base::status_of(absent), now);
    }
    return touch(room, now);
  }
  const AddPerson& asked = addition->asked;
  const auto invitation =
      std::make_shared<const ConferenceInvitation>(ConferenceInvitation{side.focus.description(), asked.first_text});
  const std::string& subject = asked.subject.empty() ? side.focus.facts().subject : asked.subject;
  for (const Invitation::Fork& fork : forks) {
    ports.invite(fork.route.edge,
                 InviteLeg{room.talk.id(), fork.leg, shard, fork.route, asked.who, addition->address, asked.by_address,
                           asked.by_name, subject, invitation, side.focus.facts().correlation_id});
  }
}

/// False: the answer is not about somebody who is being added.
bool Immcu::State::leg_of_addition(Room& room, const LegAnswer& answer, base::Now now) {
  ConferenceRoom& side = *room.conference;
  for (std::size_t i = 0; i < side.additions.size(); ++i) {
    Addition& addition = side.additions[i];
    const Invitation::Step step = addition.invitation.on_leg(answer);
    if (step.fork == nullptr && step.outcome == Invitation::Outcome::nothing) continue;
    switch (step.outcome) {
      case Invitation::Outcome::nothing:
      case Invitation::Outcome::ring:
      case Invitation::Outcome::lost:
        return true;
      case Invitation::Outcome::accepted:
        if (answer.what == LegAnswer::What::accepted) {
          join_invited(room, i, *step.fork, now);
        } else {
          conclude_addition(room, i, Reason::none, 0, now);  // the door is open for him
        }
        break;
      case Invitation::Outcome::refused:
        if (addition.invitation.falls_to_pages()) {
          add_by_pages(room, i, now);
        } else {
          const int status = addition.invitation.best_status();
          conclude_addition(room, i, reason_of_refused_invitation(status), status, now);
        }
        break;
    }
    touch(room, now);
    return true;
  }
  return false;
}

/// He has accepted with this device: its dialog is his seat and his chat.
void Immcu::State::join_invited(Room& room, std::size_t index, const Invitation::Fork& fork, base::Now now) {
  ConferenceRoom& side = *room.conference;
  JoinConference join;
  join.key = side.focus.key();
  join.edge = fork.route.edge;
  join.seat = fork.leg;
  join.user = side.additions[index].asked.who;
  join.address = side.additions[index].address;
  join.name = side.additions[index].name;
  join.endpoint = fork.route.endpoint;
  join.connection = fork.route.connection;
  join.client = fork.route.client;
  join.chat = true;
  const SeatName seat{join.edge, join.seat};
  Reason reason = room.talk.has_place() ? Reason::none : Reason::conference_full;
  if (reason == Reason::none) {
    const auto door = side.focus.enter(join, now.mono, now);
    if (!door) reason = door.reason();
    if (door && *door == Focus::Door::lobby) {  // the door was shut meanwhile
      side.focus.stop_waiting(seat);
      reason = Reason::conference_locked;
    }
  }
  if (reason == Reason::none) {
    seated(room, join, now);
    TERTULIA_CHECK(take_chat(room, seat, seat, now));
  } else {
    record_refusal(room, join, reason, now.wall, now);
    end_leg(seat, reason);
  }
  conclude_addition(room, index, reason, base::status_of(reason), now);
}

void Immcu::State::add_by_pages(Room& room, std::size_t index, base::Now now) {
  ConferenceRoom& side = *room.conference;
  JoinConference join;
  join.key = side.focus.key();
  join.edge = shard;
  join.seat = leg_ids.next<base::LegId>();
  join.user = side.additions[index].asked.who;
  join.address = side.additions[index].address;
  join.name = side.additions[index].name;
  Reason reason = room.talk.has_place() ? Reason::none : Reason::conference_full;
  // He may have come in by himself meanwhile: then every device has its way already.
  if (reason == Reason::none && side.focus.find(join.user) == nullptr) {
    const auto door = side.focus.enter_by_pages(join);
    reason = door.reason();
    if (door) {
      seated(room, join, now);
      Participant person;
      person.user = join.user;
      person.party.user = join.address;
      const SeatName seat{join.edge, join.seat};
      adopt_chat(room, side.stays.at(seat), seat, *room.talk.take_place(std::move(person)), now);
    }
  }
  conclude_addition(room, index, reason, base::status_of(reason), now);
}

void Immcu::State::conclude_addition(Room& room, std::size_t index, Reason reason, int status, base::Now) {
  ConferenceRoom& side = *room.conference;
  Addition addition = std::move(side.additions[index]);
  side.additions.erase(side.additions.begin() + static_cast<std::ptrdiff_t>(index));
  for (const Invitation::Fork& fork : addition.invitation.close()) {
    const Reason why = reason == Reason::none ? Reason::answered_elsewhere : reason;
    end_leg({fork.route.edge, fork.leg}, why);
  }
  if (reason != Reason::none) side.focus.take_back(addition.asked.who, PersonKind::colleague);
  conferences->answer(addition.asked.edge, AddAnswer{addition.asked.ticket, reason, status, side.focus.key()});
}

// ---- messages

/// May this one write here now?  His role is that of this moment.
Reason Immcu::State::conference_refusal(const Room& room, base::UserId from) const {
  const Focus& focus = room.conference->focus;
  const Member* member = focus.find(from);
  return member == nullptr ? Reason::not_in_conference : may_write(member->role, focus.facts());
}

/// Somebody whom the conference reaches by single messages, or who has a leg and writes without it.
void Immcu::State::post(const PostToConference& post, const Directory& directory, base::Now now) {
  const auto refuse = [&](Reason reason) { ports.answer(post.edge, {post.ticket, PostOutcome::refused, reason, 0}); };
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse(reason);
  Room* room = find(post.key);
  if (room == nullptr) return refuse(Reason::conference_unknown);
  const base::UserId from = post.message->from;
  if (const Reason reason = conference_refusal(*room, from); reason != Reason::none) return refuse(reason);
  std::optional<std::size_t> sender;
  const std::vector<Participant>& people = room->talk.participants();
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (people[i].user != from || people[i].left) continue;
    const bool this_device = post.endpoint && people[i].party.endpoint == post.endpoint;
    if (!sender || this_device || people[i].way == Way::pages) sender = i;
    if (this_device || people[i].way == Way::pages) break;
  }
  if (!sender) return refuse(Reason::not_in_conference);
  base::Result<InstantMessagePtr> admitted = admit(post.message, directory);
  if (!admitted) return refuse(admitted.reason());
  if (room->talk.full()) return refuse(Reason::too_many_messages_waiting);
  ConversationOutlet out = outlet();
  room->talk.post({post.ticket, post.edge, *sender, *std::move(admitted)}, out, now);
  end_overflowing(*room, now);
}

}  // namespace tertulia::domain
