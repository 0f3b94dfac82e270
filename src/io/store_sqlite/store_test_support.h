// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "io/store_sqlite/sqlite_store.h"

/// What the tests of this folder share.
namespace tertulia::io::store_test {

using base::Reason;
using base::Result;

/// A folder that goes away with its content.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tertulia-store-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name = "store.db") const { return path_ + '/' + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline constexpr std::int64_t start_us = 1'770'000'000'000'000;

/// A clock that moves on by five milliseconds whenever it is read.
inline std::function<base::Now()> test_clock() {
  auto ticks = std::make_shared<std::atomic<std::int64_t>>(0);
  return [ticks] {
    const auto us = 5000 * ticks->fetch_add(1);
    return base::Now{{us}, {start_us + us}};
  };
}

inline StoreSettings settings_for(const std::string& path) {
  return {path, test_clock(), std::chrono::milliseconds(20)};
}

inline std::unique_ptr<SqliteStore> open_store(const std::string& path) {
  auto store = SqliteStore::open(settings_for(path), base::Log::silent());
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().detail);
  return store ? std::move(*store) : nullptr;
}

/// Calls something that answers through `done` and waits for the answer.
template <typename Answer, typename Call>
Result<Answer> wait_for(Call call) {
  auto promise = std::make_shared<std::promise<Result<Answer>>>();
  auto future = promise->get_future();
  call([promise](Result<Answer> answer) { promise->set_value(std::move(answer)); });
  return future.get();
}

inline domain::User user_named(const std::string& name) {
  domain::User user;
  user.address = *domain::Address::parse(name + "@example.com");
  user.display_name = name;
  user.credentials = {"$argon2id$" + name, std::string("sealed\0bytes", 12)};
  user.created = {start_us};
  user.version = 1;
  return user;
}

inline Result<domain::User> put(SqliteStore& store, const domain::User& user) {
  return wait_for<domain::User>([&](auto done) { store.put_user(user, done); });
}
inline Result<void> put(SqliteStore& store, const domain::SessionRecord& record) {
  return wait_for<void>([&](auto done) { store.put_session(record, done); });
}
inline Result<void> put(SqliteStore& store, const domain::RegistrationRecord& record) {
  return wait_for<void>([&](auto done) { store.put_registration(record, done); });
}

inline domain::InstantMessagePtr message_saying(const std::string& content) {
  auto message = std::make_shared<domain::InstantMessage>();
  message->id.value = 77;
  message->from.value = 5;
  message->from_address = "bob@example.com";
  message->from_name = "Bob";
  message->content_type = "text/plain; charset=UTF-8";
  message->content = content;
  message->subject = "tea";
  message->sent = {start_us + 3};
  return message;
}
inline Result<void> keep(SqliteStore& store, base::UserId to, const std::string& content) {
  return wait_for<void>([&](auto done) { store.keep(to, message_saying(content), done); });
}
inline Result<std::vector<domain::KeptMessage>> load(SqliteStore& store, base::UserId to, std::size_t limit = 100) {
  return wait_for<std::vector<domain::KeptMessage>>([&](auto done) { store.load(to, limit, done); });
}

inline base::RecordId record_id(std::int64_t us) { return {static_cast<std::uint64_t>(us) << 8}; }

inline domain::RegistrationRecord registration(std::int64_t us, const std::string& user = "alice@example.com") {
  domain::RegistrationRecord record;
  record.id = record_id(us);
  record.user = user;
  record.endpoint.value = 0xfedc'0000'0000'0001;  // uses the highest bit
  record.instance = "urn:uuid:1";
  record.client_version = "baresip v1.0.0";
  record.ip_address = "192.0.2.7";
  record.register_time = {us};
  return record;
}

inline domain::SessionRecord session(std::int64_t us, const std::string& user1 = "alice@example.com",
                                     const std::string& user2 = "bob@example.com") {
  domain::SessionRecord record;
  record.id = record_id(us);
  record.conversation.value = 9;
  record.user1 = {user1, {11}, "baresip", 3};
  record.user2 = {user2, {12}, "Pidgin", 2};
  record.mode = domain::SessionMode::session;
  record.call_id = "call@192.0.2.7";
  record.content_type = "application/sdp";
  record.invite_time = {us};
  record.response_time = base::WallTime{us + 10};
  record.end_time = base::WallTime{us + 1000};
  record.response_code = 200;
  return record;
}

/// Runs SQL in the writer's connection, outside of any change: turns troubles of the disk on and off.
inline void set_pragma(SqliteStore& store, const std::string& sql) {
  auto done = store.writer().run(Operation::Kind::read, [&](Database& database) { return database.run(sql); });
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().detail);
}

/// Keeps the writer busy until it is told to go on.
class Obstacle {
 public:
  explicit Obstacle(SqliteStore& store) {
    auto reached = std::make_shared<std::promise<void>>();
    auto future = reached->get_future();
    store.writer().submit({Operation::Kind::read,
                           0,
                           [reached, go = go_.get_future().share()](Database&) -> Result<void> {
                             reached->set_value();
                             go.wait();
                             return {};
                           },
                           {}});
    future.wait();
  }
  void remove() { go_.set_value(); }

 private:
  std::promise<void> go_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace tertulia::io::store_test
