// SPDX-License-Identifier: Apache-2.0
#include "domain/record/record_fields.h"

#include <array>
#include <optional>
#include <utility>

namespace tertulia::domain {
namespace {

/// How one column is read out of a record.
template <typename Record>
struct Column {
  std::string_view name;
  RecordFieldKind kind;
  std::string (*read)(const Record& record);
};

std::string time_text(const std::optional<base::WallTime>& time) {
  return time ? base::to_iso8601(*time) : std::string();
}
template <typename AnyId>
std::string id_text(AnyId id) {
  return std::to_string(id.value);
}

template <typename AnyId>
std::string link_text(AnyId id) {
  return id ? id_text(id) : std::string();
}

/// The counts come with the end: while a conversation runs, its record does not know them, and never will when the server
/// ended with it open.
std::string count_text(const SessionRecord& session, const SessionParty& party) {
  const bool talks = session.mode == SessionMode::page || session.mode == SessionMode::session;
  const bool known = session.end_time && session.diagnostic_id != base::id_of(base::Reason::server_restarted);
  return talks && !known ? std::string() : std::to_string(party.message_count);
}

/// 0 is no answer: there was none, or the server ended before it was written.
std::string response_text(const SessionRecord& session) {
  return session.response_code == 0 ? std::string() : std::to_string(session.response_code);
}

/// `accepted plan.txt; rejected tool.exe`.
std::string files_text(const std::vector<FileTransfer>& files) {
  std::string all;
  for (const FileTransfer& file : files) {
    if (!all.empty()) all.append("; ");
    all.append(name_of(file.outcome)).append(" ").append(file.name);
  }
  return all;
}

constexpr auto text = RecordFieldKind::text;
constexpr auto number = RecordFieldKind::number;
constexpr auto time = RecordFieldKind::time;
constexpr auto link = RecordFieldKind::link;

// Ids are texts: they use all 64 bits, and many readers of JSON keep only 53.
using R = RegistrationRecord;
constexpr std::array registration_columns{
    Column<R>{"id", text, [](const R& r) { return id_text(r.id); }},
    Column<R>{"user", text, [](const R& r) { return r.user; }},
    Column<R>{"endpoint", text, [](const R& r) { return id_text(r.endpoint); }},
    Column<R>{"instance", text, [](const R& r) { return r.instance; }},
    Column<R>{"client_version", text, [](const R& r) { return r.client_version; }},
    Column<R>{"ip_address", text, [](const R& r) { return r.ip_address; }},
    Column<R>{"register_time", time, [](const R& r) { return time_text(r.register_time); }},
    Column<R>{"deregister_time", time, [](const R& r) { return time_text(r.deregister_time); }},
    Column<R>{"deregister_type", text, [](const R& r) { return std::string(name_of(r.deregister_type)); }},
    Column<R>{"response_code", number, [](const R& r) { return std::to_string(r.response_code); }},
    Column<R>{"diagnostic_id", number, [](const R& r) { return std::to_string(r.diagnostic_id); }},
};

using S = SessionRecord;
constexpr std::array session_columns{
    Column<S>{"id", text, [](const S& s) { return id_text(s.id); }},
    Column<S>{"conversation", text, [](const S& s) { return id_text(s.conversation); }},
    Column<S>{"mode", text, [](const S& s) { return std::string(name_of(s.mode)); }},
    Column<S>{"user1", text, [](const S& s) { return s.user1.user; }},
    Column<S>{"user1_endpoint", text, [](const S& s) { return id_text(s.user1.endpoint); }},
    Column<S>{"user1_client_version", text, [](const S& s) { return s.user1.client_version; }},
    Column<S>{"user1_message_count", number, [](const S& s) { return count_text(s, s.user1); }},
    Column<S>{"user2", text, [](const S& s) { return s.user2.user; }},
    Column<S>{"user2_endpoint", text, [](const S& s) { return id_text(s.user2.endpoint); }},
    Column<S>{"user2_client_version", text, [](const S& s) { return s.user2.client_version; }},
    Column<S>{"user2_message_count", number, [](const S& s) { return count_text(s, s.user2); }},
    Column<S>{"call_id", text, [](const S& s) { return s.call_id; }},
    Column<S>{"content_type", text, [](const S& s) { return s.content_type; }},
    Column<S>{"invite_time", time, [](const S& s) { return time_text(s.invite_time); }},
    Column<S>{"response_time", time, [](const S& s) { return time_text(s.response_time); }},
    Column<S>{"end_time", time, [](const S& s) { return time_text(s.end_time); }},
    Column<S>{"response_code", number, response_text},
    Column<S>{"diagnostic_id", number, [](const S& s) { return std::to_string(s.diagnostic_id); }},
    Column<S>{"media_types", number, [](const S& s) { return std::to_string(s.media_types); }},
    Column<S>{"referred_by", text, [](const S& s) { return s.referred_by; }},
    Column<S>{"replaces", link, [](const S& s) { return link_text(s.replaces); }},
    Column<S>{"disconnected_by", number, [](const S& s) { return std::to_string(s.disconnected_by); }},
    Column<S>{"correlation_id", text, [](const S& s) { return s.correlation_id; }},
    Column<S>{"files", text, [](const S& s) { return files_text(s.files); }},
};

using C = ConferenceRecord;
constexpr std::array conference_columns{
    Column<C>{"id", text, [](const C& c) { return id_text(c.id); }},
    Column<C>{"conversation", text, [](const C& c) { return id_text(c.conversation); }},
    Column<C>{"organizer", text, [](const C& c) { return c.organizer; }},
    Column<C>{"conference_id", text, [](const C& c) { return c.conference_id; }},
    Column<C>{"start_time", time, [](const C& c) { return time_text(c.start_time); }},
    Column<C>{"end_time", time, [](const C& c) { return time_text(c.end_time); }},
    Column<C>{"replaces", link, [](const C& c) { return link_text(c.replaces); }},
    Column<C>{"correlation_id", text, [](const C& c) { return c.correlation_id; }},
    Column<C>{"diagnostic_id", number, [](const C& c) { return std::to_string(c.diagnostic_id); }},
};

using F = FocusJoinRecord;
constexpr std::array focus_join_columns{
    Column<F>{"id", text, [](const F& f) { return id_text(f.id); }},
    Column<F>{"user", text, [](const F& f) { return f.user; }},
    Column<F>{"endpoint", text, [](const F& f) { return id_text(f.endpoint); }},
    Column<F>{"client_version", text, [](const F& f) { return f.client_version; }},
    Column<F>{"role", text, [](const F& f) { return std::string(name_of(f.role)); }},
    Column<F>{"join_time", time, [](const F& f) { return time_text(f.join_time); }},
    Column<F>{"leave_time", time, [](const F& f) { return time_text(f.leave_time); }},
    Column<F>{"response_code", number, [](const F& f) { return std::to_string(response_code_of(f)); }},
    Column<F>{"diagnostic_id", number, [](const F& f) { return std::to_string(f.diagnostic_id); }},
};

using M = McuJoinRecord;
constexpr std::array mcu_join_columns{
    Column<M>{"id", text, [](const M& m) { return id_text(m.id); }},
    Column<M>{"mcu", text, [](const M& m) { return std::string(name_of(m.mcu)); }},
    Column<M>{"user", text, [](const M& m) { return m.user; }},
    Column<M>{"endpoint", text, [](const M& m) { return id_text(m.endpoint); }},
    Column<M>{"client_version", text, [](const M& m) { return m.client_version; }},
    Column<M>{"message_count", number, [](const M& m) { return std::to_string(m.message_count); }},
    Column<M>{"join_time", time, [](const M& m) { return time_text(m.join_time); }},
    Column<M>{"leave_time", time, [](const M& m) { return time_text(m.leave_time); }},
};

template <typename Columns>
constexpr auto names_of(const Columns& columns) {
  std::array<std::string_view, std::tuple_size_v<Columns>> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = columns[i].name;
  return names;
}
constexpr auto registration_names = names_of(registration_columns);
constexpr auto session_names = names_of(session_columns);
constexpr auto conference_names = names_of(conference_columns);

template <typename Columns, typename Record>
std::vector<RecordField> read_all(const Columns& columns, const Record& record) {
  std::vector<RecordField> fields;
  fields.reserve(columns.size());
  for (const auto& column : columns) fields.push_back({column.name, column.kind, column.read(record)});
  return fields;
}

/// One value and its comma, which the end of the line replaces.
void append_csv(std::string& line, std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
    line.append(value).push_back(',');
    return;
  }
  line.push_back('"');
  for (const char c : value) {
    if (c == '"') line.push_back('"');
    line.push_back(c);
  }
  line.append("\",");
}

std::string finished(std::string line) {
  if (!line.empty()) line.pop_back();
  return line + "\r\n";
}

}  // namespace

