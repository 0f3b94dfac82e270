// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <future>
#include <thread>

#include "face/admin/commands.h"
#include "io/http/server.h"
#include "io/local/local_socket.h"
#include "io/loop/watcher.h"
#include "io/secret/keeper.h"
#include "server/admin_live.h"
#include "server/certificates.h"
#include "server/kerberos.h"
#include "server/metrics_page.h"
#include "server/notify.h"
#include "server/password_worker.h"
#include "server/restore.h"
#include "server/web.h"

namespace tertulia::server {
namespace {

using base::Error;
using base::Reason;
using base::Result;

constexpr std::chrono::seconds connections_patience{2};  // for clients to take what was said to them at the end
constexpr std::int64_t second = 1'000'000, hour = 3600 * second, day = 24 * hour;

std::uint16_t shard_count_of(const ServerSettings& settings) {
  const std::size_t wanted = settings.shards != 0 ? settings.shards : std::thread::hardware_concurrency();
  return static_cast<std::uint16_t>(std::clamp<std::size_t>(wanted, 1, shards_max));
}

io::TransportSettings transport_settings(const ServerSettings& settings) {
  io::TransportSettings out;
  out.write_queue_bytes = settings.write_queue_bytes;
  out.connections = settings.connections_max;
  out.connections_per_peer = std::min(settings.connections_per_address_max, settings.connections_max);
  out.handshake_duration = std::chrono::seconds{settings.handshake_seconds};
  return out;
}

base::LogSettings log_settings_in(const DataFolder& folder, const ServerSettings& settings) {
  base::LogSettings out = log_settings(settings);
  if (!out.file.empty()) out.file = folder.resolve(out.file).string();
  return out;
}

class FrontEnd final : public Server {
 public:
  FrontEnd(const DataFolder& folder, std::filesystem::path configuration, ServerSettings settings)
      : folder_(folder),
        configuration_(std::move(configuration)),
        settings_(std::move(settings)),
        log_(log_settings_in(folder_, settings_)),
        started_(clock_.now().wall),
        control_(clock_),
        control_ids_(base::ShardId{static_cast<std::uint16_t>(shards_max)}),
        purge_timer_(control_) {}

  ~FrontEnd() override { stop(); }

  Result<void> open(const ServeOptions& options);
  const ServeAddresses& addresses() const override { return addresses_; }
  void run() override;

 private:
  Result<void> open_store(const ServeOptions& options);
  Result<void> open_shards(const ServeOptions& options);
  Result<void> listen(const ServeOptions& options);
  using Listen = Result<io::SocketAddress> (ShardThread::*)(const io::ListenSettings&);
  Result<void> listen_on(const std::string& text, bool tls, Listen begin, std::vector<std::string>& real);
  Result<void> listen_all(const std::vector<std::string>& texts, Listen begin, std::vector<std::string>& real);
  Result<void> open_control(const ServeOptions& options);
  Result<void> reload();
  Result<void> read_again();
  void publish(const domain::DirectoryPtr& directory);
  io::HttpResponse on_http(const io::HttpRequest& request);
  void arm_purge();
  void stop();

