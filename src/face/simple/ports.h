// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "domain/call/events.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/conversation/events.h"
#include "domain/endpoint/events.h"
#include "domain/presence/events.h"

namespace tertulia::face::simple {

/// A password was judged on one shard; the faces of the others count it too, so that a lock-out holds for the server.
struct GuessJudged {
  std::string account;  ///< user@domain as claimed
  std::string ip_address;
  bool right = false;
};

/// What the face asks of the world; implemented by the shard's dispatch (server) and by the simulator.  Calls never come
/// back before they return: answers arrive as events of their own.
class FacePorts {
 public:
  virtual ~FacePorts() = default;
  // the connection
  virtual void send(base::ConnectionId connection, std::string_view bytes) = 0;
  virtual void close(base::ConnectionId connection) = 0;  ///< after what was sent has left
  // the user's home shard
  virtual void bind(domain::BindRequest request) = 0;
  virtual void connection_gone(domain::ConnectionGone gone) = 0;
  virtual void sign_in_failed(domain::SignInFailed failed) = 0;
  /// Tell the other faces of the same kind, if there are any.
  virtual void judged(const GuessJudged&) {}
  virtual void answer_inbox(base::ShardId home, domain::DeliverAnswer answer) = 0;
  // the conversation's shard
  virtual void post(domain::PostPage post) = 0;
  virtual void post(domain::PostSession post) = 0;
  virtual void open(domain::OpenSession open) = 0;
  virtual void cancel(domain::CancelOpen cancel) = 0;
  virtual void close_leg(domain::CloseLeg close) = 0;
  virtual void answer_mcu(base::ShardId mcu, domain::DeliverAnswer answer) = 0;
  virtual void answer_mcu(base::ShardId mcu, domain::LegAnswer answer) = 0;
  // conferences: the shard of the conference (of a new one: first its organizer's home), or of the conversation.  A full
  // mailbox comes back as the answer of the question, with server_busy.
  virtual void create(domain::CreateConference) {}
  virtual void list(domain::ListConferences) {}
  virtual void join(domain::JoinConference) {}
  virtual void leave(domain::LeaveConference) {}
  virtual void open_chat(domain::OpenChat) {}
  virtual void add(domain::AddPerson) {}
  virtual void escalate(domain::Escalate) {}
  virtual void command(domain::ConferenceCommand) {}
  virtual void watch_conference(domain::WatchConference) {}
  virtual void post_to_conference(domain::PostToConference) {}
  // presence, contacts and registrations: the home shard of the user it is about.  Where a ticket is given, a full mailbox
  // comes back as Face::on_undeliverable.
  virtual void publish(domain::PublishDocument) {}
  virtual void publish(domain::PublishPresence) {}
  virtual void set_level(domain::SetLevel) {}
  virtual void acknowledge(domain::AcknowledgeWatcher) {}
  virtual void change(domain::ChangeContacts) {}
  virtual void active(domain::UserActive) {}
  /// The targets may have different homes: dispatch parts the entries.
  virtual void watch(domain::WatchPresence) {}
  virtual void unwatch(domain::UnwatchPresence) {}
  virtual void watch(domain::WatchWatchers) {}
  virtual void watch(domain::WatchSelf) {}
  virtual void watch(domain::WatchContacts) {}
  virtual void watch(domain::WatchBindings) {}
  virtual void watch(domain::WatchCalls) {}
  // calls: the shard of the pair, or the one that the call's id names
  /// A full mailbox comes back as a CallRefused with server_busy.
  virtual void place(domain::PlaceCall) {}
  virtual void cancel(domain::CancelCall) {}
  virtual void answer_ring(base::ShardId agent, domain::RingAnswer) { (void)agent; }
  virtual void request(domain::CallRequest) {}
  virtual void answer_relay(base::ShardId agent, domain::RelayAnswer) { (void)agent; }
  virtual void cancel(domain::CancelCallRequest) {}
  virtual void lost(domain::CallLegLost) {}
  virtual void refreshed(domain::CallRefreshed) {}
};

}  // namespace tertulia::face::simple
