// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/imdn.h"

#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

std::string write_imdn(const Imdn& imdn) {
  xml::Writer out;
  out.begin("imdn").element("message-id", imdn.message_id);
  for (const Imdn::Recipient& recipient : imdn.recipients)
    out.begin("recipient").attribute("uri", recipient.uri).element("status", std::to_string(recipient.status)).end();
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
