// SPDX-License-Identifier: Apache-2.0
// What the client's words mean, and what watchers read.
#include "face/lync/mapping.h"

#include <gtest/gtest.h>

#include "domain/presence/limits.h"
#include "face/lync/lync_script.h"
#include "wire/lync/contact_card.h"
namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using domain::Activity;
using domain::Container;
using wire::lync::PublicationItem;

PublicationItem state(std::string_view type, std::string_view inside, std::string_view attributes = {}) {
  PublicationItem one;
  one.category = "state";
  one.container = 2;
  one.content =
      "<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"" +
      std::string(type) + "\" " + std::string(attributes) + ">" + std::string(inside) + "</state>";
  return one;
}
std::string available(int number) { return "<availability>" + std::to_string(number) + "</availability>"; }

template <typename Value>
Value value_in(const PublicationItem& one) {
  const auto read = item_of(one);
  EXPECT_TRUE(read && read->value && std::holds_alternative<Value>(*read->value)) << one.content.value_or("");
  if (!read || !read->value || !std::holds_alternative<Value>(*read->value)) return {};
  EXPECT_EQ(read->original.bytes, one.content.value_or("")) << "kept byte for byte";
  EXPECT_EQ(read->original.media_type, category_media_type);
  return std::get<Value>(*read->value);
}

TEST(MappingIn, machine_state_is_what_one_device_says) {
  const auto device =
      value_in<domain::DeviceState>(state("machineState", available(5000) + "<device>computer</device>"));
  EXPECT_EQ(device.state.availability, domain::availability_idle_online);
  EXPECT_TRUE(device.activity_told);
  EXPECT_EQ(device.type, "computer");
  for (const int nothing : {0, 2999}) {
    const auto silent = value_in<domain::DeviceState>(state("machineState", available(nothing)));
    EXPECT_EQ(silent.state.availability, domain::availability_unset) << nothing;
    EXPECT_FALSE(silent.activity_told);
  }
  EXPECT_EQ(value_in<domain::DeviceState>(state("machineState", available(99999))).state.availability, 18500);
}

/// presence 2.2: the machine state of Pidgin repeats what its user has picked, the other device of his something else.
TEST(MappingIn, a_machine_is_in_use_or_not_whatever_its_user_has_picked) {
  const std::pair<int, int> rows[] = {{3500, 3500}, {6500, 3500},   {7499, 3500},   {7500, 5000},   {8999, 5000},
                                      {9500, 3500}, {12500, 12500}, {15500, 15500}, {18500, 18500}, {5000, 5000}};
  for (const auto& [told, meant] : rows) {
    const auto device = value_in<domain::DeviceState>(state("machineState", available(told)));
    EXPECT_EQ(device.state.availability, meant) << told;
    EXPECT_TRUE(device.activity_told) << told;
  }
  const auto talking =
      value_in<domain::DeviceState>(state("machineState", available(6500) + "<activity token=\"on-the-phone\"/>"));
  EXPECT_EQ(talking.state, (domain::State{6500, Activity::on_the_phone, {}})) << "no such repetition";
}

TEST(MappingIn, user_state_is_picked_by_hand_but_for_plain_available) {
  EXPECT_EQ(value_in<domain::ManualState>(state("userState", available(6500), "manual=\"true\"")).state.availability,
            6500);
  EXPECT_EQ(value_in<domain::ManualState>(state("userState", available(15500))).state.availability, 15500);
  const domain::ManualState reset{};
  EXPECT_EQ(value_in<domain::ManualState>(state("userState", available(3500), "manual=\"true\"")), reset);
  EXPECT_EQ(value_in<domain::ManualState>(state("userState", available(6500), "manual=\"false\"")), reset);
  EXPECT_EQ(value_in<domain::ManualState>(state("userState", available(0), "manual=\"true\"")), reset);
  const auto own = value_in<domain::ManualState>(
      state("userState", available(3500) + "<activity><custom LCID=\"1033\">digging</custom></activity>"));
  EXPECT_EQ(own.state, (domain::State{3500, Activity::custom, {{"digging", "en-US"}}}))
      << "available with words is a choice";
}

