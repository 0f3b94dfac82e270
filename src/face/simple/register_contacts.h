// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/endpoint/events.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// What a REGISTER asks of the registrar, read from its headers.
struct RegisterWish {
  std::vector<domain::ContactChange> contacts;  ///< empty without remove_all: a query
  bool remove_all = false;
  bool gruu = false;      ///< the client understands GRUUs (RFC 5627 4.2)
  bool outbound = false;  ///< some contact is a flow (RFC 5626 4.2)
};

/// Reads Contact, Expires, Supported and User-Agent (RFC 3261 10.3 steps 6 and 7).
/// Errors: wildcard_misused, header_malformed, uri_malformed, too_many_endpoints, outbound_unsupported.
base::Result<RegisterWish> read_register(const Request& request);

/// Facts about the client for the records: User-Agent, device (`instance`, else the epid of From), address.  Never
/// null.
domain::ClientInfoPtr client_of(const Request& request, std::string_view instance);

/// How the answer names a binding.
struct ContactStyle {
  std::string_view address;  ///< of the user: user@domain, for GRUUs
  bool gruu = false;
  bool dialect = false;  ///< the GRUU in the form of the Lync family too
};
/// Value of one Contact line: the URI byte for byte, its own parameters, then what the registrar knows.
std::string contact_line(const domain::BindingInfo& binding, const ContactStyle& style);

}  // namespace tertulia::face::simple
