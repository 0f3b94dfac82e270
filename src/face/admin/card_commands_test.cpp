// SPDX-License-Identifier: Apache-2.0
#include "face/admin/card_commands.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "domain/directory/limits.h"
#include "face/admin/commands.h"

namespace tertulia::face::admin {
namespace {

using base::Reason;
using base::Result;
using domain::Address;
using domain::User;

/// One user, whose card is what was set; nothing else is asked here.
class OneUser final : public AdminPorts {
 public:
  OneUser() { user_.address = *Address::parse("alice@example.com"); }

  Result<User> show_user(const Address& address) override {
    if (address != user_.address) return Reason::user_does_not_exist;
    return user_;
  }
  std::vector<User> list_users() override { return {user_}; }
  Result<User> change_user(const Address& address, const UserChange& change) override {
    ++changes_;
    domain::Card card = user_.card ? *user_.card : domain::Card{};
    for (const auto& [name, value] : change.card)
      if (const auto set = domain::set_card(card, name, value); !set) return set.error();
    user_.card = domain::shared_card(std::move(card));
    return show_user(address);
  }
  int changes() const { return changes_; }

  Result<User> add_user(const Address&, const std::string&, const std::string&) override { return no(); }
  Result<void> set_password(const Address&, const std::string&) override { return no(); }
  Result<void> remove_user(const Address&) override { return no(); }
  Result<domain::PhotoPtr> photo(const Address& address) override {
    if (address != user_.address) return Reason::user_does_not_exist;
    return photo_;
  }
  Result<void> set_photo(const Address& address, domain::PhotoPtr photo) override {
    if (address != user_.address) return Reason::user_does_not_exist;
    photo_ = std::move(photo);
    return {};
  }
  Result<std::vector<EndpointFact>> endpoints(const Address&) override { return no(); }
  Result<domain::PresenceExplanation> presence(const Address&, const std::string&) override { return no(); }
  Result<void> set_presence(const Address&, const PresenceWish&) override { return no(); }
  Result<domain::Levels> levels(const Address&) override { return no(); }
  Result<void> set_level(const Address&, const domain::LevelMember&, std::optional<domain::Container>) override {
    return no();
  }
  Result<domain::ContactListPtr> contacts(const Address&) override { return no(); }
  Result<domain::ContactListPtr> change_contacts(const Address&, const domain::ListChange&) override { return no(); }
  Result<std::vector<StatusFact>> status() override { return no(); }
  Result<std::vector<ComponentHealth>> health() override { return no(); }
  Result<std::vector<domain::ConversationInfo>> conversations(std::size_t) override { return no(); }
  Result<domain::ConversationInfo> conversation(base::ConversationId) override { return no(); }
  Result<std::vector<ConferenceFact>> conferences(const Address&, std::size_t) override { return no(); }
  Result<ConferenceFact> conference(const ConferenceName&) override { return no(); }
  Result<ConferenceFact> create_conference(const Address&, const ConferenceWish&) override { return no(); }
  Result<void> command_conference(const ConferenceName&, const domain::conference::Command&) override { return no(); }
  Result<void> run_component(const std::string&, bool) override { return no(); }
  Result<void> reload() override { return no(); }

