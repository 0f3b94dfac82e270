// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/secret_key.h"

#include "base/check.h"

namespace tertulia::protocol::auth {

SecretKey::SecretKey(std::string&& bytes) {
  TERTULIA_CHECK(bytes.size() == octets);
  bytes.copy(bytes_.data(), octets);
  wipe(bytes);
}

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  wipe_bytes(other.bytes_.data(), other.bytes_.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  wipe_bytes(other.bytes_.data(), other.bytes_.size());
  return *this;
}

SecretKey::~SecretKey() { wipe_bytes(bytes_.data(), bytes_.size()); }

}  // namespace tertulia::protocol::auth
