// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "protocol/transaction/machines.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::transaction {

using ServerId = base::Id<struct ServerTransactionTag>;
using ClientId = base::Id<struct ClientTransactionTag>;

/// Header lines that a request made by the layer carries beside its own.
using ExtraHeaders = std::vector<std::pair<wire::sip::HeaderName, std::string>>;

/// Asked of the owner of the layer (the face), called while the layer works; must not call back into the layer.
class LayerPorts {
 public:
  virtual ~LayerPorts() = default;
  virtual void send(base::ConnectionId connection, std::string_view wire) = 0;
};

/// What an incoming request is.
struct RequestFate {
  enum class Kind : std::uint8_t {
    fresh,       ///< new server transaction `id`: the face must answer it
    repeated,    ///< retransmission or late copy: done
    ack,         ///< ACK of a failure: done
    ack_of_2xx,  ///< ACK that belongs to a dialog: the face looks there
    cancel,  ///< CANCEL of the pending INVITE `id`; the CANCEL itself is server transaction `cancel_id` (answer 200,
             ///< then 487 to `id`)
    cancel_lost,  ///< CANCEL that matches nothing: server transaction `cancel_id` (answer 481)
    merged,       ///< same request by another path: server transaction `id` (answer 482, RFC 3261 8.2.2.2)
    too_many,     ///< bound of the connection passed: server transaction `id` was not made; answer statelessly with 503
  };
  Kind kind = Kind::fresh;
  ServerId id;
  ServerId cancel_id;
};

/// Outcome for a client transaction.
struct ResponseFate {
  bool matched = false;
  ClientId id;
  bool final_ = false;
  bool repeated = false;  ///< further 2xx of an INVITE: send the ACK again
};

/// Something ended without a response.
struct Ended {
  ClientId id;
  enum class How : std::uint8_t { timed_out, connection_gone } how = How::timed_out;
};

/// All transactions of one shard, over streams (TLS, TCP): matching (RFC 3261 17.1.3, 17.2.3) and timers around the
/// machines.  A transaction lives on one connection.  Requests without a usable branch are matched by Call-ID, CSeq,
/// From tag and Request-URI (17.2.3, RFC 2543 rules); COMPAT(pidgin-sipe 1.25): in-dialog requests and the first INVITE
/// carry none.  Lives on the connection's shard.
class Layer {
 public:
  struct Limits {
    std::size_t server_per_connection_max = 256;   ///< at it the oldest answered one makes room; if all wait: too_many
    std::size_t client_per_connection_max = 1024;  ///< at it `request` gives nothing; CANCEL is never refused
  };
  Layer(const Timers& timers, const Limits& limits, LayerPorts& ports);
  ~Layer();

  /// `basics`: of `message`, which validate() found good.  Copies by another path (merged) are looked for on the same
  /// connection only.  A CANCEL may name an INVITE that is answered by now (see waits_for_answer); one of another
  /// request is lost.
  RequestFate on_request(base::ConnectionId connection, const wire::sip::Message& message,
                         const wire::sip::Basics& basics, base::TimePoint now);
  /// Sends `wire` (a complete response of `status`) and keeps it for repeats.  Harmless when the transaction is gone.
  void respond(ServerId id, int status, std::string wire, base::TimePoint now);
  bool waits_for_answer(ServerId id) const;
  /// Forgets a transaction that nobody waits for any more.  Harmless when it is gone.
  void abandon(ServerId id);

  /// Starts a client transaction and sends `wire`.  `branch`: the one in the wire's top Via.  Nothing when the bound of
  /// the connection is passed.  `method`: not ACK, CANCEL or `other`.
  std::optional<ClientId> request(base::ConnectionId connection, wire::sip::Method method, std::string branch,
                                  std::string wire, base::TimePoint now);
  /// Sends the ACK of a failure of an INVITE by itself; that of a 2xx is the dialog's work.
  ResponseFate on_response(base::ConnectionId connection, const wire::sip::Message& message,
                           const wire::sip::Basics& basics, base::TimePoint now);
  /// The same for a response to the transaction that `client_of` has found.
  ResponseFate on_response(ClientId id, const wire::sip::Message& message, base::TimePoint now);
  /// The transaction that such a response belongs to; 0: to none.
  ClientId client_of(base::ConnectionId connection, const wire::sip::ResponseKey& key);
  /// CANCEL of a pending INVITE client transaction (RFC 3261 9.1): sent at once, or when the first provisional response
  /// comes.  Without final response the INVITE ends as timed_out 64*T1 later.  Harmless when it has ended.
  /// `headers`: for the CANCEL, as Reason (RFC 3326).
  void cancel(ClientId id, base::TimePoint now, ExtraHeaders headers = {});

  /// Server transactions of the connection are forgotten; its client transactions end, in the order they began.
  std::vector<Ended> on_connection_gone(base::ConnectionId connection);
  std::vector<Ended> on_deadline(base::TimePoint now);
  std::optional<base::TimePoint> deadline() const;
  std::size_t server_count() const;
  std::size_t client_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::protocol::transaction
