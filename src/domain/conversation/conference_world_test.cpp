// SPDX-License-Identifier: Apache-2.0
// Random worlds of conferences: order, exactly once, the truth to the sender, rosters, rights, records, restarts.  A
// failure prints its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "domain/conversation/conference_world_side.h"

namespace tertulia::domain::bench {

using namespace std::chrono_literals;

ConferenceWorld::ConferenceWorld(std::uint64_t seed, Fault fault)
    : random_(seed),
      fault_(fault),
      directory_(std::make_shared<Directory>(std::vector<std::string>{"example.com"}, Policy::defaults())) {
  shards_ = static_cast<std::uint16_t>(2 + random_.below(2));
  for (std::uint32_t i = 1; i < people_max; ++i) {
    User user;
    user.id = {i};
    user.address = *Address::parse("u" + std::to_string(i) + "@example.com");
    directory_ = directory_->with(std::move(user));
  }
  for (std::uint16_t i = 0; i < shards_; ++i) sides_.push_back(std::make_unique<Side>(*this, base::ShardId{i}));
  start_sides(false);
}

ConferenceWorld::~ConferenceWorld() = default;

bool ConferenceWorld::once(Fault fault) {
  if (fault_ != fault || broken_ || !random_.one_in(4)) return false;
  return broken_ = true;
}

void ConferenceWorld::start_sides(bool restoring) {
  std::map<ConferenceKey, ConferenceFacts> kept;
  for (const auto& side : sides_) {
    for (const auto& [key, facts] : side->disk.kept()) kept[key] = facts;
  }
  if (restoring && !kept.empty()) {
    if (fault_ == Fault::forget_facts) kept.begin()->second.subject = "forgotten";
    if (fault_ == Fault::forget_conference) kept.erase(kept.begin());
  }
  if (restoring) truth_.restored(kept);
  ConferenceSettings settings;
  settings.shard_count = shards_;
  for (const auto& side : sides_) {
    ImmcuSettings of_messages;
    of_messages.page_idle_max =
        std::chrono::hours(24);  // the truth does not know when somebody has been silent for long
    side->immcu = std::make_unique<Immcu>(of_messages, side->id, *side, restarts_, side.get());
    side->immcu->set_conference_settings(settings);
    side->immcu->set_running(running_, now());
    side->index = {};
  }
  for (const auto& [key, facts] : kept) immcu(shard_of(key)).restore({facts}, *directory_, now());
}

/// The process ends and comes again; no connection survives that.
void ConferenceWorld::restart(bool kill) {
  if (!kill) {
    for (const auto& side : sides_) side->disk.fail_next(0);
    truth_.begin_step();
    for (const auto& side : sides_) side->immcu->stop(now());
    calm_ = true;
    while (hand_on()) {
    }
    for (const auto& side : sides_) side->disk.run();
    while (hand_on()) {
    }
    calm_ = false;
  }
  truth_.process_over(kill);
  for (const auto& side : sides_) {
    side->disk.drop_pending();
    side->disk.fail_next(0);
  }
  net_.clear();
  legs_.clear();
  places_.clear();
  watches_.clear();
  opening_.clear();
  joining_.clear();
  chatting_.clear();
  invited_.clear();
  for (auto& [id, device] : devices_) device.alive = false, device.pages.clear();
  ++restarts_;
  now_.wall = now_.wall + 1s;
  now_.mono = now_.mono + 1s;
  start_sides(true);
}

bool ConferenceWorld::hand_on() {
  std::vector<Queue*> full;
  for (auto& [pair, queue] : net_) {
    if (!queue.empty()) full.push_back(&queue);
  }
  if (full.empty()) return false;
  Queue& queue = *full[static_cast<std::size_t>(random_.below(full.size()))];
  const auto what = std::move(queue.front());
  queue.pop_front();
  what();
  return true;
}

void ConferenceWorld::pass(base::Duration time) {
  now_.mono = now_.mono + time;
  now_.wall = now_.wall + time;
  for (const auto& side : sides_) {
    truth_.begin_step();
    side->immcu->on_deadline(now());
  }
}

void ConferenceWorld::step_stores() {
  Side& side = *sides_[static_cast<std::size_t>(random_.below(shards_))];
  if (!calm_ && random_.one_in(12)) side.disk.fail_next(1);
  side.disk.step();
}

void ConferenceWorld::advance() {
  hand_on();
  if (random_.one_in(2)) step_stores();
  if (Device* device = any_device()) device_acts(*device);
}

void ConferenceWorld::step() {
  const std::uint64_t dice = random_.below(100);
  Device* device = any_device();
  if (dice < 40) {
    for (std::uint64_t i = random_.below(4); i > 0; --i) hand_on();
  } else if (dice < 58) {
    if (device != nullptr) device_acts(*device);
  } else if (dice < 70) {
    somebody_speaks();
  } else if (dice < 74) {
    const auto dialect = static_cast<Dialect>(random_.below(3));
    const base::UserId user = anybody();
    sign_in(user, is_guest(user) ? Dialect::enters : dialect);
  } else if (dice < 77) {
    const Device* other = any_device();
    const bool two = device != nullptr && other != nullptr && device->user != other->user;
    if (two && device->dialect != Dialect::pages && !is_guest(device->user)) talk(device->id, other->id);
  } else if (dice < 81) {
    somebody_adds();
  } else if (dice < 83) {
    somebody_creates();
  } else if (dice < 87) {
    somebody_joins();
  } else if (dice < 88) {
    somebody_escalates();
  } else if (dice < 90) {
    somebody_leaves();
  } else if (dice < 94) {
    somebody_commands();
  } else if (dice < 96) {
    step_stores();
  } else if (dice < 97) {
    if (device != nullptr && random_.one_in(3)) die(*device);
    if (device != nullptr && random_.one_in(8)) device->idle = !device->idle;
  } else if (dice < 98) {
    if (random_.one_in(3)) running_ = !running_;
    for (const auto& side : sides_) side->immcu->set_running(running_, now());
  } else {
    if (random_.one_in(40)) restart(random_.one_in(2));
    pass(random_.one_in(60) ? base::Duration{11min} : random_.one_in(8) ? base::Duration{40s} : base::Duration{60ms});
  }
}

/// Everybody behaves, and what is under way arrives.
void ConferenceWorld::settle() {
  calm_ = true;
  for (int idle = 0; idle < 3; ++idle) {
    for (bool busy = true; busy;) {
      busy = false;
      while (hand_on()) busy = true;
      for (const auto& side : sides_) {
        side->disk.fail_next(0);
        busy = side->disk.pending() > 0 || busy;
        side->disk.run();
      }
      for (auto& [id, device] : devices_) {
        device_acts(device);
        if (!device.pages.empty()) busy = true;
      }
      for (const auto& [name, of] : legs_) busy = busy || !of.inbound.empty() || !of.unanswered.empty();
    }
    pass(6s);  // news, and facts that are offered again
  }
}

// ---- the end

void ConferenceWorld::check_watch(const Watch& watch) {
  const auto of = truth_.conferences.find(watch.key);
  if (of == truth_.conferences.end() || !watch.description) return truth_.complain("roster: of nothing");
  const ConferenceDescription& is = of->second.is;
  const ConferenceDescription& shown = *watch.description;
  if (shown.subject != is.subject || shown.admission != is.admission || shown.presenters != is.presenters ||
      shown.lobby != is.lobby || shown.locked != is.locked || shown.muted != is.muted ||
      shown.size_max != is.size_max) {
    truth_.complain("roster: the conference is not as it is shown");
  }
  std::map<base::UserId, std::pair<std::size_t, std::size_t>> seats;  // and of them in the chat
  for (const auto& [name, seat] : truth_.seats) {
    if (seat.key != watch.key) continue;
    ++seats[seat.user].first;
    if (seat.chat) ++seats[seat.user].second;
  }
  if (seats.size() != watch.members.size()) truth_.complain("roster: other people are shown");
  for (const auto& [user, member] : watch.members) {
    const auto chats = static_cast<std::size_t>(
        std::count_if(member->seats.begin(), member->seats.end(), [](const RosterSeat& s) { return s.chat; }));
    if (seats[user] != std::pair{member->seats.size(), chats}) truth_.complain("roster: other devices are shown");
    const auto person = of->second.people.find(user);
    if (person == of->second.people.end() || !person->second.possible.contains(member->role)) {
      truth_.complain("roster: a role that was not granted is shown");
    }
  }
}

void ConferenceWorld::check_index() {
  std::set<ConferenceKey> listed, existing;
  for (std::uint32_t i = 1; i <= people_max; ++i) {
    for (ConferenceKey& key : sides_[home_shard({i}, shards_).value]->index.of({i})) listed.insert(std::move(key));
  }
  std::size_t running = 0;
  for (const auto& side : sides_) running += side->immcu->conference_count();
  for (const auto& [key, of] : truth_.conferences) {
    if (of.exists) existing.insert(key);
    if (of.exists != immcu(shard_of(key)).conference(key).has_value()) truth_.complain("index: not as it was asked");
  }
  if (listed != existing || running != existing.size()) truth_.complain("index: other conferences than there are");
}

void ConferenceWorld::check_converged() {
  for (const auto& [name, watch] : watches_) {
    const auto place = places_.find(watch.seat);
    const bool in = place != places_.end() && place->second.state == Place::State::in;
    if (!watch.over && in) check_watch(watch);
  }
  check_index();
}

void ConferenceWorld::end_everything() {
  for (auto& [name, of] : legs_) {
    if (!of.key) hang_up(of, false);
  }
  for (const auto& [key, of] : truth_.conferences) {
    if (of.exists) send_command(key, {}, conference::End{});
  }
  settle();
  for (int i = 0; i < 2; ++i) {
    pass(11min);
    settle();
  }
}

std::vector<std::string> ConferenceWorld::finish() {
  running_ = true;
  for (const auto& side : sides_) side->immcu->set_running(true, now());
  settle();
  pass(61s);  // invitations that nobody answers
  settle();
  check_converged();
  end_everything();
  truth_.check_end(std::chrono::duration_cast<base::Duration>(ConferenceSettings{}.empty_patience).count());
  for (const auto& side : sides_) {
    if (side->immcu->conversation_count() != 0 || side->immcu->open_questions() != 0)
      truth_.complain("left: something");
    if (side->immcu->deadline()) truth_.complain("left: a deadline");
  }
  for (const auto& [name, of] : legs_) {
    if (of.state != Leg::State::over) truth_.complain("left: a leg at an edge");
  }
  for (const auto& [name, place] : places_) {
    if (place.state != Place::State::over) truth_.complain("left: a seat at an edge");
  }
  return truth_.wrong;
}

std::vector<std::string> ConferenceWorld::run(int steps) {
  for (std::uint32_t i = 1; i <= 4; ++i) sign_in({i}, static_cast<Dialect>(random_.below(3)));
  for (int i = 0; i < steps; ++i) step();
  return finish();
}

ConferenceWorld::Tally ConferenceWorld::tally() const {
  Tally tally;
  tally.conferences = truth_.conferences.size();
  for (const auto& [key, of] : truth_.conferences) tally.grown += of.linked ? 1U : 0U;
  tally.posts = truth_.said.size();
  for (const Stream& stream : truth_.streams) tally.copies += stream.copies.size();
  tally.restarts = restarts_;
  tally.commands = commands_;
  return tally;
}

namespace {

/// A number from the environment, for long runs; else what the suite has time for.
std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(ConferenceWorld, invariants_hold_in_random_worlds) {
  const std::uint64_t first = number_of("TERTULIA_FIRST_SEED", 1);
  const std::uint64_t worlds = number_of("TERTULIA_WORLDS", 250);
  ConferenceWorld::Tally sum;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    ConferenceWorld world(seed);
    const std::vector<std::string> wrong = world.run(600);
    EXPECT_TRUE(wrong.empty()) << "seed " << seed << ": " << testing::PrintToString(wrong);
    const ConferenceWorld::Tally one = world.tally();
    sum.conferences += one.conferences;
    sum.grown += one.grown;
    sum.posts += one.posts;
    sum.copies += one.copies;
    sum.restarts += one.restarts;
    sum.commands += one.commands;
  }
  // Worlds in which nothing happens would prove nothing.
  EXPECT_GT(sum.conferences, worlds);
  EXPECT_GT(sum.grown, worlds / 4);
  EXPECT_GT(sum.copies, worlds * 20);
  EXPECT_GT(sum.restarts, worlds / 10);
  RecordProperty("copies", std::to_string(sum.copies));
  RecordProperty("posts", std::to_string(sum.posts));
  RecordProperty("conferences", std::to_string(sum.conferences));
  RecordProperty("grown", std::to_string(sum.grown));
  RecordProperty("restarts", std::to_string(sum.restarts));
}

}  // namespace
}  // namespace tertulia::domain::bench
