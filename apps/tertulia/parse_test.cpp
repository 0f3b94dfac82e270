// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "test_folder.h"

namespace tertulia::app {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

TEST(CommandLine, help_and_version_are_no_errors) {
  EXPECT_EQ(run({"--help"}).code, 0);
  EXPECT_THAT(run({"user", "--help"}).out, HasSubstr("password"));
  EXPECT_EQ(run({"user", "add", "--help"}).code, 0);
  EXPECT_EQ(run({"--version"}).out, std::string(TERTULIA_VERSION) + "\n");
}

TEST(CommandLine, wrong_words_are_usage_errors) {
  const std::vector<std::vector<const char*>> wrong{
      {},
      {"unknown"},
      {"user"},
      {"user", "unknown"},
      {"user", "show"},
      {"user", "list", "--unknown"},
      {"user", "set", "alice@example.com", "offline_messages"},
      {"user", "card", "alice@example.com", "--set", "title"},
      {"user", "card", "alice@example.com", "--clear", "shoe_size"},
      {"init", "--data", "x"},
      {"cdr", "list", "calls"},
      {"cdr", "list", "--limit", "0"},
      {"cdr", "list", "--limit", "many"},
      {"cdr", "export", "--format", "xml"},
      {"status", "--language", "fr"},
      {"completion", "tcsh"},
      {"completion"},
      {"explain"},
  };
  for (const auto& words : wrong) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, static_cast<int>(Exit::usage)) << (words.empty() ? "" : words.front());
    EXPECT_NE(outcome.err, "");
    std::vector<const char*> with_json = words;
    with_json.push_back("--json");
    const Outcome told = run(with_json);
    EXPECT_EQ(told.code, static_cast<int>(Exit::usage));
    EXPECT_EQ(told.err, "");
    const Json answer = Json::parse(told.out, nullptr, false);
    ASSERT_TRUE(answer.is_object()) << told.out;
    EXPECT_EQ(answer["error"]["reason"], "command_malformed");
  }
  EXPECT_THAT(run({"dance", "--language", "en"}).err, HasSubstr("dance: there is no command of this name"));
  EXPECT_THAT(run({"user", "dance", "--language", "en"}).err, HasSubstr("dance: there is no command of this name"));
  EXPECT_THAT(run({"user", "show", "--language", "es"}).err, HasSubstr("hace falta ADDRESS"));
}

TEST(CommandLine, help_is_in_the_language_asked_for_wherever_it_stands) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--language", "es", "--help"},
                                                {"--help", "--language=es"},
                                                {"user", "set", "--help", "--language", "es"}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Uso: "));
    for (const char* english :
         {"Usage", "Options:", "OPTIONS", "SUBCOMMAND", "Subcommands", "Positionals", "REQUIRED", "TEXT ", "TEXT:"})
      EXPECT_EQ(outcome.out.find(english), std::string::npos) << english;
  }
}

TEST_F(DataFolderTest, malformed_words_are_usage_errors_and_what_exists_is_a_conflict) {
  const std::string where = root();
  const char* data = where.c_str();
  init();
  for (std::vector<const char*> words : {std::vector<const char*>{"cdr", "show", "x"},
                                         {"cdr", "list", "--from", "yesterday"},
                                         {"presence", "set", "a@example.invalid"},
                                         {"serve", "--sip-tls", "foo", "--http", ""},
                                         {"user", "show", "nonsense"}}) {
    words.insert(words.end(), {"--data", data});
    EXPECT_EQ(run(words).code, static_cast<int>(Exit::usage)) << words[1];
  }
  const std::string there = where + "/there.db";
  write(there, "x");
  for (std::vector<const char*> words :
       {std::vector<const char*>{"backup", there.c_str()}, {"cdr", "export", "--output", there.c_str()}}) {
    words.insert(words.end(), {"--data", data, "--language", "en"});
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, static_cast<int>(Exit::refused)) << words.front();
    EXPECT_THAT(outcome.err, HasSubstr("exists already"));
  }
  const std::string fresh = where + "/fresh.json";
  EXPECT_EQ(run({"cdr", "export", "--json", "--data", data}).out, "[\n]\n");
  EXPECT_EQ(Json::parse(run({"cdr", "export", "--json", "--output", fresh.c_str(), "--data", data}).out)["result"],
            (Json{{"output", fresh}, {"records", 0}}));
}

