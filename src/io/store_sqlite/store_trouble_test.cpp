// SPDX-License-Identifier: Apache-2.0
// What the store does when the disk, the file or the load is not as it should be.
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/read_only_store.h"
#include "io/store_sqlite/store_test_support.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary
namespace limits = store_limits;

class StoreTrouble : public ::testing::Test {
 protected:
  std::uint64_t sessions() {
    auto look = ReadOnlyStore::open(folder_.file());
    EXPECT_TRUE(look);
    return look->counts()->sessions;
  }
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
};

TEST_F(StoreTrouble, second_server_on_one_folder_is_refused) {
  const auto second = SqliteStore::open(settings_for(folder_.file()), base::Log::silent());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::already_running);
  store_->stop();
  EXPECT_TRUE(SqliteStore::open(settings_for(folder_.file()), base::Log::silent()));
}

TEST_F(StoreTrouble, an_empty_file_is_damaged_and_a_missing_one_is_not_made_unasked) {
  store_->stop();
  std::filesystem::remove(folder_.file());
  StoreSettings settings = settings_for(folder_.file());
  settings.create = false;
  const auto missing = SqliteStore::open(settings, base::Log::silent());
  EXPECT_EQ(missing.reason(), Reason::file_unreadable);
  EXPECT_NE(missing.error().detail.find("is missing"), std::string::npos) << missing.error().detail;
  EXPECT_FALSE(std::filesystem::exists(folder_.file()));
  EXPECT_EQ(ReadOnlyStore::open(folder_.file()).reason(), Reason::file_unreadable);
  ASSERT_TRUE(create_private_file(folder_.file()));
  for (const bool create : {false, true}) {
    settings.create = create;
    const auto empty = SqliteStore::open(settings, base::Log::silent());
    EXPECT_EQ(empty.reason(), Reason::file_damaged);
    EXPECT_NE(empty.error().detail.find("it is empty"), std::string::npos) << empty.error().detail;
  }
  EXPECT_EQ(ReadOnlyStore::open(folder_.file()).reason(), Reason::file_damaged);
}

TEST_F(StoreTrouble, everything_queued_goes_into_one_transaction) {
  Obstacle obstacle(*store_);
  const auto commits = store_->metrics().commits.value();
  for (std::size_t i = 0; i < limits::group_operations_max; ++i) {
    store_->put_session(session(start_us + static_cast<std::int64_t>(i)), {});
  }
  EXPECT_EQ(store_->health().queued, limits::group_operations_max);
  obstacle.remove();
  ASSERT_TRUE(store_->load_users());  // comes after them
  EXPECT_EQ(store_->metrics().commits.value(), commits + 1);
  EXPECT_EQ(store_->metrics().group_max.value(), static_cast<std::int64_t>(limits::group_operations_max));
  EXPECT_EQ(sessions(), limits::group_operations_max);
}

TEST_F(StoreTrouble, records_for_which_nobody_waits_share_a_transaction_and_hold_up_nobody) {
  const auto& metrics = store_->metrics();
  const auto commits = metrics.commits.value();
  const auto operations = metrics.operations.value();
  store_->put_registration(registration(start_us), {});
  store_->put_registration(registration(start_us + 1), {});
  ASSERT_TRUE(put(*store_, session(start_us)));  // takes them along, at once
  EXPECT_EQ(metrics.operations.value(), operations + 3);
  EXPECT_LE(metrics.commits.value(), commits + 2);  // the pause may just have ended
  store_->put_registration(registration(start_us + 2), {});
  while (metrics.operations.value() == operations + 3) std::this_thread::yield();  // comes by itself
  store_->put_registration(registration(start_us + 3), {});
  store_->stop();
  EXPECT_EQ(metrics.operations.value(), operations + 5);
}

TEST_F(StoreTrouble, full_queue_refuses_at_once_on_the_callers_thread) {
  Obstacle obstacle(*store_);
  std::atomic<std::size_t> taken = 0;
  for (std::size_t i = 0; i < limits::queue_operations_max; ++i) {
    store_->writer().submit({Operation::Kind::read, 0, [](Database&) -> Result<void> { return {}; },
                             [&](Result<void> result) { taken += result ? 1 : 0; }});
  }
  bool refused = false;
  const auto caller = std::this_thread::get_id();
  store_->put_session(session(start_us), [&](Result<void> result) {
    refused = result.reason() == Reason::store_unavailable && std::this_thread::get_id() == caller;
  });
  EXPECT_TRUE(refused);
  EXPECT_EQ(store_->metrics().refused.value(), 1U);
  obstacle.remove();
  store_->stop();
  EXPECT_EQ(taken, limits::queue_operations_max);
}

