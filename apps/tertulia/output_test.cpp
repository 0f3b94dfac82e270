// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

namespace tertulia::app {
namespace {

/// Sets the three variables that choose the language, and puts them back.
class Environment {
 public:
  Environment(const char* all, const char* messages, const char* lang) {
    const char* const values[] = {all, messages, lang};
    for (std::size_t i = 0; i < names.size(); ++i) {
      const char* before = std::getenv(names[i]);  // NOLINT
      before_[i] = before == nullptr ? std::optional<std::string>() : std::optional<std::string>(before);
      set(names[i], values[i] == nullptr ? std::nullopt : std::optional<std::string>(values[i]));
    }
  }
  ~Environment() {
    for (std::size_t i = 0; i < names.size(); ++i) set(names[i], before_[i]);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static constexpr std::array names{"LC_ALL", "LC_MESSAGES", "LANG"};
  static void set(const char* name, const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name, value->c_str(), 1);  // NOLINT
    } else {
      ::unsetenv(name);  // NOLINT
    }
  }
  std::array<std::optional<std::string>, 3> before_;
};

std::string printed(const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows) {
  testing::internal::CaptureStdout();
  print_table(heads, rows);
  return testing::internal::GetCapturedStdout();
}

TEST(Table, columns_are_as_wide_as_their_content) {
  EXPECT_EQ(printed({"ID", "NAME"}, {{"1", "a"}, {"12345", "b"}}), "ID     NAME\n1      a\n12345  b\n");
}

TEST(Table, characters_count_not_bytes) {
  EXPECT_EQ(printed({"N", "X"}, {{"Ñandú", "1"}, {"cinco", "2"}, {"日本", "3"}}),
            "N      X\nÑandú  1\ncinco  2\n日本     3\n");
}

TEST(Table, no_rows_is_only_the_heading) { EXPECT_EQ(printed({"A", "B"}, {}), "A  B\n"); }

TEST(Language, first_variable_that_is_set_decides) {
  using base::Language;
  {
    const Environment none(nullptr, nullptr, nullptr);
    EXPECT_EQ(language_of_environment(), Language::english);
  }
  {
    const Environment lang(nullptr, nullptr, "es_ES.UTF-8");
    EXPECT_EQ(language_of_environment(), Language::spanish);
  }
  {
    const Environment all("C", "es_MX", "es_ES");
    EXPECT_EQ(language_of_environment(), Language::english);
  }
  {
    const Environment empty("", "es", nullptr);
    EXPECT_EQ(language_of_environment(), Language::spanish);
  }
}

TEST(Report, tells_people_on_standard_error_and_scripts_on_standard_output) {
  const base::Error error{base::Reason::user_exists, "alice@example.com"};
  Common common;
  testing::internal::CaptureStderr();
  EXPECT_EQ(report(common, error), Exit::refused);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "tertulia: There is already a user with this address: alice@example.com\n");
  common.json = true;
  testing::internal::CaptureStdout();
  EXPECT_EQ(report(common, error), Exit::refused);
  const auto json = nlohmann::json::parse(testing::internal::GetCapturedStdout(), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_FALSE(json["ok"].get<bool>());
  EXPECT_EQ(json["error"]["id"], 52502);
  EXPECT_EQ(json["error"]["reason"], "user_exists");
}

TEST(Report, the_detail_is_in_the_language_too) {
  using base::Language;
  const std::pair<const char*, const char*> rows[] = {
      {"offline_messages: on or off", "offline_messages: on u off"},
      {"x.toml: endpoints_max: 1 to 64 devices", "x.toml: endpoints_max: de 1 a 64 dispositivos"},
      {"--limit: Value 0 not in range [1 - 10000]", "--limit: el valor 0 no está entre 1 y 10000"},
      {"--format: xml not in {csv,json}", "--format: xml no es ninguno de csv,json"},
      {"no form: fits this", "no form: fits this"},
      {"", ""},
  };
  for (const auto& [english, spanish] : rows) {
    EXPECT_EQ(tr_detail(Language::spanish, english), spanish);
    EXPECT_EQ(tr_detail(Language::english, english), english);
  }
  EXPECT_EQ(tr_value(Language::spanish, "role", "attendee"), "asistente");
  EXPECT_EQ(tr_value(Language::spanish, "subject", "attendee"), "attendee") << "what people wrote stays";
}

TEST(Report, bytes_that_are_no_text_do_not_break_json) {
  Common common;
  common.json = true;
  testing::internal::CaptureStdout();
  EXPECT_EQ(report(common, {base::Reason::not_found, "\xff\xfe"}), Exit::not_found);
  EXPECT_FALSE(nlohmann::json::parse(testing::internal::GetCapturedStdout(), nullptr, false).is_discarded());
}

}  // namespace
}  // namespace tertulia::app
