// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_offers.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "face/simple/session_limits.h"
#include "wire/mime/multipart.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using Offers = std::vector<std::string>;
using wire::mime::PartView;
using wire::sip::HeaderName;

constexpr std::string_view description_type = "application/sdp";
constexpr std::string_view list_type = "application/resource-lists+xml";

/// RFC 3261 20.11: a session description without disposition is the session; everything has to be understood unless it
/// says otherwise.
struct Disposition {
  bool session = true;
  bool optional = false;
  bool recipients = false;  ///< RFC 5363 4
};

Disposition disposition_of(const PartView& part) {
  const auto value = part.header("Content-Disposition");
  if (!value) return {};
  const std::string_view type = base::trimmed(value->substr(0, value->find(';')));
  const std::string handling = wire::mime::parameter_of(*value, "handling").value_or("required");
  return {base::equal_ignoring_case(type, "session"), base::equal_ignoring_case(handling, "optional"),
          base::equal_ignoring_case(type, "recipient-list")};
}

/// `list`: where a list of people goes; null: it is not understood.
Result<Offers> read(const PartView& part, std::size_t depth, RecipientList* list);

/// All parts are there to be used together, but for those of an alternative: there the last that we understand is the
/// best, and one of them is enough (RFC 2046 5.1.4).
Result<Offers> read_parts(const PartView& whole, std::size_t depth, RecipientList* list) {
  if (depth == description_depth_max) return Error{Reason::media_type_unsupported, "multipart inside of multipart"};
  const auto parts = wire::mime::read_multipart(whole.content_type(), whole.body);
  if (!parts) return parts.error();
  const bool alternative = wire::mime::media_type_of(whole.content_type()) == "multipart/alternative";
  Offers offers;
  bool understood = !alternative;
  for (const PartView& part : *parts) {
    Result<Offers> found = read(part, depth + 1, list);
    if (!found && alternative) continue;
    if (!found) return found.error();
    understood = true;
    offers.insert(alternative ? offers.begin() : offers.end(), found->begin(), found->end());
  }
  if (!understood) return Error{Reason::media_type_unsupported, "no alternative is known"};
  return offers;
}

Result<Offers> read_list(const PartView& part, RecipientList& list) {
  if (wire::mime::media_type_of(part.content_type()) != list_type)
    return Error{Reason::media_type_unsupported, wire::mime::media_type_of(part.content_type())};
  auto text = wire::mime::decoded(part);
  if (!text) return text.error();
  list.document = *std::move(text);
  list.content_id = base::trimmed(part.header("Content-ID").value_or(""));
  return Offers{};
}

Result<Offers> read(const PartView& part, std::size_t depth, RecipientList* list) {
  const Disposition disposition = disposition_of(part);
  Result<Offers> found = Error{Reason::media_type_unsupported, {}};
  if (wire::mime::is_multipart(part.content_type())) {
    found = read_parts(part, depth, list);
  } else if (list != nullptr && disposition.recipients) {
    found = read_list(part, *list);
  } else if (wire::mime::media_type_of(part.content_type()) == description_type && disposition.session) {
    auto text = wire::mime::decoded(part);
    if (text) {
      found = Offers{*std::move(text)};
    } else {
      found = text.error();
    }
  } else {
    found = Error{Reason::media_type_unsupported, wire::mime::media_type_of(part.content_type())};
  }
  if (!found && disposition.optional) return Offers{};
  return found;
}

Result<Offers> read_body(const wire::sip::Message& message, RecipientList* list) {
  if (message.body().empty()) return Offers{};
  // The head of the message is the head of its one part.
  std::string head;
  for (const HeaderName name : {HeaderName::content_type, HeaderName::content_disposition})
    if (const auto value = message.header(name))
      head.append(wire::sip::name_of(name)).append(": ").append(wire::sip::unfolded(*value)).append("\r\n");
  if (const auto id = message.header("Content-ID")) head.append("Content-ID: ").append(*id).append("\r\n");  // RFC 8262
  return read(PartView{head, message.body()}, 0, list);
}

}  // namespace

Result<Offers> offers_in(const wire::sip::Message& message, bool lists) {
  RecipientList list;
  return read_body(message, lists ? &list : nullptr);
}

Result<RecipientList> recipient_list_in(const wire::sip::Message& message) {
  RecipientList list;
  const Result<Offers> read = read_body(message, &list);
  if (!read) return read.error();
  return list;
}

}  // namespace tertulia::face::simple
