// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

#include "base/text.h"

namespace tertulia::base {

/// `target` stays while the file behind it is exchanged.
struct Log::Sink {
  using Target = spdlog::sinks::dist_sink_mt;
  explicit Sink(const LogSettings& settings)
      : json(settings.json), show_personal(settings.show_personal), file(settings.file), logger("tertulia", target) {}

  bool json;
  bool show_personal;
  std::string file;
  std::shared_ptr<Target> target = std::make_shared<Target>();
  spdlog::logger logger;
};

namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// Octets of the well-formed UTF-8 character at the beginning, 0 when there is none.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (is_utf8(text.substr(0, length))) return length;
  return 0;
}

/// Nothing of a peer's text may end the line, act on a terminal or break the encoding of the file.
void append_escaped(fmt::memory_buffer& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out.append(std::string_view("\\ufffd"));
    } else if (first < 0x20 || first == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", first);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

/// Quotes for both forms: JSON's rules.
void append_quoted(fmt::memory_buffer& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("\"\\"), text.size());
    append_escaped(out, text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    out.push_back('\\');
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  out.push_back('"');
}

void append_value(fmt::memory_buffer& out, const Field& field, bool show_personal) {
  switch (field.kind()) {
    case Field::Kind::number:
      fmt::format_to(std::back_inserter(out), "{}", field.number());
      return;
    case Field::Kind::natural:
      fmt::format_to(std::back_inserter(out), "{}", static_cast<std::uint64_t>(field.number()));
      return;
    case Field::Kind::text:
      append_quoted(out, field.text());
      return;
    case Field::Kind::absent:
      return;
    case Field::Kind::personal:
      if (show_personal) return append_quoted(out, field.text());
      // Enough to follow one person through a log, not enough to name him.
      fmt::format_to(std::back_inserter(out), "\"#{:08x}\"",
                     static_cast<std::uint32_t>(std::hash<std::string_view>{}(field.text())));
      return;
  }
}

std::shared_ptr<spdlog::sinks::sink> make_sink(const std::string& file, bool json) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (file.empty()) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
  }
  sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%fZ %-7l %v",
      spdlog::pattern_time_type::utc));
  return sink;
}

}  // namespace

Log::Log(const LogSettings& settings) : level_(settings.level), sink_(std::make_unique<Sink>(settings)) {
  sink_->target->add_sink(make_sink(settings.file, settings.json));
  sink_->logger.set_level(level_of(settings.level));
  sink_->logger.flush_on(spdlog::level::info);
  sink_->logger.set_error_handler([](const std::string&) {});  // a full disk must not stop the server
}

Log::Log(Silent) : level_(LogLevel::error) {}
Log::~Log() = default;

const Log& Log::silent() {
  static const Log log{Silent{}};  // immutable and stateless: writes nothing
  return log;
}

bool Log::reopen() const {
  if (!sink_ || sink_->file.empty()) return true;
  try {
    sink_->target->set_sinks({make_sink(sink_->file, sink_->json)});
    return true;
  } catch (const spdlog::spdlog_ex&) {
    return false;
  }
}

void Log::write(LogLevel level, std::string_view message, std::initializer_list<Field> fields) const {
  if (!sink_ || !enabled(level)) return;
  fmt::memory_buffer line;
  if (sink_->json) {
    fmt::format_to(std::back_inserter(line), "\"message\":");
    append_quoted(line, message);
  } else {
    append_escaped(line, message);
  }
  for (const Field& field : fields) {
    if (field.kind() == Field::Kind::absent) continue;
    if (sink_->json) {
      fmt::format_to(std::back_inserter(line), ",\"{}\":", field.key());
    } else {
      fmt::format_to(std::back_inserter(line), " {}=", field.key());
    }
    append_value(line, field, sink_->show_personal);
  }
  sink_->logger.log(level_of(level), std::string_view(line.data(), line.size()));
}

}  // namespace tertulia::base
