// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/directory/people.h"
#include "wire/lync/contact_request.h"

namespace tertulia::face::lync {

/// What the directory is asked, over SIP or over the web.
domain::PeopleQuery query_of(const wire::lync::DirectorySearch& asked);

/// What every colleague may know of a user; the level decides about the rest, in the contact card.
wire::lync::DirectoryRow row_of(const domain::User& user);

}  // namespace tertulia::face::lync
