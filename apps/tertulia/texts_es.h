// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tertulia::app {

/// Spanish sentence for an English one of the code; empty when there is none.
std::string_view spanish_of(std::string_view english);

}  // namespace tertulia::app
