// SPDX-License-Identifier: Apache-2.0
// Killed at any moment, read while written, copied while written; and how fast it is.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>

#include "base/random.h"
#include "io/store_sqlite/people_test_support.h"
#include "io/store_sqlite/read_only_store.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary

/// What the child says about an acknowledged operation.
struct Acknowledged {
  std::uint32_t kind = 0;  // 0 session, 1 kept message, 2 user, 3 contact, 4 publication
  std::uint32_t round = 0;
  std::uint64_t number = 0;
};

/// Writes until it is killed; each acknowledgement goes into the pipe.
[[noreturn]] void write_for_ever(const std::string& path, std::uint32_t round, int pipe_end) {
  auto opened = SqliteStore::open(settings_for(path), base::Log::silent());
  if (!opened) ::_exit(2);
  SqliteStore& store = **opened;
  std::atomic<std::uint64_t> under_way = 0;
  const auto tell = [&](std::uint32_t kind, std::uint64_t number, bool good) {
    --under_way;
    const Acknowledged line{kind, round, number};
    if (!good || ::write(pipe_end, &line, sizeof line) != static_cast<ssize_t>(sizeof line)) ::_exit(3);
  };
  const auto recipient = put(store, user_named("recipient" + std::to_string(round)));
  if (!recipient) ::_exit(4);
  for (std::uint64_t number = 0;; ++number) {
    while (under_way > 300) std::this_thread::yield();
    under_way += 4;
    store.put_session(session(start_us + static_cast<std::int64_t>(round * 1'000'000 + number)),
                      [&, number](Result<void> result) { tell(0, number, result.has_value()); });
    store.keep(recipient->id, message_saying(std::to_string(number)),
               [&, number](Result<void> result) { tell(1, number, result.has_value()); });
    store.change_contacts(one_contact(recipient->id, "c" + std::to_string(number), number + 2),
                          [&, number](Result<void> result) { tell(3, number, result.has_value()); });
    store.change_presence(one_note(recipient->id, std::to_string(number), static_cast<std::uint32_t>(number + 1)),
                          [&, number](Result<void> result) { tell(4, number, result.has_value()); });
    if (number % 10 != 0) continue;
    ++under_way;
    store.put_user(user_named("u" + std::to_string(round) + "-" + std::to_string(number)),
                   [&, number](Result<domain::User> result) { tell(2, number, result.has_value()); });
  }
}

/// Reads `count` acknowledgements, kills the child, then reads what it had still said.
void kill_after(std::size_t count, const std::string& path, std::uint32_t round, std::vector<Acknowledged>& all) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_for_ever(path, round, ends[1]);
  }
  ::close(ends[1]);
  Acknowledged line;
  for (std::size_t i = 0; ::read(ends[0], &line, sizeof line) == static_cast<ssize_t>(sizeof line); ++i) {
    all.push_back(line);
    if (i == count) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended with " << WEXITSTATUS(status);
}

TEST(StoreCrash, acknowledged_survives_kill_9_twenty_times) {
  TempFolder folder;
  base::Random random{std::uint64_t{20260301}};
  std::vector<Acknowledged> all;
  for (std::uint32_t round = 0; round < 20; ++round) {
    ASSERT_NO_FATAL_FAILURE(kill_after(random.below(4000), folder.file(), round, all));
  }
  auto store = open_store(folder.file());  // checks the file
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->check());
  std::set<std::string> users;
  std::map<std::uint32_t, std::set<std::string>> kept;
  std::map<std::uint32_t, domain::ContactListPtr> lists;
  std::map<std::uint32_t, std::uint64_t> notes;  // version of the publication
  const auto loaded = store->load_users();
  ASSERT_TRUE(loaded);
  for (const auto& user : *loaded) {
    users.insert(user.display_name);
    if (!user.display_name.starts_with("recipient")) continue;
    const auto round = static_cast<std::uint32_t>(std::stoul(user.display_name.substr(9)));
    auto& contents = kept[round];
    lists[round] = list_in(*store, user.id);
    if (lists[round]) {  // nothing is missing in the middle
      EXPECT_EQ(lists[round]->contacts().size() + 1, lists[round]->version());
    }
    for (const auto& one : presence_in(*store, user.id).publications) {
      notes[round] = one.version;
      EXPECT_EQ(std::get<domain::NoteValue>(one.value).text, std::to_string(one.version - 1));
    }
    std::uint64_t last = 0;
    for (auto messages = load(*store, user.id, 1000); messages && !messages->empty();
         messages = load(*store, user.id, 1000)) {
      for (const auto& message : *messages) {
        EXPECT_GT(message.sequence, last);
        last = message.sequence;
        contents.insert(message.message->content);
        store->forget(user.id, message.sequence, {});
      }
    }
  }
  auto look = ReadOnlyStore::open(folder.file());
  ASSERT_TRUE(look);
  std::size_t missing = 0;
  for (const auto& line : all) {
    bool found = false;
    if (line.kind == 0) {
      found = look->show_session(record_id(start_us + static_cast<std::int64_t>(line.round * 1'000'000 + line.number)))
                  .has_value();
    } else if (line.kind == 1) {
      found = kept[line.round].contains(std::to_string(line.number));
    } else if (line.kind == 3) {
      const auto& list = lists[line.round];
      found = list && list->find("c" + std::to_string(line.number) + "@example.com") != nullptr;
    } else if (line.kind == 4) {
      found = notes[line.round] > line.number;
    } else {
      found = users.contains("u" + std::to_string(line.round) + "-" + std::to_string(line.number));
    }
    missing += found ? 0 : 1;
  }
  EXPECT_EQ(missing, 0U);
  EXPECT_GT(all.size(), 1000U);
  RecordProperty("acknowledged", static_cast<int>(all.size()));
}

