// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::domain {

/// The front end that serves a user, by the name and port at which clients reach it over TLS, in the one form that is
/// stored and compared: lower case, always with a port ("fe2.example.com:5061", "[2001:db8::2]:5061").  Reads a name, an
/// IPv4 address or an IPv6 address in brackets, with or without port (5061); an empty text stays empty: this server.
/// Errors: setting_out_of_bounds (detail says what is wanted).
base::Result<std::string> home_server_from(std::string_view text);

}  // namespace tertulia::domain
