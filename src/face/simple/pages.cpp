// SPDX-License-Identifier: Apache-2.0
#include "face/simple/pages.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "domain/conversation/final_status.h"
#include "face/simple/allowed_format.h"
#include "face/simple/conference_address.h"
#include "face/simple/destination.h"
#include "face/simple/limits.h"
#include "face/simple/session_status.h"
#include "face/simple/sip_date.h"
#include "face/simple/spoken.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using domain::DeliverAnswer;
using domain::MessageKind;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

constexpr std::size_t call_id_length = 24;

/// A Request-URI carries no headers, a Contact may (RFC 3261 19.1.1).
std::string_view without_headers(std::string_view uri) {
  const std::size_t at = uri.rfind('@');
  const std::size_t mark = uri.find('?', at == std::string_view::npos ? 0 : at);
  return uri.substr(0, mark);
}

}  // namespace

struct Pages::State {
  /// A message of ours on its way to an endpoint.
  struct Sent {
    base::Ticket ticket;
    base::ShardId home;
    MessageKind kind = MessageKind::text;
    std::unique_ptr<const domain::DeliverPage> again = {};  ///< for a device that could take it in a session, too
  };

  State(Context& given, Sessions& of_face) : context(given), sessions(of_face) {}

  domain::InstantMessagePtr read(const Request& request, WrittenMessage written);
  void say(const Request& request, const domain::ConferenceKey& key, WrittenMessage written);
  std::string write(const domain::DeliverPage& deliver, const std::optional<Spoken>& spoken, const domain::User& to,
                    const Connection& connection, std::string& branch, base::Now now);
  void answer(const Sent& sent, DeliverAnswer::What what, int status) {
    context.ports.answer_inbox(sent.home, {sent.ticket, what, status});
  }

  Context& context;
  Sessions& sessions;
  std::unordered_map<base::Ticket, Pending> waiting;
  std::unordered_map<protocol::transaction::ClientId, Sent> under_way;
};

Pages::Pages(Context& context, Sessions& sessions) : state_(std::make_unique<State>(context, sessions)) {}
Pages::~Pages() = default;

// ---- from a client
// -----------------------------------------------------------------------------------------------------

void Pages::on_message(const Request& request) {
  Context& context = state_->context;
  const auto conference = conference_of(context, request.target);
  if (conference && !*conference) return context.refuse(request, conference->reason());
  if (conference && (*conference)->kind == ConferenceTarget::Kind::factory)
    return context.refuse(request, Reason::conference_unknown);
  base::Result<Destination> to = conference ? Destination{} : destination_of(context, request.target);
  if (!to) return context.refuse(request, to.reason());
  if (request.message.body().empty()) return context.refuse(request, Reason::message_empty);
  const domain::Policy& policy = context.directory->policy_of(*request.user);
  base::Result<WrittenMessage> written = written_message(policy, request.message);
  if (!written)
    return context.refuse(request, written.reason(), 0, written.error().detail, [&](Writer& writer) {
      if (base::status_of(written.reason()) == 415) writer.header(HeaderName::accept, accepted_messages(policy));
    });
  if (state_->waiting.size() >= waiting_answers_max) return context.refuse(request, Reason::server_busy);
  context.metrics.messages_in.add();
  if (conference) return state_->say(request, (*conference)->key, *std::move(written));
  domain::PostPage post;
  post.ticket = context.ids.next<base::Ticket>();
  post.edge = context.shard;
  post.endpoint = request.connection.endpoint_of(request.user->id);
  post.client = request.connection.client;
  post.to = to->user->id;
  post.device = std::move(to->device);
  const bool sent_by_person = written->nature.kind != MessageKind::notification;
  post.message = state_->read(request, *std::move(written));
  post.call_id = request.basics.call_id;
  state_->waiting.emplace(post.ticket, context.pend(request));
  context.ports.post(std::move(post));
  if (sent_by_person) context.active(request);
}

/// Whoever is in the conference is heard; who has not got it is no refusal (PostAnswer::missed): the others have.
void Pages::State::say(const Request& request, const domain::ConferenceKey& key, WrittenMessage written) {
  domain::PostToConference post;
  post.ticket = context.ids.next<base::Ticket>();
  post.edge = context.shard;
  post.key = key;
  post.endpoint = request.connection.endpoint_of(request.user->id);
  const bool sent_by_person = written.nature.kind != MessageKind::notification;
  post.message = read(request, std::move(written));
  waiting.emplace(post.ticket, context.pend(request));
  context.ports.post_to_conference(std::move(post));
  if (sent_by_person) context.active(request);
}

/// The directory's name for the sender: nobody appears under a name of somebody else's.
domain::InstantMessagePtr Pages::State::read(const Request& request, WrittenMessage written) {
  domain::InstantMessage message;
  message.id = context.ids.next<base::MessageId>();
  message.from = request.user->id;
  message.from_address = request.user->address.text();
  message.from_name = request.user->display_name;
  message.kind = written.nature.kind;
  message.inner = std::move(written.nature.inner);
  message.content_type = std::move(written.content_type);
  message.content = std::move(written.content);
  const std::string_view subject = request.message.header(HeaderName::subject).value_or(std::string_view());
  if (subject.size() <= subject_octets_max) message.subject = wire::sip::unfolded(subject);
  message.sent = request.now.wall;
  return std::make_shared<const domain::InstantMessage>(std::move(message));
}

