// SPDX-License-Identifier: Apache-2.0
#include "face/simple/options.h"

#include <utility>

#include "face/simple/offered.h"

namespace tertulia::face::simple {

void on_options(Context& context, const Request& request) {
  using wire::sip::HeaderName;
  if (!request.target.user.empty()) {
    const domain::User* user = context.directory->find(request.target.address_of_record());
    if (user == nullptr || !user->enabled) return context.refuse(request, base::Reason::destination_unknown);
  }
  wire::sip::Writer writer = context.begin(request, 200);
  writer.header(HeaderName::allow, allowed_methods)
      .header(HeaderName::accept, accepted_types)
      .header(HeaderName::accept_encoding, accepted_encodings)
      .header(HeaderName::accept_language, accepted_languages)
      .header(HeaderName::supported, supported_extensions);
  context.reply(request.transaction, 200, std::move(writer), request.now);
}

}  // namespace tertulia::face::simple
