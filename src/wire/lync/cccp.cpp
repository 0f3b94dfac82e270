// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/cccp.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;
using cccp::Operation;

namespace {

constexpr std::string_view cccp_namespace = "urn:ietf:params:xml:ns:cccp";
constexpr std::string_view cccp_extensions = "http://schemas.microsoft.com/rtc/2005/08/cccpextensions";
constexpr std::string_view info_namespace = "urn:ietf:params:xml:ns:conference-info";
constexpr std::string_view info_extensions = "http://schemas.microsoft.com/rtc/2005/08/confinfoextensions";
constexpr std::array<std::string_view, 3> admission_names{"closedAuthenticated", "openAuthenticated", "anonymous"};

/// Child of a child; null when one of them is missing.
const Element* inside_of(const Element& from, std::string_view outer, std::string_view inner) {
  const Element* found = from.child(outer);
  return found ? found->child(inner) : nullptr;
}

std::string named(const Element& operation, std::string_view keys, std::string_view attribute) {
  const Element* found = operation.child(keys);
  return found ? std::string(without_blanks(found->attribute_or_empty(attribute))) : std::string();
}

std::string first_role(const Element* roles) {
  return roles ? std::string(without_blanks(roles->text_of_child("entry"))) : std::string();
}

Result<cccp::ConferenceSettings> settings_of(const Element* description) {
  cccp::ConferenceSettings settings;
  if (description == nullptr) return settings;
  if (const Element* subject = description->child("subject")) settings.subject = text_or_empty(subject->text);
  settings.expiry_time = without_blanks(description->text_of_child("expiry-time"));
  const std::string policy(without_blanks(description->text_of_child("admission-policy")));
  settings.admission = enum_of<cccp::AdmissionPolicy>(policy, admission_names);
  if (!policy.empty() && !settings.admission)
    return wrong_command("admission-policy: one of closedAuthenticated, openAuthenticated, anonymous");
  return settings;
}

Result<Operation> read_add_conference(const Element& operation) {
  const Element* info = operation.child("conference-info");
  if (info == nullptr) return wrong_command("addConference without conference-info");
  const Element* description = info->child("conference-description");
  cccp::AddConference add;
  if (description != nullptr) add.conference_id = without_blanks(description->text_of_child("conference-id"));
  if (add.conference_id.empty()) return wrong_command("addConference without conference-id");
  Result<cccp::ConferenceSettings> settings = settings_of(description);
  if (!settings) return settings.error();
  add.settings = *std::move(settings);
  if (const Element* view = info->child("conference-view")) {
    for (const Element& one : view->children) {
      const std::string medium = one.attribute_or_empty("entity");
      if (one.name != "entity-view" || !has_text(medium)) continue;
      if (add.media.size() == conference_media_max) return too_long("entity-view");
      add.media.push_back(medium);
    }
  }
  return Operation(std::move(add));
}

Result<Operation> read_modify_conference(const Element& operation) {
  const Element* info = operation.child("conference-info");
  if (info == nullptr) return wrong_command("modifyConference without conference-info");
  Result<cccp::ConferenceSettings> settings = settings_of(info->child("conference-description"));
  if (!settings) return settings.error();
  cccp::ModifyConference modify{std::string(without_blanks(info->attribute_or_empty("entity"))), *std::move(settings)};
  if (modify.conference.empty()) return wrong_command("modifyConference without entity");
  return Operation(std::move(modify));
}

Result<Operation> read_add_user(const Element& operation) {
  cccp::AddUser add;
  add.conference = named(operation, "conferenceKeys", "confentity");
  add.user = named(operation, "user", "entity");
  add.role = first_role(inside_of(operation, "user", "roles"));
  if (const Element* endpoint = inside_of(operation, "user", "endpoint"))
    add.endpoint = without_blanks(endpoint->attribute_or_empty("entity"));
  return Operation(std::move(add));
}

Result<Operation> read_delete_user(const Element& operation) {
  cccp::DeleteUser remove{named(operation, "userKeys", "confentity"), named(operation, "userKeys", "userentity")};
  if (remove.user.empty()) return wrong_command("deleteUser without userEntity");
  return Operation(std::move(remove));
}

Result<Operation> read_modify_user_roles(const Element& operation) {
  cccp::ModifyUserRoles modify{named(operation, "userKeys", "confentity"), named(operation, "userKeys", "userentity"),
                               first_role(operation.child("user-roles"))};
  if (modify.user.empty() || modify.role.empty()) return wrong_command("modifyUserRoles without userEntity or role");
  return Operation(std::move(modify));
}

Result<Operation> read_get_conferences(const Element& operation) {
  return Operation(cccp::GetConferences{flag_of(operation.attribute_or_empty("static")).value_or(false)});
}

Result<Operation> read_modify_lock(const Element& operation) {
  const auto locked = flag_of(operation.text_of_child("locked"));
  if (!locked) return wrong_command("modifyConferenceLock without locked");
  return Operation(cccp::ModifyConferenceLock{named(operation, "conferenceKeys", "confentity"), *locked});
}

template <typename Kind>
Result<Operation> read_bare(const Element&) {
  return Operation(Kind{});
}
/// An operation that names a conference and nothing else.
template <typename Kind>
Result<Operation> read_keys(const Element& operation) {
  return Operation(Kind{named(operation, "conferenceKeys", "confentity")});
}

struct Reader {
  std::string_view name;
  Result<Operation> (*read)(const Element&);
};
constexpr std::array readers = {
    Reader{"getConferencingCapabilities", read_bare<cccp::GetConferencingCapabilities>},
    Reader{"getAvailableMcuTypes", read_bare<cccp::GetAvailableMcuTypes>},
    Reader{"getConferences", read_get_conferences},
    Reader{"addConference", read_add_conference},
    Reader{"modifyConference", read_modify_conference},
    Reader{"getConference", read_keys<cccp::GetConference>},
    Reader{"deleteConference", read_keys<cccp::DeleteConference>},
    Reader{"addUser", read_add_user},
    Reader{"deleteUser", read_delete_user},
    Reader{"modifyUserRoles", read_modify_user_roles},
    Reader{"modifyConferenceLock", read_modify_lock},
};

// ---- writing

void keys(xml::Writer& out, std::string_view conference) {
  out.begin("conferenceKeys").attribute("confEntity", conference).end();
}
void user_keys(xml::Writer& out, std::string_view conference, std::string_view user) {
  out.begin("userKeys").attribute("confEntity", conference).attribute("userEntity", user).end();
}

void begin_info(xml::Writer& out, std::string_view entity) {
  out.begin("ci:conference-info").attribute("xmlns:ci", info_namespace).attribute("entity", entity);
  out.attribute("xmlns:msci", info_extensions);
}

void settings(xml::Writer& out, const cccp::ConferenceSettings& settings, std::string_view id) {
  out.begin("ci:conference-description");
  if (settings.subject) out.element("ci:subject", *settings.subject);
  out.element_unless_empty("msci:conference-id", id).element_unless_empty("msci:expiry-time", settings.expiry_time);
  if (settings.admission) out.element("msci:admission-policy", cccp::name_of(*settings.admission));
  out.end();
}

/// What stands inside of an operation's element.
struct Inside {
  xml::Writer& out;
  void operator()(const cccp::Other&) const {}
  void operator()(const cccp::Defective&) const {}
  void operator()(const cccp::GetConferencingCapabilities&) const {}
  void operator()(const cccp::GetAvailableMcuTypes&) const {}
  void operator()(const cccp::GetConferences& get) const {
    if (get.static_only) out.attribute("static", "true");
  }
  void operator()(const cccp::AddConference& add) const {
    begin_info(out, "");
    settings(out, add.settings, add.conference_id);
    out.begin("msci:conference-view");
    for (const std::string& medium : add.media) out.begin("msci:entity-view").attribute("entity", medium).end();
    out.end().end();
  }
  void operator()(const cccp::ModifyConference& modify) const {
    begin_info(out, modify.conference);
    settings(out, modify.settings, {});
    out.end();
  }
  void operator()(const cccp::GetConference& get) const { keys(out, get.conference); }
  void operator()(const cccp::DeleteConference& remove) const { keys(out, remove.conference); }
  void operator()(const cccp::AddUser& add) const {
    keys(out, add.conference);
    out.begin("ci:user").attribute("xmlns:ci", info_namespace).attribute("entity", add.user);
    out.begin("ci:roles").element_unless_empty("ci:entry", add.role).end();
    out.begin("ci:endpoint").attribute("entity", add.endpoint).attribute("xmlns:msci", info_extensions).end().end();
  }
  void operator()(const cccp::DeleteUser& remove) const { user_keys(out, remove.conference, remove.user); }
  void operator()(const cccp::ModifyUserRoles& modify) const {
    user_keys(out, modify.conference, modify.user);
    out.begin("user-roles").attribute("xmlns", info_namespace).element("entry", modify.role).end();
  }
  void operator()(const cccp::ModifyConferenceLock& lock) const {
    keys(out, lock.conference);
    out.element("locked", lock.locked ? "true" : "false");
  }
};

void begin_envelope(xml::Writer& out, std::string_view root) {
  out.begin(root).attribute("xmlns", cccp_namespace).attribute("xmlns:mscp", cccp_extensions);
  out.attribute("C3PVersion", "1");
}

}  // namespace

