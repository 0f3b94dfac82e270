// SPDX-License-Identifier: Apache-2.0
// What the domain and the administrator tell a face, given to the part that it is for.
#include <utility>

#include "face/simple/face_state.h"

namespace tertulia::face::simple {

void Face::on(const domain::BindAnswer& answer, base::Now now) {
  const std::optional<base::ConnectionId> connection = state_->registration.on(answer, now);
  if (!connection) return;
  if (Connection* found = state_->context.find(*connection)) state_->arm(*found);
}
void Face::on(const domain::PostAnswer& answer, base::Now now) {
  if (!state_->pages.on(answer, now)) state_->sessions.on(answer, now);
}
void Face::on(const domain::OpenAnswer& answer, base::Now now) { state_->sessions.on(answer, now); }
void Face::on(const domain::CloseAnswer& answer, base::Now now) { state_->sessions.on(answer, now); }
void Face::on(const domain::DeliverPage& deliver, base::Now now) { state_->pages.on(deliver, now); }
void Face::on(const domain::DeliverSession& deliver, base::Now now) { state_->sessions.on(deliver, now); }
void Face::on(const domain::InviteLeg& invite, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(invite, now)) state_->sessions.on(invite, now);
}
void Face::on(const domain::EndLeg& end, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(end, now)) state_->sessions.on(end, now);
}
void Face::on(const domain::CreateAnswer& answer, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(answer, now)) state_->sessions.on(answer, now);
}
void Face::on(const domain::ConferencesAnswer& answer, base::Now now) {
  if (state_->dialect) state_->dialect->on(answer, now);
}
void Face::on(const domain::JoinAnswer& answer, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(answer, now)) state_->sessions.on(answer, now);
}
void Face::on(const domain::ChatAnswer& answer, base::Now now) { state_->sessions.on(answer, now); }
void Face::on(const domain::AddAnswer& answer, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(answer, now)) state_->sessions.on(answer, now);
}
void Face::on(const domain::CommandAnswer& answer, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(answer, now)) state_->sessions.on(answer, now);
}
void Face::on(const domain::RosterNews& news, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(news, now)) return state_->subscriptions.on(news, now);
  state_->dialect->flush(now);
}
/// Of this face's clients each seat is a leg, and ends by EndLeg.
void Face::on(const domain::SeatEnded& ended, base::Now now) {
  if (state_->dialect) state_->dialect->on(ended, now);
}
void Face::on(const domain::LegGrown& grown, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(grown, now)) state_->sessions.on(grown, now);
}
void Face::on(const domain::PublishAnswer& answer, base::Now now) {
  if (!state_->publications.on(answer, now) && state_->dialect) state_->dialect->on(answer, now);
}
void Face::on(const domain::SetLevelAnswer& answer, base::Now now) {
  if (state_->dialect) state_->dialect->on(answer, now);
}
void Face::on(const domain::ContactsAnswer& answer, base::Now now) {
  if (state_->dialect) state_->dialect->on(answer, now);
}
void Face::on(const domain::SelfNews& news, base::Now now) {
  if (state_->dialect && state_->dialect->on(news, now)) state_->dialect->flush(now);
}
void Face::on(const domain::PresenceNews& news, base::Now now) {
  if (!state_->dialect) return state_->subscriptions.on(news, now);
  domain::PresenceNews rest;
  for (const domain::PresenceNews::Item& item : news.items)
    if (!state_->dialect->on(item, now)) rest.items.push_back(item);
  state_->dialect->flush(now);
  if (!rest.items.empty()) state_->subscriptions.on(rest, now);
}
void Face::on(const domain::WatcherNews& news, base::Now now) { state_->subscriptions.on(news, now); }
void Face::on(const domain::ContactsNews& news, base::Now now) {
  if (!state_->dialect || !state_->dialect->on(news, now)) return state_->subscriptions.on(news, now);
  state_->dialect->flush(now);
}
void Face::on(const domain::BindingsNews& news, base::Now now) { state_->subscriptions.on(news, now); }
void Face::on(const domain::CallsNews& news, base::Now now) { state_->subscriptions.on(news, now); }
void Face::on(const domain::CallProgress& progress, base::Now now) { state_->calls.on(progress, now); }
void Face::on(const domain::CallAnswered& answered, base::Now now) { state_->calls.on(answered, now); }
void Face::on(const domain::CallRefused& refused, base::Now now) { state_->calls.on(refused, now); }
void Face::on(const domain::CallRequestAnswer& answer, base::Now now) { state_->calls.on(answer, now); }
void Face::on(const domain::RingLeg& ring, base::Now now) { state_->calls.on(ring, now); }
void Face::on(const domain::StopLeg& stop, base::Now now) { state_->calls.on(stop, now); }
void Face::on(const domain::RelayRequest& request, base::Now now) { state_->calls.on(request, now); }
void Face::on(const domain::CancelRelay& cancel, base::Now now) { state_->calls.on(cancel, now); }
void Face::on(const GuessJudged& judged, base::Now now) { state_->guard.on(judged, now); }

void Face::on_undeliverable(base::Ticket ticket, base::Now now) {
  if (state_->registration.on_undeliverable(ticket, now)) return;
  if (state_->pages.on_undeliverable(ticket, now)) return;
  if (state_->publications.on_undeliverable(ticket, now)) return;
  if (state_->dialect && state_->dialect->on_undeliverable(ticket, now)) return;
  state_->sessions.on_undeliverable(ticket, now);
}

void Face::set_directory(domain::DirectoryPtr directory, base::Now now) {
  const domain::DirectoryPtr before = std::exchange(state_->context.directory, std::move(directory));
  state_->guard.on_directory_changed();
  state_->gate.on_directory_changed(*before);
  if (state_->dialect) state_->dialect->on_directory_changed(*before, now);
  state_->drop_unwelcome();
}

/// A dialect's client proves himself once, then his connection stands for him: it ends with his permission.  Where a
/// device of his is bound, the registrar ends it, and the record tells why.
void Face::State::drop_unwelcome() {
  for (const auto& [id, connection] : context.connections) {
    const base::UserId proven = connection->dialect ? connection->dialect->proven() : base::UserId{};
    if (!proven || connection->closing || !connection->endpoints.empty()) continue;
    const domain::User* user = context.directory->find(proven);
    if (user == nullptr || !user->enabled) close(*connection, base::name_of(base::Reason::account_disabled));
  }
}

void Face::set_settings(const FaceSettings& settings) { state_->context.adopt(settings); }

void Face::stop(base::Now now) {
  state_->gate.stop();
  state_->subscriptions.stop(now);
  state_->sessions.stop(now);
  state_->calls.stop(now);
  if (state_->dialect) state_->dialect->stop(now);
}

const FaceMetrics& Face::metrics() const { return state_->context.metrics; }
Context& Face::context() { return state_->context; }
SignInGuard& Face::guard() { return state_->guard; }
std::size_t Face::session_count() const { return state_->sessions.count(); }
std::size_t Face::subscription_count() const {
  return state_->subscriptions.count() + (state_->dialect ? state_->dialect->subscription_count() : 0);
}
std::size_t Face::call_leg_count() const { return state_->calls.count(); }

}  // namespace tertulia::face::simple
