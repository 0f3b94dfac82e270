// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/contact_list.h"

#include <algorithm>

#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

namespace {

std::string joined(const std::vector<std::uint32_t>& groups) {
  std::string text;
  for (const std::uint32_t group : groups) text.append(text.empty() ? "" : " ").append(std::to_string(group));
  return text;
}

void write_groups(xml::Writer& out, std::string_view element, const std::vector<ListGroup>& groups) {
  for (const ListGroup& group : groups) {
    out.begin(element).attribute("id", group.id).attribute("name", group.name);
    out.attribute("externalURI", group.external_uri).end();
  }
}

void write_contact(xml::Writer& out, std::string_view element, const ListContact& contact, std::string_view uri) {
  out.begin(element).attribute("uri", uri).attribute("name", contact.name);
  out.attribute("groups", joined(contact.groups)).attribute("subscribed", contact.subscribed ? "true" : "false");
  out.attribute("externalURI", contact.external_uri).end();
}

void write_contacts_with_scheme(xml::Writer& out, std::string_view element, const std::vector<ListContact>& contacts) {
  for (const ListContact& contact : contacts)
    if (has_address(contact.uri)) write_contact(out, element, contact, with_scheme(contact.uri));
}

}  // namespace

std::string write_contact_list(const ContactList& list) {
  xml::Writer out;
  // A client would keep its old number at 0.
  out.begin("contactList").attribute("deltaNum", std::max<std::uint32_t>(list.delta_number, 1));
  write_groups(out, "group", list.groups);
  for (const ListContact& contact : list.contacts)
    if (has_address(contact.uri)) write_contact(out, "contact", contact, without_scheme(contact.uri));
  out.end();
  return finished(std::move(out));
}

std::string write_contact_delta(const ContactDelta& delta) {
  xml::Writer out;
  out.begin("contactDelta").attribute("deltaNum", std::max<std::uint32_t>(delta.delta_number, 1));
  out.attribute("prevDeltaNum", delta.previous_delta_number);
  write_groups(out, "addedGroup", delta.added_groups);
  write_groups(out, "modifiedGroup", delta.modified_groups);
  write_contacts_with_scheme(out, "addedContact", delta.added_contacts);
  write_contacts_with_scheme(out, "modifiedContact", delta.modified_contacts);
  for (const std::string& uri : delta.deleted_contacts)
    if (has_address(uri)) out.begin("deletedContact").attribute("uri", with_scheme(uri)).end();
  for (const std::uint32_t id : delta.deleted_groups) out.begin("deletedGroup").attribute("id", id).end();
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
