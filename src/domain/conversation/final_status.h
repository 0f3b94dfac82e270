// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/reason.h"
#include "domain/endpoint/final_status.h"

namespace tertulia::domain {

/// Endpoint does not do message sessions, or not this one: single messages may still reach it.
bool refuses_sessions(int status);
/// Endpoint will refuse the same message again, however often it is offered.
bool refuses_for_good(int status);
/// What the caller is told about a refused invitation.
base::Reason reason_of_refused_invitation(int status);

}  // namespace tertulia::domain
