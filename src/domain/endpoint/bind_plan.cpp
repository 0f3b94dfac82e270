// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/bind_plan.h"

#include <algorithm>

#include "domain/endpoint/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;

bool too_long(const ContactChange& contact) {
  return contact.uri.size() > contact_uri_octets_max || contact.instance.size() > contact_instance_octets_max ||
         contact.parameters.size() > contact_parameters_octets_max;
}

/// Two contacts of one request that name the same device.
bool same_key(const ContactChange& a, const ContactChange& b) {
  if (!a.instance.empty() && !b.instance.empty()) return a.instance == b.instance && a.reg_id == b.reg_id;
  return a.uri == b.uri;
}

Reason plan_remove_all(const BindRequest& request, const UserBindings* entry, std::vector<BindStep>& steps) {
  if (!request.contacts.empty()) return Reason::wildcard_misused;
  if (entry == nullptr) return Reason::none;
  for (std::size_t i = 0; i < entry->bindings.size(); ++i) {  // RFC 3261 10.3 step 6
    const Binding& binding = entry->bindings[i];
    if (binding.call_id == request.call_id && request.cseq <= binding.cseq) return Reason::registration_out_of_order;
    steps.push_back({nullptr, entry->routes[i].endpoint, {}});
  }
  return Reason::none;
}

}  // namespace

base::Reason plan_bind(const BindRequest& request, const UserBindings* entry, const RegistrarSettings& settings,
                       std::uint32_t endpoints_max, std::vector<BindStep>& steps) {
  if (request.call_id.size() > call_id_octets_max) return Reason::header_malformed;
  if (request.remove_all) return plan_remove_all(request, entry, steps);
  if (request.contacts.size() > contacts_per_request_max) return Reason::too_many_endpoints;
  std::size_t count = entry == nullptr ? 0 : entry->bindings.size();
  bool grows = false;
  for (auto contact = request.contacts.begin(); contact != request.contacts.end(); ++contact) {
    if (too_long(*contact)) return Reason::header_malformed;
    const bool overridden = std::any_of(contact + 1, request.contacts.end(),
                                        [&](const ContactChange& later) { return same_key(*contact, later); });
    if (overridden) continue;
    BindStep step{&*contact, std::nullopt, std::max(base::Duration{}, contact->lease.value_or(settings.lease_default))};
    // RFC 3261 10.3 step 7: too brief is refused, too long is shortened.
    if (step.lease > base::Duration{} && contact->lease && step.lease < settings.lease_min)
      return Reason::interval_too_brief;
    step.lease = std::min(step.lease, settings.lease_max);
    const std::optional<std::size_t> i = entry == nullptr ? std::nullopt : entry->find(*contact);
    if (i) {
      const Binding& binding = entry->bindings[*i];
      if (binding.call_id == request.call_id && request.cseq <= binding.cseq) return Reason::registration_out_of_order;
      step.existing = entry->routes[*i].endpoint;
      if (step.lease == base::Duration{}) --count;
    } else if (step.lease > base::Duration{}) {
      ++count;
      grows = true;
    } else {
      continue;  // removes what is not there
    }
    const bool taken = std::any_of(steps.begin(), steps.end(), [&](const BindStep& other) {
      return step.existing && other.existing == step.existing;
    });
    if (taken) return Reason::header_malformed;  // two ways to name one binding within one request
    steps.push_back(step);
  }
  return grows && count > endpoints_max ? Reason::too_many_endpoints : Reason::none;
}

}  // namespace tertulia::domain
