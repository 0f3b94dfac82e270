// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstring>

#include "base/text.h"
#include "wire/sip/message.h"

namespace tertulia::wire::sip {
namespace {

struct KnownHeader {
  std::string_view text;
  char compact;  ///< 0 when there is none
};

// In the order of HeaderName.
constexpr std::array known_headers = {
    KnownHeader{"Via", 'v'},
    KnownHeader{"From", 'f'},
    KnownHeader{"To", 't'},
    KnownHeader{"Call-ID", 'i'},
    KnownHeader{"CSeq", 0},
    KnownHeader{"Contact", 'm'},
    KnownHeader{"Max-Forwards", 0},
    KnownHeader{"Route", 0},
    KnownHeader{"Record-Route", 0},
    KnownHeader{"Content-Length", 'l'},
    KnownHeader{"Content-Type", 'c'},
    KnownHeader{"Content-Encoding", 'e'},
    KnownHeader{"Content-Disposition", 0},
    KnownHeader{"Expires", 0},
    KnownHeader{"Min-Expires", 0},
    KnownHeader{"Authorization", 0},
    KnownHeader{"WWW-Authenticate", 0},
    KnownHeader{"Proxy-Authorization", 0},
    KnownHeader{"Proxy-Authenticate", 0},
    KnownHeader{"Authentication-Info", 0},
    KnownHeader{"Supported", 'k'},
    KnownHeader{"Unsupported", 0},
    KnownHeader{"Require", 0},
    KnownHeader{"Proxy-Require", 0},
    KnownHeader{"Allow", 0},
    KnownHeader{"Allow-Events", 'u'},
    KnownHeader{"Event", 'o'},
    KnownHeader{"Subscription-State", 0},
    KnownHeader{"Accept", 0},
    KnownHeader{"Accept-Encoding", 0},
    KnownHeader{"Accept-Language", 0},
    KnownHeader{"User-Agent", 0},
    KnownHeader{"Server", 0},
    KnownHeader{"Subject", 's'},
    KnownHeader{"Date", 0},
    KnownHeader{"Warning", 0},
    KnownHeader{"Reason", 0},
    KnownHeader{"Retry-After", 0},
    KnownHeader{"Path", 0},
    KnownHeader{"In-Reply-To", 0},
    KnownHeader{"Replaces", 0},
    KnownHeader{"Refer-To", 'r'},
    KnownHeader{"Referred-By", 'b'},
    KnownHeader{"Session-Expires", 'x'},
    KnownHeader{"Min-SE", 0},
    KnownHeader{"SIP-ETag", 0},
    KnownHeader{"SIP-If-Match", 0},
    KnownHeader{"ms-diagnostics", 0},
};
static_assert(known_headers.size() == static_cast<std::size_t>(HeaderName::other));

constexpr std::uint8_t none = 0xff;
constexpr std::size_t table_size = 256;

constexpr std::size_t hash(std::string_view name) {
  const auto first = static_cast<unsigned char>(base::to_lower(name.front()));
  const auto middle = static_cast<unsigned char>(base::to_lower(name[name.size() / 2]));
  const auto last = static_cast<unsigned char>(base::to_lower(name.back()));
  return (name.size() * 37U + first * 5U + middle * 59U + last * 113U) % table_size;
}

// Open addressing; built by the compiler, so there is nothing to initialise and nothing to get out of step.
constexpr std::array<std::uint8_t, table_size> make_index() {
  std::array<std::uint8_t, table_size> index{};
  for (std::uint8_t& entry : index) entry = none;
  for (std::size_t i = 0; i < known_headers.size(); ++i) {
    std::size_t at = hash(known_headers[i].text);
    while (index[at] != none) at = (at + 1) % table_size;
    index[at] = static_cast<std::uint8_t>(i);
  }
  return index;
}
constexpr auto name_index = make_index();

constexpr std::array<std::uint8_t, 26> make_compact_index() {
  std::array<std::uint8_t, 26> index{};
  for (std::uint8_t& entry : index) entry = static_cast<std::uint8_t>(HeaderName::other);
  for (std::size_t i = 0; i < known_headers.size(); ++i)
    if (known_headers[i].compact != 0)
      index[static_cast<std::size_t>(known_headers[i].compact - 'a')] = static_cast<std::uint8_t>(i);
  return index;
}
constexpr auto compact_index = make_compact_index();

constexpr std::array<std::string_view, 16> method_names = {
    "INVITE",    "ACK",    "BYE",     "CANCEL", "REGISTER", "OPTIONS", "MESSAGE", "INFO",
    "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER",  "PRACK",    "UPDATE",  "SERVICE", "BENOTIFY"};
static_assert(method_names.size() == static_cast<std::size_t>(Method::other));

}  // namespace

std::string_view name_of(Method method) {
  return method == Method::other ? std::string_view{} : method_names[static_cast<std::size_t>(method)];
}

Method method_from(std::string_view token) {
  for (std::size_t i = 0; i < method_names.size(); ++i)
    if (method_names[i] == token) return static_cast<Method>(i);
  return Method::other;
}

std::string_view name_of(HeaderName name) {
  return name == HeaderName::other ? std::string_view{} : known_headers[static_cast<std::size_t>(name)].text;
}

HeaderName header_name_from(std::string_view name) {
  if (name.empty()) return HeaderName::other;
  if (name.size() == 1) {
    const char c = base::to_lower(name.front());
    return c < 'a' || c > 'z' ? HeaderName::other
                              : static_cast<HeaderName>(compact_index[static_cast<std::size_t>(c - 'a')]);
  }
  for (std::size_t at = hash(name); name_index[at] != none; at = (at + 1) % table_size) {
    const std::string_view known = known_headers[name_index[at]].text;
    if (known.size() != name.size()) continue;
    if (std::memcmp(known.data(), name.data(), name.size()) == 0 || base::equal_ignoring_case(known, name))
      return static_cast<HeaderName>(name_index[at]);
  }
  return HeaderName::other;
}

}  // namespace tertulia::wire::sip
