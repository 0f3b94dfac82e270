// SPDX-License-Identifier: Apache-2.0
// Random worlds: order, exactly once, the truth to the sender, nothing lost, one record.  A failure prints its seed.
#include "domain/conversation/random_world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tertulia::domain::bench {

using namespace std::chrono_literals;
using What = DeliverAnswer::What;

bool RandomWorld::once(Mutation mutation) {
  if (mutation_ != mutation || mutated_ || !random_.one_in(4)) return false;
  return mutated_ = true;
}

bool RandomWorld::pump(Queue& queue) {
  if (queue.empty()) return false;
  const auto action = std::move(queue.front());
  queue.pop_front();
  action();
  flush_registrar();
  return true;
}

void RandomWorld::flush_registrar() {
  while (!registrar_news_.empty()) {
    const auto action = std::move(registrar_news_.front());
    registrar_news_.pop_front();
    action();
  }
}

void RandomWorld::step() {
  switch (random_.below(12)) {
    case 0:
    case 1:
      return say_something();
    case 2:
      pump(to_inbox_);
      return;
    case 3:
      pump(to_immcu_);
      return;
    case 4:
      pump(edge_to_immcu_);
      return;
    case 5:
    case 6:
      return device_acts();
    case 7:
      return answer_arrives();
    case 8:
      if (random_.one_in(8)) store_.fail_next(1);
      store_.step();
      return;
    case 9:
      if (random_.one_in(3)) return sign_in(random_.one_in(2) ? bob : alice);
      if (!devices_.empty() && random_.one_in(2)) {
        auto it = devices_.begin();
        std::advance(it, static_cast<std::ptrdiff_t>(random_.below(devices_.size())));
        if (it->second.alive) die(it->first);
      }
      return;
    case 10:
      if (random_.one_in(4)) return open_session();
      if (random_.one_in(6)) return hang_up();
      return;
    default:
      clock_.pass(random_.one_in(10) ? base::Duration{40s} : base::Duration{100ms});
      immcu_.on_deadline(now());
      inbox_.on_deadline(now());
  }
}

void RandomWorld::say_something() {
  const bool by_alice = random_.one_in(2);
  const base::UserId from = by_alice ? alice : bob;
  const base::UserId to = by_alice ? bob : alice;
  auto message = std::make_shared<InstantMessage>(*say(from, "x"));
  message->id = {++last_message_};
  const base::Ticket ticket{++last_ticket_};
  said_[ticket.value] = {from, to, last_message_, {}};
  // Along his leg if he has one in the session, else by pages.
  for (const auto& [connection, device] : devices_) {
    if (device.alive && device.user == from && device.leg && session_ && !random_.one_in(4)) {
      immcu_.on_post(PostSession{ticket, {0}, session_, device.leg, message}, *people_, now());
      return;
    }
  }
  immcu_.on_post(PostPage{ticket, {0}, {}, nullptr, to, message, "c"}, *people_, now());
}

void RandomWorld::open_session() {
  if (session_ || inviting_) return;
  for (auto& [connection, device] : devices_) {
    if (!device.alive || device.user != alice) continue;
    inviting_ = true;
    inviter_ = {++last_leg_};
    device.leg = inviter_;
    leg_connection_[inviter_.value] = connection;
    OpenSession open;
    open.ticket = {++last_ticket_};
    open.leg = inviter_;
    open.from = alice;
    open.from_address = address_of(alice);
    open.to = bob;
    immcu_.on_open(open, *people_, now());
    return;
  }
}

void RandomWorld::to_device(base::ConnectionId connection, Frame frame) {
  const auto found = devices_.find(connection.value);
  if (found == devices_.end() || !found->second.alive || (frame.session && found->second.leg != frame.leg)) {
    const bool session = frame.session;
    const DeliverAnswer gone{frame.ticket, What::gone, 0};
    if (session) {
      edge_to_immcu_.push_back([this, gone] { immcu_.on_delivered(gone, now()); });
    } else {
      to_inbox_.push_back([this, gone] { inbox_.on_answer(gone, now()); });
    }
    return;
  }
  std::deque<Frame>& inbound = found->second.inbound;
  if (!inbound.empty() &&
      conversation_of_[inbound.back().message->id.value] == conversation_of_[frame.message->id.value] &&
      once(Mutation::swap_frames)) {
    inbound.insert(inbound.end() - 1, std::move(frame));
    return;
  }
  if (once(Mutation::duplicate_frame))
    inbound.push_back({frame.session, base::Ticket{1ULL << 60U}, frame.leg, frame.message});
  inbound.push_back(std::move(frame));
}

