// SPDX-License-Identifier: Apache-2.0
#include "server/shard.h"

#include <utility>

namespace tertulia::server {

using base::Now;

Shard::Shard(const ShardSettings& settings, base::ShardId id, std::uint16_t shard_count, ShardWorld& world,
             const base::Random::Seed& seed, std::uint64_t boot_seconds, const base::Log& log,
             const domain::CredentialKeeper& keeper, domain::DirectoryPtr directory)
    : carrier_(id, shard_count, world),
      directory_(std::move(directory)),
      random_(seed),
      ids_(id, boot_seconds),
      face_wiring_(carrier_, world),
      registrar_wiring_(carrier_, world),
      binding_watch_wiring_(carrier_),
      inbox_wiring_(carrier_, world),
      immcu_wiring_(carrier_, world),
      conference_wiring_(carrier_, world),
      contact_wiring_(carrier_, world),
      presence_wiring_(carrier_, world, contacts_),
      call_wiring_(carrier_, world),
      board_wiring_(carrier_),
      registrar_(settings.registrar, id, registrar_wiring_, random_, boot_seconds),
      binding_watch_(registrar_, binding_watch_wiring_),
      inbox_(id, registrar_, inbox_wiring_),
      immcu_(settings.immcu, id, immcu_wiring_, boot_seconds, &conference_wiring_),
      contacts_(contact_wiring_),
      presence_(settings.presence, id, registrar_, presence_wiring_, boot_seconds),
      calls_(settings.calls, id, call_wiring_, boot_seconds),
      board_(board_wiring_),
      face_(settings.face, face_wiring_, random_, ids_, log, keeper, id, directory_,
            face::lync::dialect_factory(settings.lync, settings.lync_schemes)) {
  set_conference_settings(settings.conference);
}

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
  presence_.on_deadline(*directory_, now);
  calls_.on_deadline(now);
  face_.on_deadline(now);
  settle(now);
}

std::optional<base::TimePoint> Shard::deadline() const {
  std::optional<base::TimePoint> earliest;
  for (const auto& candidate : {registrar_.deadline(), inbox_.deadline(), immcu_.deadline(), presence_.deadline(),
                                calls_.deadline(), face_.deadline(), carrier_.deadline()})
    if (candidate && (!earliest || *candidate < *earliest)) earliest = candidate;
  return earliest;
}

void Shard::on_web(const face::web::Request& request, face::web::Answer answer) {
  router_.serve(request, std::move(answer));
  settle(request.now);
}

/// Ends a turn: what the parts told each other is handled until they are silent.  It ends, since each step answers a
/// question that came from outside.
void Shard::settle(Now now) {
  const auto take = [](auto& queue) {
    auto first = std::move(queue.front());
    queue.pop_front();
    return first;
  };
  for (;;) {
    if (!registrar_wiring_.removed.empty()) {
      const auto [user, endpoint, why] = take(registrar_wiring_.removed);
      inbox_.on_endpoint_removed(user, endpoint, now);
      presence_.on_endpoint_removed(user, endpoint, *directory_, now);
      binding_watch_.on_endpoint_removed(user, endpoint, why, now);
    } else if (!registrar_wiring_.added.empty()) {
      const auto [user, route] = take(registrar_wiring_.added);
      inbox_.on_endpoint_added(user, route, now);
      presence_.on_endpoint_added(user, route, *directory_, now);
      binding_watch_.on_endpoint_added(user, now);
    } else if (!contact_wiring_.changed.empty()) {
      presence_.on_contacts_changed(take(contact_wiring_.changed), *directory_, now);
    } else if (!face_wiring_.undeliverable.empty()) {
      face_.on_undeliverable(take(face_wiring_.undeliverable), now);
    } else if (auto envelope = carrier_.next()) {
      handle(*envelope, now);
    } else {
      break;
    }
  }
  if (carrier_.waits()) carrier_.flush(now);
}

// ---- from the administrator --------------------------------------------------------------------------------------------

