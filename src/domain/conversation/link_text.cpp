// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/link_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace tertulia::domain {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Punctuation of the sentence around a link is not part of it.
std::string_view without_trailing_punctuation(std::string_view link) {
  const std::size_t last = link.find_last_not_of(".,;:!?)]}");
  return last == std::string_view::npos ? std::string_view{} : link.substr(0, last + 1);
}

/// Scheme in lower case, empty for `www.` and `ftp.` forms; `rest` is what follows.
std::string split_scheme(std::string_view link, std::string_view& rest) {
  const std::size_t colon = link.find(':');
  const std::size_t stop = link.find_first_of("./\\?#@");
  if (colon == std::string_view::npos || (stop != std::string_view::npos && stop < colon)) {
    rest = link;
    return {};
  }
  rest = link.substr(colon + 1);
  return base::to_lower(link.substr(0, colon));
}

/// Splits `//authority/path`; without slashes everything up to the first delimiter is the authority.
std::string_view authority_of(std::string_view rest, std::string_view& path) {
  while (!rest.empty() && (rest.front() == '/' || rest.front() == '\\'))
    rest.remove_prefix(1);  // browsers take any number
  const std::size_t end = std::min(rest.find_first_of("/\\?#"), rest.size());
  path = rest.substr(end);
  return rest.substr(0, end);
}

bool addresses_a_person(const std::string& scheme) {
  static constexpr std::array<std::string_view, 7> schemes = {"mailto", "sip", "sips", "tel", "callto", "im", "news"};
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && base::hex_value(text[i + 1]) >= 0 &&
        base::hex_value(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(base::hex_value(text[i + 1]) * 16 + base::hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

/// Character of one reference (the text between & and ;), 0 when it is none.
char referenced_character(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, char>, 8> named = {{{"amp", '&'},
                                                                              {"lt", '<'},
                                                                              {"gt", '>'},
                                                                              {"quot", '"'},
                                                                              {"apos", '\''},
                                                                              {"colon", ':'},
                                                                              {"period", '.'},
                                                                              {"sol", '/'}}};
  for (const auto& [known, character] : named) {
    if (base::equal_ignoring_case(name, known)) return character;
  }
  if (name.size() < 2 || name.front() != '#') return 0;
  name.remove_prefix(1);
  const bool hex = base::to_lower(name.front()) == 'x';
  if (hex) name.remove_prefix(1);
  std::uint32_t number = 0;
  for (const char c : name) {
    const int digit = base::hex_value(c);
    if (digit < 0 || (!hex && digit > 9)) return 0;
    number = std::min<std::uint32_t>(number * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit), 0x110000);
  }
  return number > 0 && number < 128 ? static_cast<char>(number) : '?';
}

}  // namespace

std::size_t href_value_offset(std::string_view link) {
  if (link.size() < 5 || !base::equal_ignoring_case(link.substr(0, 4), "href")) return 0;
  std::size_t at = 4;
  while (at < link.size() && is_blank(link[at])) ++at;
  if (at == link.size() || link[at] != '=') return 0;
  ++at;
  while (at < link.size() && is_blank(link[at])) ++at;
  if (at < link.size() && (link[at] == '"' || link[at] == '\'')) ++at;
  return at;
}

std::string host_of(std::string_view link) {
  std::string_view rest;
  const std::string scheme = split_scheme(without_trailing_punctuation(link), rest);
  std::string_view path;
  std::string_view authority = authority_of(rest, path);
  if (addresses_a_person(scheme)) authority = authority.substr(0, authority.find_first_of(";?"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  authority = authority.substr(0, authority.find(':'));
  while (authority.ends_with('.')) authority.remove_suffix(1);
  return base::to_lower(authority);
}

std::string file_extension_of(std::string_view link) {
  std::string_view rest;
  const std::string scheme = split_scheme(without_trailing_punctuation(link), rest);
  if (addresses_a_person(scheme)) return {};
  std::string_view path;
  if (scheme == "file") {
    path = rest;  // file:c:\x.exe has no host
  } else {
    authority_of(rest, path);
  }
  path = path.substr(0, path.find_first_of("?#"));
  const std::string decoded = percent_decoded(path);
  std::string_view name = decoded;
  name = name.substr(0, name.find(';'));
  while (!name.empty() && (name.back() == '/' || name.back() == '\\' || name.back() == '.' || name.back() == ' ')) {
    name.remove_suffix(1);
  }
  if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string{} : base::to_lower(name.substr(dot + 1));
}

bool inside_html_declaration(std::string_view html, std::size_t position) {
  // A longer declaration is taken for text: that errs on the safe side and keeps the search short.
  static constexpr std::size_t declaration_bytes_max = 4096;
  const std::size_t begin = position > declaration_bytes_max ? position - declaration_bytes_max : 0;
  const std::string_view before = html.substr(begin, position - begin);
  const std::size_t open = before.rfind('<');
  if (open == std::string_view::npos || before.find('>', open) != std::string_view::npos) return false;
  const std::string_view tag = before.substr(open + 1);
  if (tag.starts_with('!') || tag.starts_with('?')) return true;
  // xmlns="http://..." and xmlns:o="urn:..." are names, nothing opens them.
  const std::size_t blank = tag.find_last_of(" \t\r\n");
  return blank != std::string_view::npos && base::equal_ignoring_case(tag.substr(blank + 1, 5), "xmlns");
}

std::size_t html_body_begin(std::string_view html) {
  const std::string lower = base::to_lower(html);
  const std::size_t body = lower.find("<body");
  if (body == std::string::npos) return 0;
  const std::size_t end = lower.find('>', body);
  return end == std::string::npos ? 0 : end + 1;
}

std::string html_escaped(std::string_view text) {
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
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string html_references_resolved(std::string_view html) {
  static constexpr std::size_t reference_length_max = 12;
  std::string out;
  out.reserve(html.size());
  for (std::size_t i = 0; i < html.size(); ++i) {
    if (html[i] == '&') {
      std::size_t end = i + 1;
      while (end < html.size() && end - i <= reference_length_max &&
             (html[end] == '#' || base::is_digit(html[end]) ||
              (base::to_lower(html[end]) >= 'a' && base::to_lower(html[end]) <= 'z'))) {
        ++end;
      }
      if (const char c = referenced_character(html.substr(i + 1, end - i - 1)); c != 0) {
        out.push_back(c);
        i = end < html.size() && html[end] == ';' ? end : end - 1;  // browsers do without the semicolon
        continue;
      }
    }
    out.push_back(html[i]);
  }
  return out;
}

}  // namespace tertulia::domain
