// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tertulia::protocol::flow {

/// How long a connection may be quiet, and how often it may ping.
struct FlowSettings {
  base::Duration first_message_max = std::chrono::seconds{10};       ///< from accept to the first complete message
  base::Duration unfinished_message_max = std::chrono::seconds{30};  ///< from the first byte of a message to its last
  base::Duration idle_max =
      std::chrono::minutes{5};  ///< without a complete message while nothing is registered; pings do not count
  base::Duration silence_max =
      std::chrono::minutes{5};  ///< without a byte, once keep-alives are promised (more than two Flow-Timers)
  std::uint32_t pings_per_minute_max = 60;  ///< keep-alives; a client sends one in 24 to 120 seconds
};

/// What to do with the connection; everything but `keep` says why it is closed.
enum class Verdict : std::uint8_t { keep, no_message, message_unfinished, idle, silent, too_many_pings };

/// Watches the life of one connection (RFC 5626 3.5, 4.4.1, 5.4).  A registered flow without a promise of keep-alives
/// may be silent: its lease ends it.  Pure and small, one per connection.  The deadline moves on with traffic; its
/// owner may leave an older one armed, since `on_deadline` is harmless when early.  `settings` must outlive it and may
/// change.
class FlowWatch {
 public:
  FlowWatch(const FlowSettings& settings, base::TimePoint accepted)
      : settings_(&settings), last_bytes_(accepted), last_message_(accepted) {}

  void on_bytes(base::TimePoint now) { last_bytes_ = now; }
  /// Bytes of an incomplete message are waiting.  May be told again for the same message: the first time counts.
  void on_message_begun(base::TimePoint now);
  void on_message_complete(base::TimePoint now);
  /// A keep-alive (CRLF CRLF, or a lone CRLF) came.  `too_many_pings`: more than the bound within one minute.
  [[nodiscard]] Verdict on_ping(base::TimePoint now);
  /// At least one binding lives on this flow.  `keep_alive_promised`: the client uses outbound and was told our
  /// Flow-Timer.  `lease_end`: when the longest of these bindings ends without a refresh; the idle time begins then.
  void on_registered(base::TimePoint now, bool keep_alive_promised = false,
                     base::TimePoint lease_end = base::TimePoint::never());
  /// The last binding of this flow is gone; the idle time begins.
  void on_unregistered(base::TimePoint now);
  [[nodiscard]] Verdict on_deadline(base::TimePoint now) const;
  /// Nothing: the flow may be silent for ever.
  std::optional<base::TimePoint> deadline() const;

 private:
  struct Due {
    base::TimePoint at = base::TimePoint::never();
    Verdict verdict = Verdict::keep;
  };
  Due due() const;

  const FlowSettings* settings_;
  base::TimePoint last_bytes_;
  base::TimePoint last_message_;  ///< or the accept, or the end of the registration
  base::TimePoint begun_ = base::TimePoint::never();
  base::TimePoint lease_end_ = base::TimePoint::never();
  base::TimePoint ping_window_{};
  std::uint32_t pings_ = 0;
  bool spoken_ = false;  ///< a complete message has come
  bool registered_ = false;
  bool keep_alive_promised_ = false;
};

static_assert(sizeof(FlowWatch) < 64, "stored once for each idle connection");

}  // namespace tertulia::protocol::flow
