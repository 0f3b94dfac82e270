// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/roaming_self.h"

#include "wire/lync/category_section.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view self_namespace = "http://schemas.microsoft.com/2006/09/sip/roaming-self";
constexpr std::string_view containers_namespace = "http://schemas.microsoft.com/2006/09/sip/containers";
constexpr std::string_view subscribers_namespace = "http://schemas.microsoft.com/2006/09/sip/presence-subscribers";

void write_containers(xml::Writer& out, const std::vector<RoamingContainer>& containers) {
  out.begin("containers").attribute("xmlns", containers_namespace);
  for (const RoamingContainer& container : containers) {
    out.begin("container").attribute("id", container.id).attribute("version", container.version);
    for (const ContainerMember& member : container.members) {
      out.begin("member").attribute("type", name_of(member.type));
      out.attribute_unless_empty("value", without_scheme(member.value)).end();
    }
    out.end();
  }
  out.end();
}

void write_subscribers(xml::Writer& out, const std::vector<RoamingSubscriber>& subscribers) {
  out.begin("subscribers").attribute("xmlns", subscribers_namespace);
  for (const RoamingSubscriber& one : subscribers) {
    const std::string_view user = without_scheme(one.user);
    if (!has_text(user)) continue;
    out.begin("subscriber").attribute("user", user).attribute("displayName", one.display_name);
    out.attribute("acknowledged", one.acknowledged ? "true" : "false").attribute_unless_empty("type", one.type).end();
  }
  out.end();
}

}  // namespace

Result<RoamingSelfRequest> read_roaming_list(std::string_view document) {
  if (without_blanks(document).empty()) return RoamingSelfRequest{true, true, true};
  const Result<Element> root = read_element(document, "roamingList", Reason::command_malformed);
  if (!root) return root.error();
  RoamingSelfRequest request;
  for (const Element& one : root->children) {
    if (one.name != "roaming") continue;
    const auto type = one.attribute("type");
    request.categories |= type == "categories";
    request.containers |= type == "containers";
    request.subscribers |= type == "subscribers";
  }
  return request;
}

std::string write_roaming_data(const RoamingSelf& data) {
  xml::Writer out;
  out.begin("roamingData").attribute("xmlns", self_namespace);
  if (data.categories) write_category_section(out, data.uri, *data.categories, CategoryReader::owner);
  if (data.containers) write_containers(out, *data.containers);
  if (data.subscribers) write_subscribers(out, *data.subscribers);
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
