// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/presence/level.h"
#include "domain/presence/limits.h"
#include "domain/presence/view_builder.h"

namespace tertulia::domain {
namespace {

constexpr base::WallTime noon{1'700'000'000'000'000};

TEST(Levels, defaults_of_the_product) {
  const Levels levels;
  EXPECT_EQ(levels.level_of("bob@example.com", true).level, Container::colleagues);
  EXPECT_EQ(levels.level_of("eve@elsewhere.example", false).level, Container::external);
  EXPECT_EQ(levels.version(), 0u);
}

TEST(Levels, the_most_exact_entry_speaks) {
  Levels levels;
  EXPECT_TRUE(levels.set({MemberKind::everyone, {}}, Container::blocked));
  EXPECT_TRUE(levels.set({MemberKind::domain, "elsewhere.example"}, Container::friends));
  EXPECT_TRUE(levels.set({MemberKind::user, "eve@elsewhere.example"}, Container::workgroup));
  EXPECT_EQ(levels.level_of("eve@elsewhere.example", false).level, Container::workgroup);
  const Levels::Verdict verdict = levels.level_of("adam@elsewhere.example", false);
  EXPECT_EQ(verdict.level, Container::friends);
  EXPECT_EQ(verdict.member, (LevelMember{MemberKind::domain, "elsewhere.example"}));
  EXPECT_EQ(levels.level_of("bob@example.com", true).level, Container::colleagues);
  EXPECT_TRUE(levels.set({MemberKind::same_enterprise, {}}, std::nullopt));
  EXPECT_EQ(levels.level_of("bob@example.com", true).level, Container::blocked);
  EXPECT_EQ(levels.version(), 4u);
}

TEST(Levels, a_member_stands_in_one_level_and_a_change_that_is_none_is_told) {
  Levels levels;
  const LevelMember bob{MemberKind::user, "bob@example.com"};
  EXPECT_FALSE(levels.set(bob, std::nullopt));
  EXPECT_TRUE(levels.set(bob, Container::friends));
  EXPECT_FALSE(levels.set(bob, Container::friends));
  EXPECT_TRUE(levels.set(bob, Container::workgroup));
  EXPECT_EQ(levels.entries().size(), 4u);
  const Levels again = Levels::restored(levels.entries(), levels.version());
  EXPECT_EQ(again.entries(), levels.entries());
  EXPECT_EQ(again.version(), levels.version());
}

TEST(Levels, limit_of_members) {
  Levels levels;
  for (std::size_t i = levels.entries().size(); i < level_members_max; ++i)
    ASSERT_TRUE(levels.set({MemberKind::user, fmt::format("u{}@example.com", i)}, Container::friends));
  EXPECT_FALSE(levels.set({MemberKind::user, "one@more.example"}, Container::friends));
  EXPECT_TRUE(levels.set({MemberKind::user, "u100@example.com"}, Container::blocked)) << "those inside may move";
}

TEST(Levels, names) {
  for (const Container level : {Container::everyone, Container::self, Container::external, Container::colleagues,
                                Container::workgroup, Container::friends, Container::blocked}) {
    EXPECT_EQ(level_from(name_of(level)), level);
    EXPECT_EQ(is_level(level), level != Container::everyone && level != Container::self);
  }
  EXPECT_EQ(level_from("devices"), std::nullopt);
}

/// Alice in do-not-disturb with everything that can be shown.
struct Rich {
  User user;
  Aggregate aggregate;
  std::vector<Publication> all;
  std::vector<ReachableBy> devices{{true, true, false, "computer"}};
  CalendarState meeting;
  std::vector<const Publication*> pointers;

  Rich() {
    user.id = {1};
    user.address = *Address::parse("alice@example.com");
    user.display_name = "Alice";
    aggregate.state = {availability_do_not_disturb, Activity::in_presentation, {}};
    aggregate.interrupt_state = {availability_urgent_only, Activity::urgent_interruptions_only, {}};
    aggregate.since = noon;
    meeting.subject = "Budget";
    meeting.place = "Room 5";
    add("note", Container::devices, NoteValue{NoteKind::personal, "for those near", {}, {}});
    add("note", Container::friends, NoteValue{NoteKind::personal, "for friends", {}, {}});
    add("contactCard", Container::everyone, OpaqueValue{"application/xml", "name"});
    add("contactCard", Container::friends, OpaqueValue{"application/xml", "name and phone"});
    add("contactCard", Container::blocked, OpaqueValue{"application/xml", "name and mail"});
    add("services", Container::devices, OpaqueValue{"application/xml", "private"});
  }
  void add(std::string category, Container container, PublicationValue value) {
    Publication one;
    one.key = {std::move(category), all.size(), container};
    one.since = noon + base::Duration{static_cast<std::int64_t>(all.size())};
    one.value = std::move(value);
    all.push_back(std::move(one));
  }
  PresenceView view(Container level) {
    pointers.clear();
    for (const Publication& one : all) pointers.push_back(&one);
    return make_view({user, aggregate, pointers, devices, &meeting, noon}, level);
  }
};

std::string notes_of(const PresenceView& view) {
  std::string text;
  for (const NoteValue& note : view.notes) text += note.text + ";";
  return text;
}
std::string extras_of(const PresenceView& view) {
  std::string text;
  for (const auto& [key, value] : view.extras) text += value.bytes + ";";
  return text;
}

TEST(View, who_sees_what) {  // presence-model 8
  struct {
    Container level;
    std::uint16_t availability;
    Activity activity;
    std::string notes, extras;
    std::size_t devices;
    std::string subject;
  } const rows[] = {
      {Container::blocked, availability_offline, Activity::none, "", "", 0, ""},
      {Container::everyone, availability_offline, Activity::none, "", "name;", 0, ""},
      {Container::external, availability_do_not_disturb, Activity::none, "", "name;", 1, ""},
      {Container::colleagues, availability_do_not_disturb, Activity::in_presentation, "for those near;", "name;", 1,
       ""},
      {Container::workgroup, availability_urgent_only, Activity::urgent_interruptions_only, "for those near;", "name;",
       1, "Budget"},
      {Container::friends, availability_do_not_disturb, Activity::in_presentation, "for friends;", "name and phone;", 1,
       ""},
      {Container::self, availability_do_not_disturb, Activity::in_presentation, "for friends;for those near;",
       "name;name and phone;name and mail;private;", 1, "Budget"},
  };
  Rich rich;
  for (const auto& row : rows) {
    const PresenceView view = rich.view(row.level);
    const std::string_view level = name_of(row.level);
    EXPECT_EQ(view.display_name, "Alice") << level;
    EXPECT_EQ(view.address, "alice@example.com") << level;
    EXPECT_EQ(view.level, row.level) << level;
    EXPECT_EQ(view.state.availability, row.availability) << level;
    EXPECT_EQ(view.state.activity, row.activity) << level;
    EXPECT_EQ(notes_of(view), row.notes) << level;
    EXPECT_EQ(extras_of(view), row.extras) << level;
    EXPECT_EQ(view.devices.size(), row.devices) << level;
    EXPECT_EQ(view.meeting_subject, row.subject) << level;
  }
}

TEST(View, an_empty_piece_hides) {
  Rich rich;
  rich.add("note", Container::colleagues, NoteValue{NoteKind::personal, "", {}, {}});
  rich.add("contactCard", Container::colleagues, OpaqueValue{"application/xml", ""});
  EXPECT_EQ(notes_of(rich.view(Container::colleagues)), "");
  EXPECT_EQ(extras_of(rich.view(Container::colleagues)), "");
  EXPECT_EQ(notes_of(rich.view(Container::workgroup)), "for those near;");
}

TEST(View, notes_have_a_window_personal_ones_come_first_and_the_same_text_once) {
  Rich rich;
  rich.add("note", Container::devices,
           NoteValue{NoteKind::out_of_office, "back on Monday", noon, noon + base::Duration{2}});
  rich.add("note", Container::devices, NoteValue{NoteKind::personal, "for those near", {}, {}});
  rich.add("note", Container::devices, NoteValue{NoteKind::personal, "tomorrow", noon + base::Duration{1}, {}});
  rich.add("note", Container::devices, NoteValue{NoteKind::personal, "yesterday", {}, noon});
  const PresenceView view = rich.view(Container::colleagues);
  EXPECT_EQ(notes_of(view), "for those near;back on Monday;");
  std::vector<base::WallTime> since(view.notes.size());
  for (const Publication& one : rich.all)
    for (std::size_t i = 0; i < view.notes.size(); ++i)
      if (const auto* note = std::get_if<NoteValue>(&one.value); note && note->text == view.notes[i].text)
        since[i] = one.since;  // the latest comes last
  EXPECT_EQ(view.notes_since, since) << "each its own";
}

TEST(View, nobody_is_reached_who_is_offline) {
  Rich rich;
  rich.aggregate.state = rich.aggregate.interrupt_state = {availability_offline, Activity::none, {}};
  const PresenceView view = rich.view(Container::workgroup);
  EXPECT_TRUE(view.devices.empty());
  EXPECT_EQ(view.meeting_subject, "");
  EXPECT_EQ(notes_of(view), "for those near;");
}

}  // namespace
}  // namespace tertulia::domain