TEST_F(StoreTrouble, queue_is_bounded_in_bytes_too) {
  Obstacle obstacle(*store_);
  const auto submit = [&](std::size_t bytes) {
    auto refused = std::make_shared<std::atomic<bool>>(false);
    store_->writer().submit({Operation::Kind::read, bytes, [](Database&) -> Result<void> { return {}; },
                             [refused](Result<void> result) { *refused = !result; }});
    return refused->load();
  };
  EXPECT_FALSE(submit(limits::queue_bytes_max));
  EXPECT_TRUE(submit(1));
  obstacle.remove();
}

TEST_F(StoreTrouble, stop_carries_out_what_is_queued_and_answers_everybody) {
  constexpr std::size_t count = 3000;
  std::atomic<std::size_t> done = 0;
  {
    Obstacle obstacle(*store_);
    for (std::size_t i = 0; i < count; ++i) {
      store_->put_session(session(start_us + static_cast<std::int64_t>(i)), [&](Result<void> result) {
        EXPECT_TRUE(result.has_value());
        ++done;
      });
    }
    obstacle.remove();
  }
  store_->stop();
  EXPECT_EQ(done, count);
  EXPECT_FALSE(store_->health().running);
  EXPECT_EQ(put(*store_, user_named("late")).reason(), Reason::store_unavailable);
  EXPECT_EQ(store_->load_users().reason(), Reason::store_unavailable);
  EXPECT_EQ(file_bytes(folder_.file() + "-wal"), 0U);  // all in the file
  EXPECT_EQ(sessions(), count);
}

TEST_F(StoreTrouble, bad_operation_does_not_fail_its_neighbours) {
  Obstacle obstacle(*store_);
  auto bad = session(start_us + 1);
  bad.media_types = 1;
  bad.mode = static_cast<domain::SessionMode>(9);  // refused by a CHECK: our own bug
  std::vector<Reason> reasons(3, Reason::internal_error);
  store_->put_session(session(start_us), [&](Result<void> result) { reasons[0] = result.reason(); });
  store_->put_session(bad, [&](Result<void> result) { reasons[1] = result.reason(); });
  store_->put_user(user_named("alice"), [&](Result<domain::User> result) { reasons[2] = result.reason(); });
  obstacle.remove();
  ASSERT_TRUE(store_->load_users());
  EXPECT_EQ(reasons, (std::vector{Reason::none, Reason::store_unavailable, Reason::none}));
  EXPECT_EQ(sessions(), 1U);
  EXPECT_EQ(store_->load_users()->size(), 1U);
  EXPECT_TRUE(store_->health().writable);
  EXPECT_EQ(store_->health().last_error.reason, Reason::internal_error);
}

