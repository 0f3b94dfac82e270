// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>

#include "io/net/test_certificates.h"
#include "io/net/test_peer.h"
#include "io/net/test_server.h"
#include "io/net/transport.h"

namespace tertulia::io {
namespace {

using testing::TestPeer;
using namespace std::chrono_literals;

struct TransportTls : testing::TransportFixture {
  testing::TestCertificates certificates;

  SocketAddress listen_tls() {
    open().use_tls(certificates.context("first"));
    return listen(true);
  }
  void expect_echo(TestPeer& peer, const std::string& text) {
    ASSERT_TRUE(peer.write(text));
    EXPECT_TRUE(peer.read(text.size()) == text);
  }
};

TEST_F(TransportTls, echoes_over_tls_1_2_and_1_3) {
  const SocketAddress server = listen_tls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    serve([&] {
      TestPeer peer(server);
      ASSERT_TRUE(peer.start_tls(version, version));
      EXPECT_EQ(peer.version(), version);
      expect_echo(peer, "hello");
      expect_echo(peer, std::string(500'000, 'x'));
    });
  }
  ASSERT_TRUE(serve_until([&] { return closed.size() == 2; }));
  for (const auto& [id, cause] : closed) EXPECT_EQ(cause, CloseCause::peer_closed);
  EXPECT_TRUE(peers[0].second.tls);
  EXPECT_EQ(metrics().bytes_in.value(), 2U * 500'005U);
  EXPECT_EQ(metrics().handshaking.value(), 0);
}

/// Open connections share the library's way to their sockets: what one says must never reach another, also while a third
/// has a handshake, or one makes new traffic keys, which the server answers with new ones of its own.
TEST_F(TransportTls, connections_that_take_turns_stay_apart) {
  const SocketAddress server = listen_tls();
  serve([&] {
    TestPeer first(server);
    TestPeer second(server);
    ASSERT_TRUE(first.start_tls());
    ASSERT_TRUE(second.start_tls());
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(first.write("first" + std::to_string(i)));
      ASSERT_TRUE(second.write("second" + std::to_string(i)));
      if (i % 5 == 4) {
        TestPeer third(server);
        ASSERT_TRUE(third.start_tls());
        EXPECT_EQ(SSL_key_update(first.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
        expect_echo(third, "third");
      }
      EXPECT_EQ(second.read(6 + std::to_string(i).size()), "second" + std::to_string(i));
      EXPECT_EQ(first.read(5 + std::to_string(i).size()), "first" + std::to_string(i));
    }
    expect_echo(second, std::string(500'000, 'y'));
    expect_echo(first, std::string(500'000, 'x'));
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 6; }));
  for (const auto& [id, cause] : closed) EXPECT_EQ(cause, CloseCause::peer_closed);
}

TEST_F(TransportTls, refuses_tls_1_1) {
  const SocketAddress server = listen_tls();
  serve([&] { EXPECT_FALSE(TestPeer(server).start_tls(TLS1_1_VERSION, TLS1_1_VERSION)); });
  ASSERT_TRUE(serve_until([&] { return transport->connection_count() == 0; }));
  EXPECT_EQ(metrics().handshake_failures.value(), 1U);
  EXPECT_TRUE(peers.empty());
  EXPECT_TRUE(closed.empty());  // was never announced
}

TEST_F(TransportTls, plain_bytes_on_the_tls_port_are_closed_and_counted) {
  const SocketAddress server = listen_tls();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.write("OPTIONS sip:example.com SIP/2.0\r\n\r\n"));
    EXPECT_TRUE(peer.closed_by_server());
  });
  EXPECT_EQ(metrics().handshake_failures.value(), 1U);
  EXPECT_TRUE(received.empty());
}

TEST_F(TransportTls, a_peer_that_leaves_during_the_handshake_is_counted) {
  const SocketAddress server = listen_tls();
  serve([&] { TestPeer(server).write("\x16\x03\x01"); });
  ASSERT_TRUE(serve_until([&] { return metrics().handshake_failures.value() == 1; }));
  ASSERT_TRUE(serve_until([&] { return transport->connection_count() == 0; }));
}

TEST_F(TransportTls, a_half_open_handshake_ends_at_its_deadline) {
  const SocketAddress server = listen_tls();
  TestPeer peer(server);
  ASSERT_TRUE(serve_until([&] { return metrics().handshaking.value() == 1; }));
  clock.advance(handshake_duration_max - 1ms);
  EXPECT_FALSE(loop.run_until([&] { return transport->connection_count() == 0; }, 20ms));
  clock.advance(1ms);
  ASSERT_TRUE(serve_until([&] { return transport->connection_count() == 0; }));
  EXPECT_TRUE(peer.closed_by_server());
  EXPECT_EQ(metrics().handshake_timeouts.value(), 1U);
  EXPECT_EQ(metrics().handshaking.value(), 0);
}

TEST_F(TransportTls, the_deadline_does_not_touch_finished_handshakes) {
  const SocketAddress server = listen_tls();
  TestPeer half_open(server);
  ASSERT_TRUE(serve_until([&] { return metrics().handshaking.value() == 1; }));
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.start_tls());
    expect_echo(peer, "before");
    on_loop([&] { clock.advance(handshake_duration_max); });
    EXPECT_TRUE(half_open.closed_by_server());
    expect_echo(peer, "after");
  });
}

TEST_F(TransportTls, half_open_handshakes_are_bounded) {
  settings.handshakes = 1;
  const SocketAddress server = listen_tls();
  TestPeer half_open(server);
  ASSERT_TRUE(serve_until([&] { return metrics().handshaking.value() == 1; }));
  serve([&] { EXPECT_TRUE(TestPeer(server).closed_by_server()); });
  EXPECT_EQ(metrics().refused_count(RefusalCause::too_many_handshakes), 1U);
  serve([&] {
    ASSERT_TRUE(half_open.start_tls());
    TestPeer next(server);
    ASSERT_TRUE(next.start_tls());
    expect_echo(next, "now there is room");
  });
}

TEST_F(TransportTls, what_is_sent_in_one_turn_is_one_record) {
  echo = false;
  const SocketAddress server = listen_tls();
  got_bytes = [&](base::ConnectionId id, std::string_view) {
    for (const char* part : {"one ", "two ", "three"}) transport->send(id, part);
  };
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.start_tls());
    ASSERT_TRUE(peer.write("?"));
    EXPECT_EQ(peer.read_some(), "one two three");  // SSL_read gives at most one record
  });
}

