// SPDX-License-Identifier: Apache-2.0
// The floor: what the bytes of an operation cost when nothing is done with them.  Bare epoll and OpenSSL, one thread;
// frames messages by Content-Length, answers a REGISTER with as many octets as a real answer has, gives each PUBLISH to
// all who have subscribed to its user in as many octets as a real NOTIFY has, and carries any other request to the
// connection of the user in its Request-URI (a MESSAGE to a conference: to all who are in it) and the answers back, each message in a write of its own (or gathered, with
// --gather yes).  Every figure of tests/bench is a multiple of this program's.
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "link.h"
#include "options.h"
#include "sip_text.h"

namespace {

using tertulia::bench::Link;
using tertulia::bench::Options;

constexpr int events_max = 256;
constexpr int backlog = 1024;
constexpr int listener_fd_none = -1;

/// A response of exactly `size` octets, as far as its fixed part permits.
std::string padded(std::string_view start, std::size_t size) {
  std::string text = fmt::format("SIP/2.0 {}\r\nX-Padding: ", start);
  constexpr std::string_view end = "\r\nContent-Length: 0\r\n\r\n";
  if (text.size() + end.size() < size) text.append(size - text.size() - end.size(), 'x');
  return text.append(end);
}

/// A NOTIFY of exactly `size` octets with `mark` in it, whose 200 has exactly `answer_size`, as far as the fixed parts
/// permit.
std::string notify(std::string_view mark, std::size_t size, std::size_t answer_size) {
  const auto text = [&](std::size_t padding, std::size_t body) {
    return fmt::format(
        "NOTIFY sip:watcher@127.0.0.1:40000;transport=tls SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK{}\r\n"
        "From: <sip:publisher@example.com>;tag=p\r\nTo: <sip:watcher@example.com>;tag=w\r\nCall-ID: w\r\n"
        "CSeq: 1 NOTIFY\r\nEvent: presence\r\nX-Mark: {}\r\nContent-Length: {}\r\n\r\n{}",
        std::string(padding, 'x'), mark, body, std::string(body, 'x'));
  };
  const auto missing = [](std::size_t wanted, std::size_t there) { return wanted > there ? wanted - there : 0; };
  const std::size_t padding = missing(answer_size, tertulia::bench::ok_for(text(0, 0), {}, {}, {}).size());
  const std::size_t body = missing(size, text(padding, 0).size());
  const std::string digits = std::to_string(body);
  return text(padding, missing(body + 1, digits.size()));  // the length itself takes room
}

struct Peer {
  Peer(int fd, ssl_ctx_st* context, std::uint64_t id_in) : link(fd, context, true), id(id_in) {}
  Link link;
  std::uint64_t id;
  std::string name;                  // From user of its first message
  std::deque<std::uint64_t> askers;  // who waits for an answer of this peer, in order
  bool dirty = false;
  bool watched_for_write = false;
};

class Floor {
 public:
  Floor(const Options& options, tertulia::bench::TlsContextPtr context)
      : context_(std::move(context)),
        gather_(options.text("gather", "no") == "yes"),
        answer_(padded("200 OK", options.number("answer-bytes", 600))),
        challenge_(padded("401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"example.com\", "
                          "nonce=\"abcdefghabcdefghabcdefghabcdefgh\", algorithm=SHA-256, qop=\"auth\"",
                          options.number("challenge-bytes", 700))),
        trying_(options.number("trying-bytes", 0) == 0 ? std::string()
                                                       : padded("100 Trying", options.number("trying-bytes", 0))),
        notify_bytes_(options.number("notify-bytes", 0)),
        notify_answer_bytes_(options.number("notify-answer-bytes", 0)) {}
  ~Floor() {
    if (listener_ != listener_fd_none) ::close(listener_);
  }