/// One device looks at what came: takes it (answering later), refuses it, or says nothing.
void RandomWorld::device_acts() {
  if (devices_.empty()) return;
  auto it = devices_.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(random_.below(devices_.size())));
  Device& device = it->second;
  if (device.inbound.empty()) return;
  Frame frame = std::move(device.inbound.front());
  device.inbound.pop_front();
  const std::uint64_t dice = calm_ ? 10 : random_.below(20);
  if (dice > 1) {
    if (!once(Mutation::lie_about_delivery)) device.taken.push_back(frame.message->id.value);
    device.unanswered.push_back(std::move(frame));
    return;
  }
  const DeliverAnswer no{frame.ticket, dice == 0 ? What::silent : What::refused, dice == 0 ? 0 : 415};
  if (dice == 1) dropped_for_good_.insert(frame.message->id.value);
  if (frame.session) {
    edge_to_immcu_.push_back([this, no] { immcu_.on_delivered(no, now()); });
  } else {
    to_inbox_.push_back([this, no] { inbox_.on_answer(no, now()); });
  }
}

/// Any of the answers that are under way arrives: late ones overtake.
void RandomWorld::answer_arrives() {
  if (devices_.empty()) return;
  auto it = devices_.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(random_.below(devices_.size())));
  std::vector<Frame>& waiting = it->second.unanswered;
  if (waiting.empty()) return;
  const std::size_t index = static_cast<std::size_t>(random_.below(waiting.size()));
  const Frame frame = waiting[index];
  waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(index));
  acknowledged_.insert(frame.message->id.value);
  const DeliverAnswer yes{frame.ticket, What::taken, 200};
  if (frame.session) {
    edge_to_immcu_.push_back([this, yes] { immcu_.on_delivered(yes, now()); });
  } else {
    to_inbox_.push_back([this, yes] { inbox_.on_answer(yes, now()); });
  }
}

void RandomWorld::sign_in(base::UserId user) {
  BindRequest bind;
  bind.ticket = {1};
  bind.connection = {++last_connection_};
  bind.user = user;
  ContactChange contact;
  contact.uri = "sip:d" + std::to_string(last_connection_);
  contact.capabilities.session_mode = random_.one_in(2);
  bind.contacts.push_back(contact);
  bind.call_id = contact.uri;
  bind.cseq = 1;
  devices_[last_connection_].user = user;
  registrar_.on_bind(bind, *people_, now());
  flush_registrar();
}

/// The connection breaks: what was not answered is gone, whether it was seen or not.
void RandomWorld::die(std::uint64_t connection) {
  Device& device = devices_[connection];
  device.alive = false;
  for (Frame& frame : device.unanswered) device.inbound.push_back(std::move(frame));
  device.unanswered.clear();
  for (Frame& frame : std::exchange(device.inbound, {})) to_device({connection}, std::move(frame));
  if (device.leg && session_) {
    const CloseLeg close{{}, {0}, session_, device.leg};
    edge_to_immcu_.push_back([this, close] { immcu_.on_close(close, now()); });
  } else if (device.leg && inviting_) {
    immcu_.on_cancel({device.leg, {0}, alice, bob}, now());
  }
  registrar_.on_connection_gone({device.user, {connection}, false}, now());
  flush_registrar();
}

/// A device says goodbye; what it has not seen of the session is gone.
void RandomWorld::hang_up() {
  if (!session_) return;
  for (auto& [connection, device] : devices_) {
    if (!device.alive || !device.leg) continue;
    const CloseLeg close{{++last_ticket_}, {0}, session_, device.leg};
    device.leg = {};
    std::deque<Frame> seen_later;
    for (Frame& frame : std::exchange(device.inbound, {})) {
      if (frame.session) {
        to_device({connection}, std::move(frame));  // its leg is over: gone
      } else {
        seen_later.push_back(std::move(frame));
      }
    }
    device.inbound = std::move(seen_later);
    immcu_.on_close(close, now());
    return;
  }
}

void RandomWorld::answer(base::ShardId, PostAnswer answer) {
  if (once(Mutation::lose_answer)) return;
  said_[answer.ticket.value].answers.push_back(answer);
  if (once(Mutation::answer_twice)) said_[answer.ticket.value].answers.push_back(answer);
}

