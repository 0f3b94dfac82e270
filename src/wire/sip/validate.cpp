// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "wire/sip/chars.h"
#include "wire/sip/headers.h"
#include "wire/sip/limits.h"
#include "wire/sip/scan.h"

namespace tertulia::wire::sip {

using base::Error;
using base::Reason;

namespace {

constexpr std::array required_headers = {HeaderName::via, HeaderName::from, HeaderName::to, HeaderName::call_id,
                                         HeaderName::cseq};

/// Headers whose second line would leave open which one counts (RFC 3261 7.3.1).
constexpr std::array single_headers = {HeaderName::from,
                                       HeaderName::to,
                                       HeaderName::call_id,
                                       HeaderName::cseq,
                                       HeaderName::max_forwards,
                                       HeaderName::content_type,
                                       HeaderName::content_disposition,
                                       HeaderName::expires,
                                       HeaderName::min_expires,
                                       HeaderName::event,
                                       HeaderName::subscription_state,
                                       HeaderName::replaces,
                                       HeaderName::refer_to,
                                       HeaderName::referred_by,
                                       HeaderName::session_expires,
                                       HeaderName::min_se,
                                       HeaderName::sip_etag,
                                       HeaderName::sip_if_match,
                                       HeaderName::retry_after};

Error about(HeaderName name, Error error) {
  error.detail = std::string(name_of(name)).append(": ").append(error.detail);
  return error;
}

Result<void> judge_counts(const Message& message) {
  std::array<std::uint16_t, static_cast<std::size_t>(HeaderName::other) + 1> counts{};
  for (std::size_t i = 0; i < message.header_count(); ++i)
    ++counts[static_cast<std::size_t>(message.header_at(i).name)];
  for (const HeaderName name : required_headers)
    if (counts[static_cast<std::size_t>(name)] == 0) return Error{Reason::header_missing, std::string(name_of(name))};
  for (const HeaderName name : single_headers)
    if (counts[static_cast<std::size_t>(name)] > 1) return Error{Reason::header_repeated, std::string(name_of(name))};
  return {};
}

/// Grammar of every entry of a repeatable header; the first one is given back when `first` is not null.
template <typename Value>
Result<void> judge_list(const Message& message, HeaderName name, Value* first) {
  Error error{Reason::none, {}};
  std::size_t count = 0;
  message.for_each(name, [&](std::string_view line) {
    ListView entries(line);
    while (error.reason == Reason::none) {
      const std::optional<std::string_view> entry = entries.next();
      if (!entry) return;
      if (count == list_entries_max) {
        error = {Reason::header_malformed, "too many entries"};
      } else if (name == HeaderName::contact && *entry == "*") {
        ++count;  // whether the wildcard may stand here is for the registrar to say
      } else {
        Value other;
        Value& value = count++ == 0 && first != nullptr ? *first : other;
        if (Result<void> read = read_value(*entry, value); !read) error = read.error();
      }
    }
  });
  if (error.reason != Reason::none) return about(name, std::move(error));
  return {};
}

Result<void> judge_call_id(const Message& message, std::string& call_id) {
  const std::string_view value = *message.header(HeaderName::call_id);
  for (const char c : value)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return Error{Reason::header_malformed, "Call-ID"};
  if (value.empty()) return Error{Reason::header_malformed, "Call-ID"};
  call_id = value;
  return {};
}

Result<void> judge_request_line(const Message& message, const CSeq& cseq, Uri& uri) {
  if (cseq.method != message.method_text())
    return Error{message.method() == Method::other ? Reason::method_unknown : Reason::cseq_method_mismatch, {}};
  if (!read_value(message.request_uri(), uri)) return Error{Reason::uri_malformed, "Request-URI"};
  // Headers have no place in a Request-URI (RFC 3261 19.1.1); they must never be taken for real ones.
  if (!uri.headers.empty()) return Error{Reason::uri_malformed, "Request-URI with headers"};
  return {};
}

Result<void> judge_address(const Message& message, HeaderName name, NameAddr& address) {
  if (Result<void> read = read_value(*message.header(name), address); !read) return about(name, read.error());
  // A registrar binds a SIP address and nothing else (RFC 3261 10.2).
  if (message.method() == Method::register_ && message.is_request() && !address.uri.is_sip())
    return Error{Reason::header_malformed, std::string(name_of(name)).append(": not a SIP address")};
  return {};
}

Result<void> judge_others(const Message& message) {
  for (const HeaderName name : {HeaderName::contact, HeaderName::route, HeaderName::record_route})
    if (Result<void> judged = judge_list<NameAddr>(message, name, nullptr); !judged) return judged;
  for (const HeaderName name : {HeaderName::max_forwards, HeaderName::expires})
    if (const auto number = number_header(message, name); !number) return number.error();
  if (const std::optional<std::string_view> type = message.header(HeaderName::content_type))
    if (const Result<MediaType> media = MediaType::parse(*type); !media)
      return about(HeaderName::content_type, media.error());
  return {};
}

Result<void> judge(const Message& message, Basics& basics) {
  if (const Error* flaw = message.flaw()) return *flaw;
  if (Result<void> counts = judge_counts(message); !counts) return counts.error();
  Result<CSeq> cseq = CSeq::parse(*message.header(HeaderName::cseq));
  if (!cseq) return cseq.error();
  basics.cseq = *std::move(cseq);
  if (message.is_request())
    if (Result<void> line = judge_request_line(message, basics.cseq, basics.request_uri); !line) return line.error();
  if (Result<void> via = judge_list<Via>(message, HeaderName::via, &basics.via); !via) return via.error();
  if (Result<void> from = judge_address(message, HeaderName::from, basics.from); !from) return from.error();
  if (Result<void> to = judge_address(message, HeaderName::to, basics.to); !to) return to.error();
  if (Result<void> call_id = judge_call_id(message, basics.call_id); !call_id) return call_id.error();
  if (Result<void> others = judge_others(message); !others) return others.error();
  return {};
}

/// Empty when there is none, or a bare one.
std::string_view branch_of(std::string_view entry) {
  std::string_view branch;
  for_each_piece(entry, [&](std::string_view piece) {
    const std::size_t equal = piece.find('=');
    if (branch.empty() && equal != std::string_view::npos && base::equal_ignoring_case(parameter_name(piece), "branch"))
      branch = without_lws(piece.substr(equal + 1));
  });
  return branch;
}

}  // namespace

Result<ResponseKey> response_key(const Message& response) {
  if (const Error* flaw = response.flaw()) return *flaw;
  if (Result<void> counts = judge_counts(response); !counts) return counts.error();
  const std::string_view line = *response.header(HeaderName::cseq);
  if (Result<CSeq> cseq = CSeq::parse(line); !cseq) return cseq.error();
  const std::string_view entry = ListView(*response.header(HeaderName::via)).next().value_or(std::string_view{});
  return ResponseKey{branch_of(entry), line.substr(line.find_last_of(" \t\r\n") + 1)};
}

Result<Basics> validate(const Message& message) {
  Result<Basics> result(std::in_place);
  if (Result<void> judged = judge(message, *result); !judged) result = judged.error();
  return result;
}

}  // namespace tertulia::wire::sip
