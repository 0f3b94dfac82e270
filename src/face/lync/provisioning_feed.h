// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "face/lync/notices.h"

namespace tertulia::face::lync {

inline constexpr std::string_view provisioning_event = "vnd-microsoft-provisioning-v2";

/// In-band provisioning ([MS-SIPREGE] 3.3): the groups of settings that the client asks for, as far as there are any; true
/// to the policy of its user.  Asked for once, with Expires: 0, or watched, when it never changes.
base::Result<std::unique_ptr<Feed>> make_provisioning_feed(Context& context, const std::string& address_book,
                                                           const Request& request);

}  // namespace tertulia::face::lync
