// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/address_book.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/soap.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view book_namespace = "DistributionListExpander";
constexpr std::string_view change_query = "AbEntryRequest.ChangeSearchQuery";

/// Names of the attributes, as clients compare them: without case.
struct Column {
  std::string_view name;
  std::string AddressBookEntry::*field;
};
constexpr std::array columns = {
    Column{"msRTCSIP-PrimaryUserAddress", &AddressBookEntry::uri},
    Column{"displayName", &AddressBookEntry::display_name},
    Column{"mail", &AddressBookEntry::mail},
    Column{"company", &AddressBookEntry::company},
    Column{"country", &AddressBookEntry::country},
    Column{"title", &AddressBookEntry::title},
    Column{"telephoneNumber", &AddressBookEntry::work_phone},
    Column{"homePhone", &AddressBookEntry::home_phone},
    Column{"mobile", &AddressBookEntry::mobile},
    Column{"otherTelephone", &AddressBookEntry::other_phone},
};

}  // namespace

Result<AddressBookSearch> read_address_book_search(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto asked = below(envelope->root(), {"Body", "SearchAbEntry", "AbEntryRequest"});
  if (!asked) return malformed(Reason::malformed_message, "SearchAbEntry");
  const auto assertion = below(envelope->root(), {"Header", "Security", "Assertion"});
  if (!assertion) return malformed(Reason::web_ticket_refused, "none");
  Result<WebTicket> ticket = read_web_ticket(*assertion);
  if (!ticket) return ticket.error();
  AddressBookSearch search;
  search.ticket = *std::move(ticket);
  search.basic = text_below(asked, {"BasicSearch", "Value"});
  search.search.max_results = number_of(text_below(asked, {"Metadata", "MaxResultNum"})).value_or(0);
  const auto change = below(asked, {"ChangeSearch"});
  if (search.basic.empty() && change) {
    for (const xml::ElementView row : change->children()) {
      if (row.local() != change_query) continue;
      if (search.search.conditions.size() >= search_conditions_max) return too_long("ChangeSearch");
      std::string value = text_below(row, {"Value"});
      if (!value.empty()) search.search.conditions.push_back({text_below(row, {"SearchOn"}), std::move(value)});
    }
  }
  return search;
}

std::string to_xml(const AddressBookSearch& search) {
  xml::Writer out;
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace).begin("s:Header");
  out.begin("wsse:Security").attribute("xmlns:wsse", security_namespace).raw(to_xml(search.ticket)).end().end();
  out.begin("s:Body").begin("SearchAbEntry").attribute("xmlns", book_namespace).begin("AbEntryRequest");
  if (!search.basic.empty()) {
    out.begin("BasicSearch").element("Value", search.basic).element("Verb", "BeginsWith").end();
  } else {
    out.begin("ChangeSearch");
    for (const DirectorySearch::Condition& one : search.search.conditions)
      out.begin(change_query).element("SearchOn", one.attribute).element("Value", one.value).end();
    out.end();
  }
  out.begin("Metadata").element("MaxResultNum", std::to_string(search.search.max_results)).end();
  out.end().end().end().end();
  return std::move(out).take();
}

std::string write_address_book_answer(const std::vector<AddressBookEntry>& entries) {
  xml::Writer out;
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace).begin("s:Body");
  out.begin("SearchAbEntryResponse").attribute("xmlns", book_namespace).begin("SearchAbEntryResult").begin("Items");
  std::size_t written = 0;
  for (const AddressBookEntry& entry : entries) {
    if (entry.uri.empty() || written++ >= search_rows_max) continue;
    out.begin("AbEntry").begin("Attributes");
    for (const Column& column : columns)
      if (has_text(entry.*column.field))
        out.begin("Attribute").element("Name", column.name).element("Value", entry.*column.field).end();
    out.end().end();
  }
  out.end().end().end().end().end();
  return std::move(out).take();
}

Result<std::vector<AddressBookEntry>> read_address_book_answer(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto items = below(envelope->root(), {"Body", "SearchAbEntryResponse", "SearchAbEntryResult", "Items"});
  if (!items) return malformed(Reason::malformed_message, "SearchAbEntryResponse");
  std::vector<AddressBookEntry> entries;
  for (const xml::ElementView item : items->children()) {
    AddressBookEntry& entry = entries.emplace_back();
    const auto attributes = below(item, {"Attributes"});
    if (!attributes) continue;
    for (const xml::ElementView attribute : attributes->children())
      for (const Column& column : columns)
        if (base::equal_ignoring_case(text_below(attribute, {"Name"}), column.name))
          entry.*column.field = text_below(attribute, {"Value"});
  }
  return entries;
}

}  // namespace tertulia::wire::lync
