// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/registrar.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "domain/endpoint/bind_plan.h"
#include "domain/endpoint/binding_table.h"
#include "domain/endpoint/limits.h"
#include "domain/record/record_id.h"

namespace tertulia::domain {
namespace {

using base::Reason;

/// News for the ports, told after the answer.
struct News {
  std::vector<RegistrationRecord> records;
  std::vector<EndpointRoute> added;
  std::vector<base::EndpointId> removed;
};

bool same_facts(const ClientInfo& a, const ClientInfo& b) {
  return a.user_agent == b.user_agent && a.instance == b.instance && a.ip_address == b.ip_address;
}

std::size_t index_of(const UserBindings& entry, base::EndpointId endpoint) {
  const auto at = std::find_if(entry.routes.begin(), entry.routes.end(),
                               [&](const EndpointRoute& route) { return route.endpoint == endpoint; });
  TERTULIA_CHECK(at != entry.routes.end());
  return static_cast<std::size_t>(at - entry.routes.begin());
}

/// Facts never missing: a face that knows nothing about the client passes null.
ClientInfoPtr known(const ClientInfoPtr& client) { return client ? client : std::make_shared<const ClientInfo>(); }

bool wants_binding(const BindRequest& request) {
  return std::any_of(request.contacts.begin(), request.contacts.end(),
                     [](const ContactChange& contact) { return contact.lease != base::Duration{}; });
}

}  // namespace

struct Registrar::State {
  State(const RegistrarSettings& given, base::ShardId shard, RegistrarPorts& all_ports, base::Random& dice,
        std::uint64_t boot_seconds)
      : settings(given), ports(all_ports), random(dice), record_ids(shard), endpoint_ids(shard, boot_seconds) {}

  void apply(const BindRequest& request, const std::vector<BindStep>& steps, UserBindings& entry, base::Now now,
             BindAnswer& answer, News& news);
  EndpointRoute make_route(const BindRequest& request, const ContactChange& contact);
  void refresh(const BindRequest& request, const BindStep& step, UserBindings& entry, std::size_t i, base::Now now,
               News& news);
  void add(const BindRequest& request, const BindStep& step, UserBindings& entry, base::Now now, News& news);
  void give_gruu(Binding& binding, std::string_view instance, bool renew);
  std::string public_gruu(const UserBindings& entry, std::size_t i);
  void refuse(const BindRequest& request, std::string user, Reason reason, base::Now now);
  void send_home(const BindRequest& request, const std::string& home_server);
  void end(base::UserId user, UserBindings& entry, std::size_t i, DeregisterType why, base::Now now,
           Reason reason = Reason::none);
  RegistrationRecord begun(const UserBindings& entry, const EndpointRoute& route, const Binding& binding,
                           std::string_view instance) const;
  RegistrationRecord ended(base::UserId user, UserBindings& entry, std::size_t i, DeregisterType why, base::Now now);
  void expire(base::Now now);
  void drop_user(base::UserId user, Reason why, base::Now now);
  void check_user(base::UserId id, const Directory& directory, base::Now now);
  std::vector<BindingInfo> list(base::UserId user, base::TimePoint now, bool with_gruu);