/// Writes sessions on another thread until it goes away, at most `limit`.
class BusyWriter {
 public:
  explicit BusyWriter(SqliteStore& store)
      : thread_([this, &store] {
          for (std::int64_t i = 0; !stop_ && i < 1'000'000; ++i) {
            EXPECT_TRUE(put(store, session(start_us + 1'000'000 + i)).has_value());
            ++written_;
          }
        }) {}
  BusyWriter(const BusyWriter&) = delete;
  BusyWriter& operator=(const BusyWriter&) = delete;
  ~BusyWriter() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::uint64_t written() const { return written_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> written_ = 0;
  std::thread thread_;
};

TEST(StoreReaders, see_a_growing_whole_while_the_store_writes) {
  TempFolder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(put(*store, session(start_us)));
  BusyWriter busy(*store);
  auto look = ReadOnlyStore::open(folder.file());
  ASSERT_TRUE(look);
  std::size_t before = 0;
  while (before < 50) {
    const auto written = busy.written();
    const auto rows = look->list_sessions({.limit = 10000});
    ASSERT_TRUE(rows) << rows.error().detail;
    EXPECT_GE(rows->size(), before);
    EXPECT_GE(rows->size(), written);  // acknowledged means visible
    before = rows->size();
  }
  EXPECT_TRUE(look->check());
}

TEST(StoreBackup, while_writing_gives_a_whole_store_of_one_moment) {
  TempFolder folder;
  auto store = open_store(folder.file());
  const auto alice = put(*store, user_named("alice"));
  ASSERT_TRUE(alice);
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(keep(*store, alice->id, std::string(8000, 'x')));
  BusyWriter busy(*store);
  const auto target = folder.file("copy.db");
  std::size_t steps = 0;
  std::uint64_t during = 0;
  const auto done = store->backup(target, false, [&](std::uint64_t pages_done, std::uint64_t total) {
    EXPECT_LE(pages_done, total);
    ++steps;
    const auto seen = busy.written();
    while (busy.written() < seen + 2) std::this_thread::yield();  // writers are not held up
    during = busy.written();
  });
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_GT(steps, 2U);
  EXPECT_GE(during, 4U);
  busy.stop();
  EXPECT_EQ(store->backup(target, false, {}).reason(), Reason::file_unwritable);
  EXPECT_EQ(store->backup(folder.file("no/such/folder"), false, {}).reason(), Reason::file_unwritable);
  auto copy = open_store(target);
  ASSERT_TRUE(copy);
  EXPECT_TRUE(copy->check());
  EXPECT_EQ(load(*copy, alice->id, 1000)->size(), 400U);
  copy.reset();
  EXPECT_TRUE(store->backup(target, true, {}));
  auto look = ReadOnlyStore::open(target);
  ASSERT_TRUE(look);
  EXPECT_EQ(look->counts()->sessions, busy.written());
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path().string().find("partial"), std::string::npos) << entry.path();
  }
}

TEST(StoreBackup, of_a_damaged_store_leaves_no_copy) {
  TempFolder folder;
  auto store = open_store(folder.file());
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(put(*store, user_named("user" + std::to_string(i))));
  store.reset();
  auto bytes = bytes_of(folder.file());
  for (std::size_t page = 3 * 4096; page + 64 < bytes.size(); page += 4096)
    bytes.replace(page, 64, std::string(64, '\x7e'));
  write_bytes(folder.file(), bytes);
  EXPECT_EQ(backup_store(folder.file(), folder.file("copy.db"), false, {}).reason(), Reason::file_damaged);
  EXPECT_FALSE(std::filesystem::exists(folder.file("copy.db")));
}

TEST(StoreLoad, group_commit_makes_many_changes_durable_with_few_transactions) {
  TempFolder folder;
  auto store = open_store(folder.file());
  constexpr std::size_t count = 10000;
  std::atomic<std::size_t> good = 0;
  for (std::size_t i = 0; i < count; ++i) {
    store->put_session(session(start_us + static_cast<std::int64_t>(i)),
                       [&](Result<void> result) { good += result ? 1 : 0; });
  }
  ASSERT_TRUE(store->load_users());
  EXPECT_EQ(good, count);
  EXPECT_LT(store->metrics().commits.value(), count / 10);
  EXPECT_EQ(store->metrics().failures.value(), 0U);
}

}  // namespace
}  // namespace tertulia::io
