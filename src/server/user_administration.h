// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "domain/directory/directory.h"
#include "domain/directory/photo_store.h"
#include "domain/directory/ports.h"
#include "domain/directory/store.h"
#include "face/admin/ports.h"
#include "io/loop/clock.h"

namespace tertulia::server {

/// Changes users: store first, then everybody who holds a directory.  The same for a running and a stopped server.
/// Blocking (password hash, store).  Thread: one, the administrator's.
class UserAdministration {
 public:
  /// Called with each new directory; returns when every shard has taken it over, so a change is effective at once.
  using Publish = std::function<void(domain::DirectoryPtr)>;

  UserAdministration(domain::DirectoryPtr directory, domain::DirectoryStore& store, domain::PhotoStore& photos,
                     domain::CredentialKeeper& keeper, const io::Clock& clock, Publish publish);

  base::Result<domain::User> add(const domain::Address& address, const std::string& display_name,
                                 const std::string& password);
  base::Result<domain::User> show(const domain::Address& address) const;
  std::vector<domain::User> list() const;
  base::Result<domain::User> change(const domain::Address& address, const face::admin::UserChange& change);
  base::Result<void> set_password(const domain::Address& address, const std::string& password);
  /// The picture of a user; null when there is none.
  base::Result<domain::PhotoPtr> photo(const domain::Address& address) const;
  /// Null takes the picture away.
  base::Result<void> set_photo(const domain::Address& address, domain::PhotoPtr photo);
  base::Result<void> remove(const domain::Address& address);
  /// Configuration reload: users now follow this global policy.
  void set_global_policy(domain::Policy policy);

  const domain::DirectoryPtr& directory() const { return directory_; }
  /// All users of the store, put into `empty`, a directory with the domains and the global policy.
  static base::Result<domain::DirectoryPtr> load(const domain::Directory& empty, domain::DirectoryStore& store);

 private:
  static base::Result<void> change_card(domain::User& user, const std::map<std::string, std::string>& fields);
  base::Result<domain::User> put(domain::User user);
  void publish(domain::DirectoryPtr directory);
  std::string realm() const { return directory_->domains().front(); }

  domain::DirectoryPtr directory_;
  domain::DirectoryStore& store_;
  domain::PhotoStore& photos_;
  domain::CredentialKeeper& keeper_;
  const io::Clock& clock_;
  Publish publish_;
};

}  // namespace tertulia::server
