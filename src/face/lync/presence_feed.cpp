// SPDX-License-Identifier: Apache-2.0
#include "face/lync/presence_feed.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "face/lync/limits.h"
#include "face/lync/mapping.h"
#include "wire/lync/batch_subscribe.h"
#include "wire/lync/multipart_related.h"

namespace tertulia::face::lync {

using base::Reason;
using wire::sip::HeaderName;

namespace {

constexpr std::size_t boundary_length = 24;

/// `user@domain` in lower case of what a client calls a person; empty when it is no address.
std::string address_of(std::string_view uri) {
  const auto parsed = wire::sip::Uri::parse(uri);
  return parsed && parsed->is_sip() ? parsed->address_of_record() : std::string();
}

/// Names of the categories that a SUBSCRIBE wants of its people, shared by them; null: all.
using Categories = std::shared_ptr<const std::vector<std::string>>;

bool wants(const Categories& categories, const std::string& name) {
  return !categories || std::find(categories->begin(), categories->end(), name) != categories->end();
}

/// One person whom the client watches.
struct Resource {
  std::string uri;  ///< as the client wrote it
  base::UserId target = {};
  base::WatchId watch = {};
  domain::PresenceViewPtr newest = {};
  domain::PresenceViewPtr shown = {};
  Categories categories = {};
  bool asked = true;     ///< by the SUBSCRIBE that waits for its answer
  bool gone = false;     ///< nobody of this name, or the watch has ended
  bool stirred = false;  ///< something is new: stands in the list of those
};

class Presence final : public Feed {
 public:
  Presence(Context& context, Notices& notices, NoticeId id, const domain::User& watcher, const PhotoAddresses& photos)
      : context_(context),
        notices_(notices),
        photos_(photos),
        id_(id),
        watcher_(watcher.id),
        address_(watcher.address.text()) {}

  base::Result<void> on_subscribe(const Request& request) override;
  bool complete() const override {
    return std::all_of(resources_.begin(), resources_.end(), [](const auto& entry) {
      const Resource& one = entry.second;
      return !one.asked || one.gone || one.newest;
    });
  }
  void on_presence(const domain::PresenceNews::Item& item) override;
  std::optional<Document> whole(base::Now now) override;
  std::optional<Document> news(base::Now now) override;
  void end() override;

 private:
  void subscribe(const std::string& uri, const Categories& categories, domain::WatchPresence& watch);
  void unsubscribe(const std::string& uri, domain::WatchPresence& watch);
  wire::lync::ResourcePart part_of(Resource& resource, bool all);
  Document multipart(const std::vector<wire::lync::ResourcePart>& parts);

