// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "domain/directory/address.h"

// What all commands of the administrator share.
namespace tertulia::face::admin {

using Json = nlohmann::json;

Json failure(const base::Error& error);
Json success(Json result);
Json answer(const base::Result<void>& result);

/// Empty when the field is not there or no text.
std::string text_field(const Json& command, const char* key);
base::Result<domain::Address> address_of(const Json& command);

}  // namespace tertulia::face::admin
