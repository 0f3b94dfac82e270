// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/batch_subscribe.h"

#include <array>

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;

namespace {

constexpr std::string_view batch_namespace = "http://schemas.microsoft.com/2006/01/sip/batch-subscribe";
constexpr std::string_view category_list_namespace = "http://schemas.microsoft.com/2006/09/sip/categorylist";
constexpr std::array<std::string_view, 2> batch_action_names{"subscribe", "unsubscribe"};

Error wrong_list(std::string_view what) { return malformed(Reason::list_malformed, what); }

/// `resources`: how many the document had before.
Result<void> read_inside(const Element& element, BatchAction& action, std::size_t& resources) {
  for (const Element& list : element.children) {
    for (const Element& one : list.children) {
      if (list.name == "adhocList" && one.name == "resource") {
        const std::string uri = one.attribute_or_empty("uri");
        if (!has_text(uri)) continue;  // one nameless entry must not cost a client the presence of all the others
        if (++resources > batch_resources_max) return too_long("resource");
        action.resources.push_back({std::string(without_blanks(uri)), one.child("context") != nullptr});
      } else if (list.name == "categoryList" && one.name == "category") {
        const std::string name = one.attribute_or_empty("name");
        if (!has_text(name)) continue;
        if (action.categories.size() == batch_categories_max) return too_long("category");
        action.categories.push_back(name);
      }
    }
  }
  return {};
}

}  // namespace

Result<BatchSubscribe> read_batch_subscribe(std::string_view document) {
  const Result<Element> root = read_element(document, "batchSub", Reason::list_malformed, batch_bytes_max);
  if (!root) return root.error();
  BatchSubscribe request;
  request.uri = root->attribute_or_empty("uri");
  request.name = root->attribute_or_empty("name");
  std::size_t actions = 0;
  std::size_t resources = 0;
  for (const Element& one : root->children) {
    if (one.name != "action") continue;
    if (++actions > batch_actions_max) return too_long("action");
    const auto name = one.attribute("name");
    if (!name) return wrong_list("action without name");
    const auto kind = enum_of<BatchActionKind>(name, batch_action_names);
    if (!kind) continue;
    BatchAction action;
    action.kind = *kind;
    action.id = one.attribute_or_empty("id");
    if (Result<void> read = read_inside(one, action, resources); !read) return read.error();
    request.actions.push_back(std::move(action));
  }
  if (request.actions.empty()) return wrong_list("batchSub without an action that we know");
  return request;
}

std::string write_batch_subscribe(const BatchSubscribe& request) {
  xml::Writer out;
  out.begin("batchSub").attribute("xmlns", batch_namespace).attribute("uri", request.uri);
  out.attribute("name", request.name);
  for (const BatchAction& action : request.actions) {
    out.begin("action").attribute("name", batch_action_names[static_cast<std::size_t>(action.kind)]);
    out.attribute("id", action.id).begin("adhocList");
    for (const BatchResource& resource : action.resources) {
      out.begin("resource").attribute("uri", resource.uri);
      if (resource.just_added) out.begin("context").end();
      out.end();
    }
    out.end().begin("categoryList").attribute("xmlns", category_list_namespace);
    for (const std::string& name : action.categories) out.begin("category").attribute("name", name).end();
    out.end().end();
  }
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
