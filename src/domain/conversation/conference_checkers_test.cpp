// SPDX-License-Identifier: Apache-2.0
// The checkers: what holds after a restart, and when nothing is under way any more.
#include <algorithm>

#include "domain/conversation/conference_truth.h"

namespace tertulia::domain::bench {

using base::Reason;
using Fate = Copy::Fate;

namespace {

std::string text_of(std::uint64_t message) { return "message " + std::to_string(message); }

bool is_over(Reason reason) { return reason == Reason::conference_ended || reason == Reason::server_stopping; }

bool missed(const Said& message, base::UserId user) {
  const std::vector<Missed>& list = message.answers.front().missed;
  return std::any_of(list.begin(), list.end(), [&](const Missed& one) { return one.user == user; });
}

}  // namespace

// ---- restart

void Truth::process_over(bool killed) {
  ++step;
  killed_ = killed_ || killed;
  for (auto& [ticket, asked] : asked_) asked.excused = asked.excused || asked.answers == 0;
  for (auto& [id, message] : said) message.excused = message.excused || message.answers.empty();
  for (Stream& stream : streams) {
    for (Copy& copy : stream.copies) {
      if (copy.fate == Fate::under_way) copy.fate = Fate::lost;
    }
  }
  if (!killed && !seats.empty()) {
    for (const auto& [seat_name, seat] : seats) {
      if (!seat.pages) complain("left: a seat after an orderly stop");
    }
  }
  for (const auto& [seat_name, seat] : std::map(seats)) close_seat(seat_name);
  for (const auto& [leg, index] : std::map(stream_of)) close_stream(index);
  if (!killed) return;
  for (const auto& [id, row] : focus_rows_) {
    if (!row.leave_time) excused_rows_.insert(id);
  }
  for (const auto& [id, row] : mcu_rows_) {
    if (!row.leave_time) excused_rows_.insert(id);
  }
  for (const auto& [id, row] : rows_) {
    if (!row.end_time) excused_rows_.insert(id);
  }
}

void Truth::check_kept(const ConferenceKey& key, const ConferenceTruth& of, const ConferenceFacts& kept) {
  const auto may_be = [&](const std::string& field, const std::string& value) {
    const auto changes = of.history.find(field);
    if (changes == of.history.end()) return;
    bool good = false;
    for (const auto& [when, was] : changes->second) {
      if (when <= of.durable) good = false;  // replaced by what was promised later
      good = good || was == value;
    }
    if (!good) complain("restart: " + key.id + " lost its " + field + ", has " + value);
  };
  may_be("locked", kept.locked ? "1" : "0");
  may_be("muted", kept.muted ? "1" : "0");
  may_be("subject", kept.subject);
  may_be("admission", std::to_string(static_cast<int>(kept.admission)));
  may_be("presenters", std::to_string(static_cast<int>(kept.presenters)));
  may_be("lobby", kept.lobby ? "1" : "0");
  may_be("size", std::to_string(kept.size_max));
  std::string out;
  std::map<base::UserId, ConferenceRole> roles;
  for (const ConferencePerson& person : kept.people) {
    roles[person.user] = person.role;
    if (person.ejected) out += std::to_string(person.user.value) + " ";
  }
  may_be("ejected", out);
  for (const auto& [user, role] : roles) {
    if (!of.presenters_changed && !of.guests.contains(user))
      may_be("role " + std::to_string(user.value), std::to_string(static_cast<int>(role)));
  }
}

/// What the store has is checked against what was promised, and is the truth from now on.
void Truth::restored(const std::map<ConferenceKey, ConferenceFacts>& kept) {
  for (auto& [key, of] : conferences) {
    const auto found = kept.find(key);
    if (found == kept.end()) {
      if (of.exists && of.promised) complain("restart: " + key.id + " is lost");
      of.exists = false;
      continue;
    }
    if (of.end_promised) complain("restart: " + key.id + " is back after its end");
    const ConferenceFacts& facts = found->second;
    check_kept(key, of, facts);
    of.exists = true;
    of.room = {};
    of.is.subject = facts.subject;
    of.is.admission = facts.admission;
    of.is.presenters = facts.presenters;
    of.is.lobby = facts.lobby;
    of.is.locked = facts.locked;
    of.is.muted = facts.muted;
    of.is.size_max = facts.size_max;
    of.identity = facts.replaces ? facts.conversation : base::ConversationId{};
    of.ejected.clear();
    of.returns.clear();
    of.people.clear();
    for (const ConferencePerson& person : facts.people) {
      of.people[person.user].set_to = person.role;
      if (person.ejected) of.ejected.insert(person.user);
      if (person.let_in) of.had_in.insert(person.user);
      if (person.let_in && !person.ejected) of.returns.insert(person.user);
    }
    of.history.clear();
    note_all(of);
  }
  for (const auto& [key, facts] : kept) {
    if (!conferences.contains(key)) complain("restart: " + key.id + " comes from nowhere");
  }
}

// ---- messages

void Truth::check_stream(const Stream& stream) {
  Step last = 0;
  for (const std::uint64_t id : stream.taken) {
    const Said& message = said.at(id);
    if (message.conversation != stream.conversation) complain("order: " + text_of(id) + " in another conversation");
    if (message.step < last) complain("order: " + text_of(id) + " after a later one");
    if (message.step == last) complain("twice: " + text_of(id) + " on one leg");
    if (message.in_conference && message.step < stream.opened) {
      complain("older: " + text_of(id) + " was said before he came");
    }
    if (message.refused_at_once) complain("answers: " + text_of(id) + " was refused and reached somebody");
    last = message.step;
  }
  for (const Copy& copy : stream.copies) {
    if (copy.fate == Fate::under_way) complain("left: a copy of " + text_of(copy.message) + " is under way");
  }
}

/// Who was in when it was said has got it, or the sender was told that he has not.
void Truth::check_reached(const Said& message) {
  if (!message.in_conference || message.refused_at_once || message.answers.size() != 1) return;
  const PostAnswer& answer = message.answers.front();
  if (answer.outcome == PostOutcome::refused && is_over(answer.reason)) return;
  std::map<base::UserId, bool> failed;  // of those who should have it
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Stream& stream = streams[i];
    if (stream.conversation != message.conversation || i == message.sender) continue;
    if (message.by_any_leg && stream.user == message.from) continue;
    if (stream.closed == message.step) failed[stream.user] = true;  // too slow: his leg was ended with this message
    if (stream.opened > message.step || stream.closed <= message.step) continue;
    std::size_t copies = 0;
    bool good = false;
    for (const Copy& copy : stream.copies) {
      if (copy.message != message.id) continue;
      ++copies;
      good = copy.fate == Fate::acknowledged;
    }
    if (copies > 1) complain("twice: " + text_of(message.id) + " was sent twice to one leg");
    const bool seen = !stream.device || std::count(stream.taken.begin(), stream.taken.end(), message.id) > 0;
    if (good && !seen) complain("lost: a device took " + text_of(message.id) + " and does not have it");
    if (!good && !missed(message, stream.user)) {
      complain("lost: " + text_of(message.id) + " did not reach user " + std::to_string(stream.user.value) +
               (stream.device ? " by leg" : " by pages") + ", copies " + std::to_string(copies) + ", open from " +
               std::to_string(stream.opened) + " to " + std::to_string(stream.closed) + ", said at " +
               std::to_string(message.step));
    }
    failed[stream.user] = failed[stream.user] || !good;
  }
  for (const Missed& one : answer.missed) {
    if (!failed[one.user]) complain("answers: somebody took " + text_of(message.id) + " and missed it");
  }
}

