// SPDX-License-Identifier: Apache-2.0
#include "face/simple/context.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "face/simple/dialect.h"
#include "face/simple/limits.h"
#include "face/simple/subscription_limits.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Writer;

constexpr std::size_t branch_length = 16;  // 80 bits

constexpr std::size_t via_octets_expected = 120;

void append_port(std::string& out, std::uint16_t port) {
  if (port == 0) return;
  std::array<char, 5> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), port).ptr;
  out.append(1, ':').append(digits.data(), end);
}

}  // namespace

Context::Context(const FaceSettings& settings_in, FacePorts& ports_in, base::Random& random_in, base::IdSource& ids_in,
                 const base::Log& log_in, const domain::CredentialKeeper& keeper_in, base::ShardId shard_in,
                 protocol::transaction::LayerPorts& layer_ports)
    : settings(settings_in),
      ports(ports_in),
      random(random_in),
      ids(ids_in),
      log(log_in),
      keeper(keeper_in),
      shard(shard_in),
      layer(settings.timers, settings.transaction_limits, layer_ports) {
  adopt(settings_in);
}

void Context::adopt(const FaceSettings& changed) {
  if (&changed != &settings) {
    const domain::GruuKey gruu_key = settings.gruu_key;
    settings = changed;
    settings.gruu_key = gruu_key;
  }
  const bool bare_ipv6 = settings.host.find(':') != std::string::npos && settings.host.front() != '[';
  host_text_ = bare_ipv6 ? "[" + settings.host + "]" : settings.host;
  base::Hasher md5(base::HashAlgorithm::md5);
  branch_prefix_ = "z9hG4bK-" + md5.hex({settings.host}).substr(0, 8) + "-";
}

Connection* Context::find(base::ConnectionId id) {
  const auto at = connections.find(id);
  return at == connections.end() ? nullptr : at->second.get();
}

bool Context::speaks_dialect(base::ConnectionId connection) {
  const Connection* there = dialect == nullptr ? nullptr : find(connection);
  return there != nullptr && there->dialect != nullptr;
}

void Context::send(base::ConnectionId connection, std::string_view message) {
  if (log.enabled(base::LogLevel::trace))
    if (const auto parsed = wire::sip::Message::parse(std::string(message)))
      trace("SIP message out", connection, *parsed, message.size());
  const Connection* there = dialect == nullptr ? nullptr : find(connection);
  if (there == nullptr || there->dialect == nullptr) return ports.send(connection, message);
  ports.send(connection, there->dialect->sealed(message));
}

/// The status that carries the reason; a reason of success is none for a refusal.
int Context::refusal_status(base::ConnectionId connection, Reason reason, int status) {
  int code = status != 0 ? status : base::status_of(reason);
  if (code < 300) code = 480;
  if (!speaks_dialect(connection)) return code;
  const int told = dialect->status_for(reason, code);
  return told != 0 ? told : code;
}

bool Context::is_ours(std::string_view host) const {
  return directory->serves(host) || base::equal_ignoring_case(host, settings.host);
}

Writer Context::begin(const Request& request, int status, std::string_view phrase) {
  const Peer& peer = request.connection.peer;
  return wire::sip::response_to(request.message, status, phrase.empty() ? wire::sip::phrase_of(status) : phrase,
                                status == 100 ? std::string() : random.token(tag_length), peer.ip_address, peer.port);
}

Writer Context::begin(const Pending& pending, int status, std::string_view phrase) {
  return wire::sip::response_to(*pending.message, status, phrase.empty() ? wire::sip::phrase_of(status) : phrase,
                                status == 100 ? std::string_view() : pending.to_tag, pending.peer.ip_address,
                                pending.peer.port);
}

void Context::reply(protocol::transaction::ServerId transaction, int status, Writer&& writer, base::Now now,
                    std::string_view content_type, std::string_view body) {
  metrics.answered(status);
  layer.respond(transaction, status, std::move(writer).finish(content_type, body), now.mono);
}

void Context::explain(Writer& writer, base::ConnectionId connection, Reason reason, int status,
                      std::string_view detail) {
  std::string text(base::text_of(reason));
  if (!detail.empty()) text.append(": ").append(detail);
  const std::string quoted = wire::sip::quoted(text);
  std::string diagnostics = std::to_string(base::id_of(reason));
  diagnostics.append(";reason=").append(quoted).append(";source=").append(wire::sip::quoted(settings.host));
  writer.header(HeaderName::ms_diagnostics, diagnostics);
  if (speaks_dialect(connection)) {
    dialect->explain(reason, status, text, writer);
  } else {
    writer.header(HeaderName::warning, "399 " + host_text_ + " " + quoted);
  }
  if (status == 503) {
    writer.header(HeaderName::retry_after, base::whole_seconds(retry_after));
  }
}

void Context::note(const Refusal& refusal) const {
  if (!log.enabled(base::LogLevel::debug)) return;
  log.debug("request refused", {{"connection", refusal.connection},
                                {"call_id", refusal.call_id},
                                {"conversation", refusal.conversation},
                                {"step", base::Optional{refusal.step}},
                                {"reason", base::name_of(refusal.reason)},
                                {"status", refusal.status},
                                {"detail", base::Optional{refusal.detail}}});
}

