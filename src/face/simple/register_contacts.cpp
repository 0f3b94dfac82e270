// SPDX-License-Identifier: Apache-2.0
#include "face/simple/register_contacts.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"
#include "domain/endpoint/limits.h"
#include "face/simple/epid.h"
#include "face/simple/limits.h"
#include "face/simple/offered.h"
#include "wire/sip/scan.h"

namespace tertulia::face::simple {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using wire::sip::HeaderName;
using wire::sip::NameAddr;

/// Parameters of a Contact that the registrar itself answers with; a client's own value of them is never repeated.
constexpr std::array<std::string_view, 7> registrar_parameters = {"expires",   "+sip.instance",    "reg-id", "pub-gruu",
                                                                  "temp-gruu", "temp-gruu-cookie", "gruu"};

/// COMPAT(Lync family, pidgin-sipe 1.25): they take part in message sessions without saying +sip.message.
constexpr std::string_view presence_extension = "com.microsoft.msrtc.presence";
constexpr std::array<std::string_view, 3> session_agents = {"Sipe", "UCCAPI", "OC/"};

/// What holds for every contact of the request.
struct Common {
  bool speaks_sessions = false;
  bool outbound = false;
  std::optional<base::Duration> lease;
  std::string instance = {};  ///< of a contact that names none
};

base::Duration seconds(std::uint64_t count) {
  return std::chrono::seconds{std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max())};
}

bool is_session_client(const wire::sip::Message& message) {
  if (supports(message, presence_extension)) return true;
  const std::string_view agent = message.header(HeaderName::user_agent).value_or(std::string_view());
  return std::any_of(session_agents.begin(), session_agents.end(),
                     [&](std::string_view name) { return agent.find(name) != std::string_view::npos; });
}

/// RFC 3840: `methods` names everything the client takes; without it nothing is known.
bool takes_messages(const wire::sip::Parameters& parameters) {
  const wire::sip::Parameter* methods = parameters.find("methods");
  if (methods == nullptr) return true;
  const std::vector<std::string_view> names = base::split(methods->value, ',');
  return std::any_of(names.begin(), names.end(),
                     [](std::string_view name) { return base::equal_ignoring_case(name, "MESSAGE"); });
}

/// RFC 3261 25.1 `qvalue`, with as many digits as somebody likes: 0 to 1.
bool is_qvalue(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point), fraction = text.substr(std::min(point + 1, text.size()));
  const auto all = [](std::string_view digits, auto good) { return std::all_of(digits.begin(), digits.end(), good); };
  if (whole == "1") return all(fraction, [](char c) { return c == '0'; });
  return (whole == "0" || (whole.empty() && !fraction.empty())) && all(fraction, base::is_digit);
}

std::string without_brackets(std::string_view instance) {
  if (instance.size() >= 2 && instance.front() == '<' && instance.back() == '>') {
    instance.remove_prefix(1);
    instance.remove_suffix(1);
  }
  return std::string(instance);
}

std::string own_parameters(const wire::sip::Parameters& all) {
  wire::sip::Parameters own;
  for (const wire::sip::Parameter& parameter : all.list())
    if (std::find(registrar_parameters.begin(), registrar_parameters.end(), parameter.name) ==
        registrar_parameters.end())
      own.list().push_back(parameter);
  std::string text;
  wire::sip::append_parameters(text, own);
  return text;
}

Result<domain::ContactChange> read_contact(const NameAddr& contact, const Common& common) {
  if (!contact.uri.is_sip()) return Error{Reason::uri_malformed, "Contact: neither sip nor sips"};
  domain::ContactChange change;
  change.uri = contact.uri_text;
  const wire::sip::Parameters& parameters = contact.parameters;
  if (const auto* q = parameters.find("q"); q != nullptr && !is_qvalue(q->value))
    return Error{Reason::header_malformed, "Contact: q"};
  change.instance = without_brackets(parameters.value("+sip.instance"));
  if (change.instance.empty()) change.instance = common.instance;
  // RFC 5626 6: a flow needs a device and a client that understands what it asks for.
  if (common.outbound && !change.instance.empty())
    if (const auto number = base::to_number(parameters.value("reg-id")))
      change.reg_id =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(*number, std::numeric_limits<std::uint32_t>::max()));
  change.lease = common.lease;
  // RFC 3261 20.10: an expires that is no number says nothing; one too large is as large as can be (RFC 4475 3.1.2.4).
  const std::string_view expires = parameters.value("expires");
  if (!expires.empty() && std::all_of(expires.begin(), expires.end(), base::is_digit))
    change.lease = seconds(base::to_number(expires).value_or(std::numeric_limits<std::uint32_t>::max()));
  change.parameters = own_parameters(parameters);
  change.capabilities.page_mode = takes_messages(parameters);
  change.capabilities.session_mode = common.speaks_sessions || parameters.has("+sip.message");
  return change;
}

