// SPDX-License-Identifier: Apache-2.0
#include "domain/conference/conference_rights.h"

#include <variant>

namespace tertulia::domain {
namespace {

using base::Reason;
using enum ConferenceRole;

/// The least role for each command.
struct Needed {
  ConferenceRole operator()(const conference::SetRole&) const { return presenter; }
  ConferenceRole operator()(const conference::Eject&) const { return presenter; }
  ConferenceRole operator()(const conference::SetLock&) const { return presenter; }
  ConferenceRole operator()(const conference::SetMute&) const { return presenter; }
  ConferenceRole operator()(const conference::SetSubject&) const { return presenter; }
  ConferenceRole operator()(const conference::SetAdmission&) const { return presenter; }
  ConferenceRole operator()(const conference::Admit&) const { return presenter; }
  ConferenceRole operator()(const conference::Deny&) const { return presenter; }
  ConferenceRole operator()(const conference::Invite&) const { return presenter; }
  // These outlast the meeting, so they are the organizer's.
  ConferenceRole operator()(const conference::SetPresenters&) const { return organizer; }
  ConferenceRole operator()(const conference::SetSize&) const { return organizer; }
  ConferenceRole operator()(const conference::SetExpiry&) const { return organizer; }
  ConferenceRole operator()(const conference::End&) const { return organizer; }
};

/// The organizer is nobody's to demote or to remove, and there is one of him.
bool touches_organizer(const conference::Command& command, base::UserId owner) {
  if (const auto* set = std::get_if<conference::SetRole>(&command)) {
    return set->user == owner || set->role == organizer;
  }
  const auto* eject = std::get_if<conference::Eject>(&command);
  return eject != nullptr && eject->user == owner;
}

Reason refusal_below(ConferenceRole needed) {
  return needed == organizer ? Reason::organizer_only : Reason::presenters_only;
}

}  // namespace

Reason may(const Asker& asker, const conference::Command& command, base::UserId organizer_of_it) {
  if (!asker.administrator) {
    if (!asker.role) return Reason::not_in_conference;
    const ConferenceRole needed = std::visit(Needed{}, command);
    if (*asker.role < needed) return refusal_below(needed);
  }
  return touches_organizer(command, organizer_of_it) ? Reason::organizer_only : Reason::none;
}

Reason may_add(const Asker& asker, const ConferenceFacts& facts) {
  if (asker.administrator) return Reason::none;
  if (!asker.role) return Reason::not_in_conference;
  const bool open = !facts.locked && facts.admission <= Admission::organisation;
  if (*asker.role >= presenter || open) return Reason::none;
  return facts.locked ? Reason::conference_locked : Reason::presenters_only;
}

Reason may_write(ConferenceRole role, const ConferenceFacts& facts) {
  return facts.muted && role < presenter ? Reason::conference_muted : Reason::none;
}

}  // namespace tertulia::domain
