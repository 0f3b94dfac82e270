// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "domain/directory/user.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// What a REFER asks for.
struct Refer {
  const domain::User* whom = nullptr;  ///< never null; lives as long as the directory of this event
  bool eject = false;                  ///< Refer-To with method=BYE (RFC 4579 5.11); else he is to be added
  bool silent = false;                 ///< `Refer-Sub: false` (RFC 4488): no NOTIFY
};

/// `message` is sound, so it has one Refer-To at most.  Errors: header_missing, header_malformed (RFC 3515 2.4.2), uri_scheme_unsupported, method_unknown (a method that is neither INVITE nor BYE), destination_unknown, domain_foreign.
base::Result<Refer> read_refer(const Context& context, const wire::sip::Message& message);

/// Body of a NOTIFY, type message/sipfrag (RFC 3420): the status line, and why it is a refusal.
std::string refer_progress(const Context& context, int status, base::Reason reason = base::Reason::none);

}  // namespace tertulia::face::simple
