// SPDX-License-Identifier: Apache-2.0
#include "io/net/transport.h"

#include <gtest/gtest.h>

#include "io/net/test_peer.h"
#include "io/net/test_server.h"

namespace tertulia::io {
namespace {

using testing::TestPeer;
using namespace std::chrono_literals;

struct TransportTest : testing::TransportFixture {};

TEST_F(TransportTest, echoes_over_tcp_and_tells_the_end) {
  const SocketAddress server = listen();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("hello"));
    EXPECT_EQ(peer.read(5), "hello");
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::peer_closed);
  ASSERT_EQ(peers.size(), 1U);
  EXPECT_EQ(base::IdSource::shard_of(peers[0].first.value), base::ShardId{1});
  EXPECT_EQ(peers[0].second.local, server);
  EXPECT_EQ(peers[0].second.remote.host(), "127.0.0.1");
  EXPECT_FALSE(peers[0].second.tls);
  EXPECT_EQ(metrics().accepted.value(), 1U);
  EXPECT_EQ(metrics().bytes_in.value(), 5U);
  EXPECT_EQ(metrics().bytes_out.value(), 5U);
  EXPECT_EQ(metrics().open.value(), 0);
  EXPECT_EQ(metrics().closed_count(CloseCause::peer_closed), 1U);
  EXPECT_EQ(transport->connection_count(), 0U);
}

TEST_F(TransportTest, serves_ipv6) {
  const SocketAddress server = listen(false, "[::1]:0");
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("six"));
    EXPECT_EQ(peer.read(3), "six");
  });
  EXPECT_EQ(peers[0].second.remote.host(), "::1");
}

TEST_F(TransportTest, tells_why_it_cannot_listen) {
  const SocketAddress taken = listen();
  EXPECT_EQ(transport->listen({.address = taken}, *this, *this).reason(), base::Reason::address_in_use);
  EXPECT_EQ(transport->listen({.address = taken, .tls = true}, *this, *this).reason(),
            base::Reason::certificate_unusable);
  for (std::size_t i = 1; i < listeners_max; ++i) listen();
  EXPECT_EQ(transport->listen({.address = *SocketAddress::parse("127.0.0.1:0")}, *this, *this).reason(),
            base::Reason::setting_out_of_bounds);
}

TEST_F(TransportTest, large_transfers_arrive_whole_and_in_order) {
  const SocketAddress server = listen();
  std::string text;
  for (int i = 0; text.size() < 3'000'000; ++i) text += std::to_string(i) + ' ';
  serve([&] {
    TestPeer peer(server);
    std::thread writer([&] { EXPECT_TRUE(peer.write(text)); });
    const std::string back = peer.read(text.size());
    writer.join();
    EXPECT_TRUE(back == text);
  });
}

TEST_F(TransportTest, what_is_sent_in_one_turn_leaves_together) {
  echo = false;
  const SocketAddress server = listen();
  got_bytes = [&](base::ConnectionId id, std::string_view) {
    for (const char* part : {"one ", "two ", "three"}) transport->send(id, part);
    EXPECT_EQ(transport->queued_bytes(id), 13U);
    EXPECT_EQ(metrics().bytes_out.value(), 0U);  // nothing leaves before the turn ends
  };
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("?"));
    EXPECT_EQ(peer.read_some(), "one two three");
  });
}

TEST_F(TransportTest, answers_given_before_the_peer_ends_its_side_still_arrive) {
  const SocketAddress server = listen();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("last words"));
    peer.end_writing();
    EXPECT_EQ(peer.read_to_end(), "last words");
    EXPECT_EQ(peer.end(), "closed");
  });
}

TEST_F(TransportTest, a_reset_is_told_as_such) {
  const SocketAddress server = listen();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("x"));
    EXPECT_EQ(peer.read(1), "x");
    peer.break_off();
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::reset);
}

