// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/context.h"

namespace tertulia::face::simple {

/// OPTIONS outside of a dialog, behind the gate: what the server can do, for itself or in the name of a user (RFC
/// 3261 11.2). An unknown or disabled user: destination_unknown.
void on_options(Context& context, const Request& request);

}  // namespace tertulia::face::simple
