// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::rlmi {

using base::Result;

struct ListEntry {
  std::string uri;           ///< as written, blanks around it removed
  std::string display_name;  ///< empty: none
  friend bool operator==(const ListEntry&, const ListEntry&) = default;
};

/// `application/resource-lists+xml` (RFC 4826 3) in the body of a SUBSCRIBE (RFC 5367 4.1): flat.
/// Entries in their order, those of several outer lists one after the other; duplicates stay.
/// Errors: list_malformed (not well formed, other root, an entry without uri), list_nested (a list inside of a list),
/// list_reference (entry-ref or external), list_too_long (more than list_entries_max, or too large a document).
Result<std::vector<ListEntry>> read_resource_lists(std::string_view document);
std::string write_resource_lists(const std::vector<ListEntry>& entries);

}  // namespace tertulia::wire::rlmi
