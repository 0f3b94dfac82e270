// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::wire::im {

/// What a person reads of a message in RTF (Rich Text Format Specification 1.9.1), as UTF-8, for a client that shows plain
/// text alone: without control words and without the groups that hold no text (fonts, colours, styles, pictures, and
/// whatever a reader may ignore, `\*`); lines and tabs where `\par`, `\line`, `\tab` make them.  `\'hh` is a character of
/// Windows code page 1252; one of a document with another code page is `?` where it is not ASCII and no `\u` tells it.
/// Groups deeper than rtf_groups_max are passed over.  Whatever it is given is RTF to it.  At most three times as long as
/// its input.
std::string text_of_rtf(std::string_view rtf);

}  // namespace tertulia::wire::im
