// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

enum class NoteType : std::uint8_t { personal, out_of_office };

struct NoteBody {
  NoteType type = NoteType::personal;  ///< "personal" (also for what we do not know), "OOF"
  std::string text;
  std::string uri;                   ///< empty: none; so with the times
  std::string start_time, end_time;  ///< as written (ISO 8601)
  friend bool operator==(const NoteBody&, const NoteBody&) = default;
};

/// One `note` element (category "note", [MS-PRES]); without bodies it clears the note.
struct NoteElement {
  std::vector<NoteBody> bodies;
  friend bool operator==(const NoteElement&, const NoteElement&) = default;
};

/// A body without text is left out.  Errors: malformed_message, message_too_large, presence_document_malformed (another
/// element), list_too_long.
base::Result<NoteElement> read_note(std::string_view element);

/// The element alone.  A body without text is not written.
std::string to_xml(const NoteElement& note);

}  // namespace tertulia::wire::lync
