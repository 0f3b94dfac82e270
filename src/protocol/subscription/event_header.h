// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tertulia::protocol::subscription {

/// How often the client wants to be notified (RFC 6446).  Kept as intervals; nullopt: not asked for.
struct Rates {
  std::optional<base::Duration> min_interval;  ///< 1 / max-rate: notifications are at least this far apart (section 4)
  std::optional<base::Duration> max_interval;  ///< 1 / min-rate: one comes at least this often (section 5)
  std::optional<base::Duration> adaptive;      ///< 1 / adaptive-min-rate: the same on average (section 6)
  friend bool operator==(const Rates&, const Rates&) = default;
};

/// Value of an Event header (RFC 6665 8.2.1): package with its templates, id, throttle parameters; others are left out.
struct EventHeader {
  std::string package;  ///< "presence", "presence.winfo"; compared byte for byte
  std::string id;       ///< empty: none
  Rates rates;
  /// Errors: header_malformed.  A rate of 0 is one that was not asked for; rates beyond our bounds become the bounds.
  static base::Result<EventHeader> parse(std::string_view value);
  /// The value for a NOTIFY: package and id only (RFC 6665 4.2.2).
  std::string to_string() const;
  friend bool operator==(const EventHeader&, const EventHeader&) = default;
};

/// Notifications per second as text with at most ten digits behind the point: "0.5".
std::string rate_text(base::Duration interval);

/// How a subscription ended (RFC 6665 4.1.3).
enum class End : std::uint8_t { deactivated, probation, rejected, timeout, giveup, noresource, invariant };
std::string_view name_of(End end);

/// What a NOTIFY says of its subscription (RFC 6665 8.2.3).
struct Standing {
  enum class Kind : std::uint8_t { pending, active, terminated } kind = Kind::pending;
  base::Duration left{};         ///< until it expires; not with terminated
  End end = End::timeout;        ///< with terminated
  base::Duration retry_after{};  ///< with terminated; zero: not told
  Rates rates;                   ///< in force, told with pending and active (RFC 6446 7.2)
  friend bool operator==(const Standing&, const Standing&) = default;
};
/// Value of Subscription-State: "active;expires=3599".
std::string subscription_state(const Standing& standing);

}  // namespace tertulia::protocol::subscription
