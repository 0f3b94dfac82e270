// SPDX-License-Identifier: Apache-2.0
#include "random_conferences.h"

#include <array>
#include <iterator>
#include <string>
#include <vector>

namespace tertulia::sim {

namespace {

/// More would scatter the people.
constexpr std::size_t conferences_in_a_world = 4;

}  // namespace

base::UserId RandomConferences::anybody() { return world_.users()[random_.below(world_.users().size())]; }

std::string RandomConferences::some_conference() {
  const auto& all = world_.journal.conferences;
  if (all.empty()) return {};
  return std::next(all.begin(), static_cast<std::ptrdiff_t>(random_.below(all.size())))->first;
}

void RandomConferences::act(Phone& phone) {
  std::vector<std::size_t> rooms;
  for (const std::size_t call : phone.open_calls())
    if (!world_.journal.calls[call].conference.empty()) rooms.push_back(call);
  if (rooms.empty() || random_.one_in(10)) return from_outside(phone);
  inside(phone, rooms[random_.below(rooms.size())]);
}

void RandomConferences::from_outside(Phone& phone) {
  const auto open = phone.open_calls();
  const bool lync = phone.traits().lync;
  const bool takes_part = lync || phone.traits().sessions;
  if (!open.empty() && random_.one_in(2)) {
    const std::size_t call = open[random_.below(open.size())];
    if (!lync) return phone.add(call, anybody());
    const base::UserId peer = world_.user_of(world_.journal.calls[call].peer);
    if (peer && world_.journal.conferences.size() < conferences_in_a_world) return phone.make_conference(peer);
  }
  const std::string known = some_conference();
  if (takes_part && (known.empty() || random_.one_in(4)) && world_.journal.conferences.size() < conferences_in_a_world)
    return phone.make_conference();
  if (known.empty()) return;
  if (!takes_part || random_.one_in(6)) return phone.tell(known, world_.new_text() + " to all");
  phone.enter(known);
}

void RandomConferences::inside(Phone& phone, std::size_t call) {
  const std::uint64_t dice = random_.below(100);
  if (dice < 60) {
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) phone.say(call, {}, world_.new_text() + " to the room");
    return;
  }
  if (dice < 74) return phone.add(call, anybody());
  if (dice < 80) return phone.leave(call);
  if (dice < 86) return phone.watch_conference(world_.journal.calls[call].conference);
  lead(phone, call);
}

void RandomConferences::lead(Phone& phone, std::size_t call) {
  using What = LeaderWish::What;
  static constexpr std::array wishes = {What::lock,    What::unlock, What::unlock, What::promote,
                                        What::promote, What::demote, What::put_out};
  // A client of the standards can put somebody out, and nothing else.
  const bool lync = phone.traits().lync;
  if (!lync && !random_.one_in(3)) return;
  const What what = !lync ? What::put_out : random_.one_in(25) ? What::end : wishes[random_.below(wishes.size())];
  const bool about_somebody = what == What::promote || what == What::demote || what == What::put_out;
  phone.lead(call, what, about_somebody ? anybody() : base::UserId{});
}

void RandomConferences::administer() {
  const std::string conference = some_conference();
  if (conference.empty()) return;
  const std::uint64_t dice = random_.below(8);
  if (dice == 0) return world_.command_conference(conference, domain::conference::End{});
  if (dice < 5) return world_.command_conference(conference, domain::conference::SetLock{dice < 3});
  if (dice == 5) world_.command_conference(conference, domain::conference::Eject{anybody()});
}

}  // namespace tertulia::sim
