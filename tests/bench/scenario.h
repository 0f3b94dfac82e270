// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "load.h"

namespace tertulia::bench {

inline constexpr std::size_t sign_ins_at_once = 16;

struct Outcome {
  bool good = false;
  std::uint64_t operations = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  std::string more;  ///< further JSON members, each with a comma before it
};

/// Nothing new is asked and what is under way ends: the next run must find no message kept for somebody who went.
void quieten(Load& load);
/// Lets the traffic run in, then measures it.  `operations` counts them as they end.
Outcome measure(Load& load, const std::uint64_t& operations);

// Scenarios.  `window`: operations under way at once.
Outcome sign_in(Load& load, std::size_t window);
Outcome refresh(Load& load, std::size_t window);
Outcome page_pair(Load& load, std::size_t window);
/// `partners`: how many others each user talks with (a conversation that lives), 0: anybody (most messages begin one).
Outcome page_many(Load& load, std::size_t window, std::size_t partners);
Outcome session_pair(Load& load, std::size_t window);
/// Everybody is in one conference, and one speaks.
Outcome conference(Load& load);
/// All but one run in and out of one conference, all at once.  An operation is an entry with its leaving.
Outcome conference_storm(Load& load);
/// Memory of endpoints that only are there.
Outcome idle(Load& load);
/// Memory of users who have published five pieces of presence, their endpoints included.
Outcome published(Load& load);
/// One user changes his presence and all others watch him.
Outcome presence(Load& load);
/// Everybody signs in once, watches his contact list, publishes once, and stays.
Outcome morning(Load& load, std::size_t window);
/// Complete calls between many users.
Outcome calls(Load& load, std::size_t window);
/// Everybody signs in, watches, publishes, calls, and goes: some orderly, some not.
Outcome come_and_go(Load& load);

/// A storm of complete sign-ins of the Lync family: keys by NTLM, the four subscriptions with a batch of 50 people, the
/// publication.  Each client goes when all is answered, and the next one comes.
Outcome storm(Load& load, std::size_t window);
/// As session_pair, between two clients of the Lync family, every message signed both ways.
Outcome signed_message(Load& load, std::size_t window);

}  // namespace tertulia::bench
