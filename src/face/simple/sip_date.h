// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/time.h"

namespace tertulia::face::simple {

/// Value of a Date header: "Sat, 13 Nov 2010 23:29:00 GMT".  Source: RFC 3261 20.17.
std::string sip_date(base::WallTime time);

}  // namespace tertulia::face::simple
