// SPDX-License-Identifier: Apache-2.0
#include "face/lync/services.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "domain/contacts/limits.h"
#include "face/lync/content_type.h"
#include "face/lync/limits.h"
#include "face/lync/mapping.h"
#include "face/lync/self_feed.h"
#include "wire/lync/container_members.h"
#include "wire/lync/publish_fault.h"
#include "wire/lync/publish_request.h"

namespace tertulia::face::lync {

using base::Reason;
using wire::sip::HeaderName;

namespace {

constexpr int conflict_status = 409;

}  // namespace

void Services::on_service(const Request& request) {
  struct Kind {
    std::string_view type;
    void (Services::*handle)(const Request&);
  };
  static constexpr std::array kinds = {Kind{wire::lync::publish_type, &Services::publish},
                                       Kind{wire::lync::soap_type, &Services::change_contacts},
                                       Kind{wire::lync::set_container_members_type, &Services::set_members},
                                       Kind{wire::lync::set_subscribers_type, &Services::acknowledge}};
  for (const Kind& kind : kinds) {
    if (!has_type(request.message, kind.type)) continue;
    if (!is_for_own_data(request)) return context_.refuse(request, Reason::publish_other_user);
    return (this->*kind.handle)(request);
  }
  if (has_type(request.message, wire::lync::cccp_type)) return conferences_.on_service(request);
  context_.refuse(request, Reason::media_type_unsupported);
}

bool Services::room_for(const Request& request, std::size_t changes) {
  const bool room = speaker_of(request.connection)->changes_waiting + changes <= changes_waiting_per_connection_max;
  if (!room) context_.refuse(request, Reason::server_busy);
  return room;
}

base::Ticket Services::wait(const WaitingPtr& waiting) {
  const auto ticket = context_.ids.next<base::Ticket>();
  waiting_.emplace(ticket, waiting);
  if (const Connection* connection = context_.find(waiting->pending.connection))
    ++speaker_of(*connection)->changes_waiting;
  return ticket;
}

Services::WaitingPtr Services::take(base::Ticket ticket) {
  auto found = waiting_.extract(ticket);
  if (found.empty()) return nullptr;
  WaitingPtr waiting = std::move(found.mapped());
  if (const Connection* connection = context_.find(waiting->pending.connection))
    --speaker_of(*connection)->changes_waiting;
  return waiting;
}

void Services::ok(const Pending& pending, base::Now now, std::string_view content_type, std::string_view body) {
  context_.reply(pending.transaction, 200, context_.begin(pending, 200), now, content_type, body);
}

// ---- publications

void Services::publish(const Request& request) {
  const auto asked = wire::lync::read_publish_request(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  const auto whose = wire::sip::Uri::parse(asked->uri);
  if (whose && whose->is_sip() && whose->address_of_record() != request.user->address.text())
    return context_.refuse(request, Reason::publish_other_user, 0, asked->uri);
  if (!room_for(request, 1)) return;
  Speaker& speaker = *speaker_of(request.connection);
  if (request.now.mono - speaker.conflicts_since > conflict_window) speaker.conflicts = 0;
  const bool trusting = speaker.conflicts >= conflicts_max;
  domain::PublishPresence publish;
  publish.edge = context_.shard;
  publish.user = request.user->id;
  publish.endpoint = request.connection.endpoint_of(request.user->id);
  publish.self_wanted = true;
  // COMPAT(pidgin-sipe 1.25): it ignores a refusal and goes on to show what it has picked.  A publication that is taken
  // brings the user's own document, after which it shows what the others see.
  publish.offline_optional = true;
  const auto waiting = std::make_shared<Waiting>(Waiting{context_.pend(request), request.user->id});
  for (const wire::lync::PublicationItem& item : asked->publications) {
    base::Result<domain::PublishItem> one = item_of(item);
    if (!one) return context_.refuse(request, one.reason(), 0, one.error().detail);
    if (trusting) one->expected_version.reset();
    waiting->categories.push_back(item.category);
    waiting->keys.push_back(one->key);
    waiting->versions.push_back(item.version);
    publish.items.push_back(*std::move(one));
  }
  publish.ticket = wait(waiting);
  context_.ports.publish(std::move(publish));
}

bool Services::on(const domain::PublishAnswer& answer, base::Now now) {
  const WaitingPtr waiting = take(answer.ticket);
  if (!waiting) return false;
  if (answer.reason == Reason::publication_outdated) {
    refuse_conflict(*waiting, answer, now);
    return true;
  }
  if (answer.reason != Reason::none) {
    context_.refuse(waiting->pending, answer.reason, now);
    return true;
  }
  auto* feed = dynamic_cast<SelfFeed*>(notices_.feed_of(waiting->pending.connection, self_event));
  const std::optional<Document> document =
      feed == nullptr ? std::nullopt : feed->after(answer.self, waiting->categories);
  if (document) {
    ok(waiting->pending, now, document->content_type, document->body);
  } else {
    ok(waiting->pending, now);
  }
  return true;
}

/// The client repairs the versions that the fault names and publishes again.
void Services::refuse_conflict(const Waiting& waiting, const domain::PublishAnswer& answer, base::Now now) {
  if (Connection* connection = context_.find(waiting.pending.connection)) {
    Speaker& speaker = *speaker_of(*connection);
    if (speaker.conflicts++ == 0) speaker.conflicts_since = now.mono;
  }
  std::vector<wire::lync::WrongVersion> wrong;
  for (std::size_t i = 0; i < waiting.keys.size(); ++i) {
    const auto current = std::find_if(answer.current.begin(), answer.current.end(),
                                      [&](const domain::Publication& one) { return one.key == waiting.keys[i]; });
    const std::uint32_t version = current == answer.current.end() ? 0 : current->version;
    if (version != waiting.versions[i])
      wrong.push_back({static_cast<std::uint32_t>(i + 1), waiting.versions[i], version});
  }
  context_.refuse(waiting.pending, answer.reason, now, conflict_status, {}, {},
                  {wire::lync::fault_type, wire::lync::write_publish_fault(wrong)});
}

// ---- contacts

namespace {

/// COMPAT(pidgin-sipe 1.25): it counts its changes by itself, several may be under way, and it shows no failure: whatever
/// number it names, the change is made if it makes sense.
struct ChangeOf {
  base::Result<domain::ListChange> operator()(const wire::lync::SetContact& set) const {
    const auto uri = wire::sip::Uri::parse(set.uri);
    if (!uri || !uri->is_sip()) return base::Error{Reason::address_malformed, set.uri};
    domain::Contact contact;
    contact.address = uri->address_of_record();
    // COMPAT(pidgin-sipe 1.25): it shows no refusal, and takes a contact away that is not on the list at its next sign-in.
    contact.name = cut(set.display_name, domain::contact_name_octets_max);
    contact.groups.assign(set.groups.begin(), set.groups.end());
    contact.subscribed = set.subscribed;
    contact.extension = set.external_uri;
    // Another device may have removed a group that this one still shows; the contact must not be lost with it.
    return domain::ListChange(domain::PutContact{std::move(contact), true});
  }
  base::Result<domain::ListChange> operator()(const wire::lync::DeleteContact& remove) const {
    const auto uri = wire::sip::Uri::parse(remove.uri);
    if (!uri || !uri->is_sip()) return base::Error{Reason::address_malformed, remove.uri};
    return domain::ListChange(domain::RemoveContact{uri->address_of_record()});
  }
  base::Result<domain::ListChange> operator()(const wire::lync::AddGroup& add) const {
    return domain::ListChange(domain::AddGroup{add.name, add.external_uri});
  }
  base::Result<domain::ListChange> operator()(const wire::lync::ModifyGroup& change) const {
    return domain::ListChange(domain::RenameGroup{change.group_id, change.name, change.external_uri});
  }
  base::Result<domain::ListChange> operator()(const wire::lync::DeleteGroup& remove) const {
    return domain::ListChange(domain::RemoveGroup{remove.group_id});
  }
  base::Result<domain::ListChange> operator()(const wire::lync::SetAce&) const {
    return base::Error{Reason::command_malformed, "setACE"};
  }
  base::Result<domain::ListChange> operator()(const wire::lync::DirectorySearch&) const {
    return base::Error{Reason::command_malformed, "directorySearch"};
  }
};

}  // namespace

void Services::change_contacts(const Request& request) {
  const auto asked = wire::lync::read_contact_request(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  if (const auto* question = std::get_if<wire::lync::DirectorySearch>(&*asked)) return search(request, *question);
  if (!room_for(request, 1)) return;
  base::Result<domain::ListChange> change = std::visit(ChangeOf{}, *asked);
  if (!change) return context_.refuse(request, change.reason(), 0, change.error().detail);
  const auto waiting = std::make_shared<Waiting>(Waiting{context_.pend(request), request.user->id});
  waiting->adds_group = std::holds_alternative<domain::AddGroup>(*change);
  if (const auto* removes = std::get_if<domain::RemoveGroup>(&*change)) {
    std::vector<std::uint32_t>& removed = speaker_of(request.connection)->groups_removed;
    if (removed.size() == groups_removed_per_connection_max) removed.erase(removed.begin());
    removed.push_back(removes->number);
  }
  domain::ChangeContacts question;
  question.edge = context_.shard;
  question.user = request.user->id;
  question.change = *std::move(change);
  question.ticket = wait(waiting);
  context_.ports.change(std::move(question));
}

bool Services::on(const domain::ContactsAnswer& answer, base::Now now) {
  const WaitingPtr waiting = take(answer.ticket);
  if (!waiting) return false;
  // COMPAT(pidgin-sipe 1.25): for several contacts in a new group it adds the group once for each, and puts a contact into
  // the group that the answer to its own request names.
  const bool there = waiting->adds_group && answer.reason == Reason::group_exists && answer.group != 0;
  if (answer.reason != Reason::none && !there) {
    context_.refuse(waiting->pending, answer.reason, now);
  } else if (waiting->adds_group) {
    ok(waiting->pending, now, wire::lync::soap_type, wire::lync::write_add_group_answer(answer.group));
  } else {
    ok(waiting->pending, now);
  }
  return true;
}

// ---- privacy levels and watchers

namespace {

domain::MemberKind kind_of(wire::lync::MemberType type) {
  switch (type) {
    case wire::lync::MemberType::user:
      return domain::MemberKind::user;
    case wire::lync::MemberType::domain:
      return domain::MemberKind::domain;
    case wire::lync::MemberType::same_enterprise:
      return domain::MemberKind::same_enterprise;
    case wire::lync::MemberType::federated:
      return domain::MemberKind::federated;
    case wire::lync::MemberType::public_cloud:
      return domain::MemberKind::public_cloud;
    case wire::lync::MemberType::everyone:
      return domain::MemberKind::everyone;
  }
  return domain::MemberKind::everyone;
}

struct LevelMove {
  domain::LevelMember member;
  std::optional<domain::Container> level;  ///< nullopt: out of what he is taken out of
  std::vector<domain::Container> from = {};
};

/// What is to be done in the end: a member that is taken out of one level and put into another is moved.
base::Result<std::vector<LevelMove>> moves_of(const wire::lync::SetContainerMembers& asked) {
  std::vector<LevelMove> moves;
  for (const wire::lync::ContainerChange& container : asked.containers) {
    const auto level = static_cast<domain::Container>(container.id);
    if (container.id > UINT16_MAX || !domain::is_level(level))
      return base::Error{Reason::command_malformed, "container " + std::to_string(container.id)};
    for (const wire::lync::MemberChange& change : container.changes) {
      const domain::LevelMember member{kind_of(change.member.type), base::to_lower(change.member.value)};
      auto move = std::find_if(moves.begin(), moves.end(), [&](const LevelMove& one) { return one.member == member; });
      if (move == moves.end()) move = moves.insert(moves.end(), LevelMove{member, std::nullopt});
      if (change.action == wire::lync::MemberAction::add)
        move->level = level;
      else
        move->from.push_back(level);
    }
  }
  return moves;
}

}  // namespace

void Services::set_members(const Request& request) {
  const auto asked = wire::lync::read_set_container_members(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  const auto moves = moves_of(*asked);
  if (!moves) return context_.refuse(request, moves.reason(), 0, moves.error().detail);
  if (moves->size() > level_changes_max) return context_.refuse(request, Reason::list_too_long);
  if (!room_for(request, moves->size())) return;
  const auto waiting = std::make_shared<Waiting>(Waiting{context_.pend(request), request.user->id});
  waiting->answers_owed = moves->size();
  if (moves->empty()) return settle(*waiting, request.now);
  for (const LevelMove& move : *moves) {
    domain::SetLevel set;
    set.ticket = wait(waiting);
    set.edge = context_.shard;
    set.user = request.user->id;
    set.member = move.member;
    set.level = move.level;
    set.only_from = move.from;  // another device may have moved him to where this one does not know of
    context_.ports.set_level(std::move(set));
  }
}

void Services::acknowledge(const Request& request) {
  const auto asked = wire::lync::read_set_subscribers(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  if (!room_for(request, asked->size())) return;
  const auto waiting = std::make_shared<Waiting>(Waiting{context_.pend(request), request.user->id});
  waiting->answers_owed = static_cast<std::size_t>(
      std::count_if(asked->begin(), asked->end(), [](const auto& one) { return one.acknowledged; }));
  if (waiting->answers_owed == 0) return settle(*waiting, request.now);
  for (const wire::lync::SubscriberAcknowledgement& one : *asked)
    if (one.acknowledged)
      context_.ports.acknowledge({wait(waiting), context_.shard, request.user->id, base::to_lower(one.user)});
}

bool Services::on(const domain::SetLevelAnswer& answer, base::Now now) {
  const WaitingPtr waiting = take(answer.ticket);
  if (!waiting) return false;
  if (waiting->first_failure == Reason::none) waiting->first_failure = answer.reason;
  if (--waiting->answers_owed == 0) settle(*waiting, now);
  return true;
}

void Services::settle(const Waiting& waiting, base::Now now) {
  if (waiting.first_failure == Reason::none) return ok(waiting.pending, now);
  context_.refuse(waiting.pending, waiting.first_failure, now);
}

}  // namespace tertulia::face::lync
