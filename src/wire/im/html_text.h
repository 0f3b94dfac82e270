// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::wire::im {

/// What a person reads of a message in HTML, for a client that shows plain text alone: without elements, comments, scripts
/// and styles; lines where blocks and `br` make them; character references resolved, blanks as HTML folds them.  Whatever
/// it is given is HTML to it: a `<` that begins nothing is text.  `unicode`: the text is UTF-8, else references outside
/// of ASCII become `?`.  Never longer than its input.
std::string text_of_html(std::string_view html, bool unicode);

}  // namespace tertulia::wire::im
