// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/publish_fault.h"

#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

std::string write_publish_fault(const std::vector<WrongVersion>& wrong) {
  xml::Writer out;
  out.begin("Fault").element("Faultcode", "Client.BadCall.WrongDelta").begin("details");
  for (const WrongVersion& one : wrong) {
    out.begin("operation").attribute("index", one.index).attribute("version", one.version);
    out.attribute("curVersion", one.current_version).end();
  }
  out.end().end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
