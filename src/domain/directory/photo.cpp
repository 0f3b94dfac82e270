// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/photo.h"

#include <array>
#include <utility>

#include "base/digest.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Error;
using base::Reason;
using base::Result;

constexpr std::array<std::pair<PhotoKind, std::string_view>, 4> kind_names{{
    {PhotoKind::none, "none"},
    {PhotoKind::cleared, "cleared"},
    {PhotoKind::jpeg, "jpeg"},
    {PhotoKind::png, "png"},
}};

struct Pixels {
  std::uint32_t width = 0, height = 0;
};

std::uint32_t octet(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
/// Big-endian; the caller has looked that they are there.
std::uint32_t two_octets(std::string_view bytes, std::size_t at) {
  return octet(bytes, at) << 8U | octet(bytes, at + 1);
}
std::uint32_t four_octets(std::string_view bytes, std::size_t at) {
  return two_octets(bytes, at) << 16U | two_octets(bytes, at + 2);
}

constexpr std::string_view png_begin("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16);
constexpr std::string_view jpeg_begin("\xff\xd8\xff", 3);

std::optional<Pixels> pixels_of_png(std::string_view bytes) {
  if (bytes.size() < png_begin.size() + 8) return std::nullopt;
  return Pixels{four_octets(bytes, png_begin.size()), four_octets(bytes, png_begin.size() + 4)};
}

/// Start of frame, of whatever process: C0 to CF without DHT, JPG and DAC (ISO/IEC 10918-1 table B.1).
bool is_frame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
/// Without a length behind it.
bool is_alone(std::uint32_t marker) { return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8); }

/// Goes from marker to marker up to the frame; each step goes at least one octet on.
std::optional<Pixels> pixels_of_jpeg(std::string_view bytes) {
  constexpr std::uint32_t scan = 0xda, end = 0xd9;
  std::size_t at = 2;
  while (at + 1 < bytes.size() && octet(bytes, at) == 0xff) {
    const std::uint32_t marker = octet(bytes, at + 1);
    if (marker == 0xff) {  // fill
      ++at;
      continue;
    }
    at += 2;
    if (is_alone(marker)) continue;
    if (marker == scan || marker == end || marker == 0 || at + 2 > bytes.size()) return std::nullopt;
    const std::uint32_t length = two_octets(bytes, at);
    if (length < 2 || length > bytes.size() - at) return std::nullopt;
    if (is_frame(marker)) {  // length, precision, lines, samples per line
      if (length < 7) return std::nullopt;
      return Pixels{two_octets(bytes, at + 5), two_octets(bytes, at + 3)};
    }
    at += length;
  }
  return std::nullopt;
}

Error refused(std::string why) { return {Reason::photo_unusable, std::move(why)}; }

}  // namespace

std::string_view name_of(PhotoKind kind) {
  for (const auto& [one, name] : kind_names)
    if (one == kind) return name;
  return {};
}

std::optional<PhotoKind> photo_kind_of(std::string_view name) {
  for (const auto& [kind, one] : kind_names)
    if (one == name) return kind;
  return std::nullopt;
}

std::string_view media_type_of(PhotoKind kind) {
  if (kind == PhotoKind::jpeg) return "image/jpeg";
  return kind == PhotoKind::png ? "image/png" : "";
}

Result<PhotoPtr> make_photo(std::string bytes) {
  if (bytes.size() > photo_octets_max) return refused("at most " + std::to_string(photo_octets_max) + " bytes");
  Photo photo;
  std::optional<Pixels> pixels;
  if (bytes.starts_with(png_begin)) {
    photo.mark.kind = PhotoKind::png;
    pixels = pixels_of_png(bytes);
  } else if (bytes.starts_with(jpeg_begin)) {
    photo.mark.kind = PhotoKind::jpeg;
    pixels = pixels_of_jpeg(bytes);
  } else {
    return refused("a JPEG or PNG file is needed");
  }
  if (!pixels || pixels->width == 0 || pixels->height == 0) return refused("the file does not say how large it is");
  if (pixels->width > photo_side_pixels_max || pixels->height > photo_side_pixels_max)
    return refused("it has " + std::to_string(pixels->width) + " x " + std::to_string(pixels->height) +
                   " pixels; at most " + std::to_string(photo_side_pixels_max) + " on each side");
  photo.mark.hash = base::Hasher(base::HashAlgorithm::sha1).hex({bytes});
  photo.bytes = std::move(bytes);
  return std::make_shared<const Photo>(std::move(photo));
}

PhotoPtr cleared_photo() {
  Photo photo;
  photo.mark.kind = PhotoKind::cleared;
  return std::make_shared<const Photo>(std::move(photo));
}

}  // namespace tertulia::domain
