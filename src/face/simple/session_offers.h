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
base::Result<std::vector<std::string>> offers_in(const wire::sip::Message& message);

}  // namespace tertulia::face::simple
