// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/ports.h"

#include <utility>

namespace tertulia::domain {
namespace {

void wipe_all(SecretDigests& digests) {
  for (auto& [name, value] : digests.ha1) wipe(value);
  digests.ha1.clear();
  wipe(digests.nt_hash);
}

}  // namespace

SecretDigests::~SecretDigests() { wipe_all(*this); }

SecretDigests& SecretDigests::operator=(const SecretDigests& other) {
  if (this == &other) return *this;
  wipe_all(*this);
  ha1 = other.ha1;
  nt_hash = other.nt_hash;
  return *this;
}

SecretDigests& SecretDigests::operator=(SecretDigests&& other) {
  if (this == &other) return *this;
  wipe_all(*this);
  ha1 = std::move(other.ha1);
  nt_hash = std::move(other.nt_hash);
  return *this;
}

}  // namespace tertulia::domain
