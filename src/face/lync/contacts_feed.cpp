// SPDX-License-Identifier: Apache-2.0
#include "face/lync/contacts_feed.h"

#include <algorithm>
#include <utility>

#include "face/lync/speaker.h"
#include "wire/lync/contact_list.h"

namespace tertulia::face::lync {

namespace {

using domain::ContactGroup;
using domain::ContactListPtr;
using wire::lync::ListContact;
using wire::lync::ListGroup;

ListGroup group_of(const ContactGroup& group) { return {group.number, group.name, group.extension}; }
ListContact contact_of(const domain::Contact& contact) {
  return {contact.address, contact.name, contact.groups, contact.subscribed, contact.extension};
}
/// The client's own count; a list never has this many changes within one life of a client.
std::uint32_t number_of(const domain::ContactList& list) { return static_cast<std::uint32_t>(list.version()); }

std::string whole_list(const domain::ContactList& list) {
  wire::lync::ContactList out;
  out.delta_number = number_of(list);
  for (const ContactGroup& group : list.groups()) out.groups.push_back(group_of(group));
  for (const domain::Contact& contact : list.contacts()) out.contacts.push_back(contact_of(contact));
  return wire::lync::write_contact_list(out);
}

/// Which groups this client may be told as removed.  COMPAT(pidgin-sipe 1.25): when another device removes a group that it
/// still shows, it frees the group twice and crashes; one that it has removed itself is safe.  It loses sight of the
/// others' removals until its next sign-in: they stay as empty groups.
bool may_hear_of(Speaker& speaker, std::string_view agent, domain::GroupNumber group) {
  const bool own = std::erase(speaker.groups_removed, group) > 0;
  return own || agent.find("Sipe/") == std::string_view::npos;
}

/// What leads from one list to a later one.  A group that goes has given its contacts to others before.
std::string delta(const domain::ContactList& before, const domain::ContactList& after,
                  const std::function<bool(domain::GroupNumber)>& may_tell_removal) {
  wire::lync::ContactDelta out;
  out.delta_number = number_of(after);
  out.previous_delta_number = number_of(before);
  for (const ContactGroup& group : after.groups()) {
    const ContactGroup* was = before.group(group.number);
    if (was == nullptr) out.added_groups.push_back(group_of(group));
    if (was != nullptr && *was != group) out.modified_groups.push_back(group_of(group));
  }
  for (const ContactGroup& group : before.groups())
    if (after.group(group.number) == nullptr && may_tell_removal(group.number))
      out.deleted_groups.push_back(group.number);
  for (const domain::Contact& contact : after.contacts()) {
    const domain::Contact* was = before.find(contact.address);
    if (was == nullptr) out.added_contacts.push_back(contact_of(contact));
    if (was != nullptr && *was != contact) out.modified_contacts.push_back(contact_of(contact));
  }
  for (const domain::Contact& contact : before.contacts())
    if (after.find(contact.address) == nullptr) out.deleted_contacts.push_back(contact.address);
  return wire::lync::write_contact_delta(out);
}

class Contacts final : public Feed {
 public:
  Contacts(Context& context, Notices& notices, NoticeId id, const Request& request)
      : context_(context),
        notices_(notices),
        connection_(request.connection.id),
        user_(request.user->id),
        watch_(notices.add_watch(id)) {
    context_.ports.watch(domain::WatchContacts{context_.shard, watch_, user_, true});
  }

  base::Result<void> on_subscribe(const Request&) override { return {}; }
  bool complete() const override { return newest_ != nullptr; }
  void on_contacts(const domain::ContactsNews& news) override {
    ended_ = news.reason;
    if (news.reason != base::Reason::none || (newest_ && newest_->version() >= news.list->version())) return;
    newest_ = news.list;
  }
  base::Reason ended() const override { return ended_; }
  std::optional<Document> whole(base::Now) override {
    shown_ = newest_;
    return Document{std::string(wire::lync::roaming_contacts_type), whole_list(*shown_)};
  }
  std::optional<Document> news(base::Now) override {
    if (!shown_ || shown_ == newest_) return std::nullopt;
    const ContactListPtr before = std::exchange(shown_, newest_);
    const Connection* connection = context_.find(connection_);
    if (connection == nullptr) return std::nullopt;
    const std::string_view agent = connection->client ? std::string_view(connection->client->user_agent) : "";
    const auto may_tell = [&](domain::GroupNumber group) {
      return may_hear_of(*speaker_of(*connection), agent, group);
    };
    return Document{std::string(wire::lync::roaming_contacts_type), delta(*before, *shown_, may_tell)};
  }
  void end() override {
    notices_.remove_watch(watch_);
    context_.ports.watch(domain::WatchContacts{context_.shard, watch_, user_, false});
  }

 private:
  Context& context_;
  Notices& notices_;
  base::ConnectionId connection_;
  base::UserId user_;
  base::WatchId watch_;
  ContactListPtr newest_;
  ContactListPtr shown_;
  base::Reason ended_ = base::Reason::none;
};

}  // namespace

base::Result<std::unique_ptr<Feed>> make_contacts_feed(Context& context, Notices& notices, const Request& request,
                                                       NoticeId id) {
  return std::unique_ptr<Feed>(std::make_unique<Contacts>(context, notices, id, request));
}

}  // namespace tertulia::face::lync
