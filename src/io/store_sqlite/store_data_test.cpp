// SPDX-License-Identifier: Apache-2.0
// Users, kept messages and records go in and come out again.
#include <sys/stat.h>

#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/migrations.h"
#include "io/store_sqlite/read_only_store.h"
#include "io/store_sqlite/store_test_support.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary
using base::UserId;

class StoreData : public ::testing::Test {
 protected:
  void reopen() {
    store_.reset();
    store_ = open_store(folder_.file());
    ASSERT_TRUE(store_);
  }
  ReadOnlyStore reader() {
    auto opened = ReadOnlyStore::open(folder_.file());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    return std::move(*opened);
  }
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
};

TEST_F(StoreData, file_is_private) {
  for (const char* tail : {"", "-wal", "-shm", ".lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat((folder_.file() + tail).c_str(), &status), 0) << tail;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << tail;
  }
}

TEST_F(StoreData, users_survive) {
  auto alice = user_named("alice");
  alice.settings = {{"endpoints_max", "3"}, {"link_action", "block"}};
  alice.blocked = {*domain::Address::parse("mallory@example.com"), *domain::Address::parse("eve@example.com")};
  const auto stored = put(*store_, alice);
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->id);
  auto bob = put(*store_, user_named("bob"));
  ASSERT_TRUE(bob);
  bob->display_name = "Robert";
  bob->enabled = false;
  bob->version = 2;
  ASSERT_TRUE(put(*store_, *bob));
  reopen();
  const auto users = store_->load_users();
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 2U);
  const auto& first = users->at(0);
  EXPECT_EQ(first.id, stored->id);
  EXPECT_EQ(first.address, alice.address);
  EXPECT_EQ(first.credentials, alice.credentials);
  EXPECT_EQ(first.settings, alice.settings);
  EXPECT_EQ(first.blocked, alice.blocked);
  EXPECT_EQ(first.created, alice.created);
  EXPECT_EQ(users->at(1).display_name, "Robert");
  EXPECT_FALSE(users->at(1).enabled);
  EXPECT_EQ(users->at(1).version, 2U);
}

TEST_F(StoreData, address_belongs_to_one_user) {
  const auto alice = put(*store_, user_named("alice"));
  auto bob = put(*store_, user_named("bob"));
  ASSERT_TRUE(alice && bob);
  EXPECT_EQ(put(*store_, user_named("alice")).reason(), Reason::user_exists);
  bob->address = alice->address;
  EXPECT_EQ(put(*store_, *bob).reason(), Reason::user_exists);
  auto nobody = user_named("nobody");
  nobody.id.value = 999;
  EXPECT_EQ(put(*store_, nobody).reason(), Reason::user_does_not_exist);
  EXPECT_EQ(store_->load_users()->size(), 2U);
}

TEST_F(StoreData, removed_user_takes_kept_messages_along_and_never_comes_back) {
  const auto alice = put(*store_, user_named("alice"));
  ASSERT_TRUE(alice);
  ASSERT_TRUE(keep(*store_, alice->id, "hello"));
  const auto remove = [&] { return wait_for<void>([&](auto done) { store_->remove_user(alice->id, done); }); };
  ASSERT_TRUE(remove());
  EXPECT_EQ(remove().reason(), Reason::user_does_not_exist);
  EXPECT_TRUE(store_->count_kept()->empty());
  EXPECT_EQ(keep(*store_, alice->id, "late").reason(), Reason::user_does_not_exist);
  const auto again = put(*store_, user_named("alice"));
  ASSERT_TRUE(again);
  EXPECT_NE(again->id, alice->id);
}

