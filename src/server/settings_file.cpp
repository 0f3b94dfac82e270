// SPDX-License-Identifier: Apache-2.0
// The configuration file: TOML with every setting in it.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "domain/directory/address.h"
#include "io/secret/ca.h"
#include "server/settings.h"

namespace tertulia::server {
namespace {

using namespace std::string_view_literals;
using base::Error;
using base::Reason;
using base::Result;

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string as_toml(const Setting& setting, const std::string& value) {
  if (setting.kind == "number") return value;
  if (setting.kind == "switch") return value == "on" ? "true" : "false";
  return toml_text(value);  // lists too: words joined by blanks are easier to write than arrays, and both are read
}

constexpr std::array spanish_words{
    std::pair{"bytes"sv, "bytes"sv},
    std::pair{"connections"sv, "conexiones"sv},
    std::pair{"contacts"sv, "contactos"sv},
    std::pair{"days"sv, "días"sv},
    std::pair{"devices"sv, "dispositivos"sv},
    std::pair{"entries"sv, "entradas"sv},
    std::pair{"hour (UTC)"sv, "hora (UTC)"sv},
    std::pair{"hours"sv, "horas"sv},
    std::pair{"links"sv, "enlaces"sv},
    std::pair{"list"sv, "lista"sv},
    std::pair{"messages"sv, "mensajes"sv},
    std::pair{"milliseconds"sv, "milisegundos"sv},
    std::pair{"minutes"sv, "minutos"sv},
    std::pair{"number"sv, "número"sv},
    std::pair{"seconds"sv, "segundos"sv},
    std::pair{"server"sv, "servidor"sv},
    std::pair{"subscriptions"sv, "suscripciones"sv},
    std::pair{"switch"sv, "interruptor"sv},
    std::pair{"text"sv, "texto"sv},
    std::pair{"threads"sv, "hilos"sv},
    std::pair{"tries"sv, "intentos"sv},
    std::pair{"watchers"sv, "observadores"sv},
};

std::string bounds_of(const Setting& setting, const std::string& standard, base::Language language) {
  const bool spanish = language == base::Language::spanish;
  std::string text = fmt::format("{} {}", spanish ? "por omisión" : "default",
                                 !standard.empty() ? standard
                                 : spanish         ? "vacío"
                                                   : "empty");
  if (setting.kind == "number") {
    text += fmt::format(fmt::runtime(spanish ? ", de {} a {} {}" : ", {} to {} {}"), setting.min, setting.max,
                        word_of(setting.unit, language));
  } else if (setting.kind.find('|') != std::string_view::npos) {
    text += fmt::format("{} {}", spanish ? ", uno de" : ", one of", setting.kind);
  } else {
    text += fmt::format(", {}", word_of(setting.kind, language));
  }
  if (!setting.live) text += spanish ? ", necesita un reinicio" : ", needs a restart";
  return text;
}

Result<std::string> value_text(const toml::node& node, const std::string& name) {
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "on" : "off");
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) {
    std::string joined;
    for (const auto& item : *array) {
      const auto* text = item.as_string();
      if (text == nullptr)
        return Error{Reason::setting_out_of_bounds, fmt::format("{}: only texts may stand in a list", name)};
      joined += (joined.empty() ? "" : " ") + text->get();
    }
    return joined;
  }
  return Error{Reason::setting_out_of_bounds, fmt::format("{}: a number, text, list, true or false is needed", name)};
}

using SettingsByName = std::map<std::string, Setting>;

/// `depth`: sections that may still stand inside of this one.
Result<void> take_section(const SettingsByName& by_name, const toml::table& section, const std::string& section_name,
                          int depth, ServerSettings& settings) {
  for (const auto& [key, node] : section) {
    const std::string name = fmt::format("{}.{}", section_name, std::string(key.str()));
    if (const auto* part = node.as_table(); part != nullptr && depth > 0) {
      if (Result<void> done = take_section(by_name, *part, name, depth - 1, settings); !done) return done;
      continue;
    }
    const auto found = by_name.find(name);
    if (found == by_name.end())
      return Error{Reason::setting_unknown, fmt::format("{} (line {})", name, node.source().begin.line)};
    const Result<std::string> value = value_text(node, name);
    if (!value) return value.error();
    if (const Result<void> done = found->second.set(settings, *value); !done) return done.error();
  }
  return {};
}

