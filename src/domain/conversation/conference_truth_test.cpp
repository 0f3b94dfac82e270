// SPDX-License-Identifier: Apache-2.0
// What must be true of conferences, kept from what is asked and answered.
#include "domain/conversation/conference_truth.h"

#include <algorithm>

namespace tertulia::domain::bench {

using base::Reason;
using Fate = Copy::Fate;

namespace {

/// Who may do what, once more and in other words than the code under test.
bool needs_organizer(const conference::Command& command) {
  return std::holds_alternative<conference::SetPresenters>(command) ||
         std::holds_alternative<conference::SetSize>(command) ||
         std::holds_alternative<conference::SetExpiry>(command) || std::holds_alternative<conference::End>(command);
}

std::string name(base::UserId user) { return "user " + std::to_string(user.value); }

}  // namespace

void Truth::says(base::Ticket ticket, std::uint64_t message, base::UserId from, bool text) {
  message_of_[ticket.value] = message;
  said[message] = Said{message, from, text};
}

// ---- ways

void Truth::open_stream(const Stream& stream) {
  if (stream_of.contains(stream.leg)) return;
  streams.push_back(stream);
  streams.back().opened = step;
  stream_of[stream.leg] = streams.size() - 1;
}

void Truth::close_stream(std::size_t index) {
  if (!streams[index].open()) return;
  streams[index].closed = step;
  stream_of.erase(streams[index].leg);
  for (auto& [seat_name, seat] : seats) {
    if (seat.chat == index) seat.chat.reset();
  }
}

/// A leg is over, whoever ended it; a seat by the same dialog goes with it.
void Truth::leg_gone(const SeatName& leg) {
  if (const auto seat = seats.find(leg); seat != seats.end()) return close_seat(leg);
  if (const auto stream = stream_of.find(leg); stream != stream_of.end()) close_stream(stream->second);
}

void Truth::open_seat(const ConferenceKey& key, const SeatName& seat, base::UserId user, PersonKind kind, bool pages,
                      std::optional<std::size_t> chat) {
  ConferenceTruth& of = conferences[key];
  // A device that comes by another dialog has left by the old one in the same step.
  const bool was_in = is_in(key, user) || left_now_.contains({key, user});
  const bool guest = kind == PersonKind::guest;
  // A command opens the door first, and is noted when it is done.
  const bool by_command = commanding_;
  if (!by_command && of.ejected.contains(user)) complain("rights: " + name(user) + " is in again after his ejection");
  if (!was_in && members(key).size() >= of.is.size_max) {
    std::string in;
    for (const base::UserId one : members(key)) in += " " + std::to_string(one.value);
    complain("rights: more people than places, " + std::to_string(of.is.size_max) + ", in" + in + ", comes " +
             name(user) + (pages ? " by pages" : "") + " at " + std::to_string(step));
  }
  const bool own = user == key.organizer;
  if (!was_in && of.is.locked && !own && !by_command && !of.had_in.contains(user))
    complain("rights: a stranger passed the lock");
  seats[seat] = {user, key, pages, chat};
  ++of.seats_opened;
  if (chat) ++of.chats_opened;
  of.had_in.insert(user);
  if (was_in) return;
  ConferenceTruth::Person& person = of.people[user];
  if (own) {
    person.possible = {ConferenceRole::organizer};
  } else if (of.presenters_changed && !guest) {
    person.possible = {ConferenceRole::attendee, ConferenceRole::presenter};
  } else if (person.set_to && !guest) {
    person.possible = {*person.set_to};
  } else {
    const bool leads =
        of.is.presenters == PresenterPolicy::everyone || (of.is.presenters == PresenterPolicy::organisation && !guest);
    person.possible = {leads ? ConferenceRole::presenter : ConferenceRole::attendee};
    if (guest) of.guests.insert(user);
  }
}

void Truth::close_seat(const SeatName& seat) {
  const auto found = seats.find(seat);
  if (found == seats.end()) return;
  const SeatTruth gone = found->second;
  if (gone.chat) close_stream(*gone.chat);
  seats.erase(found);
  left_now_.insert({gone.key, gone.user});
  if (!is_in(gone.key, gone.user)) conferences[gone.key].returns.erase(gone.user);
}

void Truth::enter_by_pages(const ConferenceKey& key, base::UserId user) {
  const SeatName seat{{0xffff}, {++next_pages_}};
  open_stream({user, {}, seat, conferences[key].room});
  open_seat(key, seat, user, PersonKind::colleague, true, stream_of[seat]);
}

void Truth::close_pages(const ConferenceKey& key, base::UserId user) {
  for (const auto& [seat_name, seat] : std::map(seats)) {
    if (seat.pages && seat.user == user && seat.key == key) close_seat(seat_name);
  }
}

std::set<base::UserId> Truth::members(const ConferenceKey& key) const {
  std::set<base::UserId> all;
  for (const auto& [seat_name, seat] : seats) {
    if (seat.key == key) all.insert(seat.user);
  }
  return all;
}

const Stream* Truth::pages_of(const ConferenceKey& key, base::UserId user) const {
  for (const auto& [seat_name, seat] : seats) {
    if (seat.pages && seat.user == user && seat.key == key) return &streams[*seat.chat];
  }
  return nullptr;
}

// ---- messages

void Truth::begin_step() {
  ++step;
  refused_now_.clear();
  left_now_.clear();
  copies_now_ = 0;
  asker_.reset();
  leg_answer_.reset();
  adding_ = nullptr;
  finding_ = false;
  commanding_ = false;
}

void Truth::begin_post(base::Ticket ticket, base::ConversationId conversation, std::optional<std::size_t> sender) {
  Said& message = said.at(message_of_.at(ticket.value));
  message.step = step;
  message.conversation = conversation;
  message.sender = sender;
  for (const auto& [key, of] : conferences) {
    if (of.room != conversation || !of.exists) continue;
    message.in_conference = true;
    const auto role = is_in(key, message.from) ? highest(of, key, message.from) : std::nullopt;
    message.allowed = role && (!of.is.muted || *role >= ConferenceRole::presenter);
  }
}

void Truth::begin(const PostSession& post) {
  const auto leg = stream_of.find({post.edge, post.leg});
  begin_post(post.ticket, post.conversation, leg == stream_of.end() ? std::nullopt : std::optional(leg->second));
}

void Truth::begin(const PostToConference& post) {
  const auto of = conferences.find(post.key);
  const base::ConversationId room = of == conferences.end() ? base::ConversationId{} : of->second.room;
  std::optional<std::size_t> sender;
  if (const Stream* pages = pages_of(post.key, post.message->from)) {
    sender = static_cast<std::size_t>(pages - streams.data());
  }
  begin_post(post.ticket, room, sender);
  said.at(message_of_.at(post.ticket.value)).by_any_leg = !sender;
}

void Truth::end_post(base::Ticket ticket) {
  Said& message = said.at(message_of_.at(ticket.value));
  const bool refused = refused_now_.contains(ticket.value) && message.answers.back().missed.empty();
  message.refused_at_once = refused && copies_now_ == 0;
  if (message.in_conference && !message.allowed && !message.refused_at_once) {
    complain("rights: " + name(message.from) + " spoke without the right to");
  }
}

void Truth::told(const PostAnswer& answer) {
  said.at(message_of_.at(answer.ticket.value)).answers.push_back(answer);
  if (answer.outcome == PostOutcome::refused) refused_now_.insert(answer.ticket.value);
}

void Truth::told(const DeliverSession& deliver, base::ShardId edge) {
  ++copies_now_;
  const auto stream = stream_of.find({edge, deliver.leg});
  if (stream == stream_of.end()) return complain("older: a copy on a leg that is not open");
  streams[stream->second].copies.push_back({deliver.message->id.value});
}

void Truth::told(const InboxDeliver& deliver) {
  ++copies_now_;
  for (const auto& [leg, index] : stream_of) {
    Stream& stream = streams[index];
    if (stream.user == deliver.to && !stream.device && stream.conversation == deliver.conversation) {
      stream.copies.push_back({deliver.message->id.value});
      return;
    }
  }
  if (deliver.conference) complain("older: a single message to somebody who is not in by pages");
}

void Truth::took(const SeatName& leg, std::uint64_t message) {
  for (Stream& stream : streams) {
    if (stream.leg == leg) stream.taken.push_back(message);
  }
}

void Truth::fate(const SeatName& leg, std::uint64_t message, Fate fate) {
  for (Stream& stream : streams) {
    if (stream.leg != leg) continue;
    for (Copy& copy : stream.copies) {
      if (copy.message == message && copy.fate == Fate::under_way) copy.fate = fate;
    }
  }
}

void Truth::page_fate(base::ConversationId conversation, base::UserId user, std::uint64_t message, Fate fate) {
  for (Stream& stream : streams) {
    if (stream.device || stream.user != user || stream.conversation != conversation) continue;
    for (Copy& copy : stream.copies) {
      if (copy.message == message && copy.fate == Fate::under_way) copy.fate = fate;
    }
  }
}

// ---- people

void Truth::told(const OpenAnswer& answer, const SeatName& leg, base::UserId user, base::EndpointId device) {
  if (answer.what == OpenAnswer::What::ringing) return;
  answered(answer.ticket);
  if (answer.what == OpenAnswer::What::accepted) open_stream({user, device, leg, answer.conversation});
}

void Truth::end(const LegAnswer& answer, const SeatName& leg, base::UserId user, base::EndpointId device,
                const ConferenceKey* key) {
  if (answer.what != LegAnswer::What::accepted || ended_.contains(leg)) return;
  open_stream({user, device, leg, answer.conversation});
  if (key != nullptr) open_seat(*key, leg, user, PersonKind::colleague, false, stream_of[leg]);
  if (key != nullptr) close_pages(*key, user);
}

void Truth::told(const JoinAnswer& answer) {
  const JoinConference& join = joins_.at(answer.ticket.value);
  ConferenceTruth& of = conferences[join.key];
  if (answer.what == JoinAnswer::What::waiting) return;
  answered(answer.ticket);
  if (answer.what == JoinAnswer::What::refused) {
    const bool by_door = answer.reason == Reason::conference_locked || answer.reason == Reason::not_invited;
    if (by_door && of.returns.contains(join.user)) complain("restart: " + name(join.user) + " does not get in again");
    return;
  }
  of.rooms.insert(of.room = answer.conversation);
  const SeatName seat{join.edge, join.seat};
  if (join.chat) open_stream({join.user, join.endpoint, seat, answer.conversation});
  open_seat(join.key, seat, join.user, join.kind, false, join.chat ? std::optional(stream_of[seat]) : std::nullopt);
  if (join.chat) close_pages(join.key, join.user);
  ConferenceTruth::Person& person = of.people[join.user];
  if (!person.possible.contains(answer.role)) complain("rights: " + name(join.user) + " has another role than granted");
  person.possible = {answer.role};
}

void Truth::told(const ChatAnswer& answer, base::EndpointId device) {
  answered(answer.ticket);
  if (answer.reason != Reason::none) return;
  const OpenChat& open = chats_.at(answer.ticket.value);
  const auto seat = seats.find({open.edge, open.seat});
  if (seat == seats.end()) return complain("rights: a chat without a seat");
  const SeatName leg{open.edge, open.leg};
  if (seat->second.chat) close_stream(*seat->second.chat);
  open_stream({open.user, device, leg, answer.conversation});
  seat->second.chat = stream_of[leg];
  ++conferences[open.key].chats_opened;
  close_pages(open.key, open.user);
}

void Truth::begin(const AddPerson& add) {
  adds_[add.ticket.value] = add;
  adding_ = &adds_[add.ticket.value];
}

void Truth::end(const AddPerson& add) {
  adding_ = nullptr;
  if (refused_now_.contains(add.ticket.value)) return;
  for (auto& [key, of] : conferences) {
    if (of.room != add.conversation || !of.exists) continue;
    const auto role = highest(of, key, add.by);
    const bool leads = role && *role >= ConferenceRole::presenter;
    const bool open = !of.is.locked && of.is.admission <= Admission::organisation;
    if (!role || (!leads && !open)) complain("rights: " + name(add.by) + " added somebody without the right to");
    of.had_in.insert(add.who);
    if (leads) of.ejected.erase(add.who);
    note_all(of);
  }
}

void Truth::told(const AddAnswer& answer) {
  answered(answer.ticket);
  if (answer.reason != Reason::none) {
    refused_now_.insert(answer.ticket.value);
    return;
  }
  const AddPerson& add = adds_.at(answer.ticket.value);
  const bool pages = finding_ || leg_answer_ == LegAnswer::What::refused;
  if (pages && !is_in(answer.key, add.who)) enter_by_pages(answer.key, add.who);
}

void Truth::told(const EndLeg& end) {
  ended_.insert({end.edge, end.leg});
  leg_gone({end.edge, end.leg});
}

void Truth::told(const ConferenceListed& listed) {
  if (listed.gone) {
    const auto found = conferences.find(listed.key);
    if (found != conferences.end()) found->second.exists = false;
    for (const auto& [seat_name, seat] : std::map(seats)) {
      if (seat.pages && seat.key == listed.key) close_seat(seat_name);
    }
    return;
  }
  if (adding_ == nullptr) return;
  // Two people have become a conference.
  ConferenceTruth& of = conferences[listed.key];
  of.exists = true;
  of.rooms.insert(of.room = adding_->conversation);
  if (session_rows_.contains(of.room)) of.identity = of.room;
  of.linked = static_cast<bool>(of.identity);
  of.is.key = listed.key;
  of.is.subject = adding_->subject;
  of.is.size_max = conference_limits::size_default;
  note_all(of);
  const auto pair = pairs_.at(adding_->conversation);
  std::set<base::UserId> by_leg;
  for (const auto& [leg, index] : std::map(stream_of)) {
    if (streams[index].conversation != of.room) continue;
    by_leg.insert(streams[index].user);
    open_seat(listed.key, leg, streams[index].user, PersonKind::colleague, false, index);
  }
  for (const base::UserId user : {pair.first, pair.second}) {
    if (!by_leg.contains(user)) enter_by_pages(listed.key, user);
  }
}

// ---- commands

std::optional<ConferenceRole> Truth::highest(const ConferenceTruth& of, const ConferenceKey& key,
                                             base::UserId user) const {
  if (user == key.organizer) return ConferenceRole::organizer;
  const auto person = of.people.find(user);
  if (!is_in(key, user) || person == of.people.end()) return std::nullopt;
  return *person->second.possible.rbegin();
}

void Truth::begin(const ConferenceCommand& command) {
  commanding_ = true;
  const auto of = conferences.find(command.key);
  if (of != conferences.end()) asker_ = highest(of->second, command.key, command.by);
}

void Truth::end(const ConferenceCommand& command) {
  const auto found = conferences.find(command.key);
  if (refused_now_.contains(command.ticket.value) || found == conferences.end()) return;
  const bool may =
      !command.by ||
      (asker_ && *asker_ >= (needs_organizer(command.command) ? ConferenceRole::organizer : ConferenceRole::presenter));
  if (!may) complain("rights: a command of " + name(command.by) + " was carried out");
  commands_[command.ticket.value] = {command.key, step};
  carry_out(found->second, command);
}

void Truth::carry_out(ConferenceTruth& of, const ConferenceCommand& asked) {
  const ConferenceKey& key = asked.key;
  if (const auto* set = std::get_if<conference::SetRole>(&asked.command)) {
    if (set->user == key.organizer || set->role == ConferenceRole::organizer) complain("rights: a second organizer");
    const std::string field = "role " + std::to_string(set->user.value);
    if (of.history[field].empty()) {  // what he was before is not known to the store's order of things
      for (const char* before : {"0", "1"}) note(of, field, before);
    }
    of.people[set->user].set_to = set->role;
    if (is_in(key, set->user)) of.people[set->user].possible = {set->role};
    note(of, field, std::to_string(static_cast<int>(set->role)));
  } else if (const auto* eject = std::get_if<conference::Eject>(&asked.command)) {
    if (eject->user == key.organizer) complain("rights: the organizer was put out");
    close_pages(key, eject->user);
    if (is_in(key, eject->user)) complain("rights: who was put out still has a seat");
    if (eject->user != asked.by) {
      of.ejected.insert(eject->user);
      of.had_in.erase(eject->user);
      of.returns.erase(eject->user);
    }
  } else if (const auto* lock = std::get_if<conference::SetLock>(&asked.command)) {
    of.is.locked = lock->on;
  } else if (const auto* mute = std::get_if<conference::SetMute>(&asked.command)) {
    of.is.muted = mute->on;
  } else if (const auto* subject = std::get_if<conference::SetSubject>(&asked.command)) {
    of.is.subject = subject->subject;
  } else if (const auto* door = std::get_if<conference::SetAdmission>(&asked.command)) {
    of.is.admission = door->admission;
    of.is.lobby = door->lobby;
  } else if (const auto* presenters = std::get_if<conference::SetPresenters>(&asked.command)) {
    of.presenters_changed = of.presenters_changed || of.is.presenters != presenters->policy;
    of.is.presenters = presenters->policy;
  } else if (const auto* size = std::get_if<conference::SetSize>(&asked.command)) {
    of.is.size_max = size->size_max;
  } else if (const auto* admit = std::get_if<conference::Admit>(&asked.command)) {
    if (admit->user) of.had_in.insert(admit->user);
    if (!admit->user) of.is.locked = false, of.is.admission = Admission::everyone;
  } else if (const auto* invite = std::get_if<conference::Invite>(&asked.command)) {
    if (invite->on) of.ejected.erase(invite->user);
  } else if (std::holds_alternative<conference::End>(asked.command)) {
    ends_[asked.ticket.value] = key;
    if (!members(key).empty() || of.exists) complain("rights: it is over and people are in");
  }
  note_all(of);
}

void Truth::note_all(ConferenceTruth& of) {
  note(of, "locked", of.is.locked ? "1" : "0");
  note(of, "muted", of.is.muted ? "1" : "0");
  note(of, "subject", of.is.subject);
  note(of, "admission", std::to_string(static_cast<int>(of.is.admission)));
  note(of, "presenters", std::to_string(static_cast<int>(of.is.presenters)));
  note(of, "lobby", of.is.lobby ? "1" : "0");
  note(of, "size", std::to_string(of.is.size_max));
  std::string out;
  for (const base::UserId user : of.ejected) out += std::to_string(user.value) + " ";
  note(of, "ejected", out);
}

void Truth::end(const CreateConference& create) {
  if (refused_now_.contains(create.ticket.value)) return;
  ConferenceTruth& of = conferences[create.key];
  of.exists = true;
  of.is.key = create.key;
  of.is.subject = create.subject;
  of.is.admission = create.admission;
  of.is.presenters = create.presenters;
  of.is.lobby = create.lobby;
  of.is.size_max = create.size_max == 0 ? conference_limits::size_default : create.size_max;
  note_all(of);
}

void Truth::end(const Succession& succession) {
  if (refused_now_.contains(succession.ticket.value)) return;
  ConferenceTruth& of = conferences[succession.key];
  if (of.identity && of.identity != succession.conversation) complain("record: a second beginning of one story");
  const auto role = highest(of, succession.key, succession.by);
  if (!role) complain("rights: somebody from outside brought a conversation");
  of.identity = succession.record ? succession.conversation : base::ConversationId{};
  of.linked = of.linked || of.identity;
  of.had_in.insert(succession.other);
  if (role && *role >= ConferenceRole::presenter) of.ejected.erase(succession.other);
  note_all(of);
}

void Truth::told(const CreateAnswer& answer) {
  answered(answer.ticket);
  if (answer.reason != Reason::none) {
    refused_now_.insert(answer.ticket.value);
  } else {
    conferences[answer.key].promised = true;
  }
}

void Truth::told(const CommandAnswer& answer) {
  answered(answer.ticket);
  if (answer.reason != Reason::none) {
    refused_now_.insert(answer.ticket.value);
    return;
  }
  if (const auto end = ends_.find(answer.ticket.value); end != ends_.end())
    conferences[end->second].end_promised = true;
  const auto command = commands_.find(answer.ticket.value);
  if (command == commands_.end()) return;
  ConferenceTruth& of = conferences[command->second.first];
  of.durable = std::max(of.durable, command->second.second);
}

}  // namespace tertulia::domain::bench
