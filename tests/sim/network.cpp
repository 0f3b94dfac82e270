// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tertulia::sim {

using base::Duration;
using base::TimePoint;

Link* Network::connect(ClientEnd& client, base::UserId user) {
  links_.push_back(std::make_unique<Link>(*this, links_.size(), client));
  journal_.connections.push_back({scheduler_.mono()});
  Link& link = *links_.back();
  link.user_ = user;
  link.id_ = server_->on_accepted(link);
  if (link.id_) return &link;
  link.state_ = Link::State::closed;
  link.end();
  return nullptr;
}

void Network::server_died() {
  for (const auto& link : links_) link->server_died();
}

namespace {
constexpr Duration tcp_keep_alive = std::chrono::minutes{3};
}

/// The moment at which the next piece of this direction arrives: never before the one in front of it.
TimePoint Link::slot(Way& way) {
  const auto most = static_cast<std::uint64_t>(network_.manners_.delay_max.count());
  const Duration delay{static_cast<std::int64_t>(network_.random_.below(most + 1))};
  way.last = std::max(way.last, network_.scheduler_.mono() + delay);
  return way.last;
}

void Link::write(Way& way, bool to_client, std::string bytes) {
  way.written += bytes.size();
  if (to_client) writes_down_.emplace_back(way.written, network_.scheduler_.mono());
  std::size_t pieces = 1 + network_.random_.below(network_.manners_.pieces_max);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t size = pieces <= 1 ? rest.size() : 1 + network_.random_.below(rest.size());
    if (pieces > 1) --pieces;
    network_.scheduler_.at(slot(way),
                           [this, to_client, piece = std::string(rest.substr(0, size))] { arrive(to_client, piece); });
    rest.remove_prefix(size);
  }
}

void Link::to_server(std::string bytes) {
  if (state_ == State::closed) return;
  if (!network_.tamper_) return write(up_, false, std::move(bytes));
  for (std::string& one : network_.tamper_(*this, false, std::move(bytes))) write(up_, false, std::move(one));
}

void Link::to_client(std::string_view bytes) {
  if (state_ == State::closed) return;
  if (!network_.tamper_) return write(down_, true, std::string(bytes));
  for (std::string& one : network_.tamper_(*this, true, std::string(bytes))) write(down_, true, std::move(one));
}

void Link::arrive(bool to_client, const std::string& piece) {
  if (state_ == State::silent) return;
  if (to_client) {
    if (client_told_) return;
    down_.arrived += piece.size();
    return client_->on_bytes(*this, piece);
  }
  if (server_told_) return;
  up_.arrived += piece.size();
  network_.server_->on_bytes(*this, piece);
  while (!watchers_.empty() && watchers_.front().first <= up_.arrived) {
    const auto event = std::move(watchers_.front().second);
    watchers_.pop_front();
    event();
  }
}

TimePoint Link::sent_time(std::uint64_t end_of_message) {
  while (!writes_down_.empty() && writes_down_.front().first < end_of_message) writes_down_.pop_front();
  return writes_down_.empty() ? network_.scheduler_.mono() : writes_down_.front().second;
}

void Link::end() {
  ConnectionLife& life = network_.journal_.connections[serial_];
  life.ended = std::min(life.ended, network_.scheduler_.mono());
}

void Link::tell_server(TimePoint when, bool orderly) {
  network_.scheduler_.at(when, [this, orderly] {
    if (state_ == State::silent || std::exchange(server_told_, true)) return;
    network_.server_->on_closed(*this, orderly);
  });
}

void Link::tell_client(TimePoint when) {
  network_.scheduler_.at(when, [this] {
    if (state_ == State::silent || std::exchange(client_told_, true)) return;
    client_->on_lost(*this);
  });
}

void Link::close_by_client() {
  if (state_ == State::closed) return;
  end();
  client_told_ = true;
  if (state_ == State::silent) return;  // its FIN vanishes too
  state_ = State::closed;
  tell_server(slot(up_), true);
}

/// What was written before still arrives; the transport tells the shard when the connection is gone.
void Link::close_by_server() {
  if (state_ == State::closed) return;
  end();
  const bool silent = state_ == State::silent;
  state_ = State::closed;
  client_told_ = client_told_ || silent;
  tell_client(slot(down_));
  tell_server(slot(up_), false);
}

void Link::reset() {
  if (state_ != State::open) return;
  end();
  state_ = State::closed;
  // What is under way is lost at once; each side hears of it after a delay of its own.
  const TimePoint client =
      network_.scheduler_.mono() + Duration{static_cast<std::int64_t>(network_.random_.below(50'000))};
  const TimePoint server =
      network_.scheduler_.mono() + Duration{static_cast<std::int64_t>(network_.random_.below(50'000))};
  tell_client(client);
  tell_server(server, false);
}

void Link::vanish() {
  if (state_ != State::open) return;
  end();
  state_ = State::silent;
  // The server's own system finds out in the end (TCP keep-alive, io/net/limits.h).
  network_.scheduler_.after(tcp_keep_alive, [this] {
    if (std::exchange(server_told_, true)) return;
    state_ = State::closed;
    client_told_ = true;  // what was written until now comes to nobody
    network_.server_->on_closed(*this, false);
  });
}

void Link::server_died() {
  server_told_ = true;
  if (state_ != State::open) {
    client_told_ = client_told_ || state_ == State::silent;
    state_ = State::closed;
    return;
  }
  end();
  state_ = State::closed;
  tell_client(slot(down_));
}

}  // namespace tertulia::sim