std::string_view name_of(DeregisterType type) {
  switch (type) {
    case DeregisterType::unknown:
      return "unknown";
    case DeregisterType::client_initiated:
      return "client_initiated";
    case DeregisterType::expired:
      return "expired";
    case DeregisterType::client_crashed:
      return "client_crashed";
    case DeregisterType::user_changed:
      return "user_changed";
  }
  return "unknown";  // a number that a later version wrote
}

std::string_view name_of(SessionMode mode) {
  switch (mode) {
    case SessionMode::page:
      return "page";
    case SessionMode::session:
      return "session";
    case SessionMode::call:
      return "call";
    case SessionMode::file:
      return "file";
  }
  return "unknown";  // a number that a later version wrote
}

std::string_view name_of(FileOutcome outcome) {
  switch (outcome) {
    case FileOutcome::offered:
      return "offered";
    case FileOutcome::accepted:
      return "accepted";
    case FileOutcome::rejected:
      return "rejected";
    case FileOutcome::cancelled:
      return "cancelled";
  }
  return "unknown";  // a number that a later version wrote
}

int response_code_of(const FocusJoinRecord& join) {
  if (join.role != RecordedRole::unknown || join.diagnostic_id == 0) return 200;
  const auto reason = base::reason_numbered(join.diagnostic_id);
  return reason ? base::status_of(*reason) : 500;  // a number that a later version wrote
}

