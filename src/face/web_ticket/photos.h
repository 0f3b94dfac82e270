// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "face/lync/photo_address.h"
#include "face/simple/context.h"
#include "face/web/router.h"
#include "face/web_ticket/ports.h"

namespace tertulia::face::web_ticket {

struct PhotoMetrics {
  base::Counter served;     ///< pictures given
  base::Counter unchanged;  ///< answered with 304
  base::Counter not_found;  ///< addresses that are wrong or of an earlier picture
  base::Counter refused;    ///< too many at once, or the store does not answer
};

/// Pictures of people: GET /photos/NAME, where the card tells NAME (lync::photo_name).  Whoever knows the name gets the
/// picture; of a wrong one nothing can be told, not even whether there is such a user.
class PhotoService {
 public:
  /// Borrows context, source and metrics; lives on their shard.
  PhotoService(simple::Context& context, PhotoSource& source, lync::PhotoAddresses photos, PhotoMetrics& metrics);
  /// Its paths; the router must not outlive it.
  void add_to(web::Router& router);

 private:
  const domain::User* owner_of(std::string_view name) const;
  void on_get(const web::Request& request, const web::Answer& answer);
  void on_loaded(const base::Result<domain::PhotoPtr>& photo, const domain::PhotoMark& wanted,
                 const web::Answer& answer);
  void refuse(const web::Answer& answer, base::Reason reason);

  simple::Context& context_;
  PhotoSource& source_;
  lync::PhotoAddresses photos_;
  PhotoMetrics& metrics_;
  std::size_t loading_ = 0;
};

}  // namespace tertulia::face::web_ticket
