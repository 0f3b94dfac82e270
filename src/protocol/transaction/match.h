// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/sip/headers.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::transaction {

/// Writes into `key` what names a server transaction on its connection (RFC 3261 17.2.3).  `method`: that of the
/// transaction looked for; INVITE for an ACK, and for a CANCEL that looks for what it cancels.
void write_server_key(const wire::sip::Message& request, const wire::sip::Basics& basics, std::string_view method,
                      std::string& key);

/// Writes into `key` what names a client transaction on its connection (RFC 3261 17.1.3).
void write_client_key(std::string_view branch, std::string_view method, std::string& key);

/// The same for all copies of one request that came by different paths, 0 for requests that cannot be such (RFC
/// 3261 8.2.2.2).
std::uint64_t merge_mark(const wire::sip::Basics& basics);

}  // namespace tertulia::protocol::transaction
