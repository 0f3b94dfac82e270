// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/device_element.h"

#include <array>
#include <utility>

#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view device_namespace = "http://schemas.microsoft.com/2006/09/sip/device";
constexpr std::array<std::pair<std::string_view, Capability DeviceElement::*>, 8> capability_names{{
    {"text", &DeviceElement::text},
    {"gifInk", &DeviceElement::gif_ink},
    {"isfInk", &DeviceElement::isf_ink},
    {"voice", &DeviceElement::voice},
    {"video", &DeviceElement::video},
    {"applicationSharing", &DeviceElement::application_sharing},
    {"contentPowerPoint", &DeviceElement::content_power_point},
    {"contentPoll", &DeviceElement::content_poll},
}};

Capability read_capability(const Element& element) {
  return {flag_of(element.attribute("capture")).value_or(false), flag_of(element.attribute("render")).value_or(false),
          flag_of(element.attribute("publish")).value_or(false)};
}

std::string_view word(bool value) { return value ? "true" : "false"; }

}  // namespace

Result<DeviceElement> read_device(std::string_view element) {
  const Result<Element> root = read_element(element, "device", Reason::presence_document_malformed);
  if (!root) return root.error();
  DeviceElement device;
  device.endpoint_id = root->attribute_or_empty("endpointid");
  if (const Element* capabilities = root->child("capabilities")) {
    device.preferred = flag_of(capabilities->attribute("preferred")).value_or(false);
    device.uri = capabilities->attribute_or_empty("uri");
    for (const auto& [name, member] : capability_names)
      if (const Element* found = capabilities->child(name)) device.*member = read_capability(*found);
  }
  device.time_zone = root->text_of_child("timezone");
  device.machine_name = root->text_of_child("machineName");
  return device;
}

std::string to_xml(const DeviceElement& device) {
  xml::Writer out;
  out.begin("device").attribute("xmlns", device_namespace).attribute_unless_empty("endpointId", device.endpoint_id);
  out.begin("capabilities").attribute("preferred", word(device.preferred)).attribute("uri", device.uri);
  for (const auto& [name, member] : capability_names) {
    const Capability& one = device.*member;
    if (!one.any()) continue;
    out.begin(name).attribute("capture", word(one.capture)).attribute("render", word(one.render));
    out.attribute("publish", word(one.publish)).end();
  }
  out.end();
  if (has_text(device.time_zone)) out.element("timezone", device.time_zone);
  if (has_text(device.machine_name)) out.element("machineName", device.machine_name);
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
