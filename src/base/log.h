// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace tertulia::base {

/// Chosen by who must act: error = the administrator now, warning = soon, info = rare and never per message; the rest
/// for us.
enum class LogLevel : std::uint8_t { trace, debug, info, warning, error };

/// Text about a person (address, name, device); shown as a short hash unless the administrator says otherwise.
struct Personal {
  std::string_view text;
};

/// Text that there may be none of: an empty one is left out of the line.
struct Optional {
  std::string_view text;
};

/// One `key=value` of a log line; the id 0, which names nothing, is left out.  A view: lives only inside the call.
class Field {
 public:
  Field(std::string_view key, std::string_view text) : key_(key), text_(text) {}
  Field(std::string_view key, const char* text) : key_(key), text_(text) {}
  Field(std::string_view key, const std::string& text) : key_(key), text_(text) {}
  Field(std::string_view key, Personal person) : key_(key), text_(person.text), kind_(Kind::personal) {}
  Field(std::string_view key, Optional optional)
      : key_(key), text_(optional.text), kind_(optional.text.empty() ? Kind::absent : Kind::text) {}
  Field(std::string_view key, std::int64_t number) : key_(key), number_(number), kind_(Kind::number) {}
  Field(std::string_view key, std::uint64_t number)
      : key_(key), number_(static_cast<std::int64_t>(number)), kind_(Kind::natural) {}
  Field(std::string_view key, int number) : Field(key, static_cast<std::int64_t>(number)) {}
  Field(std::string_view key, unsigned number) : Field(key, static_cast<std::int64_t>(number)) {}
  template <typename Tag, typename Number>
  Field(std::string_view key, Id<Tag, Number> id) : Field(key, static_cast<std::uint64_t>(id.value)) {
    if (!id) kind_ = Kind::absent;
  }
  Field(std::string_view key, ShardId shard) : Field(key, static_cast<std::uint64_t>(shard.value)) {}

  enum class Kind : std::uint8_t { text, personal, number, natural, absent };
  std::string_view key() const { return key_; }
  std::string_view text() const { return text_; }
  std::int64_t number() const { return number_; }  ///< of kind natural: the same bits
  Kind kind() const { return kind_; }

 private:
  std::string_view key_;
  std::string_view text_;
  std::int64_t number_ = 0;
  Kind kind_ = Kind::text;
};

struct LogSettings {
  LogLevel level = LogLevel::info;
  bool json = false;           ///< one JSON object a line instead of `key=value`
  bool show_personal = false;  ///< addresses and names in clear
  std::string file;            ///< empty: standard error
};

/// Writes structured lines.  Thread: any.  Never throws; a line that cannot be written is dropped and counted.
class Log {
 public:
  explicit Log(const LogSettings& settings);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// A log that writes nothing, for tests.
  static const Log& silent();

  bool enabled(LogLevel level) const { return level >= level_; }
  void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {}) const;
  /// Opens the file anew by its name: another program has moved it away (logrotate).  Nothing to do without a file.
  /// False: it cannot be opened; lines go where they went.
  [[nodiscard]] bool reopen() const;

  void debug(std::string_view message, std::initializer_list<Field> fields = {}) const {
    if (enabled(LogLevel::debug)) write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) const {
    if (enabled(LogLevel::info)) write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) const {
    if (enabled(LogLevel::warning)) write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(LogLevel::error, message, fields);
  }

 private:
  struct Silent {};
  explicit Log(Silent);
  struct Sink;
  LogLevel level_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace tertulia::base
