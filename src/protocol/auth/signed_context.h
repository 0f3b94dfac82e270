// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/auth/gssapi_header.h"
#include "protocol/auth/message_signer.h"
#include "protocol/auth/replay_window.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::auth {

/// How long keys are good ([MS-SIPAE] 3.2.2); clients make new ones five minutes before.
inline constexpr base::Duration signed_context_lifetime = std::chrono::hours{8};

/// What both sides agreed on before the first signature.
struct SignedContextFacts {
  std::string scheme;  ///< "NTLM", "Kerberos" or "TLS-DSK"
  std::string opaque;
  std::string realm;
  std::string targetname;
  int version = 4;          ///< as in the challenge
  base::TimePoint expires;  ///< usually signed_context_lifetime after it was made
};

/// One security context of one connection: judges the client's signatures and makes ours ([MS-SIPAE] 3.2).  Lives with
/// its connection.  Does not look at the clock: its owner asks expired().
class SignedContext {
 public:
  SignedContext(SignedContextFacts facts, std::unique_ptr<MessageSigner> signer);

  /// `credentials`: those of `message` (request or response).  A number is used up only by a right signature.  Errors:
  /// credentials_required without signature, nonce_stale for another scheme or opaque and for a number that was used
  /// before or is too far behind, credentials_wrong for a wrong signature, realm or targetname.
  base::Result<void> verify(const wire::sip::Message& message, const GssapiCredentials& credentials);

  /// Value of Authentication-Info for an outgoing message that is complete but for this line.  Counts up snum.
  std::string authentication_info(const wire::sip::Message& message, base::Random& random);

  const SignedContextFacts& facts() const { return facts_; }
  base::TimePoint expires() const { return facts_.expires; }
  bool expired(base::TimePoint now) const { return now >= facts_.expires; }

 private:
  SignedContextFacts facts_;
  std::unique_ptr<MessageSigner> signer_;
  ReplayWindow seen_;
  std::uint64_t snum_ = 0;  ///< of our last signature
};

}  // namespace tertulia::protocol::auth
