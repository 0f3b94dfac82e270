// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/container_members.h"

#include <array>

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;

namespace {

constexpr std::string_view management_namespace = "http://schemas.microsoft.com/2006/09/sip/container-management";
constexpr std::array<std::string_view, 6> member_type_names{"user",      "domain",      "sameEnterprise",
                                                            "federated", "publicCloud", "everyone"};
constexpr std::array<std::string_view, 2> member_action_names{"add", "remove"};

Result<MemberChange> read_member(const Element& element) {
  const auto action = enum_of<MemberAction>(element.attribute("action"), member_action_names);
  const auto type = enum_of<MemberType>(element.attribute("type"), member_type_names);
  if (!action || !type) return wrong_command("member without a known action and type");
  MemberChange change{*action, {*type, {}}};
  if (*type != MemberType::user && *type != MemberType::domain) return change;
  const std::string value = element.attribute_or_empty("value");
  change.member.value = without_scheme(without_blanks(value));
  if (!has_text(change.member.value)) return wrong_command("member user or domain without value");
  return change;
}

}  // namespace

std::string_view name_of(MemberType type) { return member_type_names[static_cast<std::size_t>(type)]; }

Result<SetContainerMembers> read_set_container_members(std::string_view document) {
  const Result<Element> root = read_element(document, "setContainerMembers", Reason::command_malformed);
  if (!root) return root.error();
  SetContainerMembers request;
  std::size_t members = 0;
  for (const Element& container : root->children) {
    if (container.name != "container") continue;
    if (request.containers.size() == containers_max) return too_long("container");
    const auto id = number_of(container.attribute("id"));
    const auto version = number_of(container.attribute("version"));
    if (!id || !version) return wrong_command("container without id or version");
    ContainerChange& change = request.containers.emplace_back();
    change.id = *id;
    change.version = *version;
    for (const Element& member : container.children) {
      if (member.name != "member") continue;
      if (++members > container_members_max) return too_long("member");
      Result<MemberChange> read = read_member(member);
      if (!read) return read.error();
      change.changes.push_back(*std::move(read));
    }
  }
  if (request.containers.empty()) return wrong_command("setContainerMembers without container");
  return request;
}

std::string write_set_container_members(const SetContainerMembers& request) {
  xml::Writer out;
  out.begin("setContainerMembers").attribute("xmlns", management_namespace);
  for (const ContainerChange& container : request.containers) {
    out.begin("container").attribute("id", container.id).attribute("version", container.version);
    for (const MemberChange& change : container.changes) {
      out.begin("member").attribute("action", member_action_names[static_cast<std::size_t>(change.action)]);
      out.attribute("type", name_of(change.member.type)).attribute_unless_empty("value", change.member.value).end();
    }
    out.end();
  }
  out.end();
  return finished(std::move(out));
}

Result<std::vector<SubscriberAcknowledgement>> read_set_subscribers(std::string_view document) {
  const Result<Element> root = read_element(document, "setSubscribers", Reason::command_malformed);
  if (!root) return root.error();
  std::vector<SubscriberAcknowledgement> subscribers;
  for (const Element& one : root->children) {
    if (one.name != "subscriber") continue;
    if (subscribers.size() == acknowledged_subscribers_max) return too_long("subscriber");
    const std::string user = one.attribute_or_empty("user");
    const std::string_view address = without_scheme(without_blanks(user));
    if (!has_text(address)) return wrong_command("subscriber without user");
    subscribers.push_back({std::string(address), flag_of(one.attribute("acknowledged")).value_or(false)});
  }
  return subscribers;
}

}  // namespace tertulia::wire::lync
