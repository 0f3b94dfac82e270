// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "arguments.h"
#include "base/result.h"
#include "domain/record/record_fields.h"
#include "io/store_sqlite/read_only_store.h"

// What the commands about records share.
namespace tertulia::app {

base::Result<io::ReadOnlyStore> open_store(const Arguments& arguments);
/// One record; what is not valid UTF-8 is replaced when it is printed.
nlohmann::json record_json(const std::vector<domain::RecordField>& fields);

}  // namespace tertulia::app
