// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/publication_codec.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tertulia::io::publication_codec {
namespace {

using base::Reason;
using domain::Activity;
using domain::CalendarState;
using domain::DeviceState;
using domain::EngagedState;
using domain::ManualState;
using domain::NoteKind;
using domain::NoteValue;
using domain::OpaqueValue;
using domain::PublicationValue;
using domain::State;

const State busy{6500, Activity::in_a_meeting, {}};

/// Value, kind and fields as they stand in the file: what was written once must be read for ever.
struct Row {
  PublicationValue value;
  const char* kind;
  const char* fields;
};

std::vector<Row> rows() {
  return {
      {ManualState{busy}, "manual", R"({"activity":"in-a-meeting","availability":6500})"},
      {ManualState{}, "manual", R"({"availability":0})"},
      {ManualState{{9500, Activity::custom, {{"Escribiendo \"ñ\""}}}}, "manual",
       R"({"activity":"custom","activity_text":"Escribiendo \"ñ\"","availability":9500})"},
      {ManualState{{9500, Activity::custom, {{"Cavando", "es-ES"}}}}, "manual",
       R"({"activity":"custom","activity_language":"es-ES","activity_text":"Cavando","availability":9500})"},
      {EngagedState{{6500, Activity::custom, {{"Digging", "en-US"}, {"Cavando", "es-ES"}, {"Graben"}}}}, "engaged",
       R"({"activity":"custom","activity_further":[{"language":"es-ES","text":"Cavando"},{"text":"Graben"}],)"
       R"("activity_language":"en-US","activity_text":"Digging","availability":6500})"},
      {DeviceState{}, "device", R"({"availability":0})"},
      {DeviceState{{3500, Activity::none, {}}, true, base::WallTime{-5}, true, "deskphone", "+01:00"}, "device",
       R"({"activity_told":true,"availability":3500,"closed":true,"idle_since_us":-5,"time_zone":"+01:00","type":"deskphone"})"},
      {NoteValue{NoteKind::personal, "back\nsoon", {}, {}}, "note", R"({"note":"personal","text":"back\nsoon"})"},
      {NoteValue{NoteKind::out_of_office, "", base::WallTime{1}, base::WallTime{2}}, "note",
       R"({"from_us":1,"note":"out_of_office","until_us":2})"},
      {CalendarState{busy, {10}, {20}, "Plan", "Room 1"}, "calendar",
       R"({"activity":"in-a-meeting","availability":6500,"from_us":10,"place":"Room 1","subject":"Plan","until_us":20})"},
      {OpaqueValue{"application/xml", std::string("<a/>\0\xff", 6)}, "opaque", R"({"media_type":"application/xml"})"},
      {OpaqueValue{}, "opaque", "{}"},
      {EngagedState{{9000, Activity::in_presentation, {}}}, "engaged",
       R"({"activity":"in-presentation","availability":9000})"},
  };
}

TEST(PublicationCodec, every_kind_has_its_form_and_comes_back) {
  for (const Row& row : rows()) {
    const auto encoded = encode(row.value);
    EXPECT_EQ(encoded.kind, row.kind);
    EXPECT_EQ(encoded.fields, row.fields);
    EXPECT_EQ(encoded.format, 1);
    const auto decoded = decode(encoded.kind, encoded.format, encoded.fields, encoded.bytes);
    ASSERT_TRUE(decoded) << decoded.error().detail;
    ASSERT_TRUE(*decoded);
    EXPECT_EQ(**decoded, row.value) << row.fields;
  }
}

TEST(PublicationCodec, what_a_later_version_wrote_is_passed_over) {
  EXPECT_FALSE(*decode("mood", 1, R"({"mood":"happy"})", ""));
  EXPECT_FALSE(*decode("manual", 2, "not JSON", ""));
  const auto more = decode("manual", 1, R"({"availability":6500,"new_field":{"a":[1]}})", "");
  ASSERT_TRUE(more && *more);
  EXPECT_EQ(**more, PublicationValue(ManualState{{6500, Activity::none, {}}}));
  const auto activity = decode("manual", 1, R"({"availability":6500,"activity":"juggling"})", "");
  ASSERT_TRUE(activity && *activity);
  EXPECT_EQ(**activity, PublicationValue(ManualState{{6500, Activity::none, {}}}));
}

TEST(PublicationCodec, damage_names_the_field_and_no_content) {
  const struct {
    const char* kind;
    std::int64_t format;
    const char* fields;
    const char* told;
  } bad[] = {
      {"manual", 0, R"({"availability":1})", "format"},
      {"manual", 1, "", "JSON"},
      {"manual", 1, "{", "JSON"},
      {"manual", 1, "[1]", "JSON"},
      {"manual", 1, "{}", "availability"},
      {"manual", 1, R"({"availability":"secret"})", "availability"},
      {"manual", 1, R"({"availability":-1})", "availability"},
      {"manual", 1, R"({"availability":65536})", "availability"},
      {"manual", 1, R"({"availability":1.5})", "availability"},
      {"manual", 1, R"({"availability":1,"activity":7})", "activity"},
      {"manual", 1, R"({"availability":1,"activity_language":7})", "activity_language"},
      {"manual", 1, R"({"availability":1,"activity_further":{}})", "activity_further"},
      {"manual", 1, R"({"availability":1,"activity_further":["secret"]})", "activity_further"},
      {"manual", 1, R"({"availability":1,"activity_further":[{"text":1}]})", "activity_further"},
      {"device", 1, R"({"availability":1,"closed":1})", "closed"},
      {"device", 1, R"({"availability":1,"idle_since_us":"secret"})", "idle_since_us"},
      {"device", 1, R"({"availability":1,"type":[]})", "type"},
      {"note", 1, R"({"text":"secret"})", "note"},
      {"note", 1, R"({"note":"secret"})", "note"},
      {"note", 1, R"({"note":"personal","text":1})", "text"},
      {"calendar", 1, R"({"availability":1,"from_us":1})", "until_us"},
      {"opaque", 1, R"({"media_type":5})", "media_type"},
      {"engaged", 1, "{}", "availability"},
  };
  for (const auto& row : bad) {
    const auto decoded = decode(row.kind, row.format, row.fields, "");
    ASSERT_FALSE(decoded) << row.fields;
    EXPECT_EQ(decoded.reason(), Reason::file_damaged);
    EXPECT_NE(decoded.error().detail.find(row.told), std::string::npos) << decoded.error().detail;
    EXPECT_EQ(decoded.error().detail.find("secret"), std::string::npos) << decoded.error().detail;
  }
}

TEST(PublicationCodec, random_bytes_never_do_harm) {
  base::Random random{std::uint64_t{7}};
  for (int i = 0; i < 3000; ++i) {
    const auto all = rows();
    const Row& row = all[random.below(all.size())];
    std::string fields = row.fields;
    for (auto count = random.below(4) + 1; count > 0 && !fields.empty(); --count) {
      fields[random.below(fields.size())] = static_cast<char>(random.below(256));
    }
    const auto decoded = decode(row.kind, 1, fields, "");
    if (!decoded) {
      EXPECT_EQ(decoded.reason(), Reason::file_damaged);
    }
  }
}

TEST(PublicationCodec, text_that_is_not_utf8_is_still_written) {
  const auto encoded = encode(NoteValue{NoteKind::personal, "bad\xff", {}, {}});
  EXPECT_TRUE(decode(encoded.kind, encoded.format, encoded.fields, encoded.bytes));
}

}  // namespace
}  // namespace tertulia::io::publication_codec