void Context::note(std::string_view what, const Pending& pending, int status) const {
  if (!log.enabled(base::LogLevel::debug)) return;
  log.debug(what, {{"connection", pending.connection},
                   {"call_id", pending.message->header(HeaderName::call_id).value_or(std::string_view())},
                   {"conversation", pending.conversation},
                   {"status", status}});
}

/// The Request-URI names a person; a reason phrase is ours or the peer's.
void Context::trace(std::string_view what, base::ConnectionId connection, const wire::sip::Message& message,
                    std::size_t bytes) const {
  if (!log.enabled(base::LogLevel::trace)) return;
  const auto call_id = message.header(HeaderName::call_id).value_or(std::string_view());
  const auto cseq = message.header(HeaderName::cseq).value_or(std::string_view());
  if (message.is_request()) {
    log.write(base::LogLevel::trace, what,
              {{"connection", connection},
               {"method", message.method_text()},
               {"uri", base::Personal{message.request_uri()}},
               {"call_id", call_id},
               {"cseq", cseq},
               {"bytes", bytes}});
  } else {
    log.write(base::LogLevel::trace, what,
              {{"connection", connection},
               {"status", message.status()},
               {"phrase", base::Optional{message.reason_phrase()}},
               {"call_id", call_id},
               {"cseq", cseq},
               {"bytes", bytes}});
  }
}

void Context::refuse(const Request& request, Reason reason, int status, std::string_view detail,
                     const std::function<void(Writer&)>& more) {
  const int code = refusal_status(request.connection.id, reason, status);
  Writer writer = begin(request, code);
  if (more) more(writer);
  explain(writer, request.connection.id, reason, code, detail);
  note({request.connection.id, request.basics.call_id, request.conversation, request.stopped_by, reason, code, detail});
  reply(request.transaction, code, std::move(writer), request.now);
}

void Context::refuse(const Pending& pending, Reason reason, base::Now now, int status, std::string_view detail,
                     const std::function<void(Writer&)>& more, const RefusalBody& body) {
  const int code = refusal_status(pending.connection, reason, status);
  Writer writer = begin(pending, code);
  if (more) more(writer);
  explain(writer, pending.connection, reason, code, detail);
  note({pending.connection,
        pending.message->header(HeaderName::call_id).value_or(std::string_view()),
        pending.conversation,
        {},
        reason,
        code,
        detail});
  reply(pending.transaction, code, std::move(writer), now, body.type, body.octets);
}

void Context::active(const Request& request) {
  Connection& connection = request.connection;
  const base::UserId user = request.user->id;
  const bool told = connection.active_told && connection.active_user == user &&
                    request.now.mono < *connection.active_told + active_report_interval;
  if (told) return;
  connection.active_user = user;
  connection.active_told = request.now.mono;
  ports.active(domain::UserActive{user, connection.endpoint_of(user)});
}

void Context::refuse_statelessly(const Connection& connection, const wire::sip::Message& message,
                                 const base::Error& error) {
  const int code = refusal_status(connection.id, error.reason, 0);
  Writer writer = wire::sip::response_to(message, code, wire::sip::phrase_of(code), random.token(tag_length),
                                         connection.peer.ip_address, connection.peer.port);
  explain(writer, connection.id, error.reason, code, error.detail);
  metrics.answered(code);
  note({connection.id,
        message.header(HeaderName::call_id).value_or(std::string_view()),
        {},
        {},
        error.reason,
        code,
        error.detail});
  send(connection.id, std::move(writer).finish());
}

Pending Context::pend(const Request& request) {
  auto message = request.shared ? request.shared : std::make_shared<const wire::sip::Message>(request.message);
  return {request.transaction,      request.connection.id,   std::move(message),
          random.token(tag_length), request.connection.peer, request.conversation};
}

std::string Context::own_via(const Connection& connection, std::string& branch) {
  branch.reserve(branch_prefix_.size() + branch_length);
  branch.assign(branch_prefix_).append(random.token(branch_length));
  std::string via;
  via.reserve(via_octets_expected);
  via.append(connection.peer.secure ? "SIP/2.0/TLS " : "SIP/2.0/TCP ").append(host_text_);
  append_port(via, connection.peer.local_port);
  via.append(";branch=").append(branch);
  return via;
}

std::string Context::own_contact(const Connection& connection) const { return own_contact(connection, {}); }

std::string Context::own_contact(const Connection& connection, std::string_view user) const {
  std::string contact;
  contact.reserve(via_octets_expected);
  contact.append("<sip:").append(user);
  if (!user.empty()) contact.append(1, '@');
  contact.append(host_text_);
  append_port(contact, connection.peer.local_port);
  contact.append(connection.peer.secure ? ";transport=tls>" : ";transport=tcp>");
  return contact;
}

}  // namespace tertulia::face::simple