TEST_F(StoreTrouble, read_only_disk_fails_changes_and_lets_records_wait) {
  const auto alice = put(*store_, user_named("alice"));
  ASSERT_TRUE(alice);
  set_pragma(*store_, "PRAGMA query_only=1");
  const auto failed = put(*store_, user_named("bob"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, Reason::store_unavailable);
  EXPECT_NE(failed.error().detail.find("readonly"), std::string::npos) << failed.error().detail;
  EXPECT_EQ(failed.error().detail.find("bob"), std::string::npos);
  EXPECT_EQ(keep(*store_, alice->id, "hi").reason(), Reason::store_unavailable);
  std::vector<int> order;
  std::promise<void> all;
  for (int i = 0; i < 10; ++i) {
    store_->put_session(session(start_us + i), [&, i](Result<void> result) {
      EXPECT_TRUE(result.has_value());
      order.push_back(i);
      if (order.size() == 10) all.set_value();
    });
  }
  EXPECT_EQ(store_->load_users()->size(), 1U);  // reading goes on
  const auto health = store_->health();
  EXPECT_FALSE(health.writable);
  EXPECT_EQ(health.waiting_records, 10U);
  EXPECT_EQ(health.last_error.reason, Reason::store_unavailable);
  EXPECT_TRUE(health.last_error_time);
  set_pragma(*store_, "PRAGMA query_only=0");
  all.get_future().wait();  // tried again without being asked
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  ASSERT_TRUE(put(*store_, user_named("bob")));
  EXPECT_TRUE(store_->health().writable);
  EXPECT_EQ(store_->health().waiting_records, 0U);
  EXPECT_EQ(sessions(), 10U);
}

TEST_F(StoreTrouble, records_that_may_not_wait_are_told_so) {
  set_pragma(*store_, "PRAGMA query_only=1");
  std::atomic<std::size_t> refused = 0;
  const auto count = [&](Result<void> result) { refused += result.reason() == Reason::store_unavailable ? 1 : 0; };
  constexpr std::size_t beyond = 5;
  for (std::size_t i = 0; i < limits::waiting_records_max + beyond; ++i) {
    if (i % limits::group_operations_max == 0) {  // never fill the queue instead
      ASSERT_TRUE(store_->load_users());
    }
    store_->put_session(session(start_us + static_cast<std::int64_t>(i)), count);
  }
  ASSERT_TRUE(store_->load_users());
  EXPECT_EQ(store_->health().waiting_records, limits::waiting_records_max);
  EXPECT_EQ(refused, beyond);
  EXPECT_EQ(store_->metrics().records_dropped.value(), beyond);
  store_->stop();  // still read-only: the rest is told as well
  EXPECT_EQ(refused, limits::waiting_records_max + beyond);
}

TEST_F(StoreTrouble, full_disk_refuses_and_recovers) {
  const auto alice = put(*store_, user_named("alice"));
  ASSERT_TRUE(alice);
  set_pragma(*store_, "PRAGMA max_page_count=60");
  std::size_t kept = 0;
  Result<void> last;
  for (int i = 0; i < 100; ++i) {
    last = keep(*store_, alice->id, std::string(8192, 'x'));
    if (!last) break;
    ++kept;
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().reason, Reason::store_unavailable);
  EXPECT_NE(last.error().detail.find("full"), std::string::npos) << last.error().detail;
  EXPECT_EQ(load(*store_, alice->id, 1000)->size(), kept);
  std::promise<Result<void>> record;
  auto big = session(start_us);
  for (int i = 0; i < 50; ++i) {  // fills what is left in half-empty pages, then waits
    big.id.value += 256;
    store_->put_session(big, [&, i](Result<void> result) {
      if (i == 49) record.set_value(std::move(result));
    });
  }
  ASSERT_TRUE(store_->load_users());
  EXPECT_GT(store_->health().waiting_records, 0U);
  set_pragma(*store_, "PRAGMA max_page_count=100000");
  EXPECT_TRUE(record.get_future().get());
  EXPECT_TRUE(keep(*store_, alice->id, "fits again"));
  EXPECT_EQ(sessions(), 50U);
  store_.reset();
  store_ = open_store(folder_.file());  // checked on the way
  EXPECT_EQ(load(*store_, alice->id, 1000)->size(), kept + 1);
}

TEST_F(StoreTrouble, the_log_hears_of_both_ends_of_a_full_disk) {
  store_.reset();
  base::LogSettings settings;
  settings.file = folder_.file("store.log");
  const base::Log log(settings);
  auto opened = SqliteStore::open(settings_for(folder_.file()), log);
  ASSERT_TRUE(opened);
  store_ = *std::move(opened);
  const auto lines = [&](std::string_view text) {
    std::ifstream file(settings.file);
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);)
      if (line.find(text) != std::string::npos) ++count;
    return count;
  };
  const auto alice = put(*store_, user_named("alice"));
  ASSERT_TRUE(alice);
  set_pragma(*store_, "PRAGMA max_page_count=60");
  while (keep(*store_, alice->id, std::string(8192, 'x'))) {
  }
  EXPECT_EQ(lines("could not be written"), 1U);
  EXPECT_EQ(lines("are written again"), 0U);
  set_pragma(*store_, "PRAGMA max_page_count=100000");
  EXPECT_TRUE(keep(*store_, alice->id, "fits again"));
  EXPECT_TRUE(keep(*store_, alice->id, "and again"));
  EXPECT_EQ(lines("are written again"), 1U);
  store_.reset();  // before its log
}

