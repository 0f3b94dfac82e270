// SPDX-License-Identifier: Apache-2.0
// Writes many users into the store of a stopped server, with their contacts when wanted.  Their credentials are sealed
// as always; only the hash for checks of a clear password is made cheaply, since no benchmark checks one.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "domain/contacts/contact_list.h"
#include "domain/contacts/store.h"
#include "io/loop/clock.h"
#include "io/secret/keeper.h"
#include "io/store_sqlite/sqlite_store.h"
#include "options.h"
#include "phone.h"
#include "server/data_folder.h"

namespace {

using namespace tertulia;

constexpr std::size_t users_max = 100'000;
constexpr std::size_t under_way_max = 2'000;  // operations in the store's queue
constexpr std::uint64_t hash_passes = 1;
constexpr std::size_t hash_bytes = 64 * 1024;

int fail(const base::Error& error) {
  fmt::print(stderr, "{}: {}\n", base::name_of(error.reason), error.detail);
  return 1;
}

/// Operations that the store has been given and those that it has done.
class Progress {
 public:
  /// Waits for room.
  void begin() {
    wait_for(under_way_max - 1);
    ++begun_;
  }
  void end(bool good) {
    good_ += good ? 1 : 0;
    ++ended_;
  }
  /// Waits until at most `left` are under way.
  void wait_for(std::size_t left) const {
    while (begun_ - ended_ > left) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  bool all_good() const { return good_ == begun_; }

 private:
  std::size_t begun_ = 0;
  std::atomic<std::size_t> ended_ = 0, good_ = 0;
};

base::Result<domain::User> make_user(std::size_t number, const std::string& served, const std::string& password,
                                     io::Keeper& keeper) {
  domain::User user;
  auto address = domain::Address::parse(bench::user_name(number) + "@" + served);
  if (!address) return address.error();
  user.address = *std::move(address);
  user.display_name = fmt::format("Bench {}", number);
  user.created = io::SystemClock().now().wall;
  user.version = 1;
  auto credentials = keeper.make(user.address, served, password);
  if (!credentials) return credentials.error();
  user.credentials = *std::move(credentials);
  return user;
}

/// Everybody has as many others, evenly spread over all, and is on the lists of as many: so in the middle of a morning
/// half of one's contacts are there.
base::Result<domain::ContactsChange> make_contacts(std::size_t number, std::size_t count, std::size_t contacts,
                                                   const std::string& served, base::UserId id) {
  domain::ContactList list;
  for (std::size_t k = 0; k < contacts; ++k) {
    domain::Contact contact;
    contact.address = bench::user_name((number + 1 + k * (count - 1) / contacts) % count) + "@" + served;
    auto longer = list.with(domain::PutContact{std::move(contact)}, contacts);
    if (!longer) return longer.error();
    list = *std::move(longer);
  }
  return domain::difference(id, domain::ContactList(), list);
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options(argc, argv, "data count contacts domain password");
  const server::DataFolder folder(options.text("data"));
  const std::string served = options.text("domain", "example.com");
  const std::string password = options.text("password", "bench password");
  const std::size_t count = std::min<std::size_t>(options.number("count", 200), users_max);
  const std::size_t contacts = count == 0 ? 0 : std::min<std::size_t>(options.number("contacts", 0), count - 1);

  auto key = io::KeyFile::load(folder.secret_key().string());
  if (!key) return fail(key.error());
  io::Keeper keeper(*std::move(key), {hash_passes, hash_bytes});
  const base::Log& log = base::Log::silent();
  io::StoreSettings settings;
  settings.path = folder.store().string();
  settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(settings), log);
  if (!store) return fail(store.error());

  std::vector<base::UserId> ids(count);
  Progress users, lists;
  for (std::size_t i = 0; i < count; ++i) {
    auto user = make_user(i, served, password, keeper);
    if (!user) return fail(user.error());
    users.begin();
    (*store)->put_user(*std::move(user), [&users, &id = ids[i]](const base::Result<domain::User>& result) {
      if (result) id = result->id;
      users.end(result.has_value());
    });
  }
  users.wait_for(0);
  for (std::size_t i = 0; i < count && contacts > 0; ++i) {
    auto change = make_contacts(i, count, contacts, served, ids[i]);
    if (!change) return fail(change.error());
    lists.begin();
    (*store)->change_contacts(*std::move(change), [&lists](const base::Result<void>& r) { lists.end(r.has_value()); });
  }
  lists.wait_for(0);
  (*store)->stop();
  fmt::print("{{\"users\": {}, \"contacts\": {}}}\n", count, contacts);
  return users.all_good() && lists.all_good() ? 0 : 1;
}
