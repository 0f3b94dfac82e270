// SPDX-License-Identifier: Apache-2.0
#include "domain/contacts/contact_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "domain/contacts/limits.h"
#include "domain/contacts/store.h"

namespace tertulia::domain {
namespace {

using base::Reason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t many = 1000;

Contact contact(const std::string& name, std::vector<GroupNumber> groups = {group_standing}) {
  return {name + "@example.com", name, std::move(groups), true, {}};
}

/// Applies changes that must succeed.
ContactList list_of(std::initializer_list<ListChange> changes) {
  ContactList list;
  for (const ListChange& change : changes) {
    auto next = list.with(change, many);
    EXPECT_TRUE(next) << (next ? "" : next.error().detail);
    if (next) list = std::move(*next);
  }
  return list;
}

Reason refusal(const ContactList& list, const ListChange& change, std::size_t contacts_max = many) {
  return list.with(change, contacts_max).reason();
}

std::vector<std::string> addresses(const ContactList& list) {
  std::vector<std::string> result;
  for (const Contact& one : list.contacts()) result.push_back(one.address);
  return result;
}

TEST(ContactList, begins_with_the_standing_group) {
  const ContactList list;
  EXPECT_EQ(list.version(), 1U);
  EXPECT_EQ(list.last_number(), group_standing);
  ASSERT_EQ(list.groups().size(), 1U);
  EXPECT_EQ(list.group_named("~")->number, group_standing);
  EXPECT_THAT(list.contacts(), IsEmpty());
}

TEST(ContactList, each_change_makes_the_next_version_and_leaves_the_old_list) {
  const ContactList empty;
  const auto one = empty.with(PutContact{contact("bob")}, many);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->version(), 2U);
  EXPECT_EQ(one->with(PutContact{contact("bob")}, many)->version(), 3U);  // also when nothing differs
  EXPECT_EQ(empty, ContactList());
}

TEST(ContactList, contacts_are_ordered_by_address_and_found_by_it) {
  const auto list = list_of({PutContact{contact("carol")}, PutContact{contact("alice")}, PutContact{contact("bob")}});
  EXPECT_THAT(addresses(list), ElementsAre("alice@example.com", "bob@example.com", "carol@example.com"));
  ASSERT_NE(list.find("bob@example.com"), nullptr);
  EXPECT_EQ(list.find("bob@example.com")->name, "bob");
  EXPECT_EQ(list.find("bobby@example.com"), nullptr);
  EXPECT_EQ(list.find("zoe@example.com"), nullptr);
}

TEST(ContactList, an_address_has_one_spelling) {
  Contact bob = contact("bob");
  bob.address = "sip:Bob@Example.COM";
  const auto list = list_of({PutContact{bob}, PutContact{contact("bob")}});
  EXPECT_THAT(addresses(list), ElementsAre("bob@example.com"));
  EXPECT_TRUE(list.with(RemoveContact{"BOB@example.com"}, many));
}

TEST(ContactList, put_replaces_all_fields) {
  Contact bob = contact("bob");
  bob.extension = "<x/>";
  Contact other{bob.address, "Robert", {2}, false, ""};
  const auto list = list_of({PutContact{bob}, AddGroup{"Work", "<g/>"}, PutContact{other}});
  EXPECT_EQ(*list.find(bob.address), other);
}

TEST(ContactList, groups_of_a_contact_are_ordered_and_never_empty) {
  const auto list = list_of({AddGroup{"A", {}}, AddGroup{"B", {}}, PutContact{contact("bob", {3, 1, 3, 2, 1})},
                             PutContact{contact("carol", {})}});
  EXPECT_THAT(list.find("bob@example.com")->groups, ElementsAre(1, 2, 3));
  EXPECT_THAT(list.find("carol@example.com")->groups, ElementsAre(group_standing));
}

TEST(ContactList, a_contact_moves_between_groups) {
  auto list = list_of({AddGroup{"A", {}}, AddGroup{"B", {}}, PutContact{contact("bob", {2})}});
  EXPECT_THAT(list.find("bob@example.com")->groups, ElementsAre(2));
  list = *list.with(PutContact{contact("bob", {3})}, many);
  EXPECT_THAT(list.find("bob@example.com")->groups, ElementsAre(3));
  list = *list.with(PutContact{contact("bob", {1, 3})}, many);
  EXPECT_THAT(list.find("bob@example.com")->groups, ElementsAre(1, 3));
}

TEST(ContactList, contacts_of_a_removed_group_stay) {
  const auto list = list_of({AddGroup{"A", {}}, AddGroup{"B", {}}, PutContact{contact("bob", {2})},
                             PutContact{contact("carol", {2, 3})}, PutContact{contact("dave", {3})}, RemoveGroup{2}});
  EXPECT_THAT(list.find("bob@example.com")->groups, ElementsAre(group_standing));
  EXPECT_THAT(list.find("carol@example.com")->groups, ElementsAre(3));
  EXPECT_THAT(list.find("dave@example.com")->groups, ElementsAre(3));
  EXPECT_EQ(list.group(2), nullptr);
}

TEST(ContactList, a_group_number_is_never_used_again) {
  const auto list = list_of({AddGroup{"A", {}}, RemoveGroup{2}, AddGroup{"A", {}}});
  EXPECT_EQ(list.group(2), nullptr);
  EXPECT_EQ(list.group_named("A")->number, 3U);
  EXPECT_EQ(list.last_number(), 3U);
}

TEST(ContactList, renaming_keeps_the_extension_unless_one_is_given) {
  auto list = list_of({AddGroup{"A", "<old/>"}, RenameGroup{2, "B", std::nullopt}});
  EXPECT_EQ(*list.group(2), (ContactGroup{2, "B", "<old/>"}));
  list = *list.with(RenameGroup{2, "B", ""}, many);  // to its own name
  EXPECT_EQ(*list.group(2), (ContactGroup{2, "B", ""}));
  list = *list.with(RenameGroup{group_standing, "~", "<s/>"}, many);  // only its extension
  EXPECT_EQ(list.group(group_standing)->extension, "<s/>");
}

TEST(ContactList, refusals) {
  const auto list = list_of({AddGroup{"A", {}}, AddGroup{"B", {}}, PutContact{contact("bob", {2})}});
  const std::string control("a\x1f", 2), broken = "\xff";
  const struct {
    ListChange change;
    Reason reason;
  } rows[] = {
      {AddGroup{"A", {}}, Reason::group_exists},
      {AddGroup{"~", {}}, Reason::group_exists},
      {AddGroup{"", {}}, Reason::name_malformed},
      {AddGroup{control, {}}, Reason::name_malformed},
      {AddGroup{broken, {}}, Reason::name_malformed},
      {RenameGroup{9, "C", {}}, Reason::group_unknown},
      {RenameGroup{0, "C", {}}, Reason::group_unknown},
      {RenameGroup{group_standing, "C", {}}, Reason::group_standing_stays},
      {RenameGroup{2, "B", {}}, Reason::group_exists},
      {RenameGroup{2, "", {}}, Reason::name_malformed},
      {RenameGroup{2, broken, {}}, Reason::name_malformed},
      {RemoveGroup{9}, Reason::group_unknown},
      {RemoveGroup{group_standing}, Reason::group_standing_stays},
      {PutContact{{"nobody", "", {1}, true, ""}}, Reason::address_malformed},
      {PutContact{{"", "", {1}, true, ""}}, Reason::address_malformed},
      {PutContact{{"a@example.com", control, {1}, true, ""}}, Reason::name_malformed},
      {PutContact{{"a@example.com", broken, {1}, true, ""}}, Reason::name_malformed},
      {PutContact{{"a@example.com", "", {1, 9}, true, ""}}, Reason::group_unknown},
      {PutContact{{"a@example.com", "", {0}, true, ""}}, Reason::group_unknown},
      {RemoveContact{"carol@example.com"}, Reason::contact_unknown},
      {RemoveContact{"carol"}, Reason::address_malformed},
  };
  int row = 0;
  for (const auto& [change, reason] : rows) EXPECT_EQ(refusal(list, change), reason) << "row " << row++;
}

TEST(ContactList, unknown_groups_may_be_left_out) {
  auto list = list_of({AddGroup{"A", {}}, AddGroup{"B", {}}, RemoveGroup{3}});
  list = *list.with(PutContact{contact("bob", {9, 2, 3}), true}, many);
  EXPECT_EQ(list.find("bob@example.com")->groups, (std::vector<GroupNumber>{2}));
  list = *list.with(PutContact{contact("bob", {3}), true}, many);
  EXPECT_EQ(list.find("bob@example.com")->groups, (std::vector<GroupNumber>{group_standing})) << "none is left";
}

TEST(ContactList, limit_of_contacts) {
  auto list = list_of({PutContact{contact("a")}, PutContact{contact("b")}});
  EXPECT_EQ(refusal(list, PutContact{contact("c")}, 3), Reason::none);
  EXPECT_EQ(refusal(list, PutContact{contact("c")}, 2), Reason::too_many_contacts);
  EXPECT_EQ(refusal(list, PutContact{contact("b")}, 2), Reason::none);  // replaces
  // The administrator has lowered the limit: what is there stays, can be changed and removed.
  EXPECT_EQ(refusal(list, PutContact{contact("b")}, 0), Reason::none);
  EXPECT_EQ(refusal(list, RemoveContact{"b@example.com"}, 0), Reason::none);
  EXPECT_EQ(refusal(list, AddGroup{"A", {}}, 0), Reason::none);
}

TEST(ContactList, limit_of_groups) {
  ContactList list;
  std::vector<GroupNumber> all{group_standing};
  for (std::size_t i = 1; i < contact_groups_max; ++i) {
    list = *list.with(AddGroup{"group " + std::to_string(i), {}}, many);
    all.push_back(list.last_number());
  }
  EXPECT_EQ(list.groups().size(), contact_groups_max);
  EXPECT_EQ(refusal(list, AddGroup{"one more", {}}), Reason::too_many_groups);
  ASSERT_EQ(all.size(), groups_per_contact_max);
  EXPECT_EQ(refusal(list, PutContact{contact("bob", all)}), Reason::none);
  all.push_back(group_standing);
  EXPECT_EQ(refusal(list, PutContact{contact("bob", all)}), Reason::too_many_groups);
  list = *list.with(RemoveGroup{2}, many);
  EXPECT_EQ(refusal(list, AddGroup{"one more", {}}), Reason::none);
}

TEST(ContactList, limit_of_group_numbers) {
  const auto list = ContactList::restored(ContactList().groups(), {}, 5, UINT32_MAX);
  ASSERT_TRUE(list);
  EXPECT_EQ(refusal(*list, AddGroup{"A", {}}), Reason::too_many_groups);
}

TEST(ContactList, limits_of_texts) {
  const auto list = list_of({AddGroup{"A", {}}});
  const auto text = [](std::size_t size) { return std::string(size, 'x'); };
  EXPECT_EQ(refusal(list, AddGroup{text(group_name_octets_max), {}}), Reason::none);
  EXPECT_EQ(refusal(list, AddGroup{text(group_name_octets_max + 1), {}}), Reason::name_malformed);
  EXPECT_EQ(refusal(list, RenameGroup{2, text(group_name_octets_max), {}}), Reason::none);
  EXPECT_EQ(refusal(list, RenameGroup{2, text(group_name_octets_max + 1), {}}), Reason::name_malformed);
  const auto put = [&](std::size_t name, std::size_t extension) {
    return refusal(list, PutContact{{"a@example.com", text(name), {}, true, text(extension)}});
  };
  EXPECT_EQ(put(contact_name_octets_max, contact_extension_octets_max), Reason::none);
  EXPECT_EQ(put(contact_name_octets_max + 1, 0), Reason::name_malformed);
  EXPECT_EQ(put(0, contact_extension_octets_max + 1), Reason::body_too_large);
  const auto extension = text(contact_extension_octets_max);
  EXPECT_EQ(refusal(list, AddGroup{"B", extension}), Reason::none);
  EXPECT_EQ(refusal(list, AddGroup{"B", extension + 'x'}), Reason::body_too_large);
  EXPECT_EQ(refusal(list, RenameGroup{2, "B", extension}), Reason::none);
  EXPECT_EQ(refusal(list, RenameGroup{2, "B", extension + 'x'}), Reason::body_too_large);
}

TEST(ContactList, comes_back_from_its_rows) {
  const auto list = list_of({AddGroup{"A", "<x/>"}, AddGroup{"B", {}}, RemoveGroup{2}, PutContact{contact("bob", {3})},
                             PutContact{contact("alice")}});
  auto groups = list.groups();
  auto contacts = list.contacts();
  std::reverse(groups.begin(), groups.end());
  std::reverse(contacts.begin(), contacts.end());
  const auto again = ContactList::restored(groups, contacts, list.version(), list.last_number());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, list);
}

