// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::face::simple {

/// The +sip.instance of the device whose `epid` this is: a UUID of version 5 whose name is the epid, "urn:uuid:..." in
/// lower case.  Source: [MS-SIPRE] 3.2.
std::string instance_of_epid(std::string_view epid);

}  // namespace tertulia::face::simple
