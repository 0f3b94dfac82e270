// SPDX-License-Identifier: Apache-2.0
#include "domain/record/record_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/reason.h"
#include "domain/record/record_id.h"

namespace tertulia::domain {
namespace {

using testing::ElementsAre;

RegistrationRecord registration() {
  RegistrationRecord record;
  record.id = {18'000'000'000'000'000'000ULL};
  record.user = "alice@example.com";
  record.endpoint = {7};
  record.instance = "urn:uuid:1";
  record.client_version = "Phone 1.0";
  record.ip_address = "192.0.2.1";
  record.register_time = {0};
  record.deregister_time = base::WallTime{1'500'000};
  record.deregister_type = DeregisterType::expired;
  return record;
}

std::vector<std::string> texts_of(const std::vector<RecordField>& fields) {
  std::vector<std::string> texts;
  for (const RecordField& field : fields) texts.push_back(field.text);
  return texts;
}

template <typename Record>
void expect_names(const Record& record, std::span<const std::string_view> names) {
  const auto fields = fields_of(record);
  ASSERT_EQ(fields.size(), names.size());
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(fields[i].name, names[i]);
    EXPECT_TRUE(seen.insert(names[i]).second) << names[i];
  }
}

TEST(RecordFields, of_a_registration) {
  EXPECT_THAT(texts_of(fields_of(registration())),
              ElementsAre("18000000000000000000", "alice@example.com", "7", "urn:uuid:1", "Phone 1.0", "192.0.2.1",
                          "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:01.500Z", "expired", "200", "0"));
  expect_names(registration(), registration_field_names());
}

TEST(RecordFields, a_time_that_is_not_known_is_empty) {
  RegistrationRecord record = registration();
  record.deregister_time.reset();
  const auto fields = fields_of(record);
  EXPECT_EQ(fields[7].kind, RecordFieldKind::time);
  EXPECT_EQ(fields[7].text, "");
}

TEST(RecordFields, of_a_session) {
  SessionRecord record;
  record.id = {1};
  record.conversation = {2};
  record.user1 = {"alice@example.com", {3}, "A/1", 3};
  record.user2 = {"bob@example.com", {}, "", 0};
  record.mode = SessionMode::session;
  record.call_id = "c1";
  record.correlation_id = "421337";
  record.files = {{"plan.txt", "", "1", 1, FileOutcome::rejected}, {"b.txt", "", "2", 2, FileOutcome::offered}};
  record.content_type = "text/plain";
  record.end_time = base::WallTime{0};
  record.response_code = 202;
  EXPECT_THAT(texts_of(fields_of(record)),
              ElementsAre("1", "2", "session", "alice@example.com", "3", "A/1", "3", "bob@example.com", "0", "", "0",
                          "c1", "text/plain", "1970-01-01T00:00:00.000Z", "", "1970-01-01T00:00:00.000Z", "202", "0",
                          "1", "", "", "0", "421337", "rejected plan.txt; offered b.txt"));
  expect_names(record, session_field_names());
}

TEST(RecordFields, a_conversation_that_runs_has_no_counts_yet) {
  SessionRecord record;
  record.user1.message_count = 2;  // of a change on the way
  const auto counts = [&record] {
    const auto fields = fields_of(record);
    EXPECT_EQ(fields[6].kind, RecordFieldKind::number);
    return std::vector{fields[6].text, fields[10].text};
  };
  for (const SessionMode mode : {SessionMode::page, SessionMode::session}) {
    record.mode = mode;
    EXPECT_THAT(counts(), ElementsAre("", ""));
  }
  record.mode = SessionMode::call;  // which has no messages
  record.user1.message_count = 0;
  EXPECT_THAT(counts(), ElementsAre("0", "0"));
  record.mode = SessionMode::page;
  record.end_time = base::WallTime{0};
  EXPECT_THAT(counts(), ElementsAre("0", "0"));
}

TEST(RecordFields, a_conversation_that_the_server_left_open_tells_what_is_known) {
  SessionRecord record;
  record.end_time = base::WallTime{0};
  record.diagnostic_id = base::id_of(base::Reason::server_restarted);
  const auto known = [&record] {
    const auto fields = fields_of(record);
    EXPECT_EQ(fields[16].name, "response_code");
    return std::vector{fields[6].text, fields[10].text, fields[16].text};
  };
  EXPECT_THAT(known(), ElementsAre("", "", ""));
  record.mode = SessionMode::session;
  record.response_code = 200;  // was written when it was accepted
  EXPECT_THAT(known(), ElementsAre("", "", "200"));
  record.mode = SessionMode::call;
  EXPECT_THAT(known(), ElementsAre("0", "0", "200"));
}

TEST(RecordFields, of_a_call) {
  SessionRecord record;
  record.id = {5};
  record.user1 = {"alice@example.com", {3}, "Phone/1", 0};
  record.user2 = {"bob@example.com", {4}, "Phone/2", 0};
  record.mode = SessionMode::call;
  record.media_types = 16 | 32;
  record.referred_by = "carol@example.com";
  record.replaces = {18'000'000'000'000'000'000ULL};
  record.disconnected_by = 2;
  const auto texts = texts_of(fields_of(record));
  EXPECT_EQ(texts[2], "call");
  EXPECT_THAT(std::vector(texts.end() - 6, texts.end()),
              ElementsAre("48", "carol@example.com", "18000000000000000000", "2", "", ""));
  expect_names(record, session_field_names());
}

TEST(RecordFields, older_columns_keep_their_places) {  // scripts of administrators count them
  EXPECT_EQ(csv_heading(session_field_names()),
            "id,conversation,mode,user1,user1_endpoint,user1_client_version,user1_message_count,user2,user2_endpoint,"
            "user2_client_version,user2_message_count,call_id,content_type,invite_time,response_time,end_time,"
            "response_code,diagnostic_id,media_types,referred_by,replaces,disconnected_by,correlation_id,files\r\n");
}

TEST(RecordFields, csv_is_quoted_by_rfc_4180) {
  EXPECT_EQ(csv_heading(registration_field_names()),
            "id,user,endpoint,instance,client_version,ip_address,register_time,deregister_time,deregister_type,"
            "response_code,diagnostic_id\r\n");
  const std::vector<RecordField> fields{{"a", RecordFieldKind::text, "plain"},
                                        {"b", RecordFieldKind::text, "with, comma"},
                                        {"c", RecordFieldKind::text, "say \"hi\""},
                                        {"d", RecordFieldKind::text, "two\r\nlines"},
                                        {"e", RecordFieldKind::text, ""}};
  EXPECT_EQ(csv_line(fields), "plain,\"with, comma\",\"say \"\"hi\"\"\",\"two\r\nlines\",\r\n");
}

TEST(RecordFields, csv_keeps_its_columns_when_the_first_is_empty) {
  const std::vector<RecordField> fields{{"a", RecordFieldKind::text, ""}, {"b", RecordFieldKind::text, "x"}};
  EXPECT_EQ(csv_line(fields), ",x\r\n");
}

TEST(RecordFields, csv_gives_no_formula_to_a_spreadsheet) {
  for (const char* evil : {"=1+1", "+1", "-1", "@SUM(A1)"}) {
    const std::vector<RecordField> fields{{"a", RecordFieldKind::text, evil}};
    EXPECT_EQ(csv_line(fields), "'" + std::string(evil) + "\r\n");
  }
  const std::vector<RecordField> number{{"a", RecordFieldKind::number, "-1"}};
  EXPECT_EQ(csv_line(number), "-1\r\n");
}

TEST(RecordFields, words_of_enumerations) {
  EXPECT_EQ(name_of(DeregisterType::unknown), "unknown");
  EXPECT_EQ(name_of(DeregisterType::client_initiated), "client_initiated");
  EXPECT_EQ(name_of(DeregisterType::client_crashed), "client_crashed");
  EXPECT_EQ(name_of(DeregisterType::user_changed), "user_changed");
  EXPECT_EQ(name_of(static_cast<DeregisterType>(5)), "unknown");
  EXPECT_EQ(name_of(SessionMode::page), "page");
  EXPECT_EQ(name_of(SessionMode::session), "session");
  EXPECT_EQ(name_of(SessionMode::call), "call");
  EXPECT_EQ(name_of(SessionMode::file), "file");
  EXPECT_EQ(name_of(static_cast<SessionMode>(4)), "unknown");
  EXPECT_EQ(name_of(FileOutcome::accepted), "accepted");
  EXPECT_EQ(name_of(FileOutcome::cancelled), "cancelled");
  EXPECT_EQ(name_of(static_cast<FileOutcome>(4)), "unknown");
}

TEST(RecordFields, a_join_tells_how_it_was_answered) {
  FocusJoinRecord join;
  join.role = RecordedRole::attendee;
  join.diagnostic_id = base::id_of(base::Reason::ejected);  // why he left
  EXPECT_EQ(response_code_of(join), 200);
  join.role = RecordedRole::unknown;
  EXPECT_EQ(response_code_of(join), 403);
  join.diagnostic_id = base::id_of(base::Reason::conference_full);
  EXPECT_EQ(response_code_of(join), 486);
  const std::vector<RecordField> fields = fields_of(join);
  const auto code =
      std::find_if(fields.begin(), fields.end(), [](const auto& one) { return one.name == "response_code"; });
  ASSERT_NE(code, fields.end());
  EXPECT_EQ(code->text, "486");
  join.diagnostic_id = 1;  // of a later version
  EXPECT_EQ(response_code_of(join), 500);
}

TEST(RecordId, orders_by_time_and_never_repeats) {
  RecordIdSource source({1});
  std::uint64_t last = 0;
  for (const std::int64_t us : {1000, 1000, 1000, 999, 5, 2000, 2000}) {  // a clock set back, too
    const base::RecordId id = source.next({us});
    EXPECT_GT(id.value, last);
    last = id.value;
  }
  EXPECT_EQ(RecordIdSource::time_of({last}).us, 2001);
  RecordIdSource other({2});
  EXPECT_NE(other.next({7}), RecordIdSource({1}).next({7}));
}

}  // namespace
}  // namespace tertulia::domain
