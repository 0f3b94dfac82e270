// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "face/lync/notices.h"

namespace tertulia::face::lync {

inline constexpr std::string_view contacts_event = "vnd-microsoft-roaming-contacts";

/// The user's own contact list ([MS-SIP] 3.3): the whole list first, then what makes each later list out of the one
/// before.
base::Result<std::unique_ptr<Feed>> make_contacts_feed(Context& context, Notices& notices, const Request& request,
                                                       NoticeId id);

}  // namespace tertulia::face::lync
