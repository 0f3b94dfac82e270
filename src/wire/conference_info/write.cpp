// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "wire/conference_info/conference_info.h"
#include "wire/conference_info/names.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::conference_info {
namespace {

std::string_view text_of(bool value) { return value ? "true" : "false"; }

// The order of the elements is that of the schema (RFC 4575 7); what other namespaces add stands at the end.

void write_entry(xml::Writer& out, const Media& media) {
  out.begin("entry").attribute("label", media.id).element("type", media.type).end();
}

void write_endpoint(xml::Writer& out, const Endpoint& endpoint) {
  out.begin("endpoint").attribute("entity", endpoint.entity);
  out.attribute_unless_empty("msci:session-type", endpoint.session_type);
  out.element_unless_empty("display-text", endpoint.display_text);
  out.element_unless_empty("status", name_of(endpoint.status));
  out.element_unless_empty("joining-method", endpoint.joining_method);
  for (const Media& media : endpoint.media) {
    out.begin("media").attribute("id", media.id).element_unless_empty("type", media.type);
    out.element_unless_empty("label", media.label).end();
  }
  out.end();
}

void write_user(xml::Writer& out, const User& user) {
  out.begin("user").attribute("entity", user.entity).attribute("state", name_of(user.state));
  out.element_unless_empty("display-text", user.display_text);
  if (!user.roles.empty()) {
    out.begin("roles");
    for (const std::string& role : user.roles) out.element("entry", role);
    out.end();
  }
  for (const Endpoint& endpoint : user.endpoints) write_endpoint(out, endpoint);
  out.end();
}

void write_description(xml::Writer& out, const Description& description) {
  out.begin("conference-description");
  out.element_unless_empty("display-text", description.display_text);
  out.element_unless_empty("subject", description.subject);
  if (!description.conf_uris.empty()) {
    out.begin("conf-uris");
    for (const ConferenceUri& one : description.conf_uris) {
      out.begin("entry").element("uri", one.uri).element_unless_empty("display-text", one.display_text);
      out.element_unless_empty("purpose", one.purpose).end();
    }
    out.end();
  }
  if (description.maximum_user_count)
    out.element("maximum-user-count", std::to_string(*description.maximum_user_count));
  if (!description.available_media.empty()) {
    out.begin("available-media");
    for (const Media& media : description.available_media) write_entry(out, media);
    out.end();
  }
  out.element_unless_empty("msci:conference-id", description.conference_id);
  out.element_unless_empty("msci:expiry-time", description.expiry_time);
  out.element_unless_empty("msci:admission-policy", description.admission_policy);
  if (!description.organizer_name.empty() || !description.organizer_uri.empty()) {
    out.begin("msci:organizer").element_unless_empty("msci:display-name", description.organizer_name);
    out.element_unless_empty("msci:uri", description.organizer_uri).end();
  }
  out.element_unless_empty("msci:join-url", description.join_url);
  out.end();
}

void write_state(xml::Writer& out, const ConferenceState& state) {
  out.begin("conference-state");
  if (state.user_count) out.element("user-count", std::to_string(*state.user_count));
  if (state.active) out.element("active", text_of(*state.active));
  if (state.locked) out.element("locked", text_of(*state.locked));
  out.end();
}

void write_views(xml::Writer& out, const std::vector<EntityView>& views) {
  out.begin("msci:conference-view");
  for (const EntityView& view : views) {
    out.begin("msci:entity-view").attribute("entity", view.entity).begin("msci:entity-state");
    if (!view.media.empty()) {
      out.begin("msci:media");
      for (const Media& media : view.media) write_entry(out, media);
      out.end();
    }
    if (view.locked) out.element("msci:locked", text_of(*view.locked));
    out.end().end();
  }
  out.end();
}

/// A client of the standard is not told of a namespace that nothing is in.
bool has_extensions(const Description& description) {
  const std::string Description::*of_dialect[] = {&Description::conference_id,    &Description::expiry_time,
                                                  &Description::admission_policy, &Description::organizer_name,
                                                  &Description::organizer_uri,    &Description::join_url};
  return std::any_of(std::begin(of_dialect), std::end(of_dialect),
                     [&](auto field) { return !(description.*field).empty(); });
}
bool has_extensions(const ConferenceInfo& info) {
  if (!info.views.empty() || (info.description && has_extensions(*info.description))) return true;
  for (const User& user : info.users)
    for (const Endpoint& endpoint : user.endpoints)
      if (!endpoint.session_type.empty()) return true;
  return false;
}

}  // namespace

std::string_view name_of(State state) { return state_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(Status status) { return status_names[static_cast<std::size_t>(status)]; }

std::string write(const ConferenceInfo& info) {
  xml::Writer out;
  out.begin("conference-info").attribute("xmlns", conference_namespace);
  if (has_extensions(info)) out.attribute("xmlns:msci", extension_namespace);
  out.attribute("entity", info.entity).attribute("state", name_of(info.state)).attribute("version", info.version);
  if (info.description) write_description(out, *info.description);
  if (info.conference_state) write_state(out, *info.conference_state);
  const State list = info.state == State::full ? State::full : info.users_state;
  if (!info.users.empty() || list == State::full) {
    out.begin("users").attribute("state", name_of(list));
    for (const User& user : info.users) write_user(out, user);
    out.end();
  }
  if (!info.views.empty()) write_views(out, info.views);
  out.end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::conference_info
