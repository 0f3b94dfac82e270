// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/digest_response.h"

#include "base/text.h"
#include "protocol/auth/limits.h"

namespace tertulia::protocol::auth {
namespace {

using base::HashAlgorithm;
using base::Hasher;

constexpr std::string_view session_suffix = "-sess";

}  // namespace

std::string_view digest_name(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::md5:
      return "MD5";
    case HashAlgorithm::sha256:
      return "SHA-256";
    case HashAlgorithm::sha512_256:
      return "SHA-512-256";
    case HashAlgorithm::sha1:
      break;
  }
  return {};
}

bool is_session_algorithm(std::string_view name) {
  return name.size() > session_suffix.size() &&
         base::equal_ignoring_case(name.substr(name.size() - session_suffix.size()), session_suffix);
}

std::optional<HashAlgorithm> digest_algorithm(std::string_view name) {
  if (is_session_algorithm(name)) name.remove_suffix(session_suffix.size());
  for (const HashAlgorithm algorithm : {HashAlgorithm::md5, HashAlgorithm::sha256, HashAlgorithm::sha512_256})
    if (base::equal_ignoring_case(name, digest_name(algorithm))) return algorithm;
  return std::nullopt;
}

std::string make_ha1(HashAlgorithm algorithm, std::string_view user_name, std::string_view realm,
                     std::string_view password) {
  return Hasher(algorithm).hex({user_name, ":", realm, ":", password});
}

std::string decoy_ha1(std::string_view algorithm, base::Random& random) {
  const HashAlgorithm known = digest_algorithm(algorithm).value_or(HashAlgorithm::md5);
  return Hasher(known).hex({random.token(nonce_length)});
}

std::string digest_response(const wire::sip::AuthValue& credentials, HashAlgorithm algorithm, std::string_view ha1,
                            std::string_view method) {
  const auto& parameters = credentials.parameters;
  const std::string_view nonce = parameters.value("nonce");
  const std::string_view cnonce = parameters.value("cnonce");
  Hasher hasher(algorithm);
  std::string session_ha1;
  if (is_session_algorithm(parameters.value("algorithm"))) {
    session_ha1 = hasher.hex({ha1, ":", nonce, ":", cnonce});
    ha1 = session_ha1;
  }
  const std::string ha2 = hasher.hex({method, ":", parameters.value("uri")});
  if (!parameters.has("qop")) return hasher.hex({ha1, ":", nonce, ":", ha2});
  return hasher.hex(
      {ha1, ":", nonce, ":", parameters.value("nc"), ":", cnonce, ":", parameters.value("qop"), ":", ha2});
}

}  // namespace tertulia::protocol::auth
