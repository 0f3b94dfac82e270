// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>

#include "sip_text.h"

namespace tertulia::bench {
namespace {

constexpr int events_max = 512;
constexpr int turn_milliseconds_max = 10;
constexpr int trying = 100;
constexpr int first_success = 200;

}  // namespace

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds(int pid) {
  // The clock that /proc/PID/stat shows in hundredths (utime + stime), to the nanosecond.
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::uint64_t resident_bytes(int pid) {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Rss:")) return std::stoull(line.substr(4)) * 1024;
  return 0;
}

Load::Load(const LoadSettings& settings_in)
    : settings(settings_in),
      context_(client_context()),
      hasher_(base::HashAlgorithm::sha256),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  accounts_.reserve(settings.users);
  for (std::size_t i = 0; i < settings.users; ++i)
    accounts_.push_back(make_account(i, settings.domain, settings.password, hasher_));
}

Load::~Load() {
  living_.clear();
  ::close(epoll_);
}

void Load::fail(const std::string& what) {
  if (failures++ == 0) first_failure = what;
}

Phone& Load::connect(std::size_t account) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(settings.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Blocking: the loopback connects at once while the backlog has room.
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail(fmt::format("connect: {}", std::strerror(errno)));
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  const std::uint64_t id = ++last_id_;
  auto owned = std::make_unique<Phone>(id, fd, context_.get(), accounts_[account % accounts_.size()], hasher_);
  Phone& phone = *owned;
  living_.emplace(id, std::move(owned));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  phone.link.advance();  // the client speaks first; a quick server may have answered already
  ask_when_open(phone);
  return phone;
}

void Load::disconnect(Phone& phone) {
  phone.link.flush();
  phone.link.close();
  std::erase(phones, &phone);
  ended_.push_back(phone.id);
}

void Load::send(Phone& phone, std::string_view bytes) {
  phone.lync ? phone.link.queue(phone.lync->sealed(std::string(bytes))) : phone.link.queue(bytes);
  if (!phone.dirty) dirty_.push_back(phone.id);
  phone.dirty = true;
}

bool Load::run(const std::function<bool()>& done, double patience_seconds) {
  const double end = now_seconds() + patience_seconds;
  std::array<epoll_event, events_max> events;
  flush();
  while (!done()) {
    if (failures > failures_max) return false;
    if (now_seconds() > end) {
      fail("no end in the time given");
      return false;
    }
    const int count = ::epoll_wait(epoll_, events.data(), events_max, turn_milliseconds_max);
    for (int i = 0; i < count; ++i) {
      const auto found = living_.find(events[static_cast<std::size_t>(i)].data.u64);
      if (found != living_.end()) on_ready(*found->second);
    }
    flush();
    for (const std::uint64_t id : ended_) living_.erase(id);
    ended_.clear();
  }
  return true;
}

bool Load::run_for(double seconds) {
  const double end = now_seconds() + seconds;
  return run([end] { return now_seconds() >= end; }, seconds + 10);
}

bool Load::sign_in(std::size_t count, std::size_t at_once) {
  std::size_t begun = phones.size();
  const double patience = 60 + static_cast<double>(count) * 0.1;
  return run(
      [&] {
        while (begun < count && begun - phones.size() < at_once) connect(begun++);
        return phones.size() >= count;
      },
      patience);
}

void Load::ask_when_open(Phone& phone) {
  if (phone.link.state() != Link::State::open || phone.asked) return;
  phone.asked = true;
  if (lync) phone.lync.emplace(phone.account.address, settings.password, settings.pretended);
  send(phone, phone.register_request(contact_parameters));
}

void Load::on_ready(Phone& phone) {
  if (phone.link.state() == Link::State::closed) return;
  phone.link.advance();
  ask_when_open(phone);
  std::string_view message;
  while (phone.link.state() == Link::State::open && phone.link.next(message)) on_message(phone, message);
  if (phone.link.state() == Link::State::closed && std::find(ended_.begin(), ended_.end(), phone.id) == ended_.end()) {
    fail("a connection was closed by the server");
    disconnect(phone);
  }
  follow(phone);
}

void Load::follow(Phone& phone) const {
  if (phone.link.state() == Link::State::closed || phone.link.wants_write() == phone.watched_for_write) return;
  phone.watched_for_write = phone.link.wants_write();
  epoll_event event{};
  event.events = phone.watched_for_write ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = phone.id;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, phone.link.fd(), &event);
}

void Load::on_message(Phone& phone, std::string_view message) {
  if (phone.lync) phone.lync->judge(message);
  const int status = status_of(message);
  if (status == 0) return on_asked(phone, message);
  if (status < first_success) {
    if (status == trying) trying_bytes = message.size();
    return;
  }
  if (!phone.signed_in) return on_sign_in_step(phone, status, message);
  if (status != first_success) fail(fmt::format("{}", message.substr(0, message.find("\r\n\r\n"))));
  if (on_answer) on_answer(phone, status, message);
}

void Load::on_asked(Phone& phone, std::string_view request) {
  const std::string_view method = method_of(request);
  if (method == "ACK") return;
  if (on_request) on_request(phone, request);
  if (method == "BENOTIFY") return;
  if (is_call(request)) send(phone, phone.ringing(request));
  const std::string answer = phone.ok(request);
  if (method == "NOTIFY") {
    notify_bytes = request.size();
    notify_answer_bytes = answer.size();
  }
  send(phone, answer);
}

void Load::on_sign_in_step(Phone& phone, int status, std::string_view answer) {
  if (phone.lync && makes_keys(phone, status, answer)) return;
  constexpr int challenge = 401;
  if (status == challenge && phone.take_challenge(answer)) {
    challenge_bytes = answer.size();
    return send(phone, phone.register_request(contact_parameters));
  }
  if (status != first_success) {
    fail(fmt::format("{}", answer.substr(0, answer.find("\r\n\r\n"))));
    return disconnect(phone);
  }
  answer_bytes = answer.size();
  phone.signed_in = true;
  phones.push_back(&phone);
  if (on_signed_in) on_signed_in(phone);
}

bool Load::makes_keys(Phone& phone, int status, std::string_view answer) {
  lync_answer_bytes.resize(std::max(lync_answer_bytes.size(), static_cast<std::size_t>(phone.step + 1)));
  lync_answer_bytes[static_cast<std::size_t>(phone.step++)] = answer.size();
  if (!phone.lync->answered(status, answer)) return false;
  send(phone, phone.register_request(contact_parameters));
  return true;
}

void Load::flush() {
  for (const std::uint64_t id : dirty_) {
    const auto found = living_.find(id);
    if (found == living_.end()) continue;
    found->second->dirty = false;
    found->second->link.flush();
    follow(*found->second);
  }
  dirty_.clear();
}

}  // namespace tertulia::bench
