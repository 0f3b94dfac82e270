// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"

namespace tertulia::base {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Writes into a file of its own and reads the lines back.
class LogTest : public testing::Test {
 protected:
  ~LogTest() override { std::filesystem::remove(path_); }

  LogSettings settings(bool json = false) const {
    LogSettings settings;
    settings.json = json;
    settings.file = path_;
    return settings;
  }

  std::vector<std::string> lines() const {
    std::ifstream file(path_);
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }

  const std::string path_ =
      testing::TempDir() + "log_test_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".log";
};

/// Reader of one flat JSON object with texts and numbers, strict about what a text may hold.  Nothing when it is not
/// JSON.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_flat_json(std::string_view in) {
  std::vector<std::pair<std::string, std::string>> members;
  const auto take = [&](char c) { return !in.empty() && in.front() == c && (in.remove_prefix(1), true); };
  const auto text = [&]() -> std::optional<std::string> {
    std::string out;
    if (!take('"')) return std::nullopt;
    while (!in.empty() && in.front() != '"') {
      if (static_cast<unsigned char>(in.front()) < 0x20) return std::nullopt;
      if (take('\\')) {
        if (take('u')) {
          if (in.size() < 4) return std::nullopt;
          out.push_back(static_cast<char>(std::stoi(std::string(in.substr(0, 4)), nullptr, 16)));
          in.remove_prefix(4);
          continue;
        }
        if (in.empty() || (in.front() != '"' && in.front() != '\\')) return std::nullopt;
      }
      out.push_back(in.front());
      in.remove_prefix(1);
    }
    return take('"') ? std::optional(out) : std::nullopt;
  };
  if (!take('{')) return std::nullopt;
  do {
    const auto key = text();
    if (!key || !take(':')) return std::nullopt;
    std::string value;
    if (in.starts_with('"')) {
      const auto quoted = text();
      if (!quoted) return std::nullopt;
      value = *quoted;
    } else {
      while (!in.empty() && (is_digit(in.front()) || in.front() == '-')) {
        value.push_back(in.front());
        in.remove_prefix(1);
      }
      if (value.empty()) return std::nullopt;
    }
    members.emplace_back(*key, value);
  } while (take(','));
  if (!take('}') || !in.empty()) return std::nullopt;
  return members;
}

TEST_F(LogTest, writes_key_and_value) {
  const Log log(settings());
  log.info("connection accepted",
           {{"connection", ConnectionId{12}}, {"shard", ShardId{3}}, {"peer", "a b"}, {"n", -5}});
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_THAT(lines()[0], HasSubstr("connection accepted connection=12 shard=3 peer=\"a b\" n=-5"));
}

TEST_F(LogTest, leaves_out_fields_that_are_not_known) {
  for (const bool json : {false, true}) {
    const Log log(settings(json));
    log.info("refused", {{"conversation", ConversationId{}}, {"detail", Optional{""}}, {"step", Optional{"hops"}}});
    const std::string line = lines().back();
    EXPECT_THAT(line, Not(HasSubstr("conversation")));
    EXPECT_THAT(line, Not(HasSubstr("detail")));
    EXPECT_THAT(line, HasSubstr("hops"));
    if (json) {
      EXPECT_TRUE(parse_flat_json(line));
    }
  }
}

TEST_F(LogTest, opens_its_file_anew) {
  const std::string moved = path_ + ".1";
  const Log log(settings(true));
  log.info("before");
  std::filesystem::rename(path_, moved);
  log.info("on its way");
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_TRUE(log.reopen());
  log.info("after");
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_TRUE(parse_flat_json(lines()[0])) << lines()[0];
  std::ifstream file(moved);
  std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(all, HasSubstr("on its way"));
  EXPECT_THAT(all, Not(HasSubstr("after")));
  std::filesystem::remove(moved);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);  // cannot be opened: lines go on to the old file
  EXPECT_FALSE(log.reopen());
  log.info("still here");
}

