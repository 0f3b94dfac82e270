// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "domain/presence/view.h"
#include "wire/pidf/presence.h"

namespace tertulia::face::simple {

inline constexpr std::string_view presence_type = "application/pidf+xml";

/// What standard clients show for a state (RFC 4480 3.2).  The word that most clients know stands first (`busy`, `away`),
/// then what is exact; "other" carries the product's own states as text.
std::vector<wire::pidf::Activity> activities_of(const domain::State& state);

/// A view as PIDF with RPID and CIPID: one tuple that says whether and how the person can be reached, and the person.
/// What other clients of the user have published beyond our model (mood, place ...) is taken over from the extras.
wire::pidf::Presence document_of(const domain::PresenceView& view);

}  // namespace tertulia::face::simple
