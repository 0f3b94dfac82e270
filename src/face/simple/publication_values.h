// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "domain/presence/publication.h"
#include "wire/pidf/presence.h"

namespace tertulia::face::simple {

/// What a client's own PIDF document says, in pieces of the presence model:
/// - always a DeviceState: there, idle, on the phone, in a meeting, away, or closed;
/// - a ManualState when a person must have picked it: busy, do not disturb, be right back, absent;
/// - a NoteValue for the first note that is more than the name of a state;
/// - an OpaqueValue (application/pidf+xml) with what the model has no words for: mood, place, icons, class, time offset,
///   unknown elements.
/// Errors: body_too_large (a note or the rest beyond the limits of the domain).
base::Result<std::vector<domain::PublicationValue>> values_of(const wire::pidf::Presence& presence);

/// Whether such a document shows a person at work on the device, rather than a device that has noticed nobody there.
bool shows_use(const std::vector<domain::PublicationValue>& values);

}  // namespace tertulia::face::simple
