// SPDX-License-Identifier: Apache-2.0
#include "io/net/socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "io/net/limits.h"
#include "io/net/test_peer.h"

namespace tertulia::io {
namespace {

SocketAddress at(const char* text) { return *SocketAddress::parse(text); }

int option_of(int fd, int level, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  EXPECT_EQ(::getsockopt(fd, level, name, &value, &length), 0);
  return value;
}

TEST(Listener, accepted_sockets_have_its_options) {
  const auto listener = open_listener(at("127.0.0.1:0"), PortSharing::alone);
  ASSERT_TRUE(listener);
  const SocketAddress real = local_address(listener->get());
  EXPECT_NE(real.port, 0);
  EXPECT_EQ(accept_one(listener->get()).status, AcceptStatus::nothing);
  const testing::TestPeer peer(real);
  ASSERT_TRUE(peer.connected());
  pollfd ready{listener->get(), POLLIN, 0};
  ASSERT_EQ(::poll(&ready, 1, 5000), 1);
  const Accepted accepted = accept_one(listener->get());
  ASSERT_EQ(accepted.status, AcceptStatus::accepted);
  EXPECT_EQ(accepted.peer.host(), "127.0.0.1");
  const int fd = accepted.fd.get();
  EXPECT_NE(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_NE(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), keep_alive_idle_seconds);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPINTVL), keep_alive_interval_seconds);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPCNT), keep_alive_probes);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), static_cast<int>(user_timeout_milliseconds));
}

TEST(Listener, says_why_it_cannot_listen) {
  const auto first = open_listener(at("127.0.0.1:0"), PortSharing::alone);
  ASSERT_TRUE(first);
  const SocketAddress taken = local_address(first->get());
  const auto second = open_listener(taken, PortSharing::alone);
  EXPECT_EQ(second.reason(), base::Reason::address_in_use);
  EXPECT_EQ(second.error().detail, taken.to_string());
  EXPECT_EQ(open_listener(at("192.0.2.1:0"), PortSharing::alone).reason(), base::Reason::setting_out_of_bounds);
}

TEST(Listener, shards_share_a_port_but_a_second_server_does_not) {
  const auto first = open_listener(at("127.0.0.1:0"), PortSharing::first_of_shards);
  ASSERT_TRUE(first);
  const SocketAddress real = local_address(first->get());
  EXPECT_TRUE(open_listener(real, PortSharing::next_shard));
  EXPECT_EQ(open_listener(real, PortSharing::first_of_shards).reason(), base::Reason::address_in_use);
  EXPECT_EQ(open_listener(real, PortSharing::alone).reason(), base::Reason::address_in_use);
}

TEST(Listener, both_wildcards_share_a_port) {
  const auto ipv4 = open_listener(at("0.0.0.0:0"), PortSharing::first_of_shards);
  ASSERT_TRUE(ipv4);
  SocketAddress address = at("[::]:0");
  address.port = local_address(ipv4->get()).port;
  const auto ipv6 = open_listener(address, PortSharing::first_of_shards);
  ASSERT_TRUE(ipv6) << ipv6.error().detail;
  for (const auto& [listener, host] : {std::pair(ipv4->get(), "127.0.0.1:0"), std::pair(ipv6->get(), "[::1]:0")}) {
    SocketAddress to = at(host);
    to.port = address.port;
    const testing::TestPeer peer(to);
    ASSERT_TRUE(peer.connected());
    pollfd ready{listener, POLLIN, 0};
    ASSERT_EQ(::poll(&ready, 1, 5000), 1);
    EXPECT_EQ(accept_one(listener).peer.host(), at(host).host());
  }
}

}  // namespace
}  // namespace tertulia::io
