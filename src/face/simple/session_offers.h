// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/sip/message.h"

namespace tertulia::face::simple {

/// What an INVITE may carry.
inline constexpr std::string_view accepted_descriptions =
    "application/sdp, multipart/mixed, multipart/alternative, multipart/related";

/// Session descriptions that an INVITE or UPDATE offers, the best first; several are alternatives.  None: it offers
/// nothing, since it has no body, or only parts that may be left aside (`handling=optional`).
/// Errors: media_type_unsupported (a part that has to be understood and is not), malformed_message, message_too_large.
/// Source: RFC 3261 7.4 and 20.11, RFC 5621 3 and 5.
/// `lists`: a list of people is understood too (RFC 5366 5.1), and passed over here.
base::Result<std::vector<std::string>> offers_in(const wire::sip::Message& message, bool lists = false);

/// A document application/resource-lists+xml in the body of a request.
struct RecipientList {
  std::string document;    ///< empty: there is none
  std::string content_id;  ///< with the angle brackets; empty: it has none (RFC 2392)
};

/// The list of people in an INVITE or REFER: a part, or the whole body, with the disposition `recipient-list` (RFC 5366
/// 5.1, RFC 5368 6, RFC 5363 4).  Errors: malformed_message, message_too_large, media_type_unsupported (another type).
base::Result<RecipientList> recipient_list_in(const wire::sip::Message& message);

}  // namespace tertulia::face::simple
