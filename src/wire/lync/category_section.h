// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "wire/lync/categories.h"
#include "wire/xml/writer.h"

// For this folder: `categories` inside of another document.

namespace tertulia::wire::lync {

/// States of type aggregateState stand behind the other entries.
void write_category_section(xml::Writer& out, std::string_view uri, const std::vector<CategoryEntry>& entries,
                            CategoryReader reader);

}  // namespace tertulia::wire::lync
