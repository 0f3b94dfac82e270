// SPDX-License-Identifier: Apache-2.0
#include <type_traits>
#include <utility>

#include "server/shard.h"

namespace tertulia::server {

/// Gives each envelope to the part it is for.
struct Shard::Handler {
  Shard& s;
  base::Now now;

  // ---- to the registrar
  void operator()(domain::BindRequest& event) { s.registrar_.on_bind(event, *s.directory_, now); }
  void operator()(domain::ConnectionGone& event) { s.registrar_.on_connection_gone(event, now); }
  void operator()(domain::SignInFailed& event) { s.registrar_.on_sign_in_failed(event, now); }
  void operator()(domain::WatchBindings& event) { s.binding_watch_.on_watch(event, now); }

  // ---- to the IMMCU and the inbox
  void operator()(domain::PostPage& event) { s.immcu_.on_post(event, *s.directory_, now); }
  void operator()(domain::PostSession& event) { s.immcu_.on_post(event, *s.directory_, now); }
  void operator()(domain::OpenSession& event) { s.immcu_.on_open(event, *s.directory_, now); }
  void operator()(domain::CancelOpen& event) { s.immcu_.on_cancel(event, now); }
  void operator()(domain::CloseLeg& event) { s.immcu_.on_close(event, now); }
  void operator()(ToMcu& event) { s.immcu_.on_delivered(event.answer, now); }
  void operator()(domain::LegAnswer& event) { s.immcu_.on_leg(event, now); }
  void operator()(domain::InboxAnswer& event) { s.immcu_.on_inbox(event, now); }
  void operator()(domain::EndpointsFound& event) { s.immcu_.on_found(event, *s.directory_, now); }
  void operator()(domain::ReachChanged& event) { s.immcu_.on_reach_changed(event, *s.directory_, now); }
  /// Whoever stands in the user's privacy level "blocked" does not reach him.
  bool is_blocked(base::UserId user, std::string_view from_address) const {
    return s.presence_.may_interrupt(user, from_address, *s.directory_) == base::Reason::sender_blocked;
  }
  void operator()(domain::InboxDeliver& event) {
    if (!is_blocked(event.to, event.message->from_address)) return s.inbox_.on_deliver(event, *s.directory_, now);
    domain::InboxAnswer refused;
    refused.ticket = event.ticket;
    refused.conversation = event.conversation;
    refused.reason = base::Reason::sender_blocked;
    s.carrier_.carry(event.mcu, std::move(refused));
  }
  void operator()(domain::FindEndpoints& event) {
    if (!is_blocked(event.user, event.from_address)) return s.inbox_.on_find(event);
    domain::EndpointsFound refused;
    refused.conversation = event.conversation;
    refused.user = event.user;
    refused.reason = base::Reason::sender_blocked;
    s.carrier_.carry(event.mcu, std::move(refused));
  }
  void operator()(ToInbox& event) { s.inbox_.on_answer(event.answer, now); }

  // ---- to the conferences, and to the home of their organizer
  void operator()(domain::CreateConference& event) {
    const base::Reason reason = s.conference_index_.enter(event.key);
    if (reason != base::Reason::none)
      return s.carrier_.carry(event.edge, domain::CreateAnswer{event.ticket, reason, std::move(event.key)});
    const base::ShardId to = s.carrier_.conference(event.key);
    s.carrier_.carry(to, ToConference{std::move(event)});
  }
  void operator()(domain::ListConferences& event) {
    s.carrier_.carry(event.edge, domain::ConferencesAnswer{event.ticket, base::Reason::none,
                                                           s.conference_index_.of(event.organizer)});
  }
  void operator()(domain::ConferenceListed& event) { s.conference_index_.on_listed(event); }
  void operator()(ToConference& event) { s.immcu_.on_create(event.create, *s.directory_, now); }
  void operator()(domain::JoinConference& event) { s.immcu_.on_join(event, *s.directory_, now); }
  void operator()(domain::LeaveConference& event) { s.immcu_.on_leave(event, now); }
  void operator()(domain::OpenChat& event) { s.immcu_.on_chat(event, now); }
  void operator()(domain::AddPerson& event) { s.immcu_.on_add(event, *s.directory_, now); }
  void operator()(domain::Escalate& event) { s.immcu_.on_escalate(event, now); }
  void operator()(domain::Succession& event) { s.immcu_.on_succession(event, now); }
  void operator()(domain::ConferenceCommand& event) { s.immcu_.on_command(event, now); }
  void operator()(domain::WatchConference& event) { s.immcu_.on_watch(event, now); }
  void operator()(domain::PostToConference& event) { s.immcu_.on_post(event, *s.directory_, now); }

  // ---- to the presence agent and the contact keeper
  void operator()(domain::PublishPresence& event) { s.presence_.on_publish(event, *s.directory_, now); }
  void operator()(domain::PublishDocument& event) { s.presence_.on_publish(event, *s.directory_, now); }
  void operator()(domain::UserActive& event) { s.presence_.on_active(event, *s.directory_, now); }
  void operator()(domain::WatchPresence& event) { s.presence_.on_watch(event, *s.directory_, now); }
  void operator()(domain::UnwatchPresence& event) { s.presence_.on_unwatch(event, now); }
  void operator()(domain::WatchWatchers& event) { s.presence_.on_watch_watchers(event, now); }
  void operator()(domain::WatchSelf& event) { s.presence_.on_watch_self(event, *s.directory_, now); }
  void operator()(domain::AcknowledgeWatcher& event) { s.presence_.on_acknowledge(event, *s.directory_, now); }
  void operator()(domain::SetLevel& event) { s.presence_.on_set_level(event, *s.directory_, now); }
  void operator()(domain::ChangeContacts& event) { s.contacts_.on_change(event, *s.directory_); }
  void operator()(domain::WatchContacts& event) { s.contacts_.on_watch(event, *s.directory_); }

