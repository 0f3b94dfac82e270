// SPDX-License-Identifier: Apache-2.0
#include "protocol/subscription/event_header.h"

#include <gtest/gtest.h>

#include "protocol/subscription/limits.h"

namespace tertulia::protocol::subscription {
namespace {

using namespace std::chrono_literals;

TEST(EventHeader, reads_package_and_id) {
  EXPECT_EQ(*EventHeader::parse("presence"), (EventHeader{"presence", {}, {}}));
  EXPECT_EQ(*EventHeader::parse(" presence.winfo ; id=a1 ; foo=\"bar\""), (EventHeader{"presence.winfo", "a1", {}}));
  EXPECT_EQ(EventHeader::parse("dialog;id=7;sla")->to_string(), "dialog;id=7");
  EXPECT_EQ(EventHeader::parse("presence;max-rate=1")->to_string(), "presence");
}

TEST(EventHeader, reads_rates_as_intervals) {  // RFC 6446 7.1
  struct Row {
    std::string_view value;
    Rates rates;
  };
  const Row rows[] = {
      {"presence;max-rate=0.05", {base::Duration{20s}, {}, {}}},
      {"presence;max-rate=2", {base::Duration{500ms}, {}, {}}},
      {"presence;min-rate=0.01", {{}, base::Duration{100s}, {}}},
      {"presence;adaptive-min-rate=0.025", {{}, {}, base::Duration{40s}}},
      {"presence;min-rate=5", {{}, repeat_interval_min, {}}},
      {"presence;max-rate=0.0000000001", {pace_slowest, {}, {}}},
      {"presence;max-rate=0;min-rate=0.0", {}},
  };
  for (const Row& row : rows) {
    const auto event = EventHeader::parse(row.value);
    ASSERT_TRUE(event) << row.value;
    EXPECT_EQ(event->rates, row.rates) << row.value;
  }
}

TEST(EventHeader, refuses_what_is_none) {
  for (const std::string_view value :
       {"", ";id=1", "two words", "presence;", "presence;max-rate=100", "presence;max-rate=", "presence;max-rate=1.",
        "presence;max-rate=-1", "presence;max-rate=0.00000000001", "presence;min-rate=a", "presence;id=\"a b\""})
    EXPECT_EQ(EventHeader::parse(value).reason(), base::Reason::header_malformed) << value;
}

TEST(EventHeader, keeps_names_bounded) {
  const std::string longest(event_name_octets_max, 'p');
  EXPECT_TRUE(EventHeader::parse(longest));
  EXPECT_FALSE(EventHeader::parse(longest + "p"));
  const std::string id(event_id_octets_max, 'i');
  EXPECT_TRUE(EventHeader::parse("presence;id=" + id));
  EXPECT_FALSE(EventHeader::parse("presence;id=" + id + "i"));
}

TEST(EventHeader, writes_rates) {
  EXPECT_EQ(rate_text(20s), "0.05");
  EXPECT_EQ(rate_text(500ms), "2");
  EXPECT_EQ(rate_text(3s), "0.3333333333");
  EXPECT_EQ(rate_text(1h), "0.0002777777");
  EXPECT_EQ(rate_text(0s), "99");
  EXPECT_EQ(rate_text(1ms), "99");
}

TEST(SubscriptionState, says_state_reason_and_rest) {  // RFC 6665 8.2.3, 8.4
  using Kind = Standing::Kind;
  EXPECT_EQ(subscription_state({Kind::active, 3599s, {}, {}, {}}), "active;expires=3599");
  EXPECT_EQ(subscription_state({Kind::pending, 1500ms, {}, {}, {}}), "pending;expires=2");
  EXPECT_EQ(subscription_state({Kind::active, -1s, {}, {}, {}}), "active;expires=0");
  EXPECT_EQ(subscription_state({Kind::active, 60s, {}, {}, {base::Duration{20s}, base::Duration{100s}, {}}}),
            "active;expires=60;max-rate=0.05;min-rate=0.01");
  EXPECT_EQ(subscription_state({Kind::terminated, 60s, End::timeout, {}, {}}), "terminated;reason=timeout");
  EXPECT_EQ(subscription_state({Kind::terminated, {}, End::probation, 30s, {}}),
            "terminated;reason=probation;retry-after=30");
  for (const auto& [end, name] : {std::pair{End::deactivated, "deactivated"}, std::pair{End::rejected, "rejected"},
                                  std::pair{End::giveup, "giveup"}, std::pair{End::noresource, "noresource"},
                                  std::pair{End::invariant, "invariant"}})
    EXPECT_EQ(name_of(end), name);
}

}  // namespace
}  // namespace tertulia::protocol::subscription