TEST_F(DataFolderTest, init_keeps_what_is_there_and_says_what_does_not_fit) {
  const std::string where = root();
  const char* data = where.c_str();
  const char* alice = "sip:Alice@Example.invalid";
  init();
  std::istringstream password("correct-horse-1\n");
  std::streambuf* const before = std::cin.rdbuf(password.rdbuf());
  const Outcome added = run({"user", "add", alice, "--password-stdin", "--data", data, "--language", "en"});
  std::cin.rdbuf(before);
  EXPECT_EQ(added.out, "Added alice@example.invalid.\n");
  EXPECT_EQ(run({"init", "--domain", "other.invalid", "--data", data}).code, static_cast<int>(Exit::refused));
  const Outcome host = run({"init", "--domain", "example.invalid", "--host", "sip.example.invalid", "--host",
                            "sip2.example.invalid", "--data", data, "--language", "en"});
  EXPECT_EQ(host.code, 0);
  EXPECT_THAT(host.out, HasSubstr("does not name sip2.example.invalid.")) << "sip. of the domain is named";
  // A store that is gone is not made by the way, but by init.
  std::filesystem::rename(folder().store(), where + "/kept.db");
  const Outcome gone = run({"user", "list", "--data", data, "--language", "en"});
  EXPECT_EQ(gone.code, static_cast<int>(Exit::failed));
  EXPECT_THAT(gone.err, HasSubstr("is missing"));
  EXPECT_FALSE(std::filesystem::exists(folder().store()));
  EXPECT_EQ(run({"init", "--domain", "example.invalid", "--data", data}).code, 0);
  EXPECT_EQ(run({"user", "list", "--data", data}).code, 0);
  std::filesystem::rename(where + "/kept.db", folder().store());
  // A key that is gone is not replaced while it has passwords to open.
  std::filesystem::remove(folder().secret_key());
  const Outcome lost = run({"init", "--domain", "example.invalid", "--data", data, "--language", "en"});
  EXPECT_EQ(lost.code, static_cast<int>(Exit::failed));
  EXPECT_THAT(lost.err, HasSubstr("holds the passwords of 1 users"));
  EXPECT_FALSE(std::filesystem::exists(folder().secret_key()));
  EXPECT_EQ(run({"init", "--domain", "example.invalid", "--new-key", "--data", data}).code, 0);
  EXPECT_THAT(run({"doctor", "--data", data, "--language", "en"}).out,
              HasSubstr("the key does not open the passwords of 1 of 1 users"));
}

TEST_F(DataFolderTest, init_says_what_is_wrong_with_a_domain) {
  const std::string where = root();
  const auto told = [&](const char* domain, const char* language) {
    const Outcome outcome = run({"init", "--domain", domain, "--data", where.c_str(), "--language", language});
    EXPECT_EQ(outcome.code, static_cast<int>(Exit::usage)) << domain;
    return outcome.err;
  };
  EXPECT_EQ(
      told("bad domain", "en"),
      "tertulia: This is not a domain name such as example.com: a character other than letters, digits, - and .\n");
  EXPECT_EQ(told("bad domain", "es"),
            "tertulia: Esto no es un nombre de dominio como example.com: un carácter que no es letra, cifra, - ni .\n");
  const std::string label(64, 'a');
  for (const std::string& bad : {std::string(), std::string("example..com"), std::string("-example.com"),
                                 label + ".example.com", std::string(254, 'a')})
    EXPECT_NE(told(bad.c_str(), "es"), told(bad.c_str(), "en")) << "reason and detail in both languages";
  EXPECT_FALSE(std::filesystem::exists(folder().configuration()));
  const Outcome host =
      run({"init", "--domain", "example.invalid", "--host", "bad host", "--data", where.c_str(), "--language", "es"});
  EXPECT_EQ(host.code, static_cast<int>(Exit::usage));
  EXPECT_THAT(host.err, HasSubstr("dominio como example.com: «bad host» no es ni un nombre de host ni"));
}

