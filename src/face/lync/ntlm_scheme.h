// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "face/lync/scheme.h"

namespace tertulia::face::lync {

/// NTLM without connection, version 2 of the proof ([MS-NLMP], [MS-SIPAE]).  `host`: our name.
std::unique_ptr<Scheme> make_ntlm_scheme(simple::Context& context, simple::SignInGuard& guard, std::string host);

}  // namespace tertulia::face::lync
