// SPDX-License-Identifier: Apache-2.0
// What holds between the messages of a conversation: order, the unit in the middle, records.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/reason.h"
#include "checker_tools.h"
#include "checkers.h"
#include "scheduler.h"

namespace tertulia::sim {

using Kind = Question::Kind;

double seconds_of(base::TimePoint time) { return static_cast<double>((time - Scheduler::start).count()) / 1e6; }

namespace {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::sign_in:
      return "sign-in";
    case Kind::sign_out:
      return "sign-out";
    case Kind::page:
      return "page";
    case Kind::session_text:
      return "session text";
    case Kind::typing:
      return "typing";
    case Kind::invite:
      return "invitation";
    case Kind::call:
      return "call";
    case Kind::hold:
      return "new offer";
    case Kind::refer:
      return "transfer";
    case Kind::refer_news:
      return "news of a transfer";
    case Kind::bye:
      return "bye";
    case Kind::cancel:
      return "cancel";
    case Kind::subscribe:
      return "subscription";
    case Kind::unsubscribe:
      return "end of a subscription";
    case Kind::publish:
      return "publication";
    case Kind::change:
      return "change";
    case Kind::room_text:
      return "room text";
    case Kind::enter:
      return "entry";
    case Kind::add:
      return "addition";
    case Kind::command:
      return "command";
  }
  return "?";
}

}  // namespace

std::string describe(const Journal& journal, const Question& question) {
  std::string line = fmt::format("{} {} of {} (device {}) to {}, asked at {:.3f} s", name_of(question.kind),
                                 question.text, address_of(journal, question.from), question.device,
                                 address_of(journal, question.to), seconds_of(question.asked));
  if (question.answered) line += fmt::format(", told {} at {:.3f} s", question.status, seconds_of(*question.answered));
  return line + fmt::format(" [{}]", question.call_id.substr(0, 6));
}

namespace {

/// How long the server may hold the session of a device that has vanished (TCP keep-alive, and some more).
constexpr base::Duration forgotten_session = std::chrono::minutes{4};

/// These two had a session, as far as the server could know, when `question` was asked or waited for.
bool had_session(const Journal& journal, const std::map<std::size_t, base::UserId>& owners, const Question& question) {
  const base::TimePoint end = question.answered.value_or(base::TimePoint::never());
  return std::any_of(journal.calls.begin(), journal.calls.end(), [&](const Call& call) {
    const auto owner = owners.find(call.device);
    const bool theirs = !call.audio && owner != owners.end() &&
                        ((owner->second == question.from && call.peer == address_of(journal, question.to)) ||
                         (owner->second == question.to && call.peer == address_of(journal, question.from)));
    if (!theirs) return false;
    const bool over = call.ended && *call.ended + forgotten_session < question.asked;
    return !over && journal.connections[call.connection].opened <= end;
  });
}

}  // namespace

void conversation_order(const Journal& journal, Findings& findings) {
  const auto owners = owners_of_devices(journal);
  std::unordered_map<std::string, const Question*> questions;
  for (const Question& question : journal.questions)
    if (question.is_text()) questions[question.text] = &question;
  // Device, way of arrival, sender, way of sending: the texts in the order in which they first came.
  std::map<std::tuple<std::size_t, std::string, base::UserId, std::string>, std::vector<const Question*>> lines;
  std::set<std::pair<std::size_t, std::string>> seen;
  for (const Copy& copy : journal.copies) {
    const auto question = questions.find(copy.text);
    if (question == questions.end() || !seen.emplace(copy.device, copy.text).second) continue;
    const Question& asked = *question->second;
    const std::string way = asked.kind == Kind::page ? std::string() : asked.call_id;
    lines[{copy.device, copy.dialog, asked.from, way}].push_back(&asked);
  }
  for (const auto& [key, line] : lines) {
    for (std::size_t later = 1; later < line.size(); ++later) {
      for (std::size_t i = 0; i < later; ++i) {
        const Question& came_first = *line[i];
        const Question& came_after = *line[later];
        const bool waited = came_after.succeeded() && *came_after.answered <= came_first.asked;
        const bool one_breath = came_after.connection == came_first.connection && &came_after < &came_first;
        if (!waited && !one_breath) continue;
        const bool pages = came_first.kind == Kind::page;
        if (!waited && pages && (had_session(journal, owners, came_first) || had_session(journal, owners, came_after)))
          continue;
        findings.push_back(
            {"ConversationOrder", fmt::format("device {} got {} before {}, which was said earlier: {}; {}",
                                              std::get<0>(key), came_first.text, came_after.text,
                                              describe(journal, came_after), describe(journal, came_first))});
      }
    }
  }
}

namespace {

bool has_guessed(const Journal& journal, base::UserId user) {
  return std::any_of(journal.questions.begin(), journal.questions.end(),
                     [&](const Question& one) { return one.from == user && one.status == 401; });
}

/// Whether the one may ask and the other exists is judged before the component has a part in it: that a stopped component
/// hid it would tell a disabled user to try again later.
bool refused_before_the_component(const Journal& journal, const Question& question) {
  switch (question.status) {
    case 401:
    case 481:
    case 503:
      return true;
    case 403:
      if (question.diagnostic == base::id_of(base::Reason::account_locked)) return has_guessed(journal, question.from);
      return journal.barred.contains(question.from) &&
             question.diagnostic == base::id_of(base::Reason::account_disabled);
    case 404:
      return journal.barred.contains(question.to) &&
             question.diagnostic == base::id_of(base::Reason::destination_unknown);
    default:
      return false;
  }
}

}  // namespace

