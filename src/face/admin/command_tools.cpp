// SPDX-License-Identifier: Apache-2.0
#include "face/admin/command_tools.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace tertulia::face::admin {

Json failure(const base::Error& error) {
  return {{"ok", false},
          {"error",
           {{"reason", base::name_of(error.reason)},
            {"id", base::id_of(error.reason)},
            {"status", base::status_of(error.reason)},
            {"text", base::text_of(error.reason)},
            {"text_es", base::text_of(error.reason, base::Language::spanish)},
            {"detail", error.detail}}}};
}

Json success(Json result) { return {{"ok", true}, {"result", std::move(result)}}; }

Json answer(const base::Result<void>& result) { return result ? success(Json::object()) : failure(result.error()); }

std::string text_field(const Json& command, const char* key) {
  const auto found = command.find(key);
  return found != command.end() && found->is_string() ? found->get<std::string>() : std::string();
}

base::Result<domain::Address> address_of(const Json& command) {
  return domain::Address::parse(text_field(command, "address"));
}

}  // namespace tertulia::face::admin
