// SPDX-License-Identifier: Apache-2.0
#include "io/local/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

#include "io/loop/watcher.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;

/// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string system_text(int error) { return std::strerror(error); }  // NOLINT: one thread asks

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  return address;
}

const sockaddr* as_sockaddr(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

Result<Descriptor> connect_to(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address) return Error{Reason::not_running, "the path of the socket is too long: " + path.string()};
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return Error{Reason::internal_error, system_text(errno)};
  if (::connect(fd.get(), as_sockaddr(*address), sizeof *address) == 0) return fd;
  if (errno == EACCES || errno == EPERM) return Error{Reason::permission_denied, path.string()};
  return Error{Reason::not_running, path.string()};
}

class Server final : public LocalServer {
 public:
  Server(Loop& loop, std::filesystem::path path, Descriptor listener, Handler handler)
      : loop_(loop),
        path_(std::move(path)),
        listener_(std::move(listener)),
        handler_(std::move(handler)),
        watcher_(loop, listener_.get(), [this](FdWatcher::Event) { accept(); }) {
    watcher_.watch(FdWatcher::Event::readable);
  }
  ~Server() override {
    clients_.clear();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

 private:
  struct Client {
    Descriptor fd;
    std::string in, out;
    std::size_t sent = 0;
    std::unique_ptr<FdWatcher> watcher;
    std::unique_ptr<Timer> patience;
  };

  void accept() {
    watcher_.watch(FdWatcher::Event::readable);
    if (clients_.size() >= local_clients_max) return;
    Descriptor fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.get() < 0) return;
    const int number = fd.get();
    Client& client = clients_[number];
    client.fd = std::move(fd);
    client.watcher = std::make_unique<FdWatcher>(loop_, number, [this, number](FdWatcher::Event event) {
      event == FdWatcher::Event::readable ? read(number) : write(number);
    });
    client.patience = std::make_unique<Timer>(loop_);
    client.patience->arm(loop_.now().mono + local_client_patience, [this, number] { clients_.erase(number); });
    client.watcher->watch(FdWatcher::Event::readable);
  }

  void read(int number) {
    Client& client = clients_.at(number);
    char buffer[4096];
    const ssize_t count = ::read(number, buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return client.watcher->watch(FdWatcher::Event::readable);
    if (count <= 0 || client.in.size() + static_cast<std::size_t>(count) > local_line_bytes_max) {
      clients_.erase(number);
      return;
    }
    client.in.append(buffer, static_cast<std::size_t>(count));
    const std::size_t end = client.in.find('\n');
    if (end == std::string::npos) return client.watcher->watch(FdWatcher::Event::readable);
    client.out = handler_(std::string_view(client.in).substr(0, end)) + "\n";
    client.patience->arm(loop_.now().mono + local_client_patience, [this, number] { clients_.erase(number); });
    write(number);
  }

  void write(int number) {
    Client& client = clients_.at(number);
    while (client.sent < client.out.size()) {
      const ssize_t count =
          ::send(number, client.out.data() + client.sent, client.out.size() - client.sent, MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) return client.watcher->watch(FdWatcher::Event::writable);
      if (count < 0) break;
      client.sent += static_cast<std::size_t>(count);
    }
    clients_.erase(number);  // one question a connection
  }

  Loop& loop_;
  std::filesystem::path path_;
  Descriptor listener_;
  Handler handler_;
  std::map<int, Client> clients_;
  FdWatcher watcher_;
};

}  // namespace

Result<std::unique_ptr<LocalServer>> LocalServer::open(Loop& loop, const std::filesystem::path& path, Handler handler) {
  if (connect_to(path)) return Error{Reason::address_in_use, path.string()};
  const auto address = address_of(path);
  if (!address) return Error{Reason::file_unwritable, "the path of the socket is too long: " + path.string()};
  std::error_code ignored;
  if (std::filesystem::is_socket(path, ignored)) std::filesystem::remove(path, ignored);
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (listener.get() < 0) return Error{Reason::internal_error, system_text(errno)};
  const mode_t before = ::umask(0177);  // the file must never be open to others, not for an instant
  const int bound = ::bind(listener.get(), as_sockaddr(*address), sizeof *address);
  const int bind_error = errno;
  ::umask(before);
  if (bound != 0)
    return Error{bind_error == EACCES ? Reason::permission_denied : Reason::file_unwritable,
                 path.string() + ": " + system_text(bind_error)};
  if (::listen(listener.get(), static_cast<int>(local_clients_max)) != 0)
    return Error{Reason::internal_error, system_text(errno)};
  return std::unique_ptr<LocalServer>(std::make_unique<Server>(loop, path, std::move(listener), std::move(handler)));
}

Result<std::string> ask_local(const std::filesystem::path& path, std::string_view line, base::Duration patience) {
  Result<Descriptor> fd = connect_to(path);
  if (!fd) return fd.error();
  std::string question(line);
  question += '\n';
  for (std::size_t sent = 0; sent < question.size();) {
    const ssize_t count = ::send(fd->get(), question.data() + sent, question.size() - sent, MSG_NOSIGNAL);
    if (count < 0) return Error{Reason::not_running, path.string()};
    sent += static_cast<std::size_t>(count);
  }
  std::string answer;
  char buffer[16384];
  for (;;) {
    pollfd wait{fd->get(), POLLIN, 0};
    const int ready =
        ::poll(&wait, 1, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Error{Reason::server_busy, "no answer in time"};
    const ssize_t count = ::read(fd->get(), buffer, sizeof buffer);
    if (count <= 0) break;
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  if (answer.empty() || answer.back() != '\n') return Error{Reason::server_busy, "the answer was cut off"};
  answer.pop_back();
  return answer;
}

}  // namespace tertulia::io
