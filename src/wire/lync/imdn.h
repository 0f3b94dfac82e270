// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tertulia::wire::lync {

inline constexpr std::string_view imdn_type = "application/ms-imdn+xml";

/// Who has not got a message that was said in a conference ([MS-CONFIM] 2.2).
struct Imdn {
  struct Recipient {
    std::string uri;
    int status = 0;  ///< SIP status that tells why
  };
  std::string message_id;  ///< as the 2xx of the message gave it in Message-Id
  std::vector<Recipient> recipients;
};

std::string write_imdn(const Imdn& imdn);

}  // namespace tertulia::wire::lync
