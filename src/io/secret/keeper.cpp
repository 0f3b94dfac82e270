// SPDX-License-Identifier: Apache-2.0
#include "io/secret/keeper.h"

#include <sodium.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "io/secret/password_digests.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;

constexpr std::size_t nonce_octets = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_octets = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(seal_key_octets == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

/// In front of the base64 of nonce and cipher text.  Names the order of password_digests.cpp too.
constexpr std::string_view seal_version = "1:";

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// What the seal is bound to besides its content.
std::string binding_of(const domain::Address& address) { return "tertulia digests 1 " + address.text(); }

Error damaged(const char* why) { return {Reason::file_damaged, why}; }

}  // namespace

Keeper::Keeper(KeyFile key, const KeeperSettings& settings) : key_(std::move(key)), settings_(settings) {
  TERTULIA_CHECK(sodium_init() >= 0);
}

base::Result<domain::Credentials> Keeper::make(const domain::Address& address, std::string_view realm,
                                               std::string_view password) {
  const base::Result<void> good = check_password(password);
  if (!good) return good.error();
  domain::Credentials credentials;
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), settings_.passes, settings_.memory_bytes) != 0)
    return Error{Reason::server_busy, "no memory for the password hash"};
  credentials.password_hash = hash.data();

  std::string packed = pack_digests(address, realm, password);
  std::string sealed(nonce_octets + packed.size() + tag_octets, '\0');
  randombytes_buf(sealed.data(), nonce_octets);
  const std::string bound = binding_of(address);
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed) + nonce_octets, nullptr, octets(packed), packed.size(),
                                             octets(bound), bound.size(), nullptr, octets(sealed), key_.bytes().data());
  domain::wipe(packed);
  credentials.sealed_digests = std::string(seal_version) + base::to_base64(sealed);
  return credentials;
}

bool Keeper::verify(const domain::Credentials& credentials, std::string_view password) {
  // A password that could not have been set costs no time: its length tells nothing about the account.
  if (password.empty() || password.size() > password_octets_max) return false;
  if (credentials.password_hash.size() >= crypto_pwhash_STRBYTES) return false;
  return crypto_pwhash_str_verify(credentials.password_hash.c_str(), password.data(), password.size()) == 0;
}

base::Result<domain::SecretDigests> Keeper::open(const domain::Address& address,
                                                 const domain::Credentials& credentials) const {
  const std::string_view text = credentials.sealed_digests;
  if (!text.starts_with(seal_version)) return damaged("the seal is missing or of another version");
  std::string sealed;
  if (!base::from_base64(text.substr(seal_version.size()), sealed) || sealed.size() < nonce_octets + tag_octets)
    return damaged("the seal is not complete");
  const std::string_view cipher = std::string_view(sealed).substr(nonce_octets);
  std::string packed(cipher.size() - tag_octets, '\0');
  const std::string bound = binding_of(address);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(octets(packed), nullptr, nullptr, octets(cipher), cipher.size(),
                                                 octets(bound), bound.size(), octets(sealed), key_.bytes().data()) != 0)
    return damaged("the seal does not open: another key, another user's row, or changed bytes");
  std::optional<domain::SecretDigests> digests = unpack_digests(packed);
  domain::wipe(packed);
  if (!digests) return damaged("the sealed digests are not complete");
  return std::move(*digests);
}

}  // namespace tertulia::io
