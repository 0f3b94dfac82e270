// SPDX-License-Identifier: Apache-2.0
// Questions to the directory over SIP (provisioning-and-contacts 7.1).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "domain/directory/people.h"
#include "face/lync/limits.h"
#include "face/lync/people_search.h"
#include "face/lync/services.h"

namespace tertulia::face::lync {

namespace {

using domain::PeopleField;

struct Attribute {
  std::string_view name;
  PeopleField field;
};
constexpr std::array attributes = {
    Attribute{"givenName", PeopleField::given_name},
    Attribute{"sn", PeopleField::surname},
    Attribute{"displayName", PeopleField::display_name},
    Attribute{"mail", PeopleField::mail},
    Attribute{"msRTCSIP-PrimaryUserAddress", PeopleField::address},
    Attribute{"company", PeopleField::company},
    Attribute{"c", PeopleField::country},
};

}  // namespace

wire::lync::DirectoryRow row_of(const domain::User& user) {
  const domain::Card none;
  const domain::Card& card = user.card ? *user.card : none;
  wire::lync::DirectoryRow row;
  row.uri = "sip:" + std::string(user.address.text());
  row.display_name = user.display_name.empty() ? std::string(user.address.user()) : user.display_name;
  row.email = card.mail.empty() ? std::string(user.address.text()) : card.mail;
  row.company = card.company;
  row.country = card.country;
  row.title = card.title;
  row.office = card.office;
  row.phone = card.work_phone;
  row.city = card.city;
  row.state = card.state;
  return row;
}

domain::PeopleQuery query_of(const wire::lync::DirectorySearch& asked) {
  domain::PeopleQuery query;
  // COMPAT(pidgin-sipe 1.25): for a person's details it asks for one result of a whole address.
  const bool details = asked.max_results == 1;
  for (const wire::lync::DirectorySearch::Condition& condition : asked.conditions) {
    const auto known = std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& one) {
      return base::equal_ignoring_case(one.name, condition.attribute);
    });
    const PeopleField field = known == attributes.end() ? PeopleField::anything : known->field;
    query.terms.push_back({field, condition.value, details && field == PeopleField::address});
  }
  const std::size_t wanted = asked.max_results == 0 ? search_rows_max : asked.max_results;
  query.results_max = std::min<std::size_t>(wanted, search_rows_max);
  return query;
}

void Services::search(const Request& request, const wire::lync::DirectorySearch& asked) {
  const domain::PeopleFound found = context_.directory->find_people(query_of(asked));
  std::vector<wire::lync::DirectoryRow> rows;
  rows.reserve(found.people.size());
  for (const domain::User* user : found.people) rows.push_back(row_of(*user));
  ok(context_.pend(request), request.now, wire::lync::soap_type, wire::lync::write_search_answer(rows, found.more));
}

}  // namespace tertulia::face::lync
