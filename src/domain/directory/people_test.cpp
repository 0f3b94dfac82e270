// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "domain/directory/directory.h"

namespace tertulia::domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

User person(std::uint32_t id, const std::string& name, const std::string& display_name, Card card = {}) {
  User made;
  made.id = {id};
  made.address = *Address::parse(name + "@example.com");
  made.display_name = display_name;
  made.card = shared_card(std::move(card));
  return made;
}

Card card_of(std::initializer_list<std::pair<const char*, const char*>> fields) {
  Card card;
  for (const auto& [name, value] : fields) EXPECT_TRUE(set_card(card, name, value)) << name;
  return card;
}

DirectoryPtr some_people() {
  std::vector<User> users{
      person(1, "alice", "Alice van der Berg"),
      person(2, "bob", "Bob B",
             card_of({{"given_name", "Robert"},
                      {"surname", "Brown"},
                      {"mail", "Bob@corp.example"},
                      {"company", "Example Ltd"},
                      {"country", "GB"}})),
      person(3, "jose", "José Ñúñez", card_of({{"company", "ÉXITO"}, {"country", "ES"}})),
      person(4, "ann", "García-Pérez, Ana", card_of({{"surname", "García Pérez"}, {"company", "Example SA"}})),
      person(5, "gone", "Alice Gone"),
      person(6, "nameless", ""),
  };
  users[4].enabled = false;
  return std::make_shared<const Directory>(std::vector<std::string>{"example.com"}, Policy::defaults())
      ->with_users(std::move(users));
}

std::vector<std::string> names(const PeopleFound& found) {
  std::vector<std::string> out;
  for (const User* user : found.people) out.emplace_back(user->address.user());
  return out;
}

std::vector<std::string> find(const std::vector<PeopleTerm>& terms) {
  const auto directory = some_people();
  return names(directory->find_people({terms}));
}

using Field = PeopleField;

TEST(People, are_found_by_the_beginning_of_a_field_without_case) {
  EXPECT_THAT(find({{Field::given_name, "rob"}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::surname, "BROWN"}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::surname, "rown"}}), IsEmpty());
  EXPECT_THAT(find({{Field::mail, "bob@CORP"}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::mail, "bob@example"}}), IsEmpty()) << "his card says another";
  EXPECT_THAT(find({{Field::mail, "Alice@example.com", true}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::company, "example"}}), ElementsAre("ann", "bob"));
  EXPECT_THAT(find({{Field::company, "sa"}}), IsEmpty()) << "of a company only the beginning counts";
  EXPECT_THAT(find({{Field::company, "éxi"}}), ElementsAre("jose"));
  EXPECT_THAT(find({{Field::country, "es"}}), ElementsAre("jose"));
}

TEST(People, are_found_by_any_word_of_their_names) {
  EXPECT_THAT(find({{Field::display_name, "berg"}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::display_name, "Van Der"}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::display_name, "pérez"}}), ElementsAre("ann"));
  EXPECT_THAT(find({{Field::display_name, "ana"}}), ElementsAre("ann"));
  EXPECT_THAT(find({{Field::surname, "pér"}}), ElementsAre("ann"));
  EXPECT_THAT(find({{Field::surname, "per"}}), IsEmpty()) << "accents count";
  EXPECT_THAT(find({{Field::display_name, "ñÚÑ"}}), ElementsAre("jose"));
}

TEST(People, without_a_card_go_by_the_words_of_the_display_name) {
  EXPECT_THAT(find({{Field::given_name, "ali"}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::surname, "berg"}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::surname, "ñúñez"}}), ElementsAre("jose"));
  EXPECT_THAT(find({{Field::given_name, "bob"}}), IsEmpty()) << "the card says Robert";
  EXPECT_THAT(find({{Field::given_name, "ana"}}), ElementsAre("ann")) << "her card has only a surname";
}

TEST(People, are_found_by_address_whole_or_in_part) {
  EXPECT_THAT(find({{Field::address, "a"}}), ElementsAre("alice", "ann"));
  EXPECT_THAT(find({{Field::address, "sip:AL"}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::address, "SIP:Bob@Example.com", true}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::address, "bob", true}}), IsEmpty());
  EXPECT_THAT(find({{Field::address, "gone@example.com", true}}), IsEmpty()) << "disabled";
  EXPECT_THAT(find({{Field::address, "sip:nobody@example.com", true}}), IsEmpty());
  EXPECT_THAT(find({{Field::address, "bob@example.com", true}, {Field::surname, "green"}}), IsEmpty());
}

