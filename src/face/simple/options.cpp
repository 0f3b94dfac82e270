// SPDX-License-Identifier: Apache-2.0
#include "face/simple/options.h"

#include <utility>

#include "face/simple/conference_address.h"
#include "face/simple/destination.h"
#include "face/simple/offered.h"

namespace tertulia::face::simple {

void on_options(Context& context, const Request& request) {
  using wire::sip::HeaderName;
  const auto conference = conference_of(context, request.target);
  if (conference && !*conference) return context.refuse(request, conference->reason());
  if (!conference && !request.target.user.empty()) {
    const base::Result<Destination> user = destination_of(context, request.target);
    if (!user) return context.refuse(request, user.reason());
  }
  wire::sip::Writer writer = context.begin(request, 200);
  writer.header(HeaderName::allow, allowed_methods)
      .header(HeaderName::allow_events, context.allow_events)
      .header(HeaderName::accept, accepted_types)
      .header(HeaderName::accept_encoding, accepted_encodings)
      .header(HeaderName::accept_language, accepted_languages)
      .header(HeaderName::supported, supported_extensions);
  // RFC 4579: how a client finds out what an address is.
  if (conference && (*conference)->kind == ConferenceTarget::Kind::focus)
    writer.header(HeaderName::contact,
                  conference_contact(context, request.connection, (*conference)->organizer->address.text(),
                                     (*conference)->key.id));
  context.reply(request.transaction, 200, std::move(writer), request.now);
}

}  // namespace tertulia::face::simple
