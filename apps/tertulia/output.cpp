// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "texts_es.h"

namespace tertulia::app {
namespace {

/// Characters of UTF-8 text: bytes that do not continue one.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void put(std::FILE* where, std::string_view text) { std::fwrite(text.data(), 1, text.size(), where); }

}  // namespace

std::string_view tr(base::Language language, std::string_view english) {
  if (language == base::Language::english) return english;
  const std::string_view spanish = spanish_of(english);
  return spanish.empty() ? english : spanish;
}

base::Language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT: asked once at start
    if (value != nullptr && *value != '\0')
      return std::string_view(value).substr(0, 2) == "es" ? base::Language::spanish : base::Language::english;
  }
  return base::Language::english;
}

Exit exit_of(base::Reason reason) {
  using base::Reason;
  switch (reason) {
    case Reason::none:
      return Exit::done;
    case Reason::command_malformed:
    case Reason::address_malformed:
    case Reason::domain_malformed:
      return Exit::usage;
    case Reason::user_does_not_exist:
    case Reason::not_found:
    case Reason::conference_unknown:
    case Reason::not_in_conference:
      return Exit::not_found;
    case Reason::not_running:
      return Exit::not_running;
    case Reason::user_exists:
    case Reason::conference_exists:
    case Reason::too_many_conferences:
    case Reason::already_running:
    case Reason::address_in_use:
    case Reason::domain_foreign:
    case Reason::setting_unknown:
    case Reason::setting_out_of_bounds:
    case Reason::password_too_weak:
    case Reason::photo_unusable:
    case Reason::permission_denied:
      return Exit::refused;
    default:
      return Exit::failed;
  }
}

std::string tr_detail(base::Language language, std::string_view english) {
  return language == base::Language::english ? std::string(english) : spanish_detail(english);
}

std::string tr_value(base::Language language, std::string_view field, const std::string& value) {
  constexpr std::array<std::string_view, 6> chosen{"admission", "deregister_type", "mode", "role", "level", "state"};
  const bool word =
      value == "true" || value == "false" || std::find(chosen.begin(), chosen.end(), field) != chosen.end();
  return word ? std::string(tr(language, value)) : value;
}

Exit report(const Common& common, const base::Error& error) {
  return report(common, error, base::text_of(error.reason, common.language));
}

Exit report(const Common& common, const base::Error& error, std::string_view text) {
  const std::string detail = tr_detail(common.language, error.detail);
  if (common.json) {
    const nlohmann::json json = {{"ok", false},
                                 {"error",
                                  {{"reason", base::name_of(error.reason)},
                                   {"id", base::id_of(error.reason)},
                                   {"text", text},
                                   {"detail", detail}}}};
    print_json(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    put(stderr, fmt::format("tertulia: {}{}{}\n", text, detail.empty() ? "" : ": ", detail));
  }
  return exit_of(error.reason);
}

void say(const Common& common, std::string_view line) {
  if (!common.json) put(stdout, fmt::format("{}\n", line));
}

void print_json(std::string_view json) { put(stdout, fmt::format("{}\n", json)); }

void print_table(const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::string& head : heads) widths.push_back(width_of(head));
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += cells[i];
      if (i + 1 < cells.size()) text += std::string(widths[i] - width_of(cells[i]) + 2, ' ');
    }
    put(stdout, text + "\n");
  };
  line(heads);
  for (const auto& row : rows) line(row);
}

}  // namespace tertulia::app