TEST(People, exact_terms_want_the_whole_field_or_word) {
  EXPECT_THAT(find({{Field::company, "example", true}}), IsEmpty());
  EXPECT_THAT(find({{Field::company, "example ltd", true}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::surname, "garcí", true}}), IsEmpty());
  EXPECT_THAT(find({{Field::surname, "garcía", true}}), ElementsAre("ann"));
  EXPECT_THAT(find({{Field::surname, "garcía pérez", true}}), ElementsAre("ann"));
}

TEST(People, must_fit_every_term) {
  EXPECT_THAT(find({{Field::company, "example"}, {Field::surname, "b"}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::company, "example"}, {Field::country, "es"}}), IsEmpty());
  EXPECT_THAT(find({{Field::company, "  "}, {Field::surname, " berg\t"}}), ElementsAre("alice"));
}

TEST(People, anything_looks_at_names_mail_and_address) {
  EXPECT_THAT(find({{Field::anything, "b"}}), ElementsAre("alice", "bob"));
  EXPECT_THAT(find({{Field::anything, "robert"}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::anything, "bob@corp"}}), ElementsAre("bob"));
  EXPECT_THAT(find({{Field::anything, "nameless"}}), ElementsAre("nameless"));
  EXPECT_THAT(find({{Field::anything, "example ltd"}}), IsEmpty());
}

TEST(People, are_not_read_out_without_a_question) {
  EXPECT_THAT(find({}), IsEmpty());
  EXPECT_THAT(find({{Field::display_name, ""}, {Field::address, "sip:"}}), IsEmpty());
}

TEST(People, a_question_has_bounds) {
  std::vector<PeopleTerm> terms(people_terms_max, {Field::address, "alice"});
  EXPECT_THAT(find(terms), ElementsAre("alice"));
  terms.push_back(terms.front());
  EXPECT_THAT(find(terms), IsEmpty());
  const std::string blanks(people_term_octets_max - 5, ' ');
  EXPECT_THAT(find({{Field::address, blanks + "alice"}}), ElementsAre("alice"));
  EXPECT_THAT(find({{Field::address, blanks + "alice "}}), IsEmpty());
}

TEST(People, more_than_asked_for_is_told_and_cut) {
  std::vector<User> users;
  for (std::uint32_t id = 1; id <= people_found_max + 1; ++id)
    users.push_back(person(id, "u" + std::to_string(1000 + id), "Somebody"));
  const auto one_more =
      std::make_shared<const Directory>(std::vector<std::string>{}, Policy::defaults())->with_users(std::move(users));
  PeopleQuery query{{{Field::given_name, "some"}}};
  const PeopleFound cut = one_more->find_people(query);
  EXPECT_TRUE(cut.more);
  ASSERT_EQ(cut.people.size(), people_found_max);
  EXPECT_EQ(cut.people.front()->address.user(), "u1001");
  EXPECT_EQ(cut.people.back()->address.user(), "u1100");
  const auto directory = one_more->without({1});
  const PeopleFound all = directory->find_people(query);
  EXPECT_FALSE(all.more);
  EXPECT_EQ(all.people.size(), people_found_max);
  query.results_max = 2;
  EXPECT_THAT(names(directory->find_people(query)), ElementsAre("u1002", "u1003"));
  query.results_max = 10 * people_found_max;
  EXPECT_EQ(one_more->find_people(query).people.size(), people_found_max);
  query.results_max = 0;
  EXPECT_TRUE(one_more->find_people(query).more);
  EXPECT_THAT(names(one_more->find_people(query)), IsEmpty());
}

TEST(People, ten_thousand_are_scanned_quickly) {
  std::vector<User> users;
  for (std::uint32_t id = 1; id <= 10'000; ++id)
    users.push_back(person(id, "user" + std::to_string(id), "Given" + std::to_string(id) + " Middle Sürname"));
  const auto directory =
      std::make_shared<const Directory>(std::vector<std::string>{}, Policy::defaults())->with_users(std::move(users));
  const auto start = std::chrono::steady_clock::now();
  const PeopleFound found = directory->find_people({{{Field::surname, "SÜRNAME"}, {Field::given_name, "given77"}}});
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  std::printf("10,000 users: %ld us\n", static_cast<long>(us.count()));
  EXPECT_EQ(found.people.size(), 100U);
  EXPECT_TRUE(found.more);                 // 77, 770 to 779, 7700 to 7799: 111
  EXPECT_LT(us, std::chrono::seconds(5));  // wide: sanitizers, busy machines
}

}  // namespace
}  // namespace tertulia::domain
