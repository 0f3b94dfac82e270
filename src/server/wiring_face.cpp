// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "server/wiring.h"

namespace tertulia::server {

using base::ShardId;

namespace {

/// Parts what is about users of several homes.
template <typename Watch>
std::map<ShardId, Watch> by_home(const Carrier& carrier, Watch watch) {
  const auto entries = std::exchange(watch.entries, {});
  std::map<ShardId, Watch> parts;
  for (const auto& entry : entries) {
    const auto [at, fresh] = parts.try_emplace(carrier.home(entry.target), watch);
    at->second.entries.push_back(entry);
  }
  return parts;
}

ShardId shard_of(base::CallId call) { return base::IdSource::shard_of(call.value); }

}  // namespace

void FaceWiring::offer(ShardId to, base::Ticket ticket, Envelope envelope) {
  if (!carrier_.offer(to, envelope)) undeliverable.push_back(ticket);
}

void FaceWiring::send(base::ConnectionId connection, std::string_view bytes) { world_.send_bytes(connection, bytes); }
void FaceWiring::close(base::ConnectionId connection) { world_.close_connection(connection); }

// ---- registrations

void FaceWiring::bind(domain::BindRequest request) {
  const ShardId to = carrier_.home(request.user);
  const base::Ticket ticket = request.ticket;
  offer(to, ticket, std::move(request));
}
void FaceWiring::connection_gone(domain::ConnectionGone gone) { carrier_.carry(carrier_.home(gone.user), gone); }
void FaceWiring::sign_in_failed(domain::SignInFailed failed) { carrier_.carry(carrier_.id(), std::move(failed)); }
void FaceWiring::judged(const face::simple::GuessJudged& judged) {
  for (std::uint16_t other = 0; other < carrier_.shard_count(); ++other)
    if (other != carrier_.id().value) carrier_.carry(ShardId{other}, judged);
}

/// A question with an answer of its own kind; a crowded shard is answered for.
template <typename Answer, typename Question>
void FaceWiring::ask(Question question) {
  const ShardId home = carrier_.home(question.user);
  ask<Answer>(home, std::move(question));
}
template <typename Answer, typename Question>
void FaceWiring::ask(ShardId to, Question question) {
  Answer refused;
  refused.ticket = question.ticket;
  refused.reason = base::Reason::server_busy;
  Envelope envelope = std::move(question);
  if (!carrier_.offer(to, envelope)) carrier_.carry(carrier_.id(), std::move(refused));
}

// ---- conversations

void FaceWiring::answer_inbox(ShardId home, domain::DeliverAnswer answer) { carrier_.carry(home, ToInbox{answer}); }
void FaceWiring::post(domain::PostPage post) {
  const ShardId to = carrier_.pair(post.message->from, post.to);
  const base::Ticket ticket = post.ticket;
  offer(to, ticket, std::move(post));
}
void FaceWiring::post(domain::PostSession post) {
  const base::Ticket ticket = post.ticket;
  const ShardId to = domain::conversation_shard(post.conversation);
  offer(to, ticket, std::move(post));
}
void FaceWiring::open(domain::OpenSession open) {
  const ShardId to = carrier_.pair(open.from, open.to);
  const base::Ticket ticket = open.ticket;
  offer(to, ticket, std::move(open));
}
void FaceWiring::cancel(domain::CancelOpen cancel) { carrier_.carry(carrier_.pair(cancel.from, cancel.to), cancel); }
void FaceWiring::close_leg(domain::CloseLeg close) {
  carrier_.carry(domain::conversation_shard(close.conversation), close);
}
void FaceWiring::answer_mcu(ShardId mcu, domain::DeliverAnswer answer) { carrier_.carry(mcu, ToMcu{answer}); }
void FaceWiring::answer_mcu(ShardId mcu, domain::LegAnswer answer) { carrier_.carry(mcu, answer); }

// ---- conferences

void FaceWiring::create(domain::CreateConference create) {
  const ShardId home = carrier_.home(create.key.organizer);
  ask<domain::CreateAnswer>(home, std::move(create));
}
void FaceWiring::list(domain::ListConferences list) {
  ask<domain::ConferencesAnswer>(carrier_.home(list.organizer), list);
}
void FaceWiring::join(domain::JoinConference join) {
  const ShardId to = carrier_.conference(join.key);
  ask<domain::JoinAnswer>(to, std::move(join));
}
void FaceWiring::leave(domain::LeaveConference leave) {
  const ShardId to = carrier_.conference(leave.key);
  carrier_.carry(to, std::move(leave));
}
void FaceWiring::open_chat(domain::OpenChat open) {
  const ShardId to = carrier_.conference(open.key);
  ask<domain::ChatAnswer>(to, std::move(open));
}
void FaceWiring::add(domain::AddPerson add) {
  const ShardId to =
      add.conference ? carrier_.conference(*add.conference) : domain::conversation_shard(add.conversation);
  ask<domain::AddAnswer>(to, std::move(add));
}
void FaceWiring::escalate(domain::Escalate escalate) {
  const ShardId to = domain::conversation_shard(escalate.conversation);
  ask<domain::CommandAnswer>(to, std::move(escalate));
}
void FaceWiring::command(domain::ConferenceCommand command) {
  const ShardId to = carrier_.conference(command.key);
  ask<domain::CommandAnswer>(to, std::move(command));
}
void FaceWiring::watch_conference(domain::WatchConference watch) {
  const ShardId to = carrier_.conference(watch.key);
  carrier_.carry(to, std::move(watch));
}
void FaceWiring::post_to_conference(domain::PostToConference post) {
  const ShardId to = carrier_.conference(post.key);
  ask<domain::PostAnswer>(to, std::move(post));
}

// ---- presence, contacts, registrations and calls of a user

void FaceWiring::publish(domain::PublishDocument publish) { ask<domain::PublishAnswer>(std::move(publish)); }
void FaceWiring::publish(domain::PublishPresence publish) { ask<domain::PublishAnswer>(std::move(publish)); }
void FaceWiring::set_level(domain::SetLevel set) { ask<domain::SetLevelAnswer>(std::move(set)); }
void FaceWiring::acknowledge(domain::AcknowledgeWatcher one) { ask<domain::SetLevelAnswer>(std::move(one)); }
void FaceWiring::change(domain::ChangeContacts change) { ask<domain::ContactsAnswer>(std::move(change)); }
/// Worth little: left out when the other shard is crowded.
void FaceWiring::active(domain::UserActive active) {
  Envelope envelope = active;
  (void)carrier_.offer(carrier_.home(active.user), envelope);
}
void FaceWiring::watch(domain::WatchPresence watch) {
  for (auto& [to, part] : by_home(carrier_, std::move(watch))) {
    domain::PresenceNews refused;
    for (const auto& entry : part.entries) refused.items.push_back({entry.watch, {}, base::Reason::server_busy});
    Envelope envelope = std::move(part);
    if (!carrier_.offer(to, envelope)) carrier_.carry(carrier_.id(), std::move(refused));
  }
}
void FaceWiring::unwatch(domain::UnwatchPresence unwatch) {
  for (auto& [to, part] : by_home(carrier_, std::move(unwatch))) carrier_.carry(to, std::move(part));
}
void FaceWiring::watch(domain::WatchWatchers watch) { carrier_.carry(carrier_.home(watch.user), watch); }
void FaceWiring::watch(domain::WatchSelf watch) { carrier_.carry(carrier_.home(watch.user), watch); }
void FaceWiring::watch(domain::WatchContacts watch) { carrier_.carry(carrier_.home(watch.user), watch); }
void FaceWiring::watch(domain::WatchBindings watch) { carrier_.carry(carrier_.home(watch.user), watch); }
void FaceWiring::watch(domain::WatchCalls watch) { carrier_.carry(carrier_.home(watch.user), watch); }

// ---- calls

void FaceWiring::place(domain::PlaceCall place) {
  const ShardId to = carrier_.pair(place.from, place.to);
  domain::CallRefused refused;
  refused.leg = place.leg;
  refused.reason = base::Reason::server_busy;
  Envelope envelope = std::move(place);
  if (!carrier_.offer(to, envelope)) carrier_.carry(carrier_.id(), std::move(refused));
}
void FaceWiring::cancel(domain::CancelCall cancel) { carrier_.carry(carrier_.pair(cancel.from, cancel.to), cancel); }
void FaceWiring::answer_ring(ShardId agent, domain::RingAnswer answer) { carrier_.carry(agent, std::move(answer)); }
void FaceWiring::request(domain::CallRequest request) {
  const ShardId to = shard_of(request.call);
  domain::CallRequestAnswer refused;
  refused.ticket = request.ticket;
  refused.reason = base::Reason::server_busy;
  Envelope envelope = std::move(request);
  // An ACK and the end of a call must arrive; anything else its sender can say again.
  const auto kind = std::get<domain::CallRequest>(envelope).kind;
  if (kind == domain::CallRequestKind::acknowledges || kind == domain::CallRequestKind::ends)
    return carrier_.carry(to, std::move(envelope));
  if (!carrier_.offer(to, envelope)) carrier_.carry(carrier_.id(), std::move(refused));
}
void FaceWiring::answer_relay(ShardId agent, domain::RelayAnswer answer) { carrier_.carry(agent, std::move(answer)); }
void FaceWiring::cancel(domain::CancelCallRequest cancel) { carrier_.carry(shard_of(cancel.call), cancel); }
void FaceWiring::lost(domain::CallLegLost lost) { carrier_.carry(shard_of(lost.call), lost); }
void FaceWiring::refreshed(domain::CallRefreshed refreshed) { carrier_.carry(shard_of(refreshed.call), refreshed); }

}  // namespace tertulia::server
