// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace tertulia::bench {

/// What stands in each notification of this change, and in no other.
std::string mark_of(std::size_t change);
/// A document as phones publish it (RFC 3863, 4480), with the mark in its note.
std::string change_document(const std::string& address, std::size_t change);
/// A rich one: device, picked state, note, and something that the server only carries.
std::string rich_document(const std::string& address);
/// What a second device says.
std::string second_document(const std::string& address);

}  // namespace tertulia::bench
