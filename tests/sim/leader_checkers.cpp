// SPDX-License-Identifier: Apache-2.0
// Who is in a conference, who leads it, and who was put out of it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/reason.h"
#include "checker_tools.h"
#include "checkers.h"

namespace tertulia::sim {

using What = LeaderWish::What;
using Kind = Question::Kind;

namespace {

/// What two commands did, as far as their sender was told.
bool surely_done(const Question& asked) {
  if (asked.outcome != 0) return asked.outcome < 300;
  return asked.succeeded() && asked.status == 200;
}
bool surely_refused(const Question& asked) {
  if (asked.outcome != 0) return asked.outcome >= 300;
  // What a store in trouble could not take is in force and written later; its sender is told that it is not kept yet.
  if (asked.diagnostic == base::id_of(base::Reason::store_unavailable)) return false;
  return asked.answered && !asked.succeeded();
}
/// Done by then, when it was done.
base::TimePoint done_by(const Question& asked) { return asked.outcome != 0 ? asked.outcome_at : *asked.answered; }
/// It may have been done at this moment or later.
bool may_follow(const Question& asked, base::TimePoint moment) {
  if (asked.outcome != 0) return asked.outcome_at >= moment;
  const bool at_work = !asked.answered || asked.status == 202;  // a REFER of which no more was heard
  return at_work || *asked.answered >= moment;
}

/// The leaders of one conference, as they can be known outside of the server.
class Leaders {
 public:
  Leaders(const Journal& journal, const std::string& conference)
      : journal_(journal), life_(journal.conferences.at(conference)) {
    for (const LeaderWish& wish : journal.leader_wishes)
      if (question(wish).conference == conference) wishes_.push_back(&wish);
    // Whom one of these has made a leader, or may have.
    ever_.insert(life_.organizer);
    for (bool more = true; more;) {
      more = false;
      for (const LeaderWish* wish : wishes_)
        if (promotes(*wish)) more = ever_.insert(wish->whom).second || more;
    }
  }

  /// Could this one lead at some moment between these?
  bool could_lead(base::UserId user, base::TimePoint from, base::TimePoint until) const {
    if (user == life_.organizer) return true;
    if (!life_.all_lead && !ever_.contains(user)) return false;
    const Question* demoted = nullptr;  // the last time
    for (const LeaderWish* wish : wishes_) {
      const Question& asked = question(*wish);
      if (wish->what != What::demote || wish->whom != user || !surely_done(asked) || done_by(asked) > from) continue;
      if (demoted == nullptr || asked.asked > demoted->asked) demoted = &asked;
    }
    if (demoted == nullptr) return true;
    return std::any_of(wishes_.begin(), wishes_.end(), [&](const LeaderWish* wish) {
      const Question& asked = question(*wish);
      return wish->whom == user && promotes(*wish) && asked.asked <= until && may_follow(asked, demoted->asked);
    });
  }

  /// Does this one lead at the end for sure, if he is in?
  bool must_lead(base::UserId user) const {
    if (user == life_.organizer) return true;
    base::TimePoint since{};
    bool promoted = life_.all_lead;
    for (const LeaderWish* wish : wishes_) {
      const Question& asked = question(*wish);
      if (wish->what != What::demote || wish->whom != user || surely_refused(asked)) continue;
      if (!surely_done(asked)) return false;  // nobody knows
      promoted = false;
      since = std::max(since, done_by(asked));
    }
    return promoted || std::any_of(wishes_.begin(), wishes_.end(), [&](const LeaderWish* wish) {
             const Question& asked = question(*wish);
             return wish->what == What::promote && wish->whom == user && surely_done(asked) && asked.asked >= since;
           });
  }

 private:
  const Question& question(const LeaderWish& wish) const { return journal_.questions[wish.question]; }
  bool promotes(const LeaderWish& wish) const {
    if (wish.what != What::promote || surely_refused(question(wish))) return false;
    return life_.all_lead || ever_.contains(question(wish).from);
  }

