// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "domain/directory/ports.h"
#include "io/secret/key_file.h"

namespace tertulia::io {

/// Cost of a password hash; the defaults are what the server uses, tests take less.
struct KeeperSettings {
  std::uint64_t passes = argon2_passes;
  std::size_t memory_bytes = argon2_memory_bytes;
};

/// Credentials by libsodium: Argon2id for checks of a clear password; the digests that challenge protocols need are
/// sealed with XChaCha20-Poly1305 under the key file's key, bound to the user's address.  Thread: any.
class Keeper final : public domain::CredentialKeeper {
 public:
  explicit Keeper(KeyFile key, const KeeperSettings& settings = {});

  base::Result<domain::Credentials> make(const domain::Address& address, std::string_view realm,
                                         std::string_view password) override;
  bool verify(const domain::Credentials& credentials, std::string_view password) override;
  base::Result<domain::SecretDigests> open(const domain::Address& address,
                                           const domain::Credentials& credentials) const override;

 private:
  KeyFile key_;
  KeeperSettings settings_;
};

}  // namespace tertulia::io
