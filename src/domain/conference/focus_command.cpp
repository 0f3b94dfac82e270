// SPDX-License-Identifier: Apache-2.0
// What somebody wants of the conference: judged and carried out in one step.
#include <algorithm>

#include "domain/conference/focus.h"

namespace tertulia::domain {

using base::Reason;
using base::Result;

/// Carries one permitted command out.
struct Focus::Carry {
  Focus& focus;
  const Asker& by;
  Effect& effect;

  Reason operator()(const conference::SetRole& set) {
    const auto known = focus.people_.find(set.user);
    const auto member = focus.members_.find(set.user);
    // Who is on the list can be made presenter before he comes.
    if (known == focus.people_.end() || (member == focus.members_.end() && !known->second.invited)) {
      return Reason::not_in_conference;
    }
    known->second.role = set.role;
    focus.facts_changed_ = true;
    if (member == focus.members_.end() || member->second.role == set.role) return Reason::none;
    member->second.role = set.role;
    focus.mark(set.user);
    return Reason::none;
  }
  Reason operator()(const conference::Eject& eject) {
    if (!focus.members_.contains(eject.user)) return Reason::not_in_conference;
    ConferencePerson remembered = focus.people_.at(eject.user);
    effect.out = focus.remove(eject.user);
    if (eject.user == by.user) return Reason::none;  // he went by himself
    remembered.let_in = false;
    remembered.invited = false;
    remembered.ejected = true;
    focus.people_[eject.user] = remembered;
    return Reason::none;
  }
  Reason operator()(const conference::SetLock& set) {
    if (std::exchange(focus.facts_.locked, set.on) != set.on) focus.describe();
    focus.admit_if(effect.admitted);
    return Reason::none;
  }
  Reason operator()(const conference::SetMute& set) {
    if (std::exchange(focus.facts_.muted, set.on) != set.on) focus.describe();
    return Reason::none;
  }
  Reason operator()(const conference::SetSubject& set) {
    if (set.subject.size() > conference_limits::subject_bytes_max) return Reason::setting_out_of_bounds;
    focus.facts_.subject = set.subject;
    focus.describe();
    return Reason::none;
  }
  Reason operator()(const conference::SetAdmission& set) {
    focus.facts_.admission = set.admission;
    focus.facts_.lobby = set.lobby;
    focus.describe();
    focus.admit_if(effect.admitted);
    return Reason::none;
  }
  Reason operator()(const conference::SetPresenters& set) {
    focus.facts_.presenters = set.policy;  // for who comes from now on
    focus.describe();
    return Reason::none;
  }
  Reason operator()(const conference::SetSize& set) {
    if (set.size_max < 1 || set.size_max > conference_limits::size_max) return Reason::setting_out_of_bounds;
    focus.facts_.size_max = set.size_max;  // nobody is put out by a smaller one
    focus.describe();
    return Reason::none;
  }
  Reason operator()(const conference::SetExpiry& set) {
    focus.facts_.expires = set.expires;
    focus.describe();
    return Reason::none;
  }
  Reason operator()(const conference::Admit& admit) {
    if (!admit.user) {  // product: later ones need not wait either
      focus.facts_.locked = false;
      focus.facts_.admission = Admission::everyone;
      focus.describe();
      focus.admit_if(effect.admitted);
      return Reason::none;
    }
    const auto waits = [&](const Waiter& waiter) { return waiter.join.user == admit.user; };
    const auto first = std::find_if(focus.lobby_.begin(), focus.lobby_.end(), waits);
    if (first == focus.lobby_.end()) return Reason::not_in_conference;
    const Result<ConferencePerson*> known = focus.person_or_new(admit.user, first->join.kind);
    if (!known) return known.reason();
    (*known)->let_in = true;
    focus.facts_changed_ = true;
    focus.admit_if(effect.admitted);
    return Reason::none;
  }
  Reason operator()(const conference::Deny& deny) {
    const auto split = std::stable_partition(focus.lobby_.begin(), focus.lobby_.end(), [&](const Waiter& waiter) {
      return deny.user && waiter.join.user != deny.user;
    });
    if (split == focus.lobby_.end()) return deny.user ? Reason::not_in_conference : Reason::none;
    std::move(split, focus.lobby_.end(), std::back_inserter(effect.denied));
    focus.lobby_.erase(split, focus.lobby_.end());
    focus.lobby_changed_ = true;
    return Reason::none;
  }
  Reason operator()(const conference::Invite& invite) {
    const Result<ConferencePerson*> known = focus.person_or_new(invite.user, PersonKind::colleague);
    if (!known) return known.reason();
    (*known)->invited = invite.on;
    if (invite.on) (*known)->ejected = false;
    focus.facts_changed_ = true;
    if (!invite.on) focus.forget_if_nothing(invite.user, PersonKind::colleague);
    focus.admit_if(effect.admitted);
    return Reason::none;
  }
  Reason operator()(const conference::End&) {
    effect.over = true;
    while (!focus.members_.empty()) {
      for (Left& left : focus.remove(focus.members_.begin()->first)) effect.out.push_back(std::move(left));
    }
    effect.denied = std::exchange(focus.lobby_, {});
    return Reason::none;
  }
};

/// Takes those out of the lobby for whom the door is open now.
void Focus::admit_if(std::vector<Waiter>& admitted) {
  std::size_t free = facts_.size_max > members_.size() ? facts_.size_max - members_.size() : 0;
  const auto stays = [&](const Waiter& waiter) {
    const Result<Door> door = judge(waiter.join.user, waiter.join.kind);
    if (free == 0 || !door || *door != Door::inside) return true;
    --free;
    return false;
  };
  std::vector<Waiter> staying;
  for (Waiter& waiter : lobby_) (stays(waiter) ? staying : admitted).push_back(std::move(waiter));
  lobby_changed_ = lobby_changed_ || staying.size() != lobby_.size();
  lobby_ = std::move(staying);
}

Result<Focus::Effect> Focus::command(const Asker& by, const conference::Command& command) {
  if (const Reason refusal = may(by, command, facts_.key.organizer); refusal != Reason::none) return refusal;
  Effect effect;
  const Reason reason = std::visit(Carry{*this, by, effect}, command);
  if (reason != Reason::none) return reason;
  return effect;
}

}  // namespace tertulia::domain
