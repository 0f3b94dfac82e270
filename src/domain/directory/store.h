// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "domain/directory/user.h"

namespace tertulia::domain {

/// Where users survive a restart.  Answers come on the store's own thread; the caller posts them where they belong.
class DirectoryStore {
 public:
  virtual ~DirectoryStore() = default;
  /// At start-up, before any shard runs; blocks.  `policy` of the users is not filled.
  virtual base::Result<std::vector<User>> load_users() = 0;
  /// Durable when `done` is called without error.  A user with id 0 is new: the answer carries its id.
  /// Errors: user_exists, store_unavailable.
  virtual void put_user(User user, std::function<void(base::Result<User>)> done) = 0;
  /// Removes the user with kept messages; records stay.  Errors: user_does_not_exist, store_unavailable.
  virtual void remove_user(base::UserId id, std::function<void(base::Result<void>)> done) = 0;
};

}  // namespace tertulia::domain
