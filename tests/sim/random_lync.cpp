// SPDX-License-Identifier: Apache-2.0
#include "random_lync.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "base/text.h"

namespace tertulia::sim {

namespace {

constexpr std::string_view group_prefix = "group ";

/// The groups that this phone knows of; a group that nobody has, when it knows none.
std::vector<std::uint32_t> groups_of(const Phone& phone) {
  std::vector<std::uint32_t> groups;
  if (const Watch* list = phone.feed(Package::roaming_contacts))
    for (const auto& [name, text] : list->parts)
      if (name.starts_with(group_prefix))
        groups.push_back(static_cast<std::uint32_t>(base::to_number(name.substr(group_prefix.size())).value_or(0)));
  if (groups.empty()) groups.push_back(999);
  return groups;
}

}  // namespace

void RandomLync::act(Phone& phone) {
  const std::uint64_t dice = random_.below(100);
  if (dice < 40) return change_contact(phone);
  if (dice < 60) return change_group(phone);
  if (dice < 80) {
    static constexpr std::array<std::uint32_t, 6> containers = {100, 200, 300, 400, 32000, 3};  // the last is no level
    const base::UserId user = world_.users()[random_.below(world_.users().size())];
    return phone.set_level(world_.address(user), containers[random_.below(containers.size())]);
  }
  if (dice < 92) return phone.forget_versions();
  phone.renew_keys();
}

void RandomLync::change_contact(Phone& phone) {
  const base::UserId user = world_.users()[random_.below(world_.users().size())];
  if (random_.one_in(3)) return phone.change_contacts(wire::lync::DeleteContact{"sip:" + world_.address(user), 0});
  const std::vector<std::uint32_t> groups = groups_of(phone);
  wire::lync::SetContact set;
  set.uri = "sip:" + world_.address(user);
  set.display_name = random_.one_in(2) ? fmt::format("Friend {}", ++names_) : std::string();
  set.groups = {groups[random_.below(groups.size())]};
  set.subscribed = !random_.one_in(4);
  phone.change_contacts(set);
}

void RandomLync::change_group(Phone& phone) {
  const std::vector<std::uint32_t> groups = groups_of(phone);
  const std::uint32_t group = groups[random_.below(groups.size())];
  switch (random_.below(4)) {
    case 0:
      return phone.change_contacts(wire::lync::DeleteGroup{group, 0});
    case 1:
      return phone.change_contacts(wire::lync::ModifyGroup{group, fmt::format("Renamed {}", ++names_), {}, 0});
    default:
      return phone.change_contacts(wire::lync::AddGroup{fmt::format("Group {}", ++names_), {}, 0});
  }
}

}  // namespace tertulia::sim
