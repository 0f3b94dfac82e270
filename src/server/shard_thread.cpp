// SPDX-License-Identifier: Apache-2.0
#include "server/shard_thread.h"

#include <sodium.h>

#include <utility>

#include "domain/record/record_fields.h"

namespace tertulia::server {
namespace {

base::Random::Seed fresh_seed() {
  base::Random::Seed seed;
  randombytes_buf(seed.data(), seed.size());
  return seed;
}

constexpr std::size_t crowded_from = mailbox_envelopes_max / 4 * 3;

}  // namespace

ShardThread::ShardThread(const ShardSurroundings& surroundings, base::ShardId id, std::uint16_t shard_count,
                         domain::DirectoryPtr directory)
    : stores_(surroundings.stores),
      log_(surroundings.log),
      id_(id),
      loop_(surroundings.clock),
      connection_ids_(id, surroundings.boot_seconds),
      transport_(loop_, connection_ids_, surroundings.log, surroundings.transport),
      shard_(surroundings.shard, id, shard_count, *this, fresh_seed(), surroundings.boot_seconds, surroundings.log,
             surroundings.keeper, std::move(directory)),
      mailbox_(loop_, mailbox_envelopes_max, [this](std::vector<Envelope>& envelopes) { on_envelopes(envelopes); }),
      deadline_(loop_),
      turn_end_(loop_, [this] { end_turn(); }) {}

ShardThread::~ShardThread() { join(); }

void ShardThread::start() {
  thread_ = std::thread([this] {
    turn_end_.request();
    loop_.run();
  });
}

void ShardThread::join() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  loop_.stop();
  thread_.join();
}

bool ShardThread::post(std::function<void(Shard&, base::Now)> run) {
  return mailbox_.try_send(Envelope(Task{std::move(run)}));
}

bool ShardThread::post_transport(std::function<void(io::Transport&)> run) {
  return loop_.post([this, run = std::move(run)] { run(transport_); });
}

bool ShardThread::post_web(std::function<void(io::HttpServer&)> run) {
  if (!web_) return true;
  return loop_.post([this, run = std::move(run)] { run(*web_); });
}

// ---- web services ----------------------------------------------------------------------------------------------------

bool ShardThread::Judge::judge(domain::Credentials credentials, std::string password, Done done) {
  return worker_.judge(std::move(credentials), std::move(password), [this, done = std::move(done)](bool right) {
    shard_.bring(Task{[done, right](Shard&, base::Now now) { done(right, now); }});
  });
}

void ShardThread::Photos::load_photo(base::UserId user, Done done) {
  shard_.stores_.photos.load_photo(user, [this, done = std::move(done)](base::Result<domain::PhotoPtr> photo) {
    shard_.bring(Task{[done, photo = std::move(photo)](Shard&, base::Now) { done(photo); }});
  });
}

void ShardThread::serve_web(const WebParts& parts, PasswordWorker& worker, const io::HttpSettings& settings,
                            std::shared_ptr<const io::TlsContext> tls) {
  judge_ = std::make_unique<Judge>(*this, worker);
  photos_ = std::make_unique<Photos>(*this);
  shard_.serve_web(*judge_, parts.issuer, parts.tickets);
  shard_.serve_photos(*photos_, parts.photos);
  web_ = std::make_unique<io::HttpServer>(
      loop_, connection_ids_, log_,
      [this](io::HttpTicket ticket, io::HttpRequest request) {
        shard_.on_web(to_face(std::move(request), loop_.now()), [this, ticket](face::web::Response response) {
          web_->answer(ticket, to_io(std::move(response)));
        });
        turn_end_.request();
      },
      settings);
  web_->use_tls(std::move(tls));
}

// ---- events ----------------------------------------------------------------------------------------------------------

void ShardThread::on_accepted(base::ConnectionId id, const io::PeerInfo& peer) {
  shard_.on_accepted(id, {peer.remote.host(), peer.remote.port, peer.tls, peer.local.port}, loop_.now());
  turn_end_.request();
}

void ShardThread::on_bytes(base::ConnectionId id, std::string_view bytes) {
  shard_.on_bytes(id, bytes, loop_.now());
  turn_end_.request();
}

void ShardThread::on_closed(base::ConnectionId id, io::CloseCause cause) {
  shard_.on_closed(id, cause == io::CloseCause::peer_closed, loop_.now());
  turn_end_.request();
}

void ShardThread::on_envelopes(std::vector<Envelope>& envelopes) {
  for (Envelope& envelope : envelopes) shard_.on_envelope(std::move(envelope), loop_.now());
  turn_end_.request();
}

