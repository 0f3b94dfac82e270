// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/sip/message.h"

namespace tertulia::protocol::auth {

/// What a signature covers beside the message itself.
struct SignatureInputView {
  std::string_view scheme;  ///< "NTLM", "Kerberos", "TLS-DSK"
  std::string_view rand;    ///< crand or srand, as written
  std::uint64_t num = 0;    ///< cnum or snum
  std::string_view realm;
  std::string_view targetname;
  int version = 0;  ///< of the challenge: from 3 on 15 fields, below 12
};

/// The text that is signed ([MS-SIPAE] 3.2.5.1): header values as they stand on the wire, each in angle brackets; of a
/// response also its status.  Works on messages of both sides and of any quality: what is missing is empty.
std::string signature_text(const wire::sip::Message& message, const SignatureInputView& input);

}  // namespace tertulia::protocol::auth