TEST(MappingIn, own_words_keep_their_languages_in_order) {
  const std::string inside = available(6500) +
                             "<activity><custom LCID=\"3082\">cavando</custom><custom LCID=\"1033\">digging</custom>"
                             "<custom LCID=\"1034\">en la huerta</custom><custom>x</custom></activity>";
  const auto own = value_in<domain::ManualState>(state("userState", inside, "manual=\"true\""));
  EXPECT_EQ(own.state.activity, Activity::custom);
  EXPECT_EQ(own.state.activity_texts,
            (std::vector<domain::ActivityText>{
                {"cavando", "es-ES"}, {"digging", "en-US"}, {"en la huerta", "x-lcid-40a"}, {"x", ""}}));
  EXPECT_EQ(value_in<domain::DeviceState>(state("machineState", inside)).state, own.state);
  EXPECT_EQ(value_in<domain::EngagedState>(state("phoneState", inside)).state, own.state);
  EXPECT_EQ(value_in<domain::CalendarState>(state("calendarState", inside)).state, own.state);
}

TEST(MappingIn, too_many_languages_are_refused) {
  std::string texts;
  for (std::size_t i = 0; i < domain::activity_texts_max; ++i) texts += "<custom LCID=\"1033\">x</custom>";
  const auto with = [](const std::string& inside) {
    return item_of(state("userState", available(6500) + "<activity>" + inside + "</activity>")).reason();
  };
  EXPECT_EQ(with(texts), Reason::none);
  EXPECT_EQ(with(texts + "<custom>y</custom>"), Reason::list_too_long);
}

TEST(MappingIn, phone_state_holds_the_person) {
  const auto engaged =
      value_in<domain::EngagedState>(state("phoneState", available(7000) + "<activity token=\"in-a-conference\"/>"));
  EXPECT_EQ(engaged.state, (domain::State{7000, Activity::in_a_conference, {}}));
  EXPECT_EQ(
      value_in<domain::EngagedState>(state("phoneState", available(6500) + "<activity token=\"unheard-of\"/>")).state,
      (domain::State{6500, Activity::none, {}}));
}

