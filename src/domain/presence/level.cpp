// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/level.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/presence/limits.h"

namespace tertulia::domain {
namespace {

constexpr std::array<std::pair<Container, std::string_view>, 7> names{{
    {Container::everyone, "everyone"},
    {Container::self, "self"},
    {Container::external, "external"},
    {Container::colleagues, "colleagues"},
    {Container::workgroup, "workgroup"},
    {Container::friends, "friends"},
    {Container::blocked, "blocked"},
}};

struct ByMember {
  bool operator()(const Levels::Entry& entry, const LevelMember& member) const { return entry.member < member; }
};

const Levels::Entry* find(const std::vector<Levels::Entry>& entries, MemberKind kind, std::string_view value) {
  const auto at = std::partition_point(entries.begin(), entries.end(), [&](const Levels::Entry& entry) {
    return entry.member.kind != kind ? entry.member.kind < kind : entry.member.value < value;
  });
  if (at == entries.end() || at->member.kind != kind || at->member.value != value) return nullptr;
  return &*at;
}

}  // namespace

Levels::Levels()
    : entries_{{{MemberKind::same_enterprise, {}}, Container::colleagues},
               {{MemberKind::federated, {}}, Container::external},
               {{MemberKind::public_cloud, {}}, Container::blocked}} {}

Levels::Verdict Levels::level_of(std::string_view watcher_address, bool same_enterprise) const {
  const std::size_t at = watcher_address.rfind('@');
  const std::string_view domain = at == std::string_view::npos ? watcher_address : watcher_address.substr(at + 1);
  const std::pair<MemberKind, std::string_view> asked[] = {
      {MemberKind::user, watcher_address},
      {MemberKind::domain, domain},
      {same_enterprise ? MemberKind::same_enterprise : MemberKind::federated, {}},
      {MemberKind::everyone, {}},
  };
  for (const auto& [kind, value] : asked) {
    if (const Entry* entry = find(entries_, kind, value)) return {entry->level, entry->member};
  }
  return {Container::everyone, {MemberKind::everyone, {}}};
}

bool Levels::set(const LevelMember& member, std::optional<Container> level) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), member, ByMember{});
  const bool there = at != entries_.end() && at->member == member;
  if (!level) {
    if (!there) return false;
    entries_.erase(at);
  } else if (there) {
    if (at->level == *level) return false;
    at->level = *level;
  } else {
    if (entries_.size() >= level_members_max) return false;
    entries_.insert(at, {member, *level});
  }
  ++version_;
  return true;
}

Levels Levels::restored(std::vector<Entry> entries, std::uint32_t version) {
  Levels levels;
  if (version == 0) return levels;
  levels.entries_ = std::move(entries);
  std::sort(levels.entries_.begin(), levels.entries_.end(),
            [](const Entry& a, const Entry& b) { return a.member < b.member; });
  levels.version_ = version;
  return levels;
}

std::string_view name_of(Container level) {
  for (const auto& [known, name] : names) {
    if (known == level) return name;
  }
  return {};
}

std::optional<Container> level_from(std::string_view name) {
  for (const auto& [level, known] : names) {
    if (known == name) return level;
  }
  return std::nullopt;
}

bool is_level(Container container) {
  switch (container) {
    case Container::external:
    case Container::colleagues:
    case Container::workgroup:
    case Container::friends:
    case Container::blocked:
      return true;
    case Container::everyone:
    case Container::self:
    case Container::devices:
    case Container::interrupt:
      break;
  }
  return false;
}

}  // namespace tertulia::domain
