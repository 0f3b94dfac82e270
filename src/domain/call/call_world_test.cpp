// SPDX-License-Identifier: Apache-2.0
// Random worlds: one outcome, one record, no dialog left behind, every notice followed by an end.  A failure prints its
// seed.
#include "domain/call/call_world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tertulia::domain::call_bench {

using namespace std::chrono_literals;
using Kind = CallRequestKind;

CallWorld::CallWorld(std::uint64_t seed, Mutation mutation) : random_(seed), mutation_(mutation) {
  for (const base::UserId user : {alice, alice, bob, bob, bob, carol}) {
    devices_.push_back({user, base::ShardId{static_cast<std::uint16_t>(random_.below(edge_count))}});
  }
  board_.on_watch({{0}, {1}, bob, true}, *people_);
}

bool CallWorld::once(Mutation mutation) {
  if (mutation_ != mutation || mutated_ || !random_.one_in(4)) return false;
  return mutated_ = true;
}

void CallWorld::pump(std::size_t queue) {
  if (queues_[queue].empty()) return;
  const auto action = std::move(queues_[queue].front());
  queues_[queue].pop_front();
  action();
}

void CallWorld::drain() {
  while (std::any_of(queues_.begin(), queues_.end(), [](const auto& queue) { return !queue.empty(); })) {
    pump(random_.below(queue_count));
  }
}

void CallWorld::step() {
  const std::uint64_t dice = random_.below(40);
  if (dice < 20) return pump(random_.below(queue_count));
  if (dice < 34) return device_acts();
  if (dice < 36) return place();
  if (dice == 36 && random_.one_in(3)) {
    const std::size_t device = random_.below(devices_.size());
    return devices_[device].alive ? die(device) : come_back(device);
  }
  if (dice == 37 && random_.one_in(8)) {
    drain();
    return check_pairs();
  }
  const base::Duration time = random_.one_in(20) ? base::Duration{200s} : base::Duration{300ms};
  now_.mono = now_.mono + time;
  now_.wall = now_.wall + time;
  agent_.on_deadline(now_);
}

void CallWorld::place() {
  const std::size_t device = random_.below(devices_.size());
  if (!devices_[device].alive) return;
  const std::array<base::UserId, 3> people{alice, bob, carol};
  const base::CallLegId id{++last_leg_};
  Leg leg;
  leg.caller = true;
  leg.device = device;
  leg.from = devices_[device].user;
  leg.to = people[random_.below(people.size())];
  PlaceCall place = AgentBench::call_of(leg.from, leg.to, id);
  place.edge = devices_[device].edge;
  place.endpoint = {device + 1};
  place.call_id = "c" + std::to_string(id.value);
  legs_.emplace(id, std::move(leg));
  from_edge(place.edge, [this, place] { agent_.on_place(place, *people_, now_); });
}

/// Some dialog does something.
void CallWorld::device_acts() {
  std::vector<base::CallLegId> living;
  for (const auto& [id, leg] : legs_) {
    if (leg.life != Leg::Life::over || !leg.asked.empty()) living.push_back(id);
  }
  if (living.empty()) return;
  const base::CallLegId id = living[random_.below(living.size())];
  Leg& leg = legs_.at(id);
  if (!leg.asked.empty() && random_.one_in(2)) return answers_a_request(leg);
  if (leg.life == Leg::Life::over) return;
  if (leg.life == Leg::Life::asking && leg.caller) {
    if (random_.one_in(6)) return withdraw(id, leg);
    if (leg.call && !leg.branches.empty() && random_.one_in(3)) {
      request(id, leg, Kind::relayed, leg.branches[random_.below(leg.branches.size())]);
    }
    return;
  }
  if (leg.life == Leg::Life::asking) return ringing_acts(id, leg);
  asks(id, leg);
}

void CallWorld::ringing_acts(base::CallLegId id, Leg& leg) {
  RingAnswer answer{leg.call, id, RingAnswer::What::progress, 180, signal("180")};
  const std::array<int, 5> refusals{486, 480, 408, 603, 415};
  switch (random_.below(6)) {
    case 0:
    case 1:
      break;
    case 2:
      answer.what = RingAnswer::What::answered;
      answer.status = 200;
      leg.life = Leg::Life::up;
      break;
    case 3:
      if (!random_.one_in(2)) return;
      answer.what = RingAnswer::What::refused;
      answer.status = refusals[random_.below(refusals.size())];
      leg.life = Leg::Life::over;
      break;
    case 4:
      return request(id, leg, Kind::relayed, {});
    default:
      return;
  }
  from_edge(edge_of(leg), [this, answer] { agent_.on_ring(answer, now_); });
}

