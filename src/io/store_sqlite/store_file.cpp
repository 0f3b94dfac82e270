// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/store_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using namespace std::string_view_literals;

constexpr auto sqlite_magic = "SQLite format 3\0"sv;
constexpr std::size_t sqlite_header_bytes = 100;

Error system_error(Reason reason, std::string_view what, const std::string& path, int number) {
  return {reason, fmt::format("{} {}: {}", what, path, std::generic_category().message(number))};
}

Result<void> sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return system_error(Reason::file_unwritable, "cannot open", path, errno);
  const bool synced = ::fsync(descriptor) == 0;
  const int number = errno;
  ::close(descriptor);
  if (!synced) return system_error(Reason::file_unwritable, "cannot make durable", path, number);
  return {};
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return system_error(Reason::file_unwritable, "cannot open the lock file", path, errno);
  LockFile lock{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return Error{Reason::already_running, fmt::format("{} is held by another process", path)};
  return system_error(Reason::file_unwritable, "cannot lock", path, errno);
}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);  // frees the lock
}

Result<void> create_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error(Reason::file_unwritable, "cannot create or write", path, errno);
  ::close(descriptor);
  return {};
}

Result<void> check_header(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return missing(path);
  if (descriptor < 0) return system_error(Reason::file_unreadable, "cannot read", path, errno);
  std::array<char, sqlite_header_bytes> bytes{};
  const auto count = ::read(descriptor, bytes.data(), bytes.size());
  const int number = errno;
  ::close(descriptor);
  if (count < 0) return system_error(Reason::file_unreadable, "cannot read", path, number);
  if (count == 0) return damaged(path, "it is empty");
  if (static_cast<std::size_t>(count) < bytes.size()) return damaged(path, "it is cut off within its first bytes");
  if (std::string_view(bytes.data(), sqlite_magic.size()) != sqlite_magic) {
    return damaged(path, "its first bytes are not those of a store");
  }
  return {};
}

Error missing(const std::string& path) {
  return {Reason::file_unreadable,
          fmt::format(
              "the store file {} is missing; put the newest backup there, or make an empty one with `tertulia init`",
              path)};
}

Error damaged(const std::string& path, std::string_view finding) {
  return {
      Reason::file_damaged,
      fmt::format("the store file {} is damaged ({}); restore a backup, or run `tertulia doctor` to see what is left",
                  path, finding)};
}

Result<void> publish_file(const std::string& from, const std::string& to, bool overwrite) {
  if (auto synced = sync_path(from, O_RDONLY); !synced) return synced;
  int moved = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), overwrite ? 0U : RENAME_NOREPLACE);
  if (moved != 0 && errno == EINVAL && !overwrite) {  // file system without this: a small window remains
    if (::access(to.c_str(), F_OK) == 0) return system_error(Reason::file_unwritable, "will not overwrite", to, EEXIST);
    moved = ::rename(from.c_str(), to.c_str());
  }
  if (moved != 0) {
    return system_error(Reason::file_unwritable, errno == EEXIST ? "will not overwrite" : "cannot write", to, errno);
  }
  const auto folder = std::filesystem::path(to).parent_path().string();
  return sync_path(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

std::uint64_t file_bytes(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace tertulia::io
