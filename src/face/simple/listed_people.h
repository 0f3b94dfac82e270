// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Somebody who is named in a request, and what is wanted of him.
struct ListedPerson {
  base::UserId who;
  bool out = false;  ///< he is to be put out (`method=BYE` in his URI, RFC 5368 6); else added

  bool operator==(const ListedPerson&) const = default;
};

/// The people of a resource list, in its order: each once, and only whom we know, since the others of the list are
/// invited all the same (RFC 5366 5.1).  Errors: list_malformed, list_nested, list_reference, list_too_long.
base::Result<std::vector<ListedPerson>> listed_people(const Context& context, std::string_view document);

/// What the `method` of a URI asks for.  Errors: method_unknown (neither INVITE nor BYE).
base::Result<bool> puts_out(const wire::sip::Uri& uri);

}  // namespace tertulia::face::simple
