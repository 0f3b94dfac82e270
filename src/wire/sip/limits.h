// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::sip {

/// Header lines of one message; more is refused with message_too_large.
inline constexpr std::size_t header_lines_max = 512;
/// Parameters of one header value or URI.
inline constexpr std::size_t parameters_max = 64;
/// Entries of one repeatable header over all of its lines (Via, Route, Contact ...).
inline constexpr std::size_t list_entries_max = 256;
/// A host name in text (RFC 1035 2.3.4).
inline constexpr std::size_t host_bytes_max = 255;
/// Consumed bytes that a Framer keeps in front of its buffer before it moves the rest down.
inline constexpr std::size_t framer_slack_bytes = 16 * 1024;

// The shortest header line is four bytes, so the count bounds what a head of 64 KiB could otherwise hold (16,384
// lines).
static_assert(header_lines_max >= list_entries_max);

}  // namespace tertulia::wire::sip
