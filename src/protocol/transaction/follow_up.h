// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "protocol/transaction/layer.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::transaction {

/// ACK for a failure response to `invite`, which is a request of ours.  Source: RFC 3261 17.1.1.3.
std::string ack_of_failure(const wire::sip::Message& invite, const wire::sip::Message& response);

/// CANCEL of `invite`, which is a request of ours, with further headers.  Source: RFC 3261 9.1.
std::string cancel_of(const wire::sip::Message& invite, const ExtraHeaders& more = {});

}  // namespace tertulia::protocol::transaction
