// SPDX-License-Identifier: Apache-2.0
#include "face/simple/list_feed.h"

#include <algorithm>
#include <set>
#include <utility>

#include "face/simple/presence_document.h"
#include "wire/mime/multipart_writer.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;

constexpr std::string_view rlmi_type = "application/rlmi+xml;charset=\"UTF-8\"";
constexpr std::size_t boundary_length = 24;

std::string address_in(const std::string& uri) {
  const auto parsed = wire::sip::Uri::parse(uri);
  if (!parsed) return {};
  using wire::sip::Scheme;
  const bool person = parsed->is_sip() || parsed->scheme == Scheme::pres || parsed->scheme == Scheme::im;
  return person ? parsed->address_of_record() : std::string();
}

}  // namespace

base::Result<std::vector<ListMember>> members_from(std::string_view document) {
  auto entries = wire::rlmi::read_resource_lists(document);
  if (!entries) return entries.error();
  std::vector<ListMember> members;
  std::set<std::string> seen;
  for (wire::rlmi::ListEntry& entry : *entries) {
    ListMember member{std::move(entry.uri), {}, std::move(entry.display_name), true};
    member.address = address_in(member.uri);
    if (seen.insert(member.address.empty() ? member.uri : member.address).second) members.push_back(std::move(member));
  }
  return members;
}

ListFeed::ListFeed(Context& context, WatchTable& watches, PresenceRenderer& renderer, const SubscribeView& subscribe)
    : context_(context),
      watches_(watches),
      renderer_(renderer),
      subscription_(subscribe.subscription),
      user_(subscribe.request.user->id),
      user_address_(subscribe.request.user->address.text()),
      list_uri_(subscribe.request.message.request_uri()),
      once_(subscribe.fetch) {}

void ListFeed::follow_contacts() {
  contacts_watch_ = watches_.add(subscription_);
  context_.ports.watch(domain::WatchContacts{context_.shard, contacts_watch_, user_, true});
}

void ListFeed::set_members(std::vector<ListMember> members) {
  std::vector<Entry> before = std::exchange(entries_, {});
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < before.size(); ++i) known.emplace(before[i].member.uri, i);
  for (ListMember& member : members) {
    const auto found = known.find(member.uri);
    const bool stays = found != known.end() && before[found->second].member.watched == member.watched;
    Entry entry;
    if (stays) {
      entry = std::move(before[found->second]);
      before[found->second].watch = {};  // taken over
      known.erase(found);
    } else {
      entry.instance = "i" + std::to_string(++parts_made_);
    }
    entry.member = std::move(member);
    entries_.push_back(std::move(entry));
  }
  std::erase_if(before, [](const Entry& entry) { return !entry.watch; });
  unwatch(std::move(before));
  by_watch_.clear();
  std::vector<Entry*> fresh;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.watch) {
      by_watch_[entry.watch] = i;
    } else if (entry.over == Reason::none && entry.member.watched) {
      entry.watch = watches_.add(subscription_);
      by_watch_[entry.watch] = i;
      fresh.push_back(&entry);
    }
  }
  watch(std::move(fresh));
  list_known_ = true;
  list_changed_ = true;
}

/// Somebody who is not ours is asked for too: his home answers that there is nobody, so that every entry has its news.
void ListFeed::watch(std::vector<Entry*> fresh) {
  if (fresh.empty()) return;
  domain::WatchPresence watch{context_.shard, user_, user_address_, {}, once_};
  for (Entry* entry : fresh) {
    const domain::User* target =
        entry->member.address.empty() ? nullptr : context_.directory->find(entry->member.address);
    entry->target = target != nullptr ? target->id : base::UserId{};
    entry->waiting = true;
    ++waiting_;
    watch.entries.push_back({entry->watch, entry->target});
  }
  context_.ports.watch(std::move(watch));
}

void ListFeed::unwatch(std::vector<Entry> gone) {
  domain::UnwatchPresence unwatch{context_.shard, {}};
  for (const Entry& entry : gone) {
    watches_.remove(entry.watch);
    if (entry.waiting) --waiting_;
    if (entry.over == Reason::none) unwatch.entries.push_back({entry.watch, entry.target});
  }
  if (!unwatch.entries.empty()) context_.ports.unwatch(std::move(unwatch));
}

