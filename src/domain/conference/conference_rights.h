// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/reason.h"
#include "domain/conference/events.h"

namespace tertulia::domain {

/// Who asks for something.
struct Asker {
  base::UserId user;                   ///< 0: the administrator
  bool administrator = false;          ///< may do everything
  std::optional<ConferenceRole> role;  ///< nothing: not in the conference, and not its organizer
};

/// May he?  The one place that says so; the answer is for this moment, so the command is carried out in the same step.
/// Reasons: not_in_conference, presenters_only, organizer_only.
base::Reason may(const Asker& asker, const conference::Command& command, base::UserId organizer);
/// The same for adding a person to the conference.  An attendee may where everybody of the organisation gets in anyway.
base::Reason may_add(const Asker& asker, const ConferenceFacts& facts);
/// And for writing.  Reasons also: conference_muted.
base::Reason may_write(ConferenceRole role, const ConferenceFacts& facts);

}  // namespace tertulia::domain
