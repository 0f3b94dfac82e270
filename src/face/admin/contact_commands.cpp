// SPDX-License-Identifier: Apache-2.0
#include "face/admin/contact_commands.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace tertulia::face::admin {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using domain::Address;

Json as_json(const domain::ContactList& list) {
  Json groups = Json::array();
  for (const domain::ContactGroup& group : list.groups())
    groups.push_back({{"number", group.number}, {"name", group.name}});
  Json contacts = Json::array();
  for (const domain::Contact& contact : list.contacts()) {
    Json names = Json::array();
    for (const domain::GroupNumber number : contact.groups)
      if (const domain::ContactGroup* group = list.group(number)) names.push_back(group->name);
    contacts.push_back({{"address", contact.address},
                        {"name", contact.name},
                        {"groups", std::move(names)},
                        {"subscribed", contact.subscribed}});
  }
  return {{"version", list.version()}, {"groups", std::move(groups)}, {"contacts", std::move(contacts)}};
}

/// Carries out one change of the list in `command`; `make` turns the list as it is into the change.
template <typename Make>
Json change(const Json& command, AdminPorts& ports, Make&& make) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const auto list = ports.contacts(*address);
  if (!list) return failure(list.error());
  const Result<domain::ListChange> wanted = make(**list);
  if (!wanted) return failure(wanted.error());
  const auto after = ports.change_contacts(*address, *wanted);
  return after ? success(as_json(**after)) : failure(after.error());
}

Result<domain::GroupNumber> group_in(const domain::ContactList& list, const std::string& name) {
  const domain::ContactGroup* group = list.group_named(name);
  if (group == nullptr) return Error{Reason::group_unknown, name};
  return group->number;
}

}  // namespace

Json list_contacts(const Json& command, AdminPorts& ports) {
  const Result<Address> address = address_of(command);
  if (!address) return failure(address.error());
  const auto list = ports.contacts(*address);
  return list ? success(as_json(**list)) : failure(list.error());
}

Json put_contact(const Json& command, AdminPorts& ports) {
  return change(command, ports, [&](const domain::ContactList& list) -> Result<domain::ListChange> {
    const Result<Address> who = Address::parse(text_field(command, "contact"));
    if (!who) return who.error();
    domain::Contact contact;
    if (const domain::Contact* known = list.find(who->text())) contact = *known;
    contact.address = who->text();
    if (command.contains("name")) contact.name = text_field(command, "name");
    if (command.contains("groups")) {
      if (!command["groups"].is_array()) return Error{Reason::command_malformed, "groups must be a list"};
      contact.groups.clear();
      for (const Json& name : command["groups"]) {
        const auto number = group_in(list, name.is_string() ? name.get<std::string>() : std::string());
        if (!number) return number.error();
        contact.groups.push_back(*number);
      }
    }
    if (contact.groups.empty()) contact.groups.push_back(domain::group_standing);
    return domain::ListChange(domain::PutContact{std::move(contact)});
  });
}

Json remove_contact(const Json& command, AdminPorts& ports) {
  return change(command, ports, [&](const domain::ContactList&) -> Result<domain::ListChange> {
    const Result<Address> who = Address::parse(text_field(command, "contact"));
    if (!who) return who.error();
    return domain::ListChange(domain::RemoveContact{who->text()});
  });
}

Json add_group(const Json& command, AdminPorts& ports) {
  return change(command, ports, [&](const domain::ContactList&) -> Result<domain::ListChange> {
    return domain::ListChange(domain::AddGroup{text_field(command, "group"), {}});
  });
}

Json rename_group(const Json& command, AdminPorts& ports) {
  return change(command, ports, [&](const domain::ContactList& list) -> Result<domain::ListChange> {
    const auto number = group_in(list, text_field(command, "group"));
    if (!number) return number.error();
    return domain::ListChange(domain::RenameGroup{*number, text_field(command, "name"), {}});
  });
}

Json remove_group(const Json& command, AdminPorts& ports) {
  return change(command, ports, [&](const domain::ContactList& list) -> Result<domain::ListChange> {
    const auto number = group_in(list, text_field(command, "group"));
    if (!number) return number.error();
    return domain::ListChange(domain::RemoveGroup{*number});
  });
}

}  // namespace tertulia::face::admin