void Truth::check_answer(const Said& message) {
  if (message.answers.size() != 1) {
    if (message.answers.empty() && message.excused) return;
    return complain("answers: " + text_of(message.id) + " has " + std::to_string(message.answers.size()));
  }
  const PostAnswer& answer = message.answers.front();
  if (answer.outcome == PostOutcome::refused && answer.reason == Reason::none) {
    complain("answers: " + text_of(message.id) + " refused without reason");
  }
  bool acknowledged = false;
  for (const Stream& stream : streams) {
    for (const Copy& copy : stream.copies) {
      acknowledged = acknowledged || (copy.message == message.id && copy.fate == Fate::acknowledged);
    }
  }
  if (answer.outcome == PostOutcome::refused && acknowledged && !is_over(answer.reason)) {
    complain("answers: " + text_of(message.id) + " taken and refused");
  }
}

/// A device sees each message once, by whatever way.
void Truth::check_devices() {
  std::map<std::uint64_t, std::vector<std::uint64_t>> seen = pages_taken;
  for (const Stream& stream : streams) {
    if (!stream.device) continue;
    std::vector<std::uint64_t>& all = seen[stream.device.value];
    all.insert(all.end(), stream.taken.begin(), stream.taken.end());
  }
  for (auto& [device, all] : seen) {
    std::sort(all.begin(), all.end());
    const auto again = std::adjacent_find(all.begin(), all.end());
    if (again != all.end()) complain("twice: " + text_of(*again) + " at device " + std::to_string(device));
  }
  for (const auto& [device, all] : pages_taken) {
    std::map<base::ConversationId, Step> last;
    for (const std::uint64_t id : all) {
      const Said& message = said.at(id);
      if (!message.in_conference) continue;
      if (message.step < last[message.conversation]) complain("order: " + text_of(id) + " after a later one, by pages");
      last[message.conversation] = message.step;
    }
  }
}

