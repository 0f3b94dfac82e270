// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tertulia::app {

struct SpanishText {
  std::string_view english;
  std::string_view spanish;
};

/// Spanish sentence for an English one of the code; empty when there is none.
std::string_view spanish_of(std::string_view english);

/// Spanish form of the detail of an error; as it was when its form is not known.
std::string spanish_detail(std::string_view english);
/// The forms, `{}` where a name or number stands.
std::span<const SpanishText> spanish_details();

/// Names of fields and the words that stand as their values.
std::span<const SpanishText> spanish_words();

/// The part of them that is in help, completion and manual.
std::span<const SpanishText> spanish_help();

}  // namespace tertulia::app