void ShardThread::end_turn() {
  if (!own_.empty()) {
    std::vector<Envelope> own = std::exchange(own_, {});
    on_envelopes(own);
  }
  last_turn_us_.store(loop_.now().wall.us, std::memory_order_relaxed);
  const auto earliest = shard_.deadline();
  if (!earliest) return deadline_.cancel();
  if (deadline_.armed() && deadline_.deadline() == *earliest) return;
  deadline_.arm(*earliest, [this] {
    shard_.on_deadline(loop_.now());
    turn_end_.request();
  });
}

// ---- the shard's world -----------------------------------------------------------------------------------------------

void ShardThread::send_bytes(base::ConnectionId connection, std::string_view bytes) {
  transport_.send(connection, bytes);
}

void ShardThread::close_connection(base::ConnectionId connection) {
  transport_.close(connection, io::CloseMode::after_flush);
}

bool ShardThread::send(base::ShardId to, Envelope& envelope) { return peers_[to.value]->take(envelope); }

bool ShardThread::crowded(base::ShardId to) const { return peers_[to.value]->mailbox_.size() >= crowded_from; }

bool ShardThread::take(Envelope& envelope) { return mailbox_.try_send(std::move(envelope)); }

void ShardThread::bring(Envelope envelope) {
  using namespace std::chrono_literals;
  while (!take(envelope) && !stopping_) {
    // A refusal the store gave at once: waiting here would be for ever.
    if (std::this_thread::get_id() == thread_.get_id()) {
      own_.push_back(std::move(envelope));
      return turn_end_.request();
    }
    std::this_thread::sleep_for(1ms);
  }
}

std::function<void(base::Result<void>)> ShardThread::done(StoreUser user, base::Ticket ticket) {
  if (!ticket) return {};
  return [this, user, ticket](base::Result<void> result) { bring(StoreDone{user, ticket, std::move(result)}); };
}

void ShardThread::keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) {
  stores_.kept_messages.keep(to, std::move(message), done(StoreUser::inbox_keep, ticket));
}

void ShardThread::load(base::Ticket ticket, base::UserId to, std::size_t limit) {
  stores_.kept_messages.load(to, limit, [this, ticket](base::Result<std::vector<domain::KeptMessage>> result) {
    bring(StoreLoaded{ticket, std::move(result)});
  });
}

void ShardThread::forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) {
  stores_.kept_messages.forget(to, sequence, done(StoreUser::inbox_forget, ticket));
}

void ShardThread::change(base::Ticket ticket, domain::PresenceChange change) {
  stores_.presence.change_presence(std::move(change), done(StoreUser::presence, ticket));
}

void ShardThread::change(base::Ticket ticket, domain::ContactsChange change) {
  stores_.contacts.change_contacts(std::move(change), done(StoreUser::contacts, ticket));
}

/// The record of a conversation is written when it begins and when it ends.
void ShardThread::note_conversation(const domain::SessionRecord& record) const {
  if (!log_.enabled(base::LogLevel::debug)) return;
  if (!record.end_time)
    return log_.debug("record of a conversation opened", {{"conversation", record.conversation},
                                                          {"call_id", record.call_id},
                                                          {"mode", domain::name_of(record.mode)},
                                                          {"record", record.id}});
  log_.debug("record of a conversation closed", {{"conversation", record.conversation},
                                                 {"call_id", record.call_id},
                                                 {"mode", domain::name_of(record.mode)},
                                                 {"record", record.id},
                                                 {"status", record.response_code},
                                                 {"diagnostic_id", record.diagnostic_id}});
}

void ShardThread::record(StoreUser user, base::Ticket ticket, domain::SessionRecord record) {
  if (user == StoreUser::immcu_record) note_conversation(record);
  stores_.records.put_session(std::move(record), done(user, ticket));
}

void ShardThread::record(domain::RegistrationRecord record) { stores_.records.put_registration(std::move(record), {}); }

void ShardThread::record(domain::ConferenceRow row) { stores_.records.put_conference(std::move(row), {}); }

void ShardThread::change(base::Ticket ticket, domain::ConferenceFacts facts) {
  stores_.conferences.put_conference_facts(std::move(facts), done(StoreUser::conference, ticket));
}

void ShardThread::forget(base::Ticket ticket, domain::ConferenceKey key) {
  stores_.conferences.remove_conference(std::move(key), done(StoreUser::conference, ticket));
}

}  // namespace tertulia::server
