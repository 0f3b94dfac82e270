// SPDX-License-Identifier: Apache-2.0
#include "protocol/dialog/dialog.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "protocol/dialog/limits.h"
#include "wire/sip/scan.h"

namespace tertulia::protocol::dialog {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using wire::sip::Basics;
using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Method;
using wire::sip::NameAddr;
using wire::sip::Writer;

/// Value of From or To with `tag` at its end; what it has of a tag already is taken out, the rest stays byte for byte.
std::string with_tag(std::string_view value, std::string_view tag) {
  std::string result;
  wire::sip::for_each_piece(value, [&](std::string_view piece) {
    if (!base::equal_ignoring_case(wire::sip::parameter_name(piece), "tag")) result.append(piece);
  });
  if (!tag.empty()) result.append(";tag=").append(tag);
  return result;
}

std::string text_of(const Message& message, HeaderName name) {
  return wire::sip::unfolded(message.header(name).value_or(""));
}

/// URI of the first Contact; empty without Contact.
Result<std::string> target_of(const Message& message) {
  const auto line = message.header(HeaderName::contact);
  if (!line) return std::string();
  const std::string value = wire::sip::unfolded(*line);
  const std::vector<std::string_view> entries = wire::sip::split_list(value);
  if (entries.empty()) return Error{Reason::header_malformed, "Contact"};
  const Result<NameAddr> contact = NameAddr::parse(entries.front());
  if (!contact) return Error{Reason::header_malformed, "Contact"};
  return contact->uri_text;
}

Result<std::vector<std::string>> record_routes(const Message& message) {
  std::vector<std::string> routes;
  bool good = true;
  message.for_each(HeaderName::record_route, [&](std::string_view line) {
    const std::string value = wire::sip::unfolded(line);
    for (const std::string_view entry : wire::sip::split_list(value)) {
      good = good && routes.size() < route_set_max && NameAddr::parse(entry).has_value();
      if (good) routes.emplace_back(entry);
    }
  });
  if (!good) return Error{Reason::header_malformed, "Record-Route"};
  return routes;
}

/// A URI as it may stand in a request line: headers are not allowed there (RFC 3261 19.1.1).
std::string_view request_uri_of(std::string_view uri_text) {
  if (uri_text.find('?') == std::string_view::npos) return uri_text;  // nearly all
  const auto uri = wire::sip::Uri::parse(uri_text);
  if (uri && !uri->headers.empty() && uri_text.size() > uri->headers.size()) {
    const std::size_t mark = uri_text.size() - uri->headers.size() - 1;
    if (uri_text[mark] == '?') return uri_text.substr(0, mark);
  }
  return uri_text;
}

bool refreshes_target(Method method) { return method == Method::invite || method == Method::update; }

}  // namespace

Result<Dialog> Dialog::from_incoming(const Message& request, const Basics& basics, std::string local_tag) {
  Result<std::string> target = target_of(request);
  if (!target) return target.error();
  if (target->empty()) return Error{Reason::header_missing, "Contact"};
  Result<std::vector<std::string>> routes = record_routes(request);
  if (!routes) return routes.error();
  Dialog dialog;
  dialog.id_ = {basics.call_id, std::move(local_tag), std::string(basics.from.tag())};
  dialog.local_party_ = with_tag(text_of(request, HeaderName::to), dialog.id_.local_tag);
  dialog.remote_party_ = text_of(request, HeaderName::from);
  dialog.remote_target_ = *std::move(target);
  dialog.route_set_ = *std::move(routes);
  dialog.remote_cseq_ = basics.cseq.number;
  return dialog;
}

void Dialog::take_remote_party(const Dialog& other) {
  id_.remote_tag = other.id_.remote_tag;
  remote_party_ = other.remote_party_;
  remote_cseq_.reset();
  counts_ = false;
}

Result<Dialog> Dialog::from_outgoing(const Message& response, const Basics& basics, std::string_view local_tag,
                                     std::uint32_t cseq) {
  if (basics.from.tag() != local_tag) return Error{Reason::header_malformed, "From"};
  Result<std::string> target = target_of(response);
  if (!target) return target.error();
  Result<std::vector<std::string>> routes = record_routes(response);
  if (!routes) return routes.error();
  std::reverse(routes->begin(), routes->end());
  Dialog dialog;
  dialog.id_ = {basics.call_id, std::string(local_tag), std::string(basics.to.tag())};
  dialog.local_party_ = text_of(response, HeaderName::from);
  dialog.remote_party_ = text_of(response, HeaderName::to);
  // A 2xx without Contact still gets its ACK and BYE.
  dialog.remote_target_ = target->empty() ? basics.to.uri_text : *std::move(target);
  dialog.route_set_ = *std::move(routes);
  dialog.local_cseq_ = cseq;
  dialog.invite_cseq_ = cseq;
  return dialog;
}

Result<void> Dialog::on_request(const Message& request, const Basics& basics) {
  const Method method = request.method();
  if (method == Method::ack || method == Method::cancel) return {};
  if (counts_ && remote_cseq_ && basics.cseq.number <= *remote_cseq_) return Reason::cseq_out_of_order;
  if (refreshes_target(method)) {
    Result<std::string> target = target_of(request);
    if (!target) return target.error();
    if (!target->empty()) remote_target_ = *std::move(target);
  }
  remote_cseq_ = basics.cseq.number;
  return {};
}

Writer Dialog::begin(std::string_view method, std::string_view via, std::uint32_t cseq) const {
  const Result<NameAddr> first =
      route_set_.empty() ? Result<NameAddr>(Reason::header_missing) : NameAddr::parse(route_set_.front());
  const bool strict = first.has_value() && !first->uri.parameters.has("lr");
  Writer writer = Writer::request(method, request_uri_of(strict ? first->uri_text : remote_target_));
  writer.header(HeaderName::via, via);
  // A strict router takes its own address from the request line and leaves the target at the end of the list
  // (12.2.1.1).
  for (std::size_t i = strict ? 1 : 0; i < route_set_.size(); ++i) writer.header(HeaderName::route, route_set_[i]);
  if (strict) writer.header(HeaderName::route, "<" + remote_target_ + ">");
  writer.header(HeaderName::max_forwards, 70U);
  writer.header(HeaderName::from, local_party_).header(HeaderName::to, remote_party_);
  writer.header(HeaderName::call_id, id_.call_id);
  writer.header(HeaderName::cseq, std::to_string(cseq).append(" ").append(method));
  return writer;
}

Writer Dialog::next_request(Method method, std::string_view via) {
  TERTULIA_CHECK(method != Method::ack && method != Method::cancel && method != Method::other);
  ++local_cseq_;
  if (method == Method::invite) invite_cseq_ = local_cseq_;
  return begin(wire::sip::name_of(method), via, local_cseq_);
}

Writer Dialog::ack(std::string_view via) const { return begin(wire::sip::name_of(Method::ack), via, invite_cseq_); }

}  // namespace tertulia::protocol::dialog
