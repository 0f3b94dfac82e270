// SPDX-License-Identifier: Apache-2.0
#include "random_presence.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tertulia::sim {

using namespace std::chrono_literals;

base::Duration RandomPresence::span(base::Duration most) {
  return base::Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count()) + 1))};
}

base::UserId RandomPresence::anybody() { return world_.users()[random_.below(world_.users().size())]; }

base::UserId RandomPresence::somebody_else(const Phone& phone) {
  for (;;) {
    const base::UserId user = anybody();
    if (user != phone.traits().user) return user;
  }
}

void RandomPresence::act(Phone& phone) {
  const std::uint64_t dice = random_.below(100);
  if (dice < 14) {
    const base::UserId target = anybody();  // oneself too
    return phone.watch(target, world_.address(target));
  }
  if (dice < 17) return phone.unwatch(anybody());
  if (dice < 30) return subscribe(phone);
  if (dice < 60) return publish(phone);
  if (dice < 66) return phone.refresh_publication(random_.one_in(3) ? 60 : 300);
  if (dice < 70) return phone.remove_publication();
  if (dice < 88) return telephone(phone);
  return hang_up(phone);
}

/// To lists, watchers, calls and devices; now and then to what is another one's and refused.
void RandomPresence::subscribe(Phone& phone) {
  const base::UserId own = phone.traits().user;
  const base::UserId target = random_.one_in(12) ? anybody() : own;
  const std::string& address = world_.address(target);
  static constexpr std::array packages = {Package::contacts, Package::list,   Package::winfo,
                                          Package::dialog,   Package::dialog, Package::reg};
  const Package package = packages[random_.below(packages.size())];
  if (random_.one_in(6)) return phone.unfollow(package, package == Package::dialog ? anybody() : own);
  switch (package) {
    case Package::contacts:
      return phone.follow(package, target, address.substr(0, address.find('@')) + "+contacts@example.com");
    case Package::list: {
      std::vector<std::string> members;
      for (const base::UserId user : world_.users())
        if (!random_.one_in(3)) members.push_back(world_.address(user));
      if (random_.one_in(3)) members.push_back("nobody@example.com");
      if (random_.one_in(3)) members.push_back("friend@elsewhere.example");
      if (!members.empty() && random_.one_in(3)) members.push_back(members.front());
      return phone.follow(package, own, "lists@example.com", std::move(members));
    }
    case Package::dialog: {
      const base::UserId lamp = anybody();
      return phone.follow(package, lamp, world_.address(lamp));
    }
    case Package::presence:
    case Package::winfo:
    case Package::reg:
    case Package::conference:  // random_conferences.cpp
    case Package::categories:  // these three are subscribed to by themselves
    case Package::roaming_contacts:
    case Package::roaming_self:
      return phone.follow(package, target, address);
  }
}

void RandomPresence::publish(Phone& phone) {
  static constexpr std::array activities = {"",        "",         "busy",           "away",
                                            "meeting", "vacation", "Do not disturb", "Gone fishing"};
  const char* activity = activities[random_.below(activities.size())];
  if (activity == std::string_view("Do not disturb") && !random_.one_in(3)) activity = "";
  phone.publish(activity, random_.one_in(8) ? std::string() : phone.next_note(), random_.one_in(3) ? 60 : 300);
}

void RandomPresence::telephone(Phone& phone) {
  const auto open = phone.open_calls(true);
  if (!open.empty() && !random_.one_in(4)) return go_on_talking(phone, open);
  const base::UserId to = somebody_else(phone);
  const auto call = phone.call(to, world_.address(to));
  if (call && random_.one_in(5)) world_.scheduler.after(span(2s), [&phone, call] { phone.cancel(*call); });
}