  Context& context_;
  Notices& notices_;
  const PhotoAddresses& photos_;
  NoticeId id_;
  base::UserId watcher_;
  std::string address_;
  std::map<std::string, Resource> resources_;  // by address
  std::unordered_map<base::WatchId, std::string> by_watch_;
  std::vector<std::string> stirred_;  // addresses of those of whom something is new
};

base::Result<void> Presence::on_subscribe(const Request& request) {
  domain::WatchPresence watch;
  watch.edge = context_.shard;
  watch.watcher = watcher_;
  watch.watcher_address = address_;
  if (request.message.body().empty()) {
    subscribe(std::string(request.message.request_uri()), nullptr, watch);
  } else {
    const auto batch = wire::lync::read_batch_subscribe(request.message.body());
    if (!batch) return batch.error();
    for (const wire::lync::BatchAction& action : batch->actions) {
      const auto categories =
          action.categories.empty() ? nullptr : std::make_shared<const std::vector<std::string>>(action.categories);
      for (const wire::lync::BatchResource& resource : action.resources) {
        if (action.kind == wire::lync::BatchActionKind::subscribe) {
          subscribe(resource.uri, categories, watch);
        } else {
          unsubscribe(resource.uri, watch);
        }
      }
    }
  }
  if (!watch.entries.empty()) context_.ports.watch(std::move(watch));
  return {};
}

/// COMPAT(pidgin-sipe 1.25): a repeated SUBSCRIBE is a refresh and wants the whole document again.
void Presence::subscribe(const std::string& uri, const Categories& categories, domain::WatchPresence& watch) {
  std::string address = address_of(uri);
  if (address.empty()) address = base::to_lower(uri);
  if (const auto found = resources_.find(address); found != resources_.end() && !found->second.gone) {
    found->second.asked = true;
    found->second.categories = categories;
    return;
  }
  Resource resource;
  resource.uri = uri;
  resource.categories = categories;
  const domain::User* target = context_.directory->find(address);
  const bool possible = target != nullptr && target->enabled && by_watch_.size() < resources_per_subscription_max;
  resource.gone = !possible;
  if (possible) {
    resource.target = target->id;
    resource.watch = notices_.add_watch(id_);
    by_watch_.emplace(resource.watch, address);
    watch.entries.push_back({resource.watch, resource.target});
  }
  // Nobody is remembered for ever: who does not exist is told once and forgotten with the answer.
  resources_.insert_or_assign(std::move(address), std::move(resource));
}

void Presence::unsubscribe(const std::string& uri, domain::WatchPresence& watch) {
  const auto found = resources_.find(address_of(uri));
  if (found == resources_.end()) return;
  if (const base::WatchId ended = found->second.watch) {
    notices_.remove_watch(ended);
    by_watch_.erase(ended);
    // Asked for by the same request, it has not been begun yet, and must not be.
    const auto begins = [&](const auto& entry) { return entry.watch == ended; };
    if (std::erase_if(watch.entries, begins) == 0)
      context_.ports.unwatch({context_.shard, {{ended, found->second.target}}});
  }
  resources_.erase(found);
}

void Presence::on_presence(const domain::PresenceNews::Item& item) {
  const auto at = by_watch_.find(item.watch);
  if (at == by_watch_.end()) return;
  Resource& resource = resources_.at(at->second);
  if (!std::exchange(resource.stirred, true)) stirred_.push_back(at->second);
  if (item.reason == Reason::none) {
    resource.newest = item.view;
    return;
  }
  resource.gone = true;
  notices_.remove_watch(item.watch);
  by_watch_.erase(at);
}

wire::lync::ResourcePart Presence::part_of(Resource& resource, bool all) {
  wire::lync::ResourcePart part;
  part.uri = resource.uri;
  resource.stirred = false;
  if (resource.gone) {
    part.state = wire::lync::ResourceState::terminated;
    part.reason = "noresource";
    return part;
  }
  const domain::PresenceViewPtr before = std::exchange(resource.shown, resource.newest);
  auto entries = shown_categories(*resource.shown, all ? nullptr : before.get(),
                                  context_.directory->find(resource.shown->user), photos_);
  std::erase_if(entries, [&](const auto& entry) { return !wants(resource.categories, entry.name); });
  if (all || !entries.empty())
    part.categories =
        wire::lync::write_categories("sip:" + resource.shown->address, entries, wire::lync::CategoryReader::watcher);
  return part;
}

Document Presence::multipart(const std::vector<wire::lync::ResourcePart>& parts) {
  auto body = wire::lync::write_multipart_related("sip:" + address_, parts, context_.random.token(boundary_length),
                                                  context_.settings.host);
  return {std::move(body.content_type), std::move(body.body)};
}

std::optional<Document> Presence::whole(base::Now) {
  std::vector<wire::lync::ResourcePart> parts;
  for (auto one = resources_.begin(); one != resources_.end();) {
    const bool told = std::exchange(one->second.asked, false);
    if (told) parts.push_back(part_of(one->second, true));
    one = told && one->second.gone ? resources_.erase(one) : std::next(one);
  }
  return multipart(parts);
}

std::optional<Document> Presence::news(base::Now) {
  std::vector<wire::lync::ResourcePart> parts;
  for (const std::string& address : std::exchange(stirred_, {})) {
    const auto one = resources_.find(address);
    if (one == resources_.end() || !one->second.stirred) continue;  // told meanwhile
    wire::lync::ResourcePart part = part_of(one->second, false);
    if (one->second.gone || !part.categories.empty()) parts.push_back(std::move(part));
    if (one->second.gone) resources_.erase(one);
  }
  if (parts.empty()) return std::nullopt;
  const bool single = parts.size() == 1 && parts.front().state == wire::lync::ResourceState::active;
  if (single) return Document{std::string(wire::lync::categories_type), std::move(parts.front().categories)};
  return multipart(parts);
}

void Presence::end() {
  domain::UnwatchPresence unwatch;
  unwatch.edge = context_.shard;
  for (const auto& [watch, address] : by_watch_) {
    notices_.remove_watch(watch);
    unwatch.entries.push_back({watch, resources_.at(address).target});
  }
  if (!unwatch.entries.empty()) context_.ports.unwatch(std::move(unwatch));
}

}  // namespace

bool asks_for_categories(const wire::sip::Message& message) {
  const std::string_view type = message.header(HeaderName::content_type).value_or(std::string_view());
  if (base::equal_ignoring_case(base::trimmed(type.substr(0, type.find(';'))), wire::lync::batch_subscribe_type))
    return true;
  const std::vector<std::string> accepted = wire::sip::all_tokens(message, HeaderName::accept);
  return std::any_of(accepted.begin(), accepted.end(), [](const std::string& one) {
    return base::equal_ignoring_case(one, wire::lync::categories_type);
  });
}

base::Result<std::unique_ptr<Feed>> make_presence_feed(Context& context, Notices& notices, const Request& request,
                                                       NoticeId id, const PhotoAddresses& photos) {
  return std::unique_ptr<Feed>(std::make_unique<Presence>(context, notices, id, *request.user, photos));
}

}  // namespace tertulia::face::lync
