// SPDX-License-Identifier: Apache-2.0
#include "random_life.h"

#include <array>
#include <optional>
#include <string>

#include "random_conferences.h"
#include "random_lync.h"
#include "random_presence.h"

namespace tertulia::sim {

using base::Duration;
using namespace std::chrono_literals;

namespace {

/// What may go wrong in this world.  Peaceful worlds are checked most strictly.
struct Misfortunes {
  bool losses = false;   ///< connections break, vanish
  bool manners = false;  ///< devices answer late, never or no
  bool store = false;
  bool crowds = false;
  bool crashes = false;
  bool stops = false;  ///< of the IMMCU
  bool slow_network = false;
};

class RandomLife {
 public:
  explicit RandomLife(World& world) : world_(world), random_(world.random) {}

  LifeSummary run() {
    if (!random_.one_in(8)) {
      sorrows_ = {coin(), coin(), coin(), random_.one_in(4), random_.one_in(3), random_.one_in(3), random_.one_in(3)};
    }
    // Ids begin with the calendar: it is not set back where a server may start again.
    presence_.emplace(world_, !sorrows_.crashes);
    populate();
    world_.start();
    end_ = world_.scheduler.mono() + Duration{20s} + span(130s);
    for (const auto& phone : world_.phones()) again(*phone, span(3s));
    misfortune_later();
    administer_later();
    world_.scheduler.run_until(end_);
    presence_->end();
    world_.heal();
    world_.wind_up(random_.one_in(2));
    const Journal& journal = world_.journal;
    return {journal.questions.size(), journal.copies.size(), journal.calls.size(), journal.crashes.size()};
  }

