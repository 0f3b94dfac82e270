// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"
#include "domain/directory/address.h"
#include "domain/directory/card.h"
#include "domain/directory/policy.h"

namespace tertulia::domain {

/// What proves a user's identity, as it stands in the store.  Neither field is ever logged or shown.
struct Credentials {
  std::string password_hash;   ///< Argon2id, for checks of a password in clear
  std::string sealed_digests;  ///< password-equivalent digests (see ports.h), encrypted with a key outside of the store
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// A person with an address.  A value.
struct User {
  base::UserId id;
  Address address;
  std::string display_name;
  CardPtr card;  ///< null: nothing is known
  bool enabled = true;
  Credentials credentials;
  std::map<std::string, std::string> settings;  ///< the user's own policy settings by name, overriding the global ones
  std::vector<Address> blocked;                 ///< who may not reach this user
  base::WallTime created;
  std::uint64_t version = 0;             ///< grows with each change of this user
  std::shared_ptr<const Policy> policy;  ///< effective; filled by Directory

  bool blocks(const Address& sender) const;
  bool is_served_elsewhere() const;
};

/// Why nothing can be brought to this recipient here: destination_unknown (nobody, or not enabled), home_elsewhere; or
/// none.  Null is nobody.
base::Reason refusal_to_reach(const User* recipient);

}  // namespace tertulia::domain
