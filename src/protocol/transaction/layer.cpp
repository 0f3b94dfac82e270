// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/layer.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "protocol/transaction/follow_up.h"
#include "protocol/transaction/match.h"
#include "protocol/transaction/table.h"

namespace tertulia::protocol::transaction {
namespace {

using base::ConnectionId;
using wire::sip::Basics;
using wire::sip::Message;
using wire::sip::Method;

// Connections are streams; the timers of lost datagrams never run.
constexpr bool reliable = true;

struct Server {
  std::variant<NonInviteServer, InviteServer> machine;
  std::uint64_t mark = 0;  // see merge_mark

  bool waits() const {
    if (const auto* invite = std::get_if<InviteServer>(&machine))
      return invite->state() == InviteServer::State::proceeding;
    const NonInviteServer::State state = std::get<NonInviteServer>(machine).state();
    return state == NonInviteServer::State::trying || state == NonInviteServer::State::proceeding;
  }
};

struct Client {
  std::variant<NonInviteClient, InviteClient> machine;
  std::string invite;                                       // of an INVITE: what its ACK and CANCEL are made from
  std::shared_ptr<const ExtraHeaders> cancel_headers = {};  // few have any
  bool of_layer = false;  // a CANCEL that the layer sent by itself: nobody waits for its outcome
  bool cancel_wanted = false;
  bool cancel_sent = false;
  bool final_seen = false;
};

using ServerSlot = Table<Server>::Slot;
using ClientSlot = Table<Client>::Slot;

}  // namespace

struct Layer::State {
  State(const Timers& timers_in, const Limits& limits_in, LayerPorts& ports_in)
      : timers(timers_in), limits(limits_in), ports(ports_in) {}

  Timers timers;
  Limits limits;
  LayerPorts& ports;
  Table<Server> servers;
  Table<Client> clients;
  std::string key;  // reused: a look-up does not allocate
  Actions actions;  // reused

