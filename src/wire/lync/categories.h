// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "wire/lync/expire_type.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view categories_type = "application/msrtc-event-categories+xml";

/// One `category` of a categories document; what is nullopt or empty is not written.
struct CategoryEntry {
  std::string name;  ///< COMPAT(pidgin-sipe 1.25): it crashes without; an entry with an empty name is not written
  std::optional<std::uint32_t> instance;  ///< for the owner, absent: all pieces of this container are gone
  std::optional<std::uint32_t> container, version;
  std::optional<base::WallTime> publish_time;  ///< as 2026-03-01T09:30:00.125Z
  std::optional<ExpireType> expire_type;
  std::optional<std::uint32_t> expires_seconds;
  std::string endpoint_id;
  /// One element.  If it is not is_harmless(), the entry is written without: the client keeps the version and shows
  /// nothing.
  std::string content;
};

/// For whom: a watcher is told name, instance, time of publication and content; the owner everything.
enum class CategoryReader : std::uint8_t { watcher, owner };

/// `categories uri="sip:bob@example.com"` without XML declaration: a whole body of categories_type.  An empty list is
/// good: the subscription holds and there is nothing to tell.
std::string write_categories(std::string_view uri, const std::vector<CategoryEntry>& entries, CategoryReader reader);

}  // namespace tertulia::wire::lync