bool Pages::on(const domain::PostAnswer& answer, base::Now now) {
  auto found = state_->waiting.extract(answer.ticket);
  if (found.empty()) return false;
  Pending& pending = found.mapped();
  pending.conversation = answer.conversation;
  Context& context = state_->context;
  switch (answer.outcome) {
    case domain::PostOutcome::delivered:
      context.note("message delivered", pending, 200);
      context.reply(pending.transaction, 200, context.begin(pending, 200), now);
      break;
    case domain::PostOutcome::kept:
      context.note("message kept", pending, 202);
      context.reply(pending.transaction, 202, context.begin(pending, 202), now);
      break;
    case domain::PostOutcome::refused:
      context.refuse(pending, answer.reason, now, domain::status_told(answer.reason, answer.status));
      break;
  }
  return true;
}

bool Pages::on_undeliverable(base::Ticket ticket, base::Now now) {
  auto found = state_->waiting.extract(ticket);
  if (found.empty()) return false;
  state_->context.refuse(found.mapped(), Reason::server_busy, now);
  return true;
}

// ---- to a client
// -------------------------------------------------------------------------------------------------------

void Pages::on(const domain::DeliverPage& deliver, base::Now now) {
  Context& context = state_->context;
  if (!deliver.route.capabilities.page_mode) return state_->sessions.on(deliver, now);
  State::Sent sent{deliver.ticket, deliver.home, deliver.message->kind};
  const Connection* connection = context.find(deliver.route.connection);
  const domain::User* to = context.directory->find(deliver.to);
  if (connection == nullptr || connection->closing || to == nullptr || !deliver.route.remote_target)
    return state_->answer(sent, DeliverAnswer::What::gone, 0);
  if (sent.kind == MessageKind::typing && !deliver.route.capabilities.typing)
    return state_->answer(sent, DeliverAnswer::What::taken, 200);
  std::optional<Spoken> spoken;
  if (deliver.conference) {
    spoken = spoken_in(*deliver.conference, *deliver.message, false);
    if (!spoken) return state_->answer(sent, DeliverAnswer::What::taken, 200);
  }
  std::string branch;
  std::string wire = state_->write(deliver, spoken, *to, *connection, branch, now);
  const auto id = context.layer.request(connection->id, Method::message, std::move(branch), std::move(wire), now.mono);
  if (!id) return state_->answer(sent, DeliverAnswer::What::refused, base::status_of(Reason::too_many_requests));
  context.metrics.messages_out.add();
  if (deliver.route.capabilities.session_mode && !deliver.conference)
    sent.again = std::make_unique<const domain::DeliverPage>(deliver);
  state_->under_way.emplace(*id, std::move(sent));
}

/// From the conference when it was said in one: the answer goes there too.
std::string Pages::State::write(const domain::DeliverPage& deliver, const std::optional<Spoken>& spoken,
                                const domain::User& to, const Connection& connection, std::string& branch,
                                base::Now now) {
  const domain::InstantMessage& message = *deliver.message;
  const std::string& name = spoken ? deliver.conference->subject : message.from_name;
  const std::string uri = spoken ? conference_uri(deliver.conference->organizer_address, deliver.conference->key.id)
                                 : "sip:" + message.from_address;
  std::string from = name.empty() ? std::string() : wire::sip::quoted(name) + " ";
  from.append("<").append(uri).append(">;tag=").append(context.random.token(tag_length));
  Writer writer = Writer::request("MESSAGE", without_headers(*deliver.route.remote_target));
  writer.header(HeaderName::via, context.own_via(connection, branch))
      .header(HeaderName::max_forwards, "70")
      .header(HeaderName::from, from)
      .header(HeaderName::to, "<sip:" + to.address.text() + ">")
      .header(HeaderName::call_id, context.random.token(call_id_length))
      .header(HeaderName::cseq, "1 MESSAGE");
  const std::string& subject = spoken ? spoken->subject : message.subject;
  if (!subject.empty()) writer.header(HeaderName::subject, subject);
  if (now.wall > message.sent + undated_delay_max) writer.header(HeaderName::date, sip_date(message.sent));
  if (spoken) return std::move(writer).finish(spoken->content_type, spoken->content);
  return std::move(writer).finish(message.content_type, message.content);
}

bool Pages::waits_for(protocol::transaction::ClientId id) const { return state_->under_way.contains(id); }

bool Pages::on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now) {
  const auto found = state_->under_way.find(id);
  if (found == state_->under_way.end()) return false;
  const int status = message.status();
  if (status < 200) return true;
  const State::Sent sent = std::move(found->second);
  state_->under_way.erase(found);
  const bool typing = sent.kind == MessageKind::typing;
  if (sent.again && !typing && knows_no_method(status)) {
    state_->sessions.on(*sent.again, now);
    return true;
  }
  const bool taken = status < 300 || (typing && typing_has_no_use(status));
  state_->answer(sent, taken ? DeliverAnswer::What::taken : DeliverAnswer::What::refused, status);
  return true;
}

bool Pages::on_ended(const protocol::transaction::Ended& ended, base::Now now) {
  (void)now;
  const auto found = state_->under_way.find(ended.id);
  if (found == state_->under_way.end()) return false;
  const State::Sent sent = std::move(found->second);
  state_->under_way.erase(found);
  const bool silent = ended.how == protocol::transaction::Ended::How::timed_out;
  state_->answer(sent, silent ? DeliverAnswer::What::silent : DeliverAnswer::What::gone, 0);
  return true;
}

}  // namespace tertulia::face::simple
