// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/lync/categories.h"
#include "wire/lync/container_members.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view roaming_self_type = "application/vnd-microsoft-roaming-self+xml";

/// What a client asks of its own data; names that we do not know are ignored.
struct RoamingSelfRequest {
  bool categories = false, containers = false, subscribers = false;
  friend bool operator==(const RoamingSelfRequest&, const RoamingSelfRequest&) = default;
};

/// `roamingList`.  An empty body asks for everything.  Errors: malformed_message, message_too_large, command_malformed
/// (another root).
base::Result<RoamingSelfRequest> read_roaming_list(std::string_view document);

struct RoamingContainer {
  std::uint32_t id = 0;
  std::uint32_t version = 0;
  std::vector<ContainerMember> members;  ///< all of them: the client replaces what it knew of this level
};

struct RoamingSubscriber {
  std::string user;  ///< with or without scheme; written without
  std::string display_name;
  bool acknowledged = false;  ///< false: the client asks "somebody added you" and acknowledges
  std::string type;           ///< "sameEnterprise" ...; empty: not told
};

/// Own data for the own endpoints ([MS-PRES] roaming self).  A section that is nullopt is not in the document.  For each
/// category that `categories` names it has every instance of every container, aggregateState after the other states.
struct RoamingSelf {
  std::string uri;  ///< "sip:alice@example.com"
  std::optional<std::vector<CategoryEntry>> categories;
  std::optional<std::vector<RoamingContainer>> containers;
  std::optional<std::vector<RoamingSubscriber>> subscribers;
};

/// `roamingData`, a whole body of roaming_self_type.
std::string write_roaming_data(const RoamingSelf& data);

}  // namespace tertulia::wire::lync
