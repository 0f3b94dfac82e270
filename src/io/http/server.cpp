// SPDX-License-Identifier: Apache-2.0
#include "io/http/server.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace tertulia::io {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

constexpr std::string_view continue_answer = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string_view phrase_of(int status) {
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  return known == http::status::unknown ? std::string_view("Unknown") : view(http::obsolete_reason(known));
}

/// What a parse error means for the peer.
int status_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::bad_version) return 505;
  return 400;
}

std::string head_of(const HttpResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  out += phrase_of(response.status);
  out += "\r\nServer: Tertulia\r\nX-Content-Type-Options: nosniff\r\nContent-Type: " + response.content_type;
  out += "\r\n";
  // RFC 9110 8.6: of an unchanged answer it would be that of the whole one.
  if (response.status != 304) out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

std::optional<HttpMethod> method_of(http::verb verb) {
  if (verb == http::verb::get) return HttpMethod::get;
  if (verb == http::verb::head) return HttpMethod::head;
  if (verb == http::verb::post) return HttpMethod::post;
  return std::nullopt;
}

HttpRequest to_request(HttpMethod method, Parser::value_type& message, const PeerInfo& peer) {
  HttpRequest request;
  request.method = method;
  request.peer = peer.remote;
  request.secure = peer.tls;
  const std::string_view target = view(message.target());
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  for (const auto& field : message) request.headers.emplace_back(view(field.name_string()), view(field.value()));
  request.body = std::move(message.body());
  return request;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& field) { return base::equal_ignoring_case(field.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

HttpResponse HttpResponse::plain(int status) {
  HttpResponse response;
  response.status = status;
  response.body = std::string(phrase_of(status)) + '\n';
  return response;
}

class HttpServer::Core : public ConnectionAcceptor, public ConnectionHandler {
 public:
  Core(Loop& loop, base::IdSource& ids, const base::Log& log, LaterHandler handler, const HttpSettings& settings)
      : transport(loop, ids, log,
                  {.write_queue_bytes = http_answer_bytes_max,
                   .connections = settings.connections,
                   .connections_per_peer = std::min(settings.connections_per_peer, settings.connections)}),
        loop_(loop),
        log_(log),
        handler_(std::move(handler)),
        settings_(settings),
        sweep_(loop) {}

  void on_accepted(base::ConnectionId id, const PeerInfo& peer) override;
  void on_bytes(base::ConnectionId id, std::string_view bytes) override;
  void on_closed(base::ConnectionId id, CloseCause) override { sessions_.erase(id); }
  void answer(HttpTicket ticket, const HttpResponse& response);

  Transport transport;

 private:
  /// A request that the handler has not answered yet.
  struct Waiting {
    std::uint64_t number = 0;
    bool with_body = true;
    bool keep_alive = false;
  };
  struct Session {
    PeerInfo peer;
    base::TimePoint deadline;
    std::string input;  // not yet parsed; bounded by the head, then by the body
    std::unique_ptr<Parser> parser;
    std::optional<Waiting> waiting;
    bool in_turn = false;  // consume() is at work further up
    bool ended = false;
  };

  /// Takes from `input` what the parser can use.  False: nothing more can be done now.
  bool advance(base::ConnectionId id, Session& session);
  bool check_head(base::ConnectionId id, Session& session);
  void consume(base::ConnectionId id, Session& session);
  void ask(base::ConnectionId id, Session& session);
  void refuse(base::ConnectionId id, Session& session, HttpResponse response);
  void send(base::ConnectionId id, Session& session, const HttpResponse& response, bool with_body, bool keep_alive);
  void sweep();

  Loop& loop_;
  const base::Log& log_;
  const LaterHandler handler_;
  const HttpSettings settings_;
  Timer sweep_;
  std::uint64_t asked_ = 0;
  std::unordered_map<base::ConnectionId, Session> sessions_;
};

void HttpServer::Core::on_accepted(base::ConnectionId id, const PeerInfo& peer) {
  Session& session = sessions_[id];
  session.peer = peer;
  session.deadline = loop_.now().mono + settings_.idle_duration;
  if (!sweep_.armed()) sweep_.arm(loop_.now().mono + http_sweep_interval, [this] { sweep(); });
}

void HttpServer::Core::on_bytes(base::ConnectionId id, std::string_view bytes) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.ended) return;
  Session& session = found->second;
  session.input.append(bytes);
  consume(id, session);
}

void HttpServer::Core::consume(base::ConnectionId id, Session& session) {
  if (std::exchange(session.in_turn, true)) return;
  while (!session.ended && !session.waiting && !session.input.empty() && advance(id, session)) {
  }
  session.in_turn = false;
}

bool HttpServer::Core::advance(base::ConnectionId id, Session& session) {
  if (!session.parser) {
    session.parser = std::make_unique<Parser>();
    session.parser->header_limit(settings_.head_bytes);
    session.parser->body_limit(settings_.body_bytes);
    session.deadline = loop_.now().mono + settings_.request_duration;
  }
  Parser& parser = *session.parser;
  const bool had_head = parser.is_header_done();
  boost::system::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(session.input), error);
  session.input.erase(0, used);
  if (error && error != http::error::need_more) {
    refuse(id, session, HttpResponse::plain(status_of(error)));
    return false;
  }
  if (!had_head && parser.is_header_done() && !check_head(id, session)) return false;
  if (parser.is_done()) {
    ask(id, session);
    return true;
  }
  if (error == http::error::need_more && session.input.size() > settings_.head_bytes + settings_.body_bytes) {
    refuse(id, session, HttpResponse::plain(413));  // a chunk header without an end
    return false;
  }
  return used > 0 && error != http::error::need_more;
}

