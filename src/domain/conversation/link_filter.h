// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/result.h"
#include "domain/conversation/message.h"
#include "domain/directory/policy.h"

namespace tertulia::domain {

/// Acts on links in texts by the sender's policy.
///
/// A link begins with one of the policy's prefixes where a word begins and reaches to the next blank, quote or angle
/// bracket.  Prefix grammar: ends with `:` or `.`, `*` stands for more letters or digits; `href` alone means the HTML
/// attribute.  In this order: a link to a file of a listed kind is refused, whatever else is set; more than `links_max`
/// links are refused; links into `local_domains` pass; for the others `block` refuses, `warn` puts the warning in
/// front, `allow` puts `_` before each and the notice in front.
///
/// text/html: links are made inactive both where they are read and in attribute values (a link changed only in the
/// visible text would still open), declarations and namespaces are left alone; the notice is escaped and stands at the
/// beginning of the body.  A link that only shows up when character references are resolved is hidden on purpose and
/// refused.  Any other kind of text (RTF, multipart) cannot be changed safely: with links in it, it is refused.
/// Of a message with an inner text, that text alone is judged and changed; all around it stays as it is.
/// A text in UTF-16 or UTF-32 cannot be changed either.  A subject is judged too: its links are refused by `block`, else
/// they get a `_`.
///
/// Thread: one owner (it remembers compiled patterns).
class LinkFilter {
 public:
  LinkFilter();
  ~LinkFilter();
  /// The message itself when nothing had to be changed, else a changed copy.  Errors: link_blocked, too_many_links.
  base::Result<InstantMessagePtr> apply(const InstantMessagePtr& message, const Policy& policy);
  /// The subject of a message or an invitation, changed when it has links.  Errors: link_blocked.
  base::Result<std::string> subject(const std::string& subject, const Policy& policy);
  /// How many patterns are remembered.
  std::size_t pattern_count() const;

 private:
  base::Result<InstantMessagePtr> apply_to_text(const InstantMessagePtr& message, const Policy& policy);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
