// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "domain/directory/user.h"

namespace tertulia::face::simple {

/// Raw octets that stand for the user's password of now: what was issued for it (certificates, web tickets) bears them
/// and ends when the password changes.  Tells nothing about the password.
std::string credential_mark(const domain::User& user);

}  // namespace tertulia::face::simple
