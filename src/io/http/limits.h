// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace tertulia::io {

/// Request line and headers; larger ones get 431.
inline constexpr std::uint32_t http_head_bytes_max = 16 * 1024;
/// Body of a request; larger ones get 413.
inline constexpr std::size_t http_body_bytes_max = 256 * 1024;
/// Connections at once; further ones are closed after accept.
inline constexpr std::size_t http_connections_max = 64;
/// From the first byte of a request to its last.
inline constexpr base::Duration http_request_duration_max = base::Duration{10'000'000};
/// Between two requests of one connection, and before the first.
inline constexpr base::Duration http_idle_duration_max = base::Duration{60'000'000};
/// From the last byte of a request to its answer.
inline constexpr base::Duration http_answer_duration_max = base::Duration{30'000'000};
/// Bytes that may wait to leave on one connection; an answer larger than half of it becomes 500.
inline constexpr std::size_t http_answer_bytes_max = 2 * 1024 * 1024;
/// How often connections are looked at for the two durations.
inline constexpr base::Duration http_sweep_interval = base::Duration{1'000'000};

static_assert(http_head_bytes_max < http_body_bytes_max);
static_assert(http_sweep_interval < http_request_duration_max);

}  // namespace tertulia::io
