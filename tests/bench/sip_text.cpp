// SPDX-License-Identifier: Apache-2.0
#include "sip_text.h"

#include <fmt/format.h>

#include <cstdlib>

namespace tertulia::bench {

std::size_t whole_message(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::string_view length = header_of(bytes.substr(0, end + 4), "Content-Length");
  const std::size_t size = end + 4 + (length.empty() ? 0 : std::strtoul(length.data(), nullptr, 10));
  return size <= bytes.size() ? size : 0;
}

std::string_view header_of(std::string_view message, std::string_view name) {
  for (std::size_t at = message.find(name); at != std::string_view::npos; at = message.find(name, at + 1)) {
    const std::size_t colon = at + name.size();
    if (at < 2 || message[at - 1] != '\n' || colon >= message.size() || message[colon] != ':') continue;
    const std::size_t begin = message.find_first_not_of(' ', colon + 1);
    return message.substr(begin, message.find("\r\n", colon) - begin);
  }
  return {};
}

int status_of(std::string_view message) {
  return message.starts_with("SIP/2.0 ") ? static_cast<int>(std::strtol(message.data() + 8, nullptr, 10)) : 0;
}

std::string_view method_of(std::string_view request) { return request.substr(0, request.find(' ')); }

std::string_view between(std::string_view text, std::string_view begin, std::string_view ends) {
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + begin.size());
  return rest.substr(0, rest.find_first_of(ends));
}

std::string_view user_of(std::string_view address) { return between(address, "sip:", "@;> "); }

std::string response_for(std::string_view status, std::string_view request, std::string_view tag,
                         std::string_view extra, std::string_view body) {
  std::string text = fmt::format("SIP/2.0 {}\r\n", status);
  std::size_t line = request.find("\r\n") + 2;
  for (std::size_t end = request.find("\r\n", line); end > line; end = request.find("\r\n", line)) {
    const std::string_view header = request.substr(line, end - line);
    line = end + 2;
    const std::string_view name = header.substr(0, header.find(':'));
    const bool copied = name == "Via" || name == "Record-Route" || name == "From" || name == "To" ||
                        name == "Call-ID" || name == "CSeq";
    if (!copied) continue;
    text.append(header);
    if (name == "To" && header.find(";tag=") == std::string_view::npos) text.append(";tag=").append(tag);
    text.append("\r\n");
  }
  text.append(extra);
  return text.append(fmt::format("Content-Length: {}\r\n\r\n", body.size())).append(body);
}

std::string ok_for(std::string_view request, std::string_view tag, std::string_view extra, std::string_view body) {
  return response_for("200 OK", request, tag, extra, body);
}

}  // namespace tertulia::bench