TEST(StoreDisk, real_full_disk_loses_nothing_acknowledged) {
  TempFolder folder;
  if (::geteuid() != 0 || ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m,mode=0700") != 0) {
    GTEST_SKIP() << "needs the right to mount a small file system";
  }
  auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  const auto alice = put(*store, user_named("alice"));
  ASSERT_TRUE(alice);
  std::size_t kept = 0;
  Result<void> last;
  while ((last = keep(*store, alice->id, std::string(8192, 'x'))) && kept < 1000) ++kept;
  EXPECT_FALSE(last);
  EXPECT_GT(kept, 10U);
  EXPECT_EQ(store->health().last_error.reason, Reason::store_unavailable);
  EXPECT_EQ(load(*store, alice->id, 1000)->size(), kept);
  std::atomic<bool> told = false;
  store->put_session(session(start_us), [&](Result<void>) { told = true; });
  store->stop();
  EXPECT_TRUE(told);
  ASSERT_EQ(::mount("tmpfs", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0);
  store = open_store(folder.file());
  ASSERT_TRUE(store);
  EXPECT_EQ(load(*store, alice->id, 1000)->size(), kept);
  EXPECT_TRUE(store->check());
  store.reset();
  ::umount(folder.path().c_str());
}

/// Runs in a child process that is not root, so that permissions count.
int open_as_nobody(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(100);
    const auto store = SqliteStore::open(settings_for(path), base::Log::silent());
    ::_exit(store ? 0 : store.error().reason == Reason::file_unwritable ? 1 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(StoreTrouble, file_that_may_only_be_read_is_refused_at_start) {
  store_.reset();  // no thread runs while the process forks
  ::chmod(folder_.path().c_str(), 0777);
  for (const char* tail : {"", ".lock"}) ::chmod((folder_.file() + tail).c_str(), *tail == 0 ? 0444 : 0666);
  EXPECT_EQ(open_as_nobody(folder_.file()), 1);
  ::chmod(folder_.file().c_str(), 0666);
  EXPECT_EQ(open_as_nobody(folder_.file()), 0);
}

class DamagedStore : public StoreTrouble {
 protected:
  DamagedStore() {
    const auto alice = put(*store_, user_named("alice"));
    for (int i = 0; i < 500; ++i) {
      store_->put_session(session(start_us + i, "user" + std::to_string(i) + "@example.com"), {});
      store_->keep(alice->id, message_saying(std::string(500, 'x')), {});
    }
    store_.reset();
    sound_ = bytes_of(folder_.file());
  }
  void expect_refused(const std::string& what) {
    const auto opened = SqliteStore::open(settings_for(folder_.file()), base::Log::silent());
    ASSERT_FALSE(opened) << what;
    EXPECT_EQ(opened.error().reason, Reason::file_damaged) << what << ": " << opened.error().detail;
    EXPECT_NE(opened.error().detail.find(folder_.file()), std::string::npos) << what;
    EXPECT_NE(opened.error().detail.find("backup"), std::string::npos) << what;
    EXPECT_NE(opened.error().detail.find("doctor"), std::string::npos) << what;
    auto look = ReadOnlyStore::open(folder_.file());
    const auto reason = look ? look->check().reason() : look.reason();
    EXPECT_EQ(reason, Reason::file_damaged) << what;
  }
  std::string sound_;
};

TEST_F(DamagedStore, overwritten_bytes_are_found) {
  constexpr std::size_t page = 4096;
  ASSERT_GT(sound_.size(), 50 * page);
  for (const std::size_t place :
       {std::size_t{0}, std::size_t{5}, std::size_t{100}, 2 * page, 7 * page, 20 * page, 49 * page}) {
    auto bytes = sound_;
    for (std::size_t i = 0; i < 64; ++i) bytes[place + i] = static_cast<char>(0xA5 ^ static_cast<int>(i));
    write_bytes(folder_.file(), bytes);
    expect_refused("overwritten at " + std::to_string(place));
  }
  write_bytes(folder_.file(), sound_);
  EXPECT_TRUE(SqliteStore::open(settings_for(folder_.file()), base::Log::silent()));
}

TEST_F(DamagedStore, cut_file_is_found) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{99}, std::size_t{512}, std::size_t{4096},
                                 sound_.size() / 2, sound_.size() - 4096}) {
    write_bytes(folder_.file(), sound_.substr(0, size));
    expect_refused("cut to " + std::to_string(size));
  }
}

TEST_F(DamagedStore, another_file_is_not_touched) {
  const std::string text(5000, 'T');
  write_bytes(folder_.file(), text);
  expect_refused("not a database");
  EXPECT_EQ(bytes_of(folder_.file()), text);
}

}  // namespace
}  // namespace tertulia::io