TEST(ContactList, damaged_rows_are_told_with_their_place) {
  const auto standing = ContactList().groups();
  const auto with = [&](ContactGroup group) { return std::vector{standing.front(), std::move(group)}; };
  const std::string long_text(contact_extension_octets_max + 1, 'x');
  std::vector<ContactGroup> crowd = standing;
  while (crowd.size() <= contact_groups_max) crowd.push_back({crowd.back().number + 1, "g", {}});
  const struct {
    std::vector<ContactGroup> groups;
    std::vector<Contact> contacts;
    std::uint64_t version;
    GroupNumber last;
    const char* told;
  } rows[] = {
      {standing, {}, 0, 1, "version"},
      {{}, {}, 2, 1, "standing group"},
      {{{2, "A", {}}}, {}, 2, 2, "standing group"},
      {with({3, "A", {}}), {}, 2, 2, "group 2: its number"},
      {{{0, "A", {}}, standing.front()}, {}, 2, 2, "group 1: its number"},
      {with({1, "A", {}}), {}, 2, 2, "twice"},
      {with({2, "~", {}}), {}, 2, 2, "twice"},
      {with({2, "", {}}), {}, 2, 2, "group 2: its name"},
      {with({2, "A", long_text}), {}, 2, 2, "group 2: its extension"},
      {crowd, {}, 2, 1000, "too many groups"},
      {standing, {{"bob", "", {1}, true, ""}}, 2, 1, "contact 1: its address"},
      {standing, {{"Bob@example.com", "", {1}, true, ""}}, 2, 1, "contact 1: its address"},
      {standing, {contact("a"), contact("b"), contact("b")}, 2, 1, "contact 3: it is there twice"},
      {standing, {{"a@example.com", "\xff", {1}, true, ""}}, 2, 1, "contact 1: its name"},
      {standing, {{"a@example.com", "", {1}, true, long_text}}, 2, 1, "contact 1: its extension"},
      {standing, {contact("a"), contact("b", {})}, 2, 1, "contact 2: its groups"},
      {standing, {contact("a", {1, 1})}, 2, 1, "contact 1: its groups"},
      {standing, {contact("a", {2})}, 2, 2, "contact 1: one of its groups"},
  };
  for (const auto& row : rows) {
    const auto list = ContactList::restored(row.groups, row.contacts, row.version, row.last);
    ASSERT_FALSE(list) << row.told;
    EXPECT_EQ(list.reason(), Reason::file_damaged);
    EXPECT_THAT(list.error().detail, HasSubstr(row.told));
    EXPECT_THAT(list.error().detail, Not(HasSubstr("example.com")));  // whom somebody knows is nobody's business
  }
}

