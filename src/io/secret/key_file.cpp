// SPDX-License-Identifier: Apache-2.0
#include "io/secret/key_file.h"

#include <sodium.h>

#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "domain/directory/ports.h"
#include "io/secret/file.h"

namespace tertulia::io {
namespace {

/// What the file begins with; the number changes when the meaning of the key does.
constexpr std::string_view heading = "tertulia-key-1 ";

}  // namespace

KeyFile::KeyFile(KeyFile&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}

KeyFile& KeyFile::operator=(KeyFile&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
  return *this;
}

KeyFile::~KeyFile() { sodium_memzero(bytes_.data(), bytes_.size()); }

base::Result<KeyFile> KeyFile::create(const std::string& path) {
  TERTULIA_CHECK(sodium_init() >= 0);
  KeyFile key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  std::string coded = base::to_base64({reinterpret_cast<const char*>(key.bytes_.data()), key.bytes_.size()});
  std::string line;
  line.reserve(key_file_octets_max);  // no copy is left behind by growing
  line.append(heading).append(coded).append("\n");
  const base::Result<void> made = create_file(path, line, FileMode::owner);
  domain::wipe(coded);
  domain::wipe(line);
  if (!made) return made.error();
  return base::Result<KeyFile>(std::move(key));
}

base::Result<KeyFile> KeyFile::load(const std::string& path) {
  base::Result<std::string> content = read_file(path, key_file_octets_max, true);
  if (!content) return content.error();
  std::string_view line = *content;
  if (line.ends_with('\n')) line.remove_suffix(1);
  std::string bytes;
  const bool good = line.starts_with(heading) && base::from_base64(line.substr(heading.size()), bytes) &&
                    bytes.size() == seal_key_octets;
  KeyFile key;
  if (good) bytes.copy(reinterpret_cast<char*>(key.bytes_.data()), bytes.size());
  domain::wipe(bytes);
  domain::wipe(*content);
  if (!good) return base::Error{base::Reason::file_damaged, path + " is not a key file of this program"};
  return base::Result<KeyFile>(std::move(key));
}

}  // namespace tertulia::io
