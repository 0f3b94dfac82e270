// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "face/web/request.h"
#include "face/web/router.h"

namespace tertulia::face::web_join {

/// Pages that lead into a conference: GET /meet/ORGANIZER/ID, where ORGANIZER is user@domain, or a user of the default
/// domain.  The page has the address for clients of the Lync family as a link `conf:sip:...`, which such a client finds
/// when it is given the page's address, and that for standard telephones.  Whether there is such a conference it does not
/// know: it looks the same for every address that could be one, and asks for no name.  English or Spanish by
/// Accept-Language.  Errors: not_found (404) for what could be no address of a conference.
class JoinPages {
 public:
  /// default_domain: of an ORGANIZER without one.
  explicit JoinPages(std::string default_domain) : default_domain_(std::move(default_domain)) {}

  /// Before the first request; this object outlives the router.
  void add_to(web::Router& router);
  web::Response page(const web::Request& request) const;

 private:
  std::string default_domain_;
};

/// Where the pages are below the address of the web services.
inline constexpr const char* join_folder = "/meet/";

}  // namespace tertulia::face::web_join