  const Journal& journal_;
  const ConferenceLife& life_;
  std::vector<const LeaderWish*> wishes_;
  std::set<base::UserId> ever_;
};

}  // namespace

void roles_stay_as_given(const Journal& journal, Findings& findings) {
  for (const LeaderWish& wish : journal.leader_wishes) {
    const Question& done = journal.questions[wish.question];
    const auto life = journal.conferences.find(done.conference);
    if (!surely_done(done) || life == journal.conferences.end()) continue;
    const bool right = wish.what == What::end
                           ? done.from == life->second.organizer
                           : Leaders(journal, done.conference).could_lead(done.from, done.asked, done_by(done));
    if (!right)
      findings.push_back({"RolesStayAsGiven", describe(journal, done) + " in " + done.conference + " by no leader"});
  }
  for (const auto& [name, members] : journal.ending.rosters) {
    const Leaders leaders(journal, name);
    for (const auto& [user, member] : members) {
      if (!member.leads && leaders.must_lead(user))
        findings.push_back(
            {"RolesStayAsGiven", fmt::format("{} does not lead {} at the end, although he was made a leader",
                                             journal.addresses.at(user), name)});
      if (member.leads && !leaders.could_lead(user, journal.closed, journal.closed))
        findings.push_back({"RolesStayAsGiven",
                            fmt::format("{} leads {} at the end by nobody's will", journal.addresses.at(user), name)});
    }
  }
}

namespace {

/// Somebody has added him: since this moment, or in vain, but when he came it was not told yet.
bool opens_for(const Question& addition, const Question& back, base::TimePoint since) {
  if (addition.kind != Kind::add || addition.to != back.from || addition.asked > *back.answered) return false;
  if (!addition.conference.empty() && addition.conference != back.conference) return false;
  return surely_refused(addition) ? done_by(addition) >= back.asked : may_follow(addition, since);
}

}  // namespace

void put_out_stay_out(const Journal& journal, Findings& findings) {
  for (const LeaderWish& wish : journal.leader_wishes) {
    const Question& out = journal.questions[wish.question];
    // Who names himself has left, as others do.
    if (wish.what != What::put_out || wish.whom == out.from || !surely_done(out)) continue;
    for (const Question& back : journal.questions) {
      if (back.kind != Kind::enter || back.from != wish.whom || back.conference != out.conference) continue;
      if (back.asked < done_by(out) || !back.succeeded()) continue;
      const bool added = std::any_of(journal.questions.begin(), journal.questions.end(),
                                     [&](const Question& one) { return opens_for(one, back, out.asked); });
      if (!added)
        findings.push_back(
            {"PutOutStayOut", fmt::format("{} in {} although he was put out at {:.3f} s", describe(journal, back),
                                          out.conference, seconds_of(done_by(out)))});
    }
  }
}

void rosters_are_true(const Journal& journal, Findings& findings) {
  const auto owners = owners_of_devices(journal);
  std::set<base::UserId> connected;
  for (const Question& question : journal.questions)
    if (journal.connections[question.connection].ended >= journal.closed) connected.insert(question.from);
  std::map<std::pair<std::string, base::UserId>, std::size_t> dialogs;  // with a name: of that conference
  std::map<base::UserId, std::size_t> unproved;                         // dialogs that stand for the server alone
  const Unproved all_unproved(journal);
  for (const Call& call : journal.calls) {
    const bool stands = call.ended ? *call.ended >= journal.closed && call.state == Call::State::ended
                                   : call.state == Call::State::open;
    if (const auto owner = owners.find(call.device);
        owner != owners.end() && !stands && all_unproved.call_ids.contains(call.call_id))
      ++unproved[owner->second];
    if (call.audio || !stands || call.entered >= journal.closed ||
        journal.connections[call.connection].ended < journal.closed)
      continue;
    if (const auto owner = owners.find(call.device); owner != owners.end()) ++dialogs[{call.conference, owner->second}];
  }
  const auto complain = [&](const std::string& name, base::UserId user, std::size_t knows, std::size_t chats) {
    findings.push_back({"RostersAreTrue", fmt::format("{} is in {} with {} devices, and the roster has {}",
                                                      journal.addresses.at(user), name, knows, chats)});
  };
  for (const auto& [who, knows] : dialogs) {
    if (who.first.empty()) continue;
    const auto roster = journal.ending.rosters.find(who.first);
    std::size_t chats = 0;
    if (roster != journal.ending.rosters.end())
      if (const auto member = roster->second.find(who.second); member != roster->second.end())
        chats = member->second.chats;
    if (chats < knows) complain(who.first, who.second, knows, chats);
  }
  for (const auto& [name, members] : journal.ending.rosters) {
    for (const auto& [user, member] : members) {
      const auto known = dialogs.find({name, user});
      const std::size_t knows = known == dialogs.end() ? 0 : known->second;
      const auto others = dialogs.find({std::string(), user});
      const auto kept = unproved.find(user);
      const std::size_t perhaps =
          knows + (others == dialogs.end() ? 0 : others->second) + (kept == unproved.end() ? 0 : kept->second);
      if (member.chats > perhaps || (member.dialogs > 0 && !connected.contains(user)))
        complain(name, user, knows, member.chats);
    }
  }
}

}  // namespace tertulia::sim
