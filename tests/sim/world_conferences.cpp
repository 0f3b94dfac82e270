// SPDX-License-Identifier: Apache-2.0
// What the administrator does with conferences, and what their watchers should be shown.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "phone_parts.h"
#include "world.h"

namespace tertulia::sim {

namespace {

std::string_view role_shown(domain::ConferenceRole role, bool lync) {
  switch (role) {
    case domain::ConferenceRole::attendee:
      return "attendee";
    case domain::ConferenceRole::presenter:
      return "presenter";
    case domain::ConferenceRole::organizer:
      return lync ? "presenter" : "organizer";
  }
  return "?";
}

}  // namespace

std::optional<domain::ConferenceKey> World::key_of(const std::string& conference) const {
  const std::size_t slash = conference.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto key = domain::ConferenceKey::make(user_of(conference.substr(0, slash)), conference.substr(slash + 1));
  if (!key) return std::nullopt;
  return *key;
}

std::string World::create_conference(base::UserId organizer, std::uint32_t size_max) {
  domain::CreateConference create;
  create.key = *domain::ConferenceKey::make(organizer, random.token(16));
  create.size_max = size_max;
  std::string name = address(organizer) + "/" + create.key.id;
  journal.conferences[name] = {organizer, true};
  last_made_ = name;
  front->with_home(organizer, [&](server::Shard& shard, base::Now now) {
    shard.ask(std::move(create), std::function<void(const domain::CreateAnswer&)>([](const auto&) {}), now);
  });
  return name;
}

void World::command_conference(const std::string& conference, domain::conference::Command command) {
  const auto key = key_of(conference);
  if (!key) return;
  domain::ConferenceCommand asked;
  asked.key = *key;
  asked.command = std::move(command);
  front->with_conference(*key, [&](server::Shard& shard, base::Now now) {
    shard.ask(std::move(asked), std::function<void(const domain::CommandAnswer&)>([](const auto&) {}), now);
  });
}

std::string World::last_conference() const {
  for (auto call = journal.calls.rbegin(); call != journal.calls.rend(); ++call)
    if (!call->conference.empty()) return call->conference;
  return last_made_;
}

void World::look_at_conferences() {
  journal.ending.rosters.clear();
  for (const auto& [name, life] : journal.conferences) {
    const auto key = key_of(name);
    const auto seen = key ? front->conference(*key) : std::nullopt;
    if (!seen) continue;
    auto& members = journal.ending.rosters[name];
    for (const domain::RosterMember& member : seen->roster) {
      Ending::Member& one = members[member.user];
      one.leads = member.role >= domain::ConferenceRole::presenter;
      for (const domain::RosterSeat& seat : member.seats) {
        if (seat.pages) continue;
        ++one.dialogs;
        if (seat.chat) ++one.chats;
      }
    }
  }
}

std::string World::roster_for(const Watch& watch) {
  const auto key = key_of(watch.conference);
  const auto seen = key ? front->conference(*key) : std::nullopt;
  if (!seen) return "no conference";
  const bool lync = std::any_of(phones_.begin(), phones_.end(), [&](const auto& phone) {
    return phone->device() == watch.device && phone->traits().lync;
  });
  Watch ideal;
  ideal.package = watch.package;
  ideal.parts["locked"] = seen->facts.locked ? "true" : "false";
  for (const domain::RosterMember& member : seen->roster) {
    const auto chats = std::count_if(member.seats.begin(), member.seats.end(), [&](const domain::RosterSeat& seat) {
      return seat.chat || (seat.pages && !lync);
    });
    ideal.parts[member.address] = fmt::format("{} {} of {}", role_shown(member.role, lync), chats, member.seats.size());
  }
  return shown_by(ideal);
}

}  // namespace tertulia::sim
