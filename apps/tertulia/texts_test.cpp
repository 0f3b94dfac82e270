// SPDX-License-Identifier: Apache-2.0
// Help, manual and completion: complete in both languages, and true to the parser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "domain/directory/card.h"
#include "grammar.h"
#include "output.h"
#include "server/settings.h"
#include "test_folder.h"
#include "texts_es.h"

namespace tertulia::app {
namespace {

using base::Language;
using testing::HasSubstr;

TEST(Texts, every_sentence_of_the_grammar_has_a_spanish_one) {
  const auto english = grammar(Language::english), spanish = grammar(Language::spanish);
  ASSERT_EQ(english.size(), spanish.size());
  for (std::size_t i = 0; i < english.size(); ++i) {
    EXPECT_EQ(spanish[i].description, spanish_of(english[i].description)) << english[i].description;
    ASSERT_EQ(english[i].options.size(), spanish[i].options.size());
    for (std::size_t k = 0; k < english[i].options.size(); ++k) {
      EXPECT_NE(english[i].options[k].description, "") << english[i].options[k].name;
      EXPECT_EQ(spanish[i].options[k].description, spanish_of(english[i].options[k].description))
          << english[i].options[k].description;
    }
  }
}

TEST(Texts, every_setting_says_what_it_is_in_both_languages) {
  std::set<std::string> names;
  for (const server::Setting& setting : server::all_settings()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_FALSE(setting.sentence.empty()) << setting.name;
    EXPECT_FALSE(setting.sentence_es.empty()) << setting.name;
    EXPECT_NE(setting.sentence, setting.sentence_es) << setting.name;
    EXPECT_TRUE(setting.sentence.ends_with('.') && setting.sentence_es.ends_with('.')) << setting.name;
    EXPECT_NE(setting.name.find('.'), std::string::npos) << setting.name;
    if (setting.kind == "number") {
      EXPECT_LT(setting.min, setting.max) << setting.name;
      EXPECT_FALSE(setting.unit.empty()) << setting.name;
    }
  }
}

TEST(Texts, every_default_is_within_its_own_bounds) {
  const server::ServerSettings standard;
  for (const server::Setting& setting : server::all_settings()) {
    server::ServerSettings copy;
    EXPECT_TRUE(setting.set(copy, setting.get(standard))) << setting.name << " = " << setting.get(standard);
    EXPECT_EQ(copy, standard) << setting.name;
  }
}

TEST(Grammar, knows_commands_groups_choices_and_switches) {
  const auto all = grammar(Language::english);
  const auto find = [&](const std::vector<std::string>& words) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const CommandFacts& c) { return c.words == words; });
    return found == all.end() ? CommandFacts{} : *found;
  };
  EXPECT_TRUE(all.front().words.empty());
  EXPECT_TRUE(find({"user"}).group);
  const CommandFacts exported = find({"cdr", "export"});
  EXPECT_FALSE(exported.group);
  const auto option = [&](const std::string& name) {
    for (const OptionFacts& candidate : exported.options)
      if (candidate.name == name) return candidate;
    return OptionFacts{};
  };
  EXPECT_EQ(option("--format").choices, (std::vector<std::string>{"csv", "json"}));
  EXPECT_TRUE(option("KIND").positional);
  EXPECT_FALSE(option("KIND").required);
  EXPECT_FALSE(option("--json").takes_value);
  EXPECT_TRUE(option("--data").takes_value);
  EXPECT_FALSE(option("--data").repeated);
}

TEST(Completion, names_every_command_and_option) {
  const auto all = grammar(Language::english);
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = run({"completion", shell, "--language", "en"});
    EXPECT_EQ(outcome.code, 0);
    for (const CommandFacts& command : all) {
      for (const std::string& word : command.words) EXPECT_THAT(outcome.out, HasSubstr(word)) << shell;
      for (const OptionFacts& option : command.options) {
        const std::string shown = option.positional ? "" : option.name.substr(2);
        EXPECT_THAT(outcome.out, HasSubstr(shown)) << shell;
      }
    }
  }
  EXPECT_EQ(completion_script("tcsh", all), "");
}

TEST(Manual, names_every_command_option_and_setting) {
  for (const Language language : {Language::english, Language::spanish}) {
    const std::string page = manual_page(language);
    const auto plain = [&page](std::string text) {
      std::string escaped;
      for (const char c : text) escaped += c == '-' ? std::string("\\-") : std::string(1, c);
      return page.find(escaped) != std::string::npos;
    };
    for (const CommandFacts& command : grammar(language)) {
      if (command.words.empty()) continue;
      EXPECT_TRUE(command.group || plain("tertulia " + command.words.front())) << command.words.front();
      for (const OptionFacts& option : command.options) EXPECT_TRUE(plain(option.name)) << option.name;
    }
    for (const server::Setting& setting : server::all_settings()) EXPECT_TRUE(plain(setting.name)) << setting.name;
    for (const domain::CardField& field : domain::card_fields()) EXPECT_TRUE(plain(std::string(field.name)));
  }
}

}  // namespace
}  // namespace tertulia::app
