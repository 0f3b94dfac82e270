// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "face/admin/ports.h"

namespace tertulia::face::admin {

/// Longest command and answer on the administrator's socket.
inline constexpr std::size_t command_bytes_max = 192 * 1024;  // a picture in base64 has room
inline constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;

/// One command as a JSON object, `{"command": "user.add", ...}`, to one answer, `{"ok": true, "result": ...}` or
/// `{"ok": false, "error": {"reason", "id", "status", "text", "text_es", "detail"}}`.  The same words for the socket of a
/// running server and for the command line that works on a stopped one.  No secret ever stands in an answer.
/// What changes something is told to `log` in one line of level info: command, whom and what it is about, outcome.
std::string handle(std::string_view command, AdminPorts& ports, const base::Log& log = base::Log::silent());

}  // namespace tertulia::face::admin
