// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::domain {

enum class PhotoKind : std::uint8_t {
  none,     ///< there never was a picture
  cleared,  ///< there was one: clients that have it must be told
  jpeg,
  png,
};

/// Which picture of a person the server keeps.  A value.
struct PhotoMark {
  PhotoKind kind = PhotoKind::none;
  std::string hash;  ///< SHA-1 of the picture as lower-case hexadecimal, as contact cards carry it; empty without one

  bool has_picture() const { return kind == PhotoKind::jpeg || kind == PhotoKind::png; }
  friend bool operator==(const PhotoMark&, const PhotoMark&) = default;
};

/// A picture with what is known of it.
struct Photo {
  PhotoMark mark;
  std::string bytes;
  friend bool operator==(const Photo&, const Photo&) = default;
};
using PhotoPtr = std::shared_ptr<const Photo>;

/// "jpeg", "png", "cleared", "none".
std::string_view name_of(PhotoKind kind);
std::optional<PhotoKind> photo_kind_of(std::string_view name);
/// "image/jpeg", "image/png"; empty without a picture.
std::string_view media_type_of(PhotoKind kind);

/// Judges a picture by its content: JPEG (ISO/IEC 10918-1) or PNG (its size in IHDR), within photo_octets_max and
/// photo_side_pixels_max.  Only the headers are read.  Errors: photo_unusable (detail says why).
base::Result<PhotoPtr> make_photo(std::string bytes);
/// What stands where a picture was.
PhotoPtr cleared_photo();

}  // namespace tertulia::domain
