// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "domain/conversation/events.h"
#include "face/simple/context.h"
#include "face/simple/sessions.h"

namespace tertulia::face::simple {

/// Single messages outside of dialogs (RFC 3428), both directions, with typing (RFC 3994) and delivery notification
/// (RFC 5438). A message to a GRUU (RFC 5627) goes to that device alone.  Sessions carry those to a device that takes none
/// outside of a dialog.
class Pages {
 public:
  Pages(Context& context, Sessions& sessions);
  ~Pages();

  void on_message(const Request& request);                   ///< behind the gate; outside of a dialog
  bool waits_for(protocol::transaction::ClientId id) const;  ///< a message of ours, of whose answer the status is read
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);
  bool on(const domain::PostAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  void on(const domain::DeliverPage& deliver, base::Now now);
  bool on_undeliverable(base::Ticket ticket, base::Now now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::face::simple
