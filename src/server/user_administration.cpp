// SPDX-License-Identifier: Apache-2.0
#include "server/user_administration.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace tertulia::server {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using domain::Address;
using domain::User;

/// Waits for an answer that the store gives on its own thread.
template <typename T, typename Ask>
Result<T> wait_for(Ask&& ask) {
  const auto promise = std::make_shared<std::promise<Result<T>>>();  // must outlive the call that fulfils it
  std::future<Result<T>> answer = promise->get_future();
  ask([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return answer.get();
}

constexpr std::size_t display_name_bytes_max = 256;
constexpr std::size_t blocked_max = 1000;

}  // namespace

UserAdministration::UserAdministration(domain::DirectoryPtr directory, domain::DirectoryStore& store,
                                       domain::PhotoStore& photos, domain::CredentialKeeper& keeper,
                                       const io::Clock& clock, Publish publish)
    : directory_(std::move(directory)),
      store_(store),
      photos_(photos),
      keeper_(keeper),
      clock_(clock),
      publish_(std::move(publish)) {}

Result<domain::DirectoryPtr> UserAdministration::load(const domain::Directory& empty, domain::DirectoryStore& store) {
  Result<std::vector<User>> users = store.load_users();
  if (!users) return users.error();
  return empty.with_users(*std::move(users));
}

Result<User> UserAdministration::add(const Address& address, const std::string& display_name,
                                     const std::string& password) {
  if (!directory_->serves(address.domain()))
    return Error{Reason::domain_foreign, fmt::format("this server serves {}", fmt::join(directory_->domains(), ", "))};
  if (const Result<void> free = domain::may_be_given(address); !free) return free.error();
  if (directory_->find(address) != nullptr) return Error{Reason::user_exists, address.text()};
  if (display_name.size() > display_name_bytes_max)
    return Error{Reason::setting_out_of_bounds, fmt::format("name: at most {} bytes", display_name_bytes_max)};
  auto credentials = keeper_.make(address, realm(), password);
  if (!credentials) return credentials.error();
  User user;
  user.address = address;
  user.display_name = display_name;
  user.credentials = *std::move(credentials);
  user.created = clock_.now().wall;
  return put(std::move(user));
}

Result<User> UserAdministration::show(const Address& address) const {
  const User* user = directory_->find(address);
  if (user == nullptr) return Error{Reason::user_does_not_exist, address.text()};
  return *user;
}

std::vector<User> UserAdministration::list() const {
  std::vector<User> users;
  for (const User* user : directory_->all()) users.push_back(*user);
  return users;
}

Result<void> UserAdministration::change_card(User& user, const std::map<std::string, std::string>& fields) {
  if (fields.empty()) return {};
  domain::Card card = user.card ? *user.card : domain::Card{};
  for (const auto& [name, value] : fields)
    if (Result<void> set = domain::set_card(card, name, value); !set) return set;
  user.card = domain::shared_card(std::move(card));
  return {};
}

Result<User> UserAdministration::change(const Address& address, const face::admin::UserChange& change) {
  Result<User> user = show(address);
  if (!user) return user;
  if (change.display_name) {
    if (change.display_name->size() > display_name_bytes_max)
      return Error{Reason::setting_out_of_bounds, fmt::format("name: at most {} bytes", display_name_bytes_max)};
    user->display_name = *change.display_name;
  }
  if (change.enabled) user->enabled = *change.enabled;
  domain::Policy probe = directory_->global_policy();
  for (const auto& [name, value] : change.settings) {
    if (const Result<void> good = domain::set_policy(probe, name, value); !good) return good.error();
    user->settings[name] = domain::get_policy(probe, name).value();  // as it is written: on for true
  }
  for (const std::string& name : change.unset) {
    if (!domain::get_policy(probe, name)) return Error{Reason::setting_unknown, name};
    user->settings.erase(name);
  }
  if (const Result<void> good = change_card(*user, change.card); !good) return good.error();
  for (const Address& blocked : change.block)
    if (!user->blocks(blocked)) user->blocked.push_back(blocked);
  for (const Address& free : change.unblock) std::erase(user->blocked, free);
  if (user->blocked.size() > blocked_max)
    return Error{Reason::setting_out_of_bounds, fmt::format("at most {} addresses can be blocked", blocked_max)};
  return put(*std::move(user));
}

Result<void> UserAdministration::set_password(const Address& address, const std::string& password) {
  Result<User> user = show(address);
  if (!user) return user.error();
  auto credentials = keeper_.make(address, realm(), password);
  if (!credentials) return credentials.error();
  user->credentials = *std::move(credentials);
  const Result<User> done = put(*std::move(user));
  return done ? Result<void>{} : done.error();
}

Result<domain::PhotoPtr> UserAdministration::photo(const Address& address) const {
  const Result<User> user = show(address);
  if (!user) return user.error();
  if (!user->card || !user->card->photo.has_picture()) return domain::PhotoPtr();
  return wait_for<domain::PhotoPtr>([&](auto answer) { photos_.load_photo(user->id, std::move(answer)); });
}

Result<void> UserAdministration::set_photo(const Address& address, domain::PhotoPtr photo) {
  Result<User> user = show(address);
  if (!user) return user.error();
  domain::Card card = user->card ? *user->card : domain::Card{};
  if (!photo && !card.photo.has_picture()) return {};
  if (!photo) photo = domain::cleared_photo();
  Result<void> done = wait_for<void>([&](auto answer) { photos_.put_photo(user->id, photo, std::move(answer)); });
  if (!done) return done;
  card.photo = photo->mark;
  user->card = domain::shared_card(std::move(card));
  ++user->version;
  publish(directory_->with(*std::move(user)));
  return {};
}

Result<void> UserAdministration::remove(const Address& address) {
  const User* user = directory_->find(address);
  if (user == nullptr) return Error{Reason::user_does_not_exist, address.text()};
  const base::UserId id = user->id;
  Result<void> done = wait_for<void>([&](auto answer) { store_.remove_user(id, std::move(answer)); });
  if (!done) return done;
  publish(directory_->without(id));
  return {};
}

void UserAdministration::set_global_policy(domain::Policy policy) {
  publish(directory_->with_policy(std::move(policy)));
}

Result<User> UserAdministration::put(User user) {
  ++user.version;
  Result<User> stored = wait_for<User>([&](auto answer) { store_.put_user(std::move(user), std::move(answer)); });
  if (stored) publish(directory_->with(*stored));
  return stored;
}

void UserAdministration::publish(domain::DirectoryPtr directory) {
  directory_ = std::move(directory);
  if (publish_) publish_(directory_);
}

}  // namespace tertulia::server
