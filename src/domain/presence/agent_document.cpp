// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "domain/presence/agent_state.h"
#include "domain/presence/view_builder.h"

namespace tertulia::domain {
namespace {

using base::Reason;

std::string tag_text(std::uint64_t tag) { return fmt::format("{:x}", tag); }

std::string_view category_of(const PublicationValue& value) {
  if (std::holds_alternative<NoteValue>(value)) return category_note;
  return std::holds_alternative<OpaqueValue>(value) ? category_document : category_state;
}

/// The agent's own names for the pieces of a document: instances of dialects have 32 bits, these are above.
PublicationKey key_of(const PublishedDocument& document, std::size_t index, const PublicationValue& value) {
  return {std::string(category_of(value)), (document.number << 8) + index, Container::devices};
}
static_assert(publications_per_user_max <= 1 << 8);

}  // namespace

void PresenceAgent::State::run_document(PublishDocument asked, const Directory& directory) {
  const User& user = *directory.find(asked.user);
  UserEntry& entry = open(asked.user);
  expire(entry);
  PublishAnswer answer;
  answer.ticket = asked.ticket;
  answer.reason = take_document(asked, user, entry, answer);
  (answer.reason == Reason::none ? metrics.publications : metrics.publications_refused).add();
  ports.answer(asked.edge, std::move(answer));
}

/// Steps 3 to 6 of RFC 3903 6: the tag, the lifetime, the content, the new tag.
Reason PresenceAgent::State::take_document(const PublishDocument& asked, const User& user, UserEntry& entry,
                                           PublishAnswer& answer) {
  auto& documents = entry.documents;
  const auto at = std::find_if(documents.begin(), documents.end(),
                               [&](const PublishedDocument& one) { return tag_text(one.tag) == asked.entity_tag; });
  const bool initial = asked.entity_tag.empty();
  if (!initial && at == documents.end()) return Reason::publication_unknown;
  if (asked.lease == base::Duration{}) {
    if (!initial) end_document(entry, at->number);
    answer.entity_tag = tag_text(ids.next<base::PublicationId>().value);
    return Reason::none;
  }
  base::Duration lease = asked.lease < base::Duration{} ? settings.publish_default : asked.lease;
  if (lease < settings.publish_min) {
    answer.lease = settings.publish_min;
    return Reason::interval_too_brief;
  }
  lease = std::min(lease, settings.publish_max);
  if (initial && !asked.values) return Reason::presence_document_malformed;
  if (initial && documents.size() >= documents_per_user_max) return Reason::too_many_publications;

  PublishedDocument document = initial ? PublishedDocument{} : *at;
  if (initial) document.number = ids.next<base::PublicationId>().value;
  document.ends = now.mono + lease;
  document.tag = ids.next<base::PublicationId>().value;
  if (entry.device(asked.endpoint) != nullptr) document.endpoint = asked.endpoint;
  if (asked.values) {
    const Reason reason = put_values(*asked.values, user, entry, document);
    if (reason != Reason::none) return reason;
  }
  prolong(entry, document);
  if (initial) {
    documents.push_back(document);
  } else {
    *at = document;
  }
  answer.entity_tag = tag_text(document.tag);
  answer.lease = lease;
  return Reason::none;
}

/// Replaces what the document said before; all of it or nothing.
Reason PresenceAgent::State::put_values(const std::vector<PublicationValue>& values, const User& user, UserEntry& entry,
                                        const PublishedDocument& document) {
  const auto of_document = [&](const PublicationEntry& one) { return one.document == document.number; };
  const auto before = std::count_if(entry.publications.begin(), entry.publications.end(), of_document);
  if (entry.publications.size() - static_cast<std::size_t>(before) + values.size() > publications_per_user_max)
    return Reason::too_many_publications;
  std::vector<PlannedPiece> pieces;
  ++orders;
  for (std::size_t i = 0; i < values.size(); ++i) {
    PlannedPiece& piece = pieces.emplace_back();
    Publication& made = piece.publication;
    made = {{}, key_of(document, i, values[i]), 1, ExpireType::time, document.endpoint, now.wall, values[i]};
    piece.ends = document.ends;
    if (const Reason reason = check_value(made.key, made.value, *user.policy); reason != Reason::none) return reason;
    if (const PublicationEntry* old = entry.find(made.key)) {
      const bool same = old->publication.value == made.value;
      made.version = old->publication.version + (same ? 0 : 1);
      if (same) made.since = old->publication.since;
    }
  }
  remove_if(entry, [&](const PublicationEntry& one) {
    return of_document(one) && std::none_of(pieces.begin(), pieces.end(), [&](const PlannedPiece& piece) {
             return piece.publication.key == one.publication.key;
           });
  });
  bool used = false;
  for (PlannedPiece& piece : pieces) {
    const PublicationEntry* old = entry.find(piece.publication.key);
    const bool changed = old == nullptr || old->publication.version != piece.publication.version;
    const bool personal = std::holds_alternative<ManualState>(piece.publication.value) ||
                          std::holds_alternative<NoteValue>(piece.publication.value);
    used = used || (changed && personal);
    put(entry, std::move(piece), document.number);
  }
  if (used) use_device(entry, document.endpoint);
  mark(entry);
  return Reason::none;
}

void PresenceAgent::State::prolong(UserEntry& entry, const PublishedDocument& document) {
  for (PublicationEntry& one : entry.publications) {
    if (one.document != document.number) continue;
    one.ends = document.ends;
    if (std::exchange(one.publication.endpoint, document.endpoint) != document.endpoint) mark(entry);
  }
}

void PresenceAgent::State::end_document(UserEntry& entry, std::uint64_t number) {
  std::erase_if(entry.documents, [&](const PublishedDocument& one) { return one.number == number; });
  remove_if(entry, [&](const PublicationEntry& one) { return one.document == number; });
}

void PresenceAgent::State::expire(UserEntry& entry) {
  std::erase_if(entry.documents, [&](const PublishedDocument& one) { return one.ends <= now.mono; });
  const auto ended = [&](const PublicationEntry& one) { return one.ends <= now.mono; };
  if (std::any_of(entry.publications.begin(), entry.publications.end(), ended)) remove_if(entry, ended);
}

/// With a device goes what it has published for its own time, and the calls on it; with the last one what was to last
/// until then.
void PresenceAgent::State::endpoint_gone(UserEntry& entry, base::EndpointId endpoint) {
  std::erase_if(entry.devices, [&](const Device& one) { return one.endpoint == endpoint; });
  std::erase_if(entry.phones, [&](const PhoneInput& one) { return one.endpoint == endpoint; });
  std::erase_if(entry.documents, [&](const PublishedDocument& one) { return one.endpoint == endpoint; });
  remove_if(entry, [&](const PublicationEntry& one) {
    const Publication& publication = one.publication;
    if (publication.expires == ExpireType::user) return entry.devices.empty();
    return publication.endpoint == endpoint && publication.expires != ExpireType::permanent;
  });
}

}  // namespace tertulia::domain
