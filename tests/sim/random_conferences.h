// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.h"

namespace tertulia::sim {

/// The conferences of a random world: people make them, enter, speak, add and put out, lead, leave and come again; the
/// administrator locks and ends them.
class RandomConferences {
 public:
  explicit RandomConferences(World& world) : world_(world), random_(world.random) {}
  /// One thing that a person does with his phone, which is signed in.
  void act(Phone& phone);
  void administer();

 private:
  base::UserId anybody();
  std::string some_conference();
  void from_outside(Phone& phone);
  void inside(Phone& phone, std::size_t call);
  void lead(Phone& phone, std::size_t call);

  World& world_;
  base::Random& random_;
};

}  // namespace tertulia::sim
