// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/admin/command_tools.h"
#include "face/admin/ports.h"

namespace tertulia::face::admin {

Json list_conversations(const Json& command, AdminPorts& ports);
Json show_conversation(const Json& command, AdminPorts& ports);  ///< {"id"}

// Conferences; a conference is named by {"address": its organizer, "id"}.
Json list_conferences(const Json& command, AdminPorts& ports);  ///< {"address"?}
Json show_conference(const Json& command, AdminPorts& ports);
/// {"address", "id"?, "subject"?, "admission"?, "lobby"?, "size"?, "expires_us"?, "invited"?}
Json create_conference(const Json& command, AdminPorts& ports);
Json lock_conference(const Json& command, AdminPorts& ports);  ///< also {"on"}: true or false
Json mute_conference(const Json& command, AdminPorts& ports);  ///< the same
Json eject(const Json& command, AdminPorts& ports);            ///< also {"user"}
Json admit(const Json& command, AdminPorts& ports);            ///< also {"user"}: one who waits; without: all
Json deny(const Json& command, AdminPorts& ports);             ///< also {"user"}
Json end_conference(const Json& command, AdminPorts& ports);

}  // namespace tertulia::face::admin
