// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/admin/command_tools.h"
#include "face/admin/ports.h"

namespace tertulia::face::admin {

// Contact lists; groups are named, not numbered.
Json list_contacts(const Json& command, AdminPorts& ports);  ///< {"address"}
/// {"address", "contact", "name"?, "groups"?}: adds the contact, or changes the fields that are given.
Json put_contact(const Json& command, AdminPorts& ports);
Json remove_contact(const Json& command, AdminPorts& ports);  ///< {"address", "contact"}
Json add_group(const Json& command, AdminPorts& ports);       ///< {"address", "group"}
Json rename_group(const Json& command, AdminPorts& ports);    ///< {"address", "group", "name"}
Json remove_group(const Json& command, AdminPorts& ports);    ///< {"address", "group"}

}  // namespace tertulia::face::admin
