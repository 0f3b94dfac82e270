// SPDX-License-Identifier: Apache-2.0
#include "face/simple/registration.h"

#include <algorithm>
#include <utility>

#include "face/simple/dialect.h"
#include "face/simple/limits.h"
#include "face/simple/sip_date.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Writer;

constexpr int moved_temporarily = 302;

/// The binding is one that this request made or refreshed.
bool is_asked_for(const RegisterWish& wish, const domain::BindingInfo& binding) {
  return std::any_of(wish.contacts.begin(), wish.contacts.end(), [&](const domain::ContactChange& contact) {
    if (!contact.instance.empty() && contact.instance == binding.instance) return contact.reg_id == binding.reg_id;
    return contact.uri == binding.uri;
  });
}

bool contains(const std::vector<BoundEndpoint>& endpoints, base::EndpointId endpoint) {
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [&](const BoundEndpoint& one) { return one.endpoint == endpoint; });
}

}  // namespace

void Registration::on_register(const Request& request) {
  if (request.basics.to.uri.address_of_record() != request.user->address.text())
    return context_.refuse(request, Reason::register_other_user);
  base::Result<RegisterWish> wish = read_register(request);
  if (!wish) return context_.refuse(request, wish.reason(), 0, wish.error().detail);
  if (waiting_.size() >= waiting_answers_max) return context_.refuse(request, Reason::server_busy);
  const bool binds = !wish->contacts.empty();
  if (binds && !note_user(request.connection, request.user->id))
    return context_.refuse(request, Reason::too_many_endpoints);

  const std::string_view instance = binds ? std::string_view(wish->contacts.front().instance) : std::string_view();
  domain::ClientInfoPtr client = client_of(request, instance);
  domain::BindRequest bind;
  bind.ticket = context_.ids.next<base::Ticket>();
  bind.edge = context_.shard;
  bind.connection = request.connection.id;
  bind.user = request.user->id;
  bind.contacts = wish->contacts;
  bind.remove_all = wish->remove_all;
  bind.gruu_wanted = wish->gruu;
  bind.call_id = request.basics.call_id;
  bind.cseq = request.basics.cseq.number;
  bind.client = client;
  waiting_.emplace(bind.ticket, Waiting{context_.pend(request), request.user->id, request.user->address.text(),
                                        *std::move(wish), std::move(client), request.authentication_info});
  context_.ports.bind(std::move(bind));
}

/// Before the answer is known, so that a connection that dies meanwhile is still told about.
bool Registration::note_user(Connection& connection, base::UserId user) {
  std::vector<base::UserId>& users = connection.bound_users;
  if (std::find(users.begin(), users.end(), user) != users.end()) return true;
  if (users.size() >= users_per_connection_max) return false;
  users.push_back(user);
  return true;
}

std::optional<base::ConnectionId> Registration::on(const domain::BindAnswer& answer, base::Now now) {
  auto found = waiting_.extract(answer.ticket);
  if (found.empty()) return std::nullopt;
  const Waiting& waiting = found.mapped();
  if (answer.reason == Reason::none) {
    const bool fresh = keep_books(waiting, answer, now);
    accept(waiting, answer, fresh, now);
  } else {
    refuse(waiting, answer, now);
  }
  return waiting.pending.connection;
}

void Registration::refuse(const Waiting& waiting, const domain::BindAnswer& answer, base::Now now) {
  if (answer.reason == Reason::home_elsewhere) return send_home(waiting, answer, now);
  if (answer.reason != Reason::interval_too_brief) return context_.refuse(waiting.pending, answer.reason, now);
  context_.refuse(waiting.pending, answer.reason, now, 0, {}, [&](Writer& writer) {
    writer.header(HeaderName::min_expires, base::whole_seconds(answer.lease_min));  // RFC 3261 10.3 step 7
  });
}

