// SPDX-License-Identifier: Apache-2.0
#include "wire/event/watcher_info.h"

#include <array>

#include "wire/event/limits.h"
#include "wire/event/reading.h"
#include "wire/xml/writer.h"

namespace tertulia::wire::event {

using xml::ElementView;

namespace {

constexpr std::string_view watcher_namespace = "urn:ietf:params:xml:ns:watcherinfo";
constexpr std::array<std::string_view, 4> status_names{"active", "pending", "waiting", "terminated"};
constexpr std::array<std::string_view, 8> watcher_event_names{"subscribe", "approved", "deactivated", "probation",
                                                              "rejected",  "timeout",  "giveup",      "noresource"};

Result<Watcher> read_watcher(ElementView element) {
  const auto status = enum_of<WatcherStatus>(element.attribute("status"), status_names);
  const auto event = enum_of<WatcherEvent>(element.attribute("event"), watcher_event_names);
  const auto id = element.attribute("id");
  if (!status || !event || !id) return malformed("watcher without status, event or id");
  Watcher watcher;
  watcher.id = *id;
  watcher.status = *status;
  watcher.event = *event;
  watcher.uri = element.text();
  watcher.display_name = string_of(element.attribute("display-name"));
  watcher.expires_seconds = number_of(element.attribute("expiration"));
  watcher.duration_seconds = number_of(element.attribute("duration-subscribed"));
  return watcher;
}

}  // namespace

std::string_view name_of(WatcherStatus status) { return status_names[static_cast<std::size_t>(status)]; }
std::string_view name_of(WatcherEvent event) { return watcher_event_names[static_cast<std::size_t>(event)]; }

Result<WatcherInfo> read_watcher_info(std::string_view document) {
  const Result<xml::Document> parsed = read_document(document, watcher_namespace, "watcherinfo");
  if (!parsed) return parsed.error();
  WatcherInfo info;
  if (Result<void> read = read_version(parsed->root(), info.version, info.full); !read) return read.error();
  std::size_t watchers = 0;
  for (ElementView element : parsed->root().children()) {
    if (!element.is(watcher_namespace, "watcher-list")) continue;
    const auto resource = element.attribute("resource");
    const auto package = element.attribute("package");
    if (!resource || !package) return malformed("watcher-list without resource or package");
    WatcherList& list = info.lists.emplace_back();
    list.resource = *resource;
    list.package = *package;
    for (ElementView inside : element.children()) {
      if (!inside.is(watcher_namespace, "watcher")) continue;
      if (++watchers > watchers_max) return malformed("too many watchers");
      Result<Watcher> watcher = read_watcher(inside);
      if (!watcher) return watcher.error();
      list.watchers.push_back(*std::move(watcher));
    }
  }
  return info;
}

std::string write_watcher_info(const WatcherInfo& info) {
  xml::Writer out;
  out.begin("watcherinfo").attribute("xmlns", watcher_namespace).attribute("version", info.version);
  out.attribute("state", info.full ? "full" : "partial");
  for (const WatcherList& list : info.lists) {
    out.begin("watcher-list").attribute("resource", list.resource).attribute("package", list.package);
    for (const Watcher& watcher : list.watchers) {
      out.begin("watcher").attribute("status", name_of(watcher.status)).attribute("id", watcher.id);
      if (watcher.duration_seconds) out.attribute("duration-subscribed", *watcher.duration_seconds);
      if (watcher.expires_seconds) out.attribute("expiration", *watcher.expires_seconds);
      out.attribute_unless_empty("display-name", watcher.display_name);
      out.attribute("event", name_of(watcher.event)).text(watcher.uri).end();
    }
    out.end();
  }
  out.end();
  return std::move(out).take();
}

}  // namespace tertulia::wire::event
