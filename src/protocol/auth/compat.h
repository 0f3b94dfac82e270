// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "base/text.h"

namespace tertulia::protocol::auth {

/// Clients that fail when SHA-256 stands before MD5 in the challenge, known by how their User-Agent begins (any case).
/// RFC 8760 2.4 lets a client take the topmost challenge it understands; these look at one challenge only, or take the
/// wrong one.  They get MD5 alone, if MD5 is offered at all.
struct DigestCompat {
  std::string_view agent_prefix;
  std::string_view reason;
};

inline constexpr std::array digest_compat{
    DigestCompat{"baresip v0.", "COMPAT(baresip 0.x): its library ends sign-in at any algorithm but MD5"},
    DigestCompat{"baresip v1.", "COMPAT(baresip 1.0): as 0.x"},
    DigestCompat{"baresip v2.", "COMPAT(baresip 2.x): as 0.x"},
    DigestCompat{"SIPp", "COMPAT(SIPp 3.6): ends with an error when the first algorithm is neither MD5 nor AKAv1-MD5"},
    DigestCompat{"sipsak", "COMPAT(sipsak 0.9.8): ends with an error when the first algorithm is not MD5"},
};

/// True for the clients of the table.  Without User-Agent a client is taken as sound.
constexpr bool needs_md5_alone(std::string_view user_agent) {
  for (const DigestCompat& client : digest_compat) {
    if (user_agent.size() < client.agent_prefix.size()) continue;
    bool same = true;
    for (std::size_t i = 0; same && i < client.agent_prefix.size(); ++i)
      same = base::to_lower(user_agent[i]) == base::to_lower(client.agent_prefix[i]);
    if (same) return true;
  }
  return false;
}

}  // namespace tertulia::protocol::auth
