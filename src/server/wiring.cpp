// SPDX-License-Identifier: Apache-2.0
#include "server/wiring.h"

namespace tertulia::server {

using base::ShardId;

// ---- registrar

void RegistrarWiring::answer(ShardId edge, domain::BindAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void RegistrarWiring::record(domain::RegistrationRecord record) { world_.record(std::move(record)); }
void RegistrarWiring::endpoint_added(base::UserId user, const domain::EndpointRoute& route) {
  added.emplace_back(user, route);
}
void RegistrarWiring::endpoint_removed(base::UserId user, base::EndpointId endpoint, domain::DeregisterType why) {
  removed.push_back({user, endpoint, why});
}
void RegistrarWiring::drop_connection(ShardId edge, base::ConnectionId connection, base::Reason why) {
  carrier_.carry(edge, DropConnection{connection, why});
}

void BindingWatchWiring::news(ShardId edge, domain::BindingsNews news) { carrier_.carry(edge, std::move(news)); }

// ---- inbox

void InboxWiring::deliver(ShardId edge, domain::DeliverPage deliver) { carrier_.carry(edge, std::move(deliver)); }
void InboxWiring::answer(ShardId mcu, domain::InboxAnswer answer) { carrier_.carry(mcu, std::move(answer)); }
void InboxWiring::found(ShardId mcu, domain::EndpointsFound found) { carrier_.carry(mcu, std::move(found)); }
void InboxWiring::keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) {
  world_.keep(ticket, to, std::move(message));
}
void InboxWiring::load(base::Ticket ticket, base::UserId to, std::size_t limit) { world_.load(ticket, to, limit); }
void InboxWiring::forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) {
  world_.forget(ticket, to, sequence);
}

// ---- IMMCU

void ImmcuWiring::answer(ShardId edge, domain::PostAnswer answer) { carrier_.carry(edge, answer); }
void ImmcuWiring::answer(ShardId edge, domain::OpenAnswer answer) { carrier_.carry(edge, answer); }
void ImmcuWiring::answer(ShardId edge, domain::CloseAnswer answer) { carrier_.carry(edge, answer); }
void ImmcuWiring::deliver(ShardId edge, domain::DeliverSession deliver) { carrier_.carry(edge, std::move(deliver)); }
void ImmcuWiring::invite(ShardId edge, domain::InviteLeg invite) { carrier_.carry(edge, std::move(invite)); }
void ImmcuWiring::end(ShardId edge, domain::EndLeg end) { carrier_.carry(edge, end); }
void ImmcuWiring::deliver(domain::InboxDeliver deliver) {
  const ShardId to = carrier_.home(deliver.to);
  carrier_.carry(to, std::move(deliver));
}
void ImmcuWiring::find(domain::FindEndpoints find) {
  const ShardId to = carrier_.home(find.user);
  carrier_.carry(to, std::move(find));
}
void ImmcuWiring::record(base::Ticket ticket, domain::SessionRecord record) {
  world_.record(StoreUser::immcu_record, ticket, std::move(record));
}

// ---- conferences

