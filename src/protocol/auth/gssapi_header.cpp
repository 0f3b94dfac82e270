// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/gssapi_header.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "protocol/auth/limits.h"
#include "wire/sip/headers.h"
#include "wire/sip/writer.h"

namespace tertulia::protocol::auth {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using wire::sip::AuthValue;
using wire::sip::HeaderName;
using wire::sip::Parameters;

constexpr std::array<std::string_view, 3> schemes{"NTLM", "Kerberos", "TLS-DSK"};
constexpr std::uint64_t version_max = 99;

/// The proper spelling of one of our schemes; empty for all others.
std::string_view scheme_of(std::string_view text) {
  for (const std::string_view scheme : schemes)
    if (base::equal_ignoring_case(scheme, text)) return scheme;
  return {};
}

Error parameter_malformed(std::string_view parameter) { return {Reason::header_malformed, std::string(parameter)}; }

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = base::hex_value(text[i]);
    const int low = base::hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string upper_hex(std::string_view bytes) {
  std::string text = base::to_hex(bytes);
  for (char& c : text)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
  return text;
}

/// crand, cnum and response, which come together or not at all.
Result<void> read_signature(const Parameters& parameters, GssapiCredentials& credentials) {
  const std::string_view crand = parameters.value("crand");
  const std::string_view cnum = parameters.value("cnum");
  const std::string_view response = parameters.value("response");
  if (crand.empty() && cnum.empty() && response.empty()) return {};
  if (crand.empty() || crand.size() > crand_digits_max ||
      !std::all_of(crand.begin(), crand.end(), [](char c) { return base::hex_value(c) >= 0; }))
    return parameter_malformed("crand");
  // The signature covers the number as written: it has one spelling only, so that the number alone is enough.
  const std::optional<std::uint64_t> number = base::to_number(cnum);
  if (!number || *number == 0 || *number > UINT32_MAX || cnum.front() == '0') return parameter_malformed("cnum");
  if (response.empty() || response.size() > 2 * signature_bytes_max) return parameter_malformed("response");
  std::optional<std::string> signature = from_hex(response);
  if (!signature) return parameter_malformed("response");
  credentials.crand = crand;
  credentials.cnum = static_cast<std::uint32_t>(*number);
  credentials.response = *std::move(signature);
  return {};
}

Result<GssapiCredentials> read(std::string_view scheme, const Parameters& parameters) {
  GssapiCredentials credentials;
  credentials.scheme = scheme;
  for (const std::string_view name : {"realm", "targetname", "opaque"})
    if (parameters.value(name).size() > gssapi_name_bytes_max) return parameter_malformed(name);
  credentials.realm = parameters.value("realm");
  credentials.targetname = parameters.value("targetname");
  credentials.opaque = parameters.value("opaque");
  if (parameters.has("qop") && !base::equal_ignoring_case(parameters.value("qop"), "auth"))
    return parameter_malformed("qop");
  if (parameters.has("version")) {
    const std::optional<std::uint64_t> version = base::to_number(parameters.value("version"));
    if (!version || *version > version_max) return parameter_malformed("version");
    credentials.version = static_cast<int>(*version);
  }
  if (parameters.has("gssapi-data")) {
    credentials.has_gssapi_data = true;
    const std::string_view data = parameters.value("gssapi-data");
    if (data.size() > (gssapi_data_bytes_max + 2) / 3 * 4) return parameter_malformed("gssapi-data");
    if (!base::from_base64(data, credentials.gssapi_data) || credentials.gssapi_data.size() > gssapi_data_bytes_max)
      return parameter_malformed("gssapi-data");
  }
  if (const Result<void> signature = read_signature(parameters, credentials); !signature) return signature.error();
  return credentials;
}

void append_quoted(std::string& line, std::string_view name, std::string_view value) {
  if (line.back() != ' ') line.append(", ");
  line.append(name).append("=").append(wire::sip::quoted(value));
}

}  // namespace

Result<GssapiCredentials> read_gssapi_credentials(const wire::sip::Message& message) {
  Result<GssapiCredentials> found = Reason::credentials_required;
  bool done = false;
  message.for_each(HeaderName::authorization, [&](std::string_view line) {
    if (done) return;
    const std::string_view scheme = scheme_of(line.substr(0, line.find_first_of(" \t\r\n")));
    if (scheme.empty()) return;
    done = true;
    const Result<AuthValue> value = AuthValue::parse(line);
    found = value ? read(scheme, value->parameters) : Result<GssapiCredentials>(parameter_malformed("Authorization"));
  });
  return found;
}

std::string challenge_line(std::string_view scheme, std::string_view realm, std::string_view targetname, int version,
                           std::string_view opaque, std::string_view gssapi_data, std::string_view sts_uri) {
  std::string line = std::string(scheme) + " ";
  if (!opaque.empty()) append_quoted(line, "opaque", opaque);
  if (!gssapi_data.empty()) append_quoted(line, "gssapi-data", base::to_base64(gssapi_data));
  append_quoted(line, "realm", realm);
  append_quoted(line, "targetname", targetname);
  if (version != 0) line.append(", version=").append(std::to_string(version));
  if (!sts_uri.empty()) append_quoted(line, "sts-uri", sts_uri);
  return line;
}

std::string authentication_info_line(const GssapiSignature& signature) {
  std::string line = signature.scheme + " ";
  append_quoted(line, "rspauth", upper_hex(signature.rspauth));
  append_quoted(line, "srand", signature.srand);
  append_quoted(line, "snum", std::to_string(signature.snum));
  append_quoted(line, "opaque", signature.opaque);
  append_quoted(line, "qop", "auth");
  append_quoted(line, "targetname", signature.targetname);
  append_quoted(line, "realm", signature.realm);
  return line;
}

}  // namespace tertulia::protocol::auth
