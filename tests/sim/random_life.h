// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.h"

namespace tertulia::sim {

/// How many of what a world has; for the summary.
struct LifeSummary {
  std::uint64_t questions = 0;
  std::uint64_t copies = 0;
  std::uint64_t calls = 0;
  std::uint64_t crashes = 0;
};

/// A whole random world from the first sign-in to the quiet end: people who write, ring, leave and come back, devices
/// that answer late or never, and misfortunes of network, store, mailboxes and server.  All decided by the world's
/// seed.  In half of the worlds people meet in conferences too.
LifeSummary live(World& world);

/// 1 to 4, decided by the seed.
std::uint16_t shards_for(std::uint64_t seed);

}  // namespace tertulia::sim
