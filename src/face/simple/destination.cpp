// SPDX-License-Identifier: Apache-2.0
#include "face/simple/destination.h"

#include <string_view>

#include "base/text.h"
#include "domain/endpoint/temporary_gruu.h"
#include "face/simple/epid.h"
#include "face/simple/offered.h"

namespace tertulia::face::simple {

base::Result<Destination> destination_of(const Context& context, const wire::sip::Uri& target) {
  Destination found;
  const wire::sip::Parameter* gruu = target.is_sip() ? target.parameters.find("gr") : nullptr;
  const std::string_view name = target.user;
  if (gruu != nullptr && gruu->value.empty() &&
      base::equal_ignoring_case(name.substr(0, temporary_gruu_prefix.size()), temporary_gruu_prefix)) {
    const auto read = domain::read_temporary_gruu(context.settings.gruu_key, name.substr(temporary_gruu_prefix.size()));
    if (read && context.directory->serves(target.host)) {
      found.user = context.directory->find(read->user);
      found.device = domain::DeviceName{{}, read->series};
    }
  } else {
    found.user = context.directory->find(target.address_of_record());
    if (gruu != nullptr && !gruu->value.empty()) found.device = domain::DeviceName{gruu->value, 0};
    const std::string_view opaque = target.is_sip() ? target.parameters.value("opaque") : std::string_view();
    if (opaque.starts_with(dialect_gruu_prefix))
      found.device = domain::DeviceName{std::string(opaque.substr(dialect_gruu_prefix.size())), 0};
    const std::string_view epid = target.is_sip() ? target.parameters.value("epid") : std::string_view();
    if (!found.device && !epid.empty()) found.device = domain::DeviceName{instance_of_epid(epid), 0};
  }
  if (found.user != nullptr && found.user->enabled) return found;
  return context.directory->serves(target.host) ? base::Reason::destination_unknown : base::Reason::domain_foreign;
}

}  // namespace tertulia::face::simple
