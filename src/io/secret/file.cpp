// SPDX-License-Identifier: Apache-2.0
#include "io/secret/file.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

/// `fallback`: what it is when permission is not the trouble.
Error failure(Reason fallback, const std::string& what, const std::string& path) {
  const int code = errno;
  const bool forbidden = code == EACCES || code == EPERM || code == EROFS;
  return {forbidden ? Reason::permission_denied : fallback, what + " " + path + ": " + std::strerror(code)};
}

mode_t bits_of(FileMode mode) { return mode == FileMode::owner ? 0600 : 0644; }

Result<void> fill(const std::string& path, std::string_view content, FileMode mode) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, bits_of(mode)));
  if (!file.open()) return failure(Reason::file_unwritable, "cannot create", path);
  // The umask may have taken bits away; a secret never had more than its owner's.
  bool good = ::fchmod(file.number(), bits_of(mode)) == 0;
  while (good && !content.empty()) {
    const ssize_t written = ::write(file.number(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    good = written > 0;
    if (good) content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (good && ::fsync(file.number()) == 0) return {};
  const Error error = failure(Reason::file_unwritable, "cannot write", path);
  ::unlink(path.c_str());
  return error;
}

/// Makes a new name survive a power cut.
void sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string name = folder.empty() ? "." : folder.string();
  const Descriptor opened(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.open()) ::fsync(opened.number());
}

}  // namespace

Result<void> write_file(const std::string& path, std::string_view content, FileMode mode) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());  // left by a run that was killed
  Result<void> filled = fill(beside, content, mode);
  if (!filled) return filled;
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const Error error = failure(Reason::file_unwritable, "cannot replace", path);
    ::unlink(beside.c_str());
    return error;
  }
  sync_folder_of(path);
  return {};
}

Result<void> create_file(const std::string& path, std::string_view content, FileMode mode) {
  Result<void> filled = fill(path, content, mode);
  if (filled) sync_folder_of(path);
  return filled;
}

Result<std::string> read_file(const std::string& path, std::size_t octets_max, bool private_only) {
  // Without blocking: somebody may have put a pipe there.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.open()) return failure(Reason::file_unreadable, "cannot open", path);
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return failure(Reason::file_unreadable, "cannot examine", path);
  if (!S_ISREG(facts.st_mode)) return Error{Reason::file_unreadable, path + " is not a regular file"};
  if (private_only && (facts.st_mode & 077) != 0)
    return Error{Reason::permission_denied,
                 path + " may be read or changed by others than its owner; run: chmod 600 " + path};
  std::string content(octets_max + 1, '\0');
  std::size_t length = 0;
  while (length < content.size()) {
    const ssize_t got = ::read(file.number(), content.data() + length, content.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(Reason::file_unreadable, "cannot read", path);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (length > octets_max) {
    sodium_memzero(content.data(), content.size());
    return Error{Reason::file_unreadable, path + " is larger than " + std::to_string(octets_max) + " octets"};
  }
  content.resize(length);
  return content;
}

}  // namespace tertulia::io
