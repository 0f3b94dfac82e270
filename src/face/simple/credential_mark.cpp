// SPDX-License-Identifier: Apache-2.0
#include "face/simple/credential_mark.h"

#include "protocol/auth/hmac.h"

namespace tertulia::face::simple {

/// The key is the salted hash, which nobody but the store knows and which each change of the password makes anew.
std::string credential_mark(const domain::User& user) {
  return protocol::auth::hmac(base::HashAlgorithm::sha256, user.credentials.password_hash,
                              {"mark of a password", user.address.text()});
}

}  // namespace tertulia::face::simple
