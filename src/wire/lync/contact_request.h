// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view soap_type = "application/SOAP+xml";

// Operations on the contact list and the directory ([MS-SIP] 3.3 to 3.8).  `delta_number` is the last number the client
// knows; 0 when not told.

struct SetContact {
  std::string uri;           ///< as written: "sip:bob@example.com"
  std::string display_name;  ///< may be empty
  std::vector<std::uint32_t> groups;
  bool subscribed = true;
  std::string external_uri;
  std::uint32_t delta_number = 0;
  friend bool operator==(const SetContact&, const SetContact&) = default;
};
struct DeleteContact {
  std::string uri;
  std::uint32_t delta_number = 0;
  friend bool operator==(const DeleteContact&, const DeleteContact&) = default;
};
struct AddGroup {
  std::string name;  ///< "~": the standing group
  std::string external_uri;
  std::uint32_t delta_number = 0;
  friend bool operator==(const AddGroup&, const AddGroup&) = default;
};
struct ModifyGroup {
  std::uint32_t group_id = 0;
  std::string name;
  std::string external_uri;
  std::uint32_t delta_number = 0;
  friend bool operator==(const ModifyGroup&, const ModifyGroup&) = default;
};
struct DeleteGroup {
  std::uint32_t group_id = 0;
  std::uint32_t delta_number = 0;
  friend bool operator==(const DeleteGroup&, const DeleteGroup&) = default;
};
/// Of the old dialect: rights of one person ("AA") or of all.
struct SetAce {
  std::string type, mask, rights;
  std::uint32_t delta_number = 0;
  friend bool operator==(const SetAce&, const SetAce&) = default;
};
/// All conditions together; each is for the beginning of a value.
struct DirectorySearch {
  struct Condition {
    std::string attribute;  ///< "givenName", "sn", "mail", "msRTCSIP-PrimaryUserAddress", "company", "c", as written
    std::string value;
    friend bool operator==(const Condition&, const Condition&) = default;
  };
  std::vector<Condition> conditions;  ///< without empty values
  std::uint32_t max_results = 0;      ///< 0: not told
  friend bool operator==(const DirectorySearch&, const DirectorySearch&) = default;
};
using ContactRequest =
    std::variant<SetContact, DeleteContact, AddGroup, ModifyGroup, DeleteGroup, SetAce, DirectorySearch>;

/// The operation inside of an Envelope.  Errors: malformed_message, message_too_large, command_malformed (no Envelope
/// with a Body, an operation that we do not know, or one without what it is about), list_too_long.
base::Result<ContactRequest> read_contact_request(std::string_view document);
/// For load generators and tests: what a client writes.
std::string write_contact_request(const ContactRequest& request);

/// Answer to AddGroup; a new group stays without contacts when it does not come.
std::string write_add_group_answer(std::uint32_t group_id);

struct DirectoryRow {
  std::string uri;  ///< with or without "sip:"; written with
  std::string display_name, email, company, country, title, office, phone, city, state;
};
/// Answer to DirectorySearch.  COMPAT(pidgin-sipe 1.25): a row without address ends it; such a row is not
/// written, nor one beyond search_rows_max.
std::string write_search_answer(const std::vector<DirectoryRow>& rows, bool more_available);

/// Refusal of an operation; `code` is "Client" or "Server".
std::string write_soap_fault(std::string_view code, std::string_view text);

}  // namespace tertulia::wire::lync
