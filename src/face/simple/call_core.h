// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "face/simple/call_table.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// A message as it travels between the edges, read again.
struct ReadSignal {
  wire::sip::Message message;
  wire::sip::Basics basics;
};
std::optional<ReadSignal> read_signal(const domain::Signal& signal);
domain::Signal signal_of(const wire::sip::Message& message);

/// What both sides of a call and the requests within it share: the legs, requests under way in either direction, and the
/// ways a leg ends.
class CallCore {
 public:
  explicit CallCore(Context& context_in) : context(context_in) {}

  /// A request of ours under way.
  struct OwnRequest {
    enum class Kind : std::uint8_t {
      invite,    ///< lets the device ring
      relay,     ///< of the other side
      bye,       ///< by us
      farewell,  ///< BYE to a dialog that was never a leg (a second acceptance)
    } kind = Kind::farewell;
    base::CallLegId leg;
    base::Ticket ticket;  ///< of the call agent, for `relay`
    base::ShardId agent;
    wire::sip::Method method = wire::sip::Method::bye;
  };
  /// A request of the client that the agent has not answered yet.
  struct Asked {
    Pending pending;
    base::CallLegId leg;
    wire::sip::Method method = wire::sip::Method::bye;
  };

  Context& context;
  CallTable legs;
  std::unordered_map<protocol::transaction::ClientId, OwnRequest> own;
  std::unordered_map<base::Ticket, Asked> asked;
  std::unordered_map<protocol::transaction::ServerId, base::CallLegId> invites;  ///< CANCEL looks here
  std::unordered_map<protocol::transaction::ServerId, base::Ticket> reinvites;   ///< and here
  bool stopping = false;

  base::TimePoint after(base::Now now, int t1_count) const { return now.mono + context.settings.timers.t1 * t1_count; }

  /// Sends a request of ours and remembers it with the leg.  Nothing when the connection is gone or full.
  std::optional<protocol::transaction::ClientId> send(CallLeg& leg, OwnRequest request, std::string branch,
                                                      std::string wire, base::Now now);
  /// It has had its final answer, or will have none.
  void settle(CallLeg& leg, protocol::transaction::ClientId id);

  /// Our ACK of a 2xx of the client, when nobody else will make it.
  void acknowledge(CallLeg& leg);
  /// BYE in the dialog of the telephones as if the other side had said it; at once, or (RFC 3261 15) when the ACK is
  /// there.  The agent knows already.
  void hang_up(CallLeg& leg, base::Reason why, base::Now now);
  void send_bye(CallLeg& leg, base::Now now);
  /// A 2xx that comes too late or once too often: ACK and BYE, apart from every leg.
  void send_away(const CallLeg& leg, const wire::sip::Message& response, const wire::sip::Basics& basics,
                 base::Now now);

  void answer_ring(const CallLeg& leg, domain::RingAnswer::What what, int status, domain::Signal signal = {});
  void lost(const CallLeg& leg);
  /// Session timers as a 2xx of an INVITE or UPDATE has settled them (RFC 4028); `always`: also that there are none.
  void note_timer(const CallLeg& leg, const wire::sip::Message& response, bool always);
  void note_active(const CallLeg& leg);
  /// Where the client is reached from now on, if the message says so in a way that does not lead back to us.
  void note_target(CallLeg& leg, const wire::sip::Message& message) const;
  /// No 2xx of ours was acknowledged yet; wait for it.
  void await_ack(CallLeg& leg, base::Now now);

  /// Forgets the leg.  What the client waits for is answered (BYE with 200), what the agent waits for too.
  void erase(CallLeg& leg, base::Now now);

 private:
  /// Who speaks to the client, and where he listens.
  struct Target {
    std::string uri;
    std::vector<std::string> routes;
    std::string from;
    std::string to;
  };
  std::string write(const Target& target, std::string_view call_id, wire::sip::Method method, std::uint32_t cseq,
                    std::string_view via, base::Reason why) const;
  static Target target_of(const CallLeg& leg);
};

/// A user's name and address for P-Asserted-Identity.
std::string identity_of(const domain::User& user);

}  // namespace tertulia::face::simple
