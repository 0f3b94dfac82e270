// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::xml {

inline constexpr std::size_t document_bytes_max = 64 * 1024;  ///< XML inside SIP
inline constexpr int depth_max = 64;                          ///< elements inside each other
inline constexpr int attributes_max = 256;                    ///< of one element
inline constexpr std::size_t elements_max = 8192;             ///< of one document
inline constexpr std::size_t declarations_max = 1024;         ///< of namespaces, in one document
inline constexpr std::size_t namespace_bytes_max = 1024;      ///< expat repeats it in front of every name that has it

/// What a reader allows; a reader of its own kind of document passes its own.
struct Limits {
  std::size_t document_bytes = document_bytes_max;
  int depth = depth_max;
  int attributes = attributes_max;
  std::size_t elements = elements_max;
  std::size_t text_bytes = document_bytes_max;  ///< text directly inside of one element
};

}  // namespace tertulia::wire::xml