/// The wildcard stands alone, with Expires: 0 (RFC 3261 10.3 step 6).
Result<bool> is_wildcard(const wire::sip::Message& message, const std::optional<base::Duration>& lease) {
  std::size_t entries = 0;
  bool star = false;
  message.for_each(HeaderName::contact, [&](std::string_view line) {
    for (const std::string_view entry : wire::sip::split_list(line)) {
      ++entries;
      star = star || entry == "*";
    }
  });
  if (star && (entries != 1 || lease != base::Duration{})) return Reason::wildcard_misused;
  return star;
}

std::string cut(std::string_view text, std::size_t octets) {
  std::string out = wire::sip::unfolded(text.substr(0, octets));
  while (!out.empty() && !base::is_utf8(out)) out.pop_back();  // never half of a character
  return out;
}

}  // namespace

Result<RegisterWish> read_register(const Request& request) {
  const wire::sip::Message& message = request.message;
  RegisterWish wish;
  Common common;
  common.speaks_sessions = is_session_client(message);
  common.outbound = supports(message, "outbound");
  // [MS-SIPRE] 3.2: the family's older clients name their device by the epid alone.
  const std::string_view epid = request.basics.from.parameters.value("epid");
  if (!epid.empty() && supports(message, presence_extension)) common.instance = instance_of_epid(epid);
  wish.gruu = supports(message, "gruu") || supports(message, "gruu-10");
  const Result<std::optional<std::uint32_t>> expires = wire::sip::number_header(message, HeaderName::expires);
  if (!expires) return expires.error();
  if (*expires) common.lease = seconds(**expires);
  const Result<bool> wildcard = is_wildcard(message, common.lease);
  if (!wildcard) return wildcard.error();
  wish.remove_all = *wildcard;
  if (wish.remove_all || !message.header(HeaderName::contact)) return wish;
  const Result<std::vector<NameAddr>> contacts = wire::sip::all_addresses(message, HeaderName::contact);
  if (!contacts) return contacts.error();
  if (contacts->size() > domain::contacts_per_request_max) return Reason::too_many_endpoints;
  for (const NameAddr& contact : *contacts) {
    Result<domain::ContactChange> change = read_contact(contact, common);
    if (!change) return change.error();
    wish.outbound = wish.outbound || change->reg_id != 0;
    wish.contacts.push_back(*std::move(change));
  }
  if (wish.outbound) {
    // RFC 5626 6: with a proxy between us and the client the flow would not end here.
    const Result<std::vector<wire::sip::Via>> vias = wire::sip::all_vias(message);
    if (vias && vias->size() > 1) return Reason::outbound_unsupported;
  }
  return wish;
}

domain::ClientInfoPtr client_of(const Request& request, std::string_view instance) {
  domain::ClientInfo client;
  const std::string_view agent = request.message.header(HeaderName::user_agent).value_or(std::string_view());
  client.user_agent = cut(agent, client_text_octets_max);
  client.instance =
      cut(instance.empty() ? request.basics.from.parameters.value("epid") : instance, client_text_octets_max);
  client.ip_address = request.connection.peer.ip_address;
  return std::make_shared<const domain::ClientInfo>(std::move(client));
}

std::string contact_line(const domain::BindingInfo& binding, const ContactStyle& style) {
  std::string line = "<";
  line.append(binding.uri).append(">").append(binding.parameters);
  line.append(";expires=").append(std::to_string(base::whole_seconds(binding.left)));
  if (!binding.instance.empty()) line.append(";+sip.instance=").append(wire::sip::quoted("<" + binding.instance + ">"));
  if (binding.reg_id != 0) line.append(";reg-id=").append(std::to_string(binding.reg_id));
  if (!style.gruu) return line;
  if (style.dialect) {
    // COMPAT(pidgin-sipe 1.25): it looks for `gruu="` by searching and would find that of pub-gruu.
    if (binding.public_gruu_id.empty()) return line;
    line.append(";gruu=\"sip:").append(style.address).append(";opaque=").append(dialect_gruu_prefix);
    return line.append(binding.public_gruu_id).append(";gruu\"");
  }
  const std::string_view domain = style.address.substr(style.address.find('@') + 1);
  if (!binding.public_gruu_id.empty())
    line.append(";pub-gruu=\"sip:").append(style.address).append(";gr=").append(binding.public_gruu_id).append("\"");
  if (!binding.temporary_gruu_id.empty()) {
    line.append(";temp-gruu=\"sip:")
        .append(temporary_gruu_prefix)
        .append(binding.temporary_gruu_id)
        .append("@")
        .append(domain)
        .append(";gr\"");
  }
  return line;
}

}  // namespace tertulia::face::simple
