// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/lync/web_ticket.h"

namespace tertulia::wire::lync {

/// What shows that the sender knows the proof key of a ticket: a signature over a time (XML Signature with HMAC-SHA1).
/// The texts are slices as they were sent, which must be in canonical form; so are those of all clients seen.
struct TicketProof {
  std::string timestamp;    ///< the element whose digest stands in `signed_info`
  std::string signed_info;  ///< the element that is signed
  std::string digest;       ///< SHA-1 of `timestamp`, as it says; raw octets
  std::string signature;    ///< HMAC-SHA1 of `signed_info`; raw octets
  std::string expires;      ///< inside of `timestamp`
  friend bool operator==(const TicketProof&, const TicketProof&) = default;
};

/// A client asks for a certificate: GetAndPublishCert ([MS-OCAUTHWS] 3.2.4.1).
struct CertificateRequest {
  WebTicket ticket;
  std::optional<TicketProof> proof;
  std::string entity;   ///< alice@example.com, as claimed
  std::string device;   ///< {uuid}
  std::string request;  ///< PKCS#10, DER
  std::string id;       ///< names the request
  friend bool operator==(const CertificateRequest&, const CertificateRequest&) = default;
};
/// Errors: malformed_message, message_too_large, web_ticket_refused without a ticket or with one that is not ours.
base::Result<CertificateRequest> read_certificate_request(std::string_view document);
std::string to_xml(const CertificateRequest& request);

/// The pieces of a proof, for who makes one: `signed_info` over `digest`.
std::string timestamp_element(std::string_view created, std::string_view expires);
std::string signed_info_element(std::string_view digest);

struct CertificateAnswer {
  std::string device;
  std::string certificate;  ///< DER
  std::string id;           ///< of the request
  friend bool operator==(const CertificateAnswer&, const CertificateAnswer&) = default;
};
std::string to_xml(const CertificateAnswer& answer);
/// Errors: malformed_message, message_too_large.
base::Result<CertificateAnswer> read_certificate_answer(std::string_view document);

}  // namespace tertulia::wire::lync
