// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/people.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "domain/directory/directory.h"
#include "domain/directory/folding.h"

namespace tertulia::domain {
namespace {

/// A term made ready, so that looking at a user copies nothing.
struct Wanted {
  PeopleField field;
  std::u32string text;  ///< folded
  bool exact;
};

bool separates_words(char32_t c) {
  switch (c) {
    case U' ':
    case U'\t':
    case U'-':
    case U'.':
    case U',':
    case U'\'':
    case U'"':
    case U'(':
    case U')':
    case 0xa0:
      return true;
    default:
      return false;
  }
}

/// Most names are ASCII for the most part, and a search reads all of them.
char32_t take_folded(std::string_view& text) {
  const char lead = text.front();
  if (static_cast<unsigned char>(lead) >= 0x80) return folded(take_character(text));
  text.remove_prefix(1);
  return static_cast<unsigned char>(base::to_lower(lead));
}

enum class End { anywhere, word, text };

/// Whether `text` begins with what is wanted, and what is wanted reaches to `end`.
bool begins(std::string_view text, std::u32string_view wanted, End end) {
  for (const char32_t c : wanted)
    if (text.empty() || take_folded(text) != c) return false;
  return end == End::anywhere || text.empty() || (end == End::word && separates_words(take_folded(text)));
}

bool fits_text(std::string_view text, const Wanted& wanted) {
  return !text.empty() && begins(text, wanted.text, wanted.exact ? End::text : End::anywhere);
}

/// At the beginning of any word; what is wanted may reach over several.
bool fits_word(std::string_view text, const Wanted& wanted) {
  const End end = wanted.exact ? End::word : End::anywhere;
  if (!text.empty() && begins(text, wanted.text, end)) return true;
  while (!text.empty()) {
    const bool separator = separates_words(take_folded(text));
    if (separator && !text.empty() && begins(text, wanted.text, end)) return true;
  }
  return false;
}

bool fits_name(const User& user, std::string Card::*name, const Wanted& wanted) {
  const bool known = user.card && !((*user.card).*name).empty();
  return fits_word(known ? (*user.card).*name : user.display_name, wanted);
}

bool fits_card(const User& user, std::string Card::*field, const Wanted& wanted) {
  return user.card && fits_text((*user.card).*field, wanted);
}

bool fits_mail(const User& user, const Wanted& wanted) {
  const bool known = user.card && !user.card->mail.empty();
  return fits_text(known ? user.card->mail : user.address.text(), wanted);
}

bool fits(const User& user, const Wanted& wanted) {
  switch (wanted.field) {
    case PeopleField::given_name:
      return fits_name(user, &Card::given_name, wanted);
    case PeopleField::surname:
      return fits_name(user, &Card::surname, wanted);
    case PeopleField::display_name:
      return fits_word(user.display_name, wanted);
    case PeopleField::mail:
      return fits_mail(user, wanted);
    case PeopleField::address:
      return fits_text(user.address.text(), wanted);
    case PeopleField::company:
      return fits_card(user, &Card::company, wanted);
    case PeopleField::country:
      return fits_card(user, &Card::country, wanted);
    case PeopleField::anything:
      return fits_word(user.display_name, wanted) || fits_name(user, &Card::given_name, wanted) ||
             fits_name(user, &Card::surname, wanted) || fits_mail(user, wanted) ||
             fits_text(user.address.text(), wanted);
  }
  return false;
}

bool fits(const User& user, const std::vector<Wanted>& all) {
  return user.enabled && std::all_of(all.begin(), all.end(), [&](const Wanted& wanted) { return fits(user, wanted); });
}

/// The text that counts: without blanks around and, of an address, without its scheme.
std::string_view text_of(const PeopleTerm& term) {
  std::string_view text = base::trimmed(term.text);
  constexpr std::string_view scheme = "sip:";
  if (term.field == PeopleField::address && base::equal_ignoring_case(text.substr(0, scheme.size()), scheme))
    text.remove_prefix(scheme.size());
  return text;
}

/// Empty when there is nothing to look for.
std::vector<Wanted> wanted_by(const PeopleQuery& query) {
  std::vector<Wanted> all;
  if (query.terms.size() > people_terms_max) return all;
  for (const PeopleTerm& term : query.terms) {
    if (term.text.size() > people_term_octets_max) return {};
    if (const std::string_view text = text_of(term); !text.empty())
      all.push_back({term.field, folded(text), term.exact});
  }
  return all;
}

}  // namespace

PeopleFound Directory::find_people(const PeopleQuery& query) const {
  PeopleFound found;
  const std::vector<Wanted> all = wanted_by(query);
  if (all.empty()) return found;
  const auto whole = std::find_if(query.terms.begin(), query.terms.end(), [](const PeopleTerm& term) {
    return term.field == PeopleField::address && term.exact && !text_of(term).empty();
  });
  if (whole != query.terms.end()) {  // there can be one at most
    const User* user = find(std::string_view(base::to_lower(text_of(*whole))));
    if (user != nullptr && fits(*user, all)) found.people.push_back(user);
  } else {
    for (const auto& bucket : by_id_)
      if (bucket)
        for (const auto& entry : *bucket)
          if (fits(*entry.second, all)) found.people.push_back(entry.second.get());
  }
  const std::size_t given = std::min({query.results_max, people_found_max, found.people.size()});
  found.more = given < found.people.size();
  std::partial_sort(found.people.begin(), found.people.begin() + static_cast<std::ptrdiff_t>(given), found.people.end(),
                    [](const User* a, const User* b) { return a->address < b->address; });
  found.people.resize(given);
  return found;
}

}  // namespace tertulia::domain