void CallWorld::asks(base::CallLegId id, Leg& leg) {
  const base::CallLegId branch = leg.caller && random_.one_in(2) ? leg.branches.back() : base::CallLegId{};
  switch (random_.below(12)) {
    case 0:
      request(id, leg, Kind::ends, branch);
      leg.life = Leg::Life::over;
      return;
    case 1:
    case 2:
      return request(id, leg, Kind::renegotiates, branch);
    case 3:
      return request(id, leg, Kind::acknowledges, branch);
    case 4: {
      const CallRefreshed refreshed{leg.call, random_.one_in(3) ? base::Duration{0} : base::Duration{90s}};
      return from_edge(edge_of(leg), [this, refreshed] { agent_.on_refreshed(refreshed, now_); });
    }
    case 5:
      if (!leg.reinvites.empty()) {
        const CancelCallRequest cancel{edge_of(leg), leg.call, leg.reinvites.back()};
        from_edge(edge_of(leg), [this, cancel] { agent_.on_cancel_request(cancel, now_); });
      }
      return;
    case 6:
    case 7:
      return request(id, leg, Kind::relayed, branch);
    default:
      return;
  }
}

void CallWorld::request(base::CallLegId id, Leg& leg, Kind kind, base::CallLegId branch) {
  CallRequest request{{}, edge_of(leg), leg.call, id, branch, kind, 32, signal("request")};
  if (kind != Kind::acknowledges) {
    request.ticket = {++last_ticket_};
    asked_[request.ticket] = {};
    if (kind == Kind::renegotiates) leg.reinvites.push_back(request.ticket);
  }
  from_edge(request.edge, [this, request] { agent_.on_request(request, now_); });
}

void CallWorld::relay_answer(base::ShardId edge, base::Ticket ticket, int status, Signal text) {
  const RelayAnswer answer{ticket, status, std::move(text)};
  from_edge(edge, [this, answer] { agent_.on_relay(answer, now_); });
}

void CallWorld::answers_a_request(Leg& leg) {
  const std::size_t index = random_.below(leg.asked.size());
  const base::Ticket ticket = leg.asked[index].ticket;
  if (random_.one_in(4)) return relay_answer(edge_of(leg), ticket, 100, signal("100"));
  leg.asked.erase(leg.asked.begin() + static_cast<std::ptrdiff_t>(index));
  switch (random_.below(5)) {
    case 0:
      return relay_answer(edge_of(leg), ticket, 408, nullptr);
    case 1:
      return relay_answer(edge_of(leg), ticket, 488, signal("488"));
    default:
      return relay_answer(edge_of(leg), ticket, 200, signal("200"));
  }
}

/// Before the edge knows an outcome.
void CallWorld::withdraw(base::CallLegId id, Leg& leg) {
  if (std::exchange(leg.withdrawn, true)) return;
  const CancelCall cancel{edge_of(leg), id, leg.from, leg.to};
  from_edge(edge_of(leg), [this, cancel] { agent_.on_cancel(cancel, now_); });
}

void CallWorld::die(std::size_t device) {
  devices_[device].alive = false;
  for (auto& [id, leg] : legs_) {
    if (leg.device != device) continue;
    const bool lost_first = random_.one_in(2);
    const auto tell = [&, leg_id = id, &its = leg] {
      if (its.life == Leg::Life::over) return;
      if (its.call) {
        const CallLegLost lost{its.call, leg_id};
        from_edge(edge_of(its), [this, lost] { agent_.on_lost(lost, now_); });
      } else {
        withdraw(leg_id, its);
      }
      its.life = Leg::Life::over;
    };
    if (lost_first) tell();
    for (const RelayRequest& request : std::exchange(leg.asked, {})) {
      relay_answer(edge_of(leg), request.ticket, 430, nullptr);
    }
    tell();
  }
}

void CallWorld::come_back(std::size_t device) { devices_[device].alive = true; }

void CallWorld::at_edge(const RingLeg& ring) {
  const std::size_t device = static_cast<std::size_t>(ring.route.endpoint.value) - 1;
  if (*ring.signal != "INVITE") wrong("device rings without the invitation");
  if (!devices_[device].alive) {
    const RingAnswer answer{ring.call, ring.leg, RingAnswer::What::refused, 430, nullptr};
    return from_edge(devices_[device].edge, [this, answer] { agent_.on_ring(answer, now_); });
  }
  Leg leg;
  leg.device = device;
  leg.call = ring.call;
  legs_.emplace(ring.leg, std::move(leg));
}

void CallWorld::at_edge(const StopLeg& stop) {
  const auto found = legs_.find(stop.leg);
  if (found == legs_.end()) return;  // its device was gone when it should have rung
  found->second.life = Leg::Life::over;
  found->second.asked.clear();  // the agent has answered for it
}

