// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/follow_up.h"

#include <string_view>
#include <utility>
#include <vector>

#include "wire/sip/headers.h"
#include "wire/sip/writer.h"

namespace tertulia::protocol::transaction {
namespace {

using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Method;
using wire::sip::Writer;

/// Both requests repeat Request-URI, top Via, From, Call-ID, CSeq number and Route of the INVITE; they differ in To.
std::string follow_up(const Message& invite, Method method, const Message& to_of, const ExtraHeaders& more) {
  const std::string_view name = wire::sip::name_of(method);
  Writer writer = Writer::request(name, invite.request_uri());
  const std::vector<std::string_view> vias = wire::sip::split_list(invite.header(HeaderName::via).value_or(""));
  if (!vias.empty()) writer.header(HeaderName::via, vias.front());
  writer.copy(invite, HeaderName::route).header(HeaderName::max_forwards, 70U);
  writer.copy(invite, HeaderName::from).copy(to_of, HeaderName::to).copy(invite, HeaderName::call_id);
  const auto cseq = wire::sip::CSeq::parse(invite.header(HeaderName::cseq).value_or(""));
  const std::uint32_t number = cseq ? cseq->number : 0;
  writer.header(HeaderName::cseq, std::to_string(number).append(" ").append(name));
  for (const auto& [header, value] : more) writer.header(header, value);
  return std::move(writer).finish();
}

}  // namespace

std::string ack_of_failure(const Message& invite, const Message& response) {
  return follow_up(invite, Method::ack, response, {});
}

std::string cancel_of(const Message& invite, const ExtraHeaders& more) {
  return follow_up(invite, Method::cancel, invite, more);
}

}  // namespace tertulia::protocol::transaction
