// SPDX-License-Identifier: Apache-2.0
#include "wire/event/reg_info.h"

#include <array>

#include "wire/event/limits.h"
#include "wire/event/reading.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::event {

using xml::ElementView;

namespace {

constexpr std::string_view reg_namespace = "urn:ietf:params:xml:ns:reginfo";
constexpr std::string_view gruu_namespace = "urn:ietf:params:xml:ns:gruuinfo";
constexpr std::array<std::string_view, 3> registration_names{"init", "active", "terminated"};
constexpr std::array<std::string_view, 2> contact_names{"active", "terminated"};
constexpr std::array<std::string_view, 9> contact_event_names{"registered", "created",      "refreshed",
                                                              "shortened",  "expired",      "deactivated",
                                                              "probation",  "unregistered", "rejected"};

Result<void> read_inside(ElementView element, RegContact& contact) {
  for (ElementView inside : element.children()) {
    if (inside.is(reg_namespace, "uri")) {
      contact.uri = inside.text();
    } else if (inside.is(reg_namespace, "display-name")) {
      contact.display_name = inside.text();
    } else if (inside.is(reg_namespace, "unknown-param")) {
      const auto name = inside.attribute("name");
      if (!name) return malformed("unknown-param without name");
      if (contact.unknown_parameters.size() == unknown_params_max) return malformed("too many parameters");
      contact.unknown_parameters.push_back({std::string(*name), std::string(inside.text())});
    } else if (inside.is(gruu_namespace, "pub-gruu")) {
      contact.public_gruu = string_of(inside.attribute("uri"));
    } else if (inside.is(gruu_namespace, "temp-gruu")) {
      contact.temporary_gruu = string_of(inside.attribute("uri"));
      contact.temporary_gruu_first_cseq =
          contact.temporary_gruu.empty() ? 0 : number_of(inside.attribute("first-cseq")).value_or(0);
    }
  }
  return {};
}

Result<RegContact> read_contact(ElementView element) {
  const auto id = element.attribute("id");
  const auto state = enum_of<ContactState>(element.attribute("state"), contact_names);
  const auto event = enum_of<ContactEvent>(element.attribute("event"), contact_event_names);
  if (!id || !state || !event) return malformed("contact without id, state or event");
  RegContact contact;
  contact.id = *id;
  contact.state = *state;
  contact.event = *event;
  contact.duration_seconds = number_of(element.attribute("duration-registered"));
  contact.expires_seconds = number_of(element.attribute("expires"));
  contact.retry_after_seconds = number_of(element.attribute("retry-after"));
  contact.q = string_of(element.attribute("q"));
  contact.call_id = string_of(element.attribute("callid"));
  contact.cseq = number_of(element.attribute("cseq"));
  if (Result<void> read = read_inside(element, contact); !read) return read.error();
  return contact;
}

Result<Registration> read_registration(ElementView element) {
  const auto aor = element.attribute("aor");
  const auto id = element.attribute("id");
  const auto state = enum_of<RegistrationState>(element.attribute("state"), registration_names);
  if (!aor || !id || !state) return malformed("registration without aor, id or state");
  Registration registration;
  registration.aor = *aor;
  registration.id = *id;
  registration.state = *state;
  for (ElementView inside : element.children()) {
    if (!inside.is(reg_namespace, "contact")) continue;
    if (registration.contacts.size() == contacts_max) return malformed("too many contacts");
    Result<RegContact> contact = read_contact(inside);
    if (!contact) return contact.error();
    registration.contacts.push_back(*std::move(contact));
  }
  return registration;
}

void write_contact(xml::Writer& out, const RegContact& contact) {
  out.begin("contact").attribute("id", contact.id).attribute("state", name_of(contact.state));
  out.attribute("event", name_of(contact.event));
  if (contact.duration_seconds) out.attribute("duration-registered", *contact.duration_seconds);
  if (contact.expires_seconds) out.attribute("expires", *contact.expires_seconds);
  if (contact.retry_after_seconds) out.attribute("retry-after", *contact.retry_after_seconds);
  out.attribute_unless_empty("q", contact.q).attribute_unless_empty("callid", contact.call_id);
  if (contact.cseq) out.attribute("cseq", *contact.cseq);
  // The schema fixes this order; what other namespaces add stands at the end (RFC 3680 5.4).
  out.element("uri", contact.uri).element_unless_empty("display-name", contact.display_name);
  for (const RegContact::Parameter& one : contact.unknown_parameters)
    out.begin("unknown-param").attribute("name", one.name).text(one.value).end();
  if (!contact.public_gruu.empty()) out.begin("gr:pub-gruu").attribute("uri", contact.public_gruu).end();
  if (!contact.temporary_gruu.empty()) {
    out.begin("gr:temp-gruu").attribute("uri", contact.temporary_gruu);
    out.attribute("first-cseq", contact.temporary_gruu_first_cseq).end();
  }
  out.end();
}

bool has_gruu(const RegInfo& info) {
  for (const Registration& registration : info.registrations)
    for (const RegContact& contact : registration.contacts)
      if (!contact.public_gruu.empty() || !contact.temporary_gruu.empty()) return true;
  return false;
}

}  // namespace

std::string_view name_of(RegistrationState state) { return registration_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(ContactState state) { return contact_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(ContactEvent event) { return contact_event_names[static_cast<std::size_t>(event)]; }

Result<RegInfo> read_reg_info(std::string_view document) {
  const Result<xml::Document> parsed = read_document(document, reg_namespace, "reginfo");
  if (!parsed) return parsed.error();
  RegInfo info;
  if (Result<void> read = read_version(parsed->root(), info.version, info.full); !read) return read.error();
  for (ElementView element : parsed->root().children()) {
    if (!element.is(reg_namespace, "registration")) continue;
    if (info.registrations.size() == registrations_max) return malformed("too many registrations");
    Result<Registration> registration = read_registration(element);
    if (!registration) return registration.error();
    info.registrations.push_back(*std::move(registration));
  }
  return info;
}

std::string write_reg_info(const RegInfo& info) {
  xml::Writer out;
  out.begin("reginfo").attribute("xmlns", reg_namespace);
  if (has_gruu(info)) out.attribute("xmlns:gr", gruu_namespace);
  out.attribute("version", info.version).attribute("state", info.full ? "full" : "partial");
  for (const Registration& registration : info.registrations) {
    out.begin("registration").attribute("aor", registration.aor).attribute("id", registration.id);
    out.attribute("state", name_of(registration.state));
    for (const RegContact& contact : registration.contacts) write_contact(out, contact);
    out.end();
  }
  out.end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::event
