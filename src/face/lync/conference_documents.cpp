// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_documents.h"

#include <algorithm>

#include "face/lync/conference_uri.h"
#include "face/lync/limits.h"
#include "wire/conference_info/conference_info.h"
#include "wire/lync/cccp.h"

namespace tertulia::face::lync {

namespace info = wire::conference_info;

namespace {

wire::lync::cccp::AdmissionPolicy policy_of(domain::Admission admission) {
  using Policy = wire::lync::cccp::AdmissionPolicy;
  switch (admission) {
    case domain::Admission::everyone:
      return Policy::anonymous;
    case domain::Admission::organisation:
      return Policy::open_authenticated;
    case domain::Admission::invited:
    case domain::Admission::organizer:
      break;
  }
  return Policy::closed_authenticated;
}

info::Description description_of(const domain::ConferenceDescription& from, std::string_view organizer) {
  info::Description description;
  description.subject = from.subject;
  description.conference_id = from.key.id;
  if (from.expires.us != 0) description.expiry_time = base::to_iso8601(from.expires);
  description.admission_policy = name_of(policy_of(from.admission));
  description.conf_uris.push_back({chat_uri(organizer, from.key), "chat", "chat"});
  description.organizer_name = from.organizer_name.empty() ? std::string(organizer) : from.organizer_name;
  description.organizer_uri = "sip:" + std::string(organizer);
  return description;
}

/// Two endpoints for a device that takes part in the messages, as if it had entered the focus and the unit.
void tell_seat(const domain::RosterSeat& seat, std::size_t number, info::User& user) {
  const std::string name = seat.entity.empty() ? "device" + std::to_string(number) : seat.entity;
  user.endpoints.push_back({.entity = name, .session_type = "focus"});
  if (seat.chat)
    user.endpoints.push_back({.entity = name + ";chat", .session_type = "chat", .media = {{"1", "chat", ""}}});
}

info::User user_of(const domain::RosterMember& member) {
  info::User user;
  user.entity = "sip:" + member.address;
  user.display_text = member.name.empty() ? member.address : member.name;
  user.roles.emplace_back(member.role >= domain::ConferenceRole::presenter ? "presenter" : "attendee");
  for (std::size_t i = 0; i < member.seats.size(); ++i) tell_seat(member.seats[i], i + 1, user);
  return user;
}

}  // namespace

std::string ConferenceDocuments::of(const domain::RosterPtr& roster, const domain::ConferenceKey& key,
                                    std::string_view organizer) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& one) { return one.first == roster; });
  if (found != kept_.end()) return found->second;
  if (kept_.size() == conference_documents_max) kept_.pop_front();
  kept_.emplace_back(roster, write(*roster, key, organizer));
  ++written_;
  return kept_.back().second;
}

std::string ConferenceDocuments::write(const domain::Roster& roster, const domain::ConferenceKey& key,
                                       std::string_view organizer) const {
  info::ConferenceInfo document;
  document.entity = focus_uri(organizer, key);
  document.version = static_cast<std::uint32_t>(roster.version);
  document.state = roster.full ? info::State::full : info::State::partial;
  if (roster.description) {
    document.description = description_of(*roster.description, organizer);
    if (!join_pages_.empty()) document.description->join_url = join_pages_ + std::string(organizer) + "/" + key.id;
    document.views.push_back({chat_uri(organizer, key), {{"chat", "chat", ""}}, roster.description->locked});
  }
  document.users.reserve(roster.members.size() + roster.gone.size());
  for (const domain::RosterMemberPtr& member : roster.members) document.users.push_back(user_of(*member));
  for (const domain::RosterMemberPtr& member : roster.gone)
    document.users.push_back({.entity = "sip:" + member->address, .state = info::State::deleted});
  return info::write(document);
}

}  // namespace tertulia::face::lync