std::string_view name_of(RecordedRole role) {
  switch (role) {
    case RecordedRole::unknown:
      return "unknown";
    case RecordedRole::presenter:
      return "presenter";
    case RecordedRole::attendee:
      return "attendee";
  }
  return "unknown";  // a number that a later version wrote
}

std::string_view name_of(McuType mcu) {
  switch (mcu) {
    case McuType::chat:
      return "chat";
    case McuType::audio_video:
      return "audio_video";
    case McuType::application_sharing:
      return "application_sharing";
  }
  return "unknown";  // a number that a later version wrote
}

std::vector<RecordField> fields_of(const RegistrationRecord& record) { return read_all(registration_columns, record); }
std::vector<RecordField> fields_of(const SessionRecord& record) { return read_all(session_columns, record); }
std::vector<RecordField> fields_of(const ConferenceRecord& record) { return read_all(conference_columns, record); }
std::vector<RecordField> fields_of(const FocusJoinRecord& record) { return read_all(focus_join_columns, record); }
std::vector<RecordField> fields_of(const McuJoinRecord& record) { return read_all(mcu_join_columns, record); }
std::span<const std::string_view> conference_field_names() { return conference_names; }
std::span<const std::string_view> registration_field_names() { return registration_names; }
std::span<const std::string_view> session_field_names() { return session_names; }

std::string csv_line(std::span<const RecordField> fields) {
  std::string line;
  for (const RecordField& field : fields) {
    const bool formula = field.kind == RecordFieldKind::text && !field.text.empty() &&
                         std::string_view("=+-@\t\r").find(field.text.front()) != std::string_view::npos;
    append_csv(line, formula ? "'" + field.text : field.text);
  }
  return finished(std::move(line));
}

std::string csv_heading(std::span<const std::string_view> names) {
  std::string line;
  for (const std::string_view name : names) append_csv(line, name);
  return finished(std::move(line));
}

}  // namespace tertulia::domain
