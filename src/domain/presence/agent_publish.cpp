// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "domain/presence/agent_state.h"

namespace tertulia::domain {
namespace {

using base::Reason;

Reason check_text(const std::string& text, std::size_t octets_max) {
  if (text.size() > octets_max) return Reason::body_too_large;
  return base::is_utf8(text) ? Reason::none : Reason::presence_document_malformed;
}

Reason check_state(const State& state) {
  if (state.activity_texts.size() > activity_texts_max) return Reason::list_too_long;
  for (const ActivityText& one : state.activity_texts) {
    if (const Reason reason = check_text(one.text, activity_text_octets_max); reason != Reason::none) return reason;
    if (!one.language.empty() && !is_language_tag(one.language)) return Reason::presence_document_malformed;
  }
  return Reason::none;
}

Reason first_of(std::initializer_list<Reason> reasons) {
  const auto at = std::find_if(reasons.begin(), reasons.end(), [](Reason one) { return one != Reason::none; });
  return at == reasons.end() ? Reason::none : *at;
}

/// A person did something: picked a state, wrote a note, talks.  A state that was not picked tells nothing.
bool shows_use(const PublicationValue& value) {
  if (const ManualState* manual = std::get_if<ManualState>(&value))
    return class_of(manual->state.availability) != AvailabilityClass::unset;
  return std::holds_alternative<NoteValue>(value) || std::holds_alternative<EngagedState>(value);
}

bool says_offline(const PublicationValue& value) {
  const ManualState* manual = std::get_if<ManualState>(&value);
  const DeviceState* device = std::get_if<DeviceState>(&value);
  const State* state = manual != nullptr ? &manual->state : device != nullptr ? &device->state : nullptr;
  return state != nullptr && class_of(state->availability) == AvailabilityClass::offline;
}

/// The user picks offline, which his policy does not permit, and may do without it.
bool leaves_offline_out(const PublishPresence& asked, const Policy& policy) {
  const auto picks_offline = [](const PublishItem& item) {
    return item.value && says_offline(*item.value) && std::holds_alternative<ManualState>(*item.value);
  };
  return asked.offline_optional && !policy.appear_offline &&
         std::any_of(asked.items.begin(), asked.items.end(), picks_offline);
}

/// What stays in place of an offline that is left out: what was there, or nothing said.
void keep_as_it_was(PublishItem& item, const PublicationEntry* stored) {
  if (stored != nullptr && !says_offline(stored->publication.value)) {
    item.value = stored->publication.value;
    item.original = stored->publication.original;
    return;
  }
  if (std::holds_alternative<ManualState>(*item.value)) {
    item.value = ManualState{};
  } else {
    item.value = DeviceState{};
  }
  item.original = {};
}

struct ValueCheck {
  const PublicationKey& key;
  const Policy& policy;

