// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "face/simple/listed_people.h"

namespace tertulia::face::simple {

/// What a REFER asks for.
struct Refer {
  std::vector<ListedPerson> people;  ///< one at least; `out`: Refer-To with method=BYE (RFC 4579 5.11)
  bool list = false;                 ///< Refer-To points at a list (RFC 5368)
  bool silent = false;               ///< `Refer-Sub: false` (RFC 4488): no NOTIFY
};

/// `message` is sound, so it has one Refer-To at most.  Errors: header_missing, header_malformed (RFC 3515 2.4.2; a cid:
/// that names no list of this request), uri_scheme_unsupported, method_unknown (a method that is neither INVITE nor BYE),
/// destination_unknown, domain_foreign, extension_required (a list without `Refer-Sub: false`), those of
/// recipient_list_in and listed_people.
base::Result<Refer> read_refer(const Context& context, const wire::sip::Message& message);

/// Body of a NOTIFY, type message/sipfrag (RFC 3420): the status line, and why it is a refusal.
std::string refer_progress(const Context& context, int status, base::Reason reason = base::Reason::none);

}  // namespace tertulia::face::simple
