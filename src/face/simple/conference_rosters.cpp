// SPDX-License-Identifier: Apache-2.0
#include "face/simple/conference_rosters.h"

#include <algorithm>
#include <utility>

#include "face/simple/conference_address.h"
#include "wire/conference_info/conference_info.h"

namespace tertulia::face::simple {
namespace {

namespace info = wire::conference_info;
using domain::ConferenceRole;

constexpr std::string_view document_type = "application/conference-info+xml";

std::string_view name_of(ConferenceRole role) {
  switch (role) {
    case ConferenceRole::attendee:
      return "attendee";
    case ConferenceRole::presenter:
      return "presenter";
    case ConferenceRole::organizer:
      return "organizer";
  }
  return "attendee";
}

info::User user_of(const domain::RosterMember& member) {
  info::User user;
  user.entity = "sip:" + member.address;
  user.display_text = member.name;
  user.roles = {std::string(name_of(member.role))};
  for (const domain::RosterSeat& seat : member.seats) {
    info::Endpoint endpoint;
    // RFC 4575 5.7: unique within the user; a client that names its device is known by that name.
    endpoint.entity = !seat.entity.empty() ? seat.entity
                      : seat.pages         ? user.entity
                                           : user.entity + ";device=" + std::to_string(seat.endpoint.value);
    if (seat.chat || seat.pages) endpoint.media.push_back({"1", "message", {}});
    user.endpoints.push_back(std::move(endpoint));
  }
  return user;
}

info::Description description_of(const domain::ConferenceDescription& conference, const std::string& entity) {
  info::Description description;
  description.subject = conference.subject;
  description.conf_uris.push_back({entity, {}, "participation"});
  description.maximum_user_count = conference.size_max;
  return description;
}

}  // namespace

void ConferenceView::take(const domain::RosterPtr& roster) {
  const bool known = !empty() && roster->version == version_;
  if (known || (!roster->full && roster->version < version_)) return;  // another watcher has brought it
  gone_.clear();
  if (roster->full) members_.clear();
  for (const domain::RosterMemberPtr& member : roster->gone)
    if (members_.erase(member->user) > 0) gone_.push_back(member->address);
  for (const domain::RosterMemberPtr& member : roster->members) members_[member->user] = member;
  if (roster->description) description_ = roster->description;
  last_ = roster->full ? nullptr : roster;
  version_ = roster->version;
  full_ = {};
  newest_ = {};
}

EventDocument ConferenceView::full() {
  if (!full_.body) full_ = render(true);
  return full_;
}

std::optional<EventDocument> ConferenceView::newest() {
  if (!last_) return std::nullopt;
  if (!newest_.body) newest_ = render(false);
  return newest_;
}

EventDocument ConferenceView::render(bool full) {
  info::ConferenceInfo document;
  document.entity = conference_uri(description_->organizer_address, description_->key.id);
  document.version = static_cast<std::uint32_t>(version_);
  document.state = full ? info::State::full : info::State::partial;
  if (full || last_->description) document.description = description_of(*description_, document.entity);
  document.conference_state =
      info::ConferenceState{static_cast<std::uint32_t>(members_.size()), true, description_->locked};
  if (full) {
    document.users.reserve(members_.size());
    for (const auto& [user, member] : members_) document.users.push_back(user_of(*member));
  } else {
    for (const domain::RosterMemberPtr& member : last_->members) document.users.push_back(user_of(*member));
    for (const std::string& address : gone_)
      document.users.push_back({"sip:" + address, info::State::deleted, {}, {}, {}});
  }
  metrics_.conference_documents.add();
  return {std::string(document_type), std::make_shared<const std::string>(info::write(document))};
}

std::shared_ptr<ConferenceView> ConferenceRosters::view_of(const domain::ConferenceKey& key) {
  if (auto found = views_[key].lock()) return found;
  if (views_.size() > sweep_at_) sweep();
  auto view = std::make_shared<ConferenceView>(metrics_);
  views_[key] = view;
  return view;
}

/// Forgets what nobody watches any more.
void ConferenceRosters::sweep() {
  std::erase_if(views_, [](const auto& one) { return one.second.expired(); });
  sweep_at_ = std::max(sweep_at_min, 2 * views_.size());
}

}  // namespace tertulia::face::simple
