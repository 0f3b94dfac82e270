// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view set_container_members_type = "application/msrtc-setcontainermembers+xml";
inline constexpr std::string_view set_subscribers_type = "application/msrtc-presence-setsubscriber+xml";

enum class MemberType : std::uint8_t { user, domain, same_enterprise, federated, public_cloud, everyone };
enum class MemberAction : std::uint8_t { add, remove };
std::string_view name_of(
    MemberType type);  ///< "user", "domain", "sameEnterprise", "federated", "publicCloud", "everyone"

/// Who belongs to a privacy level.
struct ContainerMember {
  MemberType type = MemberType::user;
  std::string value;  ///< "bob@example.com" without scheme, or "example.com"; empty for the other types
  friend bool operator==(const ContainerMember&, const ContainerMember&) = default;
};

struct MemberChange {
  MemberAction action = MemberAction::add;
  ContainerMember member;
  friend bool operator==(const MemberChange&, const MemberChange&) = default;
};
struct ContainerChange {
  std::uint32_t id = 0;
  std::uint32_t version = 0;  ///< the one the client knows; 0: none
  std::vector<MemberChange> changes;
  friend bool operator==(const ContainerChange&, const ContainerChange&) = default;
};
/// `setContainerMembers` ([MS-PRES]).
struct SetContainerMembers {
  std::vector<ContainerChange> containers;
  friend bool operator==(const SetContainerMembers&, const SetContainerMembers&) = default;
};
/// A scheme in front of a user is taken off.  Errors: malformed_message, message_too_large, command_malformed (an
/// attribute is missing or not known; a user or domain without value), list_too_long.
base::Result<SetContainerMembers> read_set_container_members(std::string_view document);
std::string write_set_container_members(const SetContainerMembers& request);

struct SubscriberAcknowledgement {
  std::string user;  ///< "bob@example.com" without scheme
  bool acknowledged = true;
  friend bool operator==(const SubscriberAcknowledgement&, const SubscriberAcknowledgement&) = default;
};
/// `setSubscribers`: the question "somebody added you" was answered.  Errors: as above.
base::Result<std::vector<SubscriberAcknowledgement>> read_set_subscribers(std::string_view document);

}  // namespace tertulia::wire::lync