TEST(MappingIn, calendar_state_is_a_meeting_or_an_absence) {
  const auto meeting = value_in<domain::CalendarState>(
      state("calendarState", available(6500) + "<activity token=\"in-a-meeting\"/><meetingSubject>Plan</meetingSubject>"
                                               "<meetingLocation>Room</meetingLocation>"));
  EXPECT_EQ(meeting.state, (domain::State{6500, Activity::in_a_meeting, {}}));
  EXPECT_EQ(meeting.subject, "Plan");
  EXPECT_EQ(meeting.place, "Room");
  EXPECT_GT(meeting.until.us, 1'700'000'000'000'000) << "until the client takes it back";
  const auto absent = value_in<domain::CalendarState>(
      state("calendarState", "<activity token=\"out-of-office\" minAvailability=\"12000\"/>"));
  EXPECT_EQ(absent.state, (domain::State{domain::availability_away, Activity::out_of_office, {}}));
}

TEST(MappingIn, notes_are_personal_or_out_of_office) {
  PublicationItem one;
  one.category = "note";
  one.container = 300;
  one.content =
      "<note xmlns=\"http://schemas.microsoft.com/2006/09/sip/note\"><body type=\"OOF\" uri=\"\">away</body></note>";
  EXPECT_EQ(value_in<domain::NoteValue>(one), (domain::NoteValue{domain::NoteKind::out_of_office, "away", {}, {}}));
  one.content = "<note><body type=\"personal\">hi</body></note>";
  EXPECT_EQ(value_in<domain::NoteValue>(one), (domain::NoteValue{domain::NoteKind::personal, "hi", {}, {}}));
  one.content = "<note><body type=\"personal\"></body></note>";
  EXPECT_EQ(value_in<domain::NoteValue>(one).text, "") << "an empty note clears";
  one.content.reset();
  EXPECT_EQ(value_in<domain::NoteValue>(one).text, "") << "nor need it have a child";
}

TEST(MappingIn, a_note_counts_within_its_times) {
  PublicationItem one;
  one.category = "note";
  one.container = 200;
  one.content =
      "<note><body type=\"OOF\" uri=\"\" startTime=\"2023-11-14T22:13:20Z\" "
      "endTime=\"2023-11-14T23:13:20Z\">away</body>"
      "</note>";
  const auto note = value_in<domain::NoteValue>(one);
  EXPECT_EQ(note.from, (base::WallTime{1'700'000'000'000'000}));
  EXPECT_EQ(note.until, (base::WallTime{1'700'003'600'000'000}));
  domain::PresenceView view;
  view.notes = {note};
  view.notes_since = {{1'700'000'000'000'000}};
  for (const auto& shown : shown_categories(view, nullptr, nullptr)) {
    if (shown.name != "note") continue;
    EXPECT_TRUE(has(shown.content, "startTime=\"2023-11-14T22:13:20.000Z\" endTime=\"2023-11-14T23:13:20.000Z\""))
        << shown.content;
  }
  one.content = "<note><body type=\"OOF\" startTime=\"soon\">away</body></note>";
  EXPECT_FALSE(value_in<domain::NoteValue>(one).from) << "what is no time bounds nothing";
}

TEST(MappingIn, a_note_that_is_too_long_is_cut_and_its_devices_read_it_so) {
  const auto with = [](const std::string& text) {
    PublicationItem one;
    one.category = "note";
    one.container = 200;
    one.content = "<note><body type=\"personal\">" + text + "</body></note>";
    return *item_of(one);
  };
  const std::string fits(domain::note_octets_max, 'x');
  EXPECT_EQ(std::get<domain::NoteValue>(*with(fits).value).text, fits);
  EXPECT_FALSE(with(fits).original.bytes.empty());
  const domain::PublishItem longer = with(fits.substr(1) + "\xc3\xb1");
  EXPECT_EQ(std::get<domain::NoteValue>(*longer.value).text, fits.substr(1)) << "no half of a letter";
  EXPECT_TRUE(longer.original.bytes.empty()) << "written anew from what is left";
}

TEST(MappingIn, anything_else_is_kept_as_it_is) {
  PublicationItem one = state("dndState", available(9500));
  EXPECT_EQ(value_in<domain::OpaqueValue>(one).bytes, *one.content);
  one.category = "calendarData";
  one.content = "<calendarData><x/></calendarData>";
  one.container = 1;
  EXPECT_EQ(value_in<domain::OpaqueValue>(one), (domain::OpaqueValue{std::string(category_media_type), *one.content}));
  one.content.reset();
  EXPECT_EQ(value_in<domain::OpaqueValue>(one).bytes, "");
}

TEST(MappingIn, the_combined_state_is_the_server_s_own) {
  EXPECT_EQ(item_of(state("aggregateState", available(6500))).reason(), base::Reason::presence_document_malformed);
}

TEST(MappingIn, lives_and_containers) {
  using wire::lync::ExpireType;
  const std::pair<ExpireType, domain::ExpireType> lives[] = {{ExpireType::static_, domain::ExpireType::permanent},
                                                             {ExpireType::user, domain::ExpireType::user},
                                                             {ExpireType::endpoint, domain::ExpireType::endpoint},
                                                             {ExpireType::time, domain::ExpireType::time}};
  PublicationItem one = state("machineState", available(3500));
  one.expires_seconds = 90;
  for (const auto& [told, meant] : lives) {
    one.expire_type = told;
    EXPECT_EQ(item_of(one)->expires, meant);
    EXPECT_EQ(item_of(one)->lease, std::chrono::seconds{90});
  }
  for (const std::uint32_t known : {0U, 1U, 2U, 3U, 100U, 200U, 300U, 400U, 32000U}) {
    one.container = known;
    EXPECT_EQ(static_cast<std::uint32_t>(item_of(one)->key.container), known);
  }
  for (const std::uint32_t unknown : {4U, 500U, 65536U, 65538U, 4294967295U}) {
    one.container = unknown;
    EXPECT_EQ(item_of(one).reason(), Reason::presence_document_malformed) << unknown;
  }
}

domain::PresenceView view_of_bob() {
  domain::PresenceView view;
  view.user = base::UserId{2};
  view.address = "bob@example.com";
  view.level = Container::colleagues;
  view.state = {domain::availability_busy, Activity::in_a_meeting, {}};
  view.since = {1'700'000'000'000'000};
  return view;
}
const wire::lync::CategoryEntry* entry(const std::vector<wire::lync::CategoryEntry>& all, std::string_view name) {
  for (const auto& one : all)
    if (one.name == name) return &one;
  return nullptr;
}

TEST(MappingOut, watchers_read_the_combined_state_only) {
  domain::PresenceView view = view_of_bob();
  view.idle_since = base::WallTime{1'700'000'000'000'000};
  view.meeting_subject = "Plan";
  view.devices = {{true, false, false, "mobile"}};
  const domain::User bob = make_user(2, "bob@example.com", "x");
  const auto all = shown_categories(view, nullptr, &bob);
  const auto* one = entry(all, "state");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one, &all.back()) << "last";
  for (const char* word : {"aggregateState", ">6500<", "token=\"in-a-meeting\"",
                           "lastActive=\"2023-11-14T22:13:20.000Z\"", "<meetingSubject>Plan<", "<device>Mobile<"})
    EXPECT_TRUE(has(one->content, word)) << word << one->content;
  ASSERT_NE(entry(all, "note"), nullptr);
  EXPECT_EQ(entry(all, "note")->content, "") << "there is none";
  ASSERT_NE(entry(all, "contactCard"), nullptr);
  EXPECT_EQ(entry(shown_categories(view, nullptr, nullptr), "contactCard"), nullptr) << "of nobody of ours";
}

/// presence 5.1: lastActive is the time since when he is not active; who is outside reads the bare number.
TEST(MappingOut, since_when_he_is_not_active) {
  domain::PresenceView view = view_of_bob();
  const auto last_active = [&](std::uint16_t availability, Container level) {
    view.state = {availability, Activity::none, {}};
    view.level = level;
    return has(entry(shown_categories(view, nullptr, nullptr), "state")->content,
               "lastActive=\"2023-11-14T22:13:20.000Z\"");
  };
  for (const std::uint16_t inactive : {5000, 8000, 12500, 15500}) {
    EXPECT_TRUE(last_active(inactive, Container::colleagues)) << inactive;
    EXPECT_FALSE(last_active(inactive, Container::external)) << inactive;
  }
  for (const std::uint16_t active : {3500, 6500, 9500, 18500})
    EXPECT_FALSE(last_active(active, Container::friends)) << active;
  const domain::PresenceView before = view;
  view.level = Container::external;
  EXPECT_NE(entry(shown_categories(view, &before, nullptr), "state"), nullptr) << "who changes the level reads it anew";
}

TEST(MappingOut, watchers_read_own_words_in_all_languages) {
  domain::PresenceView view = view_of_bob();
  view.state = {domain::availability_busy,
                Activity::custom,
                {{"cavando", "es-ES"}, {"digging", "en-US"}, {"en la huerta", "x-lcid-40a"}, {"Kleingarten", "tlh"}}};
  const auto all = shown_categories(view, nullptr, nullptr);
  ASSERT_NE(entry(all, "state"), nullptr);
  EXPECT_TRUE(has(entry(all, "state")->content,
                  "<activity><custom LCID=\"3082\">cavando</custom><custom LCID=\"1033\">digging</custom>"
                  "<custom LCID=\"1034\">en la huerta</custom><custom>Kleingarten</custom></activity>"))
      << entry(all, "state")->content;
  domain::PresenceView other = view;
  other.state.activity_texts[1].text = "weeding";
  EXPECT_EQ(shown_categories(other, &view, nullptr).size(), 1U) << "though the first text is the same";
}

TEST(MappingOut, only_what_differs_is_shown_again) {
  const domain::PresenceView before = view_of_bob();
  domain::PresenceView after = before;
  const domain::User bob = make_user(2, "bob@example.com", "x");
  EXPECT_TRUE(shown_categories(after, &before, &bob).empty());
  after.devices = {{true, false, false, "computer"}};
  EXPECT_EQ(shown_categories(after, &before, &bob).size(), 1U) << "the state tells a mobile";
  after.level = Container::blocked;
  EXPECT_NE(entry(shown_categories(after, &before, &bob), "contactCard"), nullptr) << "another level, another card";
}

TEST(MappingOut, each_note_has_its_own_time) {
  domain::PresenceView view = view_of_bob();
  view.notes = {{domain::NoteKind::personal, "new", {}, {}}, {domain::NoteKind::out_of_office, "old", {}, {}}};
  view.notes_since = {{1'700'000'060'000'000}, {1'700'000'000'000'000}};
  std::vector<base::WallTime> times;
  std::string last;
  for (const auto& one : shown_categories(view, nullptr, nullptr)) {
    if (one.name != "note") continue;
    times.push_back(one.publish_time.value());
    last = one.content;
  }
  EXPECT_EQ(times, (std::vector{view.notes_since[1], view.notes_since[0]}));
  EXPECT_TRUE(has(last, ">new<")) << "of one second the last counts for Pidgin: " << last;
}

TEST(MappingOut, another_name_or_card_is_shown_again) {
  const domain::PresenceView before = view_of_bob();
  domain::PresenceView after = before;
  const domain::User bob = make_user(2, "bob@example.com", "x");
  domain::Card card;
  card.work_phone = "+34911";
  after.card = domain::shared_card(card);
  const auto with_card = shown_categories(after, &before, &bob);
  ASSERT_EQ(with_card.size(), 1U);
  EXPECT_TRUE(has(with_card[0].content, "34911")) << "though the directory of this shard does not know it yet";
  domain::PresenceView same = after;
  same.card = domain::shared_card(card);  // another object
  EXPECT_TRUE(shown_categories(same, &after, &bob).empty());
  after.display_name = "Robert";
  const auto renamed = shown_categories(after, &same, &bob);
  ASSERT_EQ(renamed.size(), 1U);
  EXPECT_TRUE(has(renamed[0].content, ">Robert<"));
}

TEST(MappingOut, pieces_of_clients_are_shown_and_taken_away) {
  domain::PresenceView before = view_of_bob();
  before.extras = {{{"calendarData", 5, Container::colleagues}, {std::string(category_media_type), "<calendarData/>"}},
                   {{"x", 1, Container::colleagues}, {"application/other", "<x/>"}},
                   {{"state", 1, Container::colleagues}, {std::string(category_media_type), "<state/>"}}};
  const auto all = shown_categories(before, nullptr, nullptr);
  ASSERT_NE(entry(all, "calendarData"), nullptr);
  EXPECT_EQ(entry(all, "calendarData")->content, "<calendarData/>");
  EXPECT_EQ(entry(all, "calendarData")->instance, 5U);
  EXPECT_EQ(entry(all, "x"), nullptr) << "of another dialect";
  EXPECT_FALSE(has(entry(all, "state")->content, "<state/>")) << "sources are not for watchers";
  const auto gone = shown_categories(view_of_bob(), &before, nullptr);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].name, "calendarData");
  EXPECT_EQ(gone[0].content, "");
}

TEST(MappingOut, the_card_tells_where_the_photo_is) {
  domain::User bob = make_user(2, "bob@example.com", "x");
  const PhotoAddresses photos{"https://fe1.example.com/photos/", "secret"};
  domain::Card card;
  card.photo_url = "https://elsewhere.example.com/bob.jpg";
  card.photo = {domain::PhotoKind::jpeg, "aa11"};
  const auto told = [&](Container level, const PhotoAddresses& addresses) {
    const auto read =
        wire::lync::read_contact_card(card_of({bob.address, bob.display_name, &card, bob.id}, level, addresses));
    return read ? read->photo : std::nullopt;
  };
  const auto stored = told(Container::external, photos);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->type, "enterprise");
  EXPECT_EQ(stored->uri, photos.folder + photo_name(photos, bob.id, card.photo));
  EXPECT_EQ(stored->hash, "aa11");
  EXPECT_FALSE(told(Container::everyone, photos)) << "strangers see none";
  EXPECT_FALSE(told(Container::blocked, photos));
  EXPECT_EQ(told(Container::self, photos), stored);
  EXPECT_EQ(told(Container::self, {})->uri, card.photo_url) << "without web services only what is outside";
  card.photo = {domain::PhotoKind::cleared, ""};
  EXPECT_EQ(told(Container::friends, photos)->uri, card.photo_url);
  card.photo_url.clear();
  const auto gone = told(Container::friends, photos);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->hash, "none");
  EXPECT_EQ(gone->uri,
            "<ewsUrl>https://fe1.example.com/photos/none</ewsUrl><primarySMTP>bob@example.com</primarySMTP>");
  EXPECT_FALSE(told(Container::friends, {}));
  bob = make_user(2, "r&d@example.com", "x");
  EXPECT_TRUE(told(Container::friends, photos)->uri.ends_with("<primarySMTP>r&amp;d@example.com</primarySMTP>"));
  card.photo = {};
  EXPECT_FALSE(told(Container::friends, photos));
}

TEST(MappingOut, names_of_photos_cannot_be_guessed) {
  const PhotoAddresses photos{"f", "secret"};
  const domain::PhotoMark mark{domain::PhotoKind::png, "aa"};
  const std::string name = photo_name(photos, base::UserId{7}, mark);
  EXPECT_EQ(name.size(), 42U);
  EXPECT_EQ(user_of_photo_name(name), base::UserId{7});
  EXPECT_NE(name.substr(2), photo_name(photos, base::UserId{8}, mark).substr(2));
  EXPECT_NE(name, photo_name({"f", "other"}, base::UserId{7}, mark));
  EXPECT_NE(name, photo_name(photos, base::UserId{7}, {domain::PhotoKind::png, "ab"}));
  for (const char* wrong : {"", "-", "-1", "x-1", "7", "4294967296-1", "+7-1", " 7-1"})
    EXPECT_FALSE(user_of_photo_name(wrong)) << wrong;
}

TEST(MappingOut, the_card_shows_what_the_level_permits) {
  domain::User bob = make_user(2, "bob@example.com", "x");
  domain::Card card;
  card.title = "Baker";
  card.department = "Bread";
  card.work_phone = "+34911";
  card.mobile_phone = "+34622";
  card.home_phone = "+34933";
  bob.card = std::make_shared<const domain::Card>(card);
  struct Row {
    Container level;
    bool title, work, mobile, home;
  };
  for (const Row& row :
       {Row{Container::blocked, false, false, false, false}, Row{Container::everyone, false, false, false, false},
        Row{Container::external, true, false, false, false}, Row{Container::colleagues, true, true, false, false},
        Row{Container::workgroup, true, true, true, false}, Row{Container::friends, true, true, true, true},
        Row{Container::self, true, true, true, true}}) {
    const std::string xml = card_of({bob.address, bob.display_name, bob.card.get()}, row.level);
    const auto level = static_cast<int>(row.level);
    EXPECT_TRUE(has(xml, "The bob") && has(xml, "bob@example.com")) << level;
    EXPECT_EQ(has(xml, "Baker"), row.title) << level;
    EXPECT_EQ(has(xml, "Bread"), row.work) << level;
    EXPECT_EQ(has(xml, "34911"), row.work) << level;
    EXPECT_EQ(has(xml, "34622"), row.mobile) << level;
    EXPECT_EQ(has(xml, "34933"), row.home) << level;
  }
}

}  // namespace
}  // namespace tertulia::face::lync
