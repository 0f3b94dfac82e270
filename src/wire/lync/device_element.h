// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::lync {

/// What a device can do with one kind of content: take it from its person, show it to him, publish it.
struct Capability {
  bool capture = false, render = false, publish = false;
  bool any() const { return capture || render || publish; }
  friend bool operator==(const Capability&, const Capability&) = default;
};

/// One `device` element (category "device", [MS-PRES]).
struct DeviceElement {
  std::string endpoint_id;  ///< UUID of the endpoint, as written
  std::string uri;          ///< of the capabilities
  bool preferred = false;
  Capability text, gif_ink, isf_ink, voice, video, application_sharing, content_power_point, content_poll;
  std::string time_zone;     ///< "00:00:00+01:00"; empty: none
  std::string machine_name;  ///< empty: none
  friend bool operator==(const DeviceElement&, const DeviceElement&) = default;
};

/// Capabilities that are absent count as none.  Errors: malformed_message, message_too_large,
/// presence_document_malformed (another element).
base::Result<DeviceElement> read_device(std::string_view element);

/// The element alone; capabilities that are none, and empty texts, are left out.
std::string to_xml(const DeviceElement& device);

}  // namespace tertulia::wire::lync
