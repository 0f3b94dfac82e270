// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tertulia::wire::lync {

/// Whether `element`, the content of a category, can be shown to clients: one well-formed element within the limits, and
/// nothing in it that ends one.  COMPAT(pidgin-sipe 1.25): it crashes on a state whose availability is no number, and on
/// WorkingHours with an empty number or with a WorkingPeriod that lacks one of its two times.
bool is_harmless(std::string_view element);

}  // namespace tertulia::wire::lync