void Shard::set_directory(domain::DirectoryPtr directory, Now now) {
  const domain::DirectoryPtr before = std::exchange(directory_, std::move(directory));
  face_.set_directory(directory_, now);
  registrar_.on_directory_changed(*directory_, now);
  presence_.on_directory_changed(*before, *directory_, now);
  for (const base::UserId user : directory_->changed_since(*before)) {
    const domain::User* was = before->find(user);
    const domain::User* is = directory_->find(user);
    if (was != nullptr && is != nullptr && was->blocked != is->blocked)
      immcu_.on_reach_changed({user, {}}, *directory_, now);
    if (directory_->find(user) != nullptr || carrier_.home(user) != carrier_.id()) continue;
    inbox_.on_user_removed(user);
    contacts_.on_user_removed(user);
    binding_watch_.on_user_removed(user);
    board_.on_user_removed(user);
    for (domain::ConferenceKey& key : conference_index_.of(user)) {
      const base::ShardId at = carrier_.conference(key);
      carrier_.carry(at, domain::ConferenceCommand{{}, carrier_.id(), std::move(key), {}, domain::conference::End{}});
    }
  }
  settle(now);
}

void Shard::set_settings(const ShardSettings& settings) {
  registrar_.set_settings(settings.registrar);
  immcu_.set_settings(settings.immcu);
  set_conference_settings(settings.conference);
  presence_.set_settings(settings.presence);
  calls_.set_settings(settings.calls);
  face_.set_settings(settings.face);
}

void Shard::set_conference_settings(domain::ConferenceSettings settings) {
  settings.shard_count = carrier_.shard_count();
  immcu_.set_conference_settings(settings);
}

void Shard::restore(const std::vector<domain::ConferenceFacts>& conferences, Now now) {
  immcu_.restore(conferences, *directory_, now);
  settle(now);
}

void Shard::serve_web(face::web_ticket::PasswordJudge& judge,
                      std::shared_ptr<const protocol::auth::CertificateIssuer> issuer,
                      const face::web_ticket::WebTicketSettings& settings) {
  web_tickets_ = std::make_unique<face::web_ticket::WebTicketService>(face_.context(), face_.guard(), judge,
                                                                      std::move(issuer), settings, web_ticket_metrics_);
  web_tickets_->add_to(router_);
  address_book_ =
      std::make_unique<face::web_ticket::AddressBookService>(face_.context(), *web_tickets_, settings.base_url);
  address_book_->add_to(router_);
  join_pages_ = std::make_unique<face::web_join::JoinPages>(directory_->domains().front());
  join_pages_->add_to(router_);
}

void Shard::serve_photos(face::web_ticket::PhotoSource& source, const face::lync::PhotoAddresses& photos) {
  photos_ = std::make_unique<face::web_ticket::PhotoService>(face_.context(), source, photos, photo_metrics_);
  photos_->add_to(router_);
}

void Shard::stop(Now now) {
  face_.stop(now);
  settle(now);
  calls_.stop(now);
  settle(now);
  immcu_.stop(now);
  settle(now);
  registrar_.stop(now);
  settle(now);
}

template <typename Question, typename Answer>
void Shard::put_question(Question&& question, std::function<void(const Answer&)> done, Now now) {
  question.ticket = ids_.next<base::Ticket>();
  question.edge = carrier_.id();
  asked_[question.ticket] = [done = std::move(done)](const Envelope& envelope) { done(std::get<Answer>(envelope)); };
  on_envelope(Envelope(std::forward<Question>(question)), now);
}

void Shard::ask(domain::PublishPresence question, std::function<void(const domain::PublishAnswer&)> done, Now now) {
  put_question(std::move(question), std::move(done), now);
}
void Shard::ask(domain::SetLevel question, std::function<void(const domain::SetLevelAnswer&)> done, Now now) {
  put_question(std::move(question), std::move(done), now);
}
void Shard::ask(domain::CreateConference question, std::function<void(const domain::CreateAnswer&)> done, Now now) {
  put_question(std::move(question), std::move(done), now);
}
void Shard::ask(domain::ConferenceCommand question, std::function<void(const domain::CommandAnswer&)> done, Now now) {
  put_question(std::move(question), std::move(done), now);
}
void Shard::ask(domain::ChangeContacts question, std::function<void(const domain::ContactsAnswer&)> done, Now now) {
  put_question(std::move(question), std::move(done), now);
}

}  // namespace tertulia::server
