// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/reason.h"
#include "domain/endpoint/final_status.h"

namespace tertulia::domain {

/// Endpoint does not do message sessions, or not this one: single messages may still reach it.
bool refuses_sessions(int status);
/// Endpoint said no to a message: not "later" (408, 480, 503).
bool refuses_for_good(int status);
/// Endpoint said no to this message, and would to the same at any time: its form, its size, or a no of the person himself
/// (6xx).  Not: the device is busy, in trouble, or takes no messages at the moment.
bool refuses_this_message(int status);
/// What the caller is told about a refused invitation.
base::Reason reason_of_refused_invitation(int status);
/// Final status of an INVITE or a single message that was refused for `reason`, as its sender is told it and the record
/// tells it: the recipient's own (0: he gave none) where it says something to the sender, else the reason's.  What means our dialog or
/// hop (401, 407, 481, 482, 483, 491, 500, 503 and all below 400) is never passed on.
int status_told(base::Reason reason, int status);

}  // namespace tertulia::domain
