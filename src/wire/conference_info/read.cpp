// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <span>

#include "base/text.h"
#include "wire/conference_info/conference_info.h"
#include "wire/conference_info/limits.h"
#include "wire/conference_info/names.h"
#include "wire/xml/document.h"

namespace tertulia::wire::conference_info {
namespace {

using xml::ElementView;

base::Error malformed(std::string_view what) {
  return {base::Reason::malformed_message, std::string("conference-info: ").append(what)};
}

bool is_standard(ElementView element, std::string_view name) { return element.is(conference_namespace, name); }
bool is_extension(ElementView element, std::string_view name) { return element.is(extension_namespace, name); }

template <typename Enum>
std::optional<Enum> enum_of(std::string_view word, std::span<const std::string_view> names) {
  const auto at = std::find(names.begin(), names.end(), word);
  if (word.empty() || at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

/// Absent: full (RFC 4575 4.1).
std::optional<State> state_of(ElementView element) {
  return enum_of<State>(element.attribute("state").value_or("full"), state_names);
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  const std::optional<std::uint64_t> number = base::to_number(base::trimmed(text));
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// xs:boolean.
std::optional<bool> truth_of(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

std::string text_in(ElementView element, std::string_view name, std::string_view space = conference_namespace) {
  const auto inside = element.child(space, name);
  return inside ? std::string(inside->text()) : std::string();
}

std::string attribute_of(ElementView element, std::string_view name, std::string_view space = {}) {
  return std::string(element.attribute(name, space).value_or(std::string_view{}));
}

Result<std::vector<Media>> read_entries(ElementView list) {
  std::vector<Media> entries;
  for (ElementView inside : list.children()) {
    if (!is_standard(inside, "entry")) continue;
    if (entries.size() == media_max) return malformed("too many media");
    entries.push_back({attribute_of(inside, "label"), text_in(inside, "type"), {}});
  }
  return entries;
}

Result<Endpoint> read_endpoint(ElementView element) {
  Endpoint endpoint;
  endpoint.entity = attribute_of(element, "entity");
  endpoint.session_type = attribute_of(element, "session-type", extension_namespace);
  endpoint.display_text = text_in(element, "display-text");
  endpoint.joining_method = text_in(element, "joining-method");
  endpoint.status = enum_of<Status>(text_in(element, "status"), status_names).value_or(Status::none);
  for (ElementView inside : element.children()) {
    if (!is_standard(inside, "media")) continue;
    if (endpoint.media.size() == media_max) return malformed("too many media");
    endpoint.media.push_back({attribute_of(inside, "id"), text_in(inside, "type"), text_in(inside, "label")});
  }
  return endpoint;
}

Result<User> read_user(ElementView element) {
  const auto state = state_of(element);
  if (!state) return malformed("state of a user");
  User user;
  user.entity = attribute_of(element, "entity");
  if (user.entity.empty()) return malformed("user without entity");
  user.state = *state;
  user.display_text = text_in(element, "display-text");
  for (ElementView inside : element.children()) {
    if (is_standard(inside, "roles")) {
      for (ElementView entry : inside.children()) {
        if (!is_standard(entry, "entry")) continue;
        if (user.roles.size() == roles_max) return malformed("too many roles");
        user.roles.emplace_back(entry.text());
      }
    } else if (is_standard(inside, "endpoint")) {
      if (user.endpoints.size() == endpoints_max) return malformed("too many endpoints");
      Result<Endpoint> endpoint = read_endpoint(inside);
      if (!endpoint) return endpoint.error();
      user.endpoints.push_back(*std::move(endpoint));
    }
  }
  return user;
}

Result<void> read_users(ElementView list, ConferenceInfo& info) {
  const auto state = state_of(list);
  if (!state) return malformed("state of users");
  if (info.state != State::full) info.users_state = *state;
  for (ElementView inside : list.children()) {
    if (!is_standard(inside, "user")) continue;
    if (info.users.size() == users_max) return malformed("too many users");
    Result<User> user = read_user(inside);
    if (!user) return user.error();
    info.users.push_back(*std::move(user));
  }
  return {};
}

Result<Description> read_description(ElementView element) {
  Description description;
  description.display_text = text_in(element, "display-text");
  description.subject = text_in(element, "subject");
  description.conference_id = text_in(element, "conference-id", extension_namespace);
  description.expiry_time = text_in(element, "expiry-time", extension_namespace);
  description.admission_policy = text_in(element, "admission-policy", extension_namespace);
  description.join_url = text_in(element, "join-url", extension_namespace);
  if (const auto count = element.child(conference_namespace, "maximum-user-count"))
    description.maximum_user_count = number_of(count->text());
  if (const auto organizer = element.child(extension_namespace, "organizer")) {
    description.organizer_name = text_in(*organizer, "display-name", extension_namespace);
    description.organizer_uri = text_in(*organizer, "uri", extension_namespace);
  }
  if (const auto media = element.child(conference_namespace, "available-media")) {
    Result<std::vector<Media>> entries = read_entries(*media);
    if (!entries) return entries.error();
    description.available_media = *std::move(entries);
  }
  if (const auto uris = element.child(conference_namespace, "conf-uris")) {
    for (ElementView entry : uris->children()) {
      if (!is_standard(entry, "entry")) continue;
      if (description.conf_uris.size() == conf_uris_max) return malformed("too many addresses");
      description.conf_uris.push_back(
          {text_in(entry, "uri"), text_in(entry, "display-text"), text_in(entry, "purpose")});
    }
  }
  return description;
}

ConferenceState read_conference_state(ElementView element) {
  ConferenceState state;
  state.user_count = number_of(text_in(element, "user-count"));
  state.active = truth_of(text_in(element, "active"));
  state.locked = truth_of(text_in(element, "locked"));
  return state;
}

Result<void> read_views(ElementView list, std::vector<EntityView>& views) {
  for (ElementView inside : list.children()) {
    if (!is_extension(inside, "entity-view")) continue;
    if (views.size() == views_max) return malformed("too many views");
    EntityView view;
    view.entity = attribute_of(inside, "entity");
    if (const auto state = inside.child(extension_namespace, "entity-state")) {
      view.locked = truth_of(text_in(*state, "locked", extension_namespace));
      if (const auto media = state->child(extension_namespace, "media")) {
        Result<std::vector<Media>> entries = read_entries(*media);
        if (!entries) return entries.error();
        view.media = *std::move(entries);
      }
    }
    views.push_back(std::move(view));
  }
  return {};
}

Result<void> read_part(ElementView element, ConferenceInfo& info) {
  if (is_standard(element, "conference-description")) {
    Result<Description> description = read_description(element);
    if (!description) return description.error();
    info.description = *std::move(description);
  } else if (is_standard(element, "conference-state")) {
    info.conference_state = read_conference_state(element);
  } else if (is_standard(element, "users")) {
    return read_users(element, info);
  } else if (is_extension(element, "conference-view")) {
    return read_views(element, info.views);
  }
  return {};
}

}  // namespace

Result<ConferenceInfo> read(std::string_view document) {
  const xml::Limits limits{.document_bytes = document_bytes_max, .elements = elements_max};
  const Result<xml::Document> parsed = xml::Document::parse(std::string(document), limits);
  if (!parsed) return parsed.error();
  const ElementView root = parsed->root();
  if (!is_standard(root, "conference-info")) return malformed("other root element");
  const auto state = state_of(root);
  if (!state) return malformed("state");
  ConferenceInfo info;
  info.entity = attribute_of(root, "entity");
  if (info.entity.empty()) return malformed("no entity");
  info.state = *state;
  const std::string version = attribute_of(root, "version");
  if (!version.empty()) {
    const auto number = number_of(version);
    if (!number) return malformed("version");
    info.version = *number;
  }
  for (ElementView element : root.children())
    if (Result<void> read = read_part(element, info); !read) return read.error();
  return info;
}

}  // namespace tertulia::wire::conference_info
