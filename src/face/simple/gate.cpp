// SPDX-License-Identifier: Apache-2.0
#include "face/simple/gate.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "face/simple/dialect.h"
#include "face/simple/offered.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Scheme;
using wire::sip::Writer;

/// What a method outside of every dialog is told; `none`: it has a handler.
struct OutsideRule {
  Method method;
  Reason reason;
};
constexpr std::array outside_rules = {
    OutsideRule{Method::invite, Reason::none},
    OutsideRule{Method::message, Reason::none},
    OutsideRule{Method::options, Reason::none},
    OutsideRule{Method::register_, Reason::none},
    OutsideRule{Method::bye, Reason::dialog_unknown},     // RFC 3261 15.1.2
    OutsideRule{Method::info, Reason::dialog_unknown},    // RFC 6086 4.1
    OutsideRule{Method::notify, Reason::dialog_unknown},  // RFC 6665 4.1.3
    OutsideRule{Method::subscribe, Reason::none},
    OutsideRule{Method::publish, Reason::none},
    OutsideRule{Method::refer, Reason::none},  // to a conference
    OutsideRule{Method::prack, Reason::method_not_allowed},
    OutsideRule{Method::update, Reason::method_not_allowed},
    OutsideRule{Method::service, Reason::method_not_allowed},
    OutsideRule{Method::benotify, Reason::method_not_allowed},
};

/// `im:` names a person for messages (RFC 3860) and `pres:` for presence (RFC 3859); all else is for SIP addresses.
bool scheme_fits(Method method, Scheme scheme) {
  switch (scheme) {
    case Scheme::sip:
    case Scheme::sips:
      return true;
    case Scheme::im:
      return method == Method::message || method == Method::invite || method == Method::options;
    case Scheme::pres:
      return method == Method::subscribe || method == Method::publish;
    case Scheme::tel:
    case Scheme::other:
      return false;
  }
  return false;
}

void add_allow(Writer& writer) { writer.header(HeaderName::allow, allowed_methods); }

}  // namespace

struct Gate::Step {
  std::string_view name;
  bool (Gate::*judge)(Request&);
};

Gate::Gate(Context& context, SignInGuard& guard) : context_(context), authenticator_(context, guard) {}

bool Gate::admit(Request& request) {
  static constexpr std::array steps = {
      Step{"serving", &Gate::serving},
      Step{"scheme", &Gate::scheme_known},
      Step{"extensions", &Gate::extensions_known},
      Step{"hops", &Gate::hops_left},
      Step{"loop", &Gate::not_looping},
      Step{"method", &Gate::method_known},
      Step{"method here", &Gate::method_fits},
      Step{"content", &Gate::content_readable},
      Step{"authentication", &Gate::authenticated},
      Step{"identity", &Gate::sender_is_user},
      Step{"domain", &Gate::domain_served},
  };
  for (const Step& step : steps) {
    request.stopped_by = step.name;  // its refusal is logged with it
    if (!(this->*step.judge)(request)) return false;
  }
  request.stopped_by = {};
  return true;
}

bool is_in_dialog(const Request& request) {
  return !request.basics.to.tag().empty() && request.message.method() != Method::register_;
}

bool Gate::serving(Request& request) {
  if (stopping_) context_.refuse(request, Reason::server_stopping);
  return !stopping_;
}

bool Gate::scheme_known(Request& request) {
  const bool fits = scheme_fits(request.message.method(), request.target.scheme);
  if (!fits) context_.refuse(request, Reason::uri_scheme_unsupported);
  return fits;
}

bool Gate::extensions_known(Request& request) {
  const Dialect* dialect = request.connection.dialect ? context_.dialect : nullptr;
  const std::string unknown = unsupported_tags(request.message, request.relayed, [&](std::string_view tag) {
    return dialect != nullptr && dialect->knows_extension(tag);
  });
  if (!unknown.empty())
    context_.refuse(request, Reason::extension_unsupported, 0, {},
                    [&](Writer& writer) { writer.header(HeaderName::unsupported, unknown); });
  return unknown.empty();
}

/// RFC 3261 16.3 step 3: only what ends at the server itself may arrive with its last hop.
bool Gate::hops_left(Request& request) {
  const auto hops = wire::sip::number_header(request.message, HeaderName::max_forwards);
  if (!hops || !*hops || **hops > 0) return true;
  const bool for_server = request.target.user.empty() && context_.is_ours(request.target.host);
  if (for_server || is_in_dialog(request)) return true;
  context_.refuse(request, Reason::too_many_hops);
  return false;
}

/// RFC 3261 16.3 step 4: a branch of ours in the list of Vias.
bool Gate::not_looping(Request& request) {
  bool looping = false;
  request.message.for_each(HeaderName::via, [&](std::string_view line) {
    looping = looping || line.find(context_.branch_prefix()) != std::string_view::npos;
  });
  if (looping) context_.refuse(request, Reason::loop_detected);
  return !looping;
}

bool Gate::method_known(Request& request) {
  const bool known = request.message.method() != Method::other;
  if (!known) context_.refuse(request, Reason::method_unknown, 0, {}, add_allow);
  return known;
}

bool Gate::method_fits(Request& request) {
  if (is_in_dialog(request)) return true;  // the dialog knows
  const Method method = request.message.method();
  const auto* rule = std::find_if(outside_rules.begin(), outside_rules.end(),
                                  [&](const OutsideRule& one) { return one.method == method; });
  const Reason reason = rule == outside_rules.end() ? Reason::method_not_allowed : rule->reason;
  // SERVICE has handlers of its own, and BYE may take an INVITE back (Sessions::on_bye).
  const bool dialect = (method == Method::service || method == Method::bye) && request.connection.dialect != nullptr;
  if (reason == Reason::none || dialect) return true;
  if (reason == Reason::method_not_allowed) {
    context_.refuse(request, reason, 0, {}, add_allow);
  } else {
    context_.refuse(request, reason);
  }
  return false;
}

bool Gate::content_readable(Request& request) {
  if (request.relayed) return true;
  const std::vector<std::string> encodings = wire::sip::all_tokens(request.message, HeaderName::content_encoding);
  for (const std::string& encoding : encodings) {
    if (base::equal_ignoring_case(encoding, accepted_encodings)) continue;
    context_.refuse(request, Reason::media_type_unsupported, 0, "Content-Encoding",
                    [](Writer& writer) { writer.header(HeaderName::accept_encoding, accepted_encodings); });
    return false;
  }
  if (request.message.body().empty() || request.message.header(HeaderName::content_type)) return true;
  context_.refuse(request, Reason::header_missing, 0, "Content-Type");  // RFC 3261 20.15
  return false;
}

bool Gate::sender_is_user(Request& request) {
  const wire::sip::Uri& from = request.basics.from.uri;
  // Who was called by a temporary GRUU keeps it as his From (RFC 5627); the call knows whose it is.
  const bool gruu = request.relayed && is_in_dialog(request) && context_.is_ours(from.host) &&
                    base::equal_ignoring_case(std::string_view(from.user).substr(0, temporary_gruu_prefix.size()),
                                              temporary_gruu_prefix);
  const bool own = from.is_sip() && (gruu || from.address_of_record() == request.user->address.text());
  if (!own) context_.refuse(request, Reason::identity_mismatch);
  return own;
}

/// Inside of a dialog the Request-URI is our own Contact, and the dialog is found by its tags.
bool Gate::domain_served(Request& request) {
  if (is_in_dialog(request) || context_.is_ours(request.target.host)) return true;
  context_.refuse(request, Reason::domain_foreign);
  return false;
}

}  // namespace tertulia::face::simple