  /// The idle states come from devices only; offline needs the policy (presence-model 2).
  Reason operator()(const ManualState& value) const {
    switch (class_of(value.state.availability)) {
      case AvailabilityClass::idle_online:
      case AvailabilityClass::idle_busy:
        return Reason::state_not_permitted;
      case AvailabilityClass::offline:
        if (key.container == Container::devices && !policy.appear_offline) return Reason::state_not_permitted;
        break;
      case AvailabilityClass::unset:
      case AvailabilityClass::online:
      case AvailabilityClass::busy:
      case AvailabilityClass::do_not_disturb:
      case AvailabilityClass::be_right_back:
      case AvailabilityClass::away:
        break;
    }
    return check_state(value.state);
  }
  Reason operator()(const DeviceState& value) const {
    return first_of({check_state(value.state), check_text(value.type, device_text_octets_max),
                     check_text(value.time_zone, device_text_octets_max)});
  }
  Reason operator()(const NoteValue& value) const { return check_text(value.text, note_octets_max); }
  Reason operator()(const CalendarState& value) const {
    return first_of({check_state(value.state), check_text(value.subject, note_octets_max),
                     check_text(value.place, note_octets_max)});
  }
  Reason operator()(const OpaqueValue& value) const {
    const bool fits = value.bytes.size() <= opaque_octets_max && value.media_type.size() <= media_type_octets_max;
    return fits ? Reason::none : Reason::body_too_large;
  }
  Reason operator()(const EngagedState& value) const { return check_state(value.state); }
};

}  // namespace

Reason check_value(const PublicationKey& key, const PublicationValue& value, const Policy& policy) {
  if (const Reason reason = check_text(key.category, category_octets_max); reason != Reason::none) return reason;
  return std::visit(ValueCheck{key, policy}, value);
}

Reason check_original(const PublicationValue& value, const OpaqueValue& original) {
  const OpaqueValue* opaque = std::get_if<OpaqueValue>(&value);
  const std::size_t before = opaque == nullptr ? 0 : opaque->bytes.size();
  const bool fits =
      before + original.bytes.size() <= opaque_octets_max && original.media_type.size() <= media_type_octets_max;
  return fits ? Reason::none : Reason::body_too_large;
}

void PresenceAgent::State::answer_publish(const PublishPresence& asked, Reason reason, base::Duration lease,
                                          const User* user) {
  PublishAnswer answer{asked.ticket, reason, {}, lease, {}};
  if (reason == Reason::interval_too_brief) answer.lease = settings.publish_min;
  UserEntry* entry = find(asked.user);
  const bool worth_telling = reason == Reason::none || reason == Reason::publication_outdated;
  for (const PublishItem& item : asked.items) {
    const PublicationEntry* one = entry == nullptr || !worth_telling ? nullptr : entry->find(item.key);
    if (one != nullptr) answer.current.push_back(one->publication);
  }
  if (asked.self_wanted && worth_telling && entry != nullptr && user != nullptr)
    answer.self = self_view(asked.user, *entry, *user);
  (reason == Reason::none ? metrics.publications : metrics.publications_refused).add();
  ports.answer(asked.edge, std::move(answer));
}

Reason PresenceAgent::State::plan_piece(const PublishItem& item, const User& user, const UserEntry& entry,
                                        PublishPlan& plan) const {
  auto planned = std::find_if(plan.pieces.begin(), plan.pieces.end(),
                              [&](const PlannedPiece& one) { return one.publication.key == item.key; });
  const PublicationEntry* stored = entry.find(item.key);
  const Publication* current = stored == nullptr ? nullptr : &stored->publication;
  if (planned != plan.pieces.end()) current = planned->remove ? nullptr : &planned->publication;
  const std::uint32_t version = current == nullptr ? 0 : current->version;
  if (!item.value && current == nullptr) return Reason::none;  // what is to go is gone: nothing is in conflict
  if (item.expected_version && *item.expected_version != version) return Reason::publication_outdated;

  PlannedPiece piece;
  piece.publication.key = item.key;
  if (!item.value) {
    piece.remove = true;
    piece.publication.version = version;
  } else {
    if (const Reason reason = check_value(item.key, *item.value, *user.policy); reason != Reason::none) return reason;
    if (const Reason reason = check_original(*item.value, item.original); reason != Reason::none) return reason;
    const base::EndpointId endpoint = plan.asked.endpoint;
    const auto at = std::find_if(entry.devices.begin(), entry.devices.end(),
                                 [&](const Device& device) { return device.endpoint == endpoint; });
    const bool living = at != entry.devices.end();
    if (item.expires == ExpireType::endpoint && !living) return Reason::publication_unknown;
    if (item.expires == ExpireType::user && entry.devices.empty()) return Reason::publication_unknown;
    if (item.expires == ExpireType::time) {
      if (endpoint && !living) return Reason::publication_unknown;
      base::Duration lease = item.lease == base::Duration{} ? settings.publish_default : item.lease;
      if (lease < settings.publish_min) return Reason::interval_too_brief;
      plan.lease = std::min(lease, settings.publish_max);
      piece.ends = now.mono + plan.lease;
    }
    // Whoever publishes expects the next version, though the value is the same; it holds as long as it has held.
    const bool same = current != nullptr && current->value == *item.value && current->original == item.original;
    const base::WallTime since = same ? current->since : now.wall;
    piece.publication = {{}, item.key, version + 1, item.expires, endpoint, since, *item.value, item.original};
  }
  if (planned == plan.pieces.end()) planned = plan.pieces.emplace(plan.pieces.end());
  *planned = std::move(piece);
  return Reason::none;
}

Reason PresenceAgent::State::plan_publish(const User& user, const UserEntry& entry, PublishPlan& plan) const {
  if (plan.asked.items.size() > publications_per_user_max) return Reason::too_many_publications;
  if (leaves_offline_out(plan.asked, *user.policy))
    for (PublishItem& item : plan.asked.items)
      if (item.value && says_offline(*item.value)) keep_as_it_was(item, entry.find(item.key));
  for (const PublishItem& item : plan.asked.items) {
    if (const Reason reason = plan_piece(item, user, entry, plan); reason != Reason::none) return reason;
  }
  std::size_t after = entry.publications.size(), added = 0;
  for (const PlannedPiece& piece : plan.pieces) {
    const bool there = entry.find(piece.publication.key) != nullptr;
    if (there && piece.remove) --after;
    if (!there && !piece.remove) ++added;
  }
  const bool full = added > 0 && after + added > publications_per_user_max;
  return full ? Reason::too_many_publications : Reason::none;
}

void PresenceAgent::State::run_publish(PublishPresence asked, const Directory& directory) {
  const User& user = *directory.find(asked.user);
  UserEntry& entry = open(asked.user);
  expire(entry);
  PublishPlan plan{std::move(asked), {}, {}};
  if (const Reason reason = plan_publish(user, entry, plan); reason != Reason::none)
    return answer_publish(plan.asked, reason, {}, &user);
  PresenceChange change;
  change.user = user.id;
  for (const PlannedPiece& piece : plan.pieces) {
    const PublicationEntry* before = entry.find(piece.publication.key);
    if (!piece.remove && piece.publication.expires == ExpireType::permanent) {
      change.put.push_back(piece.publication);
      change.put.back().endpoint = {};
    } else if (before != nullptr && before->publication.expires == ExpireType::permanent) {
      change.removed.push_back(piece.publication.key);
    }
  }
  if (change.put.empty() && change.removed.empty()) {
    apply_publish(plan, user);
  } else {
    store(user.id, std::move(change), std::move(plan));
  }
}

void PresenceAgent::State::apply_publish(PublishPlan& plan, const User& user) {
  UserEntry& entry = open(plan.asked.user);
  ++orders;
  bool used = false;
  for (PlannedPiece& piece : plan.pieces) {
    if (piece.remove) {
      const PublicationEntry* before = entry.find(piece.publication.key);
      used = used || (before != nullptr && std::holds_alternative<EngagedState>(before->publication.value));
      remove_if(entry, [&](const PublicationEntry& one) { return one.publication.key == piece.publication.key; });
      continue;
    }
    // The endpoint may have gone while the store worked: what would have died with it is not put.
    const Publication& publication = piece.publication;
    const bool living = entry.device(publication.endpoint) != nullptr;
    if (publication.expires == ExpireType::endpoint && !living) continue;
    if (publication.expires == ExpireType::user && entry.devices.empty()) continue;
    if (publication.expires == ExpireType::time && publication.endpoint && !living) continue;
    used = used || shows_use(publication.value);
    put(entry, std::move(piece), 0);
  }
  if (used) use_device(entry, plan.asked.endpoint);
  mark(entry);
  answer_publish(plan.asked, Reason::none, plan.lease, &user);
}

void PresenceAgent::State::put(UserEntry& entry, PlannedPiece piece, std::uint64_t document) {
  PublicationEntry* at = entry.find(piece.publication.key);
  const bool changed = at == nullptr || !(at->publication.value == piece.publication.value);
  if (at == nullptr) {
    at = &entry.publications.emplace_back();
    ++publication_total;
    piece.publication.id = ids.next<base::PublicationId>();
  } else {
    piece.publication.id = at->publication.id;
  }
  at->ends = piece.ends;
  at->document = document;
  if (changed || document == 0) at->order = orders;  // a document that comes again picks nothing anew
  if (changed) at->published = now.mono;
  at->publication = std::move(piece.publication);
  if (changed) learn_use(entry, *at);
}

/// What a device says about its use counts until something later is known.
void PresenceAgent::State::learn_use(UserEntry& entry, PublicationEntry& one) {
  one.idle_wall.reset();
  const DeviceState* state = std::get_if<DeviceState>(&one.publication.value);
  if (state == nullptr || one.publication.key.container != Container::devices) return;
  const AvailabilityClass told = class_of(state->state.availability);
  const bool idle = state->idle_since || told == AvailabilityClass::idle_online ||
                    (told == AvailabilityClass::away && state->activity_told);
  if (idle) {
    one.idle_wall = std::min(state->idle_since.value_or(now.wall), now.wall);
    one.idle = now.mono + base::Duration{one.idle_wall->us - now.wall.us};
    if (Device* device = entry.device(one.publication.endpoint)) {
      device->used = one.idle;
      device->used_wall = *one.idle_wall;
    }
  } else if (told != AvailabilityClass::away && told != AvailabilityClass::be_right_back && !state->closed) {
    use_device(entry, one.publication.endpoint);
  }
}

void PresenceAgent::State::remove_if(UserEntry& entry, const std::function<bool(const PublicationEntry&)>& condition) {
  const std::size_t removed = std::erase_if(entry.publications, condition);
  publication_total -= removed;
  if (removed > 0) mark(entry);
  if (entry.publications.size() * 4 < entry.publications.capacity()) entry.publications.shrink_to_fit();
}

}  // namespace tertulia::domain
