// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/combine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/presence/limits.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;
using base::WallTime;

constexpr WallTime noon{1'700'000'000'000'000};
constexpr WallTime ago(base::Duration span) { return noon + -span; }

State plain(std::uint16_t availability, Activity activity = Activity::none) { return {availability, activity, {}}; }

/// A user's sources, put together step by step.
struct Sources {
  CombineInput input;
  Sources() {
    input.inactive_after = 5min;
    input.away_after = 5min;
  }
  Sources& device(base::Duration unused, std::optional<DeviceState> state = std::nullopt) {
    const std::uint64_t id = input.devices.size() + 1;
    input.devices.push_back({{id}, ago(unused), std::move(state), static_cast<std::uint32_t>(10 + id)});
    return *this;
  }
  Sources& device(base::Duration unused, State state) {
    DeviceState told;
    told.state = std::move(state);
    return device(unused, told);
  }
  Sources& in_use(base::Duration unused) {
    DeviceState told;
    told.activity_told = true;
    return device(unused, told);
  }
  Sources& idle(base::Duration since, std::uint16_t availability = availability_unset) {
    DeviceState told;
    told.activity_told = true;
    told.idle_since = ago(since);
    told.state.availability = availability;
    return device(since, told);
  }
  Sources& closed() {
    DeviceState told;
    told.closed = true;
    return device(0s, told);
  }
  Sources& manual(State state) {
    input.manual = ManualInput{std::move(state), ago(1h), {7}, 3};
    return *this;
  }
  Sources& phone(Activity activity = Activity::on_the_phone, base::Duration since = 1min) {
    input.phones.push_back({{input.phones.size() + 1}, {1}, activity, ago(since)});
    return *this;
  }
  Sources& engaged(State state, base::Duration since = 1min) {
    input.engagements.push_back({std::move(state), ago(since), {1}, 21});
    return *this;
  }
  Sources& calendar(State state, base::Duration from = 10min, base::Duration until = 20min) {
    input.calendar = CalendarInput{std::move(state), ago(from), noon + until, 5};
    return *this;
  }
  Sources& meeting() { return calendar(plain(availability_busy, Activity::in_a_meeting)); }
  Sources& absence() { return calendar(plain(availability_away, Activity::out_of_office)); }
  Sources& policy(bool phone, bool calendar_on, bool offline) {
    input.phone_presence = phone;
    input.calendar_presence = calendar_on;
    input.may_appear_offline = offline;
    return *this;
  }
};

struct Row {
  const char* what;
  Sources sources;
  State state;
  CombineRule rule;
};

const State available = plain(availability_online);
const State busy = plain(availability_busy);
const State disturb = plain(availability_do_not_disturb);
const State back = plain(availability_be_right_back);
const State away = plain(availability_away);
const State offline = plain(availability_offline);
const State inactive = plain(availability_idle_online);
const State on_the_phone = plain(availability_busy, Activity::on_the_phone);
const State digging{availability_busy, Activity::custom, {{"digging", "en"}}};
const State conference = plain(availability_busy, Activity::in_a_conference);
const State in_meeting = plain(availability_busy, Activity::in_a_meeting);
const State out = plain(availability_away, Activity::out_of_office);
const State off_work = plain(availability_away, Activity::off_work);
const State presenting = plain(availability_do_not_disturb, Activity::in_presentation);

const State told_conference = plain(7000, Activity::in_a_conference);
const State told_presenting = plain(9000, Activity::in_presentation);

const std::vector<Row> all_rows{
    // nobody there
    {"nobody signed in", Sources(), offline, CombineRule::no_endpoint},
    {"manual does not help without an endpoint", Sources().manual(available), offline, CombineRule::no_endpoint},
    {"nor does a call", Sources().phone(), offline, CombineRule::no_endpoint},
    {"nor a meeting", Sources().meeting(), offline, CombineRule::no_endpoint},
    // by hand
    {"available by hand", Sources().device(0s).manual(available), available, CombineRule::manual},
    {"stays green although idle", Sources().device(2h).manual(available), available, CombineRule::manual},
    {"available by hand in a call", Sources().device(0s).manual(available).phone(), available, CombineRule::manual},
    {"available by hand in a meeting", Sources().device(0s).manual(available).meeting(), available,
     CombineRule::manual},
    {"busy by hand", Sources().device(0s).manual(busy), busy, CombineRule::manual},
    {"busy by hand and idle", Sources().device(6min).manual(busy), plain(availability_idle_busy), CombineRule::manual},
    {"busy by hand, idle computer, on the phone", Sources().device(6min).manual(busy).phone(), on_the_phone,
     CombineRule::manual},
    {"busy by hand and in a meeting", Sources().device(0s).manual(busy).meeting(), in_meeting, CombineRule::manual},
    {"busy by hand and idle in a meeting", Sources().device(6min).manual(busy).meeting(),
     plain(availability_idle_busy, Activity::in_a_meeting), CombineRule::manual},
    {"a call is told before a meeting", Sources().device(0s).manual(busy).meeting().phone(), on_the_phone,
     CombineRule::manual},
    {"own words hide a call", Sources().device(0s).manual(digging).phone(), digging, CombineRule::manual},
    {"do not disturb tells no meeting", Sources().device(0s).manual(disturb).meeting(), disturb, CombineRule::manual},
    {"busy by hand tells no call where calls do not show",
     Sources().policy(false, true, false).device(0s).manual(busy).phone(), busy, CombineRule::manual},
    {"do not disturb", Sources().device(0s).manual(disturb), disturb, CombineRule::manual},
    {"do not disturb though idle", Sources().device(1h).manual(disturb), disturb, CombineRule::manual},
    {"do not disturb beats a call", Sources().device(0s).manual(disturb).phone(), disturb, CombineRule::manual},
    {"be right back", Sources().device(0s).manual(back), back, CombineRule::manual},
    {"appear away", Sources().device(0s).manual(away), away, CombineRule::manual},
    {"off work", Sources().device(0s).manual(off_work), off_work, CombineRule::manual},
    {"presenting by hand", Sources().device(0s).manual(presenting), presenting, CombineRule::manual},
    {"appear offline by policy", Sources().policy(true, true, true).device(0s).manual(offline), offline,
     CombineRule::manual},
    {"appear offline without the policy", Sources().device(0s).manual(offline), available, CombineRule::device},
    {"reset", Sources().device(0s).manual(plain(availability_unset)), available, CombineRule::device},
    {"reset and idle", Sources().device(5min).manual(plain(availability_unset)), inactive, CombineRule::device_idle},
    {"manual beats closed devices", Sources().closed().manual(busy), busy, CombineRule::manual},
    // automatics: the busiest wins
    {"in a call", Sources().device(0s).phone(), on_the_phone, CombineRule::call},
    {"a call on one device is for all", Sources().device(0s).device(0s).phone(), on_the_phone, CombineRule::call},
    {"in a conference call", Sources().device(0s).phone(Activity::in_a_conference), conference, CombineRule::call},
    {"a conference before a call", Sources().device(0s).phone().phone(Activity::in_a_conference), conference,
     CombineRule::call},
    {"in a meeting", Sources().device(0s).meeting(), in_meeting, CombineRule::meeting},
    {"an appointment", Sources().device(0s).calendar(busy), busy, CombineRule::meeting},
    {"a free entry says nothing", Sources().device(0s).calendar(available), available, CombineRule::device},
    {"a call beats a meeting", Sources().device(0s).meeting().phone(), on_the_phone, CombineRule::call},
    {"a meeting beats the machine", Sources().device(0s, plain(availability_be_right_back)).meeting(), in_meeting,
     CombineRule::meeting},
    {"a meeting beats a busy machine", Sources().device(0s, busy).meeting(), in_meeting, CombineRule::meeting},
    {"a call while the computer is idle", Sources().device(1h).phone(), on_the_phone, CombineRule::call},
    {"a meeting and idle", Sources().device(7min).meeting(), plain(availability_idle_busy, Activity::in_a_meeting),
     CombineRule::meeting},
    {"out of office", Sources().device(0s).absence(), out, CombineRule::out_of_office},
    {"out of office and idle", Sources().device(7min).absence(), out, CombineRule::out_of_office},
    {"a call beats out of office", Sources().device(0s).absence().phone(), on_the_phone, CombineRule::call},
    {"out of office is a mark beside a manual state", Sources().device(0s).absence().manual(available),
     plain(availability_online, Activity::out_of_office), CombineRule::manual},
    {"the mark does not hide what was picked", Sources().device(0s).absence().manual(off_work), off_work,
     CombineRule::manual},
    {"a meeting that is over", Sources().device(0s).calendar(in_meeting, 20min, -1us), available, CombineRule::device},
    {"a meeting that ends now", Sources().device(0s).calendar(in_meeting, 20min, 0s), available, CombineRule::device},
    {"a meeting that begins now", Sources().device(0s).calendar(in_meeting, 0s, 1us), in_meeting, CombineRule::meeting},
    {"a meeting to come", Sources().device(0s).calendar(in_meeting, -1us, 1h), available, CombineRule::device},
    // policy
    {"calls do not show", Sources().policy(false, true, false).device(0s).phone(), available, CombineRule::device},
    {"calls that a device tells do not show", Sources().policy(false, true, false).device(0s, on_the_phone), available,
     CombineRule::device},
    {"the calendar does not show", Sources().policy(true, false, false).device(0s).meeting(), available,
     CombineRule::device},
    {"nor does out of office", Sources().policy(true, false, false).device(0s).absence(), available,
     CombineRule::device},
    // devices
    {"a device in use", Sources().device(0s), available, CombineRule::device},
    {"just not yet inactive", Sources().device(5min - 1us), available, CombineRule::device},
    {"inactive after 5 minutes", Sources().device(5min), inactive, CombineRule::device_idle},
    {"just not yet away", Sources().device(10min - 1us), inactive, CombineRule::device_idle},
    {"away after 5 more", Sources().device(10min), away, CombineRule::device_away},
    {"one in use beats one idle", Sources().device(6min).device(1min), available, CombineRule::device},
    {"one inactive beats one away", Sources().device(3h).device(6min), inactive, CombineRule::device_idle},
    {"in use until the device says otherwise", Sources().in_use(9h), available, CombineRule::device},
    {"told idle, time not come", Sources().idle(4min), available, CombineRule::device},
    {"told idle", Sources().idle(6min), inactive, CombineRule::device_idle},
    {"told idle for long", Sources().idle(11min), away, CombineRule::device_away},
    {"told inactive counts at once", Sources().idle(1s, availability_idle_online), inactive, CombineRule::device_idle},
    {"told away counts at once", Sources().idle(1s, availability_away), away, CombineRule::device_away},
    {"told away by hand", Sources().device(0s, away), away, CombineRule::device},
    {"told be right back", Sources().device(0s, back), back, CombineRule::device},
    {"one in use beats one that is right back", Sources().device(0s, back).device(0s), available, CombineRule::device},
    {"presenting", Sources().device(0s, presenting).device(0s), presenting, CombineRule::device},
    {"presenting beats a call", Sources().device(0s, presenting).phone(), presenting, CombineRule::device},
    {"a busy device speaks for all", Sources().device(0s, busy).device(0s), busy, CombineRule::device},
    {"a device tells of a call", Sources().device(0s, on_the_phone).device(0s), on_the_phone, CombineRule::call},
    {"a busy device and nobody there", Sources().device(6min, busy), plain(availability_idle_busy),
     CombineRule::device},
    {"one closed, one open", Sources().closed().device(0s), available, CombineRule::device},
    {"one closed, one idle", Sources().closed().device(6min), inactive, CombineRule::device_idle},
    {"all closed", Sources().closed().closed(), offline, CombineRule::device_closed},
    {"a device that says offline", Sources().device(0s, offline), offline, CombineRule::device_closed},
    {"all closed in a meeting", Sources().closed().meeting(), offline, CombineRule::device_closed},
    {"all closed, yet in a call", Sources().closed().phone(), on_the_phone, CombineRule::call},
    // what devices tell of calls of their own
    {"an engagement does not help without an endpoint", Sources().engaged(on_the_phone), offline,
     CombineRule::no_endpoint},
    {"engaged", Sources().device(0s).engaged(on_the_phone), on_the_phone, CombineRule::call},
    {"engaged on one device, for all", Sources().device(0s).device(0s).engaged(on_the_phone), on_the_phone,
     CombineRule::call},
    {"engaged while the computer is idle", Sources().device(1h).engaged(on_the_phone), on_the_phone, CombineRule::call},
    {"engaged and all closed", Sources().closed().engaged(on_the_phone), on_the_phone, CombineRule::call},
    {"told of a conference", Sources().device(0s).engaged(told_conference), told_conference, CombineRule::call},
    {"a told conference before a told call", Sources().device(0s).engaged(on_the_phone, 9min).engaged(told_conference),
     told_conference, CombineRule::call},
    {"a told conference before a call", Sources().device(0s).phone().engaged(told_conference, 1s), told_conference,
     CombineRule::call},
    {"a conference before a told call",
     Sources().device(0s).engaged(on_the_phone, 9min).phone(Activity::in_a_conference), conference, CombineRule::call},
    {"told of a presentation", Sources().device(0s).engaged(told_presenting), told_presenting, CombineRule::call},
    {"a presentation before a conference",
     Sources().device(0s).engaged(told_conference, 9min).engaged(told_presenting).phone(Activity::in_a_conference),
     told_presenting, CombineRule::call},
    {"a presentation while the computer is idle", Sources().device(1h).engaged(told_presenting), told_presenting,
     CombineRule::call},
    {"what was picked beats an engagement", Sources().device(0s).manual(available).engaged(told_presenting), available,
     CombineRule::manual},
    {"busy by hand, idle computer, engaged", Sources().device(6min).manual(busy).engaged(on_the_phone), on_the_phone,
     CombineRule::manual},
    {"busy by hand is not told as presenting", Sources().device(0s).manual(busy).engaged(told_presenting), busy,
     CombineRule::manual},
    {"a device that is not to be disturbed beats it", Sources().device(0s, disturb).engaged(on_the_phone), disturb,
     CombineRule::device},
    {"an engagement beats a meeting", Sources().device(0s).meeting().engaged(on_the_phone), on_the_phone,
     CombineRule::call},
    {"an engagement beats out of office", Sources().device(0s).absence().engaged(on_the_phone), on_the_phone,
     CombineRule::call},
    {"an engagement beats a busy device", Sources().device(0s, busy).engaged(told_conference), told_conference,
     CombineRule::call},
    {"engagements do not show", Sources().policy(false, true, false).device(0s).engaged(told_presenting), available,
     CombineRule::device},
    {"nor keep from idleness", Sources().policy(false, true, false).device(6min).manual(busy).engaged(on_the_phone),
     plain(availability_idle_busy), CombineRule::manual},
    {"an engagement that says nothing", Sources().device(6min).engaged(plain(availability_unset)), inactive,
     CombineRule::device_idle},
    {"one that says available", Sources().device(6min).engaged(plain(availability_online)), inactive,
     CombineRule::device_idle},
    {"one that says away", Sources().device(0s).engaged(away), available, CombineRule::device},
    {"one that says nothing keeps from no idleness",
     Sources().device(6min).manual(busy).engaged(plain(availability_unset)), plain(availability_idle_busy),
     CombineRule::manual},
};

TEST(Combine, every_rule_of_the_model) {
  for (const Row& row : all_rows) {
    const Aggregate got = combine(row.sources.input, noon);
    EXPECT_EQ(got.state.availability, row.state.availability) << row.what;
    EXPECT_EQ(got.state.activity, row.state.activity) << row.what;
    EXPECT_EQ(name_of(got.rule), name_of(row.rule)) << row.what;
    const bool disturbs = class_of(row.state.availability) == AvailabilityClass::do_not_disturb;
    EXPECT_EQ(got.blocks_interruptions, disturbs) << row.what;
    EXPECT_EQ(got.interrupt_state,
              disturbs ? plain(availability_urgent_only, Activity::urgent_interruptions_only) : got.state)
        << row.what;
    if (got.again) {
      EXPECT_GT(*got.again, noon) << row.what;
      const Aggregate before = combine(row.sources.input, *got.again + -1us);
      EXPECT_EQ(before.state, got.state) << row.what;
      EXPECT_EQ(before.rule, got.rule) << row.what;
      EXPECT_EQ(before.again, got.again) << row.what;
    }
  }
}

TEST(Combine, custom_text_and_own_number_of_a_state_pass) {
  const State custom{4100, Activity::custom, {{"At the lake", "en"}, {"En el lago", "es"}}};
  EXPECT_EQ(combine(Sources().device(0s).manual(custom).input, noon).state, custom);
  EXPECT_EQ(combine(Sources().device(0s, custom).input, noon).state, custom);
}

TEST(Combine, again_is_right_to_the_microsecond) {
  const CombineInput input = Sources().device(3min).device(1min).input;
  Aggregate got = combine(input, noon);
  ASSERT_TRUE(got.again);
  EXPECT_EQ(*got.again, noon + 4min);
  got = combine(input, noon + 4min);
  EXPECT_EQ(got.rule, CombineRule::device_idle);
  EXPECT_EQ(got.since, noon + 4min);
  EXPECT_EQ(got.idle_since, ago(1min));
  ASSERT_TRUE(got.again);
  EXPECT_EQ(*got.again, noon + 9min);
  got = combine(input, noon + 9min);
  EXPECT_EQ(got.rule, CombineRule::device_away);
  EXPECT_EQ(got.since, noon + 9min);
  EXPECT_FALSE(got.again);
}

TEST(Combine, again_at_a_calendars_edges) {
  const CombineInput input =
      Sources().in_use(0s).calendar(plain(availability_busy, Activity::in_a_meeting), -2min, 4min).input;
  Aggregate got = combine(input, noon);
  EXPECT_EQ(got.again, noon + 2min);
  got = combine(input, noon + 2min);
  EXPECT_EQ(got.rule, CombineRule::meeting);
  EXPECT_EQ(got.since, noon + 2min);
  EXPECT_EQ(got.again, noon + 4min);
  got = combine(input, noon + 4min);
  EXPECT_EQ(got.rule, CombineRule::device);
  EXPECT_FALSE(got.again);
}

TEST(Combine, a_meeting_turns_busy_idle_in_time) {
  const CombineInput input = Sources().device(3min).meeting().input;
  EXPECT_EQ(combine(input, noon).again, noon + 2min);
  const Aggregate idle = combine(input, noon + 2min);
  EXPECT_EQ(idle.state, plain(availability_idle_busy, Activity::in_a_meeting));
  EXPECT_EQ(idle.idle_since, ago(3min));
  EXPECT_EQ(idle.again, noon + 20min);
}

TEST(Combine, idle_times_may_be_never) {
  Sources sources = Sources().device(9h);
  sources.input.inactive_after = {};
  EXPECT_EQ(combine(sources.input, noon).rule, CombineRule::device);
  EXPECT_FALSE(combine(sources.input, noon).again);
  sources.input.inactive_after = 5min;
  sources.input.away_after = {};
  EXPECT_EQ(combine(sources.input, noon).rule, CombineRule::device_idle);
  EXPECT_FALSE(combine(sources.input, noon).again);
}

TEST(Combine, used_again_after_the_device_told_idle) {
  for (const std::uint16_t told : {availability_unset, availability_idle_online, availability_away}) {
    Sources sources = Sources().idle(20min, told);
    sources.input.devices[0].last_used = ago(1min);
    const Aggregate got = combine(sources.input, noon);
    EXPECT_EQ(got.rule, CombineRule::device) << told;
    EXPECT_EQ(got.state, plain(availability_online)) << told;
    EXPECT_EQ(got.again, noon + 4min) << told;
  }
}

TEST(Combine, the_source_is_named) {
  Aggregate got = combine(Sources().device(1h).device(0s, plain(availability_online)).input, noon);
  EXPECT_EQ(got.endpoint, base::EndpointId{2});
  EXPECT_EQ(got.source_version, 12u);
  got = combine(Sources().device(0s).manual(plain(availability_busy)).input, noon);
  EXPECT_EQ(got.endpoint, base::EndpointId{7});
  EXPECT_EQ(got.source_version, 3u);
  EXPECT_EQ(got.since, ago(1h));
  got =
      combine(Sources().device(0s).phone(Activity::on_the_phone, 3min).phone(Activity::on_the_phone, 8min).input, noon);
  EXPECT_EQ(got.since, ago(8min)) << "the call that began first";
  got = combine(Sources().device(0s).phone().engaged(on_the_phone, 3min).engaged(on_the_phone, 2min).input, noon);
  EXPECT_EQ(got.since, ago(3min));
  EXPECT_EQ(got.endpoint, base::EndpointId{1});
  EXPECT_EQ(got.source_version, 21u);
  got = combine(Sources().device(0s).phone(Activity::on_the_phone, 4min).engaged(on_the_phone, 3min).input, noon);
  EXPECT_EQ(got.since, ago(4min));
  EXPECT_EQ(got.source_version, 0u);
}

TEST(Combine, what_was_before_a_call_or_meeting_is_there_again_after_it) {
  for (const Row& row : all_rows) {
    if (!row.sources.input.phones.empty() || !row.sources.input.engagements.empty() || row.sources.input.calendar)
      continue;
    const Aggregate before = combine(row.sources.input, noon);
    Sources busier = row.sources;
    busier.phone().engaged(told_presenting).meeting();
    combine(busier.input, noon);
    busier.input.engagements.clear();
    busier.input.phones.clear();
    busier.input.calendar.reset();
    const Aggregate after = combine(busier.input, noon);
    EXPECT_EQ(after.state, before.state) << row.what;
    EXPECT_EQ(after.since, before.since) << row.what;
    EXPECT_EQ(after.rule, before.rule) << row.what;
    EXPECT_EQ(after.again, before.again) << row.what;
  }
}

TEST(State, ranges_and_tokens_of_the_product) {  // presence-model 2 and 3
  struct {
    std::uint16_t number;
    std::string_view name;
  } const edges[] = {{0, "unset"},
                     {2999, "unset"},
                     {3000, "online"},
                     {4499, "online"},
                     {4500, "inactive"},
                     {5999, "inactive"},
                     {6000, "busy"},
                     {7499, "busy"},
                     {7500, "busy-inactive"},
                     {8999, "busy-inactive"},
                     {9000, "do-not-disturb"},
                     {11999, "do-not-disturb"},
                     {12000, "be-right-back"},
                     {14999, "be-right-back"},
                     {15000, "away"},
                     {17999, "away"},
                     {18000, "offline"},
                     {65535, "offline"}};
  for (const auto& edge : edges) EXPECT_EQ(name_of(class_of(edge.number)), edge.name) << edge.number;
  for (int i = 1; i <= static_cast<int>(Activity::custom); ++i)
    EXPECT_EQ(activity_from(token_of(Activity(i))), Activity(i));
  EXPECT_EQ(token_of(Activity::none), "");
  EXPECT_EQ(activity_from("sleeping"), Activity::none);
}

TEST(State, shape_of_a_language_tag) {
  const std::string longest = "x-abcdefgh-abcdefgh-abcdefgh-abcdef";
  ASSERT_EQ(longest.size(), language_tag_octets_max);
  for (const std::string& good : {std::string("es"), std::string("es-ES"), std::string("zh-Hant-TW"),
                                  std::string("x-lcid-40a"), std::string("1"), longest})
    EXPECT_TRUE(is_language_tag(good)) << good;
  for (const std::string& bad :
       {std::string(), std::string("-"), std::string("es-"), std::string("-es"), std::string("es--ES"),
        std::string("es_ES"), std::string("e s"), std::string("abcdefghi"), std::string("\xc3\xb1"), longest + "g"})
    EXPECT_FALSE(is_language_tag(bad)) << bad;
}

}  // namespace
}  // namespace tertulia::domain
