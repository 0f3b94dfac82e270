// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tertulia::domain {

/// Whole `user@domain`, in octets; what the store's columns and every face can carry.
inline constexpr std::size_t address_octets_max = 255;
/// RFC 1035 2.3.4, in octets.
inline constexpr std::size_t domain_label_octets_max = 63;
/// Name of a machine, in octets (RFC 1035 2.3.4, as text).
inline constexpr std::size_t host_name_octets_max = 253;

/// Upper bounds of the policy settings (policy_settings() shows them to the administrator).
inline constexpr std::uint32_t policy_endpoints_max = 64;
inline constexpr std::uint32_t policy_message_bytes_max = 256 * 1024;
inline constexpr std::uint32_t policy_offline_messages_max = 10'000;
inline constexpr std::uint32_t policy_links_max = 1'000;
/// Texts in front of messages, in octets (product: 65,535 characters).
inline constexpr std::size_t policy_text_octets_max = 65'535;
/// Entries of one list, and octets of one entry.
inline constexpr std::size_t policy_list_entries_max = 256;
inline constexpr std::size_t policy_list_entry_octets_max = 255;
inline constexpr std::size_t policy_list_octets_max = policy_list_entries_max * (policy_list_entry_octets_max + 1);

static_assert(policy_list_entry_octets_max >= domain_label_octets_max);
/// Longest idle times that can be set, in minutes (product: 360).
inline constexpr std::uint64_t policy_idle_minutes_max = 360;
/// Largest numbers of the presence policy (product: 3000 watchers, 1000 contacts).
inline constexpr std::uint64_t policy_watchers_max = 3000;
inline constexpr std::uint64_t policy_subscriptions_max = 1000;
inline constexpr std::uint64_t policy_contacts_max = 1000;

/// Fields of a contact card, in octets.
inline constexpr std::size_t card_text_octets_max = 256;
inline constexpr std::size_t card_street_octets_max = 512;
inline constexpr std::size_t card_postal_code_octets_max = 64;
inline constexpr std::size_t card_phone_octets_max = 64;
inline constexpr std::size_t card_url_octets_max = 1'024;
/// Digits of a telephone number without its extension (E.164 has 15), and of an extension.
inline constexpr std::size_t card_phone_digits_min = 2;
inline constexpr std::size_t card_phone_digits_max = 20;
inline constexpr std::size_t card_extension_digits_max = 10;

/// A picture of a person: octets of the file, pixels on each side.
inline constexpr std::size_t photo_octets_max = 100 * 1024;
inline constexpr std::uint32_t photo_side_pixels_max = 1'024;

/// One search for people: terms, octets of one, people in the answer (product: 100).
inline constexpr std::size_t people_terms_max = 16;
inline constexpr std::size_t people_term_octets_max = card_street_octets_max;
inline constexpr std::size_t people_found_max = 100;

}  // namespace tertulia::domain
