// SPDX-License-Identifier: Apache-2.0
// From the domain to the client's documents.
#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "face/lync/mapping.h"
#include "wire/lync/contact_card.h"
#include "wire/lync/language_id.h"
#include "wire/lync/note_element.h"
#include "wire/lync/state_element.h"

namespace tertulia::face::lync {

using domain::Container;
using wire::lync::CategoryEntry;
using wire::lync::StateActivity;
using wire::lync::StateElement;
using wire::lync::StateType;

namespace {

constexpr std::string_view state_category = "state";
constexpr std::string_view note_category = "note";
constexpr std::string_view card_category = "contactCard";
constexpr std::string_view properties_category = "userProperties";
/// What the server itself publishes (presence 5).
constexpr std::uint32_t aggregate_instance = 1;
constexpr std::string_view user_properties = "<userProperties><telephonyMode>None</telephonyMode></userProperties>";
/// Where a client looks for what others see.
constexpr std::array aggregate_containers = {Container::devices,    Container::interrupt, Container::external,
                                             Container::colleagues, Container::workgroup, Container::friends};

std::uint32_t number(Container container) { return static_cast<std::uint32_t>(container); }
std::uint32_t short_number(std::uint64_t value) { return static_cast<std::uint32_t>(value & 0xffffffffU); }

std::optional<StateActivity> activity_of(const domain::State& state) {
  if (state.activity == domain::Activity::none) return std::nullopt;
  StateActivity activity;
  if (state.activity == domain::Activity::custom) {
    for (const domain::ActivityText& one : state.activity_texts)
      activity.texts.push_back({one.text, wire::lync::language_id_of(one.language)});
  } else {
    activity.token = domain::token_of(state.activity);
  }
  return activity;
}

StateElement element_of(StateType type, const domain::State& state) {
  StateElement element;
  element.type = type;
  element.availability = state.availability;
  element.activity = activity_of(state);
  if (type == StateType::user || type == StateType::machine) element.manual = type == StateType::user;
  return element;
}

/// Nobody is at his devices in such a state; offline has no device at all.
bool is_inactive(std::uint16_t availability) {
  const domain::AvailabilityClass kind = domain::class_of(availability);
  return kind == domain::AvailabilityClass::idle_online || kind == domain::AvailabilityClass::idle_busy ||
         kind == domain::AvailabilityClass::be_right_back || kind == domain::AvailabilityClass::away;
}

/// `since`: when the state began, where that may be told.  lastActive says since when he is not active (presence 5.1): the
/// last use of a device, or else when he picked the state.
StateElement aggregate_of(const domain::State& state, const std::optional<base::WallTime>& idle_since,
                          const std::optional<base::WallTime>& since) {
  StateElement element = element_of(StateType::aggregate, state);
  if (idle_since) {
    element.last_active = base::to_iso8601(*idle_since);
  } else if (since && is_inactive(state.availability)) {
    element.last_active = base::to_iso8601(*since);
  }
  return element;
}

std::string note_xml(const domain::NoteValue& note) {
  const bool absent = note.kind == domain::NoteKind::out_of_office;
  wire::lync::NoteElement element;
  wire::lync::NoteBody body;
  body.type = absent ? wire::lync::NoteType::out_of_office : wire::lync::NoteType::personal;
  body.text = note.text;
  if (note.from) body.start_time = base::to_iso8601(*note.from);
  if (note.until) body.end_time = base::to_iso8601(*note.until);
  element.bodies.push_back(std::move(body));
  return to_xml(element);
}

/// A piece that came from elsewhere (the command line, a standard client), in the words of the dialect.
struct Words {
  std::string operator()(const domain::ManualState& manual) const {
    return to_xml(element_of(StateType::user, manual.state));
  }
  std::string operator()(const domain::DeviceState& device) const {
    return to_xml(element_of(StateType::machine, device.state));
  }
  std::string operator()(const domain::EngagedState& engaged) const {
    return to_xml(element_of(StateType::phone, engaged.state));
  }
  std::string operator()(const domain::CalendarState& calendar) const {
    StateElement element = element_of(StateType::calendar, calendar.state);
    element.meeting_subject = calendar.subject;
    element.meeting_location = calendar.place;
    return to_xml(element);
  }
  std::string operator()(const domain::NoteValue& note) const { return note_xml(note); }
  std::string operator()(const domain::OpaqueValue& piece) const {
    return piece.media_type == category_media_type ? piece.bytes : std::string();
  }
};

std::string content_of(const domain::Publication& publication) {
  if (publication.original.media_type == category_media_type) return publication.original.bytes;
  return std::visit(Words{}, publication.value);
}

wire::lync::ExpireType expire_type_of(domain::ExpireType type) {
  switch (type) {
    case domain::ExpireType::permanent:
      return wire::lync::ExpireType::static_;
    case domain::ExpireType::user:
      return wire::lync::ExpireType::user;
    case domain::ExpireType::endpoint:
      return wire::lync::ExpireType::endpoint;
    case domain::ExpireType::time:
      return wire::lync::ExpireType::time;
  }
  return wire::lync::ExpireType::endpoint;
}

CategoryEntry entry_of(const domain::Publication& publication) {
  CategoryEntry entry;
  entry.name = publication.key.category;
  entry.instance = short_number(publication.key.instance);
  entry.container = number(publication.key.container);
  entry.version = publication.version;
  entry.publish_time = publication.since;
  entry.expire_type = expire_type_of(publication.expires);
  entry.content = content_of(publication);
  return entry;
}

CategoryEntry server_entry(std::string_view name, std::uint32_t instance, Container container, base::WallTime since,
                           std::uint32_t version, std::string content) {
  CategoryEntry entry;
  entry.name = name;
  entry.instance = instance;
  entry.container = number(container);
  entry.version = version;
  entry.publish_time = since;
  entry.expire_type = name == state_category ? wire::lync::ExpireType::user : wire::lync::ExpireType::static_;
  entry.content = std::move(content);
  return entry;
}

void add_aggregates(const domain::SelfView& view, std::vector<CategoryEntry>& entries) {
  for (const Container container : aggregate_containers) {
    const bool workgroup = container == Container::interrupt || container == Container::workgroup;
    domain::State state = workgroup ? view.interrupt_state : view.state;
    const bool outside = container == Container::external;
    if (outside) state = {state.availability, domain::Activity::none, {}};
    const auto element = outside ? aggregate_of(state, {}, {}) : aggregate_of(state, view.idle_since, view.since);
    entries.push_back(server_entry(state_category, aggregate_instance, container, view.since,
                                   short_number(view.version), to_xml(element)));
  }
}

using Told = std::tuple<domain::PublicationKey, std::uint32_t, base::WallTime>;
std::vector<Told> told_of(const domain::SelfView& view, std::string_view category) {
  std::vector<Told> all;
  for (const domain::Publication& one : view.publications)
    if (one.key.category == category) all.emplace_back(one.key, one.version, one.since);
  return all;
}

wire::lync::CardPhone phone_of(wire::lync::PhoneType type, const std::string& number) {
  return {type, domain::tel_uri_of(number), number};
}

bool is_own_category(std::string_view name) { return name == card_category || name == properties_category; }

/// The view says more lately than the directory of this shard.
template <typename View>
CardIdentity identity_of(const View& view, const domain::User& user) {
  return {user.address, view.display_name, view.card.get(), user.id};
}

}  // namespace

std::vector<CategoryEntry> own_categories(const domain::SelfView& view, const domain::User& user,
                                          const std::vector<std::string>& names, const PhotoAddresses& photos) {
  std::vector<CategoryEntry> entries;
  for (const std::string& name : names) {
    const std::size_t before = entries.size();
    for (const domain::Publication& publication : view.publications)
      if (publication.key.category == name) entries.push_back(entry_of(publication));
    if (name == state_category) add_aggregates(view, entries);
    if (name == card_category)
      entries.push_back(server_entry(card_category, 0, Container::everyone, user.created, short_number(user.version),
                                     card_of(identity_of(view, user), Container::self, photos)));
    if (name == properties_category)
      entries.push_back(
          server_entry(properties_category, 0, Container::self, user.created, 1, std::string(user_properties)));
    if (entries.size() == before) {
      CategoryEntry gone;
      gone.name = name;
      entries.push_back(std::move(gone));
    }
  }
  return entries;
}

std::vector<std::string> category_names(const domain::SelfView& view) {
  std::set<std::string> names = {std::string(state_category), std::string(card_category),
                                 std::string(properties_category)};
  for (const domain::Publication& one : view.publications) names.insert(one.key.category);
  return {names.begin(), names.end()};
}

std::vector<std::string> changed_categories(const domain::SelfView& before, const domain::SelfView& after) {
  const std::vector<std::string> old = category_names(before), fresh = category_names(after);
  std::set<std::string> names(old.begin(), old.end());
  names.insert(fresh.begin(), fresh.end());
  std::vector<std::string> changed;
  for (const std::string& name : names) {
    const bool state =
        name == state_category && (before.state != after.state || before.idle_since != after.idle_since ||
                                   before.interrupt_state != after.interrupt_state);
    const bool card = name == card_category &&
                      (before.display_name != after.display_name || !domain::is_same_card(before.card, after.card));
    if (state || card || (!is_own_category(name) && told_of(before, name) != told_of(after, name)))
      changed.push_back(name);
  }
  return changed;
}

std::string card_of(const CardIdentity& user, Container level, const PhotoAddresses& photos) {
  const bool self = level == Container::self;
  const bool friends = self || level == Container::friends;
  const bool workgroup = friends || level == Container::workgroup;
  const bool colleagues = workgroup || level == Container::colleagues;
  const bool known = colleagues || level == Container::external;
  const domain::Card none;
  const domain::Card& own = user.card != nullptr ? *user.card : none;
  wire::lync::ContactCard card;
  card.display_name = user.display_name.empty() ? std::string(user.address.user()) : std::string(user.display_name);
  card.emails.push_back(own.mail.empty() ? std::string(user.address.text()) : own.mail);
  if (known) {
    card.title = own.title;
    card.company = own.company;
    card.photo = card_photo_of(photos, user.id, own, user.address.text());
  }
  const auto add_phone = [&](bool shown, wire::lync::PhoneType type, const std::string& number) {
    if (shown && !number.empty()) card.phones.push_back(phone_of(type, number));
  };
  add_phone(colleagues, wire::lync::PhoneType::work, own.work_phone);
  add_phone(workgroup, wire::lync::PhoneType::mobile, own.mobile_phone);
  add_phone(friends, wire::lync::PhoneType::home, own.home_phone);
  add_phone(friends, wire::lync::PhoneType::other, own.other_phone);
  if (colleagues) {
    card.department = own.department;
    card.office = own.office;
    card.url = own.web_page;
    wire::lync::CardAddress address{"work", own.street, own.city, own.state, own.postal_code, own.country};
    if (address != wire::lync::CardAddress{}) card.addresses.push_back(std::move(address));
  }
  return to_xml(card);
}

namespace {

CategoryEntry shown_entry(std::string_view name, std::uint32_t instance, base::WallTime time, std::string content) {
  CategoryEntry entry;
  entry.name = name;
  entry.instance = instance;
  entry.publish_time = time;
  entry.content = std::move(content);
  return entry;
}

void add_notes(const domain::PresenceView& view, std::vector<CategoryEntry>& entries) {
  // Each with its own time: of a personal note and one about an absence clients show the later.
  // COMPAT(pidgin-sipe 1.25): it compares whole seconds; of the same second the last in the document counts.
  std::vector<std::size_t> by_time(view.notes.size());
  std::iota(by_time.begin(), by_time.end(), 0);
  std::stable_sort(by_time.begin(), by_time.end(), [&](std::size_t one, std::size_t other) {
    return view.notes_since.at(one) < view.notes_since.at(other);
  });
  for (const std::size_t i : by_time)
    entries.push_back(
        shown_entry(note_category, static_cast<std::uint32_t>(i), view.notes_since.at(i), note_xml(view.notes[i])));
  // Without a body it takes away what was there.
  if (view.notes.empty()) entries.push_back(shown_entry(note_category, 0, view.since, {}));
}

void add_state(const domain::PresenceView& view, std::vector<CategoryEntry>& entries) {
  const bool outside = view.level == Container::external;
  StateElement element = aggregate_of(view.state, view.idle_since, outside ? std::nullopt : std::optional(view.since));
  element.meeting_subject = view.meeting_subject;
  element.meeting_location = view.meeting_place;
  const bool mobile =
      !view.devices.empty() && std::all_of(view.devices.begin(), view.devices.end(), [](const auto& one) {
        return one.device_type == "mobile" || one.device_type == "Mobile";
      });
  if (mobile) element.device = "Mobile";
  entries.push_back(shown_entry(state_category, aggregate_instance, view.since, to_xml(element)));
}

/// The pieces of clients for this level; one that is gone is told as empty.
void add_extras(const domain::PresenceView& view, const domain::PresenceView* before,
                std::vector<CategoryEntry>& entries) {
  for (const auto& [key, piece] : view.extras)
    if (piece.media_type == category_media_type && key.category != state_category && key.category != card_category)
      entries.push_back(shown_entry(key.category, short_number(key.instance), view.since, piece.bytes));
  if (before == nullptr) return;
  for (const auto& [key, piece] : before->extras) {
    const bool still = std::any_of(view.extras.begin(), view.extras.end(),
                                   [&, &wanted = key](const auto& one) { return one.first == wanted; });
    if (!still && piece.media_type == category_media_type && key.category != state_category)
      entries.push_back(shown_entry(key.category, short_number(key.instance), view.since, {}));
  }
}

}  // namespace

std::vector<CategoryEntry> shown_categories(const domain::PresenceView& view, const domain::PresenceView* before,
                                            const domain::User* user, const PhotoAddresses& photos) {
  std::vector<CategoryEntry> entries;
  const bool all = before == nullptr;
  const bool elsewhere = all || before->level != view.level;  // of the card and of times, the levels read more or less
  const auto state_of = [](const domain::PresenceView& one) {
    return std::tie(one.state, one.idle_since, one.meeting_subject, one.meeting_place, one.devices);
  };
  if (elsewhere || before->display_name != view.display_name || !domain::is_same_card(before->card, view.card)) {
    if (user != nullptr)
      entries.push_back(
          shown_entry(card_category, 0, user->created, card_of(identity_of(view, *user), view.level, photos)));
  }
  if (all || before->notes != view.notes) add_notes(view, entries);
  if (all || before->extras != view.extras) add_extras(view, before, entries);
  if (elsewhere || state_of(*before) != state_of(view)) add_state(view, entries);
  return entries;
}

}  // namespace tertulia::face::lync
