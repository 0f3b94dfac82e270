// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "wire/xml/limits.h"

namespace tertulia::wire::lync {

/// What a reader of this folder takes; more is refused: message_too_large for octets, list_too_long for entries.
inline constexpr std::size_t document_bytes_max = 128 * 1024;
/// Publications of one request.
inline constexpr std::size_t publications_max = 64;
/// People of one batch subscription, all actions together: the longest contact list that a policy permits, and the user
/// himself; octets of it (as much as the framer takes); actions of it; categories that one action names.
inline constexpr std::size_t batch_resources_max = 1001;
inline constexpr std::size_t batch_bytes_max = 256 * 1024;
inline constexpr std::size_t batch_actions_max = 64;
inline constexpr std::size_t batch_categories_max = 64;
/// Members of one change of privacy levels, all levels together; levels of it.
inline constexpr std::size_t container_members_max = 500;
inline constexpr std::size_t containers_max = 64;
/// Subscribers acknowledged by one request.
inline constexpr std::size_t acknowledged_subscribers_max = 500;
/// Groups of settings that one request names.
inline constexpr std::size_t provisioning_groups_max = 64;
/// Groups that one contact is put into by one request.
inline constexpr std::size_t contact_groups_max = 64;
/// Conditions of one search in the directory.
inline constexpr std::size_t search_conditions_max = 16;
/// Of one note; of one contact card.
inline constexpr std::size_t note_bodies_max = 8;
inline constexpr std::size_t card_emails_max = 8;
inline constexpr std::size_t card_phones_max = 16;
inline constexpr std::size_t card_addresses_max = 8;
/// Kinds of media that one request wants of a conference.
inline constexpr std::size_t conference_media_max = 16;
/// Texts of an activity in several languages.
inline constexpr std::size_t activity_texts_max = 48;
/// People in one answer to a search; further ones are not written.
inline constexpr std::size_t search_rows_max = 100;

static_assert(batch_resources_max * 4 + 16 < xml::elements_max, "a full batch passes the XML reader");
static_assert(container_members_max * 2 + 16 < xml::elements_max, "a full change of levels passes the XML reader");

}  // namespace tertulia::wire::lync