void RandomWorld::answer(base::ShardId, OpenAnswer answer) {
  if (answer.what == OpenAnswer::What::ringing) return;
  inviting_ = false;
  if (answer.what == OpenAnswer::What::accepted) session_ = answer.conversation;
  if (answer.what == OpenAnswer::What::accepted && !devices_[leg_connection_[inviter_.value]].alive) {
    const CloseLeg close{{}, {0}, session_, inviter_};
    edge_to_immcu_.push_back([this, close] { immcu_.on_close(close, now()); });
  }
}

void RandomWorld::invite(base::ShardId, InviteLeg invite) {
  const std::uint64_t connection = invite.route.connection.value;
  edge_to_immcu_.push_back([this, invite, connection] {
    Device& device = devices_[connection];
    LegAnswer answer{invite.conversation, invite.leg, LegAnswer::What::refused, 430};
    if (device.alive && random_.one_in(4)) answer.status = 486;
    if (device.alive && answer.status != 486) {
      answer.what = LegAnswer::What::accepted;
      device.leg = invite.leg;
      leg_connection_[invite.leg.value] = connection;
    }
    immcu_.on_leg(answer, now());
  });
}

void RandomWorld::end(base::ShardId, EndLeg end) {
  for (auto& [connection, device] : devices_) {
    if (device.leg == end.leg) device.leg = {};
  }
  if (end.reason != base::Reason::answered_elsewhere) session_ = {};
}

void RandomWorld::deliver(base::ShardId, DeliverSession deliver) {
  conversation_of_[deliver.message->id.value] = deliver.conversation;
  to_device({leg_connection_[deliver.leg.value]}, {true, deliver.ticket, deliver.leg, deliver.message});
}
void RandomWorld::deliver(InboxDeliver deliver) {
  conversation_of_[deliver.message->id.value] = deliver.conversation;
  to_inbox_.push_back([this, deliver] { inbox_.on_deliver(deliver, *people_, now()); });
}
void RandomWorld::find(FindEndpoints find) {
  to_inbox_.push_back([this, find] { inbox_.on_find(find); });
}
void RandomWorld::found(base::ShardId, EndpointsFound found) {
  to_immcu_.push_back([this, found] { immcu_.on_found(found, *people_, now()); });
}
void RandomWorld::record(base::Ticket ticket, SessionRecord record) {
  record_ids_[record.conversation].insert(once(Mutation::second_record) ? record.id.value + 1 : record.id.value);
  records_[record.conversation] = record;
  if (ticket) to_immcu_.push_back([this, ticket] { immcu_.on_recorded(ticket, {}, now()); });
}
void RandomWorld::deliver(base::ShardId, DeliverPage deliver) {
  to_device(deliver.route.connection, {false, deliver.ticket, {}, deliver.message});
}
void RandomWorld::answer(base::ShardId, InboxAnswer answer) {
  to_immcu_.push_back([this, answer] { immcu_.on_inbox(answer, now()); });
}
void RandomWorld::keep(base::Ticket ticket, base::UserId to, InstantMessagePtr message) {
  const bool lost = once(Mutation::lose_kept);
  if (lost) {
    to_inbox_.push_back([this, ticket] { inbox_.on_kept(ticket, {}, now()); });
    return;
  }
  store_.keep(to, message, [this, ticket](base::Result<void> result) {
    to_inbox_.push_back([this, ticket, result] { inbox_.on_kept(ticket, result, now()); });
  });
}
void RandomWorld::load(base::Ticket ticket, base::UserId to, std::size_t limit) {
  store_.load(to, limit, [this, ticket](base::Result<std::vector<KeptMessage>> result) {
    to_inbox_.push_back([this, ticket, result] { inbox_.on_loaded(ticket, result, now()); });
  });
}
void RandomWorld::forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) {
  store_.forget(to, sequence, [this, ticket](base::Result<void> result) {
    to_inbox_.push_back([this, ticket, result] { inbox_.on_forgotten(ticket, result, now()); });
  });
}
void RandomWorld::endpoint_added(base::UserId user, const EndpointRoute& route) {
  registrar_news_.push_back([this, user, route] { inbox_.on_endpoint_added(user, route, now()); });
}
void RandomWorld::endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType) {
  registrar_news_.push_back([this, user, endpoint] { inbox_.on_endpoint_removed(user, endpoint, now()); });
}

