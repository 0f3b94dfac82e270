// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/record/conference_record.h"
#include "domain/record/record.h"

namespace tertulia::domain {

/// Stable words for exports: "unknown", "client_initiated", "expired", "client_crashed", "user_changed".
std::string_view name_of(DeregisterType type);
/// "page", "session", "call" or "file".
std::string_view name_of(SessionMode mode);
/// "unknown", "presenter" or "attendee".
std::string_view name_of(RecordedRole role);
/// "chat", "audio_video" or "application_sharing".
std::string_view name_of(McuType mcu);
/// "offered", "accepted", "rejected" or "cancelled".
std::string_view name_of(FileOutcome outcome);

enum class RecordFieldKind : std::uint8_t { text, number, time, link };

/// One column of a record.  A link is the id of another record, empty for none.  `text` of a number is decimal, of a time
/// ISO 8601 in UTC; one that is not known is empty (JSON: null), as the end and the message counts of a conversation that
/// runs, or that was cut off by the server's own end (diagnostic server_restarted).
struct RecordField {
  std::string_view name;  ///< constant
  RecordFieldKind kind = RecordFieldKind::text;
  std::string text;
};

/// All columns in the order in which lists, exports and single views show them.
std::vector<RecordField> fields_of(const RegistrationRecord& record);
std::vector<RecordField> fields_of(const SessionRecord& record);
std::vector<RecordField> fields_of(const ConferenceRecord& record);
std::vector<RecordField> fields_of(const FocusJoinRecord& record);
/// SIP status that the join was answered with: 200, or that of the refusal.
int response_code_of(const FocusJoinRecord& join);
std::vector<RecordField> fields_of(const McuJoinRecord& record);
/// Names of the same columns, for a heading without rows.
std::span<const std::string_view> registration_field_names();
std::span<const std::string_view> session_field_names();
std::span<const std::string_view> conference_field_names();

/// One line of RFC 4180 with its line end.  A text that a spreadsheet would run as a formula gets an apostrophe in
/// front: client names come from outside.
std::string csv_line(std::span<const RecordField> fields);
std::string csv_heading(std::span<const std::string_view> names);

}  // namespace tertulia::domain
