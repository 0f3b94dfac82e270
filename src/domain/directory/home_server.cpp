// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/home_server.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

constexpr std::string_view sip_tls_port = "5061";  // RFC 3261 19.1.2

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > host_name_octets_max) return false;
  if (host.front() == '.' || host.back() == '.' || host.find("..") != std::string_view::npos) return false;
  const std::vector<std::string_view> labels = base::split(host, '.');
  return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
    return label.size() <= domain_label_octets_max && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return base::is_alphanumeric(c) || c == '-'; });
  });
}

/// Whether it is a valid one is known to whoever connects; here nothing may stand that would end the URI it goes into.
bool is_ipv6(std::string_view host) {
  return host.size() > 2 && host.size() <= host_name_octets_max && host.front() == '[' && host.back() == ']' &&
         host.find(':') != std::string_view::npos && std::all_of(host.begin() + 1, host.end() - 1, [](char c) {
           return base::hex_value(c) >= 0 || c == ':' || c == '.';
         });
}

bool is_port(std::string_view port) {
  const auto number = base::to_number(port);
  return number && *number >= 1 && *number <= std::numeric_limits<std::uint16_t>::max();
}

}  // namespace

base::Result<std::string> home_server_from(std::string_view text) {
  if (text.empty()) return std::string();
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? sip_tls_port : text.substr(colon + 1);
  if ((!is_name(host) && !is_ipv6(host)) || !is_port(port))
    return base::Error{base::Reason::setting_out_of_bounds, "a name or an IP address, with or without :port"};
  return base::to_lower(host).append(":").append(std::to_string(*base::to_number(port)));
}

}  // namespace tertulia::domain
