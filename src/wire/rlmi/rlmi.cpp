// SPDX-License-Identifier: Apache-2.0
#include "wire/rlmi/rlmi.h"

#include <array>
#include <limits>

#include "base/text.h"
#include "wire/rlmi/limits.h"
#include "wire/xml/document.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::rlmi {

using base::Error;
using base::Reason;
using xml::ElementView;

namespace {

constexpr std::string_view rlmi_namespace = "urn:ietf:params:xml:ns:rlmi";
constexpr std::array<std::string_view, 3> state_names{"active", "pending", "terminated"};

Error malformed(std::string_view what) { return {Reason::malformed_message, std::string("RLMI: ").append(what)}; }

std::string text_of(std::optional<std::string_view> value) { return std::string(value.value_or(std::string_view{})); }

Result<Instance> read_instance(ElementView element) {
  Instance instance;
  const auto id = element.attribute("id");
  const auto state = element.attribute("state");
  if (!id || !state) return malformed("instance without id or state");
  bool known = false;
  for (std::size_t i = 0; i < state_names.size(); ++i) {
    if (*state != state_names[i]) continue;
    instance.state = static_cast<InstanceState>(i);
    known = true;
  }
  if (!known) return malformed("state of an instance");
  instance.id = *id;
  instance.reason = text_of(element.attribute("reason"));
  instance.cid = text_of(element.attribute("cid"));
  return instance;
}

Result<Resource> read_resource(ElementView element) {
  Resource resource;
  const auto uri = element.attribute("uri");
  if (!uri) return malformed("resource without uri");
  resource.uri = *uri;
  for (ElementView inside : element.children()) {
    if (inside.is(rlmi_namespace, "name")) {
      // One name for each language may stand there; the first one is ours.
      if (resource.name.empty()) resource.name = inside.text();
    } else if (inside.is(rlmi_namespace, "instance")) {
      if (resource.instances.size() == instances_max) return malformed("too many instances");
      Result<Instance> instance = read_instance(inside);
      if (!instance) return instance.error();
      resource.instances.push_back(*std::move(instance));
    }
  }
  return resource;
}

}  // namespace

Result<ListState> read_rlmi(std::string_view document) {
  const xml::Limits limits{.document_bytes = rlmi_document_bytes_max};
  const Result<xml::Document> parsed = xml::Document::parse(std::string(document), limits);
  if (!parsed) return parsed.error();
  const ElementView root = parsed->root();
  const auto uri = root.attribute("uri");
  const auto full = root.attribute("fullState");
  const auto version = base::to_number(root.attribute("version").value_or(std::string_view{}));
  if (!root.is(rlmi_namespace, "list")) return malformed("other root element");
  if (!uri) return malformed("list without uri");
  if (!version || *version > std::numeric_limits<std::uint32_t>::max()) return malformed("version");
  if (full != "true" && full != "false" && full != "1" && full != "0") return malformed("fullState");
  ListState list;
  list.uri = *uri;
  list.version = static_cast<std::uint32_t>(*version);
  list.full_state = full == "true" || full == "1";
  for (ElementView element : root.children()) {
    if (element.is(rlmi_namespace, "name") && list.name.empty()) list.name = element.text();
    if (!element.is(rlmi_namespace, "resource")) continue;
    if (list.resources.size() == list_entries_max) return malformed("too many resources");
    Result<Resource> resource = read_resource(element);
    if (!resource) return resource.error();
    list.resources.push_back(*std::move(resource));
  }
  return list;
}

std::string write_rlmi(const ListState& list) {
  xml::Writer out;
  out.begin("list").attribute("xmlns", rlmi_namespace).attribute("uri", list.uri).attribute("version", list.version);
  out.attribute("fullState", list.full_state ? "true" : "false");
  out.element_unless_empty("name", list.name);
  for (const Resource& resource : list.resources) {
    out.begin("resource").attribute("uri", resource.uri).element_unless_empty("name", resource.name);
    for (const Instance& instance : resource.instances) {
      out.begin("instance").attribute("id", instance.id);
      out.attribute("state", state_names[static_cast<std::size_t>(instance.state)]);
      out.attribute_unless_empty("reason", instance.reason).attribute_unless_empty("cid", instance.cid).end();
    }
    out.end();
  }
  out.end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::rlmi
