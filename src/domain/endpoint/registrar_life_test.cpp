// SPDX-License-Identifier: Apache-2.0
// How registrations end, what is recorded, and what many of them cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <chrono>
#include <cstdio>

#include "domain/endpoint/registrar.h"
#include "domain/endpoint/registrar_script.h"

namespace tertulia::domain {
namespace {

using base::ConnectionId;
using base::Reason;
using base::WallTime;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class RegistrarLifeTest : public testing::Test, protected RegistrarScript {
 protected:
  BindRequest over(std::uint64_t connection, std::vector<ContactChange> contacts) {
    BindRequest asked = request(std::move(contacts));
    asked.connection = {connection};
    return asked;
  }
};

TEST_F(RegistrarLifeTest, a_lease_ends_exactly_at_its_end) {
  bind({contact("sip:a@1", 100s), contact("sip:b@1", 200s)});
  EXPECT_EQ(registrar.deadline(), now.mono + 100s);
  said();
  pass(100s - 1us);
  registrar.on_deadline(now);  // harmless when early
  EXPECT_THAT(targets(), ElementsAre("sip:a@1", "sip:b@1"));
  EXPECT_EQ(registrar.bindings(alice, now).size(), 2U);
  pass(1us);
  EXPECT_EQ(registrar.bindings(alice, now).size(), 1U);  // ended, although nobody has cleared it away
  registrar.on_deadline(now);
  EXPECT_THAT(targets(), ElementsAre("sip:b@1"));
  EXPECT_THAT(said(), ElementsAre("record ended 2", "removed 2"));
  EXPECT_EQ(registrar.deadline(), now.mono + 100s);
}

TEST_F(RegistrarLifeTest, a_request_sees_no_lease_that_has_ended) {
  const base::EndpointId first = bind({contact("sip:a@1", 100s)}).endpoint;
  pass(100s);
  said();
  const BindAnswer again = bind({contact("sip:a@1", 100s)});
  EXPECT_NE(again.endpoint, first);  // too late for a refresh: a new registration
  EXPECT_THAT(said(), ElementsAre("record ended 2", "removed 2", "answer none", "record begun", "added sip:a@1"));
}

TEST_F(RegistrarLifeTest, the_record_of_an_ended_lease_names_the_end_not_the_look) {
  bind({contact("sip:a@1", 100s)});
  const WallTime end = now.wall + 100s;
  pass(130s);
  registrar.on_deadline(now);
  EXPECT_EQ(ports.records.back().deregister_time, end);
}

TEST_F(RegistrarLifeTest, a_refresh_moves_the_deadline) {
  bind({contact("sip:a@1", 100s)});
  bind({contact("sip:b@1", 150s)});
  pass(50s);
  bind({contact("sip:a@1", 300s)});
  EXPECT_EQ(registrar.deadline(), now.mono + 100s);
  pass(100s);
  registrar.on_deadline(now);
  EXPECT_THAT(targets(), ElementsAre("sip:a@1"));
}

TEST_F(RegistrarLifeTest, a_connection_takes_all_its_endpoints_with_it) {
  bind(over(1, {contact("sip:a@1"), contact("sip:b@1")}));
  bind(over(2, {contact("sip:c@2")}));
  said();
  registrar.on_connection_gone({bob, ConnectionId{1}, false}, now);  // bob has nothing on it
  registrar.on_connection_gone({alice, ConnectionId{9}, false}, now);
  EXPECT_THAT(said(), IsEmpty());
  registrar.on_connection_gone({alice, ConnectionId{1}, false}, now);
  EXPECT_THAT(said(), ElementsAre("record ended 3", "removed 3", "record ended 3", "removed 3"));
  EXPECT_EQ(ports.records.back().diagnostic_id, base::id_of(Reason::flow_failed));
  EXPECT_THAT(targets(), ElementsAre("sip:c@2"));
  // Closing is no goodbye: the kernel closes for a program that was killed.
  registrar.on_connection_gone({alice, ConnectionId{2}, true}, now);
  EXPECT_THAT(said(), ElementsAre("record ended 3", "removed 3"));
  EXPECT_EQ(ports.records.back().diagnostic_id, 0U);
  EXPECT_EQ(registrar.user_count(), 0U);
}

TEST_F(RegistrarLifeTest, the_death_of_an_old_connection_does_not_end_what_moved_on) {
  const base::EndpointId endpoint = bind(over(1, {contact("sip:a@1", {}, "i"), contact("sip:b@1")})).endpoint;
  said();
  bind(over(2, {contact("sip:a@2", {}, "i")}));  // the device is back before the server has noticed that it was away
  EXPECT_THAT(said(), ElementsAre("answer none", "added sip:a@2"));
  EXPECT_EQ(ports.added.back().endpoint, endpoint);
  EXPECT_EQ(ports.added.back().connection, ConnectionId{2});
  registrar.on_connection_gone({alice, ConnectionId{1}, false}, now);
  EXPECT_THAT(targets(), ElementsAre("sip:a@2"));  // sip:b@1 went, sip:a@2 stays
  registrar.on_connection_gone({alice, ConnectionId{2}, false}, now);
  EXPECT_THAT(targets(), IsEmpty());
}

TEST_F(RegistrarLifeTest, a_connection_that_dies_before_the_device_returns) {
  const base::EndpointId first = bind(over(1, {contact("sip:a@1", {}, "i")})).endpoint;
  registrar.on_connection_gone({alice, ConnectionId{1}, false}, now);
  const BindAnswer again = bind(over(2, {contact("sip:a@2", {}, "i")}));
  EXPECT_NE(again.endpoint, first);
  EXPECT_EQ(again.bindings.size(), 1U);
}

TEST_F(RegistrarLifeTest, disabled_removed_and_renamed_users_lose_their_endpoints) {
  bind(over(1, {contact("sip:a@1"), contact("sip:b@1")}));
  bind(over(2, {contact("sip:c@2")}));
  BindRequest of_bob = over(3, {contact("sip:bob@3")});
  of_bob.user = bob;
  bind(of_bob);
  said();
  registrar.on_directory_changed(*directory, now);  // nothing concerns them
  EXPECT_THAT(said(), IsEmpty());
  put(alice, "alice@example.com", false);
  registrar.on_directory_changed(*directory, now);
  EXPECT_THAT(said(), ElementsAre("record ended 4", "removed 4", "record ended 4", "removed 4", "record ended 4",
                                  "removed 4", "drop 4/1 account_disabled", "drop 4/2 account_disabled"));
  EXPECT_EQ(ports.records.back().diagnostic_id, base::id_of(Reason::account_disabled));
  registrar.on_connection_gone({alice, ConnectionId{1}, false}, now);  // what the drop causes
  EXPECT_THAT(said(), IsEmpty());
  EXPECT_THAT(targets(bob), ElementsAre("sip:bob@3"));

  directory = directory->without(bob);
  registrar.on_directory_changed(*directory, now);
  EXPECT_THAT(said(), ElementsAre("record ended 4", "removed 4", "drop 4/3 user_does_not_exist"));

  put(alice, "alice@example.com");
  bind({contact("sip:a@1")});
  said();
  put(alice, "alicia@example.com");
  registrar.on_directory_changed(*directory, now);
  EXPECT_THAT(said(), ElementsAre("record ended 4", "removed 4", "drop 4/1 user_does_not_exist"));
  EXPECT_EQ(registrar.user_count(), 0U);
}

TEST_F(RegistrarLifeTest, whom_another_server_serves_is_sent_there) {
  bind({contact("sip:a@1")});
  said();
  move(alice, "fe2.example.com");
  registrar.on_directory_changed(*directory, now);
  EXPECT_THAT(said(), ElementsAre("record ended 4", "removed 4", "drop 4/1 home_elsewhere"));
  const BindAnswer sent = bind({contact("sip:a@1")});
  EXPECT_EQ(sent.reason, Reason::home_elsewhere);
  EXPECT_EQ(sent.home_server, "fe2.example.com:5061");
  EXPECT_THAT(said(), ElementsAre("answer home_elsewhere"));
  EXPECT_EQ(query().reason, Reason::none);
  EXPECT_EQ(bind({contact("sip:a@1", 0s)}).reason, Reason::none) << "signing out is possible everywhere";
  said();
  move(alice, "");
  registrar.on_directory_changed(*directory, now);
  EXPECT_EQ(bind({contact("sip:a@1")}).reason, Reason::none);
}

TEST_F(RegistrarLifeTest, a_change_before_the_first_look_at_the_directory_counts_too) {
  bind({contact("sip:a@1")});
  said();
  put(alice, "alice@example.com", false);
  registrar.on_directory_changed(*directory, now);
  EXPECT_THAT(said(), ElementsAre("record ended 4", "removed 4", "drop 4/1 account_disabled"));
}

TEST_F(RegistrarLifeTest, one_record_tells_a_registration_from_begin_to_end) {
  const base::EndpointId endpoint = bind({contact("sip:a@1", 100s, "urn:uuid:a")}).endpoint;
  const RegistrationRecord begun = ports.records.at(0);
  EXPECT_EQ(begun.user, "alice@example.com");
  EXPECT_EQ(begun.endpoint, endpoint);
  EXPECT_EQ(begun.instance, "urn:uuid:a");
  EXPECT_EQ(begun.client_version, "Phone/1");
  EXPECT_EQ(begun.ip_address, "192.0.2.1");
  EXPECT_EQ(begun.register_time, now.wall);
  EXPECT_EQ(begun.deregister_time, std::nullopt);
  EXPECT_EQ(begun.response_code, 200);

  pass(50s);
  BindRequest moved = request({contact("sip:a@1", 100s, "urn:uuid:a")});
  moved.client = std::make_shared<const ClientInfo>(ClientInfo{"Phone/2", "urn:uuid:a", "198.51.100.7"});
  bind(moved);
  EXPECT_EQ(registrar.routes(alice).at(0).client->user_agent, "Phone/2");
  pass(10s);
  bind({contact("sip:a@1", 0s, "urn:uuid:a")});
  ASSERT_EQ(ports.records.size(), 2U);
  const RegistrationRecord ended = ports.records.at(1);
  EXPECT_EQ(ended.id, begun.id);
  EXPECT_EQ(ended.register_time, begun.register_time);
  EXPECT_EQ(ended.deregister_time, now.wall);
  EXPECT_EQ(ended.deregister_type, DeregisterType::client_initiated);
  EXPECT_EQ(ended.ip_address, "192.0.2.1");  // facts of the sign-in
}

TEST_F(RegistrarLifeTest, an_instance_that_only_the_client_facts_know_is_recorded) {
  bind({contact("sip:a@1")});
  EXPECT_EQ(ports.records.at(0).instance, "urn:uuid:a");
  EXPECT_EQ(registrar.bindings(alice, now).at(0).instance, "");  // but is no part of the contact
}

TEST_F(RegistrarLifeTest, refused_sign_ins_are_recorded) {
  registrar.on_sign_in_failed({"eve@example.com", client, Reason::credentials_wrong, 401}, now);
  registrar.on_sign_in_failed({"eve@example.com", nullptr, Reason::account_locked, 403}, now);
  put(alice, "alice@example.com", true, "1");
  bind({contact("sip:a@1")});
  bind({contact("sip:b@1")});
  put(alice, "alice@example.com", false);
  bind({contact("sip:a@1")});
  EXPECT_THAT(said(), ElementsAre("record refused 401", "record refused 403", "answer none", "record begun",
                                  "added sip:a@1", "answer too_many_endpoints", "record refused 403",
                                  "answer account_disabled", "record refused 403"));
  EXPECT_EQ(ports.records[0].user, "eve@example.com");
  EXPECT_EQ(ports.records[0].diagnostic_id, base::id_of(Reason::credentials_wrong));
  EXPECT_EQ(ports.records[0].client_version, "Phone/1");
  EXPECT_EQ(ports.records[3].user, "alice@example.com");
  EXPECT_EQ(ports.records[3].diagnostic_id, base::id_of(Reason::too_many_endpoints));
  EXPECT_EQ(ports.records[3].deregister_time, std::nullopt);
  EXPECT_FALSE(ports.records[3].endpoint);
  for (std::size_t i = 1; i < ports.records.size(); ++i) EXPECT_GT(ports.records[i].id, ports.records[i - 1].id);
}

TEST_F(RegistrarLifeTest, what_a_client_repairs_itself_is_no_failed_sign_in) {
  bind({contact("sip:a@1", 1s)});
  EXPECT_THAT(said(), ElementsAre("answer interval_too_brief"));
}

TEST_F(RegistrarLifeTest, stop_closes_every_record) {
  bind({contact("sip:a@1"), contact("sip:b@1", 60s)});
  BindRequest of_bob = over(3, {contact("sip:bob@3")});
  of_bob.user = bob;
  bind(of_bob);
  said();
  pass(60s);
  registrar.stop(now);
  EXPECT_THAT(said(), ElementsAre("record ended 2", "removed 2", "record ended 0", "record ended 0"));
  EXPECT_EQ(ports.records.back().diagnostic_id, base::id_of(Reason::server_stopping));
  EXPECT_EQ(registrar.endpoint_count(), 0U);
  EXPECT_EQ(registrar.deadline(), std::nullopt);
  registrar.stop(now);
  EXPECT_THAT(said(), IsEmpty());
}

TEST_F(RegistrarLifeTest, works_without_facts_about_the_client) {
  BindRequest asked = request({contact("sip:a@1", {}, "i")});
  asked.client = nullptr;
  bind(asked);
  ASSERT_NE(registrar.routes(alice).at(0).client, nullptr);
  asked.cseq += 1;
  EXPECT_EQ(bind(asked).bindings.at(0).instance, "i");
}

/// Ports that keep nothing, so that only the registrar's own memory is measured.
class DeafPorts final : public RegistrarPorts {
 public:
  void answer(base::ShardId, BindAnswer) override {}
  void record(RegistrationRecord) override {}
  void endpoint_added(base::UserId, const EndpointRoute&) override {}
  void endpoint_removed(base::UserId, base::EndpointId, DeregisterType) override {}
  void drop_connection(base::ShardId, base::ConnectionId, Reason) override {}
};

TEST(RegistrarSize, ten_thousand_endpoints) {
  constexpr std::uint32_t count = 10'000;
  std::vector<User> users(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    users[i].id = {i + 1};
    users[i].address = *Address::parse("user" + std::to_string(i) + "@example.com");
  }
  const DirectoryPtr directory = Directory({"example.com"}, Policy::defaults()).with_users(std::move(users));
  DeafPorts ports;
  base::Random random(1);
  Registrar registrar({}, base::ShardId{0}, ports, random);
  base::Now now{{0}, {1'700'000'000'000'000}};

  const auto bind = [&](std::uint32_t i, std::uint32_t cseq) {
    const std::string number = std::to_string(100'000'000'000ULL + i);
    BindRequest request;
    request.connection = {i + 1};
    request.user = {i + 1};
    request.call_id = "7d1a4c10-" + number + "@192.0.2.10";
    request.cseq = cseq;
    request.gruu_wanted = true;
    const std::string instance = "urn:uuid:00000000-0000-1000-8000-" + number;
    request.contacts = {
        RegistrarScript::contact("sip:user@192.0.2.10:49152;transport=tls;ob=" + number, std::nullopt, instance, 1)};
    request.contacts[0].parameters = ";methods=\"INVITE, MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK\"";
    request.client =
        std::make_shared<const ClientInfo>(ClientInfo{"ExampleClient/4.1.2 (Linux)", instance, "192.0.2.10"});
    registrar.on_bind(request, *directory, now);
  };
  const auto time = [&](auto work) {
    const auto start = std::chrono::steady_clock::now();
    for (std::uint32_t i = 0; i < count; ++i) work(i);
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / count;
  };
  const std::size_t before = mallinfo2().uordblks;
  const double first_us = time([&](std::uint32_t i) { bind(i, 1); });
  const std::size_t each = (mallinfo2().uordblks - before) / count;
  const double refresh_us = time([&](std::uint32_t i) { bind(i, 2); });
  const std::size_t after_refresh = (mallinfo2().uordblks - before) / count;
  std::printf("10,000 endpoints: %zu bytes each, %zu after a refresh; bind %.1f us, refresh %.1f us\n", each,
              after_refresh, first_us, refresh_us);
  EXPECT_EQ(registrar.endpoint_count(), count);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their allocators do not tell
  EXPECT_LT(each, 1280U);
  EXPECT_EQ(each, after_refresh);  // a refresh costs no memory
#endif
  now.mono = now.mono + 600s;
  registrar.on_deadline(now);
  EXPECT_EQ(registrar.endpoint_count(), 0U);
  EXPECT_EQ(registrar.user_count(), 0U);
}

}  // namespace
}  // namespace tertulia::domain
