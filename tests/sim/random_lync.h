// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.h"

namespace tertulia::sim {

/// The side of a random world that only clients of the Lync dialect have: they change their contacts, groups and privacy
/// levels, make new keys, and lose count of their versions.
class RandomLync {
 public:
  explicit RandomLync(World& world) : world_(world), random_(world.random) {}
  /// One thing that a person does with his phone, which is signed in and speaks the dialect.
  void act(Phone& phone);

 private:
  void change_contact(Phone& phone);
  void change_group(Phone& phone);

  World& world_;
  base::Random& random_;
  std::uint64_t names_ = 0;
};

}  // namespace tertulia::sim