void RandomWorld::drain_queues() {
  for (int idle = 0; idle < 300; ++idle) {
    while (pump(to_inbox_) || pump(to_immcu_) || pump(edge_to_immcu_) || store_.step()) idle = 0;
    device_acts();
    answer_arrives();
  }
}

/// Everybody behaves, signs in and waits: now nothing may be missing.
void RandomWorld::settle_down() {
  calm_ = true;
  store_.fail_next(0);
  sign_in(alice);
  sign_in(bob);
  for (int i = 0; i < 4; ++i) {
    drain_queues();
    clock_.pass(31s);
    inbox_.on_deadline(now());
    immcu_.on_deadline(now());
  }
  drain_queues();
  immcu_.stop(now());
  drain_queues();
}

void RandomWorld::check() {
  std::map<std::uint64_t, std::size_t> takers;
  for (const auto& [connection, device] : devices_) {
    std::set<std::uint64_t> seen;
    std::map<base::ConversationId, std::uint64_t> newest;
    for (const std::uint64_t id : device.taken) {
      if (!seen.insert(id).second) wrong("message " + std::to_string(id) + " twice at one device");
      std::uint64_t& last = newest[conversation_of_[id]];
      if (id < last) wrong("message " + std::to_string(id) + " after " + std::to_string(last));
      last = std::max(last, id);
      ++takers[id];
    }
  }
  std::map<base::ConversationId, std::uint32_t> accepted;
  for (const auto& [ticket, said] : said_) {
    const std::string name = "message " + std::to_string(said.id);
    if (said.answers.size() != 1) {
      wrong(name + " has " + std::to_string(said.answers.size()) + " answers");
      continue;
    }
    const PostAnswer& answer = said.answers.front();
    if (answer.outcome == PostOutcome::delivered && takers[said.id] == 0) wrong(name + " delivered to nobody");
    if (answer.outcome == PostOutcome::kept && takers[said.id] == 0 && !dropped_for_good_.contains(said.id)) {
      wrong(name + " kept and lost");
    }
    if (answer.outcome == PostOutcome::refused && acknowledged_.contains(said.id)) wrong(name + " taken and refused");
    if (answer.outcome == PostOutcome::refused && answer.reason == base::Reason::none)
      wrong(name + " refused without reason");
    if (answer.outcome != PostOutcome::refused) ++accepted[conversation_of_[said.id]];
  }
  for (const auto& [conversation, ids] : record_ids_) {
    if (ids.size() != 1) wrong("several records of one conversation");
    const SessionRecord& record = records_[conversation];
    if (!record.end_time) wrong("record without end");
    if (record.user1.message_count + record.user2.message_count != accepted[conversation]) wrong("record counts wrong");
    accepted.erase(conversation);
  }
  if (!accepted.empty()) wrong("conversation without record");
  if (inbox_.in_flight() != 0 || immcu_.conversation_count() != 0) wrong("something is left");
}

std::vector<std::string> RandomWorld::run(int steps) {
  for (int i = 0; i < steps; ++i) step();
  settle_down();
  check();
  return wrong_;
}

namespace {

TEST(RandomWorld, invariants_hold_in_three_thousand_worlds) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    RandomWorld world(seed);
    const std::vector<std::string> wrong = world.run(250);
    ASSERT_TRUE(wrong.empty()) << "seed " << seed << ": " << wrong.front();
  }
}

/// Each checker sees what it is for: broken on purpose, some world out of a few must notice, and say the right thing.
TEST(RandomWorld, every_checker_notices_what_is_broken_on_purpose) {
  const std::vector<std::pair<Mutation, std::string>> cases = {{Mutation::swap_frames, " after "},
                                                               {Mutation::duplicate_frame, "twice at one device"},
                                                               {Mutation::lie_about_delivery, "delivered to nobody"},
                                                               {Mutation::lose_kept, "kept and lost"},
                                                               {Mutation::answer_twice, "has 2 answers"},
                                                               {Mutation::lose_answer, "has 0 answers"},
                                                               {Mutation::second_record, "several records"}};
  for (const auto& [mutation, complaint] : cases) {
    bool noticed = false;
    for (std::uint64_t seed = 1; seed <= 60 && !noticed; ++seed) {
      for (const std::string& wrong : RandomWorld(seed, mutation).run(250)) {
        noticed = noticed || wrong.find(complaint) != std::string::npos;
      }
    }
    EXPECT_TRUE(noticed) << complaint;
  }
}

}  // namespace
}  // namespace tertulia::domain::bench
