// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: the smallest call agent that keeps the contract of domain/call/events.h.

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "domain/call/events.h"
#include "domain/presence/events.h"

namespace tertulia::face::simple::call_world {

using base::CallId;
using base::CallLegId;
using base::Reason;
using base::ShardId;
using base::Ticket;
using base::UserId;

/// What the agent tells the edges.
class AgentOut {
 public:
  virtual ~AgentOut() = default;
  virtual void tell(ShardId edge, domain::CallProgress one) = 0;
  virtual void tell(ShardId edge, domain::CallAnswered one) = 0;
  virtual void tell(ShardId edge, domain::CallRefused one) = 0;
  virtual void tell(ShardId edge, domain::RingLeg one) = 0;
  virtual void tell(ShardId edge, domain::StopLeg one) = 0;
  virtual void tell(ShardId edge, domain::RelayRequest one) = 0;
  virtual void tell(ShardId edge, domain::CallRequestAnswer one) = 0;
  virtual void tell(ShardId edge, domain::CancelRelay one) = 0;
};

class AgentDouble {
 public:
  explicit AgentDouble(AgentOut& out) : out_(out) {}

  std::map<UserId, std::vector<domain::EndpointRoute>> devices;
  // what was asked, for the tests to look at
  std::vector<domain::PlaceCall> placed;
  std::vector<domain::CallLegLost> lost;
  std::vector<domain::CallRefreshed> refreshed;
  std::vector<domain::CallRequest> requests;
  std::vector<domain::RingAnswer> rings;
  std::vector<domain::UserActive> active;

