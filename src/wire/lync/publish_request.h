// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/lync/expire_type.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view publish_type = "application/msrtc-category-publish+xml";

struct PublicationItem {
  std::string category;  ///< "state", "note" ...; never empty
  std::uint32_t instance = 0;
  std::uint32_t container = 0;
  std::uint32_t version = 0;  ///< 0: the client believes that there is none
  ExpireType expire_type = ExpireType::static_;
  std::optional<std::uint32_t> expires_seconds;  ///< 0: delete it
  /// The element inside, as the client wrote it, with the namespaces it needs; nullopt: none.  It is well-formed, but
  /// may say anything: see content_check.h.
  std::optional<std::string> content;
  friend bool operator==(const PublicationItem&, const PublicationItem&) = default;
};

/// `application/msrtc-category-publish+xml` ([MS-PRES]): all of it holds or nothing.
struct PublishRequest {
  std::string uri;  ///< whose presence, as written: "sip:alice@example.com"
  std::vector<PublicationItem> publications;
  friend bool operator==(const PublishRequest&, const PublishRequest&) = default;
};

/// Without `expireType` a publication is static_.  Errors: malformed_message (no XML), message_too_large,
/// presence_document_malformed (an attribute is missing or no number), list_too_long.
base::Result<PublishRequest> read_publish_request(std::string_view document);
/// For load generators and tests: what a client writes.
std::string write_publish_request(const PublishRequest& request);

}  // namespace tertulia::wire::lync
