// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/presence/publication.h"

/// How a published value stands in the store: a word for its kind, the number of the format, the fields as a JSON
/// object, and apart from them the bytes of an opaque piece, which need not be text.
///
/// | kind | fields of format 1 |
/// |---|---|
/// | manual | availability, activity, activity_text, activity_language, activity_further |
/// | device | those of manual, closed, idle_since_us, activity_told, type, time_zone |
/// | note | note ("personal", "out_of_office"), text, from_us, until_us |
/// | calendar | those of manual, from_us, until_us, subject, place |
/// | opaque | media_type |
/// | engaged | those of manual |
///
/// activity_text is the first text of an activity of one's own, activity_language its tag of BCP 47; activity_further has
/// the other languages, as objects of `text` and `language`.
/// Times are microseconds since 1970 UTC, activities the product's tokens.  A field that has its default is left out;
/// fields that this version does not know are passed over, so that a new one needs no new format.
namespace tertulia::io::publication_codec {

struct EncodedValue {
  std::string kind;
  std::int64_t format = 1;
  std::string fields;  ///< UTF-8
  std::string bytes;
  friend bool operator==(const EncodedValue&, const EncodedValue&) = default;
};

EncodedValue encode(const domain::PublicationValue& value);
/// Nothing: a kind or format that a later version wrote.  Errors: file_damaged (detail: what is wrong, never content).
base::Result<std::optional<domain::PublicationValue>> decode(std::string_view kind, std::int64_t format,
                                                             std::string_view fields, std::string_view bytes);

}  // namespace tertulia::io::publication_codec