FeedNews ListFeed::news_when_complete() {
  // The first notification waits for the answers of all homes, which come at once: one document instead of many.
  if (!list_known_ || waiting_ > 0) return {};
  return {FeedNews::What::changed, Reason::none};
}

FeedNews ListFeed::on_presence(const domain::PresenceNews::Item& item, base::Now) {
  const auto found = by_watch_.find(item.watch);
  if (found == by_watch_.end()) return {};
  Entry& entry = entries_[found->second];
  if (item.reason == Reason::none && (!item.view || (entry.view && item.view->version <= entry.view->version)))
    return {};
  if (std::exchange(entry.waiting, false)) --waiting_;
  entry.over = item.reason;
  // A home that was busy for a moment must not stand there as one that refuses: the client is told to ask again.
  if (item.reason == Reason::server_busy) return {FeedNews::What::ended, item.reason};
  entry.view = item.view;
  entry.changed = true;
  return news_when_complete();
}

FeedNews ListFeed::on_contacts(const domain::ContactsNews& news, base::Now) {
  if (news.reason != Reason::none) return {FeedNews::What::ended, news.reason};
  if (!news.list) return {};
  std::vector<ListMember> members;
  for (const domain::Contact& contact : news.list->contacts())
    members.push_back({"sip:" + contact.address, contact.address, contact.name, contact.subscribed});
  set_members(std::move(members));
  return news_when_complete();
}

base::Result<void> ListFeed::on_refresh(const SubscribeView& subscribe) {
  list_changed_ = true;
  if (contacts_watch_ || subscribe.content_type.empty()) return {};
  auto members = members_from(subscribe.request.message.body());
  if (!members) return members.error();
  set_members(*std::move(members));
  return {};
}

wire::rlmi::Resource ListFeed::resource_of(Entry& entry,
                                           std::vector<std::pair<std::string, domain::PresenceViewPtr>>& parts) {
  wire::rlmi::Resource resource{entry.member.uri, entry.member.name, {}};
  if (resource.name.empty() && entry.view) resource.name = entry.view->display_name;
  entry.changed = false;
  if (!entry.member.watched) return resource;
  wire::rlmi::Instance instance;
  instance.id = entry.instance;
  if (entry.over != Reason::none) {
    instance.state = wire::rlmi::InstanceState::terminated;
    instance.reason = entry.over == Reason::user_does_not_exist ? "noresource" : "rejected";
  } else if (!entry.view) {
    instance.state = wire::rlmi::InstanceState::pending;
  } else {
    instance.cid = entry.instance + "." + std::to_string(entry.view->version) + "@" + context_.settings.host;
    parts.emplace_back(instance.cid, entry.view);
  }
  resource.instances.push_back(std::move(instance));
  return resource;
}

EventDocument ListFeed::render(bool full, base::Now) {
  full = std::exchange(list_changed_, false) || full;
  wire::rlmi::ListState list;
  list.uri = list_uri_;
  list.version = version_++;
  list.full_state = full;
  std::vector<std::pair<std::string, domain::PresenceViewPtr>> parts;
  for (Entry& entry : entries_)
    if (full || entry.changed) list.resources.push_back(resource_of(entry, parts));
  wire::mime::RelatedWriter related(context_.random.token(boundary_length));
  related.add(rlmi_type, "list." + std::to_string(list.version) + "@" + context_.settings.host, write_rlmi(list));
  for (const auto& [cid, view] : parts) related.add(presence_type, cid, *renderer_.render(view));
  std::string content_type = related.content_type();
  return {std::move(content_type), std::make_shared<const std::string>(std::move(related).take())};
}

void ListFeed::end() {
  std::vector<Entry> watched = std::exchange(entries_, {});
  std::erase_if(watched, [](const Entry& entry) { return !entry.watch; });
  unwatch(std::move(watched));
  by_watch_.clear();
  if (!contacts_watch_) return;
  watches_.remove(contacts_watch_);
  context_.ports.watch(domain::WatchContacts{context_.shard, contacts_watch_, user_, false});
}

}  // namespace tertulia::face::simple