TEST_F(TransportTest, close_after_flush_delivers_all_bytes_though_input_is_unread) {
  echo = false;
  const SocketAddress server = listen();
  const std::string text(900'000, 'x');
  got_bytes = [&](base::ConnectionId id, std::string_view) {
    transport->send(id, text);
    transport->close(id, CloseMode::after_flush);
    transport->send(id, "too late");
  };
  serve([&] {
    TestPeer peer(server, 4096);
    ASSERT_TRUE(peer.write("?"));
    EXPECT_EQ(peer.read(1).substr(0, 1), "x");
    EXPECT_TRUE(peer.write(std::string(50'000, 'y')));  // never read by the server's user
    const std::string rest = peer.read_to_end();
    EXPECT_EQ(peer.end(), "closed");
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::requested);
  EXPECT_EQ(metrics().bytes_out.value(), text.size());
  EXPECT_EQ(metrics().sends_dropped.value(), 1U);
  EXPECT_EQ(received.begin()->second, "?");
}

TEST_F(TransportTest, close_after_flush_does_not_wait_longer_than_its_bound) {
  echo = false;
  const SocketAddress server = listen();
  accepted = [&](base::ConnectionId id) { transport->close(id, CloseMode::after_flush); };
  TestPeer peer(server);  // never ends its side
  ASSERT_TRUE(serve_until([&] { return peers.size() == 1; }));
  EXPECT_FALSE(loop.run_until([&] { return !closed.empty(); }, 20ms));
  clock.advance(closing_duration_max);
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::requested);
}

TEST_F(TransportTest, close_now_ends_at_once_and_ids_that_ended_are_harmless) {
  const SocketAddress server = listen();
  accepted = [&](base::ConnectionId id) {
    transport->send(id, "never leaves");
    transport->close(id, CloseMode::now);
    transport->close(id, CloseMode::after_flush);
    transport->send(id, "dropped");
    EXPECT_TRUE(closed.empty());  // not from inside a call
  };
  serve([&] {
    TestPeer peer(server);
    EXPECT_EQ(peer.read_to_end(), "");
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  const base::ConnectionId gone = peers[0].first;
  transport->send(gone, "x");
  transport->close(gone, CloseMode::now);
  transport->pause_reading(gone);
  transport->resume_reading(gone);
  transport->send(base::ConnectionId{}, "x");
  EXPECT_EQ(transport->queued_bytes(gone), 0U);
  EXPECT_EQ(metrics().sends_dropped.value(), 3U);
}

TEST_F(TransportTest, paused_reading_leaves_bytes_in_the_kernel) {
  const SocketAddress server = listen();
  accepted = [&](base::ConnectionId id) { transport->pause_reading(id); };
  TestPeer peer(server);
  ASSERT_TRUE(peer.write("later"));
  ASSERT_TRUE(serve_until([&] { return peers.size() == 1; }));
  EXPECT_FALSE(loop.run_until([&] { return !received.empty(); }, 20ms));
  transport->resume_reading(peers[0].first);
  ASSERT_TRUE(serve_until([&] { return received[peers[0].first] == "later"; }));
  EXPECT_EQ(peer.read(5), "later");
}

TEST_F(TransportTest, pausing_inside_on_bytes_stops_the_reading) {
  const SocketAddress server = listen();
  echo = false;
  std::size_t calls = 0;
  got_bytes = [&](base::ConnectionId id, std::string_view) {
    ++calls;
    transport->pause_reading(id);
  };
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write(std::string(200'000, 'x')));
    for (std::size_t total = 0, resumed = 0; total < 200'000;) {
      on_loop([&] {
        if (peers.empty()) return;
        EXPECT_LE(calls, resumed + 1);
        if (calls == resumed + 1) transport->resume_reading(peers[0].first), ++resumed;
        total = received[peers[0].first].size();
      });
    }
  });
}

TEST_F(TransportTest, stop_listening_refuses_the_new_and_keeps_the_old) {
  const SocketAddress server = listen();
  accepted = [&](base::ConnectionId) { transport->stop_listening(); };
  serve([&] {
    TestPeer old(server);
    ASSERT_TRUE(old.write("a"));
    EXPECT_EQ(old.read(1), "a");
    EXPECT_FALSE(TestPeer(server).connected());
    ASSERT_TRUE(old.write("b"));
    EXPECT_EQ(old.read(1), "b");
    on_loop([&] { transport->close_all(CloseMode::after_flush); });
    EXPECT_EQ(old.read_to_end(), "");
    EXPECT_EQ(old.end(), "closed");
  });
}

TEST_F(TransportTest, the_end_of_a_transport_closes_its_connections_silently) {
  const SocketAddress server = listen();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("x"));
    EXPECT_EQ(peer.read(1), "x");
    on_loop([&] { transport.reset(); });
    EXPECT_TRUE(peer.closed_by_server());
  });
  EXPECT_TRUE(closed.empty());
}

TEST(TransportShards, peers_of_one_port_are_spread_over_two_loops) {
  struct Shard : ConnectionAcceptor, ConnectionHandler {
    SystemClock clock;
    Loop loop{clock};
    base::IdSource ids;
    Transport transport{loop, ids, base::Log::silent()};
    explicit Shard(std::uint16_t number) : ids(base::ShardId{number}) {}
    void on_accepted(base::ConnectionId id, const PeerInfo&) override {
      transport.send(id, std::to_string(base::IdSource::shard_of(id.value).value));
    }
    void on_bytes(base::ConnectionId, std::string_view) override {}
    void on_closed(base::ConnectionId, CloseCause) override {}
  };
  Shard first(0), second(1);
  ListenSettings settings{.address = *SocketAddress::parse("127.0.0.1:0"), .sharing = PortSharing::first_of_shards};
  const auto real = first.transport.listen(settings, first, first);
  ASSERT_TRUE(real);
  settings = {.address = *real, .sharing = PortSharing::next_shard};
  ASSERT_TRUE(second.transport.listen(settings, second, second));
  std::thread one([&] { first.loop.run(); });
  std::thread two([&] { second.loop.run(); });
  std::string shards;
  while (shards.size() < 500 && (shards.find('0') == shards.npos || shards.find('1') == shards.npos)) {
    TestPeer peer(*real);
    shards += peer.read(1);
  }
  first.loop.stop();
  second.loop.stop();
  one.join();
  two.join();
  EXPECT_NE(shards.find('0'), shards.npos);
  EXPECT_NE(shards.find('1'), shards.npos);
}

}  // namespace
}  // namespace tertulia::io
