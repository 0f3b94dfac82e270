// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/directory/photo.h"

namespace tertulia::domain {

/// What the organisation says of a person, for contact cards and for finding people.  An empty field is not known.
/// A value; every field has passed set_card().
struct Card {
  std::string given_name;
  std::string surname;
  std::string title;
  std::string company;
  std::string department;
  std::string office;
  std::string mail;
  std::string work_phone;
  std::string mobile_phone;
  std::string home_phone;
  std::string other_phone;
  std::string street;
  std::string city;
  std::string state;
  std::string postal_code;
  std::string country;
  std::string web_page;
  std::string photo_url;
  PhotoMark
      photo;  ///< the picture that the server keeps; no field of set_card(), the store has it in a place of its own

  friend bool operator==(const Card&, const Card&) = default;
};
/// Null instead of an empty card: most users of a small installation have none.
using CardPtr = std::shared_ptr<const Card>;

enum class CardKind : std::uint8_t { text, phone, mail, url };

/// One line of the reference: command line help, manual and checks are made from it, and whoever goes over all fields
/// uses `value`.
struct CardField {
  std::string_view name;
  CardKind kind = CardKind::text;
  std::size_t octets_max = 0;
  std::string_view sentence;  ///< English
  std::string_view sentence_es;
  std::string Card::*value = nullptr;
};
/// In the order of Card; its photo is none of them.
std::span<const CardField> card_fields();
/// Nothing of this name: null.
const CardField* find_card_field(std::string_view name);
/// "text", "phone", "mail", "url".
std::string_view name_of(CardKind kind);

/// Sets one field by its name, without blanks at both ends; an empty value clears it.  UTF-8 without control
/// characters; telephone numbers stay as typed, but must look like one: digits, a '+' in front, blanks and "-./()"
/// between, an extension behind "x", "ext." or ";ext=".  Mail is user@domain, a URL begins with http:// or https://.
/// Errors: setting_unknown, setting_out_of_bounds (detail names the bounds); the card is unchanged.
base::Result<void> set_card(Card& card, std::string_view name, std::string_view value);

/// The card to keep for a user: null when every field is empty.
CardPtr shared_card(Card card);
/// The two say the same.
inline bool is_same_card(const CardPtr& a, const CardPtr& b) { return a == b || (a && b && *a == *b); }

/// `tel:` URI (RFC 3966) of a number as it stands in a card: without what separates digits, the extension as ";ext=".
/// Empty when it is no number.
std::string tel_uri_of(std::string_view phone);

}  // namespace tertulia::domain
