// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/link_filter.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "domain/conversation/limits.h"
#include "domain/conversation/link_text.h"

namespace tertulia::domain {
namespace {

using base::Reason;

enum class Form : std::uint8_t { plain, html, other };

Form form_of(std::string_view content_type) {
  const std::string type = base::to_lower(base::trimmed(content_type.substr(0, content_type.find(';'))));
  if (type.empty() || type == "text/plain") return Form::plain;
  return type == "text/html" ? Form::html : Form::other;
}

std::string pattern_of(const std::vector<std::string>& prefixes) {
  std::string choice;
  for (const std::string& prefix : prefixes) {
    if (prefix.empty()) continue;
    if (!choice.empty()) choice += '|';
    if (base::equal_ignoring_case(prefix, "href")) {
      choice += "href\\s*=\\s*[\"']?";
      continue;
    }
    for (const char c : prefix) choice += c == '*' ? "[0-9a-z]*" : RE2::QuoteMeta(std::string_view(&c, 1));
  }
  if (choice.empty()) return {};
  return "(?i)(?:^|[^0-9a-z_])((?:" + choice + ")[^\\s<>\"']+)";
}

struct Link {
  std::size_t begin;
  std::size_t length;
};

std::vector<Link> links_in(const RE2& pattern, std::string_view text, std::size_t limit) {
  std::vector<Link> found;
  re2::StringPiece rest(text.data(), text.size());
  re2::StringPiece link;
  while (found.size() <= limit && RE2::FindAndConsume(&rest, pattern, &link)) {
    // `href="http://x"` is one link: it begins where its value begins.
    const std::string_view view(link.data(), link.size());
    const std::size_t skip = href_value_offset(view);
    found.push_back({static_cast<std::size_t>(link.data() - text.data()) + skip, view.size() - skip});
  }
  return found;
}

bool has_listed_extension(std::string_view link, const Policy& policy) {
  const std::string extension = file_extension_of(link);
  if (extension.empty()) return false;
  return std::any_of(policy.file_extensions.begin(), policy.file_extensions.end(), [&](std::string_view listed) {
    if (!listed.empty() && listed.front() == '.') listed.remove_prefix(1);
    return base::equal_ignoring_case(listed, extension);
  });
}

bool is_local(std::string_view link, const Policy& policy) {
  if (policy.local_domains.empty()) return false;
  const std::string host = host_of(link);
  return std::any_of(policy.local_domains.begin(), policy.local_domains.end(), [&](const std::string& listed) {
    const std::string domain = base::to_lower(listed);
    return host == domain ||
           (host.size() > domain.size() + 1 && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
  });
}

/// With `_` before each link; the links are in order.
std::string marked(std::string_view text, const std::vector<Link>& links) {
  std::string out;
  out.reserve(text.size() + links.size());
  std::size_t done = 0;
  for (const Link& link : links) {
    out.append(text.substr(done, link.begin - done)).push_back('_');
    done = link.begin;
  }
  out.append(text.substr(done));
  return out;
}

std::string with_notice(std::string content, const std::string& notice, Form form) {
  if (notice.empty()) return content;
  if (form == Form::plain) return notice + "\r\n" + content;
  content.insert(html_body_begin(content), html_escaped(notice) + "<br>");
  return content;
}

/// A text in UTF-16 or UTF-32 with its ASCII characters as they are and the others blank; nothing: it is neither.
std::optional<std::string> narrowed(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return std::nullopt;
  std::string out;
  for (const char c : text)
    if (c != '\0') out.push_back(static_cast<unsigned char>(c) < 0x80 ? c : ' ');
  return out;
}

/// What was found in one text, by the policy.
struct Findings {
  std::vector<Link> foreign;  ///< neither local nor part of a declaration
  Reason refused = Reason::none;
};

Findings judge(const RE2& pattern, std::string_view text, Form form, const Policy& policy) {
  Findings findings;
  std::vector<Link> all = links_in(pattern, text, policy.links_max);
  if (form == Form::html) {
    std::erase_if(all, [&](const Link& link) { return inside_html_declaration(text, link.begin); });
  }
  const auto view = [&](const Link& link) { return text.substr(link.begin, link.length); };
  if (policy.block_file_extension &&
      std::any_of(all.begin(), all.end(), [&](const Link& link) { return has_listed_extension(view(link), policy); })) {
    findings.refused = Reason::link_blocked;
    return findings;
  }
  if (all.size() > policy.links_max) findings.refused = Reason::too_many_links;
  for (const Link& link : all) {
    if (!is_local(view(link), policy)) findings.foreign.push_back(link);
  }
  return findings;
}

}  // namespace

struct LinkFilter::State {
  struct Entry {
    std::vector<std::string> prefixes;
    std::unique_ptr<RE2> pattern;  ///< none when the list is empty or not usable
  };
  std::vector<Entry> entries;

