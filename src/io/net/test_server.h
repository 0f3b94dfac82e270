// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "io/net/transport.h"

namespace tertulia::io::testing {

using namespace std::chrono_literals;

/// A transport with a loop and a clock that stands still, and a record of what it reported.
struct TransportFixture : ::testing::Test, ConnectionAcceptor, ConnectionHandler {
  ManualClock clock;
  Loop loop{clock};
  base::IdSource ids{base::ShardId{1}};
  TransportSettings settings;
  std::unique_ptr<Transport> transport;
  bool echo = true;
  std::function<void(base::ConnectionId)> accepted = [](base::ConnectionId) {};
  std::function<void(base::ConnectionId, std::string_view)> got_bytes = [](base::ConnectionId, std::string_view) {};
  std::vector<std::pair<base::ConnectionId, PeerInfo>> peers;
  std::map<base::ConnectionId, std::string> received;
  std::map<base::ConnectionId, CloseCause> closed;

  TransportFixture() { ignore_broken_pipe_signal(); }

  Transport& open() {
    transport = std::make_unique<Transport>(loop, ids, base::Log::silent(), settings);
    return *transport;
  }
  SocketAddress listen(bool tls = false, const char* address = "127.0.0.1:0") {
    if (!transport) open();
    auto real = transport->listen({.address = *SocketAddress::parse(address), .tls = tls}, *this, *this);
    EXPECT_TRUE(real);
    return real ? *real : SocketAddress{};
  }

  void on_accepted(base::ConnectionId id, const PeerInfo& peer) override {
    peers.emplace_back(id, peer);
    accepted(id);
  }
  void on_bytes(base::ConnectionId id, std::string_view bytes) override {
    received[id] += bytes;
    if (echo) transport->send(id, bytes);
    got_bytes(id, bytes);
  }
  void on_closed(base::ConnectionId id, CloseCause cause) override {
    EXPECT_FALSE(closed.contains(id)) << "told twice";
    closed.emplace(id, cause);
  }

  /// Serves while `client` runs on a thread of its own.
  void serve(const std::function<void()>& client) {
    std::atomic<bool> done{false};
    std::thread thread([&] {
      client();
      done.store(true);
      EXPECT_TRUE(loop.post([] {}));
    });
    EXPECT_TRUE(loop.run_until([&] { return done.load(); }, 30s));
    thread.join();
  }
  bool serve_until(const std::function<bool()>& condition) { return loop.run_until(condition, 10s); }
  /// From the client's thread: runs `call` on the loop and waits for it.
  void on_loop(const std::function<void()>& call) {
    std::atomic<bool> done{false};
    ASSERT_TRUE(loop.post([&] {
      call();
      done.store(true);
      done.notify_all();
    }));
    done.wait(false);
  }
  CloseCause only_cause() const {
    EXPECT_EQ(closed.size(), 1U);
    return closed.empty() ? CloseCause::requested : closed.begin()->second;
  }
  const TransportMetrics& metrics() const { return transport->metrics(); }
};

}  // namespace tertulia::io::testing
