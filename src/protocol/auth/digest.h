// SPDX-License-Identifier: Apache-2.0
#pragma once

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
#include "wire/sip/headers.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::auth {

struct DigestSettings {
  std::string realm;
  base::Duration nonce_lifetime = std::chrono::minutes{5};     ///< older nonces get `stale=true`
  std::vector<base::HashAlgorithm> algorithms{base::HashAlgorithm::sha256, base::HashAlgorithm::md5};  ///< offered in this order (RFC 8760)
  bool uri_must_match = false;   ///< compare the digest-uri with the Request-URI.  COMPAT(SIPp 3.6): it hashes another URI
};

/// Which credentials a client presented, not yet believed.
struct Presented {
  std::string user_name;                ///< as typed by the client
  std::string algorithm;                ///< RFC 7616 name: "MD5", "SHA-256", "SHA-512-256" (also for -sess)
  wire::sip::AuthValue value;
};

/// Digest for one connection (RFC 3261 22, RFC 7616, RFC 8760): makes challenges and checks answers.  Nonces belong to this
/// connection, so nobody can replay them elsewhere; each (nonce, nc) is accepted once.  Lives with its connection; memory
/// stays within the named limits.
class DigestAcceptor {
 public:
  explicit DigestAcceptor(const DigestSettings& settings) : settings_(&settings) {}

  /// Values of WWW-Authenticate (or Proxy-Authenticate), in the order offered.
  std::vector<std::string> challenges(std::string_view user_agent, bool stale, base::Random& random, base::TimePoint now);
  /// Picks our realm's Digest credentials out of the request (Authorization, Proxy-Authorization).
  /// Errors: credentials_required when there are none (or only foreign schemes), header_malformed.
  base::Result<Presented> presented(const wire::sip::Message& request) const;
  /// `ha1`: lower-case hexadecimal for presented.algorithm.  Errors: nonce_stale, credentials_wrong.
  base::Result<void> check(const Presented& presented, const wire::sip::Message& request, std::string_view ha1,
                           base::TimePoint now);
  /// Authentication-Info value for the answer (RFC 7616 3.5): rspauth of an empty body hash, qop, nc, cnonce; nextnonce when
  /// the nonce is about to end.
  std::string authentication_info(const Presented& presented, std::string_view ha1, base::Random& random, base::TimePoint now);

 private:
  struct Nonce {
    std::string value;
    base::TimePoint made;
    std::uint32_t count_seen_max = 0;
    std::uint64_t window = 0;          ///< which of the last 64 counts were used (requests may overtake each other)
  };
  const DigestSettings* settings_;
  std::vector<Nonce> nonces_;          ///< newest last, bounded
};

}  // namespace tertulia::protocol::auth
