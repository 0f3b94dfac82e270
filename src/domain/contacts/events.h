// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/reason.h"
#include "domain/contacts/contact_list.h"

namespace tertulia::domain {

/// Changes a user's own list; goes to his home shard, answered when durable.
struct ChangeContacts {
  base::Ticket ticket;
  base::ShardId edge;
  base::UserId user;
  std::optional<std::uint64_t> expected_version;  ///< contact_list_outdated when the list has another one
  ListChange change;
};
struct ContactsAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  ContactListPtr list;    ///< after success the new one; at contact_list_outdated the valid one
  GroupNumber group = 0;  ///< that AddGroup made; at its group_exists the one of that name
};

/// An own endpoint (or another reader of the user's list) wants it now and each change of it.  A watch that is on already
/// is answered with the list again.
struct WatchContacts {
  base::ShardId edge;
  base::WatchId watch;
  base::UserId user;
  bool on = true;  ///< false: ends it
};
struct ContactsNews {
  base::WatchId watch;
  ContactListPtr list;
  /// What made this version out of the one before; nullopt: the first news.
  std::optional<ListChange> change;
  /// Set: the watch was refused or has ended (too_many_watchers, user_does_not_exist); `list` is then the empty one.
  base::Reason reason = base::Reason::none;
};

}  // namespace tertulia::domain
