// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/context.h"

namespace tertulia::face::lync {

/// Tells a signed-in client why the server ends its registration, so that it shows the reason in place of a lost connection
/// and does not sign in again by itself.  Nothing where it is to sign in again.  Source: [MS-SIPREGE] 3.1.5, event
/// registration-notify.
void say_goodbye(simple::Context& context, const simple::Connection& connection, base::Reason why);

}  // namespace tertulia::face::lync
