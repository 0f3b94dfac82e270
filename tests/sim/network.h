// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "journal.h"
#include "scheduler.h"

namespace tertulia::sim {

class Link;

/// The server's end of all links.
class ServerEnd {
 public:
  virtual ~ServerEnd() = default;
  /// Gives the connection's id; 0: nobody listens.
  virtual base::ConnectionId on_accepted(Link& link) = 0;
  virtual void on_bytes(Link& link, std::string_view bytes) = 0;
  virtual void on_closed(Link& link, bool orderly) = 0;
};

class ClientEnd {
 public:
  virtual ~ClientEnd() = default;
  virtual void on_bytes(Link& link, std::string_view bytes) = 0;
  virtual void on_lost(Link& link) = 0;
};

struct NetworkManners {
  base::Duration delay_max = std::chrono::milliseconds{20};
  std::size_t pieces_max = 3;  ///< into how many pieces one write may be cut
};

/// Changes what the server writes (to_client) or hears: none, one or several messages instead of one.  For worlds that
/// are broken on purpose.
using Tamper = std::function<std::vector<std::string>(Link& link, bool to_client, std::string message)>;

class Network;

/// One connection.  Each direction keeps its order, as TCP does; pieces and delays are random.
class Link {
 public:
  Link(Network& network, std::size_t serial, ClientEnd& client)
      : network_(network), serial_(serial), client_(&client) {}

  // the client's side
  void to_server(std::string bytes);
  /// Called when everything written so far has reached the server.
  void when_arrived(std::function<void()> event) { watchers_.emplace_back(up_.written, std::move(event)); }
  void close_by_client();
  /// When the write that ends at this byte of the stream was made by the server.
  base::TimePoint sent_time(std::uint64_t end_of_message);
  // the server's side
  void to_client(std::string_view bytes);
  void close_by_server();
  // misfortunes
  void reset();        ///< both ends learn of it
  void vanish();       ///< nothing passes any more; only minutes later the server learns of it
  void server_died();  ///< the client learns of it

  bool alive() const { return state_ == State::open; }
  std::size_t serial() const { return serial_; }
  base::ConnectionId id() const { return id_; }
  base::UserId user() const { return user_; }
  void set_user(base::UserId user) { user_ = user; }

 private:
  friend class Network;
  enum class State : std::uint8_t { open, silent, closed };
  struct Way {
    std::uint64_t written = 0;
    std::uint64_t arrived = 0;
    base::TimePoint last{};
  };
  base::TimePoint slot(Way& way);
  void write(Way& way, bool to_client, std::string bytes);
  void arrive(bool to_client, const std::string& piece);
  void end();
  void tell_server(base::TimePoint when, bool orderly);
  void tell_client(base::TimePoint when);

  Network& network_;
  std::size_t serial_;
  ClientEnd* client_;
  base::ConnectionId id_;
  base::UserId user_;
  State state_ = State::open;
  bool server_told_ = false;
  bool client_told_ = false;
  Way up_, down_;
  std::deque<std::pair<std::uint64_t, std::function<void()>>> watchers_;
  std::deque<std::pair<std::uint64_t, base::TimePoint>> writes_down_;
};

/// All links of a world, those that are closed too.
class Network {
 public:
  Network(Scheduler& scheduler, base::Random& random, Journal& journal)
      : scheduler_(scheduler), random_(random), journal_(journal) {}
  void set_server(ServerEnd& server) { server_ = &server; }
  /// Null: nobody listens.
  Link* connect(ClientEnd& client, base::UserId user);
  void set_tamper(Tamper tamper) { tamper_ = std::move(tamper); }
  NetworkManners& manners() { return manners_; }
  const std::vector<std::unique_ptr<Link>>& links() const { return links_; }
  void server_died();

 private:
  friend class Link;
  Scheduler& scheduler_;
  base::Random& random_;
  Journal& journal_;
  ServerEnd* server_ = nullptr;
  NetworkManners manners_;
  Tamper tamper_;
  std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace tertulia::sim
