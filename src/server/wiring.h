// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string_view>
#include <utility>

#include "domain/call/agent.h"
#include "domain/call/board.h"
#include "domain/conference/ports.h"
#include "domain/contacts/contact_keeper.h"
#include "domain/conversation/immcu.h"
#include "domain/conversation/inbox.h"
#include "domain/endpoint/binding_watch.h"
#include "domain/endpoint/registrar.h"
#include "domain/presence/agent.h"
#include "face/simple/ports.h"
#include "server/carrier.h"

namespace tertulia::server {

// One class for each part of a shard: what the part says becomes an envelope, addressed to the shard that it concerns.
// Nothing is decided here but addresses.

class FaceWiring final : public face::simple::FacePorts {
 public:
  FaceWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void send(base::ConnectionId connection, std::string_view bytes) override;
  void close(base::ConnectionId connection) override;
  void bind(domain::BindRequest request) override;
  void connection_gone(domain::ConnectionGone gone) override;
  void sign_in_failed(domain::SignInFailed failed) override;
  void judged(const face::simple::GuessJudged& judged) override;
  void answer_inbox(base::ShardId home, domain::DeliverAnswer answer) override;
  void post(domain::PostPage post) override;
  void post(domain::PostSession post) override;
  void open(domain::OpenSession open) override;
  void cancel(domain::CancelOpen cancel) override;
  void close_leg(domain::CloseLeg close) override;
  void answer_mcu(base::ShardId mcu, domain::DeliverAnswer answer) override;
  void answer_mcu(base::ShardId mcu, domain::LegAnswer answer) override;
  void create(domain::CreateConference create) override;
  void list(domain::ListConferences list) override;
  void join(domain::JoinConference join) override;
  void leave(domain::LeaveConference leave) override;
  void open_chat(domain::OpenChat open) override;
  void add(domain::AddPerson add) override;
  void escalate(domain::Escalate escalate) override;
  void command(domain::ConferenceCommand command) override;
  void watch_conference(domain::WatchConference watch) override;
  void post_to_conference(domain::PostToConference post) override;
  void publish(domain::PublishDocument publish) override;
  void publish(domain::PublishPresence publish) override;
  void set_level(domain::SetLevel set) override;
  void acknowledge(domain::AcknowledgeWatcher one) override;
  void change(domain::ChangeContacts change) override;
  void active(domain::UserActive active) override;
  void watch(domain::WatchPresence watch) override;
  void unwatch(domain::UnwatchPresence unwatch) override;
  void watch(domain::WatchWatchers watch) override;
  void watch(domain::WatchSelf watch) override;
  void watch(domain::WatchContacts watch) override;
  void watch(domain::WatchBindings watch) override;
  void watch(domain::WatchCalls watch) override;
  void place(domain::PlaceCall place) override;
  void cancel(domain::CancelCall cancel) override;
  void answer_ring(base::ShardId agent, domain::RingAnswer answer) override;
  void request(domain::CallRequest request) override;
  void answer_relay(base::ShardId agent, domain::RelayAnswer answer) override;
  void cancel(domain::CancelCallRequest cancel) override;
  void lost(domain::CallLegLost lost) override;
  void refreshed(domain::CallRefreshed refreshed) override;

  /// Requests that found their shard crowded: the face answers them itself.
  std::deque<base::Ticket> undeliverable;

 private:
  template <typename Answer, typename Question>
  void ask(Question question);
  template <typename Answer, typename Question>
  void ask(base::ShardId to, Question question);
  void offer(base::ShardId to, base::Ticket ticket, Envelope envelope);
  Carrier& carrier_;
  ShardWorld& world_;
};

class RegistrarWiring final : public domain::RegistrarPorts {
 public:
  RegistrarWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void answer(base::ShardId edge, domain::BindAnswer answer) override;
  void record(domain::RegistrationRecord record) override;
  void endpoint_added(base::UserId user, const domain::EndpointRoute& route) override;
  void endpoint_removed(base::UserId user, base::EndpointId endpoint, domain::DeregisterType why) override;
  void drop_connection(base::ShardId edge, base::ConnectionId connection, base::Reason why) override;

  // News for the other parts of this shard, handled in the same turn.
  std::deque<std::pair<base::UserId, domain::EndpointRoute>> added;
  struct Removed {
    base::UserId user;
    base::EndpointId endpoint;
    domain::DeregisterType why;
  };
  std::deque<Removed> removed;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
};

class BindingWatchWiring final : public domain::BindingWatchPorts {
 public:
  explicit BindingWatchWiring(Carrier& carrier) : carrier_(carrier) {}
  void news(base::ShardId edge, domain::BindingsNews news) override;

