// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <set>

#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"

namespace tertulia::face::simple::session_world {
namespace {

using Step = std::function<void(World&, ClientDialog&)>;
using Order = std::vector<std::string>;
const ConnectionId alice{1};
const ConnectionId bob{2};
const LegId leg{900};

Message last(World& w, ConnectionId id) { return w.asked.sent.at(id).back(); }

void open_answer(World& w, domain::OpenAnswer::What what) {
  w.sessions->on(domain::OpenAnswer{w.asked.opens[0].ticket, ConversationId{77}, what, Reason::request_cancelled, 0},
                 w.now);
}

/// A client's session from beginning to end, and what the IMMCU must hear when the connection dies after each step.
struct Moment {
  const char* name;
  Step step;
  Order heard;
};

const std::vector<Moment>& incoming() {
  static const std::vector<Moment> moments = {
      {"nothing", [](World&, ClientDialog&) {}, {}},
      {"invited", [](World& w, ClientDialog& d) { w.say(d, "INVITE", "application/sdp", offer); }, {"cancel"}},
      {"ringing", [](World& w, ClientDialog&) { open_answer(w, domain::OpenAnswer::What::ringing); }, {"cancel"}},
      {"accepted", [](World& w, ClientDialog&) { open_answer(w, domain::OpenAnswer::What::accepted); }, {"close"}},
      {"acknowledged",
       [](World& w, ClientDialog& d) {
         World::learn(d, last(w, alice));
         w.say(d, "ACK");
       },
       {"close"}},
      {"posted", [](World& w, ClientDialog& d) { w.say(d, "MESSAGE", "text/plain", "x"); }, {"close"}},
      {"two on the way",
       [](World& w, ClientDialog&) {
         w.sessions->on(w.delivery(w.asked.opens[0].leg, 1), w.now);
         w.sessions->on(w.delivery(w.asked.opens[0].leg, 2), w.now);
       },
       {"gone", "gone", "close"}},
      {"one taken",
       [](World& w, ClientDialog&) { w.receive(alice, World::answer(last(w, alice), "200 OK", {})); },
       {"gone", "close"}},
      {"said bye", [](World& w, ClientDialog& d) { w.say(d, "BYE"); }, {"gone"}},
      {"ended",
       [](World& w, ClientDialog&) {
         w.sessions->on(domain::CloseAnswer{w.asked.closes[0].ticket, Reason::none}, w.now);
       },
       {}},
  };
  return moments;
}

TEST(SessionLoss, of_the_connection_after_every_step_of_an_incoming_session) {
  for (std::size_t count = 1; count <= incoming().size(); ++count) {
    World w;
    ClientDialog d = w.dialog(alice, "alice", "bob");
    for (std::size_t i = 0; i < count; ++i) incoming()[i].step(w, d);
    w.asked.order.clear();
    w.close(alice);
    EXPECT_EQ(w.asked.order, incoming()[count - 1].heard) << incoming()[count - 1].name;
    // Late answers of the IMMCU find nobody, and leave nothing behind.
    if (!w.asked.opens.empty()) open_answer(w, domain::OpenAnswer::What::refused);
    for (const auto& post : w.asked.posts) w.sessions->on(domain::PostAnswer{post.ticket}, w.now);
    for (const auto& close : w.asked.closes) w.sessions->on(domain::CloseAnswer{close.ticket, Reason::none}, w.now);
    EXPECT_EQ(w.sessions->count(), 0u) << incoming()[count - 1].name;
    EXPECT_FALSE(w.sessions->deadline());
  }
}

TEST(SessionLoss, acceptance_after_the_loss_is_closed_again) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.close(alice);
  open_answer(w, domain::OpenAnswer::What::accepted);
  EXPECT_EQ(w.asked.order, (Order{"open", "cancel", "close"}));
  EXPECT_EQ(w.sessions->count(), 0u);
}

const std::vector<Moment>& outgoing() {
  static const std::vector<Moment> moments = {
      {"invited", [](World& w, ClientDialog&) { w.sessions->on(w.invitation(), w.now); }, {"leg refused"}},
      {"ringing",
       [](World& w, ClientDialog& d) {
         const Message invite = last(w, bob);
         d = World::callee(invite, "bobtag");
         w.receive(bob, World::answer(invite, "180 Ringing", "bobtag"));
       },
       {"leg refused"}},
      {"early reply", [](World& w, ClientDialog& d) { w.say(d, "MESSAGE", "text/plain", "x"); }, {"leg refused"}},
      {"accepted",
       [](World& w, ClientDialog&) { w.receive(bob, World::answer(last(w, bob), "200 OK", "bobtag", offer)); },
       {"close"}},
      {"on the way", [](World& w, ClientDialog&) { w.sessions->on(w.delivery(leg, 1), w.now); }, {"gone", "close"}},
      {"leaving",
       [](World& w, ClientDialog&) {
         w.sessions->on(domain::EndLeg{leg, ShardId{}, Reason::none}, w.now);
       },
       {"gone"}},
      {"left", [](World& w, ClientDialog&) { w.receive(bob, World::answer(last(w, bob), "200 OK", {})); }, {}},
  };
  return moments;
}

TEST(SessionLoss, of_the_connection_after_every_step_of_an_outgoing_session) {
  for (std::size_t count = 1; count <= outgoing().size(); ++count) {
    World w;
    ClientDialog d;
    for (std::size_t i = 0; i < count; ++i) outgoing()[i].step(w, d);
    w.asked.order.clear();
    w.close(bob);
    EXPECT_EQ(w.asked.order, outgoing()[count - 1].heard) << outgoing()[count - 1].name;
    if (!w.asked.legs.empty() && w.asked.legs.back().what == domain::LegAnswer::What::refused) {
      EXPECT_EQ(w.asked.legs.back().status, 430);
    }
    EXPECT_EQ(w.sessions->count(), 0u) << outgoing()[count - 1].name;
    EXPECT_FALSE(w.sessions->deadline());
  }
}

TEST(SessionLoss, cancelled_fork_whose_connection_dies_is_forgotten) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  w.receive(bob, World::answer(last(w, bob), "180 Ringing", "bobtag"));
  w.sessions->on(domain::EndLeg{leg, ShardId{}, Reason::answered_elsewhere}, w.now);
  w.close(bob);
  EXPECT_EQ(w.asked.order, (Order{"leg ringing"}));
  EXPECT_EQ(w.sessions->count(), 0u);
}

