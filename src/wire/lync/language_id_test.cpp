// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/language_id.h"

#include <gtest/gtest.h>

namespace tertulia::wire::lync {
namespace {

TEST(LanguageId, both_ways) {
  const std::pair<std::uint32_t, const char*> rows[] = {{1033, "en-US"}, {3082, "es-ES"}, {1031, "de-DE"},
                                                        {1, "ar"},       {10, "es"},      {13322, "es-CL"}};
  for (const auto& [lcid, tag] : rows) {
    EXPECT_EQ(language_tag_of(lcid), tag);
    EXPECT_EQ(language_id_of(tag), lcid);
  }
  EXPECT_EQ(language_id_of("ES-es"), 3082U) << "tags have no case";
}

TEST(LanguageId, every_number_goes_back_as_it_came) {
  for (std::uint32_t lcid = 0; lcid < 0x10000; ++lcid) ASSERT_EQ(language_id_of(language_tag_of(lcid)), lcid);
  EXPECT_EQ(language_tag_of(0xffffffff), "x-lcid-ffffffff");
  EXPECT_EQ(language_id_of("x-lcid-ffffffff"), 0xffffffffU);
  EXPECT_EQ(language_tag_of(1034), "x-lcid-40a");
}

TEST(LanguageId, a_country_without_a_number_is_told_by_its_language) {
  EXPECT_EQ(language_id_of("es-419"), 10U);
  EXPECT_EQ(language_id_of("de-Latn-DE-1996"), 7U);
  for (const char* none : {"", "-", "tlh", "x-lcid-", "x-lcid-g", "x-lcid-100000000", "x-lcid-1-2", "x-mine"})
    EXPECT_EQ(language_id_of(none), std::nullopt) << none;
}

}  // namespace
}  // namespace tertulia::wire::lync
