// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view provisioning_type = "application/vnd-microsoft-roaming-provisioning-v2+xml";

/// Names of the groups that a `provisioningGroupList` asks for, in its order, each once.  Errors: malformed_message,
/// message_too_large, command_malformed (another root), list_too_long.
base::Result<std::vector<std::string>> read_provisioning_list(std::string_view document);
/// For load generators and tests: what a client writes.
std::string write_provisioning_list(const std::vector<std::string>& names);

/// `ucPC2PCAVEncryption`.
enum class MediaEncryption : std::uint8_t { supported, required, not_supported };

struct PortRange {
  std::uint16_t min = 0, max = 0;
};

/// Group "ServerConfiguration"; empty texts are not written.
struct ServerConfiguration {
  /// "sip:alice@example.com;gruu;opaque=app:conf:focusfactory".  COMPAT(pidgin-sipe 1.25): it is a format string to the
  /// client; one with `%` is not written.
  std::string focus_factory_uri;
  std::string dlx_internal_url, dlx_external_url;  ///< empty: search runs over SIP
  std::string abs_internal_url, abs_external_url;
  std::string mras_uri;  ///< empty: no media relay
  std::string test_call_uri;
  MediaEncryption encryption = MediaEncryption::supported;
  /// All together or none: media, audio, video, application sharing, file transfer.
  struct Ports {
    PortRange media, audio, video, application_sharing, file_transfer;
  };
  std::optional<Ports> ports;
};

/// Any other group: its elements and property lists, in order.
struct ProvisioningElement {
  std::string name;  ///< an XML name
  std::string text;
  friend bool operator==(const ProvisioningElement&, const ProvisioningElement&) = default;
};
/// `propertyEntryList` with `property name="..."`.
struct ProvisioningProperties {
  std::vector<ProvisioningElement> properties;
  friend bool operator==(const ProvisioningProperties&, const ProvisioningProperties&) = default;
};
struct ProvisioningGroup {
  std::string name;  ///< "meetingPolicy", "ucPolicy", "persistentChatConfiguration" ...
  std::vector<std::variant<ProvisioningElement, ProvisioningProperties>> content;
};

struct ProvisioningAnswer {
  std::optional<ServerConfiguration> server;
  std::vector<ProvisioningGroup> groups;
};

/// `provisionGroupList`, a whole body of provisioning_type.  Elements without text, or whose name is no XML name, are left out
/// wherever they stand.
std::string write_provisioning(const ProvisioningAnswer& answer);

/// Whether the client can be given this address of a focus factory: not empty and no `%`.
bool is_good_focus_factory_uri(std::string_view uri);

}  // namespace tertulia::wire::lync
