// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/ids.h"
#include "base/result.h"
#include "domain/directory/photo.h"

namespace tertulia::domain {

/// Where pictures survive a restart; which one a user has is told with the user (Card::photo).  Answers come on the
/// store's own thread; the caller posts them where they belong.
class PhotoStore {
 public:
  virtual ~PhotoStore() = default;
  /// Replaces the picture and counts the user's version up.  Durable when `done` is called without error.
  /// Errors: user_does_not_exist, store_unavailable.
  virtual void put_photo(base::UserId user, PhotoPtr photo, std::function<void(base::Result<void>)> done) = 0;
  /// Null: there is none.  Errors: store_unavailable.
  virtual void load_photo(base::UserId user, std::function<void(base::Result<PhotoPtr>)> done) = 0;
};

}  // namespace tertulia::domain
