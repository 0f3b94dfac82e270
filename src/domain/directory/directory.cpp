// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/directory.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.h"

namespace tertulia::domain {
namespace {

std::size_t bucket_of(std::string_view address) {
  return std::hash<std::string_view>{}(address) % Directory::bucket_count;
}
std::size_t bucket_of(base::UserId id) { return std::hash<base::UserId>{}(id) % Directory::bucket_count; }

Policy overlaid(Policy policy, const std::map<std::string, std::string>& settings) {
  for (const auto& [name, value] : settings) {
    const base::Result<void> set = set_policy(policy, name, value);
    if (!set) continue;  // written by another version; the global value holds
  }
  return policy;
}

std::vector<std::string> lower(std::vector<std::string> names) {
  for (std::string& name : names) name = base::to_lower(name);
  return names;
}

}  // namespace

/// A copy while it is changed: each bucket that is touched is cloned once.
class Directory::Change {
 public:
  explicit Change(const Directory& before) : copy_(std::shared_ptr<Directory>(new Directory(before))) {}

  void put(User user) {
    const auto& global = copy_->global_policy_;  // shared: most users have no settings of their own
    user.policy = user.settings.empty() ? global : copy_->settled(overlaid(*global, user.settings));
    remove(copy_->find(user.id));
    remove(copy_->find(user.address));
    const UserPtr shared = std::make_shared<const User>(std::move(user));
    addresses(bucket_of(shared->address.text())).emplace(shared->address.text(), shared);
    ids(bucket_of(shared->id)).emplace(shared->id, shared);
    ++copy_->size_;
  }

  void remove(const User* user) {
    if (user == nullptr) return;
    const std::string address = user->address.text();  // the user dies with his last bucket entry
    const base::UserId id = user->id;
    addresses(bucket_of(address)).erase(address);
    ids(bucket_of(id)).erase(id);
    --copy_->size_;
  }

  Directory& copy() { return *copy_; }
  DirectoryPtr finish() && { return std::move(copy_); }

 private:
  AddressBucket& addresses(std::size_t at) { return writable(fresh_addresses_[at], copy_->by_address_[at]); }
  IdBucket& ids(std::size_t at) { return writable(fresh_ids_[at], copy_->by_id_[at]); }

  template <typename Bucket>
  static Bucket& writable(std::shared_ptr<Bucket>& fresh, std::shared_ptr<const Bucket>& current) {
    if (!fresh) {
      fresh = current ? std::make_shared<Bucket>(*current) : std::make_shared<Bucket>();
      current = fresh;
    }
    return *fresh;
  }

  std::shared_ptr<Directory> copy_;
  std::array<std::shared_ptr<AddressBucket>, bucket_count> fresh_addresses_;
  std::array<std::shared_ptr<IdBucket>, bucket_count> fresh_ids_;
};

Directory::Directory(std::vector<std::string> domains, Policy global_policy, std::vector<std::string> own_servers)
    : domains_(lower(std::move(domains))),
      own_servers_(std::move(own_servers)),
      global_policy_(settled(std::move(global_policy))) {}

std::shared_ptr<const Policy> Directory::settled(Policy policy) const {
  if (std::find(own_servers_.begin(), own_servers_.end(), policy.home_server) != own_servers_.end())
    policy.home_server.clear();
  return std::make_shared<const Policy>(std::move(policy));
}

const User* Directory::find(std::string_view address) const {
  const auto& bucket = by_address_[bucket_of(address)];
  if (!bucket) return nullptr;
  const auto at = bucket->find(address);
  return at == bucket->end() ? nullptr : at->second.get();
}

const User* Directory::find(base::UserId id) const {
  const auto& bucket = by_id_[bucket_of(id)];
  if (!bucket) return nullptr;
  const auto at = bucket->find(id);
  return at == bucket->end() ? nullptr : at->second.get();
}

bool Directory::serves(std::string_view domain) const {
  return std::any_of(domains_.begin(), domains_.end(),
                     [&](const std::string& own) { return base::equal_ignoring_case(own, domain); });
}

std::vector<const User*> Directory::all() const {
  std::vector<const User*> users;
  users.reserve(size_);
  for (const auto& bucket : by_address_) {
    if (!bucket) continue;
    for (const auto& entry : *bucket) users.push_back(entry.second.get());
  }
  std::sort(users.begin(), users.end(), [](const User* a, const User* b) { return a->address < b->address; });
  return users;
}

DirectoryPtr Directory::with(User user) const {
  Change change(*this);
  change.put(std::move(user));
  return std::move(change).finish();
}

DirectoryPtr Directory::with_users(std::vector<User> users) const {
  Change change(*this);
  for (User& user : users) change.put(std::move(user));
  return std::move(change).finish();
}

DirectoryPtr Directory::without(base::UserId id) const {
  Change change(*this);
  change.remove(change.copy().find(id));
  return std::move(change).finish();
}

DirectoryPtr Directory::with_policy(Policy global_policy) const {
  Change change(*this);
  change.copy().global_policy_ = settled(std::move(global_policy));
  for (const User* user : all()) change.put(*user);
  return std::move(change).finish();
}

DirectoryPtr Directory::with_domains(std::vector<std::string> domains) const {
  Change change(*this);
  change.copy().domains_ = lower(std::move(domains));
  return std::move(change).finish();
}

std::vector<base::UserId> Directory::changed_since(const Directory& before) const {
  std::vector<base::UserId> changed;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    if (by_id_[i] == before.by_id_[i]) continue;
    if (by_id_[i])
      for (const auto& [id, user] : *by_id_[i])
        if (before.find(id) != user.get()) changed.push_back(id);
    if (before.by_id_[i])
      for (const auto& entry : *before.by_id_[i])
        if (find(entry.first) == nullptr) changed.push_back(entry.first);
  }
  return changed;
}

std::size_t Directory::buckets_shared_with(const Directory& other) const {
  std::size_t shared = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    shared += by_address_[i] == other.by_address_[i] ? 1U : 0U;
    shared += by_id_[i] == other.by_id_[i] ? 1U : 0U;
  }
  return shared;
}

}  // namespace tertulia::domain
