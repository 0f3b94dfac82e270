// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/provisioning.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view request_namespace = "http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist";
constexpr std::string_view answer_namespace =
    "http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification";
constexpr std::array<std::string_view, 3> encryption_names{"SupportEncryption", "RequireEncryption",
                                                           "DoNotSupportEncryption"};

bool is_xml_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || base::is_digit(c) || c == '.' || c == '-'; });
}

void element_if_good(xml::Writer& out, std::string_view name, std::string_view text) {
  if (name == "focusFactoryUri" && !is_good_focus_factory_uri(text)) return;  // whatever group it stands in
  if (is_xml_name(name) && has_text(text)) out.element(name, text);
}

void write_ports(xml::Writer& out, const std::optional<ServerConfiguration::Ports>& ports) {
  out.element("ucPortRangeEnabled", ports ? "true" : "false");
  if (!ports) return;
  const std::array<std::pair<std::string_view, const PortRange*>, 5> ranges{
      {{"Media", &ports->media},
       {"Audio", &ports->audio},
       {"Video", &ports->video},
       {"AppSharing", &ports->application_sharing},
       {"FileTransfer", &ports->file_transfer}}};
  for (const auto& [kind, range] : ranges) {
    out.element(std::string("ucMin").append(kind).append("Port"), std::to_string(range->min));
    out.element(std::string("ucMax").append(kind).append("Port"), std::to_string(range->max));
  }
}

void write_server(xml::Writer& out, const ServerConfiguration& server) {
  out.begin("provisionGroup").attribute("name", "ServerConfiguration");
  element_if_good(out, "focusFactoryUri", server.focus_factory_uri);
  element_if_good(out, "dlxInternalUrl", server.dlx_internal_url);
  element_if_good(out, "dlxExternalUrl", server.dlx_external_url);
  element_if_good(out, "absInternalServerUrl", server.abs_internal_url);
  element_if_good(out, "absExternalServerUrl", server.abs_external_url);
  element_if_good(out, "mrasUri", server.mras_uri);
  element_if_good(out, "botSipUriForTestCall", server.test_call_uri);
  out.element("ucPC2PCAVEncryption", encryption_names[static_cast<std::size_t>(server.encryption)]);
  write_ports(out, server.ports);
  out.end();
}

void write_properties(xml::Writer& out, const ProvisioningProperties& list) {
  out.begin("propertyEntryList");
  for (const ProvisioningElement& one : list.properties)
    if (has_text(one.name) && has_text(one.text))
      out.begin("property").attribute("name", one.name).text(one.text).end();
  out.end();
}

}  // namespace

bool is_good_focus_factory_uri(std::string_view uri) {
  return has_text(uri) && uri.find('%') == std::string_view::npos;
}

Result<std::vector<std::string>> read_provisioning_list(std::string_view document) {
  const Result<Element> root = read_element(document, "provisioningGroupList", Reason::command_malformed);
  if (!root) return root.error();
  std::vector<std::string> names;
  for (const Element& one : root->children) {
    const std::string name = one.attribute_or_empty("name");
    if (one.name != "provisioningGroup" || !has_text(name)) continue;
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (names.size() == provisioning_groups_max) return too_long("provisioningGroup");
    names.push_back(name);
  }
  return names;
}

std::string write_provisioning_list(const std::vector<std::string>& names) {
  xml::Writer out;
  out.begin("provisioningGroupList").attribute("xmlns", request_namespace);
  for (const std::string& name : names) out.begin("provisioningGroup").attribute("name", name).end();
  out.end();
  return finished(std::move(out));
}

std::string write_provisioning(const ProvisioningAnswer& answer) {
  xml::Writer out;
  out.begin("provisionGroupList").attribute("xmlns", answer_namespace);
  if (answer.server) write_server(out, *answer.server);
  for (const ProvisioningGroup& group : answer.groups) {
    if (!has_text(group.name)) continue;
    out.begin("provisionGroup").attribute("name", group.name);
    for (const auto& piece : group.content) {
      if (const auto* element = std::get_if<ProvisioningElement>(&piece))
        element_if_good(out, element->name, element->text);
      else
        write_properties(out, *std::get_if<ProvisioningProperties>(&piece));
    }
    out.end();
  }
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
