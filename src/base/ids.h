// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tertulia::base {

/// A number that names one kind of thing; mixing two kinds does not compile.  Zero names nothing.
template <typename Tag, typename Number = std::uint64_t>
struct Id {
  Number value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

/// Person with an address; given by the directory, the same for ever.
using UserId = Id<struct UserIdTag, std::uint32_t>;
/// One signed-in client of a user; unique while the server runs.
using EndpointId = Id<struct EndpointIdTag>;
/// One transport connection; unique while the server runs.
using ConnectionId = Id<struct ConnectionIdTag>;
/// One conversation in the IMMCU.
using ConversationId = Id<struct ConversationIdTag>;
/// One dialog of an endpoint with the IMMCU; given by the edge or the IMMCU that created it.
using LegId = Id<struct LegIdTag>;
/// Names one instant message while it is under way and while it is kept.
using MessageId = Id<struct MessageIdTag>;
/// Matches an answer with its question, within the component that asked.
using Ticket = Id<struct TicketTag>;
/// One watcher's interest in one thing (a user's presence, a contact list ...); given by the edge that asks.
using WatchId = Id<struct WatchIdTag>;
/// One published piece of presence, while it lives; given by the presence agent.
using PublicationId = Id<struct PublicationIdTag>;
/// One call of two users.
using CallId = Id<struct CallIdTag>;
/// One dialog branch of a call: the caller's, or one ringing device's.
using CallLegId = Id<struct CallLegIdTag>;
/// One call detail record.
using RecordId = Id<struct RecordIdTag>;

/// One event loop of the process (0-based; shards have no "nothing" value).
struct ShardId {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(const ShardId&, const ShardId&) = default;
};

/// Mixes the bits of a number (splitmix64 finalizer), so that neighbours spread over shards.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

/// Numbers unique over all shards without asking anybody: the shard in the upper 16 bits, a counter below.
/// `boot_seconds` (calendar seconds of the start) moves the counter on, so that ids in records differ over restarts.
class IdSource {
 public:
  explicit IdSource(ShardId shard, std::uint64_t boot_seconds = 0)
      : next_((static_cast<std::uint64_t>(shard.value) << 48) + ((boot_seconds << 16) & 0xffff'ffff'ffffULL) + 1) {}
  template <typename AnyId>
  AnyId next() {
    return AnyId{next_++};
  }
  static constexpr ShardId shard_of(std::uint64_t value) { return ShardId{static_cast<std::uint16_t>(value >> 48)}; }

 private:
  std::uint64_t next_;
};

}  // namespace tertulia::base

template <typename Tag, typename Number>
struct std::hash<tertulia::base::Id<Tag, Number>> {
  std::size_t operator()(const tertulia::base::Id<Tag, Number>& id) const noexcept {
    return static_cast<std::size_t>(tertulia::base::mix(id.value));
  }
};
