// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace tertulia::base {

/// Overwrites memory with zeros in a way that the compiler keeps.
void wipe_bytes(void* bytes, std::size_t count);
/// Overwrites the text in the same way, then empties it.
void wipe(std::string& secret);

}  // namespace tertulia::base