bool HttpServer::Core::check_head(base::ConnectionId id, Session& session) {
  const auto& message = session.parser->get();
  if (!method_of(message.method())) {
    HttpResponse response = HttpResponse::plain(405);
    response.headers.emplace_back("Allow", "GET, HEAD, POST");
    refuse(id, session, std::move(response));
    return false;
  }
  // RFC 9112 3.2: exactly one Host in 1.1; its absence is how proxies and parsers are made to disagree.
  if (message.version() >= 11 && message.count(http::field::host) != 1) {
    refuse(id, session, HttpResponse::plain(400));
    return false;
  }
  // RFC 9112 6.1: both lengths at once is request smuggling.
  if (message.chunked() && message.count(http::field::content_length) != 0) {
    refuse(id, session, HttpResponse::plain(400));
    return false;
  }
  if (message.target().empty() || (message.target()[0] != '/' && message.target() != "*")) {
    refuse(id, session, HttpResponse::plain(400));
    return false;
  }
  if (!session.parser->is_done() && base::equal_ignoring_case(view(message[http::field::expect]), "100-continue")) {
    transport.send(id, continue_answer);
  }
  return true;
}

void HttpServer::Core::ask(base::ConnectionId id, Session& session) {
  const std::unique_ptr<Parser> parser = std::move(session.parser);
  const HttpMethod method = *method_of(parser->get().method());
  const HttpTicket ticket{id, ++asked_};
  session.waiting = Waiting{ticket.number, method != HttpMethod::head, parser->get().keep_alive()};
  session.deadline = loop_.now().mono + settings_.answer_duration;
  handler_(ticket, to_request(method, parser->get(), session.peer));
  if (session.waiting) transport.pause_reading(id);
}

void HttpServer::Core::answer(HttpTicket ticket, const HttpResponse& response) {
  const auto found = sessions_.find(ticket.connection);
  if (found == sessions_.end() || found->second.ended) return;
  Session& session = found->second;
  if (!session.waiting || session.waiting->number != ticket.number) return;
  const Waiting waiting = *std::exchange(session.waiting, std::nullopt);
  if (response.body.size() > http_answer_bytes_max / 2) {
    log_.error("An HTTP answer is larger than its bound",
               {{"bytes", static_cast<std::uint64_t>(response.body.size())}});
    send(ticket.connection, session, HttpResponse::plain(500), waiting.with_body, waiting.keep_alive);
  } else {
    send(ticket.connection, session, response, waiting.with_body, waiting.keep_alive);
  }
  if (session.in_turn) return;  // answered at once: nothing was paused
  if (!session.ended) transport.resume_reading(ticket.connection);
  consume(ticket.connection, session);
}

void HttpServer::Core::refuse(base::ConnectionId id, Session& session, HttpResponse response) {
  session.parser.reset();
  send(id, session, response, true, false);
}

void HttpServer::Core::send(base::ConnectionId id, Session& session, const HttpResponse& response, bool with_body,
                            bool keep_alive) {
  std::string out = head_of(response, keep_alive);
  if (with_body) out += response.body;
  transport.send(id, out);
  session.deadline = loop_.now().mono + settings_.idle_duration;
  if (keep_alive) return;
  session.ended = true;
  std::string().swap(session.input);
  transport.close(id, CloseMode::after_flush);
}

void HttpServer::Core::sweep() {
  for (auto& [id, session] : sessions_) {
    if (session.ended || session.deadline > loop_.now().mono) continue;
    if (session.waiting) {
      session.waiting.reset();
      refuse(id, session, HttpResponse::plain(503));
    } else if (session.parser) {
      refuse(id, session, HttpResponse::plain(408));
    } else {
      session.ended = true;
      transport.close(id, CloseMode::after_flush);
    }
  }
  if (!sessions_.empty()) sweep_.arm(loop_.now().mono + http_sweep_interval, [this] { sweep(); });
}

HttpServer::HttpServer(Loop& loop, base::IdSource& ids, const base::Log& log, Handler handler,
                       const HttpSettings& settings)
    : HttpServer(loop, ids, log,
                 LaterHandler([this, handler = std::move(handler)](HttpTicket ticket, const HttpRequest& request) {
                   answer(ticket, handler(request));
                 }),
                 settings) {}
HttpServer::HttpServer(Loop& loop, base::IdSource& ids, const base::Log& log, LaterHandler handler,
                       const HttpSettings& settings)
    : core_(std::make_unique<Core>(loop, ids, log, std::move(handler), settings)) {}
HttpServer::~HttpServer() = default;

base::Result<SocketAddress> HttpServer::listen(const SocketAddress& address) {
  return listen(ListenSettings{.address = address});
}

base::Result<SocketAddress> HttpServer::listen(const ListenSettings& settings) {
  return core_->transport.listen(settings, *core_, *core_);
}

void HttpServer::use_tls(std::shared_ptr<const TlsContext> context) { core_->transport.use_tls(std::move(context)); }

void HttpServer::answer(HttpTicket ticket, const HttpResponse& response) { core_->answer(ticket, response); }

void HttpServer::stop() {
  core_->transport.stop_listening();
  core_->transport.close_all(CloseMode::after_flush);
}

const TransportMetrics& HttpServer::metrics() const { return core_->transport.metrics(); }

}  // namespace tertulia::io
