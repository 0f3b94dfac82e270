// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkers.h"
#include "world.h"

// For tests that break an invariant on purpose: exactly its checker must see it.

namespace tertulia::sim {

/// The text with every `what` as `by`.
inline std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// Some people with a device each, signed in; then whatever a test does; then the quiet end.
class People : public testing::Test {
 protected:
  enum class Kind : std::uint8_t { plain, with_sessions, of_lync };

  explicit People(Kind kind, std::size_t count = 2) {
    static constexpr std::string_view names[] = {"alice", "bob", "carol"};
    for (std::size_t i = 0; i < count; ++i) {
      users_.push_back(world_.add_user(std::string(names[i])));
      phones_.push_back(&world_.add_phone(users_.back(), kind == Kind::with_sessions, kind == Kind::of_lync));
    }
    world_.start();
    for (Phone* phone : phones_) phone->sign_in();
    world_.run_for(std::chrono::seconds{1});
  }

  base::UserId alice() const { return users_[0]; }
  base::UserId bob() const { return users_[1]; }
  base::UserId carol() const { return users_[2]; }
  Phone& phone(base::UserId user) { return *phones_[user.value - 1]; }
  const std::string& address(base::UserId user) const { return world_.address(user); }

  void publish(base::UserId user, std::string_view activity) {
    phone(user).publish(activity, phone(user).next_note());
    world_.run_for(std::chrono::seconds{1});
  }
  /// A telephone call that has been answered.
  std::size_t call(base::UserId from, base::UserId to) {
    const auto call = phone(from).call(to, address(to));
    world_.run_for(std::chrono::seconds{1});
    EXPECT_EQ(world_.journal.calls.at(*call).state, Call::State::open);
    return *call;
  }
  /// Every such text that comes to clients in messages that begin so is replaced; equal length keeps the message whole.
  void tamper(std::string begin, std::string what, std::string by) {
    world_.network.set_tamper([=](Link&, bool to_client, std::string message) -> std::vector<std::string> {
      if (!to_client || !message.starts_with(begin)) return {message};
      return {replaced(std::move(message), what, by)};
    });
  }
  /// Names of the checkers that are not content.
  std::set<std::string_view> failing(bool orderly_stop = false) {
    world_.heal();
    world_.wind_up(orderly_stop);
    std::set<std::string_view> names;
    for (const Violation& one : check(world_.journal)) names.insert(one.checker);
    return names;
  }

  World world_{{7, 2, false}};
  std::vector<base::UserId> users_;
  std::vector<Phone*> phones_;
};

}  // namespace tertulia::sim
