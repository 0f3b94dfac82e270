// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view conference_invite_type = "application/ms-conf-invite+xml";

/// `Conferencing` ([MS-CONFBAS] 2.2.5): somebody is asked into a conference.
struct ConferenceInvite {
  std::string focus;          ///< address of the conference, never empty
  std::string subject;        ///< as a person reads it; may be empty
  std::string first_im = {};  ///< base64 of the first words, as written; may be empty
  friend bool operator==(const ConferenceInvite&, const ConferenceInvite&) = default;
};

/// COMPAT(pidgin-sipe 1.25): it does not escape the subject, so the document need not be well-formed: then the texts
/// are taken as they stand.  Errors: command_malformed (no focus-uri), message_too_large.
base::Result<ConferenceInvite> read_conference_invite(std::string_view document);
/// A whole body, for instant messages alone.
std::string write_conference_invite(const ConferenceInvite& invite);

}  // namespace tertulia::wire::lync
