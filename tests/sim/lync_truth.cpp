// SPDX-License-Identifier: Apache-2.0
// What watchers of the Lync dialect should be shown.
#include <fmt/format.h>

#include <utility>

#include "face/lync/mapping.h"
#include "lync_side.h"
#include "phone_parts.h"
#include "wire/lync/container_members.h"
#include "world.h"

namespace tertulia::sim {

namespace {

std::string_view word_of(domain::MemberKind kind) {
  using wire::lync::MemberType;
  switch (kind) {
    case domain::MemberKind::user:
      return name_of(MemberType::user);
    case domain::MemberKind::domain:
      return name_of(MemberType::domain);
    case domain::MemberKind::same_enterprise:
      return name_of(MemberType::same_enterprise);
    case domain::MemberKind::federated:
      return name_of(MemberType::federated);
    case domain::MemberKind::public_cloud:
      return name_of(MemberType::public_cloud);
    case domain::MemberKind::everyone:
      return name_of(MemberType::everyone);
  }
  return "?";
}

void show_contacts(Watch& ideal, const domain::ContactList& list) {
  for (const domain::ContactGroup& group : list.groups())
    ideal.parts[fmt::format("group {}", group.number)] = group.name;
  for (const domain::Contact& contact : list.contacts()) {
    std::string groups;
    for (const domain::GroupNumber group : contact.groups)
      groups += fmt::format("{}{}", groups.empty() ? "" : " ", group);
    ideal.parts[contact.address] = fmt::format("{}|{}|{}", contact.name, groups, contact.subscribed ? "true" : "false");
  }
}

void show_self(Watch& ideal, const domain::PresenceExplanation& seen, const domain::Levels& levels) {
  for (const domain::Publication& one : seen.publications)
    ideal.parts[fmt::format("{}/{}/{}", one.key.category, static_cast<std::uint32_t>(one.key.instance),
                            static_cast<std::uint32_t>(one.key.container))] = fmt::format("{}", one.version);
  for (const domain::Levels::Entry& entry : levels.entries())
    if (domain::is_level(entry.level))
      ideal.parts[fmt::format("level/{}/{}:{}", static_cast<std::uint32_t>(entry.level), word_of(entry.member.kind),
                              entry.member.value)] = "member";
}

}  // namespace

std::optional<std::string> World::lync_truth_for(const Watch& watch) {
  Watch ideal;
  ideal.package = watch.package;
  bool known = false;
  front->with_home(watch.target, [&](server::Shard& shard, base::Now now) {
    const bool others = watch.package == Package::categories;
    const auto seen = shard.presence().explain(watch.target, others ? std::string_view(address(watch.watcher)) : "",
                                               shard.directory(), now);
    known = seen.has_value();
    if (!known) return;
    if (others) {
      auto entries = face::lync::shown_categories(*seen->view, nullptr, shard.directory().find(watch.target));
      // Only what the clients here ask for.
      std::erase_if(entries, [](const wire::lync::CategoryEntry& one) {
        return one.name != "calendarData" && one.name != "contactCard" && one.name != "note" && one.name != "state";
      });
      read_categories(ideal, wire::lync::write_categories("sip:" + address(watch.target), entries,
                                                          wire::lync::CategoryReader::watcher));
    } else if (watch.package == Package::roaming_contacts) {
      show_contacts(ideal, *shard.contacts().list(watch.target));
    } else {
      show_self(ideal, *seen, shard.presence().levels(watch.target));
    }
  });
  if (!known) return std::nullopt;
  return shown_by(ideal);
}

}  // namespace tertulia::sim
