// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::face::web_ticket {

/// The client's half of a proof key, in octets; shorter ones could be guessed.
inline constexpr std::size_t entropy_octets_min = 16;
inline constexpr std::size_t entropy_octets_max = 64;
/// Proof keys, in octets ([MS-OCAUTHWS] 3.1.4.1: 256 bits).
inline constexpr std::size_t proof_key_octets = 32;
/// A password in a header; a longer one is wrong.
inline constexpr std::size_t password_octets_max = 1024;

/// Pictures that one shard reads from the store at once; the next one is refused (503).
inline constexpr std::size_t photos_loading_max = 64;

}  // namespace tertulia::face::web_ticket