  DataFolder folder_;
  std::filesystem::path configuration_;
  ServerSettings settings_;
  base::Log log_;
  io::SystemClock clock_;
  base::WallTime started_;
  std::unique_ptr<io::Keeper> keeper_;
  std::unique_ptr<io::SqliteStore> store_;
  std::unique_ptr<UserAdministration> users_;
  std::unique_ptr<PasswordWorker> passwords_;
  WebParts web_;
  Shards shards_;
  ServeAddresses addresses_;
  // the control loop, on the thread of run(): signals, administrator's socket, health and metrics, nightly work
  io::Loop control_;
  base::IdSource control_ids_;
  std::unique_ptr<io::SignalWatcher> signals_;
  std::unique_ptr<LiveAdmin> admin_;
  std::unique_ptr<io::LocalServer> admin_socket_;
  std::unique_ptr<io::HttpServer> http_;
  io::Timer purge_timer_;
  std::future<void> purge_;
  bool serving_ = false;  // the shards' threads run
  bool stopped_ = false;
};

Result<void> FrontEnd::open(const ServeOptions& options) {
  for (const auto& step : {std::function<Result<void>()>([&] { return open_store(options); }),
                           std::function<Result<void>()>([&] { return open_shards(options); }),
                           std::function<Result<void>()>([&] { return listen(options); }),
                           std::function<Result<void>()>([&] { return open_control(options); })})
    if (Result<void> done = step(); !done) return done;
  return {};
}

Result<void> FrontEnd::open_store(const ServeOptions& options) {
  Result<io::KeyFile> key = io::KeyFile::load(folder_.secret_key().string());
  if (!key) return key.error();
  keeper_ = std::make_unique<io::Keeper>(*std::move(key));
  io::StoreSettings store_settings;
  store_settings.path = folder_.store().string();
  store_settings.create = false;  // `init` does: an empty one in place of a lost one would go unseen
  store_settings.clock = [] { return io::SystemClock().now(); };
  auto store = io::SqliteStore::open(std::move(store_settings), log_);
  if (!store) return store.error();
  store_ = *std::move(store);
  auto directory =
      UserAdministration::load(empty_directory(settings_, listen_list(options.sip_tls, settings_.sip_tls)), *store_);
  if (!directory) return directory.error();
  users_ = std::make_unique<UserAdministration>(*std::move(directory), *store_, *store_, *keeper_, clock_,
                                                [this](domain::DirectoryPtr fresh) { publish(fresh); });
  return {};
}

Result<void> FrontEnd::open_shards(const ServeOptions& options) {
  const std::uint16_t count = shard_count_of(settings_);
  ShardSettings for_shards = shard_settings(settings_);
  base::Random random = base::Random::from_system();
  for (std::uint8_t& byte : for_shards.face.gruu_key) byte = static_cast<std::uint8_t>(random.below(256));
  for_shards.registrar.gruu_key = for_shards.face.gruu_key;
  auto web = open_web(folder_, settings_, options.web, clock_.now().wall, log_);
  if (!web) return web.error();
  web_ = *std::move(web);
  for_shards.lync_schemes.dsk = web_.dsk;
  for_shards.lync.certificate_service = face::web_ticket::certificate_service_of(web_.tickets.base_url);
  if (!web_.tickets.base_url.empty())
    for_shards.lync.address_book = face::web_ticket::address_book_of(web_.tickets.base_url);
  for_shards.lync.join_pages = join_pages_of(web_.tickets.base_url);
  for_shards.lync.photos = web_.photos;
  passwords_ = std::make_unique<PasswordWorker>(*keeper_);
  auto kerberos = open_kerberos(folder_, settings_);
  if (!kerberos) return Error{kerberos.reason(), "lync.kerberos.keytab: " + kerberos.error().detail};
  for_shards.lync_schemes.kerberos = *std::move(kerberos);
  const ShardSurroundings surroundings{clock_,
                                       log_,
                                       *keeper_,
                                       {*store_, *store_, *store_, *store_, *store_, *store_},
                                       for_shards,
                                       transport_settings(settings_),
                                       static_cast<std::uint64_t>(started_.us / second)};
  std::vector<ShardThread*> peers;
  for (std::uint16_t i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<ShardThread>(surroundings, base::ShardId{i}, count, users_->directory()));
    peers.push_back(shards_.back().get());
  }
  for (const auto& shard : shards_) shard->set_peers(peers);
  return restore_shards(*store_, shards_);
}

Result<void> FrontEnd::listen_on(const std::string& text, bool tls, Listen begin, std::vector<std::string>& real) {
  Result<io::SocketAddress> address = io::SocketAddress::parse(text);
  if (!address) return Error{address.reason(), fmt::format("{}: {}", text, address.error().detail)};
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    io::ListenSettings settings;
    settings.address = *address;
    settings.tls = tls;
    settings.sharing = i == 0 ? io::PortSharing::first_of_shards : io::PortSharing::next_shard;
    const Result<io::SocketAddress> bound = (shards_[i].get()->*begin)(settings);
    if (!bound) return Error{bound.reason(), fmt::format("{}: {}", text, bound.error().detail)};
    address->port = bound->port;  // port 0: the others join the first
  }
  real.push_back(address->to_string());
  return {};
}

Result<void> FrontEnd::listen(const ServeOptions& options) {
  const auto tls = listen_list(options.sip_tls, settings_.sip_tls);
  const auto tcp = listen_list(options.sip_tcp, settings_.sip_tcp);
  if (!tls.empty() || !web_.listen.empty()) {
    const auto context = load_tls(folder_, settings_);
    if (!context) return context.error();
    for (const auto& shard : shards_) {
      shard->transport().use_tls(*context);
      if (!web_.listen.empty()) shard->serve_web(web_, *passwords_, web_http_settings(settings_), *context);
    }
  }
  if (auto done = listen_all(tls, &ShardThread::listen, addresses_.sip_tls); !done) return done;
  if (auto done = listen_all(web_.listen, &ShardThread::listen_web, addresses_.web); !done) return done;
  for (const std::string& text : tcp)
    if (auto done = listen_on(text, false, &ShardThread::listen, addresses_.sip_tcp); !done) return done;
  return {};
}

