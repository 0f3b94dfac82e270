// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/lync/contact_request.h"
#include "wire/lync/web_ticket.h"

namespace tertulia::wire::lync {

/// A question to the directory over the web: SearchAbEntry ([MS-DLX] 3.1.4.1).
struct AddressBookSearch {
  WebTicket ticket;
  DirectorySearch search;  ///< the attributes and values of ChangeSearch
  std::string basic;       ///< BasicSearch: the beginning of any name or address; empty: ChangeSearch it is
  friend bool operator==(const AddressBookSearch&, const AddressBookSearch&) = default;
};
/// Errors: malformed_message, message_too_large, list_too_long, web_ticket_refused without a ticket or with one that is
/// not ours.
base::Result<AddressBookSearch> read_address_book_search(std::string_view document);
std::string to_xml(const AddressBookSearch& search);

/// One person; empty texts are not written.
struct AddressBookEntry {
  std::string uri;  ///< with sip:
  std::string display_name, mail, company, country, title, work_phone, home_phone, mobile, other_phone;
  friend bool operator==(const AddressBookEntry&, const AddressBookEntry&) = default;
};
/// At most search_rows_max people.
std::string write_address_book_answer(const std::vector<AddressBookEntry>& entries);
/// Errors: malformed_message, message_too_large.
base::Result<std::vector<AddressBookEntry>> read_address_book_answer(std::string_view document);

}  // namespace tertulia::wire::lync
