// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "domain/directory/address.h"
#include "domain/directory/user.h"

namespace tertulia::domain {

/// Password-equivalent values that challenge protocols compute with, in clear.  Lives as briefly as possible.
struct SecretDigests {
  /// H(A1) in lower-case hexadecimal, keyed "<algorithm>/<form>": algorithm MD5, SHA-256 or SHA-512-256 (RFC 7616
  /// names), form "user" (user name is the part before the @) or "address" (user name is the whole address).
  std::map<std::string, std::string> ha1;
  std::string nt_hash;  ///< 16 raw bytes, for NTLM ([MS-NLMP] 3.3.1)

  SecretDigests() = default;
  SecretDigests(const SecretDigests&) = default;
  SecretDigests(SecretDigests&&) = default;
  SecretDigests& operator=(const SecretDigests& other);  ///< wipes what was there
  SecretDigests& operator=(SecretDigests&& other);       ///< wipes what was there
  ~SecretDigests();                                      ///< wipes
};

using base::wipe;  // who opens a secret overwrites it

/// Makes and opens stored credentials; implemented by io/secret.
class CredentialKeeper {
 public:
  virtual ~CredentialKeeper() = default;
  /// Slow on purpose (Argon2id, tens of milliseconds): never on a shard.  Errors: password_too_weak.
  virtual base::Result<Credentials> make(const Address& address, std::string_view realm, std::string_view password) = 0;
  /// Slow on purpose: never on a shard.
  virtual bool verify(const Credentials& credentials, std::string_view password) = 0;
  /// Some microseconds; thread: any.  `address`: the user whose row it is; the seal is bound to it, so that a row
  /// copied to another user does not open.  Errors: file_damaged when the seal does not open (other key, other user,
  /// changed bytes).
  virtual base::Result<SecretDigests> open(const Address& address, const Credentials& credentials) const = 0;
};

}  // namespace tertulia::domain