Result<void> FrontEnd::listen_all(const std::vector<std::string>& texts, Listen begin, std::vector<std::string>& real) {
  for (const std::string& text : texts) {
    Result<void> done = listen_on(text, true, begin, real);
    if (done) continue;
    // A machine without IPv6 must still start with the default list.
    const bool no_ipv6 = text.front() == '[' && !real.empty() && done.reason() == Reason::setting_out_of_bounds;
    if (!no_ipv6) return done;
    log_.warning("no IPv6 here, an address is left out", {{"address", text}});
  }
  return {};
}

Result<void> FrontEnd::open_control(const ServeOptions& options) {
  LiveAdmin::Surroundings surroundings{shards_,
                                       *store_,
                                       *users_,
                                       clock_,
                                       started_,
                                       join_pages_of(web_.tickets.base_url),
                                       [this] { return reload(); },
                                       [this] {
                                         if (addresses_.sip_tls.empty())
                                           return face::admin::ComponentHealth{"tls", {}, ""};  // not used
                                         return certificate_health(folder_, settings_, clock_.now().wall);
                                       }};
  admin_ = std::make_unique<LiveAdmin>(std::move(surroundings));
  auto socket = io::LocalServer::open(control_, folder_.admin_socket(), [this](std::string_view line) {
    return face::admin::handle(line, *admin_, log_);
  });
  if (!socket) return socket.error();
  admin_socket_ = *std::move(socket);
  const std::string http = options.http.value_or(settings_.http);
  if (!http.empty()) {
    const auto address = io::SocketAddress::parse(http);
    if (!address) return Error{address.reason(), fmt::format("{}: {}", http, address.error().detail)};
    http_ = std::make_unique<io::HttpServer>(control_, control_ids_, log_,
                                             [this](const io::HttpRequest& request) { return on_http(request); });
    const auto bound = http_->listen(*address);
    if (!bound) return Error{bound.reason(), fmt::format("{}: {}", http, bound.error().detail)};
    addresses_.http = bound->to_string();
  }
  // Before anybody is told that we are ready: a signal from then on must find its handler.
  signals_ = std::make_unique<io::SignalWatcher>(
      control_, std::initializer_list<int>{SIGTERM, SIGINT, SIGHUP}, [this](int signal) {
        if (signal != SIGHUP) return control_.stop();
        if (const Result<void> done = reload(); !done)
          log_.error("the configuration was not taken over",
                     {{"reason", base::name_of(done.reason())}, {"detail", done.error().detail}});
      });
  return {};
}

io::HttpResponse FrontEnd::on_http(const io::HttpRequest& request) {
  io::HttpResponse response;
  if (request.method == io::HttpMethod::post) return io::HttpResponse::plain(405);
  if (request.path == "/metrics") {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_page(shards_, store_->metrics(), certificate_end(folder_, settings_));
  } else if (request.path == "/health") {
    response.content_type = "application/json";
    response.body = face::admin::handle(R"({"command":"health"})", *admin_);
    if (response.body.find("\"healthy\":true") == std::string::npos) response.status = 503;
  } else if (request.path == "/live") {
    response.body = "alive\n";
  } else {
    return io::HttpResponse::plain(404);
  }
  return response;
}

void FrontEnd::publish(const domain::DirectoryPtr& directory) {
  const bool taken =
      on_all_shards(shards_, [directory](Shard& shard, base::Now now) { shard.set_directory(directory, now); });
  if (!taken) log_.error("a shard did not take over a change of users in time");
}

/// Whatever comes of it, the service manager hears that it is over.
Result<void> FrontEnd::reload() {
  notify_reloading(clock_.now().mono);
  if (!log_.reopen()) log_.error("the log file cannot be opened anew: lines go to the old one");
  Result<void> done = read_again();
  notify_service_manager("READY=1");
  return done;
}