 private:
  static Reason no() { return Reason::not_running; }
  User user_;
  domain::PhotoPtr photo_;
  int changes_ = 0;
};

class CardCommands : public testing::Test {
 protected:
  Json ask(const Json& command) { return Json::parse(handle(command.dump(), ports_), nullptr, false); }
  Json card(Json more = Json::object()) {
    more["command"] = "user.card";
    more["address"] = "alice@example.com";
    return ask(more);
  }
  OneUser ports_;
};

TEST_F(CardCommands, the_photo_is_set_shown_given_and_taken_away) {
  const auto photo = [&](Json more) {
    more["command"] = "user.photo";
    more["address"] = "alice@example.com";
    return ask(more);
  };
  const std::string png = std::string("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x08\0\0\0\x08", 24);
  EXPECT_EQ(photo(Json::object())["result"]["photo"], nullptr);
  const Json set = photo({{"set", base::to_base64(png)}})["result"]["photo"];
  EXPECT_EQ(set["type"], "image/png");
  EXPECT_EQ(set["bytes"], 24);
  EXPECT_FALSE(set.contains("picture"));
  EXPECT_EQ(photo({{"picture", true}})["result"]["photo"]["picture"], base::to_base64(png));
  EXPECT_EQ(photo({{"set", "no base64!"}})["error"]["reason"], "command_malformed");
  EXPECT_EQ(photo({{"set", 7}})["error"]["reason"], "command_malformed");
  EXPECT_EQ(photo({{"set", base::to_base64("GIF89a")}})["error"]["reason"], "photo_unusable");
  EXPECT_EQ(photo(Json::object())["result"]["photo"], set) << "a refused picture changes nothing";
  std::string largest = png;
  largest.resize(domain::photo_octets_max);
  EXPECT_EQ(photo({{"set", base::to_base64(largest)}})["result"]["photo"]["bytes"], domain::photo_octets_max)
      << "a command has room for it";
  EXPECT_EQ(photo({{"clear", true}})["result"]["photo"], nullptr);
  EXPECT_EQ(ask({{"command", "user.photo"}, {"address", "bob@example.com"}})["error"]["reason"], "user_does_not_exist");
}

TEST_F(CardCommands, what_changes_something_is_logged_without_values) {
  const std::string path = testing::TempDir() + "admin_command_log_test.log";
  std::filesystem::remove(path);
  base::LogSettings settings;
  settings.file = path;
  const base::Log log(settings);
  const auto lines = [&] {
    std::ifstream file(path);
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  };
  const auto say = [&](Json command) {
    command["address"] = "alice@example.com";
    (void)handle(command.dump(), ports_, log);
  };
  say({{"command", "user.card"}});
  say({{"command", "user.show"}});
  EXPECT_TRUE(lines().empty());
  say({{"command", "user.card"}, {"set", {{"title", "Duchess"}}}});
  say({{"command", "user.set"}, {"enabled", false}});
  say({{"command", "user.password"}, {"password", "very secret"}});
  (void)handle(R"({"command":"component","component":"immcu","run":false})", ports_, log);
  const auto all = lines();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_NE(all[0].find(R"(command="user.card" user="#)"), std::string::npos) << all[0];
  EXPECT_NE(all[0].find(R"(particulars="set.title" outcome="done")"), std::string::npos) << all[0];
  EXPECT_NE(all[1].find(R"(particulars="enabled=false" outcome="done")"), std::string::npos) << all[1];
  EXPECT_NE(all[2].find(R"(command="user.password")"), std::string::npos) << all[2];
  EXPECT_NE(all[2].find(R"(outcome="not_running")"), std::string::npos) << all[2];
  EXPECT_NE(all[3].find(R"(particulars="component=immcu run=false" outcome="not_running")"), std::string::npos);
  for (const std::string& line : all)
    for (const char* hidden : {"alice", "Duchess", "secret"}) EXPECT_EQ(line.find(hidden), std::string::npos) << line;
  std::filesystem::remove(path);
}

TEST_F(CardCommands, show_change_and_show_again) {
  EXPECT_EQ(card()["result"], (Json{{"address", "alice@example.com"}, {"card", Json::object()}}));
  EXPECT_EQ(ports_.changes(), 0);
  const Json set = card({{"set", {{"title", "Ingeniera"}, {"city", "Bilbao"}}}});
  EXPECT_EQ(set["result"]["card"], (Json{{"title", "Ingeniera"}, {"city", "Bilbao"}}));
  const Json cleared = card({{"set", {{"work_phone", "112"}}}, {"clear", {"city", "title"}}});
  EXPECT_EQ(cleared["result"]["card"], (Json{{"work_phone", "112"}}));
  EXPECT_EQ(card()["result"], cleared["result"]);
  EXPECT_EQ(ports_.changes(), 2);
  EXPECT_EQ(ask({{"command", "user.show"}, {"address", "alice@example.com"}})["result"]["card"],
            cleared["result"]["card"]);
  EXPECT_FALSE(ask({{"command", "user.list"}})["result"][0].contains("card"));
}

TEST_F(CardCommands, every_field_comes_back) {
  Json fields = Json::object();
  for (const domain::CardField& field : domain::card_fields())
    fields[std::string(field.name)] = field.kind == domain::CardKind::mail    ? "a@b.c"
                                      : field.kind == domain::CardKind::phone ? "+34 911"
                                      : field.kind == domain::CardKind::url   ? "https://a.b"
                                                                              : std::string(field.name);
  EXPECT_EQ(card({{"set", fields}})["result"]["card"], fields);
}

TEST_F(CardCommands, refusals_say_why_and_change_nothing) {
  EXPECT_EQ(ask({{"command", "user.card"}, {"address", "nobody@example.com"}})["error"]["reason"],
            "user_does_not_exist");
  EXPECT_EQ(ask({{"command", "user.card"}})["error"]["reason"], "address_malformed");
  EXPECT_EQ(card({{"set", {{"shoe_size", "42"}}}})["error"]["reason"], "setting_unknown");
  EXPECT_EQ(card({{"set", {{"mail", "nobody"}}}})["error"]["reason"], "setting_out_of_bounds");
  EXPECT_EQ(card({{"clear", {"shoe_size"}}})["error"]["reason"], "setting_unknown");
  for (const Json& wrong : {Json{{"set", "title"}}, Json{{"set", {{"title", 7}}}}, Json{{"clear", "title"}},
                            Json{{"clear", Json::array({7})}}, Json{{"clear", Json::array({"title", "title"})}},
                            Json{{"set", {{"title", "x"}}}, {"clear", Json::array({"title"})}}})
    EXPECT_EQ(card(wrong)["error"]["reason"], "command_malformed") << wrong.dump();
  EXPECT_EQ(card()["result"]["card"], Json::object());
}

}  // namespace
}  // namespace tertulia::face::admin
