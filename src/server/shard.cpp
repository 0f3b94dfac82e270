// SPDX-License-Identifier: Apache-2.0
#include "server/shard.h"

#include <type_traits>
#include <utility>

#include "domain/conversation/immcu.h"

namespace tertulia::server {

using base::Now;
using base::ShardId;

Shard::Shard(const ShardSettings& settings, ShardId id, std::uint16_t shard_count, ShardWorld& world,
             const base::Random::Seed& seed, std::uint64_t boot_seconds, const base::Log& log,
             const domain::CredentialKeeper& keeper, domain::DirectoryPtr directory)
    : id_(id),
      shard_count_(shard_count),
      world_(world),
      directory_(std::move(directory)),
      random_(seed),
      ids_(id, boot_seconds),
      registrar_(settings.registrar, id, *this, random_, boot_seconds),
      inbox_(id, registrar_, *this),
      immcu_(settings.immcu, id, *this, boot_seconds),
      face_(settings.face, *this, random_, ids_, log, keeper, id, directory_) {}

Shard::~Shard() = default;

// ---- events from outside: each is one turn ----------------------------------------------------------------------------

void Shard::on_accepted(base::ConnectionId connection, face::simple::Peer peer, Now now) {
  face_.on_accepted(connection, std::move(peer), now);
  settle(now);
}

void Shard::on_bytes(base::ConnectionId connection, std::string_view bytes, Now now) {
  face_.on_bytes(connection, bytes, now);
  settle(now);
}

void Shard::on_closed(base::ConnectionId connection, bool orderly, Now now) {
  face_.on_closed(connection, orderly, now);
  settle(now);
}

void Shard::on_envelope(Envelope envelope, Now now) {
  handle(envelope, now);
  settle(now);
}

void Shard::on_deadline(Now now) {
  registrar_.on_deadline(now);
  inbox_.on_deadline(now);
  immcu_.on_deadline(now);
  face_.on_deadline(now);
  settle(now);
}

std::optional<base::TimePoint> Shard::deadline() const {
  std::optional<base::TimePoint> earliest;
  for (const auto& candidate : {registrar_.deadline(), inbox_.deadline(), immcu_.deadline(), face_.deadline()})
    if (candidate && (!earliest || *candidate < *earliest)) earliest = candidate;
  if (!waiting_.empty() && (!earliest || waiting_again_ < *earliest)) earliest = waiting_again_;
  return earliest;
}

void Shard::set_directory(domain::DirectoryPtr directory, Now now) {
  const domain::DirectoryPtr before = std::exchange(directory_, std::move(directory));
  face_.set_directory(directory_, now);
  registrar_.on_directory_changed(*directory_, now);
  for (const base::UserId user : directory_->changed_since(*before))
    if (directory_->find(user) == nullptr && home(user) == id_) inbox_.on_user_removed(user);
  settle(now);
}

void Shard::set_settings(const ShardSettings& settings) {
  registrar_.set_settings(settings.registrar);
  immcu_.set_settings(settings.immcu);
  face_.set_settings(settings.face);
}

void Shard::stop(Now now) {
  face_.stop(now);
  settle(now);
  immcu_.stop(now);
  settle(now);
  registrar_.stop(now);
  settle(now);
}

// ---- carrying --------------------------------------------------------------------------------------------------------

void Shard::carry(ShardId to, Envelope envelope) {
  if (to == id_) {
    local_.push_back(std::move(envelope));
  } else if (!waiting_.empty() || !world_.send(to, envelope)) {
    waiting_.emplace_back(to, std::move(envelope));  // behind what waits already, so that order holds
  }
}

void Shard::offer(ShardId to, base::Ticket ticket, Envelope envelope) {
  if (to != id_ && (world_.crowded(to) || !waiting_.empty())) {
    metrics_.refused_crowded.add();
    undeliverable_.push_back(ticket);
    return;
  }
  carry(to, std::move(envelope));
}

void Shard::flush_waiting(Now now) {
  waiting_again_ = now.mono + waiting_pause;
  while (!waiting_.empty() && world_.send(waiting_.front().first, waiting_.front().second)) waiting_.pop_front();
  metrics_.waiting.set(static_cast<std::int64_t>(waiting_.size()));
}

/// Ends a turn: what the parts told each other is handled until they are silent.  It ends, since each step answers a
/// question that came from outside.
void Shard::settle(Now now) {
  for (;;) {
    if (!removed_.empty()) {
      const auto [user, endpoint] = removed_.front();
      removed_.pop_front();
      inbox_.on_endpoint_removed(user, endpoint, now);
    } else if (!added_.empty()) {
      const auto [user, route] = std::move(added_.front());
      added_.pop_front();
      inbox_.on_endpoint_added(user, route, now);
    } else if (!undeliverable_.empty()) {
      const base::Ticket ticket = undeliverable_.front();
      undeliverable_.pop_front();
      face_.on_undeliverable(ticket, now);
    } else if (!local_.empty()) {
      Envelope envelope = std::move(local_.front());
      local_.pop_front();
      handle(envelope, now);
    } else {
      break;
    }
  }
  if (!waiting_.empty()) flush_waiting(now);
}

void Shard::handle(Envelope& envelope, Now now) {
  metrics_.envelopes.add();
  std::visit(
      [&](auto& event) {
        using Event = std::decay_t<decltype(event)>;
        if constexpr (std::is_same_v<Event, domain::BindRequest>) {
          registrar_.on_bind(event, *directory_, now);
        } else if constexpr (std::is_same_v<Event, domain::ConnectionGone>) {
          registrar_.on_connection_gone(event, now);
        } else if constexpr (std::is_same_v<Event, domain::SignInFailed>) {
          registrar_.on_sign_in_failed(event, now);
        } else if constexpr (std::is_same_v<Event, domain::PostPage> || std::is_same_v<Event, domain::PostSession>) {
          immcu_.on_post(event, *directory_, now);
        } else if constexpr (std::is_same_v<Event, domain::OpenSession>) {
          immcu_.on_open(event, *directory_, now);
        } else if constexpr (std::is_same_v<Event, domain::CancelOpen>) {
          immcu_.on_cancel(event, now);
        } else if constexpr (std::is_same_v<Event, domain::CloseLeg>) {
          immcu_.on_close(event, now);
        } else if constexpr (std::is_same_v<Event, ToInbox>) {
          inbox_.on_answer(event.answer, now);
        } else if constexpr (std::is_same_v<Event, ToMcu>) {
          immcu_.on_delivered(event.answer, now);
        } else if constexpr (std::is_same_v<Event, domain::LegAnswer>) {
          immcu_.on_leg(event, now);
        } else if constexpr (std::is_same_v<Event, domain::InboxDeliver>) {
          inbox_.on_deliver(event, *directory_, now);
        } else if constexpr (std::is_same_v<Event, domain::InboxAnswer>) {
          immcu_.on_inbox(event, now);
        } else if constexpr (std::is_same_v<Event, domain::FindEndpoints>) {
          inbox_.on_find(event);
        } else if constexpr (std::is_same_v<Event, domain::EndpointsFound>) {
          immcu_.on_found(event, *directory_, now);
        } else if constexpr (std::is_same_v<Event, DropConnection>) {
          face_.drop(event.connection, event.why, now);
        } else if constexpr (std::is_same_v<Event, StoreKept>) {
          inbox_.on_kept(event.ticket, std::move(event.result), now);
        } else if constexpr (std::is_same_v<Event, StoreLoaded>) {
          inbox_.on_loaded(event.ticket, std::move(event.result), now);
        } else if constexpr (std::is_same_v<Event, StoreForgotten>) {
          inbox_.on_forgotten(event.ticket, std::move(event.result), now);
        } else if constexpr (std::is_same_v<Event, StoreRecorded>) {
          immcu_.on_recorded(event.ticket, std::move(event.result), now);
        } else if constexpr (std::is_same_v<Event, Task>) {
          event.run(*this, now);
        } else {
          face_.on(
              event,
              now);  // BindAnswer, PostAnswer, OpenAnswer, CloseAnswer, DeliverPage, DeliverSession, InviteLeg, EndLeg
        }
      },
      envelope);
}

// ---- the face's ports ------------------------------------------------------------------------------------------------

void Shard::send(base::ConnectionId connection, std::string_view bytes) { world_.send_bytes(connection, bytes); }
void Shard::close(base::ConnectionId connection) { world_.close_connection(connection); }

void Shard::bind(domain::BindRequest request) {
  const ShardId to = home(request.user);
  const base::Ticket ticket = request.ticket;
  offer(to, ticket, std::move(request));
}
void Shard::connection_gone(domain::ConnectionGone gone) { carry(home(gone.user), gone); }
void Shard::sign_in_failed(domain::SignInFailed failed) { local_.emplace_back(std::move(failed)); }
void Shard::judged(const face::simple::GuessJudged& judged) {
  for (std::uint16_t other = 0; other < shard_count_; ++other)
    if (other != id_.value) carry(ShardId{other}, judged);
}
void Shard::answer_inbox(ShardId home_shard, domain::DeliverAnswer answer) { carry(home_shard, ToInbox{answer}); }

void Shard::post(domain::PostPage post) {
  const ShardId to = domain::conversation_shard(post.message->from, post.to, shard_count_);
  const base::Ticket ticket = post.ticket;
  offer(to, ticket, std::move(post));
}
void Shard::post(domain::PostSession post) {
  const base::Ticket ticket = post.ticket;
  const ShardId to = domain::conversation_shard(post.conversation);
  offer(to, ticket, std::move(post));
}
void Shard::open(domain::OpenSession open) {
  const ShardId to = domain::conversation_shard(open.from, open.to, shard_count_);
  const base::Ticket ticket = open.ticket;
  offer(to, ticket, std::move(open));
}
void Shard::cancel(domain::CancelOpen cancel) {
  carry(domain::conversation_shard(cancel.from, cancel.to, shard_count_), cancel);
}
void Shard::close_leg(domain::CloseLeg close) { carry(domain::conversation_shard(close.conversation), close); }
void Shard::answer_mcu(ShardId mcu, domain::DeliverAnswer answer) { carry(mcu, ToMcu{answer}); }
void Shard::answer_mcu(ShardId mcu, domain::LegAnswer answer) { carry(mcu, answer); }

// ---- the registrar's ports -------------------------------------------------------------------------------------------

void Shard::answer(ShardId edge, domain::BindAnswer answer) { carry(edge, std::move(answer)); }
void Shard::record(domain::RegistrationRecord record) { world_.record(std::move(record)); }
void Shard::endpoint_added(base::UserId user, const domain::EndpointRoute& route) { added_.emplace_back(user, route); }
void Shard::endpoint_removed(base::UserId user, base::EndpointId endpoint, domain::DeregisterType) {
  removed_.emplace_back(user, endpoint);
}
void Shard::drop_connection(ShardId edge, base::ConnectionId connection, base::Reason why) {
  carry(edge, DropConnection{connection, why});
}

// ---- the inbox's ports -----------------------------------------------------------------------------------------------

void Shard::deliver(ShardId edge, domain::DeliverPage deliver) { carry(edge, std::move(deliver)); }
void Shard::answer(ShardId mcu, domain::InboxAnswer answer) { carry(mcu, std::move(answer)); }
void Shard::found(ShardId mcu, domain::EndpointsFound found) { carry(mcu, std::move(found)); }
void Shard::keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) {
  world_.keep(id_, ticket, to, std::move(message));
}
void Shard::load(base::Ticket ticket, base::UserId to, std::size_t limit) { world_.load(id_, ticket, to, limit); }
void Shard::forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) {
  world_.forget(id_, ticket, to, sequence);
}

// ---- the IMMCU's ports -----------------------------------------------------------------------------------------------

void Shard::answer(ShardId edge, domain::PostAnswer answer) { carry(edge, answer); }
void Shard::answer(ShardId edge, domain::OpenAnswer answer) { carry(edge, answer); }
void Shard::answer(ShardId edge, domain::CloseAnswer answer) { carry(edge, answer); }
void Shard::deliver(ShardId edge, domain::DeliverSession deliver) { carry(edge, std::move(deliver)); }
void Shard::invite(ShardId edge, domain::InviteLeg invite) { carry(edge, std::move(invite)); }
void Shard::end(ShardId edge, domain::EndLeg end) { carry(edge, end); }
void Shard::deliver(domain::InboxDeliver deliver) {
  const ShardId to = home(deliver.to);
  carry(to, std::move(deliver));
}
void Shard::find(domain::FindEndpoints find) { carry(home(find.user), find); }
void Shard::record(base::Ticket ticket, domain::SessionRecord record) { world_.record(id_, ticket, std::move(record)); }

}  // namespace tertulia::server