void RandomPresence::go_on_talking(Phone& phone, const std::vector<std::size_t>& open) {
  const std::size_t call = open[random_.below(open.size())];
  const base::UserId peer = world_.user_of(world_.journal.calls[call].peer);
  const std::uint64_t dice = random_.below(10);
  if (dice < 4) return phone.hold(call, peer, random_.one_in(2));
  if (dice < 6) {
    const base::UserId to = anybody();  // himself too, and who is asked: refused then
    return phone.transfer(call, peer, world_.address(to));
  }
  if (dice < 8 && open.size() > 1) {
    const std::size_t other = open[random_.below(open.size())];
    if (other != call) return phone.transfer(call, peer, world_.journal.calls[other].peer, other);
  }
  phone.bye(call, peer);
}

void RandomPresence::hang_up(Phone& phone) {
  const auto open = phone.open_calls(true);
  if (open.empty()) return;
  const std::size_t call = open[random_.below(open.size())];
  phone.bye(call, world_.user_of(world_.journal.calls[call].peer));
}

void RandomPresence::administer() {
  if (!world_.front->running()) return;
  const base::UserId user = anybody();
  switch (random_.below(10)) {
    case 0:
    case 1:
    case 2:
      return settle(user);
    case 8:
    case 9:
      return befriend(user);
    case 3: {
      static constexpr std::array<std::uint16_t, 5> states = {
          0, 0, domain::availability_busy, domain::availability_away, domain::availability_do_not_disturb};
      return world_.set_state(user, states[random_.below(states.size())]);
    }
    case 4: {
      using domain::Container;
      static constexpr std::array<std::optional<Container>, 6> levels = {std::nullopt,         Container::colleagues,
                                                                         Container::workgroup, Container::friends,
                                                                         Container::external,  Container::blocked};
      return world_.set_level(user, anybody(), levels[random_.below(levels.size())]);
    }
    case 5: {
      const base::Duration by = span(random_.one_in(2) ? base::Duration{30s} : base::Duration{3h});
      world_.note("world", "** the clock is set");
      return world_.scheduler.jump(back_ && random_.one_in(2) ? -by : by);
    }
    default:
      return change_user(user);
  }
}

void RandomPresence::settle(base::UserId user) {
  static constexpr std::array levels = {"workgroup", "friends", "external", "blocked"};
  switch (random_.below(3)) {
    case 0:
      return world_.settle(user, Settlement::Kind::note, fmt::format("p{}-{}", user.value, ++notes_[user]));
    case 1:
      return world_.settle(user, Settlement::Kind::contact, fmt::format("name {}", random_.below(1000)));
    default:
      return world_.settle(user, Settlement::Kind::level, levels[random_.below(levels.size())]);
  }
}

void RandomPresence::befriend(base::UserId user) {
  if (world_.journal.removed.contains(user)) return;
  for (std::uint64_t n = 1 + random_.below(3); n > 0; --n)
    world_.set_contact(user, anybody(), !random_.one_in(4), !random_.one_in(5));
}

void RandomPresence::change_user(base::UserId user) {
  if (world_.journal.removed.contains(user)) return;
  switch (random_.below(6)) {
    case 0:
      // The first two stay, so that there is always somebody to talk to.
      if (user.value > 2 && random_.one_in(2)) world_.remove_user(user);
      return;
    case 1:
      world_.note("admin", "** disables " + world_.address(user));
      world_.change_user(user, [](domain::User& one) { one.enabled = false; });
      world_.scheduler.after(span(30s), [this, user] {
        if (!world_.journal.removed.contains(user))
          world_.change_user(user, [](domain::User& one) { one.enabled = true; });
      });
      return;
    case 2:
      return world_.change_user(
          user, [&](domain::User& one) { one.settings["offline_messages_max"] = random_.one_in(2) ? "2" : "500"; });
    case 3:
      return world_.change_user(user, [&](domain::User& one) {
        one.display_name = random_.one_in(2) ? fmt::format("Somebody {}", user.value) : std::string();
      });
    default:
      return;
  }
}

void RandomPresence::end() {
  for (const base::UserId user : world_.users())
    if (!world_.journal.removed.contains(user)) world_.change_user(user, [](domain::User& one) { one.enabled = true; });
}

}  // namespace tertulia::sim