TEST(Difference, holds_the_rows_that_differ_and_no_other) {
  const auto before = list_of({AddGroup{"A", {}}, AddGroup{"B", {}}, PutContact{contact("alice", {2})},
                               PutContact{contact("bob", {2, 3})}, PutContact{contact("carol")}});
  auto after = *before.with(RemoveGroup{2}, many);
  auto change = difference({7}, before, after);
  EXPECT_EQ(change.user.value, 7U);
  EXPECT_THAT(change.put, ElementsAre(contact("alice", {1}), contact("bob", {3})));
  EXPECT_THAT(change.removed, IsEmpty());
  EXPECT_THAT(change.put_groups, IsEmpty());
  EXPECT_THAT(change.removed_groups, ElementsAre(2));
  EXPECT_EQ(change.version, before.version() + 1);
  EXPECT_EQ(change.last_number, 3U);
  after = *before.with(RemoveContact{"bob@example.com"}, many);
  change = difference({7}, before, after);
  EXPECT_THAT(change.put, IsEmpty());
  EXPECT_THAT(change.removed, ElementsAre("bob@example.com"));
  after = *before.with(AddGroup{"C", "<x/>"}, many);
  change = difference({7}, before, after);
  EXPECT_THAT(change.put_groups, ElementsAre(ContactGroup{4, "C", "<x/>"}));
  EXPECT_EQ(change.last_number, 4U);
}

TEST(Difference, of_the_first_change_has_no_standing_group) {
  const auto change = difference({7}, ContactList(), list_of({PutContact{contact("bob")}}));
  EXPECT_THAT(change.put_groups, IsEmpty());
  EXPECT_THAT(change.put, ElementsAre(contact("bob")));
}

}  // namespace
}  // namespace tertulia::domain
