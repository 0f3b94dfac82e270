// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/directory/people.h"
#include "wire/lync/contact_request.h"

namespace tertulia::face::lync {

/// What the directory is asked, over SIP or over the web.
domain::PeopleQuery query_of(const wire::lync::DirectorySearch& asked);

}  // namespace tertulia::face::lync
