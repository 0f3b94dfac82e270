// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/directory/directory.h"
#include "domain/endpoint/registrar.h"

namespace tertulia::domain {

/// Writes down what the registrar tells others, in the order of the calls.
class RecordingPorts final : public RegistrarPorts {
 public:
  void answer(base::ShardId, BindAnswer answer) override {
    lines.push_back("answer " + std::string(base::name_of(answer.reason)));
    answers.push_back(std::move(answer));
  }
  void record(RegistrationRecord record) override {
    lines.push_back(record.response_code != 200 ? fmt::format("record refused {}", record.response_code)
                    : !record.deregister_time
                        ? std::string("record begun")
                        : fmt::format("record ended {}", static_cast<int>(record.deregister_type)));
    records.push_back(std::move(record));
  }
  void endpoint_added(base::UserId, const EndpointRoute& route) override {
    lines.push_back("added " + *route.remote_target);
    added.push_back(route);
  }
  void endpoint_removed(base::UserId, base::EndpointId endpoint, DeregisterType why) override {
    lines.push_back(fmt::format("removed {}", static_cast<int>(why)));
    removed.push_back(endpoint);
  }
  void drop_connection(base::ShardId edge, base::ConnectionId connection, base::Reason why) override {
    lines.push_back(fmt::format("drop {}/{} {}", edge.value, connection.value, base::name_of(why)));
  }

  std::vector<std::string> lines;
  std::vector<BindAnswer> answers;
  std::vector<RegistrationRecord> records;
  std::vector<EndpointRoute> added;
  std::vector<base::EndpointId> removed;
};

/// A registrar with two users (alice 1, bob 2) and a clock that a test turns.
class RegistrarScript {
 public:
  static constexpr base::UserId alice{1};
  static constexpr base::UserId bob{2};

  RegistrarScript() {
    directory = std::make_shared<const Directory>(std::vector<std::string>{"example.com"}, Policy::defaults());
    put(alice, "alice@example.com");
    put(bob, "bob@example.com");
  }

  void put(base::UserId id, const std::string& address, bool enabled = true, const std::string& endpoints_max = "") {
    User user;
    user.id = id;
    user.address = *Address::parse(address);
    user.enabled = enabled;
    if (!endpoints_max.empty()) user.settings["endpoints_max"] = endpoints_max;
    directory = directory->with(std::move(user));
  }
  void move(base::UserId id, const std::string& home_server) {
    User user = *directory->find(id);
    user.settings["home_server"] = home_server;
    directory = directory->with(std::move(user));
  }

  static ContactChange contact(std::string uri, std::optional<base::Duration> lease = std::nullopt,
                               std::string instance = {}, std::uint32_t reg_id = 0) {
    ContactChange change;
    change.uri = std::move(uri);
    change.lease = lease;
    change.instance = std::move(instance);
    change.reg_id = reg_id;
    return change;
  }

  /// A request of alice over connection 1 with the next CSeq of Call-ID "c1".
  BindRequest request(std::vector<ContactChange> contacts) {
    BindRequest made;
    made.ticket = {++tickets_};
    made.edge = base::ShardId{4};
    made.connection = {1};
    made.user = alice;
    made.contacts = std::move(contacts);
    made.call_id = "c1";
    made.cseq = ++cseq_;
    made.client = client;
    return made;
  }

  const BindAnswer& bind(const BindRequest& asked) {
    registrar.on_bind(asked, *directory, now);
    return ports.answers.back();
  }
  const BindAnswer& bind(std::vector<ContactChange> contacts) { return bind(request(std::move(contacts))); }

  const BindAnswer& query() { return bind(request({})); }

  void pass(base::Duration time) {
    now.mono = now.mono + time;
    now.wall = now.wall + time;
  }
  std::vector<std::string> said() { return std::exchange(ports.lines, {}); }
  std::vector<std::string> targets(base::UserId user = alice) const {
    std::vector<std::string> uris;
    for (const EndpointRoute& route : registrar.routes(user)) uris.push_back(*route.remote_target);
    return uris;
  }

  DirectoryPtr directory;
  base::Now now{{1'000'000'000}, {1'700'000'000'000'000}};
  ClientInfoPtr client = std::make_shared<const ClientInfo>(ClientInfo{"Phone/1", "urn:uuid:a", "192.0.2.1"});
  RecordingPorts ports;
  base::Random random{1};
  Registrar registrar{RegistrarSettings{}, base::ShardId{2}, ports, random};

 private:
  std::uint64_t tickets_ = 0;
  std::uint32_t cseq_ = 0;
};

}  // namespace tertulia::domain
