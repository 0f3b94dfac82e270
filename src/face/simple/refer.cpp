// SPDX-License-Identifier: Apache-2.0
#include "face/simple/refer.h"

#include "base/text.h"
#include "face/simple/destination.h"

namespace tertulia::face::simple {

using base::Error;
using base::Reason;
using wire::sip::HeaderName;

base::Result<Refer> read_refer(const Context& context, const wire::sip::Message& message) {
  constexpr std::string_view header = "Refer-To";
  if (message.count(HeaderName::refer_to) == 0) return Error{Reason::header_missing, std::string(header)};
  const auto to = wire::sip::NameAddr::parse(wire::sip::unfolded(*message.header(HeaderName::refer_to)));
  if (!to) return Error{Reason::header_malformed, std::string(header)};
  if (!to->uri.is_sip() && to->uri.scheme != wire::sip::Scheme::im) return Reason::uri_scheme_unsupported;
  Refer refer;
  const std::string_view method = to->uri.parameters.value("method");
  refer.eject = base::equal_ignoring_case(method, "BYE");
  if (!refer.eject && !method.empty() && !base::equal_ignoring_case(method, "INVITE"))
    return Error{Reason::method_unknown, std::string(header)};
  const base::Result<Destination> whom = destination_of(context, to->uri);
  if (!whom) return whom.error();
  refer.whom = whom->user;
  const std::string_view sub = message.header("Refer-Sub").value_or("");
  refer.silent = base::equal_ignoring_case(base::trimmed(sub.substr(0, sub.find(';'))), "false");
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
