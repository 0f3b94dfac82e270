// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "domain/presence/events.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Event state that clients publish (RFC 3903), package `presence`: the user's own PIDF documents, each named by an entity
/// tag that the presence agent gives.
class Publications {
 public:
  explicit Publications(Context& context) : context_(context) {}

  void on_publish(const Request& request);                      ///< behind the gate
  bool on(const domain::PublishAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  bool on_undeliverable(base::Ticket ticket, base::Now now);

 private:
  bool target_fits(const Request& request);
  std::optional<base::Duration> lease_of(const Request& request);
  bool read_tag(const Request& request, std::string& tag);
  bool read_document(const Request& request, domain::PublishDocument& publish);
  void refuse(const Pending& pending, const domain::PublishAnswer& answer, base::Now now);

  Context& context_;
  std::unordered_map<base::Ticket, Pending> waiting_;
};

}  // namespace tertulia::face::simple
