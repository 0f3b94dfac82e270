// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/admin/command_tools.h"
#include "face/admin/ports.h"

// Commands about contact cards; see handle().
namespace tertulia::face::admin {

/// The fields that are set, by name.
Json card_json(const domain::User& user);
/// Shows the card; with `set` (an object of texts) or `clear` (a list of names) changes it first.
Json user_card(const Json& command, AdminPorts& ports);

/// {"address", "set"?: picture in base64, "clear"?: true, "picture"?: true}: changes the picture, tells which there is, with
/// "picture" the picture itself.  Errors also: photo_unusable, command_malformed.
Json user_photo(const Json& command, AdminPorts& ports);

}  // namespace tertulia::face::admin
