// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "protocol/subscription/event_header.h"

namespace tertulia::protocol::subscription {

/// Send a NOTIFY now: the owner renders the newest state.  Answered by on_response, on_silence or on_unsent, unless it is
/// the last one.
struct Notify {
  Standing standing;
  bool full = true;       ///< must be understood without the ones before
  bool with_body = true;  ///< there is a state to show
  friend bool operator==(const Notify&, const Notify&) = default;
};
/// The subscription has ended; nothing follows.  Behind the last NOTIFY, or alone when the client can hear none.
struct Over {
  enum class Why : std::uint8_t {
    told,     ///< the last NOTIFY has said it
    silent,   ///< a NOTIFY was not answered
    refused,  ///< the client knows no such subscription, or wants no notifications
  } why = Why::told;
  friend bool operator==(const Over&, const Over&) = default;
};
using Action = std::variant<Notify, Over>;
using Actions = std::vector<Action>;

/// Notifier's side of one subscription (RFC 6665 4.2): its state, its lease and the moments of its notifications.
///
///            first state                     lease over, unsubscribed, ended by us
///   pending ------------> active ---------------------------------------------------> terminated
///      \______ lease over, unsubscribed, no state in time, ended by us ______________/
///
/// At most one NOTIFY is under way (so none can overtake another), and what changes meanwhile is told by the next one:
/// the owner renders at that moment, so the newest state wins.  Changes keep the pace; what a SUBSCRIBE or an end asks
/// for goes at once.  A lost NOTIFY ends the subscription; an error ends it, or delays the next one (4.2.2).
class Notifier {
 public:
  enum class State : std::uint8_t { pending, active, terminated };

  /// A SUBSCRIBE was accepted.  `lease` zero: a fetch (4.4.3), one notification as soon as there is a state.
  Notifier(base::Duration lease, const Rates& rates, base::TimePoint now);

  /// A further SUBSCRIBE was accepted; `lease` zero unsubscribes.
  void on_subscribe(base::Duration lease, const Rates& rates, base::TimePoint now, Actions& out);
  /// There is a state to show, or a new one.
  void on_state(base::TimePoint now, Actions& out);
  /// Final answer to the NOTIFY under way.  `retry_after`: of its Retry-After header.
  void on_response(int status, std::optional<base::Duration> retry_after, base::TimePoint now, Actions& out);
  /// The NOTIFY under way was not answered (timer F), or its connection broke.
  void on_silence(Actions& out);
  /// The NOTIFY just asked for could not be sent.
  void on_unsent(base::TimePoint now, Actions& out);
  /// We end it.  The last NOTIFY goes at once, or when the one under way is answered.
  void end(End why, base::Duration retry_after, base::TimePoint now, Actions& out);
  void on_deadline(base::TimePoint now, Actions& out);  ///< harmless when early
  std::optional<base::TimePoint> deadline() const;

  State state() const { return state_; }
  base::TimePoint expires() const { return expires_; }
  bool under_way() const { return under_way_; }

 private:
  enum class Wanted : std::uint8_t { nothing, repeat, changed, full };
  void want(Wanted what) { wanted_ = what > wanted_ ? what : wanted_; }
  void set_rates(const Rates& rates);
  void step(base::TimePoint now, Actions& out);
  void send(base::TimePoint now, Actions& out);
  void send_last(Actions& out);
  std::optional<base::TimePoint> send_time() const;
  base::TimePoint repeat_time() const;
  base::Duration adaptive_interval() const;

  State state_ = State::pending;
  Wanted wanted_ = Wanted::nothing;
  bool prompt_ = false;  ///< the wanted one does not wait for the pace
  bool under_way_ = false;
  bool fetch_ = false;
  bool ending_ = false;  ///< the last NOTIFY waits for the answer to the one under way
  std::uint8_t failures_ = 0;
  End end_ = End::timeout;
  base::Duration end_retry_{};
  Rates rates_;
  base::TimePoint begun_;
  base::TimePoint expires_;
  std::optional<base::TimePoint> last_sent_;
  base::TimePoint not_before_;  ///< after a refusal
  bool told_pending_ = false;
  std::unique_ptr<std::vector<base::TimePoint>> sent_;  ///< lately, for an adaptive rate only
};

}  // namespace tertulia::protocol::subscription
