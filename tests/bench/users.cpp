// SPDX-License-Identifier: Apache-2.0
// Writes many users into the store of a stopped server.  Their credentials are sealed as always; only the hash for
// checks of a clear password is made cheaply, since no benchmark checks one.
#include <fmt/format.h>

#include <atomic>

#include "io/loop/clock.h"
#include "io/secret/keeper.h"
#include "io/store_sqlite/sqlite_store.h"
#include "options.h"
#include "phone.h"
#include "server/data_folder.h"

namespace {

using namespace tertulia;

constexpr std::size_t users_max = 10'000;  // all fit into the store's queue
constexpr std::uint64_t hash_passes = 1;
constexpr std::size_t hash_bytes = 64 * 1024;

int fail(const base::Error& error) {
  fmt::print(stderr, "{}: {}\n", base::name_of(error.reason), error.detail);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options(argc, argv, "data count domain password");
  const server::DataFolder folder(options.text("data"));
  const std::string served = options.text("domain", "example.com");
  const std::string password = options.text("password", "bench password");
  const std::size_t count = std::min<std::size_t>(options.number("count", 200), users_max);

  auto key = io::KeyFile::load(folder.secret_key().string());
  if (!key) return fail(key.error());
  io::Keeper keeper(*std::move(key), {hash_passes, hash_bytes});
  const base::Log& log = base::Log::silent();
  io::StoreSettings settings;
  settings.path = folder.store().string();
  settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(settings), log);
  if (!store) return fail(store.error());

  std::atomic<std::size_t> made = 0;
  for (std::size_t i = 0; i < count; ++i) {
    domain::User user;
    const auto address = domain::Address::parse(bench::user_name(i) + "@" + served);
    if (!address) return fail(address.error());
    user.address = *address;
    user.display_name = fmt::format("Bench {}", i);
    user.created = io::SystemClock().now().wall;
    user.version = 1;
    auto credentials = keeper.make(user.address, served, password);
    if (!credentials) return fail(credentials.error());
    user.credentials = *std::move(credentials);
    (*store)->put_user(std::move(user), [&](const base::Result<domain::User>& result) { made += result ? 1 : 0; });
  }
  (*store)->stop();
  fmt::print("{{\"users\": {}}}\n", made.load());
  return made == count ? 0 : 1;
}
