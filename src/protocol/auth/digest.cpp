// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/digest.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "protocol/auth/compat.h"
#include "wire/sip/writer.h"

namespace tertulia::protocol::auth {
namespace {

using base::Error;
using base::HashAlgorithm;
using base::Reason;
using base::Result;
using base::TimePoint;
using wire::sip::AuthValue;
using wire::sip::HeaderName;
using wire::sip::Message;

/// nc-value: exactly eight hexadecimal digits, counting from one (RFC 7616 3.4).
std::optional<std::uint32_t> count_from(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  std::uint32_t count = 0;
  for (const char c : text) {
    const int digit = base::hex_value(c);
    if (digit < 0) return std::nullopt;
    count = count << 4 | static_cast<std::uint32_t>(digit);
  }
  if (count == 0) return std::nullopt;
  return count;
}

/// Value of username* (RFC 5987, RFC 7616 3.4): only UTF-8 is known to Digest.
std::optional<std::string> extended_value(std::string_view text) {
  const std::size_t charset_end = text.find('\'');
  if (charset_end == std::string_view::npos || !base::equal_ignoring_case(text.substr(0, charset_end), "UTF-8"))
    return std::nullopt;
  const std::size_t language_end = text.find('\'', charset_end + 1);
  if (language_end == std::string_view::npos) return std::nullopt;
  std::string value;
  for (std::size_t i = language_end + 1; i < text.size(); ++i) {
    if (text[i] != '%') {
      value.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? base::hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? base::hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    value.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!base::is_utf8(value)) return std::nullopt;
  return value;
}

std::optional<std::string> user_name_of(const AuthValue& value) {
  const bool plain = value.parameters.has("username");
  if (plain == value.parameters.has("username*")) return std::nullopt;  // one of them, not both
  if (!plain) return extended_value(value.parameters.value("username*"));
  return std::string(value.parameters.value("username"));
}

/// Grammar of credentials for our realm.
Result<Presented> read(AuthValue value) {
  const auto& parameters = value.parameters;
  std::optional<std::string> user_name = user_name_of(value);
  if (!user_name || user_name->empty() || user_name->size() > user_name_bytes_max)
    return Error{Reason::header_malformed, "username"};
  for (const char* name : {"nonce", "uri", "response"})
    if (parameters.value(name).empty()) return Error{Reason::header_malformed, name};
  if (parameters.has("qop")) {
    if (!base::equal_ignoring_case(parameters.value("qop"), "auth")) return Error{Reason::header_malformed, "qop"};
    if (!count_from(parameters.value("nc"))) return Error{Reason::header_malformed, "nc"};
    const std::string_view cnonce = parameters.value("cnonce");
    if (cnonce.empty() || cnonce.size() > cnonce_bytes_max) return Error{Reason::header_malformed, "cnonce"};
  }
  const std::string_view name = parameters.has("algorithm") ? parameters.value("algorithm") : "MD5";
  if (is_session_algorithm(name) && parameters.value("cnonce").empty())
    return Error{Reason::header_malformed, "cnonce"};
  const std::optional<HashAlgorithm> algorithm = digest_algorithm(name);
  if (!algorithm) return Reason::credentials_required;
  return Presented{*std::move(user_name), std::string(digest_name(*algorithm)), std::move(value)};
}

bool same_uri(std::string_view presented, std::string_view request_uri) {
  if (presented == request_uri) return true;
  const auto a = wire::sip::Uri::parse(presented);
  const auto b = wire::sip::Uri::parse(request_uri);
  return a && b && a->equivalent(*b);
}

}  // namespace

bool DigestAcceptor::Nonce::take(std::uint32_t count) {
  if (used_without_count) return false;
  if (count > count_seen_max) {
    const std::uint32_t step = count - count_seen_max;
    window = step < count_window ? window << step | 1 : 1;
    count_seen_max = count;
    return true;
  }
  const std::uint32_t back = count_seen_max - count;
  if (back >= count_window) return false;
  const std::uint64_t bit = std::uint64_t{1} << back;
  if ((window & bit) != 0) return false;
  window |= bit;
  return true;
}

std::string_view DigestAcceptor::add_nonce(base::Random& random, TimePoint now) {
  const auto ended = [&](const Nonce& nonce) { return now - nonce.made >= settings_->nonce_lifetime; };
  std::erase_if(nonces_, ended);
  if (nonces_.size() == nonces_max) nonces_.erase(nonces_.begin());
  Nonce& nonce = nonces_.emplace_back();
  random.token(nonce_length).copy(nonce.text.data(), nonce.text.size());
  nonce.made = now;
  return nonce.value();
}

DigestAcceptor::Nonce* DigestAcceptor::find_nonce(std::string_view value, TimePoint now) {
  for (Nonce& nonce : nonces_)
    if (nonce.value() == value) return now - nonce.made < settings_->nonce_lifetime ? &nonce : nullptr;
  return nullptr;
}

std::vector<std::string> DigestAcceptor::challenges(std::string_view user_agent, bool stale, base::Random& random,
                                                    TimePoint now) {
  const std::vector<HashAlgorithm>& offered = settings_->algorithms;
  const bool md5_alone =
      needs_md5_alone(user_agent) && std::find(offered.begin(), offered.end(), HashAlgorithm::md5) != offered.end();
  const std::string realm = wire::sip::quoted(settings_->realm);
  const std::string_view nonce = add_nonce(random, now);
  std::vector<std::string> values;
  for (const HashAlgorithm algorithm : offered) {
    if (digest_name(algorithm).empty() || (md5_alone && algorithm != HashAlgorithm::md5)) continue;
    std::string& value = values.emplace_back("Digest realm=");
    value.append(realm).append(", nonce=\"").append(nonce).append("\", algorithm=").append(digest_name(algorithm));
    value.append(", qop=\"auth\"");
    if (stale) value.append(", stale=true");
  }
  return values;
}

Result<Presented> DigestAcceptor::presented(const Message& request) const {
  Result<Presented> best = Reason::credentials_required;
  const auto look_at = [&](std::string_view line) {
    if (best || best.reason() == Reason::header_malformed) return;
    Result<AuthValue> value = AuthValue::parse(line);
    if (!value) {
      best = Error{Reason::header_malformed, "Authorization"};
      return;
    }
    if (!base::equal_ignoring_case(value->scheme, "Digest") || value->parameters.value("realm") != settings_->realm)
      return;
    Result<Presented> found = read(*std::move(value));
    if (found) {
      // What was not offered is not taken: nobody can talk us down to a weaker algorithm.
      const auto algorithm = digest_algorithm(found->algorithm);
      const auto& offered = settings_->algorithms;
      if (std::find(offered.begin(), offered.end(), *algorithm) == offered.end()) return;
    }
    best = std::move(found);
  };
  request.for_each(HeaderName::authorization, look_at);
  request.for_each(HeaderName::proxy_authorization, look_at);
  return best;
}

Result<void> DigestAcceptor::check(const Presented& presented, const Message& request, std::string_view ha1,
                                   TimePoint now) {
  const auto& parameters = presented.value.parameters;
  Nonce* nonce = find_nonce(parameters.value("nonce"), now);
  if (nonce == nullptr) return Reason::nonce_stale;
  const std::optional<HashAlgorithm> algorithm = digest_algorithm(presented.algorithm);
  if (!algorithm) return Reason::credentials_wrong;
  const std::string expected = digest_response(presented.value, *algorithm, ha1, request.method_text());
  const bool right = base::equal_in_constant_time(expected, base::to_lower(parameters.value("response")));
  if (!right || (settings_->uri_must_match && !same_uri(parameters.value("uri"), request.request_uri())))
    return Reason::credentials_wrong;
  if (!parameters.has("qop")) {  // COMPAT(RFC 2069 clients): no count, so the nonce serves one request
    if (nonce->used_without_count || nonce->count_seen_max != 0) return Reason::nonce_stale;
    nonce->used_without_count = true;
    return {};
  }
  const std::optional<std::uint32_t> count = count_from(parameters.value("nc"));
  if (!count || !nonce->take(*count)) return Reason::nonce_stale;
  return {};
}

std::string DigestAcceptor::authentication_info(const Presented& presented, std::string_view ha1, base::Random& random,
                                                TimePoint now) {
  const auto& parameters = presented.value.parameters;
  const HashAlgorithm algorithm = digest_algorithm(presented.algorithm).value_or(HashAlgorithm::md5);
  std::string info = "rspauth=\"" + digest_response(presented.value, algorithm, ha1, {}) + "\"";
  if (parameters.has("qop")) {
    info.append(", qop=auth, cnonce=").append(wire::sip::quoted(parameters.value("cnonce")));
    info.append(", nc=").append(parameters.value("nc"));
  }
  const Nonce* nonce = find_nonce(parameters.value("nonce"), now);
  if (nonce == nullptr || now - nonce->made >= settings_->nonce_lifetime * 3 / 4)
    info.append(", nextnonce=\"").append(add_nonce(random, now)).append("\"");
  return info;
}

}  // namespace tertulia::protocol::auth