  RegistrarSettings settings;
  RegistrarPorts& ports;
  base::Random& random;
  RecordIdSource record_ids;
  base::IdSource endpoint_ids;
  base::Hasher sha256{base::HashAlgorithm::sha256};
  BindingTable table;
  std::optional<Directory> last_directory;  // shares all its buckets with the one in use
  const std::vector<EndpointRoute> none;
};

EndpointRoute Registrar::State::make_route(const BindRequest& request, const ContactChange& contact) {
  return {endpoint_ids.next<base::EndpointId>(),
          request.edge,
          request.connection,
          contact.capabilities,
          known(request.client),
          std::make_shared<const std::string>(contact.uri)};
}

void Registrar::State::give_gruu(Binding& binding, std::string_view instance, bool renew) {
  if (instance.empty() || (binding.gruu_series != 0 && !renew)) return;
  while ((binding.gruu_series = random.number()) == 0) continue;
}

/// The same for this user and device for ever, without anything to remember.  RFC 5627 3.1
std::string Registrar::State::public_gruu(const UserBindings& entry, std::size_t i) {
  std::string hash = sha256.hex({entry.address, "\n", entry.instance(i)});
  hash.resize(32);
  return hash;
}

void Registrar::State::add(const BindRequest& request, const BindStep& step, UserBindings& entry, base::Now now,
                           News& news) {
  const ContactChange& contact = *step.contact;
  EndpointRoute route = make_route(request, contact);
  Binding binding;
  binding.instance_of_client = contact.instance == route.client->instance;
  if (!binding.instance_of_client) binding.own_instance = contact.instance;
  binding.reg_id = contact.reg_id;
  binding.cseq = request.cseq;
  binding.call_id = request.call_id;
  binding.parameters = contact.parameters;
  binding.ends = now.mono + step.lease;
  binding.record = record_ids.next(now.wall);
  binding.registered = now.wall;
  binding.first_client = route.client;
  if (request.gruu_wanted) give_gruu(binding, contact.instance, false);
  news.added.push_back(route);
  table.add(request.user, entry, std::move(route), std::move(binding));
  const std::size_t i = entry.bindings.size() - 1;
  news.records.push_back(begun(entry, entry.routes[i], entry.bindings[i], entry.instance(i)));
}

void Registrar::State::refresh(const BindRequest& request, const BindStep& step, UserBindings& entry, std::size_t i,
                               base::Now now, News& news) {
  const ContactChange& contact = *step.contact;
  EndpointRoute& route = entry.routes[i];
  Binding& binding = entry.bindings[i];
  // A contact without an instance that found its binding by URI is still the same device.
  std::string instance = contact.instance.empty() ? std::string(entry.instance(i)) : contact.instance;
  if (request.client && !same_facts(*request.client, *route.client)) route.client = request.client;
  binding.instance_of_client = instance == route.client->instance;
  binding.own_instance = binding.instance_of_client ? std::string() : std::move(instance);
  if (!contact.instance.empty()) binding.reg_id = contact.reg_id;
  bool moved = route.edge != request.edge || route.connection != request.connection ||
               !(route.capabilities == contact.capabilities);
  route.edge = request.edge;
  route.connection = request.connection;
  route.capabilities = contact.capabilities;
  if (*route.remote_target != contact.uri) {
    route.remote_target = std::make_shared<const std::string>(contact.uri);
    moved = true;
  }
  // RFC 5627 5.4: another Call-ID ends the temporary names given out before.
  const bool renew = binding.call_id != request.call_id;
  if (renew) binding.call_id = request.call_id;
  if (renew) binding.gruu_series = 0;
  if (request.gruu_wanted) give_gruu(binding, entry.instance(i), renew);
  binding.cseq = request.cseq;
  if (binding.parameters != contact.parameters) binding.parameters = contact.parameters;
  table.set_end(request.user, entry, i, now.mono + step.lease);
  if (moved) news.added.push_back(route);
}

void Registrar::State::apply(const BindRequest& request, const std::vector<BindStep>& steps, UserBindings& entry,
                             base::Now now, BindAnswer& answer, News& news) {
  for (const BindStep& step : steps) {
    if (step.existing && step.lease == base::Duration{}) {
      news.removed.push_back(*step.existing);
      news.records.push_back(
          ended(request.user, entry, index_of(entry, *step.existing), DeregisterType::client_initiated, now));
      continue;
    }
    std::size_t i = entry.bindings.size();
    if (step.existing) {
      i = index_of(entry, *step.existing);
      refresh(request, step, entry, i, now, news);
    } else {
      add(request, step, entry, now, news);
    }
    if (!answer.endpoint) answer.endpoint = entry.routes[i].endpoint;
  }
}

RegistrationRecord Registrar::State::begun(const UserBindings& entry, const EndpointRoute& route,
                                           const Binding& binding, std::string_view instance) const {
  RegistrationRecord record;
  record.id = binding.record;
  record.user = entry.address;
  record.endpoint = route.endpoint;
  record.instance = instance.empty() ? binding.first_client->instance : std::string(instance);
  record.client_version = binding.first_client->user_agent;
  record.ip_address = binding.first_client->ip_address;
  record.register_time = binding.registered;
  return record;
}

/// Takes the endpoint out and gives its closed record.
RegistrationRecord Registrar::State::ended(base::UserId user, UserBindings& entry, std::size_t i, DeregisterType why,
                                           base::Now now) {
  RegistrationRecord record = begun(entry, entry.routes[i], entry.bindings[i], entry.instance(i));
  record.deregister_type = why;
  record.deregister_time = now.wall;
  if (why == DeregisterType::expired)  // when it ended, not when somebody looked
    record.deregister_time = now.wall + (entry.bindings[i].ends - now.mono);
  table.take(user, entry, i);
  return record;
}

void Registrar::State::end(base::UserId user, UserBindings& entry, std::size_t i, DeregisterType why, base::Now now,
                           Reason reason) {
  const base::EndpointId endpoint = entry.routes[i].endpoint;
  RegistrationRecord record = ended(user, entry, i, why, now);
  if (reason != Reason::none) record.diagnostic_id = base::id_of(reason);
  ports.record(std::move(record));
  ports.endpoint_removed(user, endpoint, why);
}

void Registrar::State::expire(base::Now now) {
  while (const std::optional<base::UserId> user = table.due(now.mono)) {
    UserBindings& entry = *table.find(*user);
    for (std::size_t i = 0; i < entry.bindings.size();) {
      if (entry.bindings[i].ends <= now.mono) {
        end(*user, entry, i, DeregisterType::expired, now);
      } else {
        ++i;
      }
    }
    table.close_if_empty(*user);
  }
}

std::vector<BindingInfo> Registrar::State::list(base::UserId user, base::TimePoint now, bool with_gruu) {
  std::vector<BindingInfo> infos;
  const UserBindings* entry = std::as_const(table).find(user);
  if (entry == nullptr) return infos;
  infos.reserve(entry->bindings.size());
  for (std::size_t i = 0; i < entry->bindings.size(); ++i) {
    const Binding& binding = entry->bindings[i];
    if (binding.ends <= now) continue;
    BindingInfo info{entry->routes[i].endpoint,
                     *entry->routes[i].remote_target,
                     std::string(entry->instance(i)),
                     binding.reg_id,
                     binding.ends - now,
                     binding.parameters,
                     {},
                     {}};
    if (with_gruu && binding.gruu_series != 0) {
      info.public_gruu_id = public_gruu(*entry, i);
      info.temporary_gruu_id = make_temporary_gruu(settings.gruu_key, {user, binding.gruu_series}, random);
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

void Registrar::State::refuse(const BindRequest& request, std::string user, Reason reason, base::Now now) {
  BindAnswer answer;
  answer.ticket = request.ticket;
  answer.reason = reason;
  if (reason == Reason::interval_too_brief) answer.lease_min = settings.lease_min;
  ports.answer(request.edge, std::move(answer));
  // Only what keeps a person out is a failed sign-in; the other refusals are repaired by the client itself.
  if (reason != Reason::too_many_endpoints && reason != Reason::account_disabled) return;
  RegistrationRecord record;
  record.id = record_ids.next(now.wall);
  record.user = std::move(user);
  const ClientInfoPtr client = known(request.client);
  record.instance = client->instance;
  record.client_version = client->user_agent;
  record.ip_address = client->ip_address;
  record.register_time = now.wall;
  record.response_code = base::status_of(reason);
  record.diagnostic_id = base::id_of(reason);
  ports.record(std::move(record));
}

void Registrar::State::send_home(const BindRequest& request, const std::string& home_server) {
  BindAnswer answer;
  answer.ticket = request.ticket;
  answer.reason = Reason::home_elsewhere;
  answer.home_server = home_server;
  ports.answer(request.edge, std::move(answer));
}

/// All endpoints of a user end, and with them the connections they came over.
void Registrar::State::drop_user(base::UserId user, Reason why, base::Now now) {
  UserBindings* entry = table.find(user);
  if (entry == nullptr) return;
  std::vector<std::pair<base::ShardId, base::ConnectionId>> connections;
  for (const EndpointRoute& route : entry->routes) connections.emplace_back(route.edge, route.connection);
  std::sort(connections.begin(), connections.end());
  connections.erase(std::unique(connections.begin(), connections.end()), connections.end());
  while (!entry->bindings.empty()) {
    const base::EndpointId endpoint = entry->routes.front().endpoint;
    RegistrationRecord record = ended(user, *entry, 0, DeregisterType::user_changed, now);
    record.diagnostic_id = base::id_of(why);
    ports.record(std::move(record));
    ports.endpoint_removed(user, endpoint, DeregisterType::user_changed);
  }
  table.close_if_empty(user);
  for (const auto& [edge, connection] : connections) ports.drop_connection(edge, connection, why);
}

void Registrar::State::check_user(base::UserId id, const Directory& directory, base::Now now) {
  const UserBindings* entry = table.find(id);
  if (entry == nullptr) return;
  const User* user = directory.find(id);
  if (user == nullptr || user->address.text() != entry->address) {
    drop_user(id, Reason::user_does_not_exist, now);
  } else if (!user->enabled) {
    drop_user(id, Reason::account_disabled, now);
  } else if (user->is_served_elsewhere()) {
    drop_user(id, Reason::home_elsewhere, now);  // his devices sign in again, and are told where
  }
}

Registrar::Registrar(const RegistrarSettings& settings, base::ShardId shard, RegistrarPorts& ports,
                     base::Random& random, std::uint64_t boot_seconds)
    : state_(std::make_unique<State>(settings, shard, ports, random, boot_seconds)) {}
Registrar::~Registrar() = default;

void Registrar::set_settings(const RegistrarSettings& settings) {
  const GruuKey key = state_->settings.gruu_key;
  state_->settings = settings;
  state_->settings.gruu_key = key;
}

void Registrar::on_bind(const BindRequest& request, const Directory& directory, base::Now now) {
  State& state = *state_;
  state.expire(now);
  const User* user = directory.find(request.user);
  if (user == nullptr) return state.refuse(request, {}, Reason::user_does_not_exist, now);
  const std::string& address = user->address.text();
  if (!user->enabled) return state.refuse(request, address, Reason::account_disabled, now);
  if (user->is_served_elsewhere() && wants_binding(request)) return state.send_home(request, user->policy->home_server);
  std::vector<BindStep> steps;
  const Reason reason =
      plan_bind(request, state.table.find(request.user), state.settings, user->policy->endpoints_max, steps);
  if (reason != Reason::none) return state.refuse(request, address, reason, now);

  BindAnswer answer;
  answer.ticket = request.ticket;
  News news;
  if (!steps.empty()) {
    UserBindings& entry = state.table.open(request.user, address);
    state.apply(request, steps, entry, now, answer, news);
    state.table.close_if_empty(request.user);
  }
  answer.bindings = state.list(request.user, now.mono, request.gruu_wanted);
  state.ports.answer(request.edge, std::move(answer));
  for (RegistrationRecord& record : news.records) state.ports.record(std::move(record));
  for (const base::EndpointId endpoint : news.removed)
    state.ports.endpoint_removed(request.user, endpoint, DeregisterType::client_initiated);
  for (const EndpointRoute& route : news.added) state.ports.endpoint_added(request.user, route);
}

void Registrar::on_connection_gone(const ConnectionGone& gone, base::Now now) {
  State& state = *state_;
  state.expire(now);  // a lease that had ended before ended for that reason
  UserBindings* entry = state.table.find(gone.user);
  if (entry == nullptr) return;
  // Who goes on purpose says so (REGISTER with Expires: 0) before he closes: whatever closed the connection of one who has
  // not, a killed program's kernel closes it in the same way.
  constexpr DeregisterType why = DeregisterType::client_crashed;
  const Reason reason = gone.orderly ? Reason::none : Reason::flow_failed;
  for (std::size_t i = 0; i < entry->routes.size();) {
    if (entry->routes[i].connection == gone.connection) {
      state.end(gone.user, *entry, i, why, now, reason);
    } else {
      ++i;
    }
  }
  state.table.close_if_empty(gone.user);
}

void Registrar::on_sign_in_failed(const SignInFailed& failed, base::Now now) {
  RegistrationRecord record;
  record.id = state_->record_ids.next(now.wall);
  record.user = failed.user;
  const ClientInfoPtr client = known(failed.client);
  record.instance = client->instance;
  record.client_version = client->user_agent;
  record.ip_address = client->ip_address;
  record.register_time = now.wall;
  record.response_code = failed.status;
  record.diagnostic_id = base::id_of(failed.reason);
  state_->ports.record(std::move(record));
}

void Registrar::on_directory_changed(const Directory& directory, base::Now now) {
  State& state = *state_;
  const std::vector<base::UserId> ids =
      state.last_directory ? directory.changed_since(*state.last_directory) : state.table.users();
  for (const base::UserId id : ids) state.check_user(id, directory, now);
  state.last_directory = directory;
}

void Registrar::on_deadline(base::Now now) { state_->expire(now); }
std::optional<base::TimePoint> Registrar::deadline() const { return state_->table.deadline(); }

void Registrar::stop(base::Now now) {
  State& state = *state_;
  state.expire(now);
  for (const base::UserId user : state.table.users()) {
    UserBindings& entry = *state.table.find(user);
    while (!entry.bindings.empty()) {
      RegistrationRecord record = state.ended(user, entry, 0, DeregisterType::unknown, now);
      record.diagnostic_id = base::id_of(Reason::server_stopping);
      state.ports.record(std::move(record));
    }
    state.table.close_if_empty(user);
  }
}

const std::vector<EndpointRoute>& Registrar::routes(base::UserId user) const {
  const UserBindings* entry = std::as_const(state_->table).find(user);
  return entry == nullptr ? state_->none : entry->routes;
}

base::Result<EndpointRoute> Registrar::device(base::UserId user, const DeviceName& name) const {
  const bool temporary = name.public_id.empty();
  const UserBindings* entry = std::as_const(state_->table).find(user);
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; entry != nullptr && i < entry->bindings.size(); ++i) {
    const Binding& binding = entry->bindings[i];
    const std::string_view instance = entry->instance(i);
    if (instance.empty()) continue;
    const bool meant = temporary ? binding.gruu_series != 0 && binding.gruu_series == name.series
                                 : instance == name.public_id || state_->public_gruu(*entry, i) == name.public_id;
    if (meant && (!newest || entry->bindings[*newest].ends <= binding.ends)) newest = i;
  }
  if (newest) return entry->routes[*newest];
  return temporary ? Reason::destination_unknown : Reason::recipient_unavailable;
}

std::vector<BindingInfo> Registrar::bindings(base::UserId user, base::Now now) const {
  return state_->list(user, now.mono, true);
}

std::size_t Registrar::endpoint_count() const { return state_->table.endpoint_count(); }
std::size_t Registrar::user_count() const { return state_->table.user_count(); }

}  // namespace tertulia::domain
