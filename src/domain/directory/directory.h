// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "domain/directory/people.h"
#include "domain/directory/user.h"

namespace tertulia::domain {

/// All users and domains at one moment: immutable, so every shard reads it without asking anybody.  A change makes a
/// new one that shares all buckets but one.  Views and pointers into it live as long as the snapshot is held.
class Directory {
 public:
  /// `own_servers`: names of this server in the form of home_server.h; a policy that names one of them means "here", so
  /// that one store serves a whole pool, and a store that has moved to the new machine sends nobody in circles.
  Directory(std::vector<std::string> domains, Policy global_policy, std::vector<std::string> own_servers = {});

  const User* find(const Address& address) const { return find(std::string_view(address.text())); }
  /// `address`: user@domain in lower case.
  const User* find(std::string_view address) const;
  const User* find(base::UserId id) const;
  bool serves(std::string_view domain) const;
  const std::vector<std::string>& domains() const { return domains_; }
  const Policy& global_policy() const { return *global_policy_; }
  /// What holds for this user.
  const Policy& policy_of(const User& user) const { return user.policy ? *user.policy : *global_policy_; }
  std::size_t size() const { return size_; }
  /// Every user, ordered by address.  For lists of the administrator, not for hot paths.
  std::vector<const User*> all() const;

  /// Enabled users who fit.  Looks at each of them (10,000 users: a few milliseconds), but for a whole address, which
  /// is looked up; callers bound how often one client may ask.
  PeopleFound find_people(const PeopleQuery& query) const;

  /// Copies with one change.  `user.policy` is computed from its settings and the global policy; settings that this
  /// version does not know or permit are left out.  A user with the same id or the same address is replaced.
  std::shared_ptr<const Directory> with(User user) const;
  /// The same for many at once (start-up): copies each bucket once.
  std::shared_ptr<const Directory> with_users(std::vector<User> users) const;
  std::shared_ptr<const Directory> without(base::UserId id) const;
  /// Same users under another global policy (configuration reload).
  std::shared_ptr<const Directory> with_policy(Policy global_policy) const;
  /// Same users, other domains.
  std::shared_ptr<const Directory> with_domains(std::vector<std::string> domains) const;

  /// Ids of the users that were added, changed or removed between `before` and this one.  Looks only into buckets that
  /// the two do not share.
  std::vector<base::UserId> changed_since(const Directory& before) const;
  /// How many of the buckets are the same objects in both, out of `2 * bucket_count`.  For tests and memory figures.
  std::size_t buckets_shared_with(const Directory& other) const;
  static constexpr std::size_t bucket_count = 256;

 private:
  using UserPtr = std::shared_ptr<const User>;
  using AddressBucket = std::unordered_map<std::string_view, UserPtr>;  // keys point into the user
  using IdBucket = std::unordered_map<base::UserId, UserPtr>;
  Directory() = default;
  class Change;  // a copy being made

  std::shared_ptr<const Policy> settled(Policy policy) const;

  std::vector<std::string> domains_;
  std::vector<std::string> own_servers_;
  std::shared_ptr<const Policy> global_policy_;
  std::array<std::shared_ptr<const AddressBucket>, bucket_count> by_address_;
  std::array<std::shared_ptr<const IdBucket>, bucket_count> by_id_;
  std::size_t size_ = 0;
};
using DirectoryPtr = std::shared_ptr<const Directory>;

}  // namespace tertulia::domain