  void on(const domain::PlaceCall& place) {
    placed.push_back(place);
    Call call;
    call.id = CallId{++last_};
    call.edge = place.edge;
    call.leg = place.leg;
    for (const domain::EndpointRoute& route : devices[place.to]) {
      call.branches.push_back({CallLegId{0x8000'0000'0000'0000 + ++last_}, route.edge, true, false, 0, {}});
      out_.tell(route.edge, domain::RingLeg{call.id, call.branches.back().leg, agent, route, place.to,
                                            place.from_address, place.signal, record_of(call.id)});
    }
    if (call.branches.empty())
      return out_.tell(call.edge, domain::CallRefused{{}, call.leg, Reason::recipient_unavailable, 0, {}});
    calls_.push_back(std::move(call));
  }
  void on(const domain::CancelCall& cancel) {
    Call* call = find([&](const Call& one) { return one.leg == cancel.leg; });
    if (call == nullptr) return;
    if (call->up) return end(call->id, {}, Reason::request_cancelled);
    stop_ringing(*call, Reason::request_cancelled);
    out_.tell(call->edge, domain::CallRefused{call->id, call->leg, Reason::request_cancelled, 0, {}});
    forget(call->id);
  }
  void on(const domain::RingAnswer& answer) {
    rings.push_back(answer);
    Call* call = find([&](const Call& one) { return one.id == answer.call; });
    if (call == nullptr) return;
    Branch* branch = branch_of(*call, answer.leg);
    using What = domain::RingAnswer::What;
    if (answer.what == What::progress && !call->up)
      return out_.tell(call->edge, domain::CallProgress{call->id, call->leg, answer.leg, answer.status, answer.signal,
                                                        record_of(call->id)});
    if (answer.what == What::answered) {
      branch->ringing = false;
      if (call->up)
        return out_.tell(branch->edge, domain::StopLeg{branch->edge, answer.leg, Reason::answered_elsewhere});
      call->up = branch->up = true;
      out_.tell(call->edge, domain::CallAnswered{call->id, call->leg, answer.leg, answer.signal, record_of(call->id)});
      return stop_ringing(*call, Reason::answered_elsewhere);
    }
    if (answer.what == What::refused && branch->ringing) refuse(*call, *branch, answer);
  }
  void on(const domain::CallRequest& request) {
    requests.push_back(request);
    Call* call = find([&](const Call& one) { return one.id == request.call; });
    const bool from_caller = call != nullptr && call->leg == request.leg;
    const Branch* branch = call == nullptr ? nullptr : branch_of(*call, from_caller ? request.branch : request.leg);
    if (branch == nullptr) {
      if (request.ticket)
        out_.tell(request.edge, domain::CallRequestAnswer{request.ticket, Reason::dialog_unknown, 0, {}});
      return;
    }
    domain::RelayRequest relay;
    relay.agent = agent;
    relay.call = call->id;
    relay.leg = from_caller ? branch->leg : call->leg;
    relay.branch = from_caller ? CallLegId{} : branch->leg;
    relay.kind = request.kind;
    relay.signal = request.signal;
    const ShardId edge = from_caller ? branch->edge : call->edge;
    if (request.ticket) {
      relay.ticket = Ticket{++last_};
      flights_[relay.ticket] = {request.edge, request.ticket, edge, relay.leg, request.kind};
    }
    out_.tell(edge, std::move(relay));
  }
  void on(const domain::RelayAnswer& answer) {
    const auto found = flights_.find(answer.ticket);
    if (found == flights_.end()) return;
    const Flight flight = found->second;
    if (answer.status >= 200) flights_.erase(found);
    const bool gone = flight.kind == domain::CallRequestKind::ends && !answer.signal;
    out_.tell(flight.from,
              domain::CallRequestAnswer{flight.ticket, Reason::none, gone ? 200 : answer.status, answer.signal});
  }
  void on(const domain::CancelCallRequest& cancel) {
    for (const auto& [ticket, flight] : flights_)
      if (flight.ticket == cancel.ticket)
        return out_.tell(flight.to, domain::CancelRelay{flight.to, flight.leg, ticket});
  }
  void on(const domain::CallLegLost& one) {
    lost.push_back(one);
    end(one.call, one.leg, Reason::call_party_vanished);
  }
  void on(const domain::CallRefreshed& one) { refreshed.push_back(one); }

  /// Ends a call from our side; `but`: the side that knows.
  void end(CallId id, CallLegId but, Reason why) {
    Call* call = find([&](const Call& one) { return one.id == id; });
    if (call == nullptr) return;
    if (call->leg != but) out_.tell(call->edge, domain::StopLeg{call->edge, call->leg, why});
    for (const Branch& branch : call->branches)
      if ((branch.up || branch.ringing) && branch.leg != but)
        out_.tell(branch.edge, domain::StopLeg{branch.edge, branch.leg, why});
    forget(id);
  }
  static base::RecordId record_of(CallId call) { return base::RecordId{call.value + 900}; }
  CallId newest() const { return calls_.empty() ? CallId{} : calls_.back().id; }

 private:
  struct Branch {
    CallLegId leg;
    ShardId edge;
    bool ringing = true;
    bool up = false;
    int status = 0;
    domain::Signal signal;
  };
  struct Call {
    CallId id;
    ShardId edge;
    CallLegId leg;
    bool up = false;
    std::vector<Branch> branches;
  };
  struct Flight {
    ShardId from;
    Ticket ticket;
    ShardId to;
    CallLegId leg;
    domain::CallRequestKind kind = domain::CallRequestKind::relayed;
  };

  Call* find(const std::function<bool(const Call&)>& fits) {
    const auto found = std::find_if(calls_.rbegin(), calls_.rend(), fits);
    return found == calls_.rend() ? nullptr : &*found;
  }
  static Branch* branch_of(Call& call, CallLegId leg) {
    for (Branch& branch : call.branches)
      if (branch.leg == leg) return &branch;
    return nullptr;
  }
  void forget(CallId id) {
    std::erase_if(calls_, [&](const Call& call) { return call.id == id; });
  }
  void stop_ringing(Call& call, Reason why) {
    for (Branch& branch : call.branches)
      if (std::exchange(branch.ringing, false)) out_.tell(branch.edge, domain::StopLeg{branch.edge, branch.leg, why});
  }
  void refuse(Call& call, Branch& branch, const domain::RingAnswer& answer) {
    branch.ringing = false;
    branch.status = answer.status;
    branch.signal = answer.signal;
    if (answer.status >= 600) stop_ringing(call, Reason::recipient_declined);
    if (call.up ||
        std::any_of(call.branches.begin(), call.branches.end(), [](const Branch& one) { return one.ringing; }))
      return;
    const auto better = [](const Branch& one, const Branch& other) {  // RFC 3261 16.7 step 6
      const auto rank = [](int status) { return status >= 600 ? 0 : status == 0 ? 9 : status / 100; };
      return rank(one.status) < rank(other.status);
    };
    const Branch& best = *std::min_element(call.branches.begin(), call.branches.end(), better);
    out_.tell(call.edge,
              domain::CallRefused{call.id, call.leg, Reason::recipient_unavailable, best.status, best.signal});
    forget(call.id);
  }

  static constexpr ShardId agent{7};
  AgentOut& out_;
  std::vector<Call> calls_;
  std::map<Ticket, Flight> flights_;
  std::uint64_t last_ = 0;
};

}  // namespace tertulia::face::simple::call_world
