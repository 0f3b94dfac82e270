// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tertulia::protocol::transaction {

/// Transactions of one kind (server, client) in one shard; beyond it new ones are refused whatever the connection.
inline constexpr std::size_t transactions_max = 1'000'000;

/// Slots kept for reuse when a table has become empty; a larger table gives its memory back.
inline constexpr std::size_t idle_slots_max = 1024;

/// Bits of an id that name the slot; the others count the transactions ever begun.
inline constexpr unsigned slot_bits = 24;

static_assert(transactions_max < (std::size_t{1} << slot_bits));
static_assert(idle_slots_max < transactions_max);

}  // namespace tertulia::protocol::transaction
