// SPDX-License-Identifier: Apache-2.0
// What holds in conferences of more than two: order, completeness, privacy, records, rights.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <variant>

#include "checker_tools.h"
#include "checkers.h"

namespace tertulia::sim {

using Kind = Question::Kind;
using namespace std::chrono_literals;

namespace {

/// How long the news of an end may be under way to a client, through a slow network and crowded mailboxes.
constexpr base::Duration news_way = 15s;
/// How long the facts of a conference may be under way to a store that is slow and fails.
constexpr base::Duration facts_patience = 20s;

std::unordered_map<std::string, const Question*> room_texts(const Journal& journal) {
  std::unordered_map<std::string, const Question*> texts;
  for (const Question& question : journal.questions)
    if (question.is_room_text() && !question.text.empty()) texts[question.text] = &question;
  return texts;
}

}  // namespace

void conference_order(const Journal& journal, Findings& findings) {
  const auto texts = room_texts(journal);
  if (texts.empty()) return;
  // By conference, device and dialog (none: by single messages): the texts as they first came.
  std::map<std::string, std::map<std::pair<std::size_t, std::string>, std::vector<std::string>>> lines;
  std::set<std::pair<std::size_t, std::string>> seen;
  for (const Copy& copy : journal.copies) {
    const auto question = texts.find(copy.text);
    const bool between_two = copy.dialog.empty() && copy.conference.empty();  // on its way when a session became one
    if (question == texts.end() || between_two || !seen.emplace(copy.device, copy.text).second) continue;
    lines[question->second->conference][{copy.device, copy.dialog}].push_back(copy.text);
  }
  for (const auto& [conference, members] : lines) {
    for (auto one = members.begin(); one != members.end(); ++one) {
      std::unordered_map<std::string, std::size_t> place;
      for (std::size_t i = 0; i < one->second.size(); ++i) place[one->second[i]] = i;
      for (auto other = std::next(one); other != members.end(); ++other) {
        const std::string* before = nullptr;
        for (const std::string& text : other->second) {
          const auto found = place.find(text);
          if (found == place.end()) continue;
          if (before != nullptr && place.at(*before) > found->second)
            findings.push_back(
                {"ConferenceOrder", fmt::format("in {} device {} got {} before {}, device {} after it", conference,
                                                other->first.first, *before, text, one->first.first)});
          before = &text;
        }
      }
    }
  }
}

void conference_reaches_all(const Journal& journal, Findings& findings) {
  const auto owners = owners_of_devices(journal);
  const CopiesByText copies = copies_by_text(journal);
  std::set<std::string_view> dialogs;
  for (const Call& call : journal.calls) dialogs.insert(call.call_id);
  for (const Question& question : journal.questions) {
    if (question.kind != Kind::room_text || !question.succeeded()) continue;
    // By a single message he speaks as the device that is in, which gets no echo.
    const bool by_dialog = dialogs.contains(question.call_id);
    for (const Call& call : journal.calls) {
      const auto owner = owners.find(call.device);
      if (call.conference != question.conference || owner == owners.end()) continue;
      if (call.device == question.device || (owner->second == question.from && !by_dialog)) continue;
      if (call.entered == base::TimePoint{} || call.entered > question.asked) continue;
      if (call.ended && *call.ended <= *question.answered + news_way) continue;
      if (journal.connections[call.connection].ended <= *question.answered + news_way) continue;
      const auto& of_text = copies.of(question.text);
      const bool came = std::any_of(of_text.begin(), of_text.end(),
                                    [&](const Copy* copy) { return copy->connection == call.connection; });
      if (!came)
        findings.push_back(
            {"ConferenceReachesAll", fmt::format("{} did not come to device {}, which was in {}",
                                                 describe(journal, question), call.device, question.conference)});
    }
  }
}

namespace {

/// As far as anybody can know outside of the server.
bool may_hear(const Journal& journal, const std::map<std::size_t, base::UserId>& owners, const Unproved& unproved,
              const Question& question, const Copy& copy) {
  if (copy.user == question.to || copy.user == question.from) return true;
  const bool added = std::any_of(journal.questions.begin(), journal.questions.end(), [&](const Question& one) {
    return one.kind == Kind::add && one.to == copy.user && one.asked <= copy.received &&
           (one.conference.empty() || one.conference == question.conference);
  });
  return added || std::any_of(journal.calls.begin(), journal.calls.end(), [&](const Call& call) {
           if (call.conference != question.conference && call.may_become != question.conference) return false;
           // Whom the other side reaches by single messages knows of no call.
           if (call.peer == address_of(journal, copy.user)) return true;
           const auto owner = owners.find(call.device);
           if (owner == owners.end() || owner->second != copy.user) return false;
           if (call.entered > copy.received) return false;
           return !call.ended || *call.ended + news_way >= copy.sent || unproved.call_ids.contains(call.call_id);
         });
}

}  // namespace

void outsiders_hear_nothing(const Journal& journal, Findings& findings) {
  const auto texts = room_texts(journal);
  if (texts.empty()) return;
  const auto owners = owners_of_devices(journal);
  const Unproved unproved(journal);
  for (const Copy& copy : journal.copies) {
    const auto question = texts.find(copy.text);
    if (question == texts.end() || may_hear(journal, owners, unproved, *question->second, copy)) continue;
    findings.push_back(
        {"OutsidersHearNothing", fmt::format("{} came to device {} of {}, who is not in {}", copy.text, copy.device,
                                             address_of(journal, copy.user), question->second->conference)});
  }
}

void speakers_are_named(const Journal& journal, Findings& findings) {
  const auto texts = room_texts(journal);
  for (const Copy& copy : journal.copies) {
    const auto question = texts.find(copy.text);
    // What was said while a session became a conference may have been on its way already, and two need no names.
    if (question == texts.end() || question->second->kind != Kind::room_text) continue;
    const std::string speaker = address_of(journal, question->second->from);
    if (copy.speaker == speaker) continue;
    findings.push_back({"SpeakersAreNamed", fmt::format("{} of {} came to device {} as if '{}' had said it", copy.text,
                                                        speaker, copy.device, copy.speaker)});
  }
}

namespace {

struct RoomCount {
  std::uint64_t acknowledged = 0, perhaps = 0, recorded = 0;
};

using RoomRecords = std::map<base::RecordId, const domain::ConferenceRecord*>;

std::string name_in(const domain::ConferenceRecord& record) { return record.organizer + "/" + record.conference_id; }

void check_room_counts(const Journal& journal, const RoomRecords& records, Findings& findings) {
  std::map<std::pair<std::string, std::string>, RoomCount> counts;  // conference, who said
  for (const Question& question : journal.questions) {
    if (!question.is_room_text()) continue;
    RoomCount& count = counts[{question.conference, address_of(journal, question.from)}];
    const bool sure = question.kind == Kind::room_text && question.succeeded();
    if (sure) ++count.acknowledged;
    if (!question.answered || (!sure && question.succeeded())) ++count.perhaps;
  }
  for (const domain::ConferenceRow& row : journal.ending.conference_rows) {
    const auto* join = std::get_if<domain::McuJoinRecord>(&row);
    const auto record = join == nullptr ? records.end() : records.find(join->conference);
    if (record != records.end()) counts[{name_in(*record->second), join->user}].recorded += join->message_count;
  }
  for (const auto& [who, count] : counts) {
    const bool too_few = count.recorded < count.acknowledged && journal.crashes.empty();
    if (!too_few && count.recorded <= count.acknowledged + count.perhaps) continue;
    findings.push_back(
        {"ConferenceRecords", fmt::format("{} in {}: {} texts in the records, {} acknowledged, {} not known",
                                          who.second, who.first, count.recorded, count.acknowledged, count.perhaps)});
  }
}

/// The server died before the facts of the conference, which name its record, can be taken for durable.
bool died_new(const Journal& journal, base::RecordId record) {
  const auto begun = journal.conference_begun.find(record);
  return begun != journal.conference_begun.end() &&
         std::any_of(journal.crashes.begin(), journal.crashes.end(), [&](base::TimePoint crash) {
           return crash >= begun->second && crash < begun->second + facts_patience;
         });
}

/// Conferences' rows that tell only of people who were not let in while nobody was in.
std::set<base::RecordId> refusal_records(const Journal& journal) {
  std::set<base::RecordId> refused, entered;
  for (const domain::ConferenceRow& row : journal.ending.conference_rows) {
    const auto* join = std::get_if<domain::FocusJoinRecord>(&row);
    if (join != nullptr) (join->role == domain::RecordedRole::unknown ? refused : entered).insert(join->conference);
  }
  std::erase_if(refused, [&](base::RecordId id) { return entered.contains(id); });
  return refused;
}

}  // namespace

void conference_records(const Journal& journal, Findings& findings) {
  const std::set<base::RecordId> refusals = refusal_records(journal);
  RoomRecords records;
  std::map<std::string, int> open;
  std::map<std::string, std::vector<base::RecordId>> all;
  for (const Call& call : journal.calls)
    if (!call.conference.empty() && journal.crashes.empty()) all.try_emplace(call.conference);
  for (const domain::ConferenceRow& row : journal.ending.conference_rows) {
    const auto* record = std::get_if<domain::ConferenceRecord>(&row);
    if (record == nullptr || (record->end_time && refusals.contains(record->id))) continue;
    records[record->id] = record;
    all[name_in(*record)].push_back(record->id);
    if (record->end_time) continue;
    const bool of_last_life = record->start_time >= journal.last_crash;
    // An orderly stop leaves it open: it goes on with the next start.
    if (++open[name_in(*record)] > 1 || (of_last_life && !journal.ending.orderly_stop))
      findings.push_back({"ConferenceRecords", name_in(*record) + " has an open record too many"});
  }
  for (const auto& [name, ids] : all) {
    const auto cut_short =
        std::count_if(ids.begin(), ids.end(), [&](base::RecordId id) { return died_new(journal, id); });
    if (ids.empty() || ids.size() > 1 + static_cast<std::size_t>(cut_short))
      findings.push_back({"ConferenceRecords", fmt::format("{} has {} records", name, ids.size())});
  }
  for (const domain::ConferenceRow& row : journal.ending.conference_rows) {
    const auto* focus = std::get_if<domain::FocusJoinRecord>(&row);
    const auto* unit = std::get_if<domain::McuJoinRecord>(&row);
    if (focus == nullptr && unit == nullptr) continue;
    const bool left = focus != nullptr ? focus->leave_time.has_value() : unit->leave_time.has_value();
    const base::WallTime joined = focus != nullptr ? focus->join_time : unit->join_time;
    if (left || joined < journal.last_crash) continue;
    findings.push_back({"ConferenceRecords",
                        fmt::format("{} has joined and never left", focus != nullptr ? focus->user : unit->user)});
  }
  check_room_counts(journal, records, findings);
}

}  // namespace tertulia::sim
