// SPDX-License-Identifier: Apache-2.0
#include "base/reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace tertulia::base {
namespace {

std::vector<Reason> all_reasons() {
  return {
#define TERTULIA_REASON(name, id, status, english, spanish) Reason::name,
#include "base/reason.def"
#undef TERTULIA_REASON
  };
}

TEST(Reason, numbers_and_names_are_unique) {
  std::set<std::uint32_t> ids;
  std::set<std::string_view> names;
  for (const Reason reason : all_reasons()) {
    EXPECT_TRUE(ids.insert(id_of(reason)).second) << name_of(reason) << " repeats " << id_of(reason);
    EXPECT_TRUE(names.insert(name_of(reason)).second) << name_of(reason);
    EXPECT_NE(id_of(reason), 0U) << name_of(reason);
    EXPECT_EQ(reason_numbered(id_of(reason)), reason) << name_of(reason);
  }
}

TEST(Reason, unknown_numbers_are_none) { EXPECT_EQ(reason_numbered(99999), std::nullopt); }

TEST(Reason, numbers_are_of_the_product_or_of_our_own_range) {
  for (const Reason reason : all_reasons()) {
    const std::uint32_t id = id_of(reason);
    EXPECT_TRUE(id == 1003 || id == 2057 || (id >= 4000 && id < 5000) || (id >= 52000 && id < 53000))
        << name_of(reason) << ' ' << id;
  }
}

TEST(Reason, every_one_has_a_sentence_in_both_languages) {
  for (const Reason reason : all_reasons()) {
    for (const Language language : {Language::english, Language::spanish}) {
      const std::string_view text = text_of(reason, language);
      EXPECT_GT(text.size(), 8U) << name_of(reason);
      EXPECT_TRUE(is_utf8(text)) << name_of(reason);
      // The sentence goes into a quoted string of a header field: nothing that would need escaping there.
      EXPECT_EQ(text.find_first_of("\"\\\r\n"), std::string_view::npos) << name_of(reason);
    }
    EXPECT_NE(text_of(reason, Language::english), text_of(reason, Language::spanish)) << name_of(reason);
  }
}

TEST(Reason, status_is_one_that_a_final_response_can_have) {
  for (const Reason reason : all_reasons()) {
    EXPECT_GE(status_of(reason), 200) << name_of(reason);
    EXPECT_LE(status_of(reason), 699) << name_of(reason);
  }
}

TEST(Reason, names_are_those_of_the_enumerators) {
  EXPECT_EQ(name_of(Reason::none), "none");
  EXPECT_EQ(id_of(Reason::none), 0U);
  EXPECT_EQ(status_of(Reason::none), 200);
  EXPECT_EQ(name_of(Reason::user_does_not_exist), "user_does_not_exist");
  EXPECT_EQ(id_of(Reason::user_does_not_exist), 1003U);
  EXPECT_EQ(id_of(Reason::destination_unknown), 4005U);
  EXPECT_EQ(status_of(Reason::interval_too_brief), 423);
  EXPECT_EQ(text_of(Reason::server_stopping), "The server is stopping");
}

}  // namespace
}  // namespace tertulia::base