TEST_F(StoreData, kept_messages_come_in_order_and_numbers_are_never_given_twice) {
  const auto alice = put(*store_, user_named("alice"));
  const auto bob = put(*store_, user_named("bob"));
  ASSERT_TRUE(alice && bob);
  const std::string body("with \0 zero", 11);
  for (const auto& text : {std::string("one"), std::string("two"), body}) ASSERT_TRUE(keep(*store_, alice->id, text));
  ASSERT_TRUE(keep(*store_, bob->id, "other"));
  reopen();
  using Counts = std::vector<std::pair<UserId, std::uint64_t>>;
  EXPECT_EQ(*store_->count_kept(), (Counts{{alice->id, 3}, {bob->id, 1}}));
  EXPECT_EQ(load(*store_, alice->id, 2)->size(), 2U);
  auto messages = load(*store_, alice->id);
  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(messages->at(i).sequence, i + 1);
  const auto& last = *messages->at(2).message;
  const auto expected = message_saying(body);
  EXPECT_EQ(last.content, body);
  EXPECT_EQ(last.id, expected->id);
  EXPECT_EQ(last.from, expected->from);
  EXPECT_EQ(last.from_address, expected->from_address);
  EXPECT_EQ(last.from_name, expected->from_name);
  EXPECT_EQ(last.content_type, expected->content_type);
  EXPECT_EQ(last.subject, expected->subject);
  EXPECT_EQ(last.sent, expected->sent);
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    EXPECT_TRUE(wait_for<void>([&](auto done) { store_->forget(alice->id, sequence, done); }));
  }
  EXPECT_TRUE(wait_for<void>([&](auto done) { store_->forget(alice->id, 3, done); }));  // harmless
  ASSERT_TRUE(keep(*store_, alice->id, "four"));
  messages = load(*store_, alice->id);
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front().sequence, 4U);
}

TEST_F(StoreData, load_answers_at_most_the_limit) {
  const auto alice = put(*store_, user_named("alice"));
  ASSERT_TRUE(alice);
  for (std::size_t i = 0; i <= store_limits::kept_loaded_max; ++i) store_->keep(alice->id, message_saying("x"), {});
  EXPECT_EQ(load(*store_, alice->id, SIZE_MAX)->size(), store_limits::kept_loaded_max);
}

TEST_F(StoreData, records_are_replaced_by_id_and_can_be_listed) {
  auto open = session(start_us);
  open.end_time.reset();
  open.media_types = 1 | 16;
  ASSERT_TRUE(put(*store_, open));
  open.end_time = base::WallTime{start_us + 500};
  open.user1.message_count = 8;
  ASSERT_TRUE(put(*store_, open));
  ASSERT_TRUE(put(*store_, session(start_us + 1000, "carol@example.com", "alice@example.com")));
  ASSERT_TRUE(put(*store_, session(start_us + 2000, "carol@example.com", "bob@example.com")));
  auto look = reader();
  auto sessions = look.list_sessions({});
  ASSERT_TRUE(sessions);
  ASSERT_EQ(sessions->size(), 3U);
  EXPECT_EQ(sessions->front().id, record_id(start_us + 2000));  // newest first
  const auto& row = sessions->back();
  EXPECT_EQ(row.user1.message_count, 8U);
  EXPECT_EQ(row.user1.user, "alice@example.com");
  EXPECT_EQ(row.user1.client_version, "baresip");
  EXPECT_EQ(row.user1.endpoint.value, 11U);
  EXPECT_EQ(row.user2.user, "bob@example.com");
  EXPECT_EQ(row.user2.message_count, 2U);
  EXPECT_EQ(row.mode, domain::SessionMode::session);
  EXPECT_EQ(row.call_id, open.call_id);
  EXPECT_EQ(row.content_type, open.content_type);
  EXPECT_EQ(row.response_time, open.response_time);
  EXPECT_EQ(row.end_time, open.end_time);
  EXPECT_EQ(row.media_types, 17U);
  EXPECT_EQ(look.list_sessions({.user = "alice@example.com"})->size(), 2U);
  EXPECT_EQ(look.list_sessions({.user = "nobody@example.com"})->size(), 0U);
  EXPECT_EQ(
      look.list_sessions({.from = base::WallTime{start_us + 1000}, .to = base::WallTime{start_us + 2000}})->size(), 1U);
  sessions = look.list_sessions({.limit = 2, .oldest_first = true});
  ASSERT_EQ(sessions->size(), 2U);
  sessions = look.list_sessions({.limit = 2, .oldest_first = true, .beyond = sessions->back().id});
  ASSERT_EQ(sessions->size(), 1U);
  EXPECT_EQ(look.show_session(record_id(start_us))->user1.message_count, 8U);
  EXPECT_EQ(look.show_session(record_id(1)).reason(), Reason::not_found);
}

