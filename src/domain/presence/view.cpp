// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/view.h"

#include <algorithm>
#include <tuple>

#include "domain/presence/view_builder.h"

namespace tertulia::domain {
namespace {

/// Sees more than the bare number.
bool is_close(Container level) {
  return level == Container::colleagues || level == Container::workgroup || level == Container::friends;
}

bool holds(const NoteValue& note, base::WallTime now) {
  return (!note.from || *note.from <= now) && (!note.until || now < *note.until);
}

void show_state(const ViewSources& sources, Container level, PresenceView& view) {
  const Aggregate& aggregate = sources.aggregate;
  switch (level) {
    case Container::blocked:
    case Container::everyone:
      view.state.availability = availability_offline;
      return;  // since when would tell something
    case Container::external:
      view.state.availability = aggregate.state.availability;
      break;
    case Container::workgroup:
      view.state = aggregate.interrupt_state;
      break;
    case Container::self:
    case Container::colleagues:
    case Container::friends:
    case Container::devices:
    case Container::interrupt:
      view.state = aggregate.state;
      view.idle_since = aggregate.idle_since;
      break;
  }
  if (level == Container::workgroup) view.idle_since = aggregate.idle_since;
  view.since = aggregate.since;
}

/// Notes of one kind, the latest first, each text once.
void show_notes(const ViewSources& sources, Container level, NoteKind kind, PresenceView& view) {
  std::vector<const Publication*> own, common;
  for (const Publication* publication : sources.publications) {
    const NoteValue* note = std::get_if<NoteValue>(&publication->value);
    if (note == nullptr || note->kind != kind || !holds(*note, sources.now)) continue;
    const Container container = publication->key.container;
    if (container == level || level == Container::self) {
      own.push_back(publication);
    } else if (container == Container::everyone || (container == Container::devices && is_close(level))) {
      common.push_back(publication);
    }
  }
  std::vector<const Publication*>& shown = own.empty() ? common : own;
  std::sort(shown.begin(), shown.end(), [](const Publication* a, const Publication* b) {
    return a->since != b->since ? a->since > b->since : a->key < b->key;
  });
  for (const Publication* publication : shown) {
    const NoteValue& note = std::get<NoteValue>(publication->value);
    const bool seen = std::any_of(view.notes.begin(), view.notes.end(), [&](const NoteValue& other) {
      return other.kind == note.kind && other.text == note.text;
    });
    if (note.text.empty() || seen) continue;
    view.notes.push_back(note);
    view.notes_since.push_back(publication->since);
  }
}

void show_extras(const ViewSources& sources, Container level, PresenceView& view) {
  const auto in_level = [&](const PublicationKey& key) {
    return std::any_of(sources.publications.begin(), sources.publications.end(), [&](const Publication* other) {
      return other->key.container == level && other->key.category == key.category &&
             std::holds_alternative<OpaqueValue>(other->value);
    });
  };
  for (const Publication* publication : sources.publications) {
    const OpaqueValue* piece = std::get_if<OpaqueValue>(&publication->value);
    if (piece == nullptr || piece->bytes.empty()) continue;
    const PublicationKey& key = publication->key;
    const bool common = key.container == Container::everyone ||
                        (key.container == Container::devices && key.category == category_document && is_close(level));
    if (level == Container::self || key.container == level || (common && !in_level(key)))
      view.extras.emplace_back(key, *piece);
  }
  std::sort(view.extras.begin(), view.extras.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

}  // namespace

PresenceView make_view(const ViewSources& sources, Container level) {
  PresenceView view;
  view.user = sources.user.id;
  view.address = sources.user.address.text();
  view.display_name = sources.user.display_name;
  view.level = level;
  view.since = sources.now;
  show_state(sources, level, view);
  if (level == Container::blocked) return view;
  view.card = sources.user.card;
  for (const NoteKind kind : {NoteKind::personal, NoteKind::out_of_office}) show_notes(sources, level, kind, view);
  show_extras(sources, level, view);
  if (class_of(view.state.availability) == AvailabilityClass::offline) return view;
  view.devices = sources.devices;
  if (sources.meeting != nullptr && (level == Container::workgroup || level == Container::self)) {
    view.meeting_subject = sources.meeting->subject;
    view.meeting_place = sources.meeting->place;
  }
  return view;
}

bool shows_the_same(const PresenceView& a, const PresenceView& b) {
  const auto shown = [](const PresenceView& view) {
    return std::tie(view.user, view.address, view.display_name, view.state, view.idle_since, view.notes, view.devices,
                    view.extras, view.meeting_subject, view.meeting_place);
  };
  return shown(a) == shown(b) && is_same_card(a.card, b.card);
}

}  // namespace tertulia::domain
