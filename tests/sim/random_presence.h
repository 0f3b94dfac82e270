// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.h"

namespace tertulia::sim {

/// The presence and telephone side of a random world: people watch, publish and call each other, the administrator
/// changes levels, states, contacts and users, and somebody sets the clock.
class RandomPresence {
 public:
  /// `back`: the calendar may be set back too.
  RandomPresence(World& world, bool back) : world_(world), random_(world.random), back_(back) {}
  /// One thing that a person does with his phone, which is signed in.
  void act(Phone& phone);
  /// One thing that the administrator does, or that happens to the clock.
  void administer();
  /// All users may sign in again.
  void end();

 private:
  base::Duration span(base::Duration most);
  base::UserId anybody();
  base::UserId somebody_else(const Phone& phone);
  void publish(Phone& phone);
  void subscribe(Phone& phone);
  void telephone(Phone& phone);
  /// Something within a call that stands.
  void go_on_talking(Phone& phone, const std::vector<std::size_t>& open);
  void hang_up(Phone& phone);
  void settle(base::UserId user);
  void befriend(base::UserId user);
  void change_user(base::UserId user);

  World& world_;
  base::Random& random_;
  bool back_;
  std::map<base::UserId, std::uint64_t> notes_;
};

}  // namespace tertulia::sim
