// SPDX-License-Identifier: Apache-2.0
#include "face/web_ticket/address_book.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "face/lync/people_search.h"
#include "face/web_ticket/xml_answer.h"
#include "wire/lync/address_book.h"
#include "wire/lync/web_service.h"

namespace tertulia::face::web_ticket {

using base::Reason;
using web::Answer;
using web::Request;
using web::Response;
using wire::lync::AddressBookEntry;
using wire::lync::AddressBookSearch;
using wire::lync::ServiceMetadata;

namespace {

constexpr std::string_view book = "/GroupExpansion/Service.svc";
constexpr std::string_view book_port = "AddressBookWebTicketBearer";
constexpr std::string_view book_path = "/GroupExpansion/Service.svc/WebTicket_Bearer";
constexpr std::string_view book_description = "/mex";

AddressBookEntry entry_of(const domain::User& user) {
  const wire::lync::DirectoryRow row = lync::row_of(user);
  AddressBookEntry entry;
  entry.uri = row.uri;
  entry.display_name = row.display_name;
  entry.mail = row.email;
  entry.company = row.company;
  entry.country = row.country;
  entry.title = row.title;
  entry.work_phone = row.phone;
  return entry;
}

}  // namespace

std::string address_book_of(const std::string& base_url) { return std::string(base_url).append(book); }

void AddressBookService::add_to(web::Router& router) {
  const auto at = [this](std::string_view path) { return std::string(base_url_).append(path); };
  const ServiceMetadata metadata{"DistributionListExpander", std::string(book_port), at(book_path),
                                 ticket_service_of(base_url_), false};
  router.add(web::Method::get, std::string(book).append(book_description),
             [text = to_xml(metadata)](const Request&, const Answer& answer) { answer(xml_answer(text)); });
  router.add(web::Method::post, std::string(book_path),
             [this](const Request& request, const Answer& answer) { on_search(request, answer); });
}

/// COMPAT(pidgin-sipe 1.25): any fault makes it ask over SIP instead.
void AddressBookService::on_search(const Request& request, const Answer& answer) {
  if (!request.secure) return answer(Response::refusal(Reason::not_found));
  const auto refuse = [&](const base::Error& error) {
    context_.log.debug("the address book has refused",
                       {{"reason", base::name_of(error.reason)}, {"detail", error.detail}});
    answer(fault_answer(error.reason));
  };
  const base::Result<AddressBookSearch> wish = wire::lync::read_address_book_search(request.body);
  if (!wish) return refuse(wish.error());
  const auto holder = tickets_.holder_of(wish->ticket, request);
  if (!holder) return refuse(holder.error());
  domain::PeopleQuery query = lync::query_of(wish->search);
  if (!wish->basic.empty()) query.terms.push_back({domain::PeopleField::anything, wish->basic, false});
  std::vector<AddressBookEntry> entries;
  for (const domain::User* user : context_.directory->find_people(query).people) entries.push_back(entry_of(*user));
  answer(xml_answer(wire::lync::write_address_book_answer(entries)));
}

}  // namespace tertulia::face::web_ticket
