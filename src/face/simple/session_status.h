// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/reason.h"

namespace tertulia::face::simple {

/// Status for a refused MESSAGE within the sender's dialog: as domain::status_told, but never one that would end that
/// dialog, which is well (RFC 5057 5.1: 404, 408, 410, 416, 481 ... become 480).
int status_towards_sender(base::Reason reason, int status);

/// The same in a dialog with a conference, which goes on whatever befalls one message or one member: what says that
/// somebody is not there or has not answered becomes 504.
/// COMPAT(pidgin-sipe 1.25): at 408, 480 and 481 for a MESSAGE it says BYE, so it would be out of the room.
int status_towards_speaker(base::Reason reason, int status);

/// Whether this answer to a request of ours means that the client knows the dialog no more (RFC 5057 5.1 and 5.2).
bool ends_dialog(int status);

/// Of the refusal of an INVITE for single messages: what it says of them.  Only the no of a person (6xx) is meant for
/// them; that the device cannot take such a dialog is no fault of theirs (480), and those that are kept stay so.
int status_of_carried(int status);

/// The device does not do this method, here (405) or anywhere (RFC 3261 21.4.6, 21.5.2).
bool knows_no_method(int status);

/// A typing notice answered like this has reached the device, which only has no use for it.
bool typing_has_no_use(int status);

}  // namespace tertulia::face::simple