TEST_F(StoreData, a_session_keeps_the_clients_name_of_the_conversation) {
  auto row = session(start_us);
  row.correlation_id = "421337";
  ASSERT_TRUE(put(*store_, row));
  auto nameless = session(start_us + 1000);
  ASSERT_TRUE(put(*store_, nameless));
  auto long_one = session(start_us + 2000);
  long_one.correlation_id = std::string(store_limits::correlation_id_bytes_max + 1, 'x');
  ASSERT_TRUE(put(*store_, long_one));
  reopen();
  auto look = reader();
  EXPECT_EQ(look.show_session(row.id)->correlation_id, "421337");
  EXPECT_EQ(look.show_session(nameless.id)->correlation_id, "");
  EXPECT_EQ(look.show_session(long_one.id)->correlation_id.size(), store_limits::correlation_id_bytes_max);
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE CorrelationId = '421337'"), 1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE CorrelationId IS NULL"), 1);
}

TEST_F(StoreData, a_call_keeps_what_calls_need) {
  auto call = session(start_us + 256);
  call.mode = domain::SessionMode::call;
  call.conversation = {};
  call.user1.message_count = call.user2.message_count = 0;
  call.media_types = 16 | 32;
  call.referred_by = "carol@example.com";
  call.replaces = record_id(start_us);
  call.end_time.reset();
  ASSERT_TRUE(put(*store_, call));
  call.end_time = base::WallTime{start_us + 9000};
  call.disconnected_by = 2;
  ASSERT_TRUE(put(*store_, call));  // the same row
  reopen();
  auto look = reader();
  const auto row = look.show_session(call.id);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->mode, domain::SessionMode::call);
  EXPECT_EQ(row->media_types, 48U);
  EXPECT_EQ(row->referred_by, "carol@example.com");
  EXPECT_EQ(row->replaces, record_id(start_us));
  EXPECT_EQ(row->disconnected_by, 2U);
  EXPECT_EQ(row->end_time, call.end_time);
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE Mode = 'call' AND MediaTypes = 48 AND "
                               "ReferredByUri = 'carol@example.com' AND ReplaceDialogIdSeq = 1 AND "
                               "ReplaceDialogIdTime = '2026-02-02T02:40:00.000Z'"),
            1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM voip_details_view WHERE FromUri = 'alice@example.com' AND "
                               "DisconnectedByUri = 'bob@example.com'"),
            1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM media WHERE media_id IN (5, 6) AND end_us IS NOT NULL"), 2);
}

TEST_F(StoreData, files_of_a_session) {
  using domain::FileOutcome;
  auto talk = session(start_us);
  talk.media_types = 1 | domain::media_file_transfer;
  talk.files = {{"plan.txt", "", "1", 1, FileOutcome::offered}};
  ASSERT_TRUE(put(*store_, talk));
  talk.files[0].outcome = FileOutcome::accepted;
  talk.files.push_back(
      {std::string(store_limits::file_name_bytes_max + 1, 'x'), "{id}", "2", 2, FileOutcome::rejected});
  ASSERT_TRUE(put(*store_, talk));  // the same row
  auto offer = session(start_us + 1000);
  offer.mode = domain::SessionMode::file;
  offer.media_types = domain::media_file_transfer;
  offer.files = {{"b.txt", "{id}", "1", 1, FileOutcome::cancelled}};
  ASSERT_TRUE(put(*store_, offer));
  reopen();
  auto look = reader();
  const auto row = look.show_session(talk.id);
  ASSERT_TRUE(row);
  ASSERT_EQ(row->files.size(), 2U);
  EXPECT_EQ(row->files[0], talk.files[0]);
  EXPECT_EQ(row->files[1].name.size(), store_limits::file_name_bytes_max);
  EXPECT_EQ(row->files[1].outcome, FileOutcome::rejected);
  const auto all = look.list_sessions({});
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->front().mode, domain::SessionMode::file);
  EXPECT_EQ(all->front().files, offer.files);
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE Mode = 'file' AND MediaTypes = 2"), 1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM voip_details_view"), 0);
  EXPECT_EQ(**database->number("SELECT count(*) FROM file_transfers_view WHERE FromUri = 'bob@example.com' AND ToUri = "
                               "'alice@example.com' AND FileIdentity = '{id}' AND Reject = 1 AND Accept IS NULL"),
            1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM file_transfers_view WHERE FileName = 'b.txt' AND Cancel = 1"), 1);
}

