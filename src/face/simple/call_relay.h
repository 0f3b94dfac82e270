// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "face/simple/context.h"
#include "wire/sip/message.h"

/// How messages change on their way through us, as a proxy changes them (RFC 3261 16.6, 16.7): headers between
/// neighbours are ours, all others pass byte for byte.
namespace tertulia::face::simple {

/// Value of our Record-Route towards this connection: our address, loose, with the mark by which we know it again.
std::string own_route(const Context& context, const Connection& connection);

/// Entries of all lines of Route or Record-Route in order, without folds.
std::vector<std::string> route_entries(const wire::sip::Message& message, wire::sip::HeaderName name);
/// A Record-Route entry that this server has written.
bool is_own_route(const Context& context, std::string_view entry);

/// Where a request of a client wants to go behind us (RFC 3261 16.4).
struct RoutePlan {
  std::string request_uri;          ///< empty: it was meant for us; the next hop knows its own address
  std::vector<std::string> beyond;  ///< Route entries behind ours
};
RoutePlan plan_route(const Context& context, const wire::sip::Message& request);
/// A request outside of a dialog names proxies behind us.  Its first Route led the client to us (RFC 3261 8.1.2): that
/// is us, by whatever name or address he knows his outbound proxy.
bool leads_elsewhere(const Context& context, const wire::sip::Message& request);

/// What the next hop gets of ours.
struct NextHop {
  std::string request_uri;
  std::string via;
  std::vector<std::string> routes;
  std::string record_route;  ///< empty: none
  std::string identity;      ///< P-Asserted-Identity (RFC 3325); empty: none
};
/// Removed are Via, Route, credentials, identities that the client asserts himself, and what looks like our
/// Record-Route; Max-Forwards goes down by one.
std::string relay_request(const Context& context, const wire::sip::Message& received, const NextHop& hop);

/// A response on its way to the one who asked: start line and end-to-end headers as received, the Via stack of his own
/// request.  `record_route`: complete list for a response that makes a dialog; null: as received.  `why`: value of
/// ms-diagnostics for a failure that has none, so that every refusal says why; empty: none is added.
std::string relay_response(const Pending& asked, const wire::sip::Message& received,
                           const std::vector<std::string>* record_route, std::string_view why = {});
/// Value of ms-diagnostics ([MS-OCER] 2.1) with which we explain that a telephone has answered so; empty for what is no
/// refusal.
std::string diagnostics_of(const Context& context, int status, base::Reason reason);
/// What a telephone's refusal of a request within a call means.
base::Reason reason_of_refused_request(int status);

/// The Record-Route of a response as the caller must see it (RFC 3261 16.7 step 8): our own entry names the side where
/// his connection is.
std::vector<std::string> record_route_towards_caller(const Context& context, const wire::sip::Message& response,
                                                     const wire::sip::Message& invite, std::string_view own);

/// A final status of a telephone that says something to us alone and is not passed on: redirection and challenges (we
/// do not follow them for the caller, who could not answer them), 503 (RFC 3261 16.7 step 6).
bool is_withheld(int status);

/// Value of Replaces (RFC 3891 6.1): a dialog as the one who gets the request has it.
struct ReplacedDialog {
  std::string call_id;
  std::string own_tag;
  std::string peer_tag;
};
/// Nothing when there is no such header or it cannot be read.
std::optional<ReplacedDialog> replaced_dialog(const wire::sip::Message& invite);

/// Uri of the first Contact; empty when there is none that can be read.
std::string contact_of(const wire::sip::Message& message);

}  // namespace tertulia::face::simple