std::string_view cccp::name_of(AdmissionPolicy policy) { return admission_names[static_cast<std::size_t>(policy)]; }

Result<CccpRequest> read_cccp_request(std::string_view document) {
  const Result<Element> root = read_element(document, "request", Reason::command_malformed);
  if (!root) return root.error();
  if (root->children.empty()) return wrong_command("request without an operation");
  const Element& element = root->children.front();
  const auto reader =
      std::find_if(readers.begin(), readers.end(), [&](const Reader& one) { return one.name == element.name; });
  Result<Operation> operation = reader == readers.end() ? Operation(cccp::Other{}) : reader->read(element);
  if (!operation && operation.reason() == Reason::command_malformed)
    operation = Operation(cccp::Defective{operation.error().detail});
  if (!operation) return operation.error();
  return CccpRequest{root->attribute_or_empty("requestid"), root->attribute_or_empty("from"),
                     root->attribute_or_empty("to"), element.name, *std::move(operation)};
}

std::string write_cccp_request(const CccpRequest& request) {
  xml::Writer out;
  begin_envelope(out, "request");
  out.attribute("to", request.to).attribute("from", request.from).attribute("requestId", request.id);
  out.begin(request.name);
  std::visit(Inside{out}, request.operation);
  out.end().end();
  return std::move(out).take();
}