void CallWorld::at_edge(base::ShardId edge, const RelayRequest& request) {
  const auto found = legs_.find(request.leg);
  const bool known = found != legs_.end() && found->second.life != Leg::Life::over;
  if (request.kind == Kind::acknowledges) return;
  if (!known) return relay_answer(edge, request.ticket, 481, signal("481"));
  Leg& leg = found->second;
  if (leg.caller && std::find(leg.branches.begin(), leg.branches.end(), request.branch) == leg.branches.end()) {
    leg.branches.push_back(request.branch);
  }
  leg.call = request.call;
  leg.asked.push_back(request);
  if (request.kind == Kind::ends) leg.life = Leg::Life::over;
}

void CallWorld::progress(base::ShardId edge, CallProgress progress) {
  to_edge(edge, [this, progress] {
    Leg& leg = legs_.at(progress.leg);
    leg.call = progress.call;
    leg.branches.push_back(progress.branch);
    if (leg.outcomes != 0) wrong("progress after the outcome");
  });
}

void CallWorld::answered(base::ShardId edge, CallAnswered answered) {
  if (once(Mutation::lose_outcome)) return;
  outcome_of_["c" + std::to_string(answered.leg.value)] = true;
  ++answered_;
  const int times = once(Mutation::outcome_twice) ? 2 : 1;
  to_edge(edge, [this, answered, times] {
    Leg& leg = legs_.at(answered.leg);
    leg.outcomes += static_cast<std::size_t>(times);
    leg.call = answered.call;
    leg.branches.push_back(answered.branch);
    if (leg.life == Leg::Life::asking) leg.life = Leg::Life::up;
  });
}

void CallWorld::refused(base::ShardId edge, CallRefused refused) {
  if (once(Mutation::lose_outcome)) return;
  outcome_of_["c" + std::to_string(refused.leg.value)] = false;
  if (refused.reason == base::Reason::none) wrong("refused without a reason");
  const int times = once(Mutation::outcome_twice) ? 2 : 1;
  to_edge(edge, [this, refused, times] {
    Leg& leg = legs_.at(refused.leg);
    leg.outcomes += static_cast<std::size_t>(times);
    leg.life = Leg::Life::over;
    leg.asked.clear();
  });
}

void CallWorld::ring(base::ShardId edge, RingLeg ring) {
  to_edge(edge, [this, ring] { at_edge(ring); });
}
void CallWorld::stop(base::ShardId edge, StopLeg stop) {
  if (once(Mutation::lose_stop)) return;
  to_edge(edge, [this, stop] { at_edge(stop); });
}
void CallWorld::relay(base::ShardId edge, RelayRequest request) {
  to_edge(edge, [this, edge, request] { at_edge(edge, request); });
}
void CallWorld::answer(base::ShardId, CallRequestAnswer answer) {
  if (answer.status < 100) wrong("answer without a status");
  if (answer.status >= 200) asked_[answer.ticket].answers += once(Mutation::reply_twice) ? 2 : 1;
}
void CallWorld::cancel(base::ShardId, CancelRelay cancel) {
  if (!cancel.ticket) wrong("cancel without a ticket");
}

void CallWorld::find(FindCallee find) {
  queues_[homes].push_back([this, find] {
    CalleeFound found{find.call, base::Reason::none, {}};
    if (random_.one_in(12)) found.reason = base::Reason::recipient_do_not_disturb;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      // A device may have died and its home not know it yet.
      const bool listed = devices_[i].alive || random_.one_in(4);
      if (devices_[i].user == find.user && listed) found.routes.push_back(route_of(i + 1, devices_[i].edge));
    }
    if (!random_.one_in(50)) agent_.on_found(found, *people_, now_);  // and a message in fifty is lost
  });
}

void CallWorld::notice(CallNotice notice) {
  if (notice.state == CallState::over && once(Mutation::lose_over)) return;
  const int times = once(Mutation::notice_twice) ? 2 : 1;
  std::vector<CallState>& states = notices_[{notice.call, notice.user, notice.outgoing}];
  for (int i = 0; i < times; ++i) states.push_back(notice.state);
  queues_[boards].push_back([this, notice] { board_.on_notice(notice); });
}

void CallWorld::record(base::Ticket ticket, SessionRecord record) {
  std::vector<SessionRecord>& rows = records_[record.call_id];
  rows.push_back(std::move(record));
  if (once(Mutation::second_record)) rows.back().id.value += 1;
  if (!ticket) return;
  queues_[store].push_back([this, ticket] {
    base::Result<void> result;
    if (random_.one_in(10)) result = base::Reason::store_unavailable;
    agent_.on_recorded(ticket, result, now_);
  });
}

