// SPDX-License-Identifier: Apache-2.0
#include "face/simple/listed_people.h"

#include <algorithm>

#include "base/text.h"
#include "face/simple/destination.h"
#include "wire/rlmi/resource_lists.h"

namespace tertulia::face::simple {

using base::Reason;
using base::Result;

Result<bool> puts_out(const wire::sip::Uri& uri) {
  const std::string_view method = uri.parameters.value("method");
  if (base::equal_ignoring_case(method, "BYE")) return true;
  if (method.empty() || base::equal_ignoring_case(method, "INVITE")) return false;
  return Reason::method_unknown;
}

Result<std::vector<ListedPerson>> listed_people(const Context& context, std::string_view document) {
  const auto entries = wire::rlmi::read_resource_lists(document);
  if (!entries) return entries.error();
  std::vector<ListedPerson> people;
  for (const wire::rlmi::ListEntry& entry : *entries) {
    const auto uri = wire::sip::Uri::parse(entry.uri);
    if (!uri) continue;
    const Result<Destination> found = destination_of(context, *uri);
    const Result<bool> out = puts_out(*uri);
    if (!found || !out) continue;
    const base::UserId who = found->user->id;
    const auto same = [&](const ListedPerson& one) { return one.who == who; };
    if (std::none_of(people.begin(), people.end(), same)) people.push_back({who, *out});
  }
  return people;
}

}  // namespace tertulia::face::simple