TEST_F(TransportTls, close_after_flush_delivers_all_and_says_so) {
  echo = false;
  const SocketAddress server = listen_tls();
  const std::string text(900'000, 'x');
  got_bytes = [&](base::ConnectionId id, std::string_view) {
    transport->send(id, text);
    transport->close(id, CloseMode::after_flush);
  };
  serve([&] {
    TestPeer peer(server, 4096);
    ASSERT_TRUE(peer.start_tls());
    ASSERT_TRUE(peer.write("?"));
    EXPECT_EQ(peer.read_to_end().size(), text.size());
    EXPECT_EQ(SSL_get_shutdown(peer.ssl()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::requested);
}

TEST_F(TransportTls, a_slow_reader_is_closed_at_the_bound) {
  echo = false;
  settings.write_queue_bytes = 100'000;
  const SocketAddress server = listen_tls();
  TestPeer peer(server, 4096);
  serve([&] { ASSERT_TRUE(peer.start_tls()); });
  ASSERT_TRUE(serve_until([&] { return peers.size() == 1; }));
  ASSERT_TRUE(serve_until([&] {
    transport->send(peers[0].first, std::string(10'000, 'x'));
    return !closed.empty();
  }));
  EXPECT_EQ(only_cause(), CloseCause::slow_reader);
}

TEST_F(TransportTls, a_blocked_write_goes_on_when_the_peer_reads_and_more_was_added) {
  echo = false;
  settings.write_queue_bytes = 64'000'000;
  const SocketAddress server = listen_tls();
  TestPeer peer(server, 4096);
  serve([&] { ASSERT_TRUE(peer.start_tls()); });
  ASSERT_TRUE(serve_until([&] { return peers.size() == 1; }));
  std::string all;
  ASSERT_TRUE(serve_until([&] {
    const std::string piece = std::to_string(all.size()) + std::string(100'000, ' ');
    transport->send(peers[0].first, piece);
    all += piece;
    return transport->queued_bytes(peers[0].first) > 500'000;
  }));
  serve([&] {
    on_loop([&] { transport->send(peers[0].first, "end"); });
    EXPECT_TRUE(peer.read(all.size() + 3) == all + "end");
  });
}

TEST_F(TransportTls, paused_reading_loses_nothing_that_tls_holds_already) {
  const SocketAddress server = listen_tls();
  got_bytes = [&](base::ConnectionId id, std::string_view) { transport->pause_reading(id); };
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.start_tls());
    std::string sent;
    for (int i = 0; i < 50; ++i) {  // many records, of which one read takes several
      const std::string record = std::to_string(i) + std::string(900, '.');
      ASSERT_TRUE(peer.write(record));
      sent += record;
    }
    for (std::size_t total = 0; total < sent.size();) {
      on_loop([&] {
        if (peers.empty()) return;
        transport->resume_reading(peers[0].first);
        total = received[peers[0].first].size();
      });
    }
    EXPECT_TRUE(peer.read(sent.size()) == sent);
  });
}

TEST_F(TransportTls, certificates_are_renewed_while_connections_live) {
  const SocketAddress server = listen_tls();
  serve([&] {
    TestPeer old(server);
    ASSERT_TRUE(old.start_tls());
    EXPECT_EQ(old.server_name(), "first");
    on_loop([&] { transport->use_tls(certificates.context("second")); });
    expect_echo(old, "still here");
    TestPeer fresh(server);
    ASSERT_TRUE(fresh.start_tls());
    EXPECT_EQ(fresh.server_name(), "second");
    expect_echo(fresh, "new");
    expect_echo(old, "and still");
  });
}

TEST_F(TransportTls, each_client_gets_the_certificate_it_can_use) {
  const auto context = TlsContext::load({certificates.ecdsa("ecdsa"), certificates.rsa("rsa")});
  ASSERT_TRUE(context);
  open().use_tls(*context);
  const SocketAddress server = listen(true);
  serve([&] {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      TestPeer modern(server), old(server);
      ASSERT_TRUE(modern.start_tls(version, version));
      EXPECT_EQ(modern.server_name(), "ecdsa");
      ASSERT_TRUE(old.start_tls(version, version, "RSA-PSS+SHA256:RSA+SHA256"));
      EXPECT_EQ(old.server_name(), "rsa");
    }
  });
}

TEST_F(TransportTls, a_session_ticket_shortens_the_next_handshake) {
  const SocketAddress server = listen_tls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    serve([&] {
      SSL_SESSION* session = nullptr;
      {
        TestPeer peer(server);
        ASSERT_TRUE(peer.start_tls(version, version));
        expect_echo(peer, "first");  // TLS 1.3 sends the ticket after the handshake
        session = SSL_get1_session(peer.ssl());
        SSL_shutdown(peer.ssl());  // a session that was broken off is not offered again
      }
      TestPeer again(server);
      ASSERT_TRUE(again.start_tls(version, version, nullptr, session));
      EXPECT_EQ(SSL_session_reused(again.ssl()), 1);
      expect_echo(again, "second");
      SSL_SESSION_free(session);
    });
  }
  EXPECT_EQ(metrics().handshakes_resumed.value(), 2U);
}

TEST_F(TransportTls, garbage_after_the_handshake_is_a_tls_error) {
  const SocketAddress server = listen_tls();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.start_tls());
    expect_echo(peer, "x");
    ASSERT_GT(::send(SSL_get_fd(peer.ssl()), "no TLS record at all", 20, MSG_NOSIGNAL), 0);
    EXPECT_EQ(peer.read_to_end(), "");
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::tls_error);
}

