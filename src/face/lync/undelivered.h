// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/context.h"
#include "face/simple/leg.h"

namespace tertulia::face::lync {

/// Answers a message that was said in a conference and has not reached everybody: 202 with a Message-Id, and behind it, in
/// the same dialog, who has not got it and why ([MS-CONFIM] 3.1.5).  `leg` is open and has a dialog.
void tell_undelivered(simple::Context& context, simple::Leg& leg, const simple::Pending& message,
                      const domain::PostAnswer& answer, base::Now now);

}  // namespace tertulia::face::lync
