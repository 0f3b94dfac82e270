// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/reason.h"
#include "face/web/request.h"
#include "wire/lync/web_service.h"

// For this folder: how its services answer.
namespace tertulia::face::web_ticket {

inline web::Response xml_answer(std::string body) {
  return {200, "text/xml; charset=utf-8", std::move(body), {{"Cache-Control", "no-store"}}};
}

/// COMPAT(pidgin-sipe 1.25): shows a fault's text only when the status is 200; with 500, as SOAP 1.1 wants it, or 401 it
/// says no more than that a request has failed.
inline web::Response fault_answer(base::Reason reason) {
  return xml_answer(to_xml(wire::lync::ServiceFault{base::status_of(reason) < 500, std::string(base::text_of(reason)),
                                                    std::to_string(base::id_of(reason))}));
}

}  // namespace tertulia::face::web_ticket
