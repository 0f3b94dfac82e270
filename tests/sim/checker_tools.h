// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/reason.h"
#include "journal.h"

namespace tertulia::sim {

/// The copies of each text, in the order in which they arrived.  Points into the journal.
class CopiesByText {
 public:
  explicit CopiesByText(const Journal& journal) {
    for (const Copy& copy : journal.copies) by_text_[copy.text].push_back(&copy);
  }
  const std::vector<const Copy*>& of(const std::string& text) const {
    const auto found = by_text_.find(text);
    return found == by_text_.end() ? none_ : found->second;
  }

 private:
  std::unordered_map<std::string, std::vector<const Copy*>> by_text_;
  std::vector<const Copy*> none_;
};
inline CopiesByText copies_by_text(const Journal& journal) { return CopiesByText(journal); }

/// "?" for nobody.
inline std::string address_of(const Journal& journal, base::UserId user) {
  const auto found = journal.addresses.find(user);
  return found == journal.addresses.end() ? "?" : found->second;
}

inline std::map<std::size_t, base::UserId> owners_of_devices(const Journal& journal) {
  std::map<std::size_t, base::UserId> owners;
  for (const Question& question : journal.questions) owners[question.device] = question.from;
  return owners;
}

/// Who could not prove himself when he said goodbye, because of a wrong password or because he was locked out for one.  As
/// the server sees it he is in the call, the session or the conference until his connection ends: anybody could say it.
struct Unproved {
  explicit Unproved(const Journal& journal) {
    for (const Question& one : journal.questions) {
      if (one.kind != Question::Kind::bye) continue;
      if (one.status != 401 && one.diagnostic != base::id_of(base::Reason::account_locked)) continue;
      call_ids.insert(one.call_id);
      users.insert(one.from);
    }
  }
  std::set<std::string_view> call_ids;
  std::set<base::UserId> users;
};

/// Seconds since the world began.
double seconds_of(base::TimePoint time);
/// "page t7 of alice@example.com to bob@example.com, asked at 1.234 s, answered 200 at 1.300 s"
std::string describe(const Journal& journal, const Question& question);
/// "device 3 of alice@example.com watching bob@example.com [4f21ab]"
std::string describe(const Journal& journal, const Watch& watch);

}  // namespace tertulia::sim
