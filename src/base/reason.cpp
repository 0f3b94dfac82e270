// SPDX-License-Identifier: Apache-2.0
#include "base/reason.h"

#include <array>
#include <cstddef>

namespace tertulia::base {
namespace {

struct Entry {
  std::string_view name;
  std::uint32_t id;
  int status;
  std::string_view english;
  std::string_view spanish;
};

constexpr std::array entries{
    Entry{"none", 0, 200, "", ""},
#define TERTULIA_REASON(name, id, status, english, spanish) Entry{#name, id, status, english, spanish},
#include "base/reason.def"
#undef TERTULIA_REASON
};

const Entry& entry_of(Reason reason) { return entries[static_cast<std::size_t>(reason)]; }

}  // namespace

std::string_view name_of(Reason reason) { return entry_of(reason).name; }
std::uint32_t id_of(Reason reason) { return entry_of(reason).id; }
std::optional<Reason> reason_numbered(std::uint32_t id) {
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].id == id) return static_cast<Reason>(i);
  return std::nullopt;
}
int status_of(Reason reason) { return entry_of(reason).status; }
std::optional<Reason> reason_named(std::string_view name) {
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].name == name) return static_cast<Reason>(i);
  return std::nullopt;
}
std::string_view text_of(Reason reason, Language language) {
  const Entry& entry = entry_of(reason);
  return language == Language::spanish ? entry.spanish : entry.english;
}

}  // namespace tertulia::base
