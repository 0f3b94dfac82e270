// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "wire/sip/scan.h"
#include "wire/sip/writer.h"

namespace tertulia::wire::sip {
namespace {

constexpr std::size_t source_octets_expected = 24;  // `;rport=` and `;received=` but for the address

struct Phrase {
  int status;
  std::string_view text;
};

// RFC 3261 21, and the registry of response codes since; sorted.
constexpr std::array phrases = {
    Phrase{100, "Trying"},
    Phrase{180, "Ringing"},
    Phrase{181, "Call Is Being Forwarded"},
    Phrase{182, "Queued"},
    Phrase{183, "Session Progress"},
    Phrase{199, "Early Dialog Terminated"},
    Phrase{200, "OK"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Notification"},
    Phrase{300, "Multiple Choices"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Moved Temporarily"},
    Phrase{305, "Use Proxy"},
    Phrase{380, "Alternative Service"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{402, "Payment Required"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{407, "Proxy Authentication Required"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{412, "Conditional Request Failed"},
    Phrase{413, "Request Entity Too Large"},
    Phrase{414, "Request-URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Unsupported URI Scheme"},
    Phrase{417, "Unknown Resource-Priority"},
    Phrase{420, "Bad Extension"},
    Phrase{421, "Extension Required"},
    Phrase{422, "Session Interval Too Small"},
    Phrase{423, "Interval Too Brief"},
    Phrase{424, "Bad Location Information"},
    Phrase{428, "Use Identity Header"},
    Phrase{429, "Provide Referrer Identity"},
    Phrase{430, "Flow Failed"},
    Phrase{433, "Anonymity Disallowed"},
    Phrase{436, "Bad Identity Info"},
    Phrase{437, "Unsupported Credential"},
    Phrase{438, "Invalid Identity Header"},
    Phrase{439, "First Hop Lacks Outbound Support"},
    Phrase{440, "Max-Breadth Exceeded"},
    Phrase{469, "Bad Info Package"},
    Phrase{470, "Consent Needed"},
    Phrase{480, "Temporarily Unavailable"},
    Phrase{481, "Call/Transaction Does Not Exist"},
    Phrase{482, "Loop Detected"},
    Phrase{483, "Too Many Hops"},
    Phrase{484, "Address Incomplete"},
    Phrase{485, "Ambiguous"},
    Phrase{486, "Busy Here"},
    Phrase{487, "Request Terminated"},
    Phrase{488, "Not Acceptable Here"},
    Phrase{489, "Bad Event"},
    Phrase{491, "Request Pending"},
    Phrase{493, "Undecipherable"},
    Phrase{494, "Security Agreement Required"},
    Phrase{500, "Server Internal Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Server Time-out"},
    Phrase{505, "Version Not Supported"},
    Phrase{513, "Message Too Large"},
    Phrase{555, "Push Notification Service Not Supported"},
    Phrase{580, "Precondition Failure"},
    Phrase{600, "Busy Everywhere"},
    Phrase{603, "Decline"},
    Phrase{604, "Does Not Exist Anywhere"},
    Phrase{606, "Not Acceptable"},
    Phrase{607, "Unwanted"},
    Phrase{608, "Rejected"},
};

/// The entry with where it really came from (RFC 3261 18.2.1, RFC 3581 4).  A `received` of the peer's own is a lie.
std::string with_source(std::string_view entry, std::string_view address, std::uint16_t port) {
  std::string out;
  out.reserve(entry.size() + address.size() + source_octets_expected);
  bool stale = false;
  for_each_piece(entry, [&](std::string_view piece) {
    const std::string_view name = parameter_name(piece);
    const bool is_port = base::equal_ignoring_case(name, "rport");
    stale = stale || is_port || base::equal_ignoring_case(name, "received");
    if (is_port) {
      out.append(";rport=").append(std::to_string(port));
    } else if (!base::equal_ignoring_case(name, "received")) {
      out.append(piece);
    }
  });
  if (!stale) {  // what it says is true already, or nobody can tell
    const Result<Via> via = Via::parse(entry);
    if (!via || base::equal_ignoring_case(via->host, address)) return std::string(entry);
  }
  return out.append(";received=").append(address);
}

void put_unfolded(Writer& writer, HeaderName name, std::string_view value) {
  if (is_folded(value)) {
    writer.header(name, unfolded(value));
  } else {
    writer.header(name, value);
  }
}

void copy_vias(Writer& writer, const Message& request, std::string_view address, std::uint16_t port) {
  const std::optional<std::string_view> top = request.header(HeaderName::via);
  if (!top) return;
  if (address.empty()) {
    writer.copy(request, HeaderName::via);
    return;
  }
  bool first = true;
  request.for_each(HeaderName::via, [&](std::string_view line) {
    if (!std::exchange(first, false)) {
      put_unfolded(writer, HeaderName::via, line);
      return;
    }
    const std::string_view entry = ListView(line).next().value_or(line);
    const auto behind = static_cast<std::size_t>(entry.data() + entry.size() - line.data());
    writer.header(HeaderName::via, with_source(entry, address, port) + unfolded(line.substr(behind)));
  });
}

bool has_tag(std::string_view value) {
  if (value.find(';') == std::string_view::npos) return false;
  if (const Result<NameAddr> address = NameAddr::parse(value)) return address->parameters.has("tag");
  return base::to_lower(value).find(";tag") != std::string::npos;
}

}  // namespace

std::string_view phrase_of(int status) {
  const auto* found = std::lower_bound(phrases.begin(), phrases.end(), status,
                                       [](const Phrase& phrase, int wanted) { return phrase.status < wanted; });
  return found != phrases.end() && found->status == status ? found->text : "Unknown";
}

Writer response_to(const Message& request, int status, std::string_view reason_phrase, std::string_view to_tag,
                   std::string_view received_address, std::uint16_t received_port) {
  Writer writer = Writer::response(status, reason_phrase);
  copy_vias(writer, request, received_address, received_port);
  // Of a header repeated against the grammar only the first line goes back.
  if (const auto from = request.header(HeaderName::from)) put_unfolded(writer, HeaderName::from, *from);
  if (const auto to = request.header(HeaderName::to)) {
    std::string value = unfolded(*to);
    if (!to_tag.empty() && !has_tag(*to)) value.append(";tag=").append(to_tag);
    writer.header(HeaderName::to, value);
  }
  if (const auto call_id = request.header(HeaderName::call_id)) writer.header(HeaderName::call_id, *call_id);
  if (const auto cseq = request.header(HeaderName::cseq)) put_unfolded(writer, HeaderName::cseq, *cseq);
  if (status == 100)
    if (const auto timestamp = request.header("Timestamp")) writer.header("Timestamp", unfolded(*timestamp));
  return writer;
}

}  // namespace tertulia::wire::sip
