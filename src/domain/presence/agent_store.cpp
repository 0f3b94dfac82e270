// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "domain/directory/limits.h"
#include "domain/presence/agent_state.h"

namespace tertulia::domain {

using base::Reason;

namespace {

bool stands_in(const Levels& levels, const LevelMember& member, const std::vector<Container>& wanted) {
  const auto& all = levels.entries();
  return std::any_of(all.begin(), all.end(), [&](const Levels::Entry& one) {
    return one.member == member && std::find(wanted.begin(), wanted.end(), one.level) != wanted.end();
  });
}

}  // namespace

/// Requests of one user are carried out in the order they came: while the store has a change, the others wait.
void PresenceAgent::State::submit(base::UserId id, Task task, const Directory& directory) {
  if (directory.find(id) == nullptr) return refuse(task, Reason::user_does_not_exist);
  UserEntry& entry = open(id);
  if (!entry.waiting) {
    run(std::move(task), directory);
  } else if (entry.waiting->size() >= changes_waiting_per_user_max) {
    refuse(task, Reason::server_busy);
  } else {
    entry.waiting->push_back(std::move(task));
  }
  settle(id, &directory);
}

void PresenceAgent::State::run(Task task, const Directory& directory) {
  if (PublishPresence* publish = std::get_if<PublishPresence>(&task)) {
    run_publish(std::move(*publish), directory);
  } else if (PublishDocument* document = std::get_if<PublishDocument>(&task)) {
    run_document(std::move(*document), directory);
  } else if (AcknowledgeWatcher* acknowledge = std::get_if<AcknowledgeWatcher>(&task)) {
    run_acknowledge(std::move(*acknowledge));
  } else {
    run_level(std::get<SetLevel>(std::move(task)), directory);
  }
}

void PresenceAgent::State::refuse(const Task& task, Reason reason) {
  if (const PublishPresence* publish = std::get_if<PublishPresence>(&task)) {
    answer_publish(*publish, reason, {}, nullptr);
  } else if (const PublishDocument* document = std::get_if<PublishDocument>(&task)) {
    metrics.publications_refused.add();
    ports.answer(document->edge, PublishAnswer{document->ticket, reason, {}, {}, {}});
  } else if (const AcknowledgeWatcher* acknowledge = std::get_if<AcknowledgeWatcher>(&task)) {
    answer_level(acknowledge->edge, acknowledge->user, {acknowledge->ticket, reason, 0});
  } else {
    const SetLevel& set = std::get<SetLevel>(task);
    answer_level(set.edge, set.user, {set.ticket, reason, 0});
  }
}

void PresenceAgent::State::answer_level(base::ShardId edge, base::UserId user, SetLevelAnswer answer) {
  const UserEntry* entry = find(user);
  answer.version = entry != nullptr && entry->levels ? entry->levels->version() : 0;
  ports.answer(edge, answer);
}

void PresenceAgent::State::store(base::UserId user, PresenceChange change, Plan plan) {
  const base::Ticket ticket = ids.next<base::Ticket>();
  open(user).waiting = std::make_unique<std::deque<Task>>();
  inflight.emplace(ticket, Inflight{user, std::move(plan)});
  ports.change(ticket, std::move(change));
}

void PresenceAgent::State::run_waiting(base::UserId user, const Directory& directory) {
  UserEntry& entry = open(user);
  std::deque<Task> tasks = std::move(*entry.waiting);
  entry.waiting.reset();
  while (!tasks.empty() && !entry.waiting) {
    Task task = std::move(tasks.front());
    tasks.pop_front();
    run(std::move(task), directory);
  }
  if (entry.waiting) *entry.waiting = std::move(tasks);
}

void PresenceAgent::State::run_level(SetLevel asked, const Directory& directory) {
  const User& user = *directory.find(asked.user);
  const UserEntry& entry = open(asked.user);
  LevelPlan plan{std::move(asked), entry.levels ? *entry.levels : Levels()};
  const SetLevel& set = plan.asked;
  const bool named = set.member.kind == MemberKind::user || set.member.kind == MemberKind::domain;
  if ((set.level && !is_level(*set.level)) || named == set.member.value.empty() ||
      set.member.value.size() > address_octets_max)
    return refuse(set, Reason::command_malformed);
  if (set.expected_version && *set.expected_version != plan.levels.version())
    return refuse(set, Reason::publication_outdated);
  LevelMember member{set.member.kind, base::to_lower(set.member.value)};
  if (!set.level && !set.only_from.empty() && !stands_in(plan.levels, member, set.only_from))
    return refuse(set, Reason::none);
  if (!plan.levels.set(member, set.level)) {
    const auto& all = plan.levels.entries();
    const bool there = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.member == member; });
    return refuse(set, set.level && !there ? Reason::list_too_long : Reason::none);
  }
  PresenceChange change;
  change.user = user.id;
  change.levels = plan.levels.entries();
  change.levels_version = plan.levels.version();
  store(user.id, std::move(change), std::move(plan));
}

