// SPDX-License-Identifier: Apache-2.0
// What happens to each text, and the list of all checkers.
#include "checkers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "checker_tools.h"

namespace tertulia::sim {

using namespace std::chrono_literals;
using Kind = Question::Kind;

namespace {

constexpr base::Duration slow_answer = 20s;
constexpr base::Duration late_answer = 30s;
constexpr base::Duration answer_way = 5s;
constexpr base::Duration patience = 120s;
/// A telephone may ring for 185 s.
constexpr base::Duration ringing_patience = 240s;

bool refused_for_good(int status) {
  return status == 400 || status == 413 || status == 415 || status == 488 || status >= 600;
}

/// Ends of sessions as the device with this copy saw them.
std::map<std::string, base::TimePoint> session_ends(const Journal& journal) {
  std::map<std::string, base::TimePoint> ends;
  for (const Call& call : journal.calls)
    if (call.ended) ends[call.call_id] = *call.ended;
  return ends;
}

/// Somebody at a device of the recipient has said no to the dialog in which the text was to come to him.
bool declined(const Journal& journal, const std::map<std::size_t, base::UserId>& owners, const Question& question) {
  const std::string sender = address_of(journal, question.from);
  return std::any_of(journal.calls.begin(), journal.calls.end(), [&](const Call& call) {
    const auto owner = owners.find(call.device);
    return owner != owners.end() && owner->second == question.to && !call.outgoing && call.peer == sender &&
           call.status >= 600 && call.ended && *call.ended >= question.asked;
  });
}

}  // namespace

void acknowledged_means_kept(const Journal& journal, Findings& findings) {
  const CopiesByText copies = copies_by_text(journal);
  const auto owners = owners_of_devices(journal);
  for (const Question& question : journal.questions) {
    if (!question.is_text() || !question.succeeded()) continue;
    const auto& of_text = copies.of(question.text);
    const bool taken = std::any_of(of_text.begin(), of_text.end(),
                                   [&](const Copy* copy) { return copy->user == question.to && copy->taken(); });
    if (taken) continue;
    const bool settled =
        question.status == 202 &&
        (journal.ending.kept.contains(question.text) || declined(journal, owners, question) ||
         std::any_of(of_text.begin(), of_text.end(), [](const Copy* copy) { return refused_for_good(copy->status); }));
    if (!settled) findings.push_back({"AcknowledgedMeansKept", describe(journal, question) + " is nowhere"});
  }
}

void exactly_once_per_endpoint(const Journal& journal, Findings& findings) {
  const auto ends = session_ends(journal);
  std::set<std::string_view> room_texts;
  for (const Question& question : journal.questions)
    if (question.kind == Kind::room_text) room_texts.insert(question.text);
  // What is said in a conference goes to those who are in then: who comes back by another connection gets it no more.
  std::map<std::tuple<bool, std::size_t, std::string>, std::vector<const Copy*>> arrivals;
  for (const Copy& copy : journal.copies) {
    const bool by_device = !copy.dialog.empty() && room_texts.contains(copy.text);
    arrivals[{by_device, by_device ? copy.device : copy.connection, copy.text}].push_back(&copy);
  }
  for (const auto& [key, copies] : arrivals) {
    for (std::size_t i = 1; i < copies.size(); ++i) {
      const Copy& before = *copies[i - 1];
      if (!before.taken() || *before.answered - before.received > slow_answer) continue;
      const auto end = ends.find(before.dialog);
      const bool session_broke = !before.dialog.empty() && end != ends.end() && end->second <= copies[i]->received &&
                                 *before.answered + answer_way > end->second;
      if (session_broke) continue;
      findings.push_back(
          {"ExactlyOncePerEndpoint",
           fmt::format("{} came to device {} at {:.3f} s and again at {:.3f} s", before.text, copies[i]->device,
                       seconds_of(before.received), seconds_of(copies[i]->received))});
    }
  }
}

namespace {

void check_success(const Journal& journal, const Question& question, const std::vector<const Copy*>& copies,
                   Findings& findings) {
  const bool taken = std::any_of(copies.begin(), copies.end(), [&](const Copy* copy) {
    return copy->taken() && copy->user == question.to && *copy->answered <= *question.answered;
  });
  const auto kept = journal.kept_at.find(question.text);
  const bool in_store = kept != journal.kept_at.end() && kept->second <= *question.answered;
  const bool true_then = question.status == 200 ? taken : taken || in_store;
  if (!true_then)
    findings.push_back({"SenderIsToldTheTruth", describe(journal, question) + " was taken and kept by nobody then"});
}

void check_failure(const Journal& journal, const Question& question, const std::vector<const Copy*>& copies,
                   const std::map<std::string, base::TimePoint>& ends, Findings& findings) {
  for (const Copy* copy : copies) {
    if (copy->sent > *question.answered) {
      findings.push_back({"SenderIsToldTheTruth", fmt::format("{} was delivered after that, at {:.3f} s",
                                                              describe(journal, question), seconds_of(copy->sent))});
      return;
    }
    if (!copy->taken() || !copy->answer_arrived) continue;
    const bool in_time =
        *copy->answer_arrived - copy->sent < late_answer && *copy->answer_arrived + answer_way < *question.answered;
    const auto end = copy->dialog.empty() ? ends.end() : ends.find(copy->dialog);
    const bool left_before = end != ends.end() && end->second < *copy->answered;
    if (!in_time || left_before) continue;
    findings.push_back(
        {"SenderIsToldTheTruth", fmt::format("{} although device {} had taken it at {:.3f} s",
                                             describe(journal, question), copy->device, seconds_of(*copy->answered))});
    return;
  }
}

}  // namespace

void sender_is_told_the_truth(const Journal& journal, Findings& findings) {
  const CopiesByText copies = copies_by_text(journal);
  const auto ends = session_ends(journal);
  for (const Question& question : journal.questions) {
    if (question.finals > 1)
      findings.push_back(
          {"SenderIsToldTheTruth", fmt::format("{} ({} final answers)", describe(journal, question), question.finals)});
    if (!question.answered) {
      const base::TimePoint watched = std::min(journal.closed, journal.connections[question.connection].ended);
      const base::Duration most = question.kind == Kind::call ? ringing_patience : patience;
      if (question.asked + most < watched)
        findings.push_back({"SenderIsToldTheTruth", describe(journal, question) + " was never answered"});
      continue;
    }
    if (!question.is_text()) continue;
    if (question.succeeded()) {
      check_success(journal, question, copies.of(question.text), findings);
    } else {
      check_failure(journal, question, copies.of(question.text), ends, findings);
    }
  }
}

void every_refusal_says_why(const Journal& journal, Findings& findings) {
  for (const Refusal& refusal : journal.refusals) {
    if (refusal.says_why) continue;
    findings.push_back({"EveryRefusalSaysWhy", fmt::format("{} to {} of device {} at {:.3f} s", refusal.status,
                                                           refusal.what, refusal.device, seconds_of(refusal.at))});
  }
}

void nothing_unbounded(const Journal& journal, Findings& findings) {
  for (const auto& [name, count] : journal.ending.counts)
    if (count != 0)
      findings.push_back({"NothingUnbounded", fmt::format("{} {} are left at the quiet end", count, name)});
}

std::span<const Checker> all_checkers() {
  static constexpr std::array<Checker, 26> all = {{
      {"AcknowledgedMeansKept", acknowledged_means_kept},
      {"ConversationOrder", conversation_order},
      {"ExactlyOncePerEndpoint", exactly_once_per_endpoint},
      {"SenderIsToldTheTruth", sender_is_told_the_truth},
      {"ImmcuInTheMiddle", immcu_in_the_middle},
      {"OneRecordPerConversation", one_record_per_conversation},
      {"EveryRefusalSaysWhy", every_refusal_says_why},
      {"PresenceNeverRunsBackwards", presence_never_runs_backwards},
      {"WatchersConverge", watchers_converge},
      {"CallsEndEverywhere", calls_end_everywhere},
      {"PermanentMeansPermanent", permanent_means_permanent},
      {"WatchersAreTold", watchers_are_told},
      {"LampsGoOut", lamps_go_out},
      {"TransfersAreTold", transfers_are_told},
      {"MessagesAreSigned", messages_are_signed},
      {"PublicationsSettle", publications_settle},
      {"ConferenceOrder", conference_order},
      {"ConferenceReachesAll", conference_reaches_all},
      {"OutsidersHearNothing", outsiders_hear_nothing},
      {"SpeakersAreNamed", speakers_are_named},
      {"ConferenceRecords", conference_records},
      {"RostersAreTrue", rosters_are_true},
      {"RolesStayAsGiven", roles_stay_as_given},
      {"PutOutStayOut", put_out_stay_out},
      {"NothingLeaks", nothing_leaks},
      {"NothingUnbounded", nothing_unbounded},
  }};
  return all;
}

Findings check(const Journal& journal) {
  Findings findings;
  for (const Checker& checker : all_checkers()) checker.run(journal, findings);
  return findings;
}

}  // namespace tertulia::sim
