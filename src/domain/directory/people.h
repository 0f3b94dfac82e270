// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/directory/limits.h"
#include "domain/directory/user.h"

namespace tertulia::domain {

/// Where a term looks.
enum class PeopleField : std::uint8_t {
  given_name,    ///< of the card, at the beginning of any of its words; without one the words of the display name
  surname,       ///< the same
  display_name,  ///< at its beginning or that of any of its words
  mail,          ///< of the card; without one the address
  address,       ///< user@domain; a "sip:" in front of the term is left out
  company,
  country,
  anything,  ///< any of given_name, surname, display_name, mail, address
};

/// Letters count without case (Unicode simple case folding), accents do.
struct PeopleTerm {
  PeopleField field = PeopleField::anything;
  std::string text;
  bool exact = false;  ///< the whole field or word, not only its beginning
};

/// All terms must fit; empty ones are left out.  Without any nobody is found: the directory is not for reading out.
/// Neither is anybody with more than people_terms_max terms or a text beyond people_term_octets_max octets.
struct PeopleQuery {
  std::vector<PeopleTerm> terms;
  std::size_t results_max = people_found_max;  ///< at most people_found_max are given
};

/// Ordered by address.  The pointers live as long as the directory is held.
struct PeopleFound {
  std::vector<const User*> people;
  bool more = false;  ///< there are others; ask more exactly
};

}  // namespace tertulia::domain
