// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "io/http/limits.h"
#include "io/loop/loop.h"
#include "io/net/transport.h"

namespace tertulia::io {

enum class HttpMethod : std::uint8_t { get, head, post };

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string path;   ///< as sent, not decoded
  std::string query;  ///< after the first `?`, without it
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  SocketAddress peer;
  bool secure = false;  ///< came over TLS

  /// First value of a header, compared ignoring case; empty when absent.  Lives as long as the request.
  std::string_view header(std::string_view name) const TERTULIA_LIFETIMEBOUND;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;  ///< left out by the server when it answers HEAD
  std::vector<std::pair<std::string, std::string>> headers = {};

  /// A status with its phrase as body.
  static HttpResponse plain(int status);
};

/// Names a request that waits for its answer.  A value; harmless when the connection is gone.
struct HttpTicket {
  base::ConnectionId connection;
  std::uint64_t number = 0;
};

struct HttpSettings {
  std::uint32_t head_bytes = http_head_bytes_max;
  std::size_t body_bytes = http_body_bytes_max;
  std::size_t connections = http_connections_max;
  std::size_t connections_per_peer = http_connections_max;
  base::Duration request_duration = http_request_duration_max;
  base::Duration idle_duration = http_idle_duration_max;
  base::Duration answer_duration = http_answer_duration_max;
};

/// HTTP/1.0 and 1.1 (RFC 9110, 9112), with TLS or without: GET, HEAD and POST, keep-alive, pipelining,
/// `Expect: 100-continue`.  Refuses by itself: 400 malformed, 405 other methods, 408 too slow, 413 body,
/// 431 head, 503 not answered in time, 505 other versions.  Thread: that of the loop.
class HttpServer {
 public:
  /// Answers a well-formed request, at once.  404 for an unknown path is the handler's word:
  /// `HttpResponse::plain(404)`.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  /// The same, but `answer` is called later, or at once.  Until then nothing more is read from this client.
  using LaterHandler = std::function<void(HttpTicket, HttpRequest)>;

  /// Borrows loop, ids and log.
  HttpServer(Loop& loop, base::IdSource& ids, const base::Log& log, Handler handler, const HttpSettings& settings = {});
  HttpServer(Loop& loop, base::IdSource& ids, const base::Log& log, LaterHandler handler,
             const HttpSettings& settings = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Answers the real address.  Errors: those of `Transport::listen`.
  base::Result<SocketAddress> listen(const SocketAddress& address);
  base::Result<SocketAddress> listen(const ListenSettings& settings);
  /// As Transport::use_tls.
  void use_tls(std::shared_ptr<const TlsContext> context);
  /// Answers a request of a LaterHandler; a second answer, or one that comes too late, is dropped.
  void answer(HttpTicket ticket, const HttpResponse& response);
  /// Accepts no more and ends every connection after what it was told.
  void stop();
  const TransportMetrics& metrics() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace tertulia::io