TEST_F(DataFolderTest, without_a_data_folder_commands_say_how_to_make_one) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"user", "list"}, {"status"}, {"serve"}}) {
    std::vector<const char*> all = words;
    const std::string where = root();
    all.insert(all.end(), {"--data", where.c_str(), "--language", "en"});
    const Outcome outcome = run(all);
    EXPECT_EQ(outcome.code, static_cast<int>(Exit::not_found)) << words.front();
    EXPECT_THAT(outcome.err, HasSubstr("tertulia init"));
  }
}

TEST_F(DataFolderTest, commands_without_a_server_work_on_the_folder) {
  const std::string where = root();
  const char* data = where.c_str();
  ASSERT_EQ(run({"init", "--domain", "example.invalid", "--data", data}).code, 0);
  EXPECT_EQ(run({"cdr", "list", "--data", data}).code, 0) << "init makes the store, too";
  EXPECT_EQ(run({"check-config", "--data", data}).code, 0);
  EXPECT_EQ(run({"user", "list", "--data", data, "--json"}).out.find("\"ok\": true") == std::string::npos, false);
  EXPECT_EQ(run({"user", "show", "nobody@example.invalid", "--data", data}).code, static_cast<int>(Exit::not_found));
  EXPECT_EQ(run({"user", "add", "alice@example.invalid", "--data", data}).code, static_cast<int>(Exit::refused))
      << "no password";
  EXPECT_EQ(run({"user", "show", "nonsense", "--data", data}).code, static_cast<int>(Exit::usage));
  EXPECT_EQ(run({"user", "set", "nobody@example.invalid", "offline_messages=off", "--data", data}).code,
            static_cast<int>(Exit::not_found));
  EXPECT_EQ(run({"status", "--data", data}).code, static_cast<int>(Exit::not_running));
  EXPECT_EQ(run({"reload", "--data", data}).code, static_cast<int>(Exit::not_running));
  EXPECT_EQ(run({"component", "stop", "immcu", "--data", data}).code, static_cast<int>(Exit::not_running));
}

TEST_F(DataFolderTest, own_settings_of_a_user_are_set_shown_and_judged) {
  const std::string where = root();
  const char* data = where.c_str();
  const char* alice = "alice@example.invalid";
  init();
  std::istringstream password("correct-horse-1\n");
  std::streambuf* const before = std::cin.rdbuf(password.rdbuf());
  const Outcome added = run({"user", "add", alice, "--password-stdin", "--data", data});
  std::cin.rdbuf(before);
  ASSERT_EQ(added.code, 0) << added.err;
  EXPECT_EQ(run({"user", "set", alice, "offline_messages=off", "--data", data}).code, 0);
  EXPECT_THAT(run({"user", "show", alice, "--data", data}).out, HasSubstr("offline_messages = off"));
  EXPECT_EQ(run({"user", "set", alice, "unknown=1", "--data", data}).code, static_cast<int>(Exit::refused));
  EXPECT_EQ(run({"user", "set", alice, "endpoints_max=65", "--data", data}).code, static_cast<int>(Exit::refused));
}