TEST_F(LogTest, leaves_out_what_is_below_its_level) {
  const Log log(settings());
  EXPECT_FALSE(log.enabled(LogLevel::debug));
  log.debug("for us");
  log.write(LogLevel::trace, "for us");
  log.warning("soon");
  log.error("now");
  ASSERT_EQ(lines().size(), 2U);
}

TEST_F(LogTest, redacts_personal_text_but_lets_it_be_followed) {
  const Log log(settings());
  log.info("in", {{"user", Personal{"alice@example.com"}}});
  log.info("out", {{"user", Personal{"alice@example.com"}}});
  log.info("in", {{"user", Personal{"bob@example.com"}}});
  const auto all = lines();
  ASSERT_EQ(all.size(), 3U);
  const auto mark = [](const std::string& line) { return line.substr(line.find("user=")); };
  for (const std::string& line : all) {
    EXPECT_THAT(line, Not(HasSubstr("alice")));
    EXPECT_THAT(line, Not(HasSubstr("bob")));
    EXPECT_THAT(line, Not(HasSubstr("example.com")));
  }
  EXPECT_EQ(mark(all[0]), mark(all[1]));
  EXPECT_NE(mark(all[0]), mark(all[2]));
}

TEST_F(LogTest, shows_personal_text_when_told_so) {
  LogSettings shown = settings();
  shown.show_personal = true;
  const Log log(shown);
  log.info("in", {{"user", Personal{"alice@example.com"}}});
  EXPECT_THAT(lines().at(0), HasSubstr("user=\"alice@example.com\""));
}

TEST_F(LogTest, one_event_is_one_line_whatever_a_peer_sends) {
  const std::string evil = "x\"\r\n2026-01-01T00:00:00.000000Z error   forged\n\t\\\x01\x7f";
  for (const bool json : {false, true}) {
    const Log log(settings(json));
    log.info("said", {{"agent", evil}});
    log.info(evil, {});  // a careless caller
  }
  const auto all = lines();
  ASSERT_EQ(all.size(), 4U);
  for (const std::string& line : all)
    for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

TEST_F(LogTest, json_can_be_parsed_and_gives_the_text_back) {
  std::string every;
  for (int c = 0; c < 128; ++c) every.push_back(static_cast<char>(c));
  {
    const Log log(settings(true));
    log.info("it \"said\" \\ ", {{"agent", every}, {"n", 42}, {"user", Personal{"alice@example.com"}}});
  }
  const auto members = parse_flat_json(lines().at(0));
  ASSERT_TRUE(members) << lines().at(0);
  ASSERT_EQ(members->size(), 6U);
  EXPECT_EQ((*members)[0].first, "time");
  EXPECT_EQ((*members)[1].second, "info");
  EXPECT_EQ((*members)[2].second, "it \"said\" \\ ");
  EXPECT_EQ((*members)[3].second, every);
  EXPECT_EQ((*members)[4].second, "42");
  EXPECT_TRUE((*members)[5].second.starts_with("#"));
}

TEST_F(LogTest, json_stays_utf8_when_a_peer_does_not) {
  {
    const Log log(settings(true));
    log.info("said", {{"agent", "bad \xff\xfe\xc3 good \xc3\xa4"}});
  }
  EXPECT_TRUE(is_utf8(lines().at(0))) << lines().at(0);
  EXPECT_THAT(lines().at(0), HasSubstr(" good \xc3\xa4"));
}

TEST_F(LogTest, numbers_beyond_63_bits_are_not_negative) {
  const Log log(settings());
  log.info("made", {{"id", EndpointId{0xffff'0000'0000'0001ULL}}});
  EXPECT_THAT(lines().at(0), HasSubstr("id=18446462598732840961"));
}

TEST(Log, silent_writes_nothing) {
  Log::silent().error("nobody hears this", {{"n", 1}});
  EXPECT_FALSE(Log::silent().enabled(LogLevel::warning));
}

}  // namespace
}  // namespace tertulia::base
