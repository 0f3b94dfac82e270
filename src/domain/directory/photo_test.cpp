// SPDX-License-Identifier: Apache-2.0
// Pictures are judged by what is in them, at every cut and at the limits.
#include "domain/directory/photo.h"

#include <gtest/gtest.h>

#include "domain/directory/card.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;

std::string number(std::uint32_t value, int octets) {
  std::string out;
  for (int i = octets; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}
std::string png(std::uint32_t width, std::uint32_t height) {
  return std::string("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16) + number(width, 4) + number(height, 4) + "rest";
}
/// With a comment and fill octets before the frame.
std::string jpeg(std::uint32_t width, std::uint32_t height, char frame = '\xc0') {
  return "\xff\xd8\xff\xfe" + number(5, 2) + "hey\xff\xff\xff" + std::string(1, frame) + number(11, 2) + "\x08" +
         number(height, 2) + number(width, 2) + std::string("\x01\x01\x11\0", 4) + "\xff\xda...";
}

TEST(Photo, jpeg_and_png_are_known_by_their_content) {
  const auto one = make_photo(png(96, 64));
  ASSERT_TRUE(one);
  EXPECT_EQ((*one)->mark.kind, PhotoKind::png);
  EXPECT_EQ((*one)->bytes, png(96, 64));
  EXPECT_EQ((*one)->mark.hash.size(), 40U);
  EXPECT_TRUE((*one)->mark.has_picture());
  for (const char frame : {'\xc0', '\xc1', '\xc2', '\xcf'}) {
    const auto other = make_photo(jpeg(48, 48, frame));
    ASSERT_TRUE(other);
    EXPECT_EQ((*other)->mark.kind, PhotoKind::jpeg);
    EXPECT_NE((*other)->mark.hash, (*one)->mark.hash);
  }
  EXPECT_EQ(media_type_of(PhotoKind::jpeg), "image/jpeg");
  EXPECT_EQ(media_type_of(PhotoKind::png), "image/png");
  EXPECT_EQ(media_type_of(PhotoKind::cleared), "");
  for (const auto kind : {PhotoKind::none, PhotoKind::cleared, PhotoKind::jpeg, PhotoKind::png})
    EXPECT_EQ(photo_kind_of(name_of(kind)), kind);
  EXPECT_FALSE(photo_kind_of("gif"));
}

TEST(Photo, sizes_at_the_limit) {
  for (const auto& make : {+[](std::uint32_t w, std::uint32_t h) { return png(w, h); },
                           +[](std::uint32_t w, std::uint32_t h) { return jpeg(w, h); }}) {
    EXPECT_TRUE(make_photo(make(photo_side_pixels_max, photo_side_pixels_max)));
    EXPECT_EQ(make_photo(make(photo_side_pixels_max + 1, 1)).reason(), Reason::photo_unusable);
    EXPECT_EQ(make_photo(make(1, photo_side_pixels_max + 1)).reason(), Reason::photo_unusable);
    EXPECT_EQ(make_photo(make(0, 1)).reason(), Reason::photo_unusable);
    EXPECT_EQ(make_photo(make(1, 0)).reason(), Reason::photo_unusable);
    std::string bytes = make(8, 8);
    bytes.resize(photo_octets_max);
    EXPECT_TRUE(make_photo(bytes));
    bytes.push_back('x');
    EXPECT_EQ(make_photo(bytes).reason(), Reason::photo_unusable);
  }
}

TEST(Photo, what_is_cut_short_or_something_else_is_refused) {
  for (const std::string& whole : {png(8, 8).substr(0, 24), jpeg(8, 8).substr(0, 21)}) {
    for (std::size_t n = 0; n < whole.size(); ++n)
      EXPECT_EQ(make_photo(whole.substr(0, n)).reason(), Reason::photo_unusable) << n;
  }
  for (const std::string bytes : {"", "GIF89a", "<svg xmlns='http://www.w3.org/2000/svg'/>", "\xff\xd8\xff\xd9",
                                  "\xff\xd8\xff\xe0\x00", "\xff\xd8\xff\xff\xff\xff"})
    EXPECT_EQ(make_photo(bytes).reason(), Reason::photo_unusable) << bytes;
  EXPECT_EQ(make_photo("\xff\xd8\xff\xe0" + number(1, 2) + jpeg(8, 8).substr(2)).reason(), Reason::photo_unusable);
  EXPECT_EQ(make_photo("\xff\xd8\xff\xe0" + number(65'535, 2) + jpeg(8, 8).substr(2)).reason(), Reason::photo_unusable);
  EXPECT_EQ(make_photo("\xff\xd8\xff\xc0" + number(6, 2) + std::string(9, '\x08')).reason(), Reason::photo_unusable);
}

TEST(Photo, it_makes_another_card) {
  Card card;
  card.photo.kind = PhotoKind::cleared;
  const CardPtr cleared = shared_card(card);
  ASSERT_TRUE(cleared);
  card.photo = (*make_photo(png(8, 8)))->mark;
  EXPECT_FALSE(is_same_card(cleared, shared_card(card)));
  EXPECT_EQ(cleared_photo()->mark, cleared->photo);
  EXPECT_FALSE(cleared->photo.has_picture());
}

}  // namespace
}  // namespace tertulia::domain
