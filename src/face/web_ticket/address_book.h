// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "face/simple/context.h"
#include "face/web/router.h"
#include "face/web_ticket/service.h"

namespace tertulia::face::web_ticket {

/// Where clients search the directory, as provisioning tells them.
std::string address_book_of(const std::string& base_url);

/// The address book web query of [MS-DLX]: whoever has a web ticket asks for people by name.  The same directory and the
/// same bounds as the search over SIP.
class AddressBookService {
 public:
  /// Borrows both; lives on their shard.
  AddressBookService(simple::Context& context, WebTicketService& tickets, const std::string& base_url)
      : context_(context), tickets_(tickets), base_url_(base_url) {}
  /// Its paths; the router must not outlive it.
  void add_to(web::Router& router);

 private:
  void on_search(const web::Request& request, const web::Answer& answer);

  simple::Context& context_;
  WebTicketService& tickets_;
  std::string base_url_;
};

}  // namespace tertulia::face::web_ticket
