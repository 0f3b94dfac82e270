// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::wire::lync {

enum class ResourceState : std::uint8_t { active, terminated, resubscribe };

/// One person of a batch subscription.
struct ResourcePart {
  std::string uri;  ///< "sip:bob@example.com"
  ResourceState state = ResourceState::active;
  std::string pool_fqdn;   ///< with resubscribe: "sip:fe2.example.com" as the client shall address it; empty: none
  std::string reason;      ///< of terminated: "noresource" ...; empty: none
  std::string categories;  ///< write_categories(); empty: no part.  An active resource without gets an empty document:
                           ///< the client refreshes only people of whom it got one
};

struct MultipartBody {
  std::string content_type;  ///< value of the header, one line
  std::string body;
};

/// Answer or notification of a batch subscription: an RLMI list and one categories document each.
/// `list_uri`: "sip:alice@example.com".  `boundary`: letters and digits, at most 70, random so that no document holds it.
/// `host`: right of the @ in Content-IDs.
/// COMPAT(pidgin-sipe 1.25): each part ends with an additional CRLF (libpurple cuts two octets more), boundary quoted, type
/// told, a state in each instance (it crashes without).
MultipartBody write_multipart_related(std::string_view list_uri, const std::vector<ResourcePart>& resources,
                                      std::string boundary, std::string_view host);

}  // namespace tertulia::wire::lync
