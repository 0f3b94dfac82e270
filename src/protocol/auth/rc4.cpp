// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/rc4.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "protocol/auth/secret_key.h"

namespace tertulia::protocol::auth {

std::string rc4(std::string_view key, std::string_view bytes) {
  TERTULIA_CHECK(!key.empty() && key.size() <= 256);
  std::array<std::uint8_t, 256> state;
  std::iota(state.begin(), state.end(), std::uint8_t{0});
  std::uint8_t j = 0;
  for (std::size_t i = 0; i < state.size(); ++i) {
    j = static_cast<std::uint8_t>(j + state[i] + static_cast<std::uint8_t>(key[i % key.size()]));
    std::swap(state[i], state[j]);
  }
  std::string out(bytes);
  std::uint8_t i = 0;
  j = 0;
  for (char& c : out) {
    ++i;
    j = static_cast<std::uint8_t>(j + state[i]);
    std::swap(state[i], state[j]);
    const std::uint8_t pad = state[static_cast<std::uint8_t>(state[i] + state[j])];
    c = static_cast<char>(static_cast<std::uint8_t>(c) ^ pad);
  }
  wipe_bytes(state.data(), state.size());
  return out;
}

}  // namespace tertulia::protocol::auth
