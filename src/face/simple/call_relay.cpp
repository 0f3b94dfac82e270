// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_relay.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using wire::sip::Header;
using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::NameAddr;
using wire::sip::Writer;

/// Parameter of our Record-Route.
constexpr std::string_view route_mark = "tertulia-call";
constexpr std::string_view asserted_identity = "P-Asserted-Identity";
constexpr std::uint32_t max_forwards_begin = 70;  // RFC 3261 16.6 step 3

/// RFC 3325 9: identities are told by us, never by a client.
bool asserts_identity(const Header& header) {
  return base::equal_ignoring_case(header.name_text, asserted_identity) ||
         base::equal_ignoring_case(header.name_text, "P-Preferred-Identity");
}

/// A line end without a fold behind it would begin a header of its own.
bool is_whole(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\0') return false;
    if (line[i] != '\r' && line[i] != '\n') continue;
    if (line[i] == '\n' || line.size() - i < 3 || line[i + 1] != '\n') return false;
    if (line[i + 2] != ' ' && line[i + 2] != '\t') return false;
    ++i;
  }
  return true;
}

/// The line as received, from its name to the end of its value.
void pass(std::string& out, const Header& header) {
  if (header.value.empty()) {
    out.append(header.name_text).append(":\r\n");
    return;
  }
  const char* begin = header.name_text.data();
  const char* end = header.value.data() + header.value.size();
  if (end > begin) {
    const std::string_view line(begin, static_cast<std::size_t>(end - begin));
    if (is_whole(line)) {
      out.append(line).append("\r\n");
      return;
    }
  }
  std::string value = wire::sip::unfolded(header.value);
  std::erase_if(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  out.append(header.name_text).append(": ").append(value).append("\r\n");
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void end(std::string& out, std::string_view body) {
  add(out, wire::sip::name_of(HeaderName::content_length), std::to_string(body.size()));
  out.append("\r\n").append(body);
}

void pass_record_route(const Context& context, std::string& out, const Header& header) {
  if (header.value.find(route_mark) == std::string_view::npos) return pass(out, header);
  const std::string value = wire::sip::unfolded(header.value);
  for (const std::string_view entry : wire::sip::split_list(value))
    if (!is_own_route(context, entry)) add(out, wire::sip::name_of(HeaderName::record_route), entry);
}

std::uint32_t hops_left(const Message& received) {
  const auto hops = wire::sip::number_header(received, HeaderName::max_forwards);
  if (!hops || !*hops) return max_forwards_begin;
  return **hops > 0 ? **hops - 1 : 0;
}

bool is_ours(const Context& context, std::string_view entry) {
  const auto route = NameAddr::parse(entry);
  return route && route->uri.is_sip() && context.is_ours(route->uri.host);
}

}  // namespace

std::string own_route(const Context& context, const Connection& connection) {
  std::string route = context.own_contact(connection);
  route.pop_back();  // the >
  return route.append(";lr;").append(route_mark).append(">");
}

std::vector<std::string> route_entries(const Message& message, HeaderName name) {
  std::vector<std::string> entries;
  message.for_each(name, [&](std::string_view line) {
    const std::string value = wire::sip::unfolded(line);
    for (const std::string_view entry : wire::sip::split_list(value))
      if (!entry.empty()) entries.emplace_back(entry);
  });
  return entries;
}

bool is_own_route(const Context& context, std::string_view entry) {
  const auto route = NameAddr::parse(entry);
  return route && route->uri.parameters.has(route_mark) && context.is_ours(route->uri.host);
}

RoutePlan plan_route(const Context& context, const Message& request) {
  RoutePlan plan;
  plan.beyond = route_entries(request, HeaderName::route);
  // What stands before our entry is an outbound proxy: us, by whatever name the client knows it.
  const auto ours = std::find_if(plan.beyond.rbegin(), plan.beyond.rend(),
                                 [&](const std::string& entry) { return is_ours(context, entry); });
  plan.beyond.erase(plan.beyond.begin(), ours.base());
  const auto target = wire::sip::Uri::parse(request.request_uri());
  if (!target) return plan;
  if (!context.is_ours(target->host)) {
    plan.request_uri = request.request_uri();
  } else if (target->parameters.has(route_mark) && !plan.beyond.empty()) {
    // A strict router before us has put our Record-Route there, and the target at the end of the list.
    if (const auto last = NameAddr::parse(plan.beyond.back())) plan.request_uri = last->uri_text;
    plan.beyond.pop_back();
  }
  return plan;
}

bool leads_elsewhere(const Context& context, const Message& request) {
  const std::vector<std::string> routes = route_entries(request, HeaderName::route);
  return routes.size() > 1 && !std::all_of(routes.begin() + 1, routes.end(),
                                           [&](const std::string& entry) { return is_ours(context, entry); });
}

std::string relay_request(const Context& context, const Message& received, const NextHop& hop) {
  std::string out;
  out.reserve(received.bytes().size() + 512);
  out.append(received.method_text()).append(" ").append(hop.request_uri).append(" SIP/2.0\r\n");
  add(out, wire::sip::name_of(HeaderName::via), hop.via);
  if (!hop.record_route.empty()) add(out, wire::sip::name_of(HeaderName::record_route), hop.record_route);
  for (const std::string& route : hop.routes) add(out, wire::sip::name_of(HeaderName::route), route);
  add(out, wire::sip::name_of(HeaderName::max_forwards), std::to_string(hops_left(received)));
  if (!hop.identity.empty()) add(out, asserted_identity, hop.identity);
  for (std::size_t i = 0; i < received.header_count(); ++i) {
    const Header header = received.header_at(i);
    switch (header.name) {
      case HeaderName::via:
      case HeaderName::route:
      case HeaderName::max_forwards:
      case HeaderName::authorization:
      case HeaderName::proxy_authorization:
      case HeaderName::content_length:
        break;
      case HeaderName::record_route:
        pass_record_route(context, out, header);
        break;
      default:
        if (!asserts_identity(header)) pass(out, header);
    }
  }
  end(out, received.body());
  return out;
}

std::string diagnostics_of(const Context& context, int status, base::Reason reason) {
  if (status < 400) return {};
  std::string value = std::to_string(base::id_of(reason));
  value.append(";reason=").append(wire::sip::quoted(base::text_of(reason)));
  return value.append(";source=").append(wire::sip::quoted(context.settings.host));
}

base::Reason reason_of_refused_request(int status) {
  switch (status) {
    case 408:
      return base::Reason::recipient_silent;
    case 481:
      return base::Reason::dialog_unknown;
    case 486:
    case 600:
      return base::Reason::recipient_busy;
    case 487:
      return base::Reason::request_cancelled;
    case 491:
      return base::Reason::request_pending;
    case 603:
      return base::Reason::recipient_declined;
    default:
      return base::Reason::recipient_refused;
  }
}

std::string relay_response(const Pending& asked, const Message& received, const std::vector<std::string>* record_route,
                           std::string_view why) {
  const auto to = NameAddr::parse(received.header(HeaderName::to).value_or(std::string_view()));
  const std::string tag = to ? std::string(to->tag()) : std::string();
  std::string out = wire::sip::response_to(*asked.message, received.status(), received.reason_phrase(), tag,
                                           asked.peer.ip_address, asked.peer.port)
                        .finish();
  out.resize(out.size() - std::string_view("Content-Length: 0\r\n\r\n").size());  // more is to come
  if (record_route != nullptr)
    for (const std::string& entry : *record_route) add(out, wire::sip::name_of(HeaderName::record_route), entry);
  for (std::size_t i = 0; i < received.header_count(); ++i) {
    const Header header = received.header_at(i);
    switch (header.name) {
      case HeaderName::via:
      case HeaderName::from:
      case HeaderName::to:
      case HeaderName::call_id:
      case HeaderName::cseq:
      case HeaderName::content_length:
        break;
      case HeaderName::record_route:
        if (record_route == nullptr) pass(out, header);
        break;
      default:
        if (!asserts_identity(header)) pass(out, header);
    }
  }
  if (!why.empty() && !received.header(HeaderName::ms_diagnostics))
    add(out, wire::sip::name_of(HeaderName::ms_diagnostics), why);
  end(out, received.body());
  return out;
}

std::vector<std::string> record_route_towards_caller(const Context& context, const Message& response,
                                                     const Message& invite, std::string_view own) {
  std::vector<std::string> entries = route_entries(response, HeaderName::record_route);
  const auto ours = std::find_if(entries.begin(), entries.end(),
                                 [&](const std::string& entry) { return is_own_route(context, entry); });
  if (ours != entries.end()) {
    *ours = own;
    return entries;
  }
  // The telephone has not copied it: then there is nothing between us either.
  entries = route_entries(invite, HeaderName::record_route);
  std::erase_if(entries, [&](const std::string& entry) { return is_own_route(context, entry); });
  entries.emplace(entries.begin(), own);
  return entries;
}

bool is_withheld(int status) {
  return (status >= 300 && status < 400) || status == 401 || status == 407 || status == 503;
}

std::optional<ReplacedDialog> replaced_dialog(const Message& invite) {
  const auto line = invite.header(HeaderName::replaces);
  if (!line) return std::nullopt;
  const std::string value = wire::sip::unfolded(*line);
  const std::vector<std::string_view> pieces = base::split(value, ';');
  ReplacedDialog dialog{std::string(base::trimmed(pieces.front())), {}, {}};
  for (const std::string_view piece : pieces) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = base::trimmed(piece.substr(0, equals));
    const std::string_view tag = base::trimmed(piece.substr(equals + 1));
    if (base::equal_ignoring_case(name, "to-tag")) dialog.own_tag = tag;
    if (base::equal_ignoring_case(name, "from-tag")) dialog.peer_tag = tag;
  }
  if (dialog.call_id.empty() || dialog.own_tag.empty() || dialog.peer_tag.empty()) return std::nullopt;
  return dialog;
}

std::string contact_of(const Message& message) {
  const auto line = message.header(HeaderName::contact);
  if (!line) return {};
  const std::string value = wire::sip::unfolded(*line);
  const std::vector<std::string_view> entries = wire::sip::split_list(value);
  if (entries.empty()) return {};
  auto contact = NameAddr::parse(entries.front());
  if (!contact || !contact->uri.is_sip()) return {};
  std::string uri = std::move(contact->uri_text);
  // A Request-URI carries no headers, a Contact may (RFC 3261 19.1.1).
  const std::size_t extra = contact->uri.headers.size() + 1;
  if (!contact->uri.headers.empty() && uri.size() > extra && uri[uri.size() - extra] == '?')
    uri.resize(uri.size() - extra);
  return uri;
}

}  // namespace tertulia::face::simple
