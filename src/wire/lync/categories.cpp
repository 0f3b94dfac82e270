// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/categories.h"

#include "wire/lync/category_section.h"
#include "wire/lync/content_check.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

namespace {

void write_entry(xml::Writer& out, const CategoryEntry& entry, CategoryReader reader) {
  if (!has_text(entry.name)) return;
  out.begin("category").attribute("name", entry.name);
  if (entry.instance) out.attribute("instance", *entry.instance);
  if (entry.publish_time) out.attribute("publishTime", base::to_iso8601(*entry.publish_time));
  if (reader == CategoryReader::owner) {
    if (entry.container) out.attribute("container", *entry.container);
    if (entry.version) out.attribute("version", *entry.version);
    if (entry.expire_type) out.attribute("expireType", name_of(*entry.expire_type));
    if (entry.expires_seconds) out.attribute("expires", *entry.expires_seconds);
    out.attribute_unless_empty("endpointId", entry.endpoint_id);
  }
  if (is_harmless(entry.content)) out.raw(entry.content);
  out.end();
}

/// Only a guess, for the order of entries; what is taken for one by mistake merely stands later.
bool is_aggregate_state(const CategoryEntry& entry) {
  return entry.name == "state" && entry.content.find("aggregateState") != std::string::npos;
}

}  // namespace

void write_category_section(xml::Writer& out, std::string_view uri, const std::vector<CategoryEntry>& entries,
                            CategoryReader reader) {
  out.begin("categories").attribute("xmlns", categories_namespace).attribute("uri", uri);
  // The owner's client takes the activity of the last state that has one, so the sum stands behind its sources.
  for (const CategoryEntry& entry : entries)
    if (!is_aggregate_state(entry)) write_entry(out, entry, reader);
  for (const CategoryEntry& entry : entries)
    if (is_aggregate_state(entry)) write_entry(out, entry, reader);
  out.end();
}

std::string write_categories(std::string_view uri, const std::vector<CategoryEntry>& entries, CategoryReader reader) {
  xml::Writer out;
  write_category_section(out, uri, entries, reader);
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