Result<void> FrontEnd::read_again() {
  Result<ServerSettings> fresh = read_settings(configuration_);
  if (!fresh) return fresh.error();
  std::shared_ptr<const io::TlsContext> tls;
  if (!addresses_.sip_tls.empty() || !addresses_.web.empty()) {
    const auto context = load_tls(folder_, *fresh);
    if (!context) return context.error();
    tls = *context;
  }
  for (const Setting& setting : all_settings())  // what needs a restart stays as it is
    if (!setting.live && setting.get(*fresh) != setting.get(settings_)) {
      log_.warning("this setting is taken over at the next start", {{"setting", setting.name}});
      (void)setting.set(*fresh, setting.get(settings_)).has_value();
    }
  settings_ = *std::move(fresh);
  const ShardSettings for_shards = shard_settings(settings_);
  bool all = true;
  if (tls)
    for (const auto& shard : shards_)
      all = shard->post_transport([tls](io::Transport& transport) { transport.use_tls(tls); }) &&
            shard->post_web([tls](io::HttpServer& web) { web.use_tls(tls); }) && all;
  all = on_all_shards(shards_, [for_shards](Shard& shard, base::Now) { shard.set_settings(for_shards); }) && all;
  users_->set_global_policy(settings_.policy);
  arm_purge();
  if (!all) return Error{Reason::server_busy, "a shard did not take over certificate or settings in time"};
  log_.info("configuration and certificate were read again");
  return {};
}

void FrontEnd::arm_purge() {
  const base::Now now = clock_.now();
  const std::int64_t today = now.wall.us / day * day + settings_.purge_hour * hour;
  const std::int64_t next = today > now.wall.us ? today : today + day;
  purge_timer_.arm(now.mono + base::Duration{next - now.wall.us}, [this] {
    // On a thread of its own: a large purge takes minutes, in small pieces between other writes.
    purge_ = std::async(std::launch::async, [this, days = settings_.keep_days] {
      const auto removed = store_->purge(clock_.now().wall, days);
      if (removed) {
        log_.info("old records were removed", {{"records", *removed}});
      } else {
        log_.warning("old records could not be removed", {{"reason", base::name_of(removed.reason())}});
      }
    });
    arm_purge();
  });
}

void FrontEnd::run() {
  arm_purge();
  serving_ = true;
  for (const auto& shard : shards_) shard->start();
  notify_service_manager("READY=1");
  log_.info("serving",
            {{"shards", static_cast<std::uint64_t>(shards_.size())}, {"users", users_->directory()->size()}});
  control_.run();
  notify_service_manager("STOPPING=1");
  log_.info("stopping");
  stop();
}

/// New work is refused first, then conversations and registrations end with their records, then clients get what was
/// said to them, then the store writes the rest.
void FrontEnd::stop() {
  if (std::exchange(stopped_, true)) return;
  admin_socket_.reset();
  http_.reset();
  if (serving_) {
    for (const auto& shard : shards_) {
      (void)shard->post_transport([](io::Transport& transport) { transport.stop_listening(); });
      (void)shard->post_web([](io::HttpServer& web) { web.stop(); });
    }
    passwords_->stop();
    if (!on_all_shards(shards_, [](Shard& shard, base::Now now) { shard.stop(now); }))
      log_.error("a shard did not stop in time");
    for (const auto& shard : shards_)
      (void)shard->post_transport([](io::Transport& transport) { transport.close_all(io::CloseMode::after_flush); });
    const auto open = [this] {
      return std::any_of(shards_.begin(), shards_.end(),
                         [](const auto& shard) { return shard->transport_metrics().open.value() > 0; });
    };
    const auto give_up = std::chrono::steady_clock::now() + connections_patience;
    while (open() && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  if (store_) store_->stop();  // a purge at work is refused its next piece and ends
  if (purge_.valid()) purge_.wait();
  for (const auto& shard : shards_) shard->join();
}

}  // namespace

std::vector<std::string> listen_list(const std::vector<std::string>& given,
                                     const std::vector<std::string>& configured) {
  if (given.empty()) return configured;
  std::vector<std::string> list;
  std::copy_if(given.begin(), given.end(), std::back_inserter(list), [](const auto& text) { return !text.empty(); });
  return list;
}

Result<std::unique_ptr<Server>> Server::open(const DataFolder& folder, const ServeOptions& options) {
  const std::filesystem::path configuration = options.configuration.value_or(folder.configuration());
  Result<ServerSettings> settings = read_settings(configuration);
  if (!settings) return settings.error();
  io::ignore_broken_pipe_signal();
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is a full disk, not a reason to die
  ::prctl(PR_SET_DUMPABLE, 0);    // no core file with keys in it
  std::unique_ptr<FrontEnd> front_end;
  try {  // the log library reports a file it cannot open by exception; it stops here
    front_end = std::make_unique<FrontEnd>(folder, configuration, *std::move(settings));
  } catch (const std::exception& error) {
    return Error{Reason::file_unwritable, fmt::format("log.file: {}", error.what())};
  }
  if (const Result<void> opened = front_end->open(options); !opened) return opened.error();
  return std::unique_ptr<Server>(std::move(front_end));
}

}  // namespace tertulia::server
