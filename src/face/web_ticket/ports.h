// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/directory/photo.h"
#include "domain/directory/user.h"

namespace tertulia::face::web_ticket {

/// Compares a password in clear with what is stored of it, which takes tens of milliseconds on purpose: on a thread
/// beside the shards.
class PasswordJudge {
 public:
  virtual ~PasswordJudge() = default;
  using Done = std::function<void(bool right, base::Now now)>;
  /// `done` is called in a later turn of the shard that asked.  False: too many wait, `done` is not called.
  virtual bool judge(domain::Credentials credentials, std::string password, Done done) = 0;
};

/// Reads pictures of people from the store.
class PhotoSource {
 public:
  virtual ~PhotoSource() = default;
  using Done = std::function<void(base::Result<domain::PhotoPtr>)>;
  /// `done` is called in a later turn of the shard that asked.  Null: there is none.  Errors: store_unavailable.
  virtual void load_photo(base::UserId user, Done done) = 0;
};

}  // namespace tertulia::face::web_ticket
