// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/conference/roster.h"
#include "face/simple/event_package.h"
#include "face/simple/metrics.h"

namespace tertulia::face::simple {

/// What the watchers of one conference on this shard are shown: its newest roster, kept once for all of them, and the
/// documents of it (RFC 4575), each rendered once.  Lives as long as one of them holds it.
class ConferenceView {
 public:
  explicit ConferenceView(FaceMetrics& metrics) : metrics_(metrics) {}

  /// Each watcher brings the same news; whoever comes first changes something.
  void take(const domain::RosterPtr& roster);
  std::uint64_t version() const { return version_; }
  bool empty() const { return !description_; }
  /// Everything, as of version().
  EventDocument full();
  /// What the newest version has changed, for who was told the one before.  Nothing: that is not known here.
  std::optional<EventDocument> newest();

 private:
  EventDocument render(bool full);

  FaceMetrics& metrics_;
  std::uint64_t version_ = 0;
  domain::ConferenceDescriptionPtr description_;
  std::map<base::UserId, domain::RosterMemberPtr> members_;
  domain::RosterPtr last_;         ///< partial, leads to version_; null: there is none
  std::vector<std::string> gone_;  ///< addresses of those who are out with it
  EventDocument full_;             ///< of version_; empty: not rendered yet
  EventDocument newest_;
};

/// The views of one shard.
class ConferenceRosters {
 public:
  explicit ConferenceRosters(FaceMetrics& metrics) : metrics_(metrics) {}
  std::shared_ptr<ConferenceView> view_of(const domain::ConferenceKey& key);

 private:
  static constexpr std::size_t sweep_at_min = 64;
  void sweep();
  FaceMetrics& metrics_;
  std::unordered_map<domain::ConferenceKey, std::weak_ptr<ConferenceView>> views_;
  std::size_t sweep_at_ = sweep_at_min;  ///< so that what is held is at most twice what is watched
};

}  // namespace tertulia::face::simple