/// Nothing is under way: a caller talks if and only if one device of the callee does.
void CallWorld::check_pairs() {
  std::map<base::CallId, std::pair<int, int>> up;
  for (const auto& [id, leg] : legs_) {
    if (leg.life == Leg::Life::up) ++(leg.caller ? up[leg.call].first : up[leg.call].second);
  }
  for (const auto& [call, sides] : up) {
    if (sides != std::pair{1, 1}) wrong("call with half a pair");
  }
  std::vector<CallNotice> bobs = board_.calls(bob);
  if (bobs.size() != lamps_.size()) wrong("lamp differs from the board");
}

/// Everybody hangs up, or the server stops; then nothing may be left.
void CallWorld::settle_down() {
  drain();
  check_pairs();
  if (random_.one_in(2)) {
    for (auto& [id, leg] : legs_) {
      if (leg.life != Leg::Life::up) continue;
      request(id, leg, Kind::ends, {});
      leg.life = Leg::Life::over;
    }
    drain();
  }
  for (int i = 0; i < 2; ++i) {
    const base::Duration time = i == 0 ? base::Duration{185s} : base::Duration{25h};
    now_.mono = now_.mono + time;
    now_.wall = now_.wall + time;
    if (i == 1 && random_.one_in(2)) agent_.stop(now_);
    agent_.on_deadline(now_);
    drain();
  }
}

void CallWorld::check() {
  for (const auto& [id, leg] : legs_) {
    const std::string name = "leg " + std::to_string(id.value);
    if (leg.life != Leg::Life::over) wrong(name + " is left behind");
    if (leg.caller && leg.outcomes != 1) wrong(name + " has " + std::to_string(leg.outcomes) + " outcomes");
  }
  for (const auto& [ticket, asked] : asked_) {
    if (asked.answers != 1) wrong("request with " + std::to_string(asked.answers) + " answers");
  }
  for (const auto& [key, states] : notices_) {
    if (states.back() != CallState::over) wrong("call without an end for its user");
    for (std::size_t i = 1; i < states.size(); ++i) {
      if (states[i - 1] >= states[i]) wrong("notice twice or backwards");
    }
  }
  for (const auto& [call_id, rows] : records_) {
    for (const SessionRecord& row : rows) {
      if (row.id != rows.front().id) wrong("several records of one call");
    }
    if (!rows.back().end_time) wrong("record without end");
    if ((rows.back().response_code == 200) != outcome_of_[call_id]) wrong("record does not tell the outcome");
    if (rows.size() != (outcome_of_[call_id] ? 2U : 1U)) wrong("wrong number of rows");
  }
  const auto callers = std::count_if(legs_.begin(), legs_.end(), [](const auto& entry) { return entry.second.caller; });
  if (records_.size() != static_cast<std::size_t>(callers)) wrong("call without a record");
  if (agent_.call_count() != 0 || agent_.pending_count() != 0 || agent_.deadline()) wrong("something is left");
  if (agent_.metrics().calls.value() != 0) wrong("gauge is not back");
  if (board_.call_count() != 0 || !lamps_.empty()) wrong("board is not empty");
}

std::vector<std::string> CallWorld::run(int steps) {
  for (int i = 0; i < steps; ++i) step();
  settle_down();
  check();
  return wrong_;
}

namespace {

TEST(CallWorld, invariants_hold_in_two_thousand_worlds) {
  std::size_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CallWorld world(seed);
    const std::vector<std::string> wrong = world.run(400);
    ASSERT_TRUE(wrong.empty()) << "seed " << seed << ": " << wrong.front();
    answered += world.answered();
  }
  EXPECT_GT(answered, 2000U);  // these worlds do talk
}

/// Each checker sees what it is for: broken on purpose, some world out of a few must notice, and say the right thing.
TEST(CallWorld, every_checker_notices_what_is_broken_on_purpose) {
  const std::vector<std::pair<Mutation, std::string>> cases = {
      {Mutation::lose_outcome, "has 0 outcomes"},     {Mutation::outcome_twice, "has 2 outcomes"},
      {Mutation::lose_stop, "is left behind"},        {Mutation::lose_over, "without an end"},
      {Mutation::notice_twice, "twice or backwards"}, {Mutation::reply_twice, "request with 2 answers"},
      {Mutation::second_record, "several records"}};
  for (const auto& [mutation, complaint] : cases) {
    bool noticed = false;
    for (std::uint64_t seed = 1; seed <= 60 && !noticed; ++seed) {
      for (const std::string& wrong : CallWorld(seed, mutation).run(400)) {
        noticed = noticed || wrong.find(complaint) != std::string::npos;
      }
    }
    EXPECT_TRUE(noticed) << complaint;
  }
}

}  // namespace
}  // namespace tertulia::domain::call_bench
