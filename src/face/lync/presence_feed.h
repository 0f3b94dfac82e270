// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "face/lync/notices.h"
#include "face/lync/photo_address.h"

namespace tertulia::face::lync {

inline constexpr std::string_view presence_event = "presence";

/// The SUBSCRIBE wants documents of categories, in a batch or for one person; else it is for the standard package.
bool asks_for_categories(const wire::sip::Message& message);

/// The presence of many people ([MS-PRES] batched subscription): each SUBSCRIBE adds people, none leaves but by
/// `unsubscribe`.  Everybody is watched through the user's own server side; who does not exist is told as terminated.
/// `photos` outlives the feed.
base::Result<std::unique_ptr<Feed>> make_presence_feed(Context& context, Notices& notices, const Request& request,
                                                       NoticeId id, const PhotoAddresses& photos);

}  // namespace tertulia::face::lync