  const RE2* pattern(const std::vector<std::string>& prefixes) {
    for (const Entry& entry : entries) {
      if (entry.prefixes == prefixes) return entry.pattern.get();
    }
    if (entries.size() >= conversation_limits::link_patterns_max) entries.erase(entries.begin());
    Entry entry{prefixes, nullptr};
    if (const std::string text = pattern_of(prefixes); !text.empty()) {
      RE2::Options options;
      options.set_log_errors(false);
      options.set_encoding(RE2::Options::EncodingLatin1);  // bytes: a broken character must not hide a link
      options.set_max_mem(static_cast<std::int64_t>(conversation_limits::link_pattern_bytes_max));
      entry.pattern = std::make_unique<RE2>(text, options);
      if (!entry.pattern->ok()) entry.pattern.reset();
    }
    return entries.emplace_back(std::move(entry)).pattern.get();
  }
};

LinkFilter::LinkFilter() : state_(std::make_unique<State>()) {}
LinkFilter::~LinkFilter() = default;

std::size_t LinkFilter::pattern_count() const { return state_->entries.size(); }

base::Result<std::string> LinkFilter::subject(const std::string& subject, const Policy& policy) {
  const RE2* pattern = policy.link_filter && !subject.empty() ? state_->pattern(policy.link_prefixes) : nullptr;
  if (pattern == nullptr || !RE2::PartialMatch(subject, *pattern)) return subject;
  const Findings findings = judge(*pattern, subject, Form::plain, policy);
  if (findings.refused == Reason::link_blocked) return Reason::link_blocked;
  if (policy.link_action == LinkAction::warn && policy.link_warning.empty()) return subject;
  if (findings.foreign.empty()) return subject;
  if (policy.link_action == LinkAction::block) return Reason::link_blocked;
  return marked(subject, findings.foreign);
}

base::Result<InstantMessagePtr> LinkFilter::apply(const InstantMessagePtr& message, const Policy& policy) {
  base::Result<InstantMessagePtr> judged = apply_to_text(message, policy);
  if (!judged || message->subject.empty()) return judged;
  base::Result<std::string> changed = subject(message->subject, policy);
  if (!changed) return changed.error();
  if (*changed == message->subject) return judged;
  auto copy = std::make_shared<InstantMessage>(**judged);
  copy->subject = *std::move(changed);
  return InstantMessagePtr(std::move(copy));
}

base::Result<InstantMessagePtr> LinkFilter::apply_to_text(const InstantMessagePtr& message, const Policy& policy) {
  if (!policy.link_filter || message->kind != MessageKind::text) return message;
  const RE2* pattern = state_->pattern(policy.link_prefixes);
  if (pattern == nullptr) return message;
  const std::optional<InnerText>& inner = message->inner;
  const std::string& whole = inner ? inner->text : message->content;
  const std::optional<std::string> narrow = narrowed(whole);
  const std::string& content = narrow ? *narrow : whole;
  const Form form = narrow ? Form::other : form_of(inner ? inner->content_type : message->content_type);
  const bool references = form == Form::html && content.find('&') != std::string::npos;
  if (!references && !RE2::PartialMatch(content, *pattern)) return message;  // the common case, without captures

  const Findings findings = judge(*pattern, content, form, policy);
  const Findings hidden = references ? judge(*pattern, html_references_resolved(content), form, policy) : findings;
  if (findings.refused == Reason::link_blocked || hidden.refused == Reason::link_blocked) return Reason::link_blocked;
  // A warning without text is the product's way to switch off all but the kinds of files.
  if (policy.link_action == LinkAction::warn && policy.link_warning.empty()) return message;
  if (findings.refused != Reason::none || hidden.refused != Reason::none) return Reason::too_many_links;
  if (hidden.foreign.size() > findings.foreign.size()) return Reason::link_blocked;
  if (findings.foreign.empty()) return message;
  const bool fixed = form == Form::other || (inner && !inner->changeable);
  if (fixed || policy.link_action == LinkAction::block) return Reason::link_blocked;

  const bool warns = policy.link_action == LinkAction::warn;
  std::string text = warns ? with_notice(content, policy.link_warning, form)
                           : with_notice(marked(content, findings.foreign), policy.link_notice, form);
  auto changed = std::make_shared<InstantMessage>(*message);
  if (inner) {
    changed->content.replace(inner->begin, std::string::npos, text);
    changed->inner->text = std::move(text);
  } else {
    changed->content = std::move(text);
  }
  return InstantMessagePtr(std::move(changed));
}

}  // namespace tertulia::domain