TEST_F(DataFolderTest, the_contact_card_of_a_user_is_set_shown_judged_and_cleared) {
  const std::string where = root();
  const char* data = where.c_str();
  const char* alice = "alice@example.invalid";
  init();
  std::istringstream password("correct-horse-1\n");
  std::streambuf* const before = std::cin.rdbuf(password.rdbuf());
  ASSERT_EQ(run({"user", "add", alice, "--password-stdin", "--data", data}).code, 0);
  std::cin.rdbuf(before);
  EXPECT_THAT(run({"user", "card", alice, "--data", data, "--language", "es"}).out,
              HasSubstr("alice@example.invalid no tiene tarjeta de contacto."));
  const Outcome set =
      run({"user", "card", "--set", "title=Engineer = boss", "--set", "work_phone=+34 911 111 111", alice, "--set",
           "photo_url=https://example.invalid/a.jpg", "--data", data, "--language", "en"});
  EXPECT_EQ(set.code, 0) << set.err;
  EXPECT_EQ(set.out, "Changed the contact card of alice@example.invalid.\n");
  EXPECT_THAT(run({"user", "card", alice, "--data", data}).out, HasSubstr("\nwork_phone  +34 911 111 111\n"));
  EXPECT_THAT(run({"user", "show", alice, "--data", data}).out, HasSubstr("title = Engineer = boss"));
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--set", "title=x", "--set", "mail=nobody"},
                                                {"--set", "title=x", "--set", "shoe_size=42"}}) {
    std::vector<const char*> all{"user", "card", alice, "--data", data};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(run(all).code, static_cast<int>(Exit::refused)) << words.back();
  }
  const Outcome cleared =
      run({"user", "card", alice, "--clear", "photo_url", "--set", "work_phone=", "--json", "--data", data});
  const Json answer = Json::parse(cleared.out, nullptr, false);
  EXPECT_EQ(answer["result"]["card"], (Json{{"title", "Engineer = boss"}})) << "a refused change changes nothing";
  EXPECT_EQ(Json::parse(run({"user", "show", alice, "--json", "--data", data}).out, nullptr, false)["result"]["card"],
            answer["result"]["card"]);
  EXPECT_EQ(run({"user", "card", "nobody@example.invalid", "--data", data}).code, static_cast<int>(Exit::not_found));
}

TEST_F(DataFolderTest, a_bad_configuration_is_named_with_its_bounds) {
  const std::string where = root();
  init();
  write(folder().configuration(), "[sip]\nregistration_min = 5\n");
  const Outcome bounds = run({"check-config", "--data", where.c_str(), "--json"});
  EXPECT_EQ(bounds.code, static_cast<int>(Exit::refused));
  const Json answer = Json::parse(bounds.out, nullptr, false);
  ASSERT_TRUE(answer.is_object());
  EXPECT_EQ(answer["error"]["reason"], "setting_out_of_bounds");
  EXPECT_THAT(answer["error"]["detail"].get<std::string>(), HasSubstr("30 to 86400"));
  write(folder().configuration(), "[sip]\nunknown = 5\n");
  const Outcome unknown = run({"check-config", "--data", where.c_str(), "--language", "es"});
  EXPECT_EQ(unknown.code, static_cast<int>(Exit::refused));
  EXPECT_THAT(unknown.err, HasSubstr("No existe tal ajuste"));
  EXPECT_THAT(unknown.err, HasSubstr("línea 2"));
}

TEST(Explain, finds_a_reason_by_number_and_by_name) {
  for (const char* word : {"52301", "immcu_stopped"}) {
    const Outcome outcome = run({"explain", word, "--language", "en"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("52301 immcu_stopped"));
    EXPECT_THAT(outcome.out, HasSubstr("503"));
    EXPECT_THAT(outcome.out, HasSubstr("El administrador ha detenido"));
    EXPECT_THAT(outcome.out, HasSubstr("Remedy: tertulia component start immcu"));
  }
  EXPECT_EQ(Json::parse(run({"explain", "1003", "--json"}).out, nullptr, false)["result"]["name"],
            "user_does_not_exist");
  EXPECT_EQ(run({"explain", "7"}).code, static_cast<int>(Exit::not_found));
  EXPECT_EQ(run({"explain", "none"}).code, static_cast<int>(Exit::not_found));
}

}  // namespace
}  // namespace tertulia::app