void PresenceAgent::State::apply_level(LevelPlan& plan, const Directory& directory) {
  const base::UserId id = plan.asked.user;
  UserEntry& entry = open(id);
  entry.levels = std::make_unique<Levels>(std::move(plan.levels));
  answer_level(plan.asked.edge, id, {plan.asked.ticket, Reason::none, 0});
  touch_self(entry);
  relevel(id, entry, *directory.find(id), directory);
  if (plan.asked.level == Container::blocked) tell_blocked(id, plan.asked.member, directory);
}

void PresenceAgent::State::tell_blocked(base::UserId id, const LevelMember& member, const Directory& directory) {
  if (member.kind != MemberKind::user) return ports.blocked(id, {});
  const base::Result<Address> address = Address::parse(member.value);
  const User* peer = address ? directory.find(*address) : nullptr;
  if (peer != nullptr) ports.blocked(id, peer->id);  // else he is not one of ours and has no session here
}

void PresenceAgent::restore(StoredPresence stored, base::Now now) {
  State& state = *state_;
  state.begin(now);
  UserEntry& entry = state.open(stored.user);
  for (Publication& publication : stored.publications) {
    publication.id = state.ids.next<base::PublicationId>();
    publication.endpoint = {};
    PublicationEntry& one = entry.publications.emplace_back();
    one.publication = std::move(publication);
    one.published = now.mono;
    state.learn_use(entry, one);
    ++state.publication_total;
  }
  if (stored.levels_version != 0)
    entry.levels = std::make_unique<Levels>(Levels::restored(std::move(stored.levels), stored.levels_version));
  for (std::string& address : stored.acknowledged) {
    if (!entry.acknowledged) entry.acknowledged = std::make_unique<Acknowledged>();
    entry.acknowledged->add(std::move(address));
  }
  state.settle(stored.user, nullptr);
  state.end();
}

void PresenceAgent::on_publish(const PublishPresence& publish, const Directory& directory, base::Now now) {
  state_->begin(now);
  state_->submit(publish.user, publish, directory);
  state_->end();
}

void PresenceAgent::on_publish(const PublishDocument& publish, const Directory& directory, base::Now now) {
  state_->begin(now);
  state_->submit(publish.user, publish, directory);
  state_->end();
}

void PresenceAgent::on_set_level(const SetLevel& set, const Directory& directory, base::Now now) {
  state_->begin(now);
  state_->submit(set.user, set, directory);
  state_->end();
}

void PresenceAgent::on_acknowledge(const AcknowledgeWatcher& acknowledge, const Directory& directory, base::Now now) {
  state_->begin(now);
  state_->submit(acknowledge.user, acknowledge, directory);
  state_->end();
}

void PresenceAgent::on_stored(base::Ticket ticket, base::Result<void> result, const Directory& directory,
                              base::Now now) {
  State& state = *state_;
  const auto at = state.inflight.find(ticket);
  if (at == state.inflight.end()) return;
  state.begin(now);
  const base::UserId id = at->second.user;
  Plan plan = std::move(at->second.plan);
  state.inflight.erase(at);
  PublishPlan* publish = std::get_if<PublishPlan>(&plan);
  LevelPlan* level = std::get_if<LevelPlan>(&plan);
  AcknowledgeWatcher* acknowledge = std::get_if<AcknowledgeWatcher>(&plan);
  const User* user = directory.find(id);
  const bool gone = state.find(id) == nullptr || user == nullptr;
  if (gone || !result) {
    const Reason reason = gone ? Reason::user_does_not_exist : result.reason();
    state.refuse(publish != nullptr ? Task(publish->asked)
                 : level != nullptr ? Task(level->asked)
                                    : Task(*acknowledge),
                 reason);
  } else if (publish != nullptr) {
    state.apply_publish(*publish, *user);
  } else if (level != nullptr) {
    state.apply_level(*level, directory);
  } else {
    state.apply_acknowledge(*acknowledge);
  }
  if (gone) {
    state.end_user(id);
  } else {
    state.run_waiting(id, directory);
    state.settle(id, &directory);
  }
  state.end();
}

}  // namespace tertulia::domain
