// SPDX-License-Identifier: Apache-2.0
#include "wire/rlmi/resource_lists.h"

#include "base/text.h"
#include "wire/rlmi/limits.h"
#include "wire/xml/document.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::rlmi {

using base::Error;
using base::Reason;
using xml::ElementView;

namespace {

constexpr std::string_view lists_namespace = "urn:ietf:params:xml:ns:resource-lists";

Error list_malformed(std::string_view what) {
  return {Reason::list_malformed, std::string("resource-lists: ").append(what)};
}

Result<ListEntry> read_entry(ElementView element) {
  const std::string_view uri = base::trimmed(element.attribute("uri").value_or(std::string_view{}));
  if (uri.empty()) return list_malformed("entry without uri");
  ListEntry entry;
  entry.uri = uri;
  if (const auto name = element.child(lists_namespace, "display-name")) entry.display_name = name->text();
  return entry;
}

Result<void> read_list(ElementView list, std::vector<ListEntry>& entries) {
  for (ElementView element : list.children()) {
    if (element.name_space() != lists_namespace) continue;  // extensions
    if (element.local() == "list") return Error{Reason::list_nested, "resource-lists: a list inside of a list"};
    if (element.local() == "entry-ref" || element.local() == "external")
      return Error{Reason::list_reference, "resource-lists: entry-ref or external"};
    if (element.local() != "entry") continue;
    if (entries.size() == list_entries_max) return Error{Reason::list_too_long, "resource-lists: entries"};
    Result<ListEntry> entry = read_entry(element);
    if (!entry) return entry.error();
    entries.push_back(*std::move(entry));
  }
  return {};
}

}  // namespace

Result<std::vector<ListEntry>> read_resource_lists(std::string_view document) {
  const xml::Limits limits{.document_bytes = list_document_bytes_max};
  const Result<xml::Document> parsed = xml::Document::parse(std::string(document), limits);
  if (parsed.reason() == Reason::message_too_large)
    return Error{Reason::list_too_long, "resource-lists: " + parsed.error().detail};
  if (!parsed) return list_malformed(parsed.error().detail);
  if (!parsed->root().is(lists_namespace, "resource-lists")) return list_malformed("other root element");
  std::vector<ListEntry> entries;
  for (ElementView list : parsed->root().children()) {
    if (!list.is(lists_namespace, "list")) continue;
    if (Result<void> read = read_list(list, entries); !read) return read.error();
  }
  return entries;
}

std::string write_resource_lists(const std::vector<ListEntry>& entries) {
  xml::Writer out;
  out.begin("resource-lists").attribute("xmlns", lists_namespace).begin("list");
  for (const ListEntry& entry : entries)
    out.begin("entry").attribute("uri", entry.uri).element_unless_empty("display-name", entry.display_name).end();
  out.end().end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::rlmi
