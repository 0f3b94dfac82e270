// SPDX-License-Identifier: Apache-2.0
// cdr list, show, export; backup.  They read the store themselves, whether a server runs or not.
#include "cdr.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "commands.h"
#include "domain/record/record_fields.h"
#include "io/local/local_socket.h"
#include "io/store_sqlite/maintenance.h"
#include "io/store_sqlite/read_only_store.h"
#include "output.h"
#include "server/data_folder.h"
#include "time_argument.h"

namespace tertulia::app {
namespace {

/// Nothing is replaced unasked: a conflict, whatever the reason of the file system.
Exit refuse_existing(const Arguments& arguments, const std::string& path, std::string_view what) {
  report(arguments.common, {base::Reason::file_unwritable, fmt::format("{} {}", path, what)});
  return Exit::refused;
}

using base::Error;
using base::Reason;
using base::Result;
using domain::RecordField;
using domain::RecordFieldKind;
using Json = nlohmann::json;

constexpr std::chrono::seconds note_patience{5};

Result<io::RecordFilter> filter_of(const Arguments& arguments) {
  io::RecordFilter filter;
  if (!arguments.address.empty()) {
    const auto address = domain::Address::parse(arguments.address);
    if (!address) return address.error();
    filter.user = address->text();
  }
  for (const auto& [text, field] : {std::pair{&arguments.from, &filter.from}, std::pair{&arguments.to, &filter.to}}) {
    if (text->empty()) continue;
    const auto time = time_of(*text);
    if (!time) return time.error();
    *field = *time;
  }
  filter.limit = arguments.limit;
  return filter;
}

/// Calls `each(fields)` for the wanted records.
template <typename Each>
Result<void> for_each_record(io::ReadOnlyStore& store, const std::string& kind, const io::RecordFilter& filter,
                             Each each) {
  if (kind == "registrations") {
    const auto rows = store.list_registrations(filter);
    if (!rows) return rows.error();
    for (const auto& row : *rows) each(row.id, domain::fields_of(row));
  } else if (kind == "conferences") {
    const auto rows = store.list_conferences(filter);
    if (!rows) return rows.error();
    for (const auto& row : *rows) each(row.id, domain::fields_of(row));
  } else {
    const auto rows = store.list_sessions(filter);
    if (!rows) return rows.error();
    for (const auto& row : *rows) each(row.id, domain::fields_of(row));
  }
  return {};
}

std::string field(const std::vector<RecordField>& fields, std::string_view name) {
  for (const RecordField& candidate : fields)
    if (candidate.name == name) return candidate.text;
  return {};
}

std::string known_or_dash(std::string text) { return text.empty() ? "-" : text; }

/// `2/0`, or `-` where they are not known: while the conversation runs, or when the server ended with it open.
std::string message_counts(const std::vector<RecordField>& session) {
  const std::string user1 = field(session, "user1_message_count"), user2 = field(session, "user2_message_count");
  return user1.empty() || user2.empty() ? "-" : user1 + "/" + user2;
}

void print_list(const Arguments& arguments, const std::vector<std::vector<RecordField>>& records) {
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  std::vector<std::vector<std::string>> rows;
  if (arguments.kind == "registrations") {
    for (const auto& r : records)
      rows.push_back({field(r, "id"), field(r, "register_time"), field(r, "deregister_time"), field(r, "response_code"),
                      field(r, "user"), field(r, "client_version")});
    print_table({"ID", head("SIGNED IN"), head("SIGNED OUT"), head("CODE"), head("USER"), head("CLIENT")}, rows);
  } else if (arguments.kind == "conferences") {
    for (const auto& r : records)
      rows.push_back({field(r, "id"), field(r, "start_time"), field(r, "end_time"), field(r, "organizer"),
                      field(r, "conference_id"), field(r, "replaces")});
    print_table({"ID", head("STARTED"), head("ENDED"), head("ORGANIZER"), head("CONFERENCE"), head("BEGAN AS")}, rows);
  } else {
    for (const auto& r : records)
      rows.push_back({field(r, "id"), field(r, "invite_time"), field(r, "end_time"),
                      known_or_dash(field(r, "response_code")),
                      tr_value(arguments.common.language, "mode", field(r, "mode")), message_counts(r),
                      field(r, "user1") + " " + field(r, "user2")});
    print_table({"ID", head("STARTED"), head("ENDED"), head("CODE"), head("MODE"), head("MESSAGES"), head("USERS")},
                rows);
  }
}

}  // namespace

Exit run_cdr_list(const Arguments& arguments) {
  const auto filter = filter_of(arguments);
  if (!filter) return report(arguments.common, filter.error());
  auto store = open_store(arguments);
  if (!store) return report(arguments.common, store.error());
  std::vector<std::vector<RecordField>> records;
  const auto read =
      for_each_record(*store, arguments.kind, *filter,
                      [&](base::RecordId, std::vector<RecordField> fields) { records.push_back(std::move(fields)); });
  if (!read) return report(arguments.common, read.error());
  if (arguments.common.json) {
    Json list = Json::array();
    for (const auto& fields : records) list.push_back(record_json(fields));
    print_json(Json{{"ok", true}, {"result", list}}.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_list(arguments, records);
  }
  return Exit::done;
}

Exit run_cdr_export(const Arguments& arguments) {
  auto filter = filter_of(arguments);
  if (!filter) return report(arguments.common, filter.error());
  auto store = open_store(arguments);
  if (!store) return report(arguments.common, store.error());
  if (!arguments.output.empty() && std::filesystem::exists(arguments.output))
    return refuse_existing(arguments, arguments.output, "exists already; name another file");
  std::FILE* out = stdout;
  if (!arguments.output.empty()) {
    const mode_t before = ::umask(0077);                // who talked to whom is nobody else's business
    out = std::fopen(arguments.output.c_str(), "wbx");  // x: an export never replaces a file
    ::umask(before);
  }
  if (out == nullptr) return report(arguments.common, {Reason::file_unwritable, arguments.output});
  const bool csv = arguments.format == "csv" || (arguments.format.empty() && !arguments.common.json);
  bool good = true, first = true;
  std::uint64_t count = 0;
  const auto put = [&](const std::string& text) {
    good = good && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  };
  const auto names = arguments.kind == "registrations" ? domain::registration_field_names()
                     : arguments.kind == "conferences" ? domain::conference_field_names()
                                                       : domain::session_field_names();
  put(csv ? domain::csv_heading(names) : "[");
  filter->oldest_first = true;
  filter->limit = 1000;  // page by page: an export may be larger than memory
  base::RecordId last;
  Result<void> read;
  do {
    filter->beyond = std::exchange(last, {});
    read = for_each_record(*store, arguments.kind, *filter,
                           [&](base::RecordId id, const std::vector<RecordField>& fields) {
                             last = id;
                             ++count;
                             put(csv ? domain::csv_line(fields)
                                     : (std::exchange(first, false) ? "\n" : ",\n") +
                                           record_json(fields).dump(-1, ' ', false, Json::error_handler_t::replace));
                           });
  } while (read && last);
  if (!csv) put("\n]\n");
  if (out == stdout ? std::fflush(out) != 0 : std::fclose(out) != 0) good = false;
  if (!read) return report(arguments.common, read.error());
  if (!good) return report(arguments.common, {Reason::file_unwritable, arguments.output});
  if (!arguments.output.empty() && arguments.common.json)
    print_json(Json{{"ok", true}, {"result", {{"output", arguments.output}, {"records", count}}}}.dump(2));
  return Exit::done;
}

Exit run_backup(const Arguments& arguments) {
  const server::DataFolder folder(arguments.common.data);
  if (!arguments.overwrite && std::filesystem::exists(arguments.target))
    return refuse_existing(arguments, arguments.target.string(),
                           "exists already; name another file, or add --overwrite");
  const bool progress_shown = !arguments.common.json;
  const auto done = io::backup_store(folder.store().string(), arguments.target.string(), arguments.overwrite,
                                     [&](std::uint64_t pages, std::uint64_t total) {
                                       if (progress_shown && total > 10000)
                                         std::fprintf(stderr, "\r%3d %%", static_cast<int>(pages * 100 / total));
                                     });
  Json note{{"command", "backup.note"}, {"target", arguments.target.string()}};
  if (!done) note["failed"] = base::name_of(done.reason());
  // A server that runs notes it in its log; the copy is made whether there is one or not.
  (void)io::ask_local(folder.admin_socket(), note.dump(-1, ' ', false, Json::error_handler_t::replace), note_patience);
  if (!done) return report(arguments.common, done.error());
  if (arguments.common.json)
    print_json(Json{{"ok", true}, {"result", {{"backup", arguments.target.string()}}}}.dump(2));
  say(arguments.common,
      fmt::format(
          fmt::runtime(tr(arguments.common.language,
                          "The store was copied to {}.  Keep the folder keys/ with it: without it no password works.")),
          arguments.target.string()));
  return Exit::done;
}

}  // namespace tertulia::app
