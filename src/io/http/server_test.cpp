// SPDX-License-Identifier: Apache-2.0
#include "io/http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "io/net/test_certificates.h"
#include "io/net/test_peer.h"

namespace tertulia::io {
namespace {

using testing::TestPeer;
using namespace std::chrono_literals;

struct HttpServerTest : ::testing::Test {
  ManualClock clock;
  Loop loop{clock};
  base::IdSource ids{base::ShardId{0}};
  HttpSettings settings;
  std::unique_ptr<HttpServer> server;
  std::vector<HttpRequest> requests;
  SocketAddress address;

  void open() {
    server = std::make_unique<HttpServer>(
        loop, ids, base::Log::silent(),
        [this](const HttpRequest& request) {
          requests.push_back(request);
          if (request.path == "/missing") return HttpResponse::plain(404);
          if (request.path == "/huge") return HttpResponse{.body = std::string(http_answer_bytes_max, 'x')};
          return HttpResponse{.body = "got " + request.body, .headers = {{"X-Test", "yes"}}};
        },
        settings);
    const auto real = server->listen(*SocketAddress::parse("127.0.0.1:0"));
    ASSERT_TRUE(real);
    address = *real;
  }
  void SetUp() override { open(); }

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
  /// Everything the server says to `bytes` on a connection whose client then ends its side.
  std::string talk(const std::string& bytes) {
    std::string answer;
    serve([&] {
      TestPeer peer(address);
      EXPECT_TRUE(peer.write(bytes));
      peer.end_writing();
      answer = peer.read_to_end();
      EXPECT_NE(peer.end(), "silent");
    });
    return answer;
  }
  static std::string status(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }
};

TEST_F(HttpServerTest, answers_get_with_all_parts) {
  const std::string answer = talk("GET /health?deep=1 HTTP/1.1\r\nHost: here\r\nAccept: a\r\n\r\n");
  EXPECT_EQ(status(answer), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("\r\nContent-Type: text/plain; charset=utf-8\r\n"), answer.npos);
  EXPECT_NE(answer.find("\r\nContent-Length: 4\r\n"), answer.npos);
  EXPECT_NE(answer.find("\r\nX-Test: yes\r\n"), answer.npos);
  EXPECT_EQ(answer.find("Connection: close"), answer.npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\ngot "));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, HttpMethod::get);
  EXPECT_EQ(requests[0].path, "/health");
  EXPECT_EQ(requests[0].query, "deep=1");
  EXPECT_EQ(requests[0].header("accept"), "a");
  EXPECT_EQ(requests[0].header("absent"), "");
  EXPECT_TRUE(requests[0].peer.is_loopback());
}

TEST_F(HttpServerTest, head_has_the_length_but_no_body) {
  const std::string answer = talk("HEAD / HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_NE(answer.find("\r\nContent-Length: 4\r\n"), answer.npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, post_takes_a_body_with_length_or_in_chunks_and_in_any_pieces) {
  EXPECT_TRUE(talk("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").ends_with("got hello"));
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  EXPECT_TRUE(talk(chunked).ends_with("got hello"));
  serve([&] {
    TestPeer peer(address);
    for (const char byte : chunked) ASSERT_TRUE(peer.write({&byte, 1}));
    std::string answer;
    while (answer.find("got hello") == answer.npos) {
      const std::string piece = peer.read_some();
      ASSERT_FALSE(piece.empty());
      answer += piece;
    }
  });
}

TEST_F(HttpServerTest, keeps_the_connection_and_answers_pipelined_requests_in_order) {
  const std::string answer = talk(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1"
      "GET /missing HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nConnection: close\r\n\r\n2"
      "GET /c HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(requests.size(), 3U);  // what follows "close" is not served
  const std::size_t first = answer.find("got 1"), second = answer.find("404 Not Found"), third = answer.find("got 2");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, answer.npos);
}

TEST_F(HttpServerTest, http_1_0_ends_after_the_answer) {
  serve([&] {
    TestPeer peer(address);
    ASSERT_TRUE(peer.write("GET / HTTP/1.0\r\n\r\n"));
    const std::string answer = peer.read_to_end();
    EXPECT_EQ(status(answer), "HTTP/1.1 200 OK");
    EXPECT_EQ(peer.end(), "closed");
  });
}

TEST_F(HttpServerTest, says_continue_when_the_client_waits_for_it) {
  serve([&] {
    TestPeer peer(address);
    ASSERT_TRUE(peer.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    EXPECT_EQ(peer.read_some(), "HTTP/1.1 100 Continue\r\n\r\n");
    ASSERT_TRUE(peer.write("hello"));
    EXPECT_TRUE(peer.read_some().ends_with("got hello"));
  });
}

TEST_F(HttpServerTest, refuses_what_is_wrong_and_ends_the_connection) {
  const struct {
    const char* bytes;
    const char* status;
  } cases[] = {
      {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET here HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 Bad Request"},
      {"DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported"},
  };
  for (const auto& test : cases) {
    const std::string answer = talk(test.bytes);
    EXPECT_EQ(status(answer), test.status) << test.bytes;
    EXPECT_NE(answer.find("Connection: close\r\n"), answer.npos) << test.bytes;
  }
  EXPECT_NE(talk("PUT / HTTP/1.1\r\nHost: a\r\n\r\n").find("\r\nAllow: GET, HEAD, POST\r\n"), std::string::npos);
  EXPECT_TRUE(requests.empty());
}

TEST_F(HttpServerTest, an_unknown_path_is_404_and_keeps_the_connection) {
  const std::string answer = talk("GET /missing HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status(answer), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(answer.find("Connection: close"), answer.npos);
}

TEST_F(HttpServerTest, heads_and_bodies_are_bounded) {
  const std::string fill(http_head_bytes_max, 'h');
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: h\r\nX: " + fill + "\r\n\r\n")),
            "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(status(talk("GET /" + fill)), "HTTP/1.1 431 Request Header Fields Too Large");
  const std::string most = std::to_string(http_body_bytes_max), more = std::to_string(http_body_bytes_max + 1);
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ";
  EXPECT_EQ(status(talk(head + most + "\r\n\r\n" + std::string(http_body_bytes_max, 'b'))), "HTTP/1.1 200 OK");
  EXPECT_EQ(status(talk(head + more + "\r\n\r\n")), "HTTP/1.1 413 Payload Too Large");
  const std::string chunk = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status(talk(chunk + "40001\r\n" + std::string(http_body_bytes_max + 1, 'b'))),
            "HTTP/1.1 413 Payload Too Large");
  const std::string endless = talk(chunk + "1;" + std::string(http_head_bytes_max + http_body_bytes_max + 1, 'e'));
  EXPECT_NE(status(endless), "HTTP/1.1 200 OK");
  EXPECT_EQ(status(talk("GET /huge HTTP/1.1\r\nHost: h\r\n\r\n")), "HTTP/1.1 500 Internal Server Error");
}

TEST_F(HttpServerTest, a_request_that_never_ends_gets_408_and_idle_connections_end) {
  TestPeer slow(address), idle(address);
  ASSERT_TRUE(slow.write("GET / HTTP/1.1\r\nHost"));
  ASSERT_TRUE(loop.run_until(
      [&] { return server->metrics().bytes_in.value() == 20 && server->metrics().open.value() == 2; }, 5s));
  clock.advance(http_request_duration_max + http_sweep_interval);
  serve([&] { EXPECT_EQ(status(slow.read_to_end()), "HTTP/1.1 408 Request Timeout"); });
  clock.advance(http_idle_duration_max);
  serve([&] {
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(idle.end(), "closed");
  });
}

TEST_F(HttpServerTest, an_answer_may_come_later_and_keeps_the_order) {
  std::vector<HttpTicket> waiting;
  server = std::make_unique<HttpServer>(
      loop, ids, base::Log::silent(),
      [&](HttpTicket ticket, HttpRequest request) {
        if (request.path == "/now") return server->answer(ticket, {.body = "at once"});
        waiting.push_back(ticket);
      },
      settings);
  address = *server->listen(*SocketAddress::parse("127.0.0.1:0"));
  TestPeer peer(address);
  ASSERT_TRUE(peer.write("GET /later HTTP/1.1\r\nHost: h\r\n\r\nGET /now HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(loop.run_until([&] { return waiting.size() == 1; }, 5s));
  server->answer({waiting[0].connection, 99}, {.body = "of another"});  // dropped
  server->answer(waiting[0], {.body = "later"});
  server->answer(waiting[0], {.body = "twice"});  // dropped
  serve([&] {
    std::string answers;
    while (answers.find("at once") == answers.npos) {
      const std::string piece = peer.read_some();
      ASSERT_FALSE(piece.empty());
      answers += piece;
    }
    EXPECT_LT(answers.find("later"), answers.find("at once"));
    EXPECT_EQ(answers.find("twice"), answers.npos);
    EXPECT_EQ(answers.find("of another"), answers.npos);
  });
  // Never answered: the client is not left waiting, and what comes after that is dropped.
  ASSERT_TRUE(peer.write("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_TRUE(loop.run_until([&] { return waiting.size() == 2; }, 5s));
  clock.advance(http_answer_duration_max + http_sweep_interval);
  serve([&] { EXPECT_EQ(status(peer.read_to_end()), "HTTP/1.1 503 Service Unavailable"); });
  server->answer(waiting[1], {.body = "too late"});
}

TEST_F(HttpServerTest, speaks_tls) {
  testing::TestCertificates certificates;
  server->use_tls(certificates.context("here"));
  const auto real = server->listen(ListenSettings{.address = *SocketAddress::parse("127.0.0.1:0"), .tls = true});
  ASSERT_TRUE(real);
  serve([&] {
    TestPeer peer(*real);
    ASSERT_TRUE(peer.start_tls());
    ASSERT_TRUE(peer.write("GET /x HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(status(peer.read_to_end()), "HTTP/1.1 200 OK");
  });
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(requests[0].secure);
}

TEST_F(HttpServerTest, connections_are_bounded) {
  settings.connections = 1;
  open();
  serve([&] {
    TestPeer first(address);
    ASSERT_TRUE(first.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_FALSE(first.read_some().empty());
    TestPeer second(address);
    EXPECT_TRUE(second.closed_by_server());
  });
  EXPECT_EQ(server->metrics().refused_count(RefusalCause::too_many_connections), 1U);
}

TEST_F(HttpServerTest, stop_ends_idle_connections_and_refuses_new_ones) {
  serve([&] {
    TestPeer peer(address);
    ASSERT_TRUE(peer.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_FALSE(peer.read_some().empty());
    ASSERT_TRUE(loop.post([&] { server->stop(); }));
    EXPECT_EQ(peer.read_to_end(), "");
    EXPECT_FALSE(TestPeer(address).connected());
  });
}

}  // namespace
}  // namespace tertulia::io
