// SPDX-License-Identifier: Apache-2.0
#include "face/web_join/join_page.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "domain/conference/facts.h"
#include "domain/directory/address.h"
#include "face/simple/conference_address.h"

namespace tertulia::face::web_join {

using base::Reason;

namespace {

struct Words {
  std::string_view language, title, open, telephone;
};
constexpr Words english{"en", "Join the conference", "Open in your messaging program",
                        "With a telephone or program for SIP, call this address:"};
constexpr Words spanish{"es", "Entrar en la conferencia", "Abrir en su programa de mensajería",
                        "Con un teléfono o programa SIP, llame a esta dirección:"};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = base::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// RFC 3986 2.1.  Nothing: an escape is broken.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

/// Thousandths, as in `;q=0.8`; 1 when it is not said, 0 when it is no number.
int quality_of(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  std::string_view value = base::trimmed(parameters.substr(at + 2));
  if (value.starts_with('1')) return 1000;
  if (!value.starts_with("0.")) return 0;
  value = value.substr(2, 3);
  int thousandths = 0;
  for (std::size_t i = 0; i < 3; ++i)
    thousandths = thousandths * 10 + (i < value.size() && base::is_digit(value[i]) ? value[i] - '0' : 0);
  return thousandths;
}

/// RFC 9110 12.5.4, for the two that there are.
const Words& words_for(std::string_view accept_language) {
  int best_english = 0, best_spanish = 0;
  for (const std::string_view entry : base::split(accept_language, ',')) {
    const std::size_t end = std::min(entry.find(';'), entry.size());
    const std::string language = base::to_lower(base::trimmed(entry.substr(0, end)));
    const int quality = quality_of(entry.substr(end));
    const std::string_view primary = std::string_view(language).substr(0, language.find('-'));
    if (primary == "es") best_spanish = std::max(best_spanish, quality);
    if (primary == "en" || primary == "*") best_english = std::max(best_english, quality);
  }
  return best_spanish > best_english ? spanish : english;
}

std::string written(const Words& words, std::string_view organizer, std::string_view id) {
  const std::string focus = html(simple::dialect_conference_uri(organizer, "focus", id));
  const std::string standard = html(simple::conference_uri(organizer, id));
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"" + std::string(words.language) + "\">\n<head><meta charset=\"utf-8\">";
  page.append("<title>").append(words.title).append("</title></head>\n<body>\n<h1>").append(words.title);
  // COMPAT(pidgin-sipe 1.25): it looks for `href="conf` and takes what follows up to the next `"`; behind an escaped `?`
  // nothing counts.
  page.append("</h1>\n<p><a href=\"conf:").append(focus).append("\">").append(words.open).append("</a></p>\n<p>");
  page.append(words.telephone).append(" <a href=\"").append(standard).append("\">").append(standard);
  return page.append("</a></p>\n</body>\n</html>\n");
}

}  // namespace

void JoinPages::add_to(web::Router& router) {
  router.add_below(web::Method::get, join_folder,
                   [this](const web::Request& request, const web::Answer& answer) { answer(page(request)); });
}

web::Response JoinPages::page(const web::Request& request) const {
  const std::string_view path = request.path;
  const std::string_view folder = join_folder;
  const auto parts = base::split(path.starts_with(folder) ? path.substr(folder.size()) : std::string_view(), '/');
  if (parts.size() != 2) return web::Response::refusal(Reason::not_found);
  auto organizer = decoded(parts[0]);
  const auto id = decoded(parts[1]);
  if (!organizer || !id) return web::Response::refusal(Reason::not_found);
  if (organizer->find('@') == std::string::npos) organizer->append("@").append(default_domain_);
  const auto address = domain::Address::parse(*organizer);
  const auto key = domain::ConferenceKey::make(base::UserId{1}, *id);  // only its grammar is of interest
  // An address with `%` cannot be told to every client (wire/lync/provisioning.h).
  if (!address || !key || address->text().find('%') != std::string::npos)
    return web::Response::refusal(Reason::not_found);
  const Words& words = words_for(request.header("Accept-Language"));
  web::Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = written(words, address->text(), key->id);
  response.headers = {{"Content-Language", std::string(words.language)},
                      {"Vary", "Accept-Language"},
                      {"Cache-Control", "no-store"},
                      {"Content-Security-Policy", "default-src 'none'"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}};
  return response;
}

}  // namespace tertulia::face::web_join
