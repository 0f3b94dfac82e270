// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "base/digest.h"

namespace tertulia::sim {

using namespace std::chrono_literals;

namespace {

/// Long enough for what waits: a drain's rest, and devices that do not answer.
constexpr base::Duration healing_time = 200s;
/// The longest lease, the idle time of pages and that of connections, one after the other.
constexpr base::Duration fading_time = 45min;
constexpr base::Duration stopping_time = 150s;

server::ShardSettings settings() {
  server::ShardSettings made;
  made.face.host = "server.example.com";
  made.face.digest.realm = std::string(World::domain_name);
  return made;
}

}  // namespace

base::Result<domain::SecretDigests> FakeKeeper::open(const domain::Address& address,
                                                     const domain::Credentials& credentials) const {
  domain::SecretDigests digests;
  const std::pair<base::HashAlgorithm, std::string> algorithms[] = {{base::HashAlgorithm::md5, "MD5"},
                                                                    {base::HashAlgorithm::sha256, "SHA-256"}};
  for (const auto& [algorithm, name] : algorithms) {
    base::Hasher hasher(algorithm);
    const std::string& password = credentials.sealed_digests;
    digests.ha1[name + "/user"] = hasher.hex({address.user(), ":", World::domain_name, ":", password});
    digests.ha1[name + "/address"] = hasher.hex({address.text(), ":", World::domain_name, ":", password});
  }
  return digests;
}

World::World(const WorldOptions& options)
    : random(options.seed),
      network(scheduler, random, journal),
      store(scheduler, random, journal),
      trace_(options.trace),
      shards_(options.shards),
      directory_(std::make_shared<const domain::Directory>(std::vector<std::string>{std::string(domain_name)},
                                                           domain::Policy::defaults())),
      phone_world_{
          scheduler,
          random,
          network,
          journal,
          [this] { return front ? front->life() : 0; },
          [this](std::string_view who, std::string_view what, std::string_view call_id) { note(who, what, call_id); }} {
}

World::~World() = default;

void World::note(std::string_view who, std::string_view what, std::string_view call_id) const {
  if (!trace_) return;
  const double seconds = static_cast<double>(scheduler.elapsed().count()) / 1e6;
  fmt::print("{:10.3f}  {:<10} {}", seconds, who, what);
  if (!call_id.empty()) fmt::print("  [{}]", call_id.substr(0, 6));
  fmt::print("\n");
}

base::UserId World::add_user(const std::string& name) {
  domain::User user;
  user.id = base::UserId{static_cast<std::uint32_t>(users_.size() + 1)};
  user.address = *domain::Address::parse(name + "@" + std::string(domain_name));
  user.credentials.sealed_digests = "secret of " + name;
  users_.push_back(user.id);
  journal.addresses[user.id] = user.address.text();
  directory_ = directory_->with(std::move(user));
  if (front) front->set_directory(directory_);
  return users_.back();
}

void World::change_user(base::UserId id, const std::function<void(domain::User&)>& change) {
  domain::User user = *directory_->find(id);
  change(user);
  ++user.version;
  directory_ = directory_->with(std::move(user));
  if (front) front->set_directory(directory_);
}

base::UserId World::user_of(std::string_view address) const {
  for (const auto& [id, known] : journal.addresses)
    if (known == address) return id;
  return {};
}

Phone& World::add_phone(base::UserId user, bool sessions) {
  PhoneTraits traits;
  traits.user = user;
  traits.address = address(user);
  const std::string name = traits.address.substr(0, traits.address.find('@'));
  traits.password = "secret of " + name;
  traits.name = fmt::format("{}/{}", name, ++devices_[user]);
  traits.sessions = sessions;
  traits.prefers_md5 = random.one_in(3);
  traits.user_name_is_address = random.one_in(3);
  phones_.push_back(std::make_unique<Phone>(phone_world_, phones_.size(), std::move(traits)));
  return *phones_.back();
}

void World::start() {
  if (!front) {
    front = std::make_unique<Front>(Front::Surroundings{scheduler, random, network, store, journal, keeper_},
                                    settings(), shards_, directory_);
    network.set_server(*front);
  }
  if (front->running()) return;
  front->start();
  note("server", "** starts");
}

void World::crash() {
  if (!front->running()) return;
  note("server", "** dies");
  if (!front->immcu_runs()) journal.immcu_stopped.back().second = scheduler.mono();
  journal.crashes.push_back(scheduler.mono());
  front->crash();
}

void World::run_immcu(bool run) {
  if (!front->running() || run == front->immcu_runs()) return;
  note("admin", run ? "** starts the immcu" : "** stops the immcu");
  if (run) {
    journal.immcu_stopped.back().second = scheduler.mono();
  } else {
    journal.immcu_stopped.emplace_back(scheduler.mono(), base::TimePoint::never());
  }
  front->run_immcu(run);
}

void World::heal() {
  note("world", "** heals");
  network.manners() = {};
  store.manners() = {};
  front->mailboxes() = {};
  start();
  run_immcu(true);
  for (const auto& phone : phones_) {
    phone->texts = {};
    phone->calls = {};
    if (!phone->connected()) phone->hang_up();
  }
  scheduler.run_for(1s);
  for (const auto& phone : phones_)
    if (!phone->signed_in()) phone->sign_in();
  scheduler.run_for(healing_time);
}

void World::wind_up(bool orderly_stop) {
  journal.closed = scheduler.mono();
  journal.ending.orderly_stop = orderly_stop;
  if (orderly_stop) {
    note("admin", "** stops the server");
    journal.ending.stop_began = scheduler.mono();
    front->stop();
    scheduler.run_for(stopping_time);
  } else {
    for (const auto& phone : phones_) {
      switch (random.below(5)) {
        case 0:
          phone->vanish();
          break;
        case 1:
          phone->hang_up();
          break;
        case 2:
          phone->sign_out();
          break;
        case 3:
          phone->fall_asleep();
          break;
        default:
          phone->reset();
          break;
      }
    }
    scheduler.run_for(fading_time);
  }
  collect();
}

void World::collect() {
  Ending& ending = journal.ending;
  for (const auto& [user, messages] : store.kept())
    for (const domain::KeptMessage& one : messages) ending.kept.insert(first_word(one.message->content));
  for (const auto& [id, record] : store.sessions()) ending.sessions.push_back(record);
  ending.counts = front->counts();
  if (scheduler.exhausted()) ending.counts.emplace_back("events without end", 1);
}

}  // namespace tertulia::sim
