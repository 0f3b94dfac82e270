// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/presence/publication.h"

namespace tertulia::domain {

/// Whom an entry of a privacy level means (presence-model 8).
enum class MemberKind : std::uint8_t { user, domain, same_enterprise, federated, public_cloud, everyone };

struct LevelMember {
  MemberKind kind = MemberKind::user;
  std::string value;  ///< user@domain or domain, in lower case; empty for the other kinds
  friend auto operator<=>(const LevelMember&, const LevelMember&) = default;
};

/// The privacy levels of one user: who stands in which.  A value.
/// Which entry speaks for a watcher: the most exact one (user, then domain, same_enterprise, federated, public_cloud,
/// everyone); a member stands in one level only.
class Levels {
 public:
  /// The product's defaults: same enterprise are colleagues, federated are external, public cloud is blocked.
  Levels();
  struct Verdict {
    Container level = Container::everyone;
    LevelMember member;  ///< the entry that decided
  };
  /// `same_enterprise`: the watcher's domain is served here.
  Verdict level_of(std::string_view watcher_address, bool same_enterprise) const;
  /// Moves the member; nullopt takes him out of every level.  False: nothing changed, or level_members_max is reached.
  bool set(const LevelMember& member, std::optional<Container> level);
  struct Entry {
    LevelMember member;
    Container level;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  const std::vector<Entry>& entries() const { return entries_; }
  std::uint32_t version() const { return version_; }
  /// At start-up, from the store.
  static Levels restored(std::vector<Entry> entries, std::uint32_t version);

 private:
  std::vector<Entry> entries_;  // ordered by member
  std::uint32_t version_ = 0;
};

/// "external", "colleagues", "workgroup", "friends", "blocked", "everyone", "self"; nothing for other words.
std::string_view name_of(Container level);
std::optional<Container> level_from(std::string_view name);
bool is_level(Container container);  ///< people can be put into it

}  // namespace tertulia::domain