TEST_F(StoreData, a_call_left_open_is_closed_at_the_next_start) {
  auto call = session(start_us);
  call.mode = domain::SessionMode::call;
  call.end_time.reset();
  ASSERT_TRUE(put(*store_, call));
  reopen();
  EXPECT_EQ(store_->closed_at_start(), 1);
  EXPECT_EQ(reader().show_session(call.id)->diagnostic_id, base::id_of(Reason::server_restarted));
}

TEST_F(StoreData, a_side_that_does_not_exist_is_refused) {
  auto call = session(start_us);
  call.disconnected_by = 3;
  EXPECT_EQ(put(*store_, call).reason(), Reason::store_unavailable);  // our own bug
}

TEST_F(StoreData, registrations_can_be_listed) {
  auto record = registration(start_us);
  record.deregister_time = base::WallTime{start_us + 77};
  record.deregister_type = domain::DeregisterType::client_crashed;
  ASSERT_TRUE(put(*store_, record));
  auto failed = registration(start_us + 5, "mallory@example.com");
  failed.response_code = 403;
  failed.diagnostic_id = base::id_of(Reason::account_locked);
  ASSERT_TRUE(put(*store_, failed));
  auto look = reader();
  const auto rows = look.list_registrations({.user = "alice@example.com"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  const auto& row = rows->front();
  EXPECT_EQ(row.endpoint, record.endpoint);
  EXPECT_EQ(row.instance, record.instance);
  EXPECT_EQ(row.client_version, record.client_version);
  EXPECT_EQ(row.ip_address, record.ip_address);
  EXPECT_EQ(row.register_time, record.register_time);
  EXPECT_EQ(row.deregister_time, record.deregister_time);
  EXPECT_EQ(row.deregister_type, record.deregister_type);
  EXPECT_EQ(look.show_registration(failed.id)->diagnostic_id, failed.diagnostic_id);
  EXPECT_EQ(look.list_registrations({})->size(), 2U);
}

TEST_F(StoreData, text_of_a_client_is_cut_to_the_column) {
  auto record = registration(start_us);
  record.client_version = std::string(store_limits::client_version_bytes_max - 1, 'a') + "\xC3\xA9";  // é does not fit
  record.instance = "bad\xFFutf8";
  ASSERT_TRUE(put(*store_, record));
  auto look = reader();
  const auto row = look.show_registration(record.id);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->client_version, std::string(store_limits::client_version_bytes_max - 1, 'a'));
  EXPECT_EQ(row->instance, "bad?utf8");
}

TEST_F(StoreData, views_speak_the_products_words) {
  ASSERT_TRUE(put(*store_, session(start_us)));
  ASSERT_TRUE(put(*store_, registration(start_us)));
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  ASSERT_TRUE(database);
  std::string text;
  ASSERT_TRUE(database->each(
      [&](const Statement& row) {
        for (int i = 0; i < 6; ++i) text += std::string(row.text(i)) + '|';
      },
      "SELECT FromUri, ToUri, FromMessageCount, InviteTime, SessionEndTime, SessionIdSeq FROM session_details_view"));
  EXPECT_EQ(text, "alice@example.com|bob@example.com|3|2026-02-02T02:40:00.000Z|2026-02-02T02:40:00.001Z|1|");
  EXPECT_EQ(**database->number("SELECT count(*) FROM registration_view WHERE UserUri = 'alice@example.com' AND "
                               "RegisterTime = '2026-02-02T02:40:00.000Z' AND DeRegisterTime IS NULL"),
            1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM media WHERE media_id = 1"), 1);
}

TEST_F(StoreData, rows_left_open_are_closed_at_the_next_start) {
  auto open = session(start_us);
  open.end_time.reset();
  ASSERT_TRUE(put(*store_, open));
  auto refused = session(start_us + 1);
  refused.end_time.reset();
  refused.response_code = 603;
  refused.diagnostic_id = base::id_of(Reason::recipient_declined);
  ASSERT_TRUE(put(*store_, refused));
  ASSERT_TRUE(put(*store_, registration(start_us)));
  auto failed = registration(start_us + 1);
  failed.response_code = 403;
  ASSERT_TRUE(put(*store_, failed));
  {
    auto look = reader();
    const auto counts = look.counts();
    ASSERT_TRUE(counts);
    EXPECT_EQ(counts->sessions_open, 2U);
    EXPECT_EQ(counts->registrations_open, 1U);
    EXPECT_EQ(counts->schema_version, migrations().back().version);
    EXPECT_GT(counts->file_bytes, 0U);
  }
  reopen();
  EXPECT_EQ(store_->closed_at_start(), 3);
  auto look = reader();
  const auto row = look.show_session(open.id);
  EXPECT_EQ(row->diagnostic_id, base::id_of(Reason::server_restarted));
  ASSERT_TRUE(row->end_time);
  EXPECT_GT(row->end_time->us, start_us);  // the last change that the earlier run has written
  EXPECT_LT(row->end_time->us, start_us + 10'000'000);
  EXPECT_EQ(look.show_session(refused.id)->diagnostic_id, refused.diagnostic_id);
  EXPECT_EQ(look.show_session(refused.id)->end_time, refused.response_time);
  EXPECT_EQ(look.show_registration(record_id(start_us))->diagnostic_id, base::id_of(Reason::server_restarted));
  EXPECT_FALSE(look.show_registration(failed.id)->deregister_time);
  reopen();
  EXPECT_EQ(store_->closed_at_start(), 0);
}

TEST_F(StoreData, reader_sees_users_without_credentials) {
  ASSERT_TRUE(put(*store_, user_named("alice")));
  auto look = reader();
  const auto users = look.list_users();
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 1U);
  EXPECT_EQ(users->front().credentials, domain::Credentials{});
  EXPECT_TRUE(look.check());
  EXPECT_TRUE(look.count_kept()->empty());
}

TEST_F(StoreData, reader_works_without_a_server) {
  ASSERT_TRUE(put(*store_, session(start_us)));
  store_.reset();
  auto look = reader();
  EXPECT_EQ(look.list_sessions({})->size(), 1U);
}

TEST_F(StoreData, purge_deletes_what_is_old_and_gives_space_back) {
  constexpr std::int64_t day = 86'400'000'000;
  const base::WallTime now{start_us + 100 * day};
  constexpr int old_rows = 1300;  // more than two batches
  for (int i = 0; i < old_rows; ++i) {
    store_->put_session(session(start_us + i, "old" + std::to_string(i) + "@example.com"), {});
    store_->put_registration(registration(start_us + i, "old" + std::to_string(i) + "@example.com"), {});
  }
  auto failed = registration(start_us + old_rows);
  failed.response_code = 401;
  ASSERT_TRUE(put(*store_, failed));
  auto open = session(start_us + old_rows);
  open.end_time.reset();
  ASSERT_TRUE(put(*store_, open));
  ASSERT_TRUE(put(*store_, session(start_us + 90 * day)));
  EXPECT_EQ(store_->purge(now, 0).reason(), Reason::setting_out_of_bounds);
  EXPECT_EQ(store_->purge(now, 2563).reason(), Reason::setting_out_of_bounds);
  EXPECT_EQ(*store_->purge(now, 2562), 0U);
  const auto purged = store_->purge(now, 60);
  ASSERT_TRUE(purged) << purged.error().detail;
  EXPECT_EQ(*purged, static_cast<std::uint64_t>(old_rows + 1));  // registrations that are still open stay
  auto look = reader();
  const auto counts = look.counts();
  EXPECT_EQ(counts->sessions, 2U);
  EXPECT_EQ(counts->registrations, static_cast<std::uint64_t>(old_rows));
  EXPECT_EQ(counts->free_bytes, 0U);
  for (int i = 0; i < old_rows; ++i) {
    auto ended = registration(start_us + i, "old" + std::to_string(i) + "@example.com");
    ended.deregister_time = base::WallTime{start_us + day};
    store_->put_registration(ended, {});
  }
  EXPECT_EQ(*store_->purge(now, 60), static_cast<std::uint64_t>(old_rows));
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT count(*) FROM record_users"), 2);  // alice and bob
  EXPECT_TRUE(store_->check());
}

}  // namespace
}  // namespace tertulia::io
