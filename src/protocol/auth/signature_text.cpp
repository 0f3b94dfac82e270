// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/signature_text.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/text.h"

namespace tertulia::protocol::auth {
namespace {

using wire::sip::HeaderName;
using wire::sip::Message;

/// Protocol versions from here on sign To and the asserted identity as well.
constexpr int version_with_identities = 3;

/// First line of the name without folds; empty when there is none.
template <typename Name>
std::string value_of(const Message& message, Name name) {
  const std::optional<std::string_view> value = message.header(name);
  if (!value) return {};
  return wire::sip::is_folded(*value) ? wire::sip::unfolded(*value) : std::string(*value);
}

/// What stands behind the first `before`, up to the next `after` or the end.  COMPAT(pidgin-sipe 1.25): it finds all
/// pieces like this, even where the grammar would tell a quoted name or a parameter of the URI apart; a better reading
/// here would only make signatures that it cannot follow.
std::string_view part(std::string_view text, std::string_view before, char after) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find(after));
}

std::string_view uri_of(std::string_view text) { return part(text, "<", '>'); }
std::string_view tag_of(std::string_view text) { return part(text, ";tag=", ';'); }

bool begins_with(std::string_view text, std::string_view scheme) {
  return base::equal_ignoring_case(text.substr(0, scheme.size()), scheme);
}

/// The first URI of that scheme among the identities that one line asserts.
std::string_view identity_of(std::string_view line, std::string_view scheme) {
  if (begins_with(line, "tel:")) return scheme == "tel:" ? line : std::string_view{};
  while (!line.empty()) {
    const std::size_t comma = std::min(line.find(','), line.size());
    const std::string_view uri = uri_of(line.substr(0, comma));
    if (begins_with(uri, scheme)) return uri;
    line.remove_prefix(std::min(comma + 1, line.size()));
  }
  return {};
}

void append_field(std::string& text, std::string_view value) { text.append("<").append(value).append(">"); }

}  // namespace

std::string signature_text(const Message& message, const SignatureInputView& input) {
  const bool with_identities = input.version >= version_with_identities;
  const std::string from = value_of(message, HeaderName::from);
  const std::string to = value_of(message, HeaderName::to);
  const std::string cseq = value_of(message, HeaderName::cseq);
  const std::string_view cseq_method = std::string_view(cseq).substr(std::min(cseq.find(' '), cseq.size()));
  std::string text;
  append_field(text, input.scheme);
  append_field(text, input.rand);
  append_field(text, std::to_string(input.num));
  append_field(text, input.realm);
  append_field(text, input.targetname);
  append_field(text, value_of(message, HeaderName::call_id));
  append_field(text, std::string_view(cseq).substr(0, cseq.find(' ')));
  append_field(text, message.is_request() ? message.method_text() : base::trimmed(cseq_method));
  append_field(text, uri_of(from));
  append_field(text, tag_of(from));
  if (with_identities) append_field(text, uri_of(to));
  append_field(text, tag_of(to));
  if (with_identities) {
    std::string identities = value_of(message, "P-Asserted-Identity");
    if (identities.empty()) identities = value_of(message, "P-Preferred-Identity");
    append_field(text, identity_of(identities, "sip:"));
    append_field(text, identity_of(identities, "tel:"));
  }
  append_field(text, value_of(message, HeaderName::expires));
  if (!message.is_request()) append_field(text, std::to_string(message.status()));
  return text;
}

}  // namespace tertulia::protocol::auth