 private:
  Carrier& carrier_;
};

class InboxWiring final : public domain::InboxPorts {
 public:
  InboxWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void deliver(base::ShardId edge, domain::DeliverPage deliver) override;
  void answer(base::ShardId mcu, domain::InboxAnswer answer) override;
  void found(base::ShardId mcu, domain::EndpointsFound found) override;
  void keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) override;
  void load(base::Ticket ticket, base::UserId to, std::size_t limit) override;
  void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) override;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
};

class ImmcuWiring final : public domain::ImmcuPorts {
 public:
  ImmcuWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void answer(base::ShardId edge, domain::PostAnswer answer) override;
  void answer(base::ShardId edge, domain::OpenAnswer answer) override;
  void answer(base::ShardId edge, domain::CloseAnswer answer) override;
  void deliver(base::ShardId edge, domain::DeliverSession deliver) override;
  void invite(base::ShardId edge, domain::InviteLeg invite) override;
  void end(base::ShardId edge, domain::EndLeg end) override;
  void deliver(domain::InboxDeliver deliver) override;
  void find(domain::FindEndpoints find) override;
  void record(base::Ticket ticket, domain::SessionRecord record) override;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
};

class ConferenceWiring final : public domain::ConferencePorts {
 public:
  ConferenceWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void answer(base::ShardId edge, domain::CreateAnswer answer) override;
  void answer(base::ShardId edge, domain::JoinAnswer answer) override;
  void answer(base::ShardId edge, domain::ChatAnswer answer) override;
  void answer(base::ShardId edge, domain::AddAnswer answer) override;
  void answer(base::ShardId edge, domain::CommandAnswer answer) override;
  void tell(base::ShardId edge, domain::RosterNews news) override;
  void end(domain::SeatEnded ended) override;
  void grown(domain::LegGrown grown) override;
  void succeed(domain::Succession succession) override;
  void list(domain::ConferenceListed listed) override;
  void record(domain::ConferenceRow row) override;
  void store(base::Ticket ticket, domain::ConferenceFacts facts) override;
  void forget(base::Ticket ticket, domain::ConferenceKey key) override;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
};

class PresenceWiring final : public domain::PresencePorts {
 public:
  PresenceWiring(Carrier& carrier, ShardWorld& world, const domain::ContactKeeper& contacts)
      : carrier_(carrier), world_(world), contacts_(contacts) {}
  void answer(base::ShardId edge, domain::PublishAnswer answer) override;
  void answer(base::ShardId edge, domain::SetLevelAnswer answer) override;
  void news(base::ShardId edge, domain::PresenceNews news) override;
  void news(base::ShardId edge, domain::WatcherNews news) override;
  void news(base::ShardId edge, domain::SelfNews news) override;
  void blocked(base::UserId user, base::UserId peer) override;
  void change(base::Ticket ticket, domain::PresenceChange change) override;
  bool has_contact(base::UserId user, std::string_view address) const override;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
  const domain::ContactKeeper& contacts_;
};

class ContactWiring final : public domain::ContactPorts {
 public:
  ContactWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void answer(base::ShardId edge, domain::ContactsAnswer answer) override;
  void news(base::ShardId edge, domain::ContactsNews news) override;
  void change(base::Ticket ticket, domain::ContactsChange change) override;
  void list_changed(base::UserId user) override;

  /// Users whose list has changed, for the presence agent of this shard (same turn).
  std::deque<base::UserId> changed;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
};

class CallWiring final : public domain::CallPorts {
 public:
  CallWiring(Carrier& carrier, ShardWorld& world) : carrier_(carrier), world_(world) {}
  void progress(base::ShardId edge, domain::CallProgress progress) override;
  void answered(base::ShardId edge, domain::CallAnswered answered) override;
  void refused(base::ShardId edge, domain::CallRefused refused) override;
  void ring(base::ShardId edge, domain::RingLeg ring) override;
  void stop(base::ShardId edge, domain::StopLeg stop) override;
  void relay(base::ShardId edge, domain::RelayRequest request) override;
  void answer(base::ShardId edge, domain::CallRequestAnswer answer) override;
  void cancel(base::ShardId edge, domain::CancelRelay cancel) override;
  void find(domain::FindCallee find) override;
  void notice(domain::CallNotice notice) override;
  void record(base::Ticket ticket, domain::SessionRecord record) override;

 private:
  Carrier& carrier_;
  ShardWorld& world_;
};

class CallBoardWiring final : public domain::CallBoardPorts {
 public:
  explicit CallBoardWiring(Carrier& carrier) : carrier_(carrier) {}
  void news(base::ShardId edge, domain::CallsNews news) override;

 private:
  Carrier& carrier_;
};

}  // namespace tertulia::server
