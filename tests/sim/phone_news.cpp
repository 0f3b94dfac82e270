// SPDX-License-Identifier: Apache-2.0
// What notifications of all packages say, as a watcher understands them.
#include <fmt/format.h>

#include <utility>

#include "phone_parts.h"
#include "wire/event/dialog_info.h"
#include "wire/event/reg_info.h"
#include "wire/event/watcher_info.h"
#include "wire/mime/multipart.h"
#include "wire/rlmi/rlmi.h"

namespace tertulia::sim {

namespace {

/// Versions grow by one with each notification (RFC 4662 5.1, 3858 4.4, 4235 4.1, 3680 5.1).
void note_version(Watch& watch, std::uint32_t version) {
  if (watch.version && version != *watch.version + 1)
    watch.out_of_order.push_back(fmt::format("version {} after {}", version, *watch.version));
  watch.version = version;
}

std::string state_of(const wire::rlmi::Resource& resource, const std::map<std::string, std::string>& documents) {
  if (resource.instances.empty()) return {};
  const wire::rlmi::Instance& instance = resource.instances.front();
  switch (instance.state) {
    case wire::rlmi::InstanceState::pending:
      return "pending";
    case wire::rlmi::InstanceState::terminated:
      return "terminated " + instance.reason;
    case wire::rlmi::InstanceState::active:
      break;
  }
  const auto found = documents.find(instance.cid);
  return found == documents.end() ? "without a document" : found->second;
}

bool read_list(Watch& watch, std::string_view content_type, std::string_view body) {
  const auto parts = wire::mime::read_multipart(content_type, body);
  if (!parts || parts->empty()) return false;
  const auto list = wire::rlmi::read_rlmi(parts->front().body);
  if (!list) return false;
  std::map<std::string, std::string> documents;
  for (const wire::mime::PartView& part : *parts) {
    const std::string id(part.header("Content-ID").value_or("<>"));
    documents[id.substr(1, id.size() - 2)] = timeless(std::string(part.body));
  }
  note_version(watch, list->version);
  if (list->full_state) watch.parts.clear();
  for (const wire::rlmi::Resource& resource : list->resources)
    watch.parts[resource.uri] = state_of(resource, documents);
  return true;
}

bool read_watchers(Watch& watch, std::string_view body) {
  const auto info = wire::event::read_watcher_info(body);
  if (!info) return false;
  note_version(watch, info->version);
  if (info->full) watch.parts.clear();
  for (const wire::event::WatcherList& list : info->lists)
    for (const wire::event::Watcher& one : list.watchers) {
      if (one.status == wire::event::WatcherStatus::terminated) {
        watch.parts.erase(one.id);
      } else {
        watch.parts[one.id] = one.uri.substr(4);
      }
    }
  return true;
}

/// RFC 4235 3.7.1: a lamp goes out by the word "terminated"; a call that only stands there no more is remembered.
bool read_dialogs(Watch& watch, std::string_view body) {
  const auto info = wire::event::read_dialog_info(body);
  if (!info) return false;
  note_version(watch, info->version);
  std::map<std::string, std::string> before;
  if (info->full) before = std::exchange(watch.parts, {});
  for (const wire::event::Dialog& one : info->dialogs) {
    before.erase(one.id);
    if (one.state == wire::event::DialogState::terminated) {
      watch.parts.erase(one.id);
    } else {
      watch.parts[one.id] = std::string(name_of(one.state));
    }
  }
  for (const auto& [id, state] : before) watch.forgotten.push_back(id);
  return true;
}

bool read_devices(Watch& watch, std::string_view body) {
  const auto info = wire::event::read_reg_info(body);
  if (!info) return false;
  note_version(watch, info->version);
  if (info->full) watch.parts.clear();
  for (const wire::event::Registration& registration : info->registrations)
    for (const wire::event::RegContact& one : registration.contacts) {
      if (one.state == wire::event::ContactState::terminated) {
        watch.parts.erase(one.id);
      } else {
        watch.parts[one.id] = "active";
      }
    }
  return true;
}

bool read(Watch& watch, std::string_view content_type, std::string_view body) {
  switch (watch.package) {
    case Package::presence:
      return true;
    case Package::contacts:
    case Package::list:
      return read_list(watch, content_type, body);
    case Package::winfo:
      return read_watchers(watch, body);
    case Package::dialog:
      return read_dialogs(watch, body);
    case Package::reg:
      return read_devices(watch, body);
    case Package::conference:
      return read_roster(watch, body);
    case Package::categories:
    case Package::roaming_contacts:
    case Package::roaming_self:
      break;  // lync_news.cpp
  }
  return false;
}

}  // namespace

void read_news(Watch& watch, std::string_view content_type, std::string_view body) {
  watch.document = body;
  if (!read(watch, content_type, body)) watch.out_of_order.emplace_back("a document that cannot be read");
}

std::string shown_by(const Watch& watch) {
  if (watch.package == Package::presence) return timeless(watch.document);
  std::string text;
  for (const auto& [name, state] : watch.parts) text += fmt::format("{}: {}\n", name, state);
  return text;
}

}  // namespace tertulia::sim
