// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/contact_card.h"

#include <array>
#include <utility>

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view card_namespace = "http://schemas.microsoft.com/2006/09/sip/contactcard";
constexpr std::array<std::string_view, 5> phone_names{"work", "mobile", "home", "other", "custom1"};
constexpr std::array<std::pair<std::string_view, std::string ContactCard::*>, 5> text_names{{
    {"company", &ContactCard::company},
    {"department", &ContactCard::department},
    {"title", &ContactCard::title},
    {"office", &ContactCard::office},
    {"url", &ContactCard::url},
}};
constexpr std::array<std::pair<std::string_view, std::string CardAddress::*>, 5> address_names{{
    {"street", &CardAddress::street},
    {"city", &CardAddress::city},
    {"state", &CardAddress::state},
    {"zipcode", &CardAddress::zip_code},
    {"countryCode", &CardAddress::country_code},
}};

PhoneType phone_type_of(std::string_view word) {
  if (word == "cell") return PhoneType::mobile;
  return enum_of<PhoneType>(word, phone_names).value_or(PhoneType::other);
}

bool says_anything(const CardAddress& address) {
  for (const auto& [name, member] : address_names)
    if (has_text(address.*member)) return true;
  return false;
}

bool read_phone(const Element& element, ContactCard& card) {
  CardPhone phone;
  phone.type = phone_type_of(element.attribute("type").value_or("other"));
  phone.uri = element.text_of_child("uri");
  phone.display_string = element.text_of_child("displayString");
  if (phone.uri.empty() && phone.display_string.empty()) return true;
  if (card.phones.size() == card_phones_max) return false;
  card.phones.push_back(std::move(phone));
  return true;
}

bool read_address(const Element& element, ContactCard& card) {
  CardAddress address;
  if (std::string type = element.attribute_or_empty("type"); !type.empty()) address.type = std::move(type);
  for (const auto& [name, member] : address_names) address.*member = element.text_of_child(name);
  if (!says_anything(address)) return true;
  if (card.addresses.size() == card_addresses_max) return false;
  card.addresses.push_back(std::move(address));
  return true;
}

Result<void> read_identity(const Element& element, ContactCard& card) {
  if (const Element* name = element.child("name")) card.display_name = name->text_of_child("displayName");
  for (const Element& one : element.children) {
    if (one.name != "email" || !has_text(one.text)) continue;
    if (card.emails.size() == card_emails_max) return too_long("email");
    card.emails.push_back(one.text);
  }
  return {};
}

void read_photo(const Element& element, ContactCard& card) {
  CardPhoto photo{element.attribute_or_empty("type"), element.text_of_child("uri"), element.text_of_child("hash")};
  if (!photo.uri.empty()) card.photo = std::move(photo);
}

void write_identity(xml::Writer& out, const ContactCard& card) {
  bool any = has_text(card.display_name);
  for (const std::string& email : card.emails) any = any || has_text(email);
  if (!any) return;
  out.begin("identity");
  if (has_text(card.display_name)) out.begin("name").element("displayName", card.display_name).end();
  for (const std::string& email : card.emails) element_with_text(out, "email", email);
  out.end();
}

}  // namespace

Result<ContactCard> read_contact_card(std::string_view element) {
  const Result<Element> root = read_element(element, "contactCard", Reason::presence_document_malformed);
  if (!root) return root.error();
  ContactCard card;
  if (const Element* identity = root->child("identity"))
    if (Result<void> read = read_identity(*identity, card); !read) return read.error();
  for (const auto& [name, member] : text_names) card.*member = root->text_of_child(name);
  for (const Element& one : root->children) {
    if (one.name == "phone" && !read_phone(one, card)) return too_long("phone");
    if (one.name == "address" && !read_address(one, card)) return too_long("address");
  }
  if (const Element* photo = root->child("photo")) read_photo(*photo, card);
  if (const Element* automaton = root->child("automaton")) card.automaton = flag_of(automaton->text).value_or(false);
  return card;
}

std::string to_xml(const ContactCard& card) {
  xml::Writer out;
  out.begin("contactCard").attribute("xmlns", card_namespace);
  write_identity(out, card);
  for (const auto& [name, member] : text_names) element_with_text(out, name, card.*member);
  for (const CardPhone& phone : card.phones) {
    if (!has_text(phone.uri) && !has_text(phone.display_string)) continue;
    out.begin("phone").attribute("type", phone_names[static_cast<std::size_t>(phone.type)]);
    element_with_text(out, "uri", phone.uri);
    element_with_text(out, "displayString", phone.display_string);
    out.end();
  }
  for (const CardAddress& address : card.addresses) {
    if (!says_anything(address)) continue;
    out.begin("address").attribute("type", address.type);
    for (const auto& [name, member] : address_names) element_with_text(out, name, address.*member);
    out.end();
  }
  if (card.photo && has_text(card.photo->uri)) {
    out.begin("photo").attribute_unless_empty("type", card.photo->type).element("uri", card.photo->uri);
    element_with_text(out, "hash", card.photo->hash);
    out.end();
  }
  if (card.automaton) out.element("automaton", "true");
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
