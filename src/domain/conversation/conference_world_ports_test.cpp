// SPDX-License-Identifier: Apache-2.0
// What a shard of the world handles, and what its Immcu says; each is noted in the truth.
#include "domain/conversation/conference_world_side.h"

namespace tertulia::domain::bench {

using base::Reason;

Immcu& ConferenceWorld::immcu(base::ShardId shard) { return *sides_[shard.value]->immcu; }

// ---- in

void ConferenceWorld::handle(base::ShardId at, const PostSession& post) {
  truth_.begin_step();
  truth_.begin(post);
  immcu(at).on_post(post, *directory_, now());
  truth_.end_post(post.ticket);
}

void ConferenceWorld::handle(base::ShardId at, const PostToConference& post) {
  truth_.begin_step();
  truth_.begin(post);
  immcu(at).on_post(post, *directory_, now());
  truth_.end_post(post.ticket);
}

void ConferenceWorld::handle(base::ShardId at, const OpenSession& open) {
  truth_.begin_step();
  immcu(at).on_open(open, *directory_, now());
}

void ConferenceWorld::handle(base::ShardId at, const CancelOpen& cancel) {
  truth_.begin_step();
  truth_.leg_gone({cancel.edge, cancel.leg});
  immcu(at).on_cancel(cancel, now());
}

void ConferenceWorld::handle(base::ShardId at, const CloseLeg& close) {
  truth_.begin_step();
  truth_.begin(close);
  immcu(at).on_close(close, now());
}

void ConferenceWorld::handle(base::ShardId at, const LegAnswer& answer) {
  truth_.begin_step();
  truth_.begin(answer);
  immcu(at).on_leg(answer, now());
  for (const auto& [name, invite] : invited_) {
    if (name.leg != answer.leg) continue;
    const ConferenceKey* key = invite.conference ? &invite.conference->description->key : nullptr;
    return truth_.end(answer, name, invite.to, invite.route.endpoint, key);
  }
}

void ConferenceWorld::handle(base::ShardId at, const DeliverAnswer& answer) {
  truth_.begin_step();
  immcu(at).on_delivered(answer, now());
}

void ConferenceWorld::handle(base::ShardId at, const InboxAnswer& answer) {
  truth_.begin_step();
  immcu(at).on_inbox(answer, now());
}

void ConferenceWorld::handle(base::ShardId at, const EndpointsFound& found) {
  truth_.begin_step();
  truth_.begin_found();
  immcu(at).on_found(found, *directory_, now());
}

/// Comes to the home of the organizer first.
void ConferenceWorld::handle(base::ShardId at, const CreateConference& create) {
  const base::ShardId home = home_shard(create.key.organizer, shards_);
  const Reason reason = at == home ? sides_[at.value]->index.enter(create.key) : Reason::none;
  if (reason != Reason::none) return truth_.told(CreateAnswer{create.ticket, reason, create.key});
  const base::ShardId there = shard_of(create.key);
  const auto make = [this, create, there] {
    truth_.begin_step();
    immcu(there).on_create(create, *directory_, now());
    truth_.end(create);
  };
  there == at ? make() : tell(at, there, make);
}

void ConferenceWorld::handle(base::ShardId at, const JoinConference& join) {
  truth_.begin_step();
  truth_.begin(join);
  immcu(at).on_join(join, *directory_, now());
}

void ConferenceWorld::handle(base::ShardId at, const LeaveConference& leave) {
  truth_.begin_step();
  truth_.begin(leave);
  immcu(at).on_leave(leave, now());
}

void ConferenceWorld::handle(base::ShardId at, const OpenChat& open) {
  truth_.begin_step();
  truth_.begin(open);
  immcu(at).on_chat(open, now());
}

void ConferenceWorld::handle(base::ShardId at, const AddPerson& add) {
  truth_.begin_step();
  truth_.begin(add);
  immcu(at).on_add(add, *directory_, now());
  truth_.end(add);
}

void ConferenceWorld::handle(base::ShardId at, const Escalate& escalate) {
  truth_.begin_step();
  immcu(at).on_escalate(escalate, now());
}

void ConferenceWorld::handle(base::ShardId at, const Succession& succession) {
  truth_.begin_step();
  immcu(at).on_succession(succession, now());
  truth_.end(succession);
}

void ConferenceWorld::handle(base::ShardId at, const ConferenceCommand& command) {
  truth_.begin_step();
  truth_.begin(command);
  ConferenceCommand given = command;
  if (fault_ == Fault::obey_anybody) given.by = {};
  const bool ejects = std::holds_alternative<conference::Eject>(command.command);
  if (ejects && immcu(at).conference(command.key) && once(Fault::ignore_ejection)) {
    out(at, command.edge, CommandAnswer{command.ticket, Reason::none});
  } else {
    immcu(at).on_command(given, now());
  }
  truth_.end(command);
  if (once(Fault::refuse_and_obey)) {
    immcu(at).on_command({{}, at, command.key, {}, conference::SetSubject{"not to be seen"}}, now());
  }
}

void ConferenceWorld::handle(base::ShardId at, const WatchConference& watch) {
  truth_.begin_step();
  immcu(at).on_watch(watch, now());
}

// ---- out

void ConferenceWorld::out(base::ShardId, base::ShardId, PostAnswer answer) {
  if (once(Fault::lose_post_answer)) return;
  if (!answer.missed.empty() && once(Fault::hide_missed)) answer.missed.clear();
  truth_.told(answer);
  if (once(Fault::answer_post_twice)) truth_.told(answer);
}

void ConferenceWorld::out(base::ShardId from, base::ShardId edge, const OpenAnswer& answer) {
  const auto& [name, callee] = opening_.at(answer.ticket);
  const Leg& inviter = leg(name);
  const base::UserId by = find(inviter.device)->user;
  truth_.told(answer, inviter.name, by, inviter.device);
  if (answer.what == OpenAnswer::What::accepted) truth_.two_people(answer.conversation, by, callee);
  tell(from, edge, [this, edge, answer] { at_edge(edge, answer); });
}

void ConferenceWorld::out(base::ShardId from, base::ShardId edge, const DeliverSession& deliver) {
  truth_.told(deliver, edge);
  last_said_[deliver.conversation] = {from, deliver.message};
  tell(from, edge, [this, edge, deliver] { at_edge(edge, deliver); });
}

void ConferenceWorld::out(base::ShardId from, const InboxDeliver& deliver) {
  truth_.told(deliver);
  tell(from, home_shard(deliver.to, shards_), [this, from, deliver] { at_home(from, deliver); });
}

void ConferenceWorld::out(base::ShardId from, const FindEndpoints& find) {
  tell(from, home_shard(find.user, shards_), [this, from, find] { at_home(from, find); });
}

void ConferenceWorld::out(base::ShardId from, base::ShardId edge, const JoinAnswer& answer) {
  truth_.told(answer);
  if (answer.what != JoinAnswer::What::waiting && once(Fault::answer_join_twice)) truth_.answered(answer.ticket);
  tell(from, edge, [this, answer] { at_edge(answer); });
}

void ConferenceWorld::out(base::ShardId from, base::ShardId edge, const ChatAnswer& answer) {
  const SeatName seat = chatting_.at(answer.ticket).first;
  truth_.told(answer, places_.at(seat).device);
  tell(from, edge, [this, answer] { at_edge(answer); });
}

void ConferenceWorld::out(base::ShardId, base::ShardId, const CommandAnswer& answer) {
  if (answer.ticket) truth_.told(answer);
}

void ConferenceWorld::out(base::ShardId from, base::ShardId edge, RosterNews news) {
  if (news.roster && !news.roster->full && once(Fault::lose_news)) return;
  if (news.roster && !news.roster->members.empty() && once(Fault::show_wrong_role)) {
    auto roster = std::make_shared<Roster>(*news.roster);
    auto member = std::make_shared<RosterMember>(*roster->members.front());
    member->role = member->role == ConferenceRole::presenter ? ConferenceRole::attendee : ConferenceRole::presenter;
    roster->members.front() = member;
    news.roster = roster;
  }
  tell(from, edge, [this, edge, news] { at_edge(edge, news); });
  if (news.roster && once(Fault::repeat_news)) tell(from, edge, [this, edge, news] { at_edge(edge, news); });
}

void ConferenceWorld::out(base::ShardId from, const EndLeg& end) {
  truth_.told(end);
  if (once(Fault::keep_leg)) return;
  tell(from, end.edge, [this, end] { at_edge(end); });
}

void ConferenceWorld::out(base::ShardId from, const SeatEnded& ended) {
  truth_.told(ended);
  tell(from, ended.edge, [this, ended] { at_edge(ended); });
}

void ConferenceWorld::out(base::ShardId from, const ConferenceListed& listed) {
  truth_.told(listed);
  if (!listed.gone) keys_.push_back(listed.key);
  if (once(Fault::forget_index)) return;
  const base::ShardId home = home_shard(listed.key.organizer, shards_);
  tell(from, home, [this, home, listed] { sides_[home.value]->index.on_listed(listed); });
}

void ConferenceWorld::out(ConferenceRow row) {
  if (auto* conference = std::get_if<ConferenceRecord>(&row)) {
    if (fault_ == Fault::cut_link) conference->replaces = {};
    if (conference->end_time && once(Fault::second_row)) conference->id = {conference->id.value + 1};
  }
  auto* focus = std::get_if<FocusJoinRecord>(&row);
  if (focus != nullptr && focus->leave_time && once(Fault::lose_leaving)) return;
  auto* mcu = std::get_if<McuJoinRecord>(&row);
  if (mcu != nullptr && mcu->leave_time && once(Fault::count_one_more)) ++mcu->message_count;
  truth_.told(row);
}

void ConferenceWorld::out(base::ShardId from, base::Ticket ticket, const SessionRecord& record) {
  truth_.told(record);
  if (!ticket) return;
  const bool fails = !calm_ && random_.one_in(20);
  tell(from, from, [this, from, ticket, fails] {
    truth_.begin_step();
    immcu(from).on_recorded(ticket, fails ? base::Result<void>{Reason::store_unavailable} : base::Result<void>{},
                            now());
  });
}

void ConferenceWorld::out(base::ShardId from, base::Ticket ticket, ConferenceFacts facts) {
  sides_[from.value]->disk.put_conference_facts(std::move(facts), [this, from, ticket](base::Result<void> result) {
    truth_.begin_step();
    if (ticket && sides_[from.value]->immcu) immcu(from).on_conference_stored(ticket, std::move(result), now());
  });
}

void ConferenceWorld::out(base::ShardId from, base::Ticket ticket, const ConferenceKey& gone) {
  sides_[from.value]->disk.remove_conference(gone, [this, from, ticket](base::Result<void> result) {
    truth_.begin_step();
    if (ticket && sides_[from.value]->immcu) immcu(from).on_conference_stored(ticket, std::move(result), now());
  });
}

}  // namespace tertulia::domain::bench
