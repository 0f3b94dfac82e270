// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

enum class PhoneType : std::uint8_t { work, mobile, home, other, custom1 };

struct CardPhone {
  PhoneType type = PhoneType::work;  ///< "cell" is read as mobile; a word that we do not know as other
  std::string uri;                   ///< "tel:+34911234567"
  std::string display_string;
  friend bool operator==(const CardPhone&, const CardPhone&) = default;
};

struct CardAddress {
  std::string type = "work";
  std::string street, city, state, zip_code, country_code;
  friend bool operator==(const CardAddress&, const CardAddress&) = default;
};

struct CardPhoto {
  std::string type;  ///< "enterprise" ...; empty: not told
  std::string uri, hash;
  friend bool operator==(const CardPhoto&, const CardPhoto&) = default;
};

/// One `contactCard` element (category "contactCard", [MS-PRES]); empty texts are absent.
struct ContactCard {
  std::string display_name;
  std::vector<std::string> emails;
  std::string company, department, title, office, url;
  std::vector<CardPhone> phones;
  std::vector<CardAddress> addresses;
  std::optional<CardPhoto> photo;
  bool automaton = false;  ///< COMPAT(pidgin-sipe 1.25): it does not refresh the subscription to such a contact
  friend bool operator==(const ContactCard&, const ContactCard&) = default;
};

/// Errors: malformed_message, message_too_large, presence_document_malformed (another element), list_too_long.
base::Result<ContactCard> read_contact_card(std::string_view element);

/// The element alone; no empty element is written.
std::string to_xml(const ContactCard& card);

}  // namespace tertulia::wire::lync