void immcu_in_the_middle(const Journal& journal, Findings& findings) {
  std::unordered_map<std::string, const Question*> questions;
  for (const Question& question : journal.questions) {
    if (question.is_text()) questions[question.text] = &question;
    if (!question.answered) continue;
    if (question.kind == Kind::sign_in && question.diagnostic == base::id_of(base::Reason::immcu_stopped))
      findings.push_back({"ImmcuInTheMiddle", describe(journal, question) + ": a sign-in needs no messaging"});
    if (!question.is_text() && question.kind != Kind::invite) continue;
    for (const auto& [begin, end] : journal.immcu_stopped) {
      if (question.asked < begin || *question.answered > end) continue;
      if (refused_before_the_component(journal, question)) continue;
      findings.push_back({"ImmcuInTheMiddle", describe(journal, question) + " while the component was stopped"});
    }
  }
  for (const Copy& copy : journal.copies) {
    const auto question = questions.find(copy.text);
    if (question == questions.end()) continue;
    // Who writes to himself in a dialog that carries single messages hears himself there.
    const bool echo = question->second->from == question->second->to && copy.device == question->second->device;
    if (echo) continue;
    if (copy.call_id == question->second->call_id || copy.from_tag == question->second->from_tag)
      findings.push_back({"ImmcuInTheMiddle", copy.text + " was delivered with the sender's own Call-ID or tag"});
  }
}

namespace {

struct Count {
  std::uint64_t acknowledged = 0;
  std::uint64_t unanswered = 0;
  std::uint64_t recorded = 0;
};

void count_texts(const Journal& journal, Findings& findings) {
  std::map<std::pair<std::string, std::string>, Count> counts;  // who said, to whom
  for (const Question& question : journal.questions) {
    // What was said while a session became a conference is counted here or there.
    const bool between = question.kind == Kind::session_text && !question.conference.empty();
    if (!question.is_text() && !between) continue;
    Count& count = counts[{address_of(journal, question.from), address_of(journal, question.to)}];
    if (!question.answered || (between && question.succeeded())) ++count.unanswered;
    if (question.succeeded() && !between) ++count.acknowledged;
  }
  for (const domain::SessionRecord& record : journal.ending.sessions) {
    counts[{record.user1.user, record.user2.user}].recorded += record.user1.message_count;
    counts[{record.user2.user, record.user1.user}].recorded += record.user2.message_count;
  }
  const bool counts_may_be_lost = !journal.crashes.empty();
  for (const auto& [pair, count] : counts) {
    const bool too_few = count.recorded < count.acknowledged && !counts_may_be_lost;
    const bool too_many = count.recorded > count.acknowledged + count.unanswered;
    if (!too_few && !too_many) continue;
    findings.push_back({"OneRecordPerConversation",
                        fmt::format("{} to {}: {} texts in the records, {} acknowledged, {} not answered", pair.first,
                                    pair.second, count.recorded, count.acknowledged, count.unanswered)});
  }
}

/// Both have invited each other at the same moment: that is one conversation, with the record of one of the two.
bool has_met(const Journal& journal, const std::map<std::string, int>& sessions, const Question& question) {
  if (question.kind != Kind::invite) return false;
  return std::any_of(journal.questions.begin(), journal.questions.end(), [&](const Question& other) {
    const bool crosses = other.kind == Kind::invite && other.from == question.to && other.to == question.from &&
                         other.asked <= *question.answered && (!other.answered || *other.answered >= question.asked);
    const auto record = sessions.find(other.call_id);
    return crosses && record != sessions.end() && record->second == 1;
  });
}

}  // namespace

void one_record_per_conversation(const Journal& journal, Findings& findings) {
  std::map<std::string, int> sessions;  // by Call-ID of the inviter
  std::set<base::ConversationId> conversations;
  const base::TimePoint last_start = journal.crashes.empty() ? base::TimePoint{} : journal.crashes.back();
  for (const domain::SessionRecord& record : journal.ending.sessions) {
    if (record.mode != domain::SessionMode::page) ++sessions[record.call_id];
    const bool of_last_life = record.invite_time >= journal.last_crash;
    if (!record.end_time && of_last_life)
      findings.push_back({"OneRecordPerConversation", fmt::format("record of {} and {} is open [{}]", record.user1.user,
                                                                  record.user2.user, record.call_id.substr(0, 6))});
    if (record.conversation && !conversations.insert(record.conversation).second)
      findings.push_back(
          {"OneRecordPerConversation", fmt::format("two records of one conversation [{}]", record.call_id)});
  }
  for (const Question& question : journal.questions) {
    if (question.kind != Kind::invite && question.kind != Kind::call) continue;
    const int records = sessions[question.call_id];
    const bool of_last_life = question.asked >= last_start;
    const bool missing = records == 0 && question.succeeded() && of_last_life && !has_met(journal, sessions, question);
    if (missing || records > 1)
      findings.push_back(
          {"OneRecordPerConversation", fmt::format("{} has {} records", describe(journal, question), records)});
  }
  count_texts(journal, findings);
}

}  // namespace tertulia::sim
