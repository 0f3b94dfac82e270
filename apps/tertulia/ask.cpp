// SPDX-License-Identifier: Apache-2.0
#include "ask.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/reason.h"
#include "face/admin/commands.h"
#include "io/local/local_socket.h"
#include "output.h"
#include "server/admin_offline.h"
#include "server/data_folder.h"

namespace tertulia::app {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using Json = nlohmann::json;

constexpr std::chrono::seconds answer_patience{30};

Result<Json> result_of(const std::string& text) {
  const Json answer = Json::parse(text, nullptr, false);
  if (answer.is_discarded() || !answer.is_object())
    return Error{Reason::internal_error, "the answer is no JSON object"};
  if (answer.value("ok", false)) return answer.value("result", Json::object());
  const Json error = answer.value("error", Json::object());
  return Error{base::reason_named(error.value("reason", "")).value_or(Reason::internal_error),
               error.value("detail", "")};
}

}  // namespace

Result<Json> ask(const Common& common, const Json& command) {
  const server::DataFolder folder(common.data);
  const std::string line = command.dump(-1, ' ', false, Json::error_handler_t::replace);
  const Result<std::string> live = io::ask_local(folder.admin_socket(), line, answer_patience);
  if (live) return result_of(*live);
  if (live.reason() != Reason::not_running) return live.error();
  if (!folder.initialised())
    return Error{Reason::not_found, folder.configuration().string() + " (tertulia init makes it)"};
  const auto offline = server::OfflineAdmin::open(folder, base::Log::silent());
  if (!offline) return offline.error();
  return result_of(face::admin::handle(line, **offline));
}

void print_result(const Json& result) { print_json(Json{{"ok", true}, {"result", result}}.dump(2)); }

std::string as_text(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Exit ask_and_say(const Common& common, const Json& command, std::string_view sentence, const std::string& what) {
  return tell(common, ask(common, command), sentence, what);
}

Exit tell(const Common& common, const base::Result<Json>& result, std::string_view sentence, const std::string& what) {
  if (!result) return report(common, result.error());
  if (common.json) print_result(*result);
  say(common, fmt::format(fmt::runtime(tr(common.language, sentence)), what));
  return Exit::done;
}

}  // namespace tertulia::app
