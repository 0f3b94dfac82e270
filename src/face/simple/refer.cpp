// SPDX-License-Identifier: Apache-2.0
#include "face/simple/refer.h"

#include "base/text.h"
#include "face/simple/destination.h"
#include "face/simple/session_offers.h"

namespace tertulia::face::simple {

using base::Error;
using base::Reason;
using wire::sip::HeaderName;

namespace {

constexpr std::string_view header = "Refer-To";

/// The people of the list that a `cid:` points at (RFC 5368 7, RFC 2392 2).  Both are compared as written: the ids that
/// programs make need no escapes.
base::Result<std::vector<ListedPerson>> people_at(const Context& context, const wire::sip::Message& message,
                                                  const wire::sip::Uri& pointer) {
  const base::Result<RecipientList> list = recipient_list_in(message);
  if (!list) return list.error();
  if (list->document.empty() || list->content_id != '<' + pointer.opaque + '>')
    return Error{Reason::header_malformed, std::string(header) + ": the request has no such list"};
  auto people = listed_people(context, list->document);
  if (people && people->empty()) return Reason::destination_unknown;
  return people;
}

base::Result<std::vector<ListedPerson>> person_at(const Context& context, const wire::sip::Uri& uri) {
  if (!uri.is_sip() && uri.scheme != wire::sip::Scheme::im) return Reason::uri_scheme_unsupported;
  const base::Result<bool> out = puts_out(uri);
  if (!out) return Error{out.reason(), std::string(header)};
  const base::Result<Destination> whom = destination_of(context, uri);
  if (!whom) return whom.error();
  return std::vector{ListedPerson{whom->user->id, *out}};
}

}  // namespace

base::Result<Refer> read_refer(const Context& context, const wire::sip::Message& message) {
  if (message.count(HeaderName::refer_to) == 0) return Error{Reason::header_missing, std::string(header)};
  const auto to = wire::sip::NameAddr::parse(wire::sip::unfolded(*message.header(HeaderName::refer_to)));
  if (!to) return Error{Reason::header_malformed, std::string(header)};
  Refer refer;
  refer.list = to->uri.scheme_text == "cid";
  const std::string_view sub = message.header("Refer-Sub").value_or("");
  refer.silent = base::equal_ignoring_case(base::trimmed(sub.substr(0, sub.find(';'))), "false");
  // One subscription cannot tell of several (RFC 5368 5).
  if (refer.list && !refer.silent) return Error{Reason::extension_required, "norefersub"};
  auto people = refer.list ? people_at(context, message, to->uri) : person_at(context, to->uri);
  if (!people) return people.error();
  refer.people = *std::move(people);
  return refer;
}

std::string refer_progress(const Context& context, int status, Reason reason) {
  std::string fragment = "SIP/2.0 " + std::to_string(status) + ' ';
  fragment.append(wire::sip::phrase_of(status)).append("\r\n");
  if (reason == Reason::none) return fragment;
  fragment.append("ms-diagnostics: ").append(std::to_string(base::id_of(reason)));
  fragment.append(";reason=").append(wire::sip::quoted(base::text_of(reason)));
  return fragment.append(";source=").append(wire::sip::quoted(context.settings.host)).append("\r\n");
}

}  // namespace tertulia::face::simple
