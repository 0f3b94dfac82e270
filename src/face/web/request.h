// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/reason.h"
#include "base/time.h"

namespace tertulia::face::web {

enum class Method : std::uint8_t { get, head, post };

/// A request of a web client, whole and bounded; io has read it.  A value.
struct Request {
  Method method = Method::get;
  std::string path;   ///< as sent, not decoded
  std::string query;  ///< without the `?`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string ip_address;  ///< of the client, without brackets
  bool secure = false;     ///< came over TLS
  base::Now now;

  /// First value of a header, compared ignoring case; empty when absent.  Lives as long as the request.
  std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};

  /// A refusal as a line of text.  `status`: 0 is the reason's own.
  static Response refusal(base::Reason reason, int status = 0);
};

/// Gives the answer, in the same call or in a later turn, on the thread that asked.  Copies are of the same request; the
/// first answer counts.
using Answer = std::function<void(Response)>;
using Handler = std::function<void(const Request&, Answer)>;

}  // namespace tertulia::face::web
