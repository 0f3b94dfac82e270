// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "domain/conference/roster.h"

namespace tertulia::face::lync {

inline constexpr std::string_view conference_info_type = "application/conference-info+xml";

/// The conference-info of a roster as clients of the dialect read it ([MS-CONFBAS] 2.2.3).  Nothing in it is of one watcher:
/// each roster is written once for all watchers of the shard.
/// COMPAT(pidgin-sipe 1.25): each user is taken as complete, so all his devices are told; who has no connected endpoint of
/// type chat is out of its room; an address of the IM unit is needed once.
class ConferenceDocuments {
 public:
  /// join_pages: as in LyncSettings.
  explicit ConferenceDocuments(std::string join_pages) : join_pages_(std::move(join_pages)) {}

  /// organizer: user@domain.
  std::string of(const domain::RosterPtr& roster, const domain::ConferenceKey& key, std::string_view organizer);
  std::size_t written() const { return written_; }  ///< how many were not there yet

 private:
  std::string write(const domain::Roster& roster, const domain::ConferenceKey& key, std::string_view organizer) const;

  const std::string join_pages_;
  std::deque<std::pair<domain::RosterPtr, std::string>> kept_;  // bounded by conference_documents_max
  std::size_t written_ = 0;
};

}  // namespace tertulia::face::lync
