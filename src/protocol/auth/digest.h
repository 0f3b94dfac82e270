// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/auth/digest_response.h"
#include "protocol/auth/limits.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::auth {

struct DigestSettings {
  std::string realm;
  base::Duration nonce_lifetime = std::chrono::minutes{5};  ///< older nonces get `stale=true`
  std::vector<base::HashAlgorithm> algorithms{base::HashAlgorithm::sha256,
                                              base::HashAlgorithm::md5};  ///< offered in this order (RFC 8760)
  bool uri_must_match =
      false;  ///< compare the digest-uri with the Request-URI.  COMPAT(SIPp 3.6): it hashes another URI
};

/// Which credentials a client presented, not yet believed.
struct Presented {
  std::string user_name;  ///< as typed by the client
  std::string algorithm;  ///< RFC 7616 name: "MD5", "SHA-256", "SHA-512-256" (also for -sess)
  wire::sip::AuthValue value;
};

/// Digest for one connection (RFC 3261 22, RFC 7616, RFC 8760): makes challenges and checks answers.  Nonces belong to
/// this connection, so nobody can replay them elsewhere; each (nonce, nc) is accepted once.  Lives with its connection;
/// memory stays within the named limits.
class DigestAcceptor {
 public:
  explicit DigestAcceptor(const DigestSettings& settings) : settings_(&settings) {}

  /// Values of WWW-Authenticate (or Proxy-Authenticate), one header line each, in the order offered.  One fresh nonce
  /// stands in all of them; at most nonces_max are remembered.  `user_agent`: empty when the client sent none; see
  /// auth/compat.h.
  std::vector<std::string> challenges(std::string_view user_agent, bool stale, base::Random& random,
                                      base::TimePoint now);
  /// Picks our realm's Digest credentials out of the request (Authorization, Proxy-Authorization).
  /// Errors: credentials_required when there are none (or only foreign schemes, realms, algorithms), header_malformed.
  base::Result<Presented> presented(const wire::sip::Message& request) const;
  /// `ha1`: lower-case hexadecimal for presented.algorithm.  Errors: nonce_stale (also for a nonce of another
  /// connection and for a repeated count: challenge with stale=true), credentials_wrong.  Time does not depend on where
  /// the answer differs.
  base::Result<void> check(const Presented& presented, const wire::sip::Message& request, std::string_view ha1,
                           base::TimePoint now);
  /// Authentication-Info value for the answer to a request that passed `check` (RFC 7616 3.5): rspauth, and qop,
  /// cnonce, nc when the client used them; nextnonce when three quarters of the nonce's life are over.
  std::string authentication_info(const Presented& presented, std::string_view ha1, base::Random& random,
                                  base::TimePoint now);

 private:
  struct Nonce {
    std::array<char, nonce_length> text{};
    base::TimePoint made;
    std::uint64_t window = 0;  ///< which of the last 64 counts were used (requests may overtake each other)
    std::uint32_t count_seen_max = 0;
    bool used_without_count = false;  ///< by a client of RFC 2069: never again
    std::string_view value() const { return {text.data(), text.size()}; }
    bool take(std::uint32_t count);  ///< false: used before, or too far back
  };
  std::string_view add_nonce(base::Random& random, base::TimePoint now);
  Nonce* find_nonce(std::string_view value, base::TimePoint now);

  const DigestSettings* settings_;
  std::vector<Nonce> nonces_;  ///< newest last, bounded
};

}  // namespace tertulia::protocol::auth
