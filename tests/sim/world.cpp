// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/digest.h"
#include "base/md4.h"
#include "domain/presence/limits.h"
#include "face/simple/presence_document.h"
#include "phone_parts.h"
#include "protocol/auth/utf16.h"
#include "wire/pidf/presence.h"

namespace tertulia::sim {

using namespace std::chrono_literals;

namespace {

/// Long enough for what waits: a drain's rest, and devices that do not answer.
constexpr base::Duration healing_time = 200s;
/// The longest lease, the idle time of pages and that of connections, one after the other.
constexpr base::Duration fading_time = 45min;
/// Nobody tells the presence agent of devices that go with the server: what they published lasts for its lease.
constexpr base::Duration stopping_time = 310s;

/// Somebody of another domain, who stands on contact lists and in privacy levels.
constexpr std::string_view stranger = "friend@elsewhere.example";
const domain::PublicationKey permanent_note{"note", 0, domain::Container::devices};
const domain::PublicationKey permanent_state{"state", 0x20000000, domain::Container::devices};

domain::PublishPresence permanent(base::UserId user, const domain::PublicationKey& key,
                                  std::optional<domain::PublicationValue> value) {
  domain::PublishPresence publish;
  publish.user = user;
  publish.items.push_back({key, {}, domain::ExpireType::permanent, {}, std::move(value)});
  return publish;
}

server::ShardSettings settings() {
  server::ShardSettings made;
  made.face.host = "server.example.com";
  made.face.digest.realm = std::string(World::domain_name);
  made.lync.host = made.face.host;
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
  digests.nt_hash = base::md4(protocol::auth::utf16_of_utf8(credentials.sealed_digests).value_or(""));
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
  if (!user.display_name.empty()) journal.names[user.display_name] = id;
  if (!user.enabled) journal.barred.insert(id);
  directory_ = directory_->with(std::move(user));
  if (front) front->set_directory(directory_);
}

base::UserId World::user_of(std::string_view address) const {
  for (const auto& [id, known] : journal.addresses)
    if (known == address) return id;
  return {};
}

Phone& World::add_phone(base::UserId user, bool sessions, bool lync) {
  PhoneTraits traits;
  traits.user = user;
  traits.address = address(user);
  const std::string name = traits.address.substr(0, traits.address.find('@'));
  traits.password = "secret of " + name;
  traits.name = fmt::format("{}/{}", name, ++devices_[user]);
  traits.sessions = sessions || lync;
  traits.lync = lync;
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
  journal.last_crash = scheduler.now().wall;
  front->crash();
}

void World::remove_user(base::UserId user) {
  note("admin", "** removes " + address(user));
  journal.removed.insert(user);
  journal.barred.insert(user);
  directory_ = directory_->without(user);
  if (front) front->set_directory(directory_);
}

void World::settle(base::UserId user, Settlement::Kind kind, std::string value) {
  if (!front->running()) return;
  const std::size_t index = journal.settlements.size();
  journal.settlements.push_back({kind, user, value, scheduler.mono()});
  const auto done = [this, index](const auto& answer) {
    journal.settlements[index].state =
        answer.reason == base::Reason::none ? Settlement::State::acknowledged : Settlement::State::refused;
  };
  front->with_home(user, [&](server::Shard& shard, base::Now now) {
    switch (kind) {
      case Settlement::Kind::note:
        return shard.ask(permanent(user, permanent_note, domain::NoteValue{{}, value, {}, {}}), done, now);
      case Settlement::Kind::contact: {
        domain::ChangeContacts change;
        change.user = user;
        change.change = domain::PutContact{{std::string(stranger), value, {}, true, {}}};
        return shard.ask(change, done, now);
      }
      case Settlement::Kind::level: {
        domain::SetLevel set;
        set.user = user;
        set.member.value = stranger;
        set.level = domain::level_from(value);
        return shard.ask(set, done, now);
      }
    }
  });
}

void World::set_contact(base::UserId user, base::UserId member, bool stands, bool subscribed) {
  front->with_home(user, [&](server::Shard& shard, base::Now now) {
    domain::ChangeContacts change;
    change.user = user;
    if (stands) {
      change.change = domain::PutContact{{address(member), {}, {}, subscribed, {}}};
    } else {
      change.change = domain::RemoveContact{address(member)};
    }
    shard.ask(change, std::function<void(const domain::ContactsAnswer&)>([](const auto&) {}), now);
  });
}

void World::set_level(base::UserId user, base::UserId member, std::optional<domain::Container> level) {
  front->with_home(user, [&](server::Shard& shard, base::Now now) {
    domain::SetLevel set;
    set.user = user;
    set.member.value = address(member);
    set.level = level;
    shard.ask(set, std::function<void(const domain::SetLevelAnswer&)>([](const auto&) {}), now);
  });
}

void World::set_state(base::UserId user, std::uint16_t availability) {
  front->with_home(user, [&](server::Shard& shard, base::Now now) {
    std::optional<domain::PublicationValue> value;
    if (availability != domain::availability_unset) value = domain::ManualState{{availability, {}, {}}};
    shard.ask(
        permanent(user, permanent_state, std::move(value)), [](const domain::PublishAnswer&) {}, now);
  });
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
    phone->news = {};
    if (!phone->connected()) phone->hang_up();
  }
  scheduler.run_for(1s);
  for (const auto& phone : phones_) phone->signed_in() ? phone->watch_again() : phone->sign_in();
  scheduler.run_for(healing_time);
}

void World::wind_up(bool orderly_stop) {
  journal.ending.orderly_stop = orderly_stop;
  look_around();
  // What has changed in this very moment has not reached its watchers.
  if (!all_see_the_same()) {
    scheduler.run_for(3s);
    look_around();
  }
  journal.closed = scheduler.mono();
  if (orderly_stop) {
    note("admin", "** stops the server");
    journal.ending.stop_began = scheduler.mono();
    front->stop();
    scheduler.run_for(stopping_time);
  } else {
    for (const auto& phone : phones_) {
      phone->fall_asleep();  // whatever is left of it refreshes nothing
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

bool World::all_see_the_same() const {
  return std::all_of(journal.ending.shown.begin(), journal.ending.shown.end(),
                     [&](const auto& one) { return one.second.expected == one.second.seen; });
}

std::string World::presence_for(std::string_view member, const Watch& watch) {
  std::string text = "terminated noresource";
  const base::UserId user = user_of(member);
  if (!user || journal.removed.contains(user)) return text;
  front->with_home(user, [&](const server::Shard& shard, base::Now now) {
    const auto seen = shard.presence().explain(user, address(watch.watcher), shard.directory(), now);
    if (seen) text = timeless(wire::pidf::write_presence(face::simple::document_of(*seen->view)));
  });
  return text;
}

std::optional<std::string> World::truth_for(const Watch& watch) {
  if (journal.removed.contains(watch.target)) return std::nullopt;
  std::map<std::string, std::string> parts;
  switch (watch.package) {
    case Package::presence:
      return presence_for(address(watch.target), watch);
    case Package::winfo:
      return shown_by(watch);  // by the journal, not by what the server says
    case Package::contacts: {
      domain::ContactListPtr list;
      front->with_home(watch.target,
                       [&](server::Shard& shard, base::Now) { list = shard.contacts().list(watch.target); });
      for (const domain::Contact& one : list->contacts())
        parts["sip:" + one.address] = one.subscribed ? presence_for(one.address, watch) : std::string();
      break;
    }
    case Package::categories:
    case Package::roaming_contacts:
    case Package::roaming_self:
      return lync_truth_for(watch);
    case Package::conference:
      return roster_for(watch);
    case Package::list:
      for (const std::string& member : watch.members) parts["sip:" + member] = presence_for(member, watch);
      break;
    case Package::dialog:
      front->with_home(watch.target, [&](server::Shard& shard, base::Now) {
        for (const domain::CallNotice& call : shard.board().calls(watch.target))
          parts[fmt::format("c{}", call.call.value)] = call.state == domain::CallState::trying    ? "trying"
                                                       : call.state == domain::CallState::ringing ? "early"
                                                                                                  : "confirmed";
      });
      break;
    case Package::reg:
      front->with_home(watch.target, [&](server::Shard& shard, base::Now) {
        for (const domain::EndpointRoute& route : shard.registrar().routes(watch.target))
          parts[fmt::format("e{}", route.endpoint.value)] = "active";
      });
      break;
  }
  Watch ideal;
  ideal.package = watch.package;
  ideal.parts = std::move(parts);
  return shown_by(ideal);
}

/// Whose presence this subscription shows; of a list that is known by what it has shown.
void World::look_at_watchers(const Watch& watch) {
  if (watch.gone) return;
  const bool sure = watch.lives && !watch.forsaken;
  if (watch.package == Package::presence || watch.package == Package::categories)
    journal.ending.watching.push_back({watch.watcher, watch.target, sure});
  if (watch.package != Package::contacts && watch.package != Package::list) return;
  for (const auto& [uri, state] : watch.parts)
    if (const base::UserId user = user_of(uri.substr(4)); user && !state.empty())
      journal.ending.watching.push_back({watch.watcher, user, sure});
}

void World::look_around() {
  Ending& ending = journal.ending;
  ending.shown.clear();
  ending.on_the_phone.clear();
  ending.settled.clear();
  ending.watchers.clear();
  ending.watching.clear();
  for (std::size_t i = 0; i < journal.watches.size(); ++i) {
    const Watch& watch = journal.watches[i];
    if (journal.connections[watch.connection].ended <= scheduler.mono()) continue;
    look_at_watchers(watch);
    if (watch.lives && !watch.forsaken) ending.shown[i] = {shown_by(watch), truth_for(watch), watch.parts};
  }
  look_at_conferences();
  for (const base::UserId user : users_) {
    front->with_home(user, [&](server::Shard& shard, base::Now now) {
      const auto seen = shard.presence().explain(user, {}, shard.directory(), now);
      if (!seen) return;
      ending.watchers[user] = seen->watchers;
      if (!seen->input.phones.empty()) ending.on_the_phone.insert(user);
      for (const domain::Publication& one : seen->publications)
        if (const auto* note = std::get_if<domain::NoteValue>(&one.value); note && one.key == permanent_note)
          ending.settled[{user, Settlement::Kind::note}] = note->text;
      if (const domain::Contact* contact = shard.contacts().list(user)->find(stranger))
        ending.settled[{user, Settlement::Kind::contact}] = contact->name;
      const domain::Levels levels = shard.presence().levels(user);
      for (const auto& [member, level] : levels.entries())
        if (member.value == stranger) ending.settled[{user, Settlement::Kind::level}] = name_of(level);
    });
  }
}

/// What stays by intent: notes and states that were set for ever.  Nobody tells the presence agent of devices that go with
/// the server, so what lives with a device stays then too.
std::uint64_t World::permanent_publications() {
  std::uint64_t count = 0;
  for (const base::UserId user : users_)
    front->with_home(user, [&](const server::Shard& shard, base::Now now) {
      const auto seen = shard.presence().explain(user, {}, shard.directory(), now);
      if (!seen) return;
      for (const domain::Publication& one : seen->publications)
        if (one.expires == domain::ExpireType::permanent ||
            (journal.ending.orderly_stop && one.expires == domain::ExpireType::endpoint))
          ++count;
    });
  return count;
}

void World::collect() {
  Ending& ending = journal.ending;
  for (const auto& [user, messages] : store.kept())
    for (const domain::KeptMessage& one : messages) ending.kept.insert(first_word(one.message->content));
  for (const auto& [id, record] : store.sessions()) ending.sessions.push_back(record);
  const domain::InMemoryRecordStore& rows = store.conference_rows();
  for (const auto& [id, row] : rows.conferences()) ending.conference_rows.emplace_back(row);
  for (const auto& [id, row] : rows.focus_joins()) ending.conference_rows.emplace_back(row);
  for (const auto& [id, row] : rows.mcu_joins()) ending.conference_rows.emplace_back(row);
  ending.counts = front->counts();
  ending.leaks = front->leaks();
  for (auto& [name, count] : ending.leaks)
    if (name == "publications") count -= std::min(count, permanent_publications());
  if (scheduler.exhausted()) ending.counts.emplace_back("events without end", 1);
}

}  // namespace tertulia::sim