// ---- records

void Truth::told(const ConferenceRow& row) {
  if (const auto* conference = std::get_if<ConferenceRecord>(&row)) {
    // One that is over at once tells of those who were not let in while nobody was in.
    if (!rows_.contains(conference->id) && conference->end_time) refusal_rows_.insert(conference->id);
    rows_[conference->id] = *conference;
    if (conference->end_time && !refusal_rows_.contains(conference->id)) check_link(*conference);
  }
  if (const auto* focus = std::get_if<FocusJoinRecord>(&row)) focus_rows_[focus->id] = *focus;
  if (const auto* mcu = std::get_if<McuJoinRecord>(&row)) mcu_rows_[mcu->id] = *mcu;
}

/// A session is over; what comes is another story.
void Truth::check_link(const ConferenceRecord& row) {
  for (auto& [key, of] : conferences) {
    if (key.id != row.conference_id) continue;
    of.returns.clear();
    if (!of.identity) continue;
    const auto before = session_rows_.find(of.identity);
    if (row.conversation != of.identity || before == session_rows_.end() || !before->second.contains(row.replaces)) {
      complain("record: " + key.id + " is not linked with what was before");
    }
    of.identity = {};
  }
}

void Truth::check_rows_of(const ConferenceKey& key, const ConferenceTruth& of, std::int64_t empty_patience_us) {
  std::map<std::int64_t, ConferenceRecord> sessions;
  std::size_t focus = 0, chats = 0;
  std::uint64_t counted = 0, accepted = 0;
  for (const auto& [id, row] : rows_) {
    if (row.conference_id != key.id || refusal_rows_.contains(id)) continue;
    if (!sessions.emplace(row.start_time.us, row).second)
      complain("record: two rows of one session of " + key.id + " from one moment");
    if (!row.end_time && !excused_rows_.contains(id)) complain("record: " + key.id + " has no end");
    for (const auto& [join, joined] : focus_rows_)
      focus += joined.conference == id && joined.role != RecordedRole::unknown ? 1U : 0U;
    for (const auto& [join, joined] : mcu_rows_) {
      if (joined.conference != id) continue;
      ++chats;
      counted += joined.message_count;
    }
  }
  const ConferenceRecord* last = nullptr;
  for (const auto& [start, row] : sessions) {
    // A kill may undo an end that was promised to nobody.
    if (!killed_ && last != nullptr && last->end_time && start - last->end_time->us < empty_patience_us) {
      complain("record: two rows of one session of " + key.id + ", " + std::to_string(last->start_time.us) + " to " +
               std::to_string(last->end_time->us) + " and from " + std::to_string(start));
    }
    last = &row;
  }
  if (focus != of.seats_opened) complain("record: " + key.id + " has not one row for each join");
  if (chats != of.chats_opened) complain("record: " + key.id + " has not one row for each chat");
  for (const auto& [id, message] : said) {
    const bool here =
        message.in_conference && message.text && message.answers.size() == 1 && of.rooms.contains(message.conversation);
    if (here && message.answers.front().outcome != PostOutcome::refused) ++accepted;
  }
  if (killed_ ? counted > accepted : counted != accepted) {
    complain("record: " + key.id + " counts " + std::to_string(counted) + " of " + std::to_string(accepted));
  }
}

void Truth::check_records(std::int64_t empty_patience_us) {
  for (const auto& [key, of] : conferences) check_rows_of(key, of, empty_patience_us);
  for (const auto& [id, row] : focus_rows_) {
    if (!row.leave_time && !excused_rows_.contains(id)) complain("record: somebody joined and never left");
    if (!rows_.contains(row.conference)) complain("record: a join of no conference");
    if (row.role != RecordedRole::unknown && refusal_rows_.contains(row.conference))
      complain("record: somebody was in while nobody was");
  }
  for (const auto& [id, row] : mcu_rows_) {
    if (!row.leave_time && !excused_rows_.contains(id)) complain("record: a chat without end");
  }
}

void Truth::check_end(std::int64_t empty_patience_us) {
  for (const auto& [ticket, asked] : asked_) {
    if (asked.answers == 1 || (asked.answers == 0 && asked.excused)) continue;
    complain("answers: ticket " + std::to_string(ticket) + " has " + std::to_string(asked.answers));
  }
  for (const Stream& stream : streams) check_stream(stream);
  for (const auto& [id, message] : said) {
    check_answer(message);
    check_reached(message);
  }
  check_devices();
  check_records(empty_patience_us);
  if (!stream_of.empty()) complain("left: " + std::to_string(stream_of.size()) + " legs");
  if (!seats.empty()) complain("left: " + std::to_string(seats.size()) + " seats");
}

}  // namespace tertulia::domain::bench
