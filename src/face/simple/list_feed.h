// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "face/simple/event_package.h"
#include "face/simple/presence_renderer.h"
#include "wire/rlmi/resource_lists.h"
#include "wire/rlmi/rlmi.h"

namespace tertulia::face::simple {

/// Somebody that a list names.
struct ListMember {
  std::string uri;      ///< as it stands in the list
  std::string address;  ///< user@domain, the key; empty: no address of a person
  std::string name;     ///< for people, may be empty
  bool watched = true;  ///< false: on the list, but his presence is not wanted
};

/// The subscription to a list: one watch for each member who is ours.
class ListFeed final : public EventFeed {
 public:
  ListFeed(Context& context, WatchTable& watches, PresenceRenderer& renderer, const SubscribeView& subscribe);

  /// Follow the subscriber's own contact list.
  void follow_contacts();
  /// Show these; those who are new are watched, those who are gone no longer.
  void set_members(std::vector<ListMember> members);

  FeedNews on_presence(const domain::PresenceNews::Item& item, base::Now now) override;
  FeedNews on_contacts(const domain::ContactsNews& news, base::Now now) override;
  EventDocument render(bool full, base::Now now) override;
  base::Result<void> on_refresh(const SubscribeView& subscribe) override;
  bool is_list() const override { return true; }
  void end() override;

 private:
  struct Entry {
    ListMember member;
    std::string instance;  ///< of RLMI, stays while the entry does
    base::WatchId watch;   ///< 0: nobody to watch
    base::UserId target;
    domain::PresenceViewPtr view;  ///< null: none yet, or none at all
    base::Reason over = base::Reason::none;
    bool waiting = false;  ///< its first answer is still to come
    bool changed = true;   ///< since it was told last
  };
  void watch(std::vector<Entry*> fresh);
  void unwatch(std::vector<Entry> gone);
  wire::rlmi::Resource resource_of(Entry& entry, std::vector<std::pair<std::string, domain::PresenceViewPtr>>& parts);
  FeedNews news_when_complete();

  Context& context_;
  WatchTable& watches_;
  PresenceRenderer& renderer_;
  SubscriptionId subscription_;
  base::UserId user_;
  std::string user_address_;
  std::string list_uri_;
  bool once_;
  base::WatchId contacts_watch_;  ///< 0: the list came in the body
  std::vector<Entry> entries_;    // in the order of the list
  std::unordered_map<base::WatchId, std::size_t> by_watch_;
  std::size_t waiting_ = 0;  ///< entries whose first answer is still to come
  bool list_known_ = false;
  bool list_changed_ = true;  ///< the next notification must tell all
  std::uint32_t version_ = 0;
  std::uint64_t parts_made_ = 0;
};

/// The members of a list in a body.  Errors: list_malformed, list_nested, list_too_long.
base::Result<std::vector<ListMember>> members_from(std::string_view document);

}  // namespace tertulia::face::simple
