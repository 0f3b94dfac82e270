// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::wire::lync {

inline constexpr std::string_view roaming_contacts_type = "application/vnd-microsoft-roaming-contacts+xml";
/// Name of the group that clients show as "Other Contacts" in their language.
inline constexpr std::string_view standing_group_name = "~";

struct ListGroup {
  std::uint32_t id = 1;
  std::string name;
  std::string external_uri = {};  ///< what a client keeps with it: a distribution list, say
};

struct ListContact {
  std::string uri;   ///< with or without "sip:"; each writer puts what its document needs
  std::string name;  ///< alias that the owner gave; empty: the contact card has the name
  std::vector<std::uint32_t> groups;
  bool subscribed = true;
  std::string external_uri = {};
};

struct ContactList {
  std::uint32_t delta_number = 1;  ///< at least 1
  std::vector<ListGroup> groups;   ///< COMPAT(pidgin-sipe 1.25): without any group it adds one
  std::vector<ListContact> contacts;
};

/// The whole list ([MS-SIP] 3.3), addresses without scheme.
std::string write_contact_list(const ContactList& list);

/// What leads from one list to the next.
struct ContactDelta {
  std::uint32_t delta_number = 2;
  std::uint32_t previous_delta_number = 1;
  std::vector<ListGroup> added_groups, modified_groups;
  std::vector<ListContact> added_contacts, modified_contacts;  ///< with their full new values
  std::vector<std::string> deleted_contacts;                   ///< addresses
  std::vector<std::uint32_t> deleted_groups;                   ///< empty before: see modified_contacts
};

/// In the order in which clients work through it; addresses with "sip:".
std::string write_contact_delta(const ContactDelta& delta);

}  // namespace tertulia::wire::lync
