// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/random.h"

namespace tertulia::domain {

/// Secret that makes and reads the temporary GRUUs of one run of the server.
using GruuKey = std::array<std::uint8_t, 32>;

/// What a temporary GRUU says to whoever has the key: whose it is, and which series of one binding it belongs to.  A
/// series lasts as long as the registration and its Call-ID (RFC 5627 3.1.2).
struct TemporaryGruu {
  base::UserId user;
  std::uint64_t series = 0;
  friend bool operator==(const TemporaryGruu&, const TemporaryGruu&) = default;
};

/// Token of a temporary GRUU, another one at each call.  Without the key nobody can make one, read one, or tell whether
/// two belong to the same user.  Nothing needs to be remembered: any shard can read it.  After RFC 5627 A.2, with SHA-256
/// for its cipher and its authentication code: 80 random bits, 96 bits (user and series) masked by a hash of key and
/// random bits, 64 bits of a hash of key and all that.
std::string make_temporary_gruu(const GruuKey& key, const TemporaryGruu& gruu, base::Random& random);

/// Nothing when this key did not make it.
std::optional<TemporaryGruu> read_temporary_gruu(const GruuKey& key, std::string_view token);

}  // namespace tertulia::domain
