// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/xml/document.h"

namespace tertulia::wire::lync {

/// A client asks for a web ticket: RequestSecurityToken ([MS-OCAUTHWS] 3.1.4.1, WS-Trust 1.3).
struct TicketRequest {
  std::string context;     ///< names the request; repeated in the answer
  std::string applies_to;  ///< address of the service that the ticket is for
  std::string uri;         ///< who asks, as claimed: sip:alice@example.com
  std::string entropy;     ///< the client's half of the proof key, raw octets
  friend bool operator==(const TicketRequest&, const TicketRequest&) = default;
};
/// Errors: malformed_message, message_too_large.
base::Result<TicketRequest> read_ticket_request(std::string_view document);
std::string to_xml(const TicketRequest& request);

/// A web ticket: an assertion of SAML 1.1 that only its issuer reads.  Times as in xs:dateTime, to the second.
struct WebTicket {
  std::string id;        ///< a name, as XML has it
  std::string issuer;    ///< address of the service
  std::string audience;  ///< address of the service that it is for
  std::string uri;       ///< sip:alice@example.com
  std::string begins, ends;
  std::string entropy;  ///< of the request, raw octets
  std::string mark;     ///< of the user's credentials, raw octets
  std::string seal;     ///< of the issuer over all the rest, raw octets
  friend bool operator==(const WebTicket&, const WebTicket&) = default;
};
/// A piece for an answer, which declares its own namespaces.
std::string to_xml(const WebTicket& ticket);
/// Error: web_ticket_refused (not of the form that to_xml gives).
base::Result<WebTicket> read_web_ticket(const xml::ElementView& assertion);

/// The answer: RequestSecurityTokenResponseCollection.
struct TicketAnswer {
  std::string context;
  std::string applies_to;
  WebTicket ticket;
  std::string entropy;  ///< the server's half of the proof key, raw octets
  friend bool operator==(const TicketAnswer&, const TicketAnswer&) = default;
};
/// COMPAT(pidgin-sipe 1.25): takes pieces out of the text as they stand and signs the inside of Lifetime, so that must be
/// in canonical form and declare its prefix by itself.
std::string to_xml(const TicketAnswer& answer);
base::Result<TicketAnswer> read_ticket_answer(std::string_view document);

}  // namespace tertulia::wire::lync
