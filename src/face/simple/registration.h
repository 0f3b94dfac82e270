// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "face/simple/context.h"
#include "face/simple/register_contacts.h"

namespace tertulia::face::simple {

/// Sign-in, refresh, sign-out and query of endpoints (RFC 3261 10, RFC 5626, RFC 5627): REGISTER in, the registrar's
/// answer out.
class Registration {
 public:
  explicit Registration(Context& context) : context_(context) {}

  void on_register(const Request& request);  ///< behind the gate
  /// The connection whose request was answered; nothing when nobody waits for this answer.
  std::optional<base::ConnectionId> on(const domain::BindAnswer& answer, base::Now now);
  /// False: the ticket is not ours.
  bool on_undeliverable(base::Ticket ticket, base::Now now);
  /// Tells the registrar about everybody who asked for a binding on this connection, answered or not.
  void on_connection_closed(const Connection& connection, bool orderly);

 private:
  struct Waiting {
    Pending pending;
    base::UserId user;
    std::string address;
    RegisterWish wish;
    domain::ClientInfoPtr client;
    std::string authentication_info;
  };
  bool note_user(Connection& connection, base::UserId user);
  void accept(const Waiting& waiting, const domain::BindAnswer& answer, bool fresh, base::Now now);
  void describe(const Waiting& waiting, wire::sip::Writer& writer) const;
  void refuse(const Waiting& waiting, const domain::BindAnswer& answer, base::Now now);
  void send_home(const Waiting& waiting, const domain::BindAnswer& answer, base::Now now);
  bool keep_books(const Waiting& waiting, const domain::BindAnswer& answer, base::Now now);

  Context& context_;
  std::unordered_map<base::Ticket, Waiting> waiting_;
};

}  // namespace tertulia::face::simple
