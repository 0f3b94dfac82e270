// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tertulia::base {

/// Why something was refused.  One list for the whole product (reason.def), so that every face can say it in its own form.
enum class Reason : std::uint16_t {
  none,
#define TERTULIA_REASON(name, id, status, english, spanish) name,
#include "base/reason.def"
#undef TERTULIA_REASON
};

enum class Language : std::uint8_t { english, spanish };

/// The enumerator's name, for logs and JSON.
std::string_view name_of(Reason reason);
/// The other way round.
std::optional<Reason> reason_named(std::string_view name);

/// Stable number, sent as the id of `ms-diagnostics` ([MS-OCER] 2.1).
std::uint32_t id_of(Reason reason);
/// Nothing: no reason of this version has the number.
std::optional<Reason> reason_numbered(std::uint32_t id);

/// SIP status code (RFC 3261 21) that carries this reason when the face has no better one; also used as HTTP status.
int status_of(Reason reason);

/// One sentence a person understands.
std::string_view text_of(Reason reason, Language language = Language::english);

}  // namespace tertulia::base
