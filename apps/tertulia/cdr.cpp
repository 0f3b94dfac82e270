// SPDX-License-Identifier: Apache-2.0
// cdr list, show, export; backup.  They read the store themselves, whether a server runs or not.
#include <fmt/format.h>
#include <sys/stat.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "commands.h"
#include "domain/record/record_fields.h"
#include "io/store_sqlite/maintenance.h"
#include "io/store_sqlite/read_only_store.h"
#include "output.h"
#include "server/data_folder.h"

namespace tertulia::app {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using domain::RecordField;
using domain::RecordFieldKind;
using Json = nlohmann::json;

/// 2026-03-01, 2026-03-01T09:30 or 2026-03-01T09:30:00, with or without Z; always UTC.  Nothing may stand behind it.
Result<base::WallTime> time_of(const std::string& given) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const std::string text = given.ends_with('Z') ? given.substr(0, given.size() - 1) : given;
  const int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second);  // NOLINT
  std::string again = fmt::format("{:04}-{:02}-{:02}", year, month, day);  // the same, if nothing was passed over
  if (fields > 3) again += fmt::format("T{:02}:{:02}", hour, minute);
  if (fields > 5) again += fmt::format(":{:02}", second);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (again != text || fields == 4 || !date.ok() || hour > 23 || minute > 59 || second > 59)
    return Error{Reason::command_malformed, fmt::format("{}: a time like 2026-03-01T09:30 is needed", given)};
  const auto days = std::chrono::sys_days{date}.time_since_epoch();
  const base::Duration whole =
      days + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  return base::WallTime{whole.count()};
}

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

Result<io::ReadOnlyStore> open_store(const Arguments& arguments) {
  return io::ReadOnlyStore::open(server::DataFolder(arguments.common.data).store().string());
}

Json as_json(const std::vector<RecordField>& fields) {
  Json json = Json::object();
  for (const RecordField& field : fields) {
    const std::string name(field.name);
    switch (field.kind) {
      case RecordFieldKind::number: {
        // Identifiers use all 64 bits and would lose digits in most JSON readers: they stay texts there.
        std::uint64_t number = 0;
        std::from_chars(field.text.data(), field.text.data() + field.text.size(), number);
        if (number < (1ULL << 53)) {
          json[name] = number;
        } else {
          json[name] = field.text;
        }
        break;
      }
      case RecordFieldKind::time:
        json[name] = field.text.empty() ? Json() : Json(field.text);
        break;
      case RecordFieldKind::text:
        json[name] = field.text;
        break;
    }
  }
  return json;
}

/// Calls `each(fields)` for the wanted records.
template <typename Each>
Result<void> for_each_record(io::ReadOnlyStore& store, const std::string& kind, const io::RecordFilter& filter,
                             Each each) {
  if (kind == "registrations") {
    const auto rows = store.list_registrations(filter);
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

void print_list(const Arguments& arguments, const std::vector<std::vector<RecordField>>& records) {
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  std::vector<std::vector<std::string>> rows;
  if (arguments.kind == "registrations") {
    for (const auto& r : records)
      rows.push_back({field(r, "id"), field(r, "register_time"), field(r, "deregister_time"), field(r, "response_code"),
                      field(r, "user"), field(r, "client_version")});
    print_table({"ID", head("SIGNED IN"), head("SIGNED OUT"), head("CODE"), head("USER"), head("CLIENT")}, rows);
  } else {
    for (const auto& r : records)
      rows.push_back({field(r, "id"), field(r, "invite_time"), field(r, "end_time"), field(r, "response_code"),
                      field(r, "mode"), field(r, "user1_message_count") + "/" + field(r, "user2_message_count"),
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
    for (const auto& fields : records) list.push_back(as_json(fields));
    print_json(Json{{"ok", true}, {"result", list}}.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_list(arguments, records);
  }
  return Exit::done;
}

Exit run_cdr_show(const Arguments& arguments) {
  const auto number = base::to_number(arguments.record_id);
  if (!number) return report(arguments.common, {Reason::command_malformed, "a record's number is needed"});
  auto store = open_store(arguments);
  if (!store) return report(arguments.common, store.error());
  std::vector<RecordField> fields;
  if (const auto session = store->show_session({*number})) {
    fields = domain::fields_of(*session);
  } else if (const auto registration = store->show_registration({*number})) {
    fields = domain::fields_of(*registration);
  } else {
    return report(arguments.common, registration.error());
  }
  if (arguments.common.json)
    print_json(Json{{"ok", true}, {"result", as_json(fields)}}.dump(2, ' ', false, Json::error_handler_t::replace));
  for (const RecordField& one : fields) say(arguments.common, fmt::format("{:<22} {}", one.name, one.text));
  return Exit::done;
}

Exit run_cdr_export(const Arguments& arguments) {
  auto filter = filter_of(arguments);
  if (!filter) return report(arguments.common, filter.error());
  auto store = open_store(arguments);
  if (!store) return report(arguments.common, store.error());
  std::FILE* out = stdout;
  if (!arguments.output.empty()) {
    const mode_t before = ::umask(0077);                // who talked to whom is nobody else's business
    out = std::fopen(arguments.output.c_str(), "wbx");  // x: an export never replaces a file
    ::umask(before);
  }
  if (out == nullptr) return report(arguments.common, {Reason::file_unwritable, arguments.output});
  const bool csv = arguments.format == "csv";
  bool good = true, first = true;
  const auto put = [&](const std::string& text) {
    good = good && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  };
  const auto names =
      arguments.kind == "registrations" ? domain::registration_field_names() : domain::session_field_names();
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
                             put(csv ? domain::csv_line(fields)
                                     : (std::exchange(first, false) ? "\n" : ",\n") +
                                           as_json(fields).dump(-1, ' ', false, Json::error_handler_t::replace));
                           });
  } while (read && last);
  if (!csv) put("\n]\n");
  if (out == stdout ? std::fflush(out) != 0 : std::fclose(out) != 0) good = false;
  if (!read) return report(arguments.common, read.error());
  if (!good) return report(arguments.common, {Reason::file_unwritable, arguments.output});
  return Exit::done;
}

Exit run_backup(const Arguments& arguments) {
  const server::DataFolder folder(arguments.common.data);
  const bool progress_shown = !arguments.common.json;
  const auto done = io::backup_store(folder.store().string(), arguments.target.string(), arguments.overwrite,
                                     [&](std::uint64_t pages, std::uint64_t total) {
                                       if (progress_shown && total > 10000)
                                         std::fprintf(stderr, "\r%3d %%", static_cast<int>(pages * 100 / total));
                                     });
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
