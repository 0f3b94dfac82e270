// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "domain/conference/facts.h"
#include "face/lync/conference_documents.h"
#include "face/lync/notices.h"

namespace tertulia::face::lync {

inline constexpr std::string_view conference_event = "conference";

/// Who is in a conference, for a device that is in it ([MS-CONFBAS] 3.3; RFC 4575): all of it, then each change.
class ConferenceFeed : public Feed {
 public:
  virtual const domain::ConferenceKey& key() const = 0;
};

/// Errors: conference_unknown, not_in_conference (later).
base::Result<std::unique_ptr<Feed>> make_conference_feed(Context& context, Notices& notices,
                                                         ConferenceDocuments& documents, const Request& request,
                                                         NoticeId id);

}  // namespace tertulia::face::lync