  /// Listens on a free port of the loopback and prints it.
  bool open() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, backlog) != 0)
      return false;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN, 0);
    fmt::print("{{\"port\": {}}}\n", ntohs(address.sin_port));
    return std::fflush(stdout) == 0;
  }

  void serve() {
    std::array<epoll_event, events_max> events;
    while (true) {
      const int count = ::epoll_wait(epoll_, events.data(), events_max, -1);
      for (int i = 0; i < count; ++i) {
        if (events[static_cast<std::size_t>(i)].data.u64 == 0) {
          accept();
        } else if (Peer* peer = find(events[static_cast<std::size_t>(i)].data.u64)) {
          on_ready(*peer);
        }
      }
      flush();
    }
  }

 private:
  void watch(int operation, int fd, std::uint32_t what, std::uint64_t id) const {
    epoll_event event{};
    event.events = what;
    event.data.u64 = id;
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const std::uint64_t id = ++last_id_;
    peers_.emplace(id, std::make_unique<Peer>(fd, context_.get(), id));
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, id);
  }

  Peer* find(std::uint64_t id) {
    const auto found = peers_.find(id);
    return found == peers_.end() ? nullptr : found->second.get();
  }

  void on_ready(Peer& peer) {
    peer.link.advance();
    std::string_view message;
    while (peer.link.next(message)) on_message(peer, message);
    if (peer.link.state() == Link::State::closed) return remove(peer);
    follow(peer);
  }

  /// Keeps the interest in writability in step; only a full socket changes it.
  void follow(Peer& peer) const {
    if (peer.link.wants_write() == peer.watched_for_write) return;
    peer.watched_for_write = peer.link.wants_write();
    watch(EPOLL_CTL_MOD, peer.link.fd(), peer.watched_for_write ? EPOLLIN | EPOLLOUT : EPOLLIN, peer.id);
  }

  void on_message(Peer& peer, std::string_view message) {
    using namespace tertulia::bench;
    if (const int status = status_of(message); status != 0) return on_answer(peer, status, message);
    if (peer.name.empty()) {
      peer.name = user_of(header_of(message, "From"));
      names_[peer.name] = peer.id;
    }
    const std::string_view method = method_of(message);
    // A client of the Lync family tells how long a real answer is.
    if (const std::string_view wanted = header_of(message, "X-Answer-Bytes"); !wanted.empty())
      return send(peer, of_size(method, std::strtoul(wanted.data(), nullptr, 10)));
    if (method == "REGISTER") {
      return send(peer, message.find("\r\nAuthorization:") == std::string_view::npos ? challenge_ : answer_);
    }
    const std::string user(user_of(message.substr(method.size())));
    if (method == "SUBSCRIBE" || method == "PUBLISH") {
      send(peer, answer_);
      return method == "PUBLISH" ? tell(user, message) : watch_user(peer, user);
    }
    if (method == "INVITE" && !trying_.empty()) send(peer, trying_);
    if (user.starts_with("conference")) return on_conference(peer, method, message);
    const auto named = names_.find(user);
    Peer* target = named == names_.end() ? nullptr : find(named->second);
    if (target == nullptr) return send(peer, answer_);
    if (method != "ACK") target->askers.push_back(peer.id);
    send(*target, message);
  }

  /// An INVITE enters the one conference, a BYE leaves it; a MESSAGE goes to all others in it, and is answered.
  void on_conference(Peer& peer, std::string_view method, std::string_view message) {
    using tertulia::bench::ok_for;
    if (method == "ACK") return;
    if (method == "INVITE") {
      members_.push_back(peer.id);
      return send(peer, ok_for(message, "floor", "Contact: <sip:conference@127.0.0.1>\r\n", {}));
    }
    if (method == "BYE") {
      std::erase(members_, peer.id);
      return send(peer, ok_for(message, "floor", {}, {}));
    }
    for (const std::uint64_t id : members_) {
      Peer* member = id == peer.id ? nullptr : find(id);
      if (member != nullptr) send(*member, message);
    }
    send(peer, ok_for(message, "floor", {}, {}));
  }

  const std::string& of_size(std::string_view method, std::size_t size) {
    std::string& text = answers_[size];
    if (text.empty()) text = padded(fmt::format("200 OK\r\nCSeq: 1 {}", method), size);
    return text;
  }

  void on_answer(Peer& peer, int status, std::string_view message) {
    constexpr int first_final = 200;
    if (peer.askers.empty()) return;  // to a NOTIFY
    if (Peer* asker = find(peer.askers.front())) send(*asker, message);
    if (status >= first_final) peer.askers.pop_front();
  }

  void watch_user(Peer& peer, const std::string& user) {
    watchers_[user].push_back(peer.id);
    send(peer, notify("first", notify_bytes_, notify_answer_bytes_));
  }

  /// The mark of the document goes to all watchers.
  void tell(const std::string& user, std::string_view publish) {
    const std::string mark = fmt::format("step {}<", tertulia::bench::between(publish, "step ", "<"));
    const std::string text = notify(mark, notify_bytes_, notify_answer_bytes_);
    for (const std::uint64_t id : watchers_[user])
      if (Peer* watcher = find(id)) send(*watcher, text);
  }

  void send(Peer& peer, std::string_view bytes) {
    peer.link.queue(bytes);
    if (!gather_) {
      peer.link.flush();
      return follow(peer);
    }
    if (!peer.dirty) dirty_.push_back(peer.id);
    peer.dirty = true;
  }

  /// With `--gather yes`, at the end of a turn: what goes to one connection leaves in one record.
  void flush() {
    for (const std::uint64_t id : dirty_) {
      Peer* peer = find(id);
      if (peer == nullptr) continue;
      peer->dirty = false;
      peer->link.flush();
      follow(*peer);
    }
    dirty_.clear();
  }

  void remove(Peer& peer) {
    const auto named = names_.find(peer.name);
    if (named != names_.end() && named->second == peer.id) names_.erase(named);
    peers_.erase(peer.id);
  }

  tertulia::bench::TlsContextPtr context_;
  bool gather_;
  std::string answer_, challenge_, trying_;
  std::unordered_map<std::size_t, std::string> answers_;  // by size
  std::size_t notify_bytes_, notify_answer_bytes_;
  int listener_ = listener_fd_none;
  int epoll_ = -1;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Peer>> peers_;
  std::unordered_map<std::string, std::uint64_t> names_;
  std::unordered_map<std::string, std::vector<std::uint64_t>> watchers_;
  std::vector<std::uint64_t> members_;  // of the conference
  std::vector<std::uint64_t> dirty_;
};

}  // namespace

int main(int argc, char** argv) {
  const Options options(
      argc, argv, "certificate key answer-bytes challenge-bytes trying-bytes notify-bytes notify-answer-bytes gather");
  ::signal(SIGPIPE, SIG_IGN);
  auto context = tertulia::bench::server_context(options.text("certificate"), options.text("key"));
  if (!context) {
    fmt::print(stderr, "the certificate is not usable: {}\n", options.text("certificate"));
    return 1;
  }
  Floor floor(options, std::move(context));
  if (!floor.open()) return 1;
  floor.serve();
}