/// RFC 3261 8.3: a registrar may redirect.  302, so that a phone asks here again when it starts the next time.
void Registration::send_home(const Waiting& waiting, const domain::BindAnswer& answer, base::Now now) {
  context_.metrics.redirections.add();
  context_.refuse(waiting.pending, answer.reason, now, moved_temporarily, {}, [&](Writer& writer) {
    writer.header(HeaderName::contact, "<sip:" + answer.home_server + ";transport=tls>");
  });
}

void Registration::accept(const Waiting& waiting, const domain::BindAnswer& answer, bool fresh, base::Now now) {
  context_.metrics.registrations.add();
  Writer writer = context_.begin(waiting.pending, 200);
  Connection* connection = context_.find(waiting.pending.connection);
  const bool dialect = connection != nullptr && connection->dialect != nullptr;
  for (const domain::BindingInfo& binding : answer.bindings) {
    writer.header(HeaderName::contact, contact_line(binding, {waiting.address, waiting.wish.gruu, dialect}));
    // COMPAT(pidgin-sipe 1.25): a 200 without an Expires header is ignored and the client hangs.
    if (binding.endpoint == answer.endpoint) writer.header(HeaderName::expires, base::whole_seconds(binding.left));
  }
  if (dialect) {
    const bool signed_out = connection->endpoints.empty();
    context_.dialect->describe_registration({*connection, waiting.address, answer, fresh, signed_out}, writer);
  } else {
    describe(waiting, writer);
  }
  writer.header(HeaderName::date, sip_date(now.wall));
  if (!waiting.authentication_info.empty()) writer.header(HeaderName::authentication_info, waiting.authentication_info);
  context_.reply(waiting.pending.transaction, 200, std::move(writer), now);
}

void Registration::describe(const Waiting& waiting, Writer& writer) const {
  if (waiting.wish.outbound) {  // RFC 5626 4.4 and 6
    writer.header(HeaderName::require, "outbound");
    writer.header("Flow-Timer", std::to_string(base::whole_seconds(context_.settings.keep_alive_told)));
  }
  if (waiting.wish.outbound || waiting.wish.gruu)
    writer.header(HeaderName::supported, waiting.wish.gruu ? "outbound, gruu" : "outbound");
}

/// What lives on the connection after this answer, and what its watch must know of it.  True: the device is new on it.
bool Registration::keep_books(const Waiting& waiting, const domain::BindAnswer& answer, base::Now now) {
  Connection* connection = context_.find(waiting.pending.connection);
  if (connection == nullptr) return false;
  const bool same_user = connection->endpoints_of == waiting.user;
  if (!same_user && waiting.wish.contacts.empty()) return false;  // a query of somebody else
  const bool fresh = !same_user || !contains(connection->endpoints, answer.endpoint);
  std::vector<BoundEndpoint> here;
  base::Duration longest{};
  for (const domain::BindingInfo& binding : answer.bindings) {
    if (!is_asked_for(waiting.wish, binding) && !(same_user && contains(connection->endpoints, binding.endpoint)))
      continue;
    here.push_back({binding.endpoint, binding.uri});
    longest = std::max(longest, binding.left);
  }
  connection->endpoints = std::move(here);
  connection->endpoints_of = waiting.user;
  if (!waiting.wish.contacts.empty()) connection->client = waiting.client;
  if (connection->endpoints.empty()) {
    connection->flow.on_unregistered(now.mono);
  } else {
    connection->flow.on_registered(now.mono, waiting.wish.outbound, now.mono + longest);
  }
  return fresh;
}

bool Registration::on_undeliverable(base::Ticket ticket, base::Now now) {
  auto found = waiting_.extract(ticket);
  if (found.empty()) return false;
  context_.refuse(found.mapped().pending, Reason::server_busy, now);
  return true;
}

void Registration::on_connection_closed(const Connection& connection, bool orderly) {
  for (const base::UserId user : connection.bound_users) context_.ports.connection_gone({user, connection.id, orderly});
}

}  // namespace tertulia::face::simple