/// The setting is named in front of what is wrong with a name in it.
Result<void> named(std::string_view setting, const Result<void>& checked) {
  if (checked) return {};
  return Error{Reason::setting_out_of_bounds, fmt::format("{}: {}", setting, checked.error().detail)};
}

Result<void> check_names(const ServerSettings& settings) {
  for (const std::string& domain : settings.domains)
    if (auto good = named("server.domains", domain::check_domain(domain)); !good) return good;
  return named("server.host", io::check_hosts({settings.host}));
}

Result<void> check_realms(const ServerSettings& settings) {
  for (const std::string& pair : settings.kerberos_realms) {
    const std::size_t sign = pair.find('=');
    const auto& domains = settings.domains;
    if (sign == 0 || sign == std::string::npos ||
        std::find(domains.begin(), domains.end(), pair.substr(sign + 1)) == domains.end())
      return Error{Reason::setting_out_of_bounds,
                   "lync.kerberos.realms: REALM=domain with a domain of server.domains is needed"};
  }
  return {};
}

Result<ServerSettings> take_over(const toml::table& parsed) {
  SettingsByName by_name;
  for (Setting& setting : all_settings()) by_name.emplace(setting.name, std::move(setting));
  ServerSettings settings;
  for (const auto& [section_key, section] : parsed) {
    const auto* table = section.as_table();
    if (table == nullptr)
      return Error{Reason::setting_unknown,
                   fmt::format("{} stands outside of a section", std::string(section_key.str()))};
    if (const Result<void> done = take_section(by_name, *table, std::string(section_key.str()), 1, settings); !done)
      return done.error();
  }
  if (const Result<void> done = check_names(settings); !done) return done.error();
  if (const Result<void> done = check_realms(settings); !done) return done.error();
  if (!settings.digest_sha256 && !settings.digest_md5)
    return Error{Reason::setting_out_of_bounds, "sip.digest_sha256, sip.digest_md5: one of them must be on"};
  if (settings.registration_min > settings.registration_max)
    return Error{Reason::setting_out_of_bounds, "sip.registration_min: not above sip.registration_max"};
  return settings;
}

}  // namespace

std::string_view word_of(std::string_view unit_or_kind, base::Language language) {
  if (language == base::Language::english) return unit_or_kind;
  const auto found = std::find_if(spanish_words.begin(), spanish_words.end(),
                                  [&](const auto& pair) { return pair.first == unit_or_kind; });
  return found == spanish_words.end() ? unit_or_kind : found->second;
}

std::string to_toml(const ServerSettings& settings, base::Language language) {
  const bool spanish = language == base::Language::spanish;
  const ServerSettings standard;
  std::string out = spanish ? "# Configuración de Tertulia.  Las líneas comentadas muestran el valor por omisión.\n"
                            : "# Configuration of Tertulia.  Lines behind # show the default.\n";
  std::string section;
  for (const Setting& setting : all_settings()) {
    const std::size_t dot = setting.name.rfind('.');
    if (section != setting.name.substr(0, dot)) {
      section = setting.name.substr(0, dot);
      out += fmt::format("\n[{}]\n", section);
    }
    const std::string value = setting.get(settings), usual = setting.get(standard);
    out += fmt::format("\n# {}\n# {}\n", spanish ? setting.sentence_es : setting.sentence,
                       bounds_of(setting, usual, language));
    out +=
        fmt::format("{}{} = {}\n", value == usual ? "# " : "", setting.name.substr(dot + 1), as_toml(setting, value));
  }
  return out;
}

Result<ServerSettings> parse_settings(std::string_view text) {
  try {  // the library reports syntax errors by exception; it stops here
    return take_over(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return Error{Reason::file_damaged,
                 fmt::format("line {}: {}", error.source().begin.line, std::string(error.description()))};
  }
}

Result<ServerSettings> read_settings(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{Reason::file_unreadable, file.string()};
  std::ostringstream text;
  text << in.rdbuf();
  Result<ServerSettings> settings = parse_settings(text.str());
  if (!settings) return Error{settings.reason(), fmt::format("{}: {}", file.string(), settings.error().detail)};
  return settings;
}

}  // namespace tertulia::server
