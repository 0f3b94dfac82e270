// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "io/net/test_peer.h"
#include "io/net/test_server.h"
#include "io/net/transport.h"

namespace tertulia::io {
namespace {

using testing::TestPeer;
using namespace std::chrono_literals;

struct TransportLimits : testing::TransportFixture {};

TEST_F(TransportLimits, connections_over_the_bound_are_closed_at_once) {
  settings.connections = 2;
  const SocketAddress server = listen();
  serve([&] {
    TestPeer first(server), second(server);
    ASSERT_TRUE(first.write("a") && second.write("b"));
    EXPECT_EQ(first.read(1) + second.read(1), "ab");
    {
      TestPeer third(server);
      EXPECT_TRUE(third.closed_by_server());
    }
    first.end_writing();
    EXPECT_EQ(first.read_to_end(), "");
    TestPeer fourth(server);
    ASSERT_TRUE(fourth.write("d"));
    EXPECT_EQ(fourth.read(1), "d");
  });
  EXPECT_EQ(metrics().refused_count(RefusalCause::too_many_connections), 1U);
  EXPECT_EQ(metrics().accepted.value(), 3U);
  EXPECT_EQ(peers.size(), 3U);
}

TEST_F(TransportLimits, one_peer_cannot_take_all_connections) {
  settings.connections_per_peer = 1;
  const SocketAddress server = listen();
  const SocketAddress server6 = listen(false, "[::1]:0");
  serve([&] {
    {
      TestPeer first(server);
      ASSERT_TRUE(first.write("a"));
      EXPECT_EQ(first.read(1), "a");
      EXPECT_TRUE(TestPeer(server).closed_by_server());
      TestPeer other(server6);
      ASSERT_TRUE(other.write("o"));
      EXPECT_EQ(other.read(1), "o");
      first.end_writing();
      EXPECT_EQ(first.read_to_end(), "");
    }
    TestPeer again(server);
    ASSERT_TRUE(again.write("b"));
    EXPECT_EQ(again.read(1), "b");
  });
  EXPECT_EQ(metrics().refused_count(RefusalCause::too_many_of_peer), 1U);
}

TEST_F(TransportLimits, a_slow_reader_is_closed_at_the_bound) {
  echo = false;
  settings.write_queue_bytes = 100'000;
  const SocketAddress server = listen();
  const std::string piece(10'000, 'x');
  std::size_t queued_most = 0;
  got_bytes = [&](base::ConnectionId id, std::string_view) { transport->pause_reading(id); };
  TestPeer peer(server, 4096);
  ASSERT_TRUE(serve_until([&] { return peers.size() == 1; }));
  const base::ConnectionId id = peers[0].first;
  ASSERT_TRUE(serve_until([&] {
    transport->send(id, piece);
    queued_most = std::max(queued_most, transport->queued_bytes(id));
    return !closed.empty();
  }));
  EXPECT_EQ(only_cause(), CloseCause::slow_reader);
  EXPECT_LE(queued_most, settings.write_queue_bytes);
  EXPECT_GT(queued_most, settings.write_queue_bytes - piece.size());
  EXPECT_EQ(metrics().closed_count(CloseCause::slow_reader), 1U);
}

TEST_F(TransportLimits, all_queues_together_are_bounded_and_only_slow_readers_pay) {
  echo = false;
  settings.write_queue_bytes = 100'000;
  settings.write_queues_bytes = 150'000;
  const SocketAddress server = listen();
  TestPeer slow(server, 4096), slower(server, 4096), good(server);
  ASSERT_TRUE(serve_until([&] { return peers.size() == 3; }));
  const auto fill = [&](base::ConnectionId id) {
    return serve_until([&] {
      transport->send(id, std::string(10'000, 'x'));
      return transport->queued_bytes(id) > 80'000 || closed.contains(id);
    });
  };
  ASSERT_TRUE(fill(peers[0].first));
  EXPECT_TRUE(closed.empty());
  ASSERT_TRUE(fill(peers[1].first));
  EXPECT_EQ(closed.at(peers[1].first), CloseCause::slow_reader);
  EXPECT_FALSE(closed.contains(peers[0].first));
  transport->send(peers[2].first, std::string(90'000, 'y'));  // nothing waits for this one
  serve([&] { EXPECT_EQ(good.read(90'000).size(), 90'000U); });
  transport->close(peers[0].first, CloseMode::now);
  ASSERT_TRUE(serve_until([&] { return closed.size() == 2; }));
  EXPECT_EQ(metrics().queued_bytes.value(), 0);
}

TEST_F(TransportLimits, much_in_one_turn_is_no_slow_reader) {
  echo = false;
  settings.write_queue_bytes = 100'000;
  const SocketAddress server = listen();
  got_bytes = [&](base::ConnectionId id, std::string_view) {
    for (int i = 0; i < 15; ++i) transport->send(id, std::string(10'000, 'x'));
  };
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("?"));
    EXPECT_EQ(peer.read(150'000).size(), 150'000U);
  });
}

TEST_F(TransportLimits, one_message_may_fill_the_queue) {
  echo = false;
  settings.write_queue_bytes = 100'000;
  const SocketAddress server = listen();
  accepted = [&](base::ConnectionId id) { transport->send(id, std::string(100'000, 'x')); };
  serve([&] { EXPECT_EQ(TestPeer(server).read(100'000).size(), 100'000U); });
}

TEST_F(TransportLimits, one_message_larger_than_the_queue_ends_the_connection) {
  echo = false;
  settings.write_queue_bytes = 100'000;
  const SocketAddress server = listen();
  accepted = [&](base::ConnectionId id) { transport->send(id, std::string(100'001, 'x')); };
  serve([&] { EXPECT_TRUE(TestPeer(server).closed_by_server()); });
  EXPECT_EQ(only_cause(), CloseCause::slow_reader);
}

/// Lowers the number of descriptors while it lives.
struct DescriptorLimit {
  explicit DescriptorLimit(rlim_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit low = before;
    low.rlim_cur = count;
    ::setrlimit(RLIMIT_NOFILE, &low);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before); }
  rlimit before{};
};

TEST_F(TransportLimits, without_descriptors_accepting_pauses_and_goes_on_later) {
  const SocketAddress server = listen();
  TestPeer peer(server);
  ASSERT_TRUE(peer.write("patient"));
  {
    const Fd lowest_free(::dup(0));
    const DescriptorLimit limit(static_cast<rlim_t>(lowest_free.get()));
    ASSERT_TRUE(serve_until([&] { return metrics().accept_pauses.value() == 1; }));
    EXPECT_FALSE(loop.run_until([&] { return metrics().accept_pauses.value() > 1; }, 20ms));  // it does not spin
    clock.advance(accept_backoff);
    ASSERT_TRUE(serve_until([&] { return metrics().accept_pauses.value() == 2; }));
  }
  EXPECT_TRUE(peers.empty());
  clock.advance(accept_backoff);
  ASSERT_TRUE(serve_until([&] { return received.size() == 1; }));
  EXPECT_EQ(peer.read(7), "patient");
}

}  // namespace
}  // namespace tertulia::io