 private:
  bool coin() { return random_.one_in(2); }
  Duration span(Duration most) {
    return Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count()) + 1))};
  }
  bool over() const { return world_.scheduler.mono() >= end_; }

  void populate() {
    static constexpr std::array names = {"alice", "bob", "carol", "dave", "erin"};
    const std::size_t users = 2 + random_.below(4);
    pace_ = 500ms + span(8s);
    family_ = random_.below(5);
    sociable_ = coin();
    for (std::size_t i = 0; i < users; ++i) {
      const base::UserId user = world_.add_user(names[i]);
      if (random_.one_in(10))
        world_.change_user(user, [](domain::User& one) { one.settings["offline_messages"] = "off"; });
      for (std::size_t device = 1 + random_.below(3); device > 0; --device) {
        const bool sessions = coin();
        Phone& phone = world_.add_phone(user, sessions, family_ != 0 && random_.below(4) < family_);
        if (sessions && random_.one_in(4)) phone.set_sessions(true, true);
      }
    }
  }

  void again(Phone& phone, Duration wait) {
    world_.scheduler.after(wait, [this, &phone] {
      if (over()) return;
      act(phone);
      again(phone, 50ms + span(pace_));
    });
  }

  /// Now and then with a wrong password.
  void sign_in(Phone& phone) {
    if (random_.one_in(30)) {
      const std::string right = phone.traits().password;
      phone.set_password("a guess");
      world_.scheduler.after(1s + span(3s), [&phone, right] { phone.set_password(right); });
    }
    phone.sign_in(random_.one_in(6) ? 90 : 600);
  }

  base::UserId somebody_else(const Phone& phone) {
    for (;;) {
      const base::UserId user = world_.users()[random_.below(world_.users().size())];
      if (user != phone.traits().user) return user;
    }
  }

  void act(Phone& phone) {
    if (!world_.front->running()) return;
    if (!phone.connected()) {
      if (coin()) sign_in(phone);
      return;
    }
    const std::uint64_t dice = random_.below(100);
    if (!phone.signed_in() && dice < 60) return sign_in(phone);
    if (phone.signed_in() && phone.traits().lync && random_.one_in(8)) return lync_.act(phone);
    if (phone.signed_in() && sociable_ && random_.one_in(6)) return conferences_.act(phone);
    if (phone.signed_in() && random_.one_in(3)) return presence_->act(phone);
    if (dice < 45) return write_page(phone);
    if (dice < 57) return ring(phone);
    if (dice < 78) return talk(phone);
    if (dice < 84) return leave(phone);
    if (dice < 87) return give_up_ringing(phone);
    if (dice < 89) return phone.sign_out();
    if (dice < 91) return phone.hang_up();
    if (dice < 96 && sorrows_.losses) return lose(phone);
    if (sorrows_.manners) change_manners(phone);
  }

  void write_page(Phone& phone) {
    const base::UserId to = random_.one_in(20) ? phone.traits().user : somebody_else(phone);
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n)
      phone.page(to, world_.address(to), world_.new_text() + " hello");
  }

  void ring(Phone& phone) {
    if (!phone.traits().sessions) return write_page(phone);
    const base::UserId to = somebody_else(phone);
    const auto call = phone.invite(to, world_.address(to));
    if (call && random_.one_in(6)) world_.scheduler.after(span(2s), [&phone, call] { phone.cancel(*call); });
  }

  void talk(Phone& phone) {
    const auto open = phone.open_calls();
    if (open.empty()) return write_page(phone);
    const std::size_t call = open[random_.below(open.size())];
    const base::UserId peer = world_.user_of(world_.journal.calls[call].peer);
    if (coin()) phone.type(call, peer);
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) phone.say(call, peer, world_.new_text() + " in session");
  }

  void leave(Phone& phone) {
    const auto open = phone.open_calls();
    if (open.empty()) return;
    const std::size_t call = open[random_.below(open.size())];
    phone.bye(call, world_.user_of(world_.journal.calls[call].peer));
  }

  void give_up_ringing(Phone& phone) {
    for (std::size_t call = world_.journal.calls.size(); call > 0; --call) {
      const Call& one = world_.journal.calls[call - 1];
      if (one.device == phone.device() && one.outgoing && one.state == Call::State::ringing && !one.ended)
        return phone.cancel(call - 1);
    }
  }

  void lose(Phone& phone) {
    if (!random_.one_in(3)) return phone.reset();
    phone.vanish();
    // Its own keep-alives tell it some time later.
    world_.scheduler.after(2s + span(60s), [&phone] {
      if (!phone.connected()) phone.hang_up();
    });
  }

  Manner some_manner(const std::array<int, 4>& refusals) {
    Manner manner;
    switch (random_.below(8)) {
      case 0:
        manner.what = Manner::What::refuse;
        manner.status = refusals[random_.below(refusals.size())];
        manner.delay = span(2s);
        break;
      case 1:
        manner.what = Manner::What::never;
        break;
      case 2:
        manner.what = Manner::What::drop;
        break;
      case 3:
        manner.delay = span(40s);
        break;
      case 4:
      case 5:
        manner.delay = span(3s);
        break;
      default:
        break;
    }
    return manner;
  }

  void change_manners(Phone& phone) {
    if (random_.one_in(4)) {
      phone.news = some_manner({481, 500, 503, 408});
    } else if (coin()) {
      phone.texts = some_manner({480, 486, 415, 603});
    } else {
      phone.calls = some_manner({486, 603, 480, 415});
    }
    // Nobody stays like that for long.
    world_.scheduler.after(1s + span(30s), [&phone] { phone.texts = phone.calls = phone.news = {}; });
  }

  void administer_later() {
    world_.scheduler.after(span(15s), [this] {
      if (over()) return;
      presence_->administer();
      if (sociable_ && coin()) conferences_.administer();
      administer_later();
    });
  }

  void misfortune_later() {
    world_.scheduler.after(span(40s), [this] {
      if (over()) return;
      misfortune();
      misfortune_later();
    });
  }

  template <typename Undo>
  void undo_later(Duration most, Undo&& undo) {
    world_.scheduler.after(200ms + span(most), [this, undo = std::forward<Undo>(undo)] {
      if (!over()) undo();
    });
  }

  void misfortune() {
    switch (random_.below(5)) {
      case 0:
        if (!sorrows_.store) return;
        world_.note("store", "** fails or is slow");
        world_.store.manners() = {span(3s), span(2s), coin()};
        return undo_later(15s, [this] { world_.store.manners() = {}; });
      case 1:
        if (!sorrows_.crowds) return;
        world_.note("server", "** mailboxes are crowded");
        world_.journal.crowded = true;
        world_.front->mailboxes() = {span(400ms), 2 + random_.below(6)};
        return undo_later(10s, [this] { world_.front->mailboxes() = {}; });
      case 2:
        if (!sorrows_.crashes || random_.one_in(2)) return;
        world_.crash();
        // Ids of a life begin with its calendar second: a server does not start twice in one.
        world_.scheduler.after(1s + span(8s), [this] { world_.start(); });
        return;
      case 3:
        if (!sorrows_.stops) return;
        world_.run_immcu(false);
        return undo_later(15s, [this] { world_.run_immcu(true); });
      default:
        if (!sorrows_.slow_network) return;
        world_.note("network", "** is slow");
        world_.network.manners() = {span(3s), 6};
        return undo_later(15s, [this] { world_.network.manners() = {}; });
    }
  }

  World& world_;
  base::Random& random_;
  Misfortunes sorrows_;
  std::optional<RandomPresence> presence_;
  RandomLync lync_{world_};
  RandomConferences conferences_{world_};
  bool sociable_ = false;  ///< there are conferences
  Duration pace_{};
  std::uint64_t family_ = 0;  ///< so many of four clients speak the Lync dialect
  base::TimePoint end_;
};

}  // namespace

LifeSummary live(World& world) { return RandomLife(world).run(); }

std::uint16_t shards_for(std::uint64_t seed) { return static_cast<std::uint16_t>(1 + base::mix(seed + 1) % 4); }

}  // namespace tertulia::sim