std::string write_cccp_response(const CccpResponse& response) {
  xml::Writer out;
  begin_envelope(out, "response");
  out.attribute("requestId", response.request_id).attribute("from", response.from).attribute("to", response.to);
  out.attribute("code", response.failure.empty() ? "success" : "failure");
  out.attribute_unless_empty("reason", response.failure);
  if (!response.operation.empty()) out.begin(response.operation).raw(response.result).end();
  out.end();
  return finished(std::move(out));
}

std::string cccp_mcu_types(const std::vector<std::string_view>& types) {
  xml::Writer out;
  out.begin("mcu-types");
  for (const std::string_view type : types) out.element("mcuType", type);
  out.end();
  return finished(std::move(out));
}

std::string cccp_conference(std::string_view focus) {
  xml::Writer out;
  out.begin("conference-info").attribute("xmlns", info_namespace).attribute("entity", focus);
  out.attribute("version", "1").end();
  return finished(std::move(out));
}

std::string cccp_listed_conference(std::string_view focus, std::string_view id) {
  xml::Writer out;
  out.begin("conference-info").attribute("xmlns", info_namespace).attribute("xmlns:msci", info_extensions);
  out.attribute("entity", focus);
  out.begin("conference-description").element("msci:conference-id", id).end().end();
  return finished(std::move(out));
}

std::string cccp_user_added(std::string_view focus, std::string_view user, std::string_view role) {
  xml::Writer keys_out, user_out;
  keys(keys_out, focus);
  user_out.begin("ci:user").attribute("xmlns:ci", info_namespace).attribute("entity", user);
  user_out.begin("ci:roles").element("ci:entry", role).end().end();
  return finished(std::move(keys_out)).append(finished(std::move(user_out)));
}

}  // namespace tertulia::wire::lync
