// SPDX-License-Identifier: Apache-2.0
#include "cdr.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tertulia::app {
namespace {

using domain::RecordFieldKind;
using Json = nlohmann::json;

TEST(RecordJson, what_is_not_known_is_null) {
  const Json json = record_json({{"messages", RecordFieldKind::number, ""},
                                 {"end_time", RecordFieldKind::time, ""},
                                 {"call_id", RecordFieldKind::text, ""}});
  EXPECT_EQ(json, Json::parse(R"({"messages": null, "end_time": null, "call_id": ""})"));
}

TEST(RecordJson, a_number_that_readers_of_json_would_round_stays_a_text) {
  const Json json = record_json({{"none", RecordFieldKind::number, "0"},
                                 {"exact", RecordFieldKind::number, "9007199254740991"},
                                 {"large", RecordFieldKind::number, "9007199254740992"}});
  EXPECT_EQ(json, Json::parse(R"({"none": 0, "exact": 9007199254740991, "large": "9007199254740992"})"));
}

}  // namespace
}  // namespace tertulia::app
