// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/presence/self_view.h"
#include "face/lync/notices.h"
#include "face/lync/photo_address.h"

namespace tertulia::face::lync {

inline constexpr std::string_view self_event = "vnd-microsoft-roaming-self";

/// What a user's own devices know of him ([MS-PRES] roaming self): his publications with what the server makes of them,
/// his privacy levels, and who watches him.  Whatever category a document names, it has every piece of it.
/// COMPAT(pidgin-sipe 1.25): it forgets the pieces that are not there and publishes them anew, without end.
class SelfFeed : public Feed {
 public:
  /// For the answer to a publication: what the client does not know yet, and `touched` in any case.
  virtual std::optional<Document> after(const domain::SelfViewPtr& view, const std::vector<std::string>& touched) = 0;
};

/// `photos` outlives the feed.
base::Result<std::unique_ptr<Feed>> make_self_feed(Context& context, Notices& notices, const Request& request,
                                                   NoticeId id, const PhotoAddresses& photos);

}  // namespace tertulia::face::lync