TEST_F(TransportTls, a_reset_is_told_as_such) {
  const SocketAddress server = listen_tls();
  serve([&] {
    TestPeer peer(server);
    ASSERT_TRUE(peer.start_tls());
    expect_echo(peer, "x");
    peer.break_off();
  });
  ASSERT_TRUE(serve_until([&] { return closed.size() == 1; }));
  EXPECT_EQ(only_cause(), CloseCause::reset);
}

TEST(TlsContextTest, says_which_file_is_not_usable) {
  testing::TestCertificates certificates;
  const CertificateFiles good = certificates.ecdsa("good");
  const CertificateFiles other = certificates.ecdsa("other");
  EXPECT_TRUE(TlsContext::load({good}));
  EXPECT_EQ(TlsContext::load({}).reason(), base::Reason::certificate_unusable);
  EXPECT_EQ(TlsContext::load({certificates_max + 1, good}).reason(), base::Reason::certificate_unusable);

  const auto missing = TlsContext::load({{good.certificate, certificates.folder() + "/none.key"}});
  EXPECT_EQ(missing.reason(), base::Reason::file_unreadable);
  EXPECT_EQ(missing.error().detail, certificates.folder() + "/none.key");
  EXPECT_EQ(TlsContext::load({{good.certificate, other.key}}).reason(), base::Reason::certificate_unusable);

  const std::string damaged = certificates.folder() + "/damaged.crt";
  std::ofstream(damaged) << "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(TlsContext::load({{damaged, good.key}}).reason(), base::Reason::certificate_unusable);
}

}  // namespace
}  // namespace tertulia::io
