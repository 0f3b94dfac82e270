// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/contact_request.h"

#include "base/text.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;

namespace {

std::optional<std::uint32_t> number_of_child(const Element& element, std::string_view name) {
  const Element* child = element.child(name);
  return child ? number_of(child->text) : std::nullopt;
}

std::uint32_t delta_number_of(const Element& element) { return number_of_child(element, "deltaNum").value_or(0); }

std::string uri_of(const Element& element) { return std::string(without_blanks(element.text_of_child("URI"))); }

Result<ContactRequest> read_set_contact(const Element& element) {
  SetContact request;
  request.uri = uri_of(element);
  if (request.uri.empty()) return wrong_command("setContact without URI");
  request.display_name = element.text_of_child("displayName");
  const std::string groups = element.text_of_child("groups");
  for (const std::string_view word : base::split(groups, ' ')) {
    const std::optional<std::uint32_t> group = number_of(word);
    if (!group) return wrong_command("setContact whose groups are no numbers");
    if (request.groups.size() == contact_groups_max) return too_long("groups");
    request.groups.push_back(*group);
  }
  if (const Element* subscribed = element.child("subscribed"))
    request.subscribed = flag_of(subscribed->text).value_or(true);
  request.external_uri = element.text_of_child("externalURI");
  request.delta_number = delta_number_of(element);
  return ContactRequest(std::move(request));
}

Result<ContactRequest> read_delete_contact(const Element& element) {
  DeleteContact request{uri_of(element), delta_number_of(element)};
  if (request.uri.empty()) return wrong_command("deleteContact without URI");
  return ContactRequest(std::move(request));
}

Result<ContactRequest> read_add_group(const Element& element) {
  AddGroup request{element.text_of_child("name"), element.text_of_child("externalURI"), delta_number_of(element)};
  if (request.name.empty()) return wrong_command("addGroup without name");
  return ContactRequest(std::move(request));
}

Result<ContactRequest> read_modify_group(const Element& element) {
  const std::optional<std::uint32_t> id = number_of_child(element, "groupID");
  if (!id) return wrong_command("modifyGroup without groupID");
  ModifyGroup request{*id, element.text_of_child("name"), element.text_of_child("externalURI"),
                      delta_number_of(element)};
  if (request.name.empty()) return wrong_command("modifyGroup without name");
  return ContactRequest(std::move(request));
}

Result<ContactRequest> read_delete_group(const Element& element) {
  const std::optional<std::uint32_t> id = number_of_child(element, "groupID");
  if (!id) return wrong_command("deleteGroup without groupID");
  return ContactRequest(DeleteGroup{*id, delta_number_of(element)});
}

Result<ContactRequest> read_set_ace(const Element& element) {
  return ContactRequest(SetAce{element.text_of_child("type"), element.text_of_child("mask"),
                               element.text_of_child("rights"), delta_number_of(element)});
}

/// The conditions stand beside the operation, where its filter points to.
Result<ContactRequest> read_search(const Element& element, const Element& body) {
  DirectorySearch request;
  request.max_results = number_of_child(element, "maxResults").value_or(0);
  for (const Element& array : body.children) {
    if (array.name != "Array") continue;
    for (const Element& row : array.children) {
      const auto attribute = row.attribute("attrib");
      const auto value = row.attribute("value");
      if (row.name != "row" || !attribute || !value || !has_text(*value)) continue;
      if (request.conditions.size() == search_conditions_max) return too_long("row");
      request.conditions.push_back({std::string(*attribute), std::string(*value)});
    }
  }
  if (request.conditions.empty()) return wrong_command("directorySearch without row");
  return ContactRequest(std::move(request));
}

}  // namespace

Result<ContactRequest> read_contact_request(std::string_view document) {
  const Result<Element> root = read_element(document, "Envelope", Reason::command_malformed);
  if (!root) return root.error();
  const Element* body = root->child("Body");
  if (!body) return wrong_command("Envelope without Body");
  for (const Element& one : body->children) {
    if (one.name == "setContact") return read_set_contact(one);
    if (one.name == "deleteContact") return read_delete_contact(one);
    if (one.name == "addGroup") return read_add_group(one);
    if (one.name == "modifyGroup") return read_modify_group(one);
    if (one.name == "deleteGroup") return read_delete_group(one);
    if (one.name == "setACE") return read_set_ace(one);
    if (one.name == "directorySearch") return read_search(one, *body);
  }
  return wrong_command("Body without an operation that we know");
}

}  // namespace tertulia::wire::lync
