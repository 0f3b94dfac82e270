// SPDX-License-Identifier: Apache-2.0
#include "wire/event/dialog_info.h"

#include <array>

#include "wire/event/limits.h"
#include "wire/event/reading.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::event {

using xml::ElementView;

namespace {

constexpr std::string_view dialog_namespace = "urn:ietf:params:xml:ns:dialog-info";
constexpr std::array<std::string_view, 5> state_names{"trying", "proceeding", "early", "confirmed", "terminated"};
constexpr std::array<std::string_view, 8> dialog_event_names{"",          "cancelled",  "rejected", "replaced",
                                                             "local-bye", "remote-bye", "error",    "timeout"};
constexpr std::array<std::string_view, 3> direction_names{"", "initiator", "recipient"};

Result<DialogParty> read_party(ElementView element) {
  DialogParty party;
  for (ElementView inside : element.children()) {
    if (inside.is(dialog_namespace, "identity")) {
      party.identity = inside.text();
      party.display_name = string_of(inside.attribute("display"));
    } else if (inside.is(dialog_namespace, "target")) {
      party.target = string_of(inside.attribute("uri"));
      party.target_parameters.clear();
      for (ElementView parameter : inside.children()) {
        const auto name = parameter.attribute("pname");
        if (!parameter.is(dialog_namespace, "param") || !name) continue;
        if (party.target_parameters.size() == target_parameters_max) return malformed("too many parameters");
        party.target_parameters.push_back({std::string(*name), string_of(parameter.attribute("pval"))});
      }
    }
  }
  return party;
}

Result<Dialog> read_dialog(ElementView element) {
  const auto id = element.attribute("id");
  const auto state = element.child(dialog_namespace, "state");
  if (!id || !state) return malformed("dialog without id or state");
  const auto known = enum_of<DialogState>(state->text(), state_names);
  if (!known) return malformed("state of a dialog");
  Dialog dialog;
  dialog.id = *id;
  dialog.call_id = string_of(element.attribute("call-id"));
  dialog.local_tag = string_of(element.attribute("local-tag"));
  dialog.remote_tag = string_of(element.attribute("remote-tag"));
  dialog.direction =
      enum_of<DialogDirection>(element.attribute("direction"), direction_names).value_or(DialogDirection::unknown);
  dialog.state = *known;
  dialog.event = enum_of<DialogEvent>(state->attribute("event"), dialog_event_names).value_or(DialogEvent::none);
  dialog.code = number_of(state->attribute("code"));
  if (dialog.code && (*dialog.code < 100 || *dialog.code > 699)) dialog.code.reset();
  if (const auto duration = element.child(dialog_namespace, "duration"))
    dialog.duration_seconds = number_of(duration->text());
  for (const auto& [name, party] : {std::pair("local", &dialog.local), std::pair("remote", &dialog.remote)}) {
    const auto inside = element.child(dialog_namespace, name);
    if (!inside) continue;
    Result<DialogParty> read = read_party(*inside);
    if (!read) return read.error();
    *party = *std::move(read);
  }
  return dialog;
}

void write_party(xml::Writer& out, std::string_view name, const DialogParty& party) {
  if (party == DialogParty{}) return;
  out.begin(name);
  if (!party.identity.empty() || !party.display_name.empty()) {
    out.begin("identity").attribute_unless_empty("display", party.display_name);
    out.text(party.identity).end();
  }
  if (!party.target.empty() || !party.target_parameters.empty()) {
    out.begin("target").attribute("uri", party.target);
    for (const DialogParty::Parameter& one : party.target_parameters)
      out.begin("param").attribute("pname", one.name).attribute("pval", one.value).end();
    out.end();
  }
  out.end();
}

}  // namespace

std::string_view name_of(DialogState state) { return state_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(DialogEvent event) { return dialog_event_names[static_cast<std::size_t>(event)]; }
std::string_view name_of(DialogDirection direction) { return direction_names[static_cast<std::size_t>(direction)]; }

Result<DialogInfo> read_dialog_info(std::string_view document) {
  const Result<xml::Document> parsed = read_document(document, dialog_namespace, "dialog-info");
  if (!parsed) return parsed.error();
  DialogInfo info;
  if (Result<void> read = read_version(parsed->root(), info.version, info.full); !read) return read.error();
  const auto entity = parsed->root().attribute("entity");
  if (!entity) return malformed("no entity");
  info.entity = *entity;
  for (ElementView element : parsed->root().children()) {
    if (!element.is(dialog_namespace, "dialog")) continue;
    if (info.dialogs.size() == dialogs_max) return malformed("too many dialogs");
    Result<Dialog> dialog = read_dialog(element);
    if (!dialog) return dialog.error();
    info.dialogs.push_back(*std::move(dialog));
  }
  return info;
}

std::string write_dialog_info(const DialogInfo& info) {
  xml::Writer out;
  out.begin("dialog-info").attribute("xmlns", dialog_namespace).attribute("version", info.version);
  out.attribute("state", info.full ? "full" : "partial").attribute("entity", info.entity);
  for (const Dialog& dialog : info.dialogs) {
    out.begin("dialog").attribute("id", dialog.id).attribute_unless_empty("call-id", dialog.call_id);
    out.attribute_unless_empty("local-tag", dialog.local_tag).attribute_unless_empty("remote-tag", dialog.remote_tag);
    out.attribute_unless_empty("direction", name_of(dialog.direction));
    out.begin("state").attribute_unless_empty("event", name_of(dialog.event));
    if (dialog.code) out.attribute("code", *dialog.code);
    out.text(name_of(dialog.state)).end();
    if (dialog.duration_seconds) out.element("duration", std::to_string(*dialog.duration_seconds));
    write_party(out, "local", dialog.local);
    write_party(out, "remote", dialog.remote);
    out.end();
  }
  out.end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::event
