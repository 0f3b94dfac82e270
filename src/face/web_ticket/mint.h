// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/directory/user.h"
#include "wire/lync/certificate_request.h"
#include "wire/lync/web_ticket.h"

namespace tertulia::face::web_ticket {

struct MintSettings {
  std::string key;       ///< secret, the same on all shards
  std::string issuer;    ///< address of the ticket service
  std::string audience;  ///< address of the service that tickets are for
  base::Duration lifetime = std::chrono::hours{8};
};

/// Makes web tickets and knows its own again, without remembering any: a seal (HMAC-SHA256 under a key of the server)
/// covers the values of a ticket, not its XML, so that nothing depends on how a client hands it on.  We are the only ones
/// who read tickets, so a public-key signature would add nothing.  The server's half of the proof key is made from the
/// same key and never stands in the ticket: who finds a ticket alone can use it for nothing.
class Mint {
 public:
  explicit Mint(MintSettings settings) : settings_(std::move(settings)) {}

  /// `entropy`: the client's half of the proof key.
  wire::lync::WebTicket issue(const domain::User& user, std::string entropy, base::Random& random,
                              base::WallTime now) const;
  /// The server's half.
  std::string entropy_for(const wire::lync::WebTicket& ticket) const;
  /// Ours, for this audience and within its time.  Error: web_ticket_refused.
  base::Result<void> check(const wire::lync::WebTicket& ticket, base::WallTime now) const;
  /// The sender knows the proof key.  Error: web_ticket_refused.
  base::Result<void> check(const wire::lync::WebTicket& ticket, const wire::lync::TicketProof& proof,
                           base::WallTime now) const;

 private:
  std::string seal_of(const wire::lync::WebTicket& ticket) const;
  MintSettings settings_;
};

/// P_SHA1 (RFC 2246 5, WS-Trust 1.3 CK/PSHA1): `length` octets, at most 64.
std::string p_sha1(std::string_view secret, std::string_view seed, std::size_t length);

}  // namespace tertulia::face::web_ticket
