// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/invitation.h"

#include <algorithm>

#include "domain/conversation/limits.h"

namespace tertulia::domain {

bool Invitation::add(const Fork& fork) {
  if (forks_.size() >= conversation_limits::forks_max) return false;
  forks_.push_back(fork);
  return true;
}

base::LegId Invitation::rings_at(base::EndpointId endpoint) const {
  const auto fork = std::find_if(forks_.begin(), forks_.end(),
                                 [&](const Fork& f) { return f.pending && f.route.endpoint == endpoint; });
  return fork == forks_.end() ? base::LegId{} : fork->leg;
}

Invitation::Step Invitation::on_leg(const LegAnswer& answer) {
  const auto fork = std::find_if(forks_.begin(), forks_.end(), [&](const Fork& f) { return f.leg == answer.leg; });
  if (fork == forks_.end()) return {};
  if (!fork->pending || over_) {
    const bool lost = over_ && answer.what == LegAnswer::What::accepted && fork->leg != winner_;
    return {lost ? Outcome::lost : Outcome::nothing, &*fork};
  }
  switch (answer.what) {
    case LegAnswer::What::ringing:
      if (rung_) return {};
      rung_ = true;
      return {Outcome::ring, &*fork};
    case LegAnswer::What::accepted:
    case LegAnswer::What::will_join:
      fork->pending = false;
      winner_ = fork->leg;
      return {Outcome::accepted, &*fork};
    case LegAnswer::What::refused:
      break;
  }
  fork->pending = false;
  status_.add(answer.status);
  const bool gone = answer.status == status_connection_gone;
  all_gone_ = all_gone_ && gone;
  only_incapable_ = only_incapable_ && (gone || refuses_sessions(answer.status));
  const bool waits = std::any_of(forks_.begin(), forks_.end(), [](const Fork& f) { return f.pending; });
  // 16.7 step 5: a 6xx ends the matter for all forks.
  const bool global = answer.status >= 600 && !refuses_sessions(answer.status);
  return {waits && !global ? Outcome::nothing : Outcome::refused, &*fork};
}

std::vector<Invitation::Fork> Invitation::close() {
  std::vector<Fork> pending;
  for (Fork& fork : forks_) {
    if (fork.pending) pending.push_back(fork);
    fork.pending = false;
  }
  over_ = true;
  return pending;
}

}  // namespace tertulia::domain
