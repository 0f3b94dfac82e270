// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tertulia::base {

/// Unguessable numbers that can be repeated from a seed (ChaCha20 of libsodium): secret enough for nonces and tags in
/// the server, repeatable in the simulator.  Thread: one owner.
class Random {
 public:
  using Seed = std::array<std::uint8_t, 32>;

  explicit Random(const Seed& seed) : seed_(seed) {}
  /// For tests and the simulator.
  explicit Random(std::uint64_t seed);
  /// Seeded by the operating system.
  static Random from_system();

  std::uint64_t number();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// True once in `n` times on average; n > 0.
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// `length` characters of [0-9a-z] without look-alikes: a token in every grammar we speak.
  std::string token(std::size_t length);

 private:
  void refill();
  Seed seed_;
  std::uint64_t block_ = 0;
  std::array<std::uint64_t, 32> pool_{};
  std::size_t left_ = 0;
};

}  // namespace tertulia::base
