// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::rlmi {

using base::Result;

enum class InstanceState : std::uint8_t { active, pending, terminated };

/// One subscription behind the list (RFC 4662 5.3).
struct Instance {
  std::string id;  ///< a token that stays while the subscription behind it lives
  InstanceState state = InstanceState::active;
  std::string reason;  ///< of terminated: "noresource", "rejected", "deactivated" ... (RFC 6665 4.1.3); empty: none
  std::string cid;     ///< Content-ID of the part with its state, without brackets; empty: no part
  friend bool operator==(const Instance&, const Instance&) = default;
};

struct Resource {
  std::string uri;
  std::string name;  ///< for people; empty: none
  std::vector<Instance> instances;
  friend bool operator==(const Resource&, const Resource&) = default;
};

/// `application/rlmi+xml` (RFC 4662 5): the root part of a list notification.
struct ListState {
  std::string uri;
  std::uint32_t version = 0;  ///< grows by one with each notification of a subscription
  bool full_state = false;
  std::string name;
  std::vector<Resource> resources;
  friend bool operator==(const ListState&, const ListState&) = default;
};

/// Errors: malformed_message, message_too_large.
Result<ListState> read_rlmi(std::string_view document);
std::string write_rlmi(const ListState& list);

}  // namespace tertulia::wire::rlmi