void ConferenceWiring::answer(ShardId edge, domain::CreateAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void ConferenceWiring::answer(ShardId edge, domain::JoinAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void ConferenceWiring::answer(ShardId edge, domain::ChatAnswer answer) { carrier_.carry(edge, answer); }
void ConferenceWiring::answer(ShardId edge, domain::AddAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void ConferenceWiring::answer(ShardId edge, domain::CommandAnswer answer) { carrier_.carry(edge, answer); }
void ConferenceWiring::tell(ShardId edge, domain::RosterNews news) { carrier_.carry(edge, std::move(news)); }
void ConferenceWiring::end(domain::SeatEnded ended) { carrier_.carry(ended.edge, ended); }
void ConferenceWiring::grown(domain::LegGrown grown) {
  const ShardId to = grown.edge;
  carrier_.carry(to, std::move(grown));
}
void ConferenceWiring::succeed(domain::Succession succession) {
  const ShardId to = carrier_.conference(succession.key);
  carrier_.carry(to, std::move(succession));
}
void ConferenceWiring::list(domain::ConferenceListed listed) {
  const ShardId to = carrier_.home(listed.key.organizer);
  carrier_.carry(to, std::move(listed));
}
void ConferenceWiring::record(domain::ConferenceRow row) { world_.record(std::move(row)); }
void ConferenceWiring::store(base::Ticket ticket, domain::ConferenceFacts facts) {
  world_.change(ticket, std::move(facts));
}
void ConferenceWiring::forget(base::Ticket ticket, domain::ConferenceKey key) { world_.forget(ticket, std::move(key)); }

// ---- presence

void PresenceWiring::answer(ShardId edge, domain::PublishAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void PresenceWiring::answer(ShardId edge, domain::SetLevelAnswer answer) { carrier_.carry(edge, answer); }
void PresenceWiring::news(ShardId edge, domain::PresenceNews news) { carrier_.carry(edge, std::move(news)); }
void PresenceWiring::news(ShardId edge, domain::WatcherNews news) { carrier_.carry(edge, std::move(news)); }
void PresenceWiring::news(ShardId edge, domain::SelfNews news) { carrier_.carry(edge, std::move(news)); }
void PresenceWiring::blocked(base::UserId user, base::UserId peer) {
  const domain::ReachChanged changed{user, peer};
  if (peer) return carrier_.carry(carrier_.pair(user, peer), changed);
  for (std::uint16_t shard = 0; shard < carrier_.shard_count(); ++shard) carrier_.carry(ShardId{shard}, changed);
}
void PresenceWiring::change(base::Ticket ticket, domain::PresenceChange change) {
  world_.change(ticket, std::move(change));
}
bool PresenceWiring::has_contact(base::UserId user, std::string_view address) const {
  return contacts_.list(user)->find(address) != nullptr;
}

// ---- contacts

void ContactWiring::answer(ShardId edge, domain::ContactsAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void ContactWiring::news(ShardId edge, domain::ContactsNews news) { carrier_.carry(edge, std::move(news)); }
void ContactWiring::change(base::Ticket ticket, domain::ContactsChange change) {
  world_.change(ticket, std::move(change));
}

void ContactWiring::list_changed(base::UserId user) { changed.push_back(user); }

// ---- calls

void CallWiring::progress(ShardId edge, domain::CallProgress progress) { carrier_.carry(edge, std::move(progress)); }
void CallWiring::answered(ShardId edge, domain::CallAnswered answered) { carrier_.carry(edge, std::move(answered)); }
void CallWiring::refused(ShardId edge, domain::CallRefused refused) { carrier_.carry(edge, std::move(refused)); }
void CallWiring::ring(ShardId edge, domain::RingLeg ring) { carrier_.carry(edge, std::move(ring)); }
void CallWiring::stop(ShardId edge, domain::StopLeg stop) { carrier_.carry(edge, stop); }
void CallWiring::relay(ShardId edge, domain::RelayRequest request) { carrier_.carry(edge, std::move(request)); }
void CallWiring::answer(ShardId edge, domain::CallRequestAnswer answer) { carrier_.carry(edge, std::move(answer)); }
void CallWiring::cancel(ShardId edge, domain::CancelRelay cancel) { carrier_.carry(edge, cancel); }
void CallWiring::find(domain::FindCallee find) {
  const ShardId to = carrier_.home(find.user);
  carrier_.carry(to, std::move(find));
}
void CallWiring::notice(domain::CallNotice notice) {
  const ShardId to = carrier_.home(notice.user);
  carrier_.carry(to, std::move(notice));
}
void CallWiring::record(base::Ticket ticket, domain::SessionRecord record) {
  world_.record(StoreUser::call_record, ticket, std::move(record));
}

void CallBoardWiring::news(ShardId edge, domain::CallsNews news) { carrier_.carry(edge, std::move(news)); }

}  // namespace tertulia::server
