// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/sip/headers.h"

namespace tertulia::face::simple {

/// What this face offers, as its headers say it.  Only what works.
inline constexpr std::string_view allowed_methods =
    "INVITE, ACK, BYE, CANCEL, INFO, MESSAGE, OPTIONS, PUBLISH, REFER, REGISTER, SUBSCRIBE";
inline constexpr std::string_view accepted_message_types =
    "text/*, message/cpim, message/imdn+xml, application/im-iscomposing+xml, multipart/alternative, multipart/mixed, "
    "multipart/related";
inline constexpr std::string_view accepted_types =
    "application/sdp, text/*, message/cpim, message/imdn+xml, application/im-iscomposing+xml, multipart/alternative, "
    "multipart/mixed, multipart/related";
inline constexpr std::string_view accepted_encodings = "identity";
inline constexpr std::string_view accepted_languages = "en, es";
inline constexpr std::string_view supported_extensions =
    "outbound, gruu, eventlist, recipient-list-subscribe, recipient-list-invite, multiple-refer, norefersub";

/// Begins the user part of each temporary GRUU (RFC 5627 A.2).
inline constexpr std::string_view temporary_gruu_prefix = "tgruu.";

/// Begins the `opaque` parameter of a GRUU in the form of the Lync family ([MS-SIPRE] 2.2.2).
inline constexpr std::string_view dialect_gruu_prefix = "user:epid:";

/// Tags of Require and Proxy-Require that we do not support, in order, joined for Unsupported (RFC 3261 8.2.2.3).
/// `relayed`: Require is for whoever gets the request, Proxy-Require alone for us (16.3 step 5).  `also`: tags that are
/// known besides; may be empty.
std::string unsupported_tags(const wire::sip::Message& message, bool relayed = false,
                             const std::function<bool(std::string_view)>& also = {});

/// The message carries `tag` in a Supported line.
bool supports(const wire::sip::Message& message, std::string_view tag);

/// A page message may have this content (lower-case `type/subtype`).
bool is_message_type(std::string_view type);

}  // namespace tertulia::face::simple
