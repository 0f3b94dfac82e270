// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/conversation/events.h"
#include "domain/conversation/final_status.h"

namespace tertulia::domain {

/// One invitation that rings several endpoints of one user.  Source: RFC 3261 16.7 for the choice of the answer.
///
///     looking ──(endpoints known)──> ringing ──(first acceptance)──> over, the other forks lose
///                                        └────(all refused)────────> over, the best refusal speaks
class Invitation {
 public:
  struct Fork {
    base::LegId leg;
    EndpointRoute route;
    bool pending = true;
  };
  enum class Outcome : std::uint8_t {
    nothing,   ///< wait for more
    ring,      ///< tell the inviter that it rings: the first time only
    accepted,  ///< `fork` has it
    lost,      ///< this endpoint accepted too late: end its leg
    refused,   ///< all have refused, see best_status
  };
  struct Step {
    Outcome outcome = Outcome::nothing;
    const Fork* fork = nullptr;  ///< until the next call
  };

  Invitation(OpenSession open, base::TimePoint deadline) : open_(std::move(open)), deadline_(deadline) {}

  const OpenSession& open() const { return open_; }
  base::TimePoint deadline() const { return deadline_; }
  bool looking() const { return looking_; }
  bool over() const { return over_; }
  /// Endpoints are known and added.  `pages`: one of them takes single messages; `keeps`: messages for an absent one
  /// are kept.
  void begin_ringing(bool pages, bool keeps) {
    looking_ = false;
    pages_ = pages;
    keeps_ = keeps;
  }
  /// False: forks_max is reached.
  bool add(const Fork& fork);
  Step on_leg(const LegAnswer& answer);
  /// Ends it; gives the forks that must be told.
  std::vector<Fork> close();
  /// The leg that still rings at this endpoint; 0: none does.
  base::LegId rings_at(base::EndpointId endpoint) const;
  int best_status() const { return status_.best(); }
  /// After all have refused: nobody said no to a session as such, the endpoints cannot do one or went away; and single
  /// messages can reach the user.
  bool falls_to_pages() const {
    if (!only_incapable_) return false;
    if (!all_gone_) return pages_;
    return !open_.device && (keeps_ || pages_);  // when the one device that was meant has gone, nobody is left
  }

 private:
  OpenSession open_;
  base::TimePoint deadline_;
  std::vector<Fork> forks_;
  FinalStatus status_;
  base::LegId winner_;
  bool looking_ = true;
  bool over_ = false;
  bool rung_ = false;
  bool only_incapable_ = true;
  bool all_gone_ = true;
  bool pages_ = false;
  bool keeps_ = false;
};

}  // namespace tertulia::domain
