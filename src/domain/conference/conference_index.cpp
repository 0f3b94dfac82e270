// SPDX-License-Identifier: Apache-2.0
#include "domain/conference/conference_index.h"

namespace tertulia::domain {

using base::Reason;

Reason ConferenceIndex::enter(const ConferenceKey& key) {
  const auto found = ids_.find(key.organizer);
  if (found != ids_.end()) {
    if (found->second.contains(key.id)) return Reason::conference_exists;
    if (found->second.size() >= conference_limits::conferences_per_organizer_max) return Reason::too_many_conferences;
  }
  ids_[key.organizer].insert(key.id);
  return Reason::none;
}

void ConferenceIndex::on_listed(const ConferenceListed& listed) {
  if (!listed.gone) {
    ids_[listed.key.organizer].insert(listed.key.id);
    return;
  }
  const auto found = ids_.find(listed.key.organizer);
  if (found == ids_.end()) return;
  found->second.erase(listed.key.id);
  if (found->second.empty()) ids_.erase(found);
}

std::vector<ConferenceKey> ConferenceIndex::of(base::UserId organizer) const {
  std::vector<ConferenceKey> keys;
  const auto found = ids_.find(organizer);
  if (found == ids_.end()) return keys;
  for (const std::string& id : found->second) keys.push_back({organizer, id});
  return keys;
}

std::size_t ConferenceIndex::size() const {
  std::size_t sum = 0;
  for (const auto& [organizer, ids] : ids_) sum += ids.size();
  return sum;
}

}  // namespace tertulia::domain