  // ---- to the call agent, and from it to the homes of both users
  void operator()(domain::PlaceCall& event) { s.calls_.on_place(event, *s.directory_, now); }
  void operator()(domain::CancelCall& event) { s.calls_.on_cancel(event, now); }
  void operator()(domain::CalleeFound& event) { s.calls_.on_found(event, *s.directory_, now); }
  void operator()(domain::RingAnswer& event) { s.calls_.on_ring(event, now); }
  void operator()(domain::CallRequest& event) { s.calls_.on_request(event, now); }
  void operator()(domain::RelayAnswer& event) { s.calls_.on_relay(event, now); }
  void operator()(domain::CancelCallRequest& event) { s.calls_.on_cancel_request(event, now); }
  void operator()(domain::CallLegLost& event) { s.calls_.on_lost(event, now); }
  void operator()(domain::CallRefreshed& event) { s.calls_.on_refreshed(event, now); }
  void operator()(domain::WatchCalls& event) {
    const bool blocked = event.on && is_blocked(event.user, event.watcher_address);
    if (!blocked) return s.board_.on_watch(event, *s.directory_);
    domain::CallsNews refused;
    refused.watch = event.watch;
    refused.reason = base::Reason::subscription_not_permitted;
    s.carrier_.carry(event.edge, std::move(refused));
  }
  void operator()(domain::FindCallee& event) {
    domain::CalleeFound found;
    found.call = event.call;
    found.reason = s.presence_.may_interrupt(event.user, event.from_address, *s.directory_);
    if (found.reason == base::Reason::none && event.device) {
      const auto route = s.registrar_.device(event.user, *event.device);
      found.reason = route.reason();
      if (route) found.routes.push_back(*route);
    } else if (found.reason == base::Reason::none) {
      found.routes = s.registrar_.routes(event.user);
    }
    s.carrier_.carry(event.agent, std::move(found));
  }
  void operator()(domain::CallNotice& event) {
    using domain::CallState;
    s.board_.on_notice(event);
    if (event.state != CallState::up && event.state != CallState::over) return;
    domain::PhoneState phone;
    phone.user = event.user;
    phone.call = event.call;
    phone.endpoint = event.endpoint;
    phone.up = event.state == CallState::up;
    s.presence_.on_phone(phone, *s.directory_, now);
  }

  // ---- to the face, or to an administrator who has asked
  void operator()(DropConnection& event) { s.face_.drop(event.connection, event.why, now); }
  template <typename Answer>
  bool was_asked(Answer& answer) {
    const auto found = s.asked_.find(answer.ticket);
    if (found == s.asked_.end()) return false;
    const auto done = std::move(found->second);
    s.asked_.erase(found);
    done(Envelope(std::move(answer)));
    return true;
  }
  void operator()(domain::PublishAnswer& event) {
    if (!was_asked(event)) s.face_.on(event, now);
  }
  void operator()(domain::SetLevelAnswer& event) {
    if (!was_asked(event)) s.face_.on(event, now);
  }
  void operator()(domain::ContactsAnswer& event) {
    if (!was_asked(event)) s.face_.on(event, now);
  }
  void operator()(domain::CreateAnswer& event) {
    if (!was_asked(event)) s.face_.on(event, now);
  }
  void operator()(domain::CommandAnswer& event) {
    if (!was_asked(event)) s.face_.on(event, now);
  }
  /// BindAnswer, PostAnswer, DeliverPage, PresenceNews, RingLeg and all else that an edge is asked or told.
  template <typename Event>
  void operator()(Event& event) {
    s.face_.on(event, now);
  }

  // ---- from the store and the administrator
  void operator()(StoreLoaded& event) { s.inbox_.on_loaded(event.ticket, std::move(event.result), now); }
  void operator()(StoreDone& event) {
    switch (event.user) {
      case StoreUser::inbox_keep:
        return s.inbox_.on_kept(event.ticket, std::move(event.result), now);
      case StoreUser::inbox_forget:
        return s.inbox_.on_forgotten(event.ticket, std::move(event.result), now);
      case StoreUser::immcu_record:
        return s.immcu_.on_recorded(event.ticket, std::move(event.result), now);
      case StoreUser::call_record:
        return s.calls_.on_recorded(event.ticket, std::move(event.result), now);
      case StoreUser::conference:
        return s.immcu_.on_conference_stored(event.ticket, std::move(event.result), now);
      case StoreUser::presence:
        return s.presence_.on_stored(event.ticket, std::move(event.result), *s.directory_, now);
      case StoreUser::contacts:
        return s.contacts_.on_stored(event.ticket, std::move(event.result), *s.directory_);
    }
  }
  void operator()(Task& event) { event.run(s, now); }
};

void Shard::handle(Envelope& envelope, base::Now now) {
  carrier_.metrics().envelopes.add();
  std::visit(Handler{*this, now}, envelope);
}

}  // namespace tertulia::server
