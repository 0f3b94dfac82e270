// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/card.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;

/// A value of the kind with exactly so many octets.
std::string value_of(CardKind kind, std::size_t octets) {
  switch (kind) {
    case CardKind::text:
      return std::string(octets, 'a');
    case CardKind::phone:
      return "+34" + std::string(octets - 5, ' ') + "91";
    case CardKind::mail:
      return std::string(octets - 4, 'a') + "@b.c";
    case CardKind::url:
      return "https://" + std::string(octets - 8, 'h');
  }
  return {};
}

TEST(Card, the_table_names_each_field_once_in_both_languages) {
  std::set<std::string_view> names;
  Card card;
  for (const CardField& field : card_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_TRUE(base::is_utf8(field.sentence_es) && !field.sentence.empty() && !field.sentence_es.empty());
    EXPECT_NE(field.sentence, field.sentence_es);
    EXPECT_NE(name_of(field.kind), "");
    EXPECT_EQ(find_card_field(field.name)->value, field.value);
    EXPECT_TRUE((card.*field.value).empty()) << field.name << " is the field of two rows";
    card.*field.value = field.name;
  }
  EXPECT_EQ(card.given_name, "given_name");
  EXPECT_EQ(card.photo_url, "photo_url");
  EXPECT_EQ(find_card_field("Title"), nullptr);
}

TEST(Card, each_field_has_its_bound) {
  for (const CardField& field : card_fields()) {
    Card card;
    const std::string most = value_of(field.kind, field.octets_max);
    ASSERT_TRUE(set_card(card, field.name, most)) << field.name;
    EXPECT_EQ(card.*field.value, most);
    const auto refused = set_card(card, field.name, value_of(field.kind, field.octets_max + 1));
    EXPECT_EQ(refused.reason(), Reason::setting_out_of_bounds);
    EXPECT_EQ(refused.error().detail,
              std::string(field.name) + ": at most " + std::to_string(field.octets_max) + " bytes");
    EXPECT_EQ(card.*field.value, most) << "a refused value changes nothing";
    ASSERT_TRUE(set_card(card, field.name, " \t"));
    EXPECT_EQ(card, Card{}) << "blanks clear a field";
  }
}

TEST(Card, an_unknown_field_is_named) {
  Card card;
  const auto refused = set_card(card, "shoe_size", "42");
  EXPECT_EQ(refused.reason(), Reason::setting_unknown);
  EXPECT_EQ(refused.error().detail, "shoe_size");
  EXPECT_LE(set_card(card, std::string(100'000, 'x'), "").error().detail.size(), card_text_octets_max);
}

TEST(Card, texts_can_stand_in_any_document) {
  Card card;
  for (const std::string good : {"Ingeniera «jefa» & <co>", "\"", "Ñandú 日本 🙂", "  kept  "}) {
    EXPECT_TRUE(set_card(card, "title", good)) << good;
    EXPECT_EQ(card.title, base::trimmed(good));
  }
  for (const std::string& bad :
       {std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f"), std::string("\xff"), std::string("\xc2\x85"),
        std::string("\xe2\x80\xa8"), std::string("\xef\xbf\xbe"), std::string("a\tb"), std::string("\xed\xa0\x80")})
    EXPECT_EQ(set_card(card, "title", bad).reason(), Reason::setting_out_of_bounds);
}

TEST(Card, telephone_numbers_stay_as_typed_but_look_like_one) {
  const std::vector<std::pair<std::string, std::string>> good{
      {"+34911111111", "tel:+34911111111"},
      {"+34 911 111 111", "tel:+34911111111"},
      {"(+34) 911-111.111", "tel:+34911111111"},
      {"+49 (89) 123/45", "tel:+498912345"},
      {"112", "tel:112"},
      {"12", "tel:12"},
      {"+1 425 555 0100 x123", "tel:+14255550100;ext=123"},
      {"911111111 Ext. 7", "tel:911111111;ext=7"},
      {"911111111ext7", "tel:911111111;ext=7"},
      {"+34911111111;ext=0012", "tel:+34911111111;ext=0012"},
      {"12345678901234567890", "tel:12345678901234567890"},
      {"11x1234567890", "tel:11;ext=1234567890"},
  };
  Card card;
  for (const auto& [typed, uri] : good) {
    EXPECT_TRUE(set_card(card, "work_phone", typed)) << typed;
    EXPECT_EQ(card.work_phone, typed);
    EXPECT_EQ(tel_uri_of(typed), uri);
  }
  for (const std::string bad :
       {"1", "+", "+-()", "call me", "34+911", "++34911", "911111111x", "911111111 x 1a", "911;phone-context=a", "x12",
        "123456789012345678901", "11x12345678901", "١٢٣٤", "tel:+34911", "911\n111", "911x1x2"}) {
    EXPECT_EQ(set_card(card, "work_phone", bad).reason(), Reason::setting_out_of_bounds) << bad;
    EXPECT_EQ(tel_uri_of(bad), "") << bad;
  }
}

TEST(Card, mail_and_urls_look_like_such) {
  Card card;
  for (const char* good : {"bob@example.com", "b.o'b+x@sub.example.com", "josé@ejemplo.es"})
    EXPECT_TRUE(set_card(card, "mail", good)) << good;
  for (const char* bad : {"bob", "@example.com", "bob@", "a@b@c", "Bob <bob@example.com>", "a b@c", "a@b,c@d", "a\r@b"})
    EXPECT_EQ(set_card(card, "mail", bad).reason(), Reason::setting_out_of_bounds) << bad;
  for (const char* good : {"http://a", "HTTPS://example.com/p%20q?x=1&y=2#z", "https://[2001:db8::1]:8443/photo.jpg"})
    EXPECT_TRUE(set_card(card, "photo_url", good)) << good;
  for (const char* bad : {"http://", "https:///photo", "ftp://a/b", "javascript:alert(1)", "file:///etc/passwd",
                          "https://a b", "https://a/\"onload=", "https://a/<b>", "https://é", "//a", "http://?x",
                          "data:image/png;base64,AA", "https://a\n"})
    EXPECT_EQ(set_card(card, "photo_url", bad).reason(), Reason::setting_out_of_bounds) << bad;
}

TEST(Card, an_empty_one_is_not_kept) {
  EXPECT_EQ(shared_card({}), nullptr);
  Card card;
  ASSERT_TRUE(set_card(card, "city", "Bilbao"));
  EXPECT_EQ(shared_card(card)->city, "Bilbao");
  ASSERT_TRUE(set_card(card, "city", ""));
  EXPECT_EQ(shared_card(card), nullptr);
}

}  // namespace
}  // namespace tertulia::domain