/// Clients and an IMMCU that do and say anything at any time.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : w_(seed), dice_(seed * 7919 + 1) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    settle();
  }

 private:
  void step() {
    switch (dice_.below(14)) {
      case 0:
        return invite();
      case 1:
      case 2:
        return say_something();
      case 3:
      case 4:
        return answer_request();
      case 5:
        return answer_open();
      case 6:
        return answer_posts();
      case 7:
        return answer_close();
      case 8:
        return w_.sessions->on(w_.invitation(LegId{5000 + ++invitations_}, any_connection()), w_.now);
      case 9: {
        const LegId id = any_leg();
        ended_.insert(id);
        return w_.sessions->on(domain::EndLeg{id, ShardId{}, Reason::answered_elsewhere}, w_.now);
      }
      case 10:
      case 11:
        return w_.sessions->on(w_.delivery(any_leg(), ++deliveries_), w_.now);
      case 12:
        return w_.pass(std::chrono::milliseconds(dice_.below(20'000)));
      case 13:
        if (dice_.one_in(6)) reconnect();
        return;
      default:
        return;
    }
  }
  ConnectionId any_connection() { return ConnectionId{1 + dice_.below(2)}; }
  LegId any_leg() {
    const std::size_t incoming = w_.asked.opens.size();
    const std::uint64_t pick = dice_.below(incoming + invitations_ + 1);
    if (pick < incoming) return w_.asked.opens[pick].leg;
    return LegId{5000 + pick - incoming};
  }
  void invite() {
    ClientDialog d = w_.dialog(any_connection(), "alice", "bob");
    if (d.connection == bob) d.from = "bob@example.com";
    w_.say(d, "INVITE", dice_.one_in(8) ? "text/plain" : "application/sdp", dice_.one_in(8) ? "junk" : offer);
    dialogs_.push_back(d);
  }
  void say_something() {
    learn();
    if (dialogs_.empty()) return;
    ClientDialog& d = dialogs_[dice_.below(dialogs_.size())];
    static const std::vector<std::string> methods = {"MESSAGE", "MESSAGE", "MESSAGE", "INFO",    "BYE",    "ACK",
                                                     "ACK",     "INVITE",  "UPDATE",  "OPTIONS", "CANCEL", "REFER"};
    const std::string& method = methods[dice_.below(methods.size())];
    if (dice_.one_in(20)) d.cseq = 0;
    w_.say(d, method, method == "INVITE" || method == "UPDATE" ? "application/sdp" : "text/plain",
           method == "INVITE" ? offer : "x");
  }
  /// What was sent to the clients makes dialogs and waits for answers.
  void learn() {
    for (const ConnectionId id : {alice, bob}) {
      for (Message& message : w_.take(id)) {
        if (message.is_request()) {
          if (message.method() == wire::sip::Method::invite) {
            ClientDialog d = World::callee(message, "c" + std::to_string(dice_.below(3)));
            d.connection = id;
            if (id == alice) d.from = "alice@example.com";
            dialogs_.push_back(d);
          }
          if (message.method() != wire::sip::Method::ack) requests_.emplace_back(id, std::move(message));
          continue;
        }
        const auto basics = wire::sip::validate(message);
        for (ClientDialog& d : dialogs_)
          if (d.call_id == basics->call_id && d.peer_tag.empty()) {
            d.peer_tag = std::string(basics->to.tag());
            if (message.status() == 200 && message.header(HeaderName::contact)) World::learn(d, message);
          }
      }
    }
  }
  void answer_request() {
    learn();
    if (requests_.empty()) return;
    const auto& [id, request] = requests_[dice_.below(requests_.size())];
    static const std::vector<std::string> statuses = {"100 T", "180 R", "200 OK", "200 OK", "200 OK",
                                                      "404 N", "415 M", "481 G",  "486 B",  "603 D"};
    w_.receive(id, World::answer(request, statuses[dice_.below(statuses.size())], "c" + std::to_string(dice_.below(3)),
                                 dice_.one_in(5) ? std::string_view{} : offer));
  }
  void answer_open() {
    if (w_.asked.opens.empty()) return;
    const Ticket ticket = w_.asked.opens[dice_.below(w_.asked.opens.size())].ticket;
    if (dice_.one_in(10)) {
      w_.sessions->on_undeliverable(ticket, w_.now);
      return;
    }
    const auto what = static_cast<domain::OpenAnswer::What>(dice_.below(3));
    w_.sessions->on(domain::OpenAnswer{ticket, ConversationId{77}, what, Reason::recipient_busy, 486}, w_.now);
  }
  void answer_posts() {
    for (const auto& post : std::exchange(w_.asked.posts, {})) {
      if (dice_.one_in(10)) {
        w_.sessions->on_undeliverable(post.ticket, w_.now);
      } else {
        w_.sessions->on(
            domain::PostAnswer{post.ticket, static_cast<domain::PostOutcome>(dice_.below(3)), Reason::link_blocked, 0},
            w_.now);
      }
    }
  }
  void answer_close() {
    for (const auto& close : std::exchange(w_.asked.closes, {})) {
      if (dice_.one_in(4)) {
        w_.sessions->on_undeliverable(close.ticket, w_.now);
      } else {
        w_.sessions->on(domain::CloseAnswer{close.ticket, Reason::none}, w_.now);
      }
    }
  }
  void reconnect() {
    const ConnectionId id = any_connection();
    w_.close(id);
    w_.connect(id);
  }
  /// Everybody leaves: nothing may be left, and every question of the IMMCU has got its one answer.
  void settle() {
    if (dice_.one_in(3)) w_.sessions->stop(w_.now);
    w_.close(alice);
    w_.close(bob);
    for (const auto& open : w_.asked.opens)
      w_.sessions->on(
          domain::OpenAnswer{open.ticket, {}, domain::OpenAnswer::What::refused, Reason::recipient_busy, 486}, w_.now);
    w_.pass(70s);
    EXPECT_EQ(w_.sessions->count(), 0u);
    EXPECT_FALSE(w_.sessions->deadline());
    std::set<std::uint64_t> answered;
    for (const auto& answer : w_.asked.deliveries) EXPECT_TRUE(answered.insert(answer.ticket.value).second);
    EXPECT_EQ(answered.size(), deliveries_);
    std::map<LegId, int> outcomes;
    for (const auto& answer : w_.asked.legs)
      if (answer.what != domain::LegAnswer::What::ringing) ++outcomes[answer.leg];
    for (std::uint64_t i = 1; i <= invitations_; ++i) {
      const int count = outcomes[LegId{5000 + i}];
      EXPECT_LE(count, 1);
      if (!ended_.contains(LegId{5000 + i})) {
        EXPECT_EQ(count, 1);
      }
    }
  }

  World w_;
  base::Random dice_;
  std::vector<ClientDialog> dialogs_;
  std::vector<std::pair<ConnectionId, Message>> requests_;
  std::set<LegId> ended_;
  std::uint64_t invitations_ = 0;
  std::uint64_t deliveries_ = 0;
};

TEST(SessionLoss, random_talks_leave_nothing_and_answer_everything) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chaos(seed).run(200);
    if (::testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