  bool room_for_server(ConnectionId connection);
  ServerSlot& add_server(ConnectionId connection, bool invite, std::uint64_t mark);
  bool merged(ConnectionId connection, std::uint64_t mark);
  RequestFate on_ack(ConnectionId connection, const Message& message, const Basics& basics, base::TimePoint now);
  RequestFate on_cancel(ConnectionId connection, const Message& message, const Basics& basics);
  void carry_out(ServerSlot& slot);
  /// True when the transaction timed out.
  bool carry_out(ClientSlot& slot);
  ClientSlot& add_client(ConnectionId connection, Method method, std::string_view branch, std::string wire,
                         base::TimePoint now);
  void send_cancel(ClientSlot& slot, base::TimePoint now);
};

// ---- Server side

/// At the bound the oldest answered transaction makes room: on a stream it only waits for repeats that hardly come.
bool Layer::State::room_for_server(ConnectionId connection) {
  if (servers.count(connection) < limits.server_per_connection_max) return !servers.full();
  for (ServerSlot* slot = servers.first(connection); slot != nullptr; slot = servers.next(*slot)) {
    if (slot->content->waits()) continue;
    servers.erase(*slot);
    return true;
  }
  return false;
}

ServerSlot& Layer::State::add_server(ConnectionId connection, bool invite, std::uint64_t mark) {
  if (invite) return servers.add(connection, key, Server{InviteServer(reliable, timers), mark});
  return servers.add(connection, key, Server{NonInviteServer(reliable, timers), mark});
}

/// Looks only on the same connection: there the number of transactions is bounded, and nobody can disturb the requests
/// of others by guessing their Call-ID.
bool Layer::State::merged(ConnectionId connection, std::uint64_t mark) {
  if (mark == 0) return false;
  for (const ServerSlot* slot = servers.first(connection); slot != nullptr; slot = servers.next(*slot))
    if (slot->content->mark == mark) return true;
  return false;
}

RequestFate Layer::State::on_ack(ConnectionId connection, const Message& message, const Basics& basics,
                                 base::TimePoint now) {
  write_server_key(message, basics, "INVITE", key);
  ServerSlot* slot = servers.find(connection, key);
  if (slot == nullptr) return {RequestFate::Kind::ack_of_2xx, {}, {}};
  const ServerId id{slot->id};
  InviteServer& machine = std::get<InviteServer>(slot->content->machine);
  // Some clients acknowledge a 2xx with the branch of the INVITE (RFC 6026 7.1: passed to the user).
  if (machine.state() == InviteServer::State::accepted) return {RequestFate::Kind::ack_of_2xx, id, {}};
  machine.on_ack(now, actions);
  carry_out(*slot);
  return {RequestFate::Kind::ack, id, {}};
}

RequestFate Layer::State::on_cancel(ConnectionId connection, const Message& message, const Basics& basics) {
  if (!room_for_server(connection)) return {RequestFate::Kind::too_many, {}, {}};
  write_server_key(message, basics, "CANCEL", key);
  const ServerId cancel_id{add_server(connection, false, 0).id};
  write_server_key(message, basics, "INVITE", key);
  const ServerSlot* invite = servers.find(connection, key);
  if (invite == nullptr) return {RequestFate::Kind::cancel_lost, {}, cancel_id};
  return {RequestFate::Kind::cancel, ServerId{invite->id}, cancel_id};
}

void Layer::State::carry_out(ServerSlot& slot) {
  bool gone = false;
  for (const Action& action : actions) {
    if (const auto* send = std::get_if<SendWire>(&action)) ports.send(slot.connection, send->wire);
    gone = gone || std::holds_alternative<Gone>(action);
  }
  actions.clear();
  if (gone) return servers.erase(slot);
  servers.schedule(slot, std::visit([](const auto& machine) { return machine.deadline(); }, slot.content->machine));
}

RequestFate Layer::on_request(ConnectionId connection, const Message& message, const Basics& basics,
                              base::TimePoint now) {
  if (message.method() == Method::ack) return state_->on_ack(connection, message, basics, now);
  write_server_key(message, basics, message.method_text(), state_->key);
  if (ServerSlot* slot = state_->servers.find(connection, state_->key)) {
    std::visit([&](auto& machine) { machine.on_request_again(now, state_->actions); }, slot->content->machine);
    state_->carry_out(*slot);
    return {RequestFate::Kind::repeated, ServerId{slot->id}, {}};
  }
  if (message.method() == Method::cancel) return state_->on_cancel(connection, message, basics);
  const std::uint64_t mark = merge_mark(basics);
  const bool merged = state_->merged(connection, mark);
  if (!state_->room_for_server(connection)) return {RequestFate::Kind::too_many, {}, {}};
  // A copy carries no mark: the first request alone stands for all.
  const ServerSlot& slot = state_->add_server(connection, message.method() == Method::invite, merged ? 0 : mark);
  return {merged ? RequestFate::Kind::merged : RequestFate::Kind::fresh, ServerId{slot.id}, {}};
}

void Layer::respond(ServerId id, int status, std::string wire, base::TimePoint now) {
  ServerSlot* slot = state_->servers.find(id.value);
  if (slot == nullptr) return;
  std::visit([&](auto& machine) { machine.on_reply(now, status, std::move(wire), state_->actions); },
             slot->content->machine);
  state_->carry_out(*slot);
}

void Layer::abandon(ServerId id) {
  if (ServerSlot* slot = state_->servers.find(id.value)) state_->servers.erase(*slot);
}

bool Layer::waits_for_answer(ServerId id) const {
  const ServerSlot* slot = state_->servers.find(id.value);
  return slot != nullptr && slot->content->waits();
}

// ---- Client side

bool Layer::State::carry_out(ClientSlot& slot) {
  bool gone = false;
  bool timed_out = false;
  for (const Action& action : actions) {
    if (const auto* send = std::get_if<SendWire>(&action)) ports.send(slot.connection, send->wire);
    gone = gone || std::holds_alternative<Gone>(action);
    timed_out = timed_out || std::holds_alternative<TimedOut>(action);
  }
  actions.clear();
  if (gone) {
    clients.erase(slot);
  } else {
    clients.schedule(slot, std::visit([](const auto& machine) { return machine.deadline(); }, slot.content->machine));
  }
  return timed_out;
}

ClientSlot& Layer::State::add_client(ConnectionId connection, Method method, std::string_view branch, std::string wire,
                                     base::TimePoint now) {
  write_client_key(branch, wire::sip::name_of(method), key);
  if (method == Method::invite) {
    std::string kept = wire;
    InviteClient machine(reliable, timers, now, std::move(wire), actions);
    return clients.add(connection, key, Client{std::move(machine), std::move(kept)});
  }
  NonInviteClient machine(reliable, timers, now, std::move(wire), actions);
  return clients.add(connection, key, Client{std::move(machine), {}});
}

void Layer::State::send_cancel(ClientSlot& slot, base::TimePoint now) {
  Client& client = *slot.content;
  client.cancel_sent = true;
  std::get<InviteClient>(client.machine).on_cancelled(now);
  carry_out(slot);
  const auto invite = Message::parse(client.invite);
  if (!invite || clients.full()) return;  // the INVITE still ends by its timer
  const auto via = wire::sip::top_via(*invite);
  if (!via) return;
  // Not counted against the bound of the connection: there is one at most for each INVITE.
  ClientSlot& cancel =
      add_client(slot.connection, Method::cancel, via->branch(),
                 cancel_of(*invite, client.cancel_headers ? *client.cancel_headers : ExtraHeaders{}), now);
  cancel.content->of_layer = true;
  carry_out(cancel);
}

std::optional<ClientId> Layer::request(ConnectionId connection, Method method, std::string branch, std::string wire,
                                       base::TimePoint now) {
  TERTULIA_CHECK(method != Method::ack && method != Method::cancel && method != Method::other);
  State& state = *state_;
  if (state.clients.full() || state.clients.count(connection) >= state.limits.client_per_connection_max)
    return std::nullopt;
  ClientSlot& slot = state.add_client(connection, method, branch, std::move(wire), now);
  const ClientId id{slot.id};
  state.carry_out(slot);
  return id;
}

ResponseFate Layer::on_response(ConnectionId connection, const Message& message, const Basics& basics,
                                base::TimePoint now) {
  return on_response(client_of(connection, {basics.via.branch(), basics.cseq.method}), message, now);
}

ClientId Layer::client_of(ConnectionId connection, const wire::sip::ResponseKey& key) {
  State& state = *state_;
  write_client_key(key.branch, key.method, state.key);
  const ClientSlot* slot = state.clients.find(connection, state.key);
  return slot == nullptr ? ClientId{} : ClientId{slot->id};
}

ResponseFate Layer::on_response(ClientId id, const Message& message, base::TimePoint now) {
  State& state = *state_;
  ClientSlot* slot = state.clients.find(id.value);
  if (slot == nullptr) return {};
  Client& client = *slot->content;
  ResponseFate fate{!client.of_layer, id, message.status() >= 200, client.final_seen};
  client.final_seen = client.final_seen || fate.final_;
  bool cancel_now = false;
  if (auto* invite = std::get_if<InviteClient>(&client.machine)) {
    std::string ack;
    if (message.status() >= 300 && !fate.repeated) {
      if (const auto request = Message::parse(client.invite)) ack = ack_of_failure(*request, message);
    }
    invite->on_response(now, message.status(), std::move(ack), state.actions);
    cancel_now = client.cancel_wanted && !client.cancel_sent && invite->state() == InviteClient::State::proceeding;
  } else {
    std::get<NonInviteClient>(client.machine).on_response(now, message.status(), state.actions);
  }
  // What the machine does not report (a late 180, a failure after the 2xx) is none of its user's business.
  const auto reported = [](const Action& action) { return std::holds_alternative<Report>(action); };
  fate.matched = fate.matched && std::any_of(state.actions.begin(), state.actions.end(), reported);
  state.carry_out(*slot);
  if (cancel_now) state.send_cancel(*slot, now);
  return fate;
}

void Layer::cancel(ClientId id, base::TimePoint now, ExtraHeaders headers) {
  ClientSlot* slot = state_->clients.find(id.value);
  if (slot == nullptr) return;
  const auto* invite = std::get_if<InviteClient>(&slot->content->machine);
  if (invite == nullptr || slot->content->cancel_wanted) return;
  slot->content->cancel_wanted = true;
  if (!headers.empty()) slot->content->cancel_headers = std::make_shared<const ExtraHeaders>(std::move(headers));
  if (invite->state() == InviteClient::State::proceeding) state_->send_cancel(*slot, now);
}

// ---- Both

std::vector<Ended> Layer::on_connection_gone(ConnectionId connection) {
  std::vector<Ended> ended;
  while (ServerSlot* slot = state_->servers.first(connection)) state_->servers.erase(*slot);
  while (ClientSlot* slot = state_->clients.first(connection)) {
    const Client& client = *slot->content;
    if (!client.of_layer && !client.final_seen) ended.push_back({ClientId{slot->id}, Ended::How::connection_gone});
    state_->clients.erase(*slot);
  }
  return ended;
}

std::vector<Ended> Layer::on_deadline(base::TimePoint now) {
  std::vector<Ended> ended;
  while (ServerSlot* slot = state_->servers.due(now)) {
    std::visit([&](auto& machine) { machine.on_deadline(now, state_->actions); }, slot->content->machine);
    state_->carry_out(*slot);
  }
  while (ClientSlot* slot = state_->clients.due(now)) {
    const ClientId id{slot->id};
    const bool of_layer = slot->content->of_layer;
    std::visit([&](auto& machine) { machine.on_deadline(now, state_->actions); }, slot->content->machine);
    if (state_->carry_out(*slot) && !of_layer) ended.push_back({id, Ended::How::timed_out});
  }
  return ended;
}

std::optional<base::TimePoint> Layer::deadline() const {
  const std::optional<base::TimePoint> server = state_->servers.deadline();
  const std::optional<base::TimePoint> client = state_->clients.deadline();
  if (!server || !client) return server ? server : client;
  return std::min(*server, *client);
}

std::size_t Layer::server_count() const { return state_->servers.size(); }
std::size_t Layer::client_count() const { return state_->clients.size(); }

Layer::Layer(const Timers& timers, const Limits& limits, LayerPorts& ports)
    : state_(std::make_unique<State>(timers, limits, ports)) {}
Layer::~Layer() = default;

}  // namespace tertulia::protocol::transaction
