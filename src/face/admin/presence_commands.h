// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/admin/command_tools.h"
#include "face/admin/ports.h"

namespace tertulia::face::admin {

/// {"address", "for"?}: view, level with the entry that gives it, rule, source, all publications.
Json show_presence(const Json& command, AdminPorts& ports);
/// {"address", "state"?, "note"?}; state is a word of `state_words`, or "reset".
Json set_presence(const Json& command, AdminPorts& ports);
Json list_levels(const Json& command, AdminPorts& ports);
/// {"address", "member", "level"}: member is user@domain, a domain, or a word (same-enterprise, federated, public-cloud,
/// everyone); level is a word of name_of(Container), or "none".
Json set_level(const Json& command, AdminPorts& ports);

}  // namespace tertulia::face::admin
