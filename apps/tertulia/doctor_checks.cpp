// SPDX-License-Identifier: Apache-2.0
#include "doctor_checks.h"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "io/kerberos/keytab.h"
#include "io/local/local_socket.h"
#include "io/loop/clock.h"
#include "io/net/address.h"
#include "io/net/socket.h"
#include "io/secret/ca.h"
#include "io/secret/keeper.h"
#include "io/secret/key_file.h"
#include "io/store_sqlite/read_only_store.h"
#include "output.h"
#include "server/kerberos.h"
#include "server/settings.h"

namespace tertulia::app {
namespace {

using Grade = Finding::Grade;
using Findings = std::vector<Finding>;
namespace fs = std::filesystem;

/// Collects findings, in the chosen language.
class Examination {
 public:
  explicit Examination(base::Language language) : language_(language) {}

  template <typename... Args>
  std::string sentence(std::string_view english, const Args&... args) const {
    return fmt::vformat(tr(language_, english), fmt::make_format_args(args...));
  }
  std::string why(const base::Error& error) const {
    const std::string_view text = base::text_of(error.reason, language_);
    return error.detail.empty() ? std::string(text) : fmt::format("{}: {}", text, detail(error.detail));
  }
  std::string detail(std::string_view english) const { return tr_detail(language_, english); }
  void add(Grade grade, std::string check, std::string text, std::string remedy = {}) {
    findings_.push_back({grade, std::move(check), std::move(text), std::move(remedy)});
  }
  Findings take() { return std::move(findings_); }

 private:
  base::Language language_;
  Findings findings_;
};

bool check_folder(const server::DataFolder& folder, bool with_own_configuration, Examination& out) {
  if (!folder.initialised() && !with_own_configuration) {
    out.add(Grade::fault, "folder", out.sentence("{} is no data folder", folder.root().string()),
            "tertulia init --data " + folder.root().string() + " --domain YOUR.DOMAIN");
    return false;
  }
  struct stat facts {};
  if (::stat(folder.root().c_str(), &facts) == 0 && (facts.st_mode & 0077) != 0) {
    out.add(Grade::warning, "folder", out.sentence("others may look into the data folder"),
            "chmod 700 " + folder.root().string());
  } else {
    out.add(Grade::ok, "folder", folder.root().string());
  }
  return true;
}

void check_key(const server::DataFolder& folder, Examination& out) {
  const std::string restore =
      out.sentence("restore keys/secret.key from the backup; without it every password must be set anew");
  auto key = io::KeyFile::load(folder.secret_key().string());
  if (!key) {
    struct stat facts {};
    const bool open_to_others = ::stat(folder.secret_key().c_str(), &facts) == 0 && (facts.st_mode & 0077) != 0;
    return out.add(Grade::fault, "key", out.why(key.error()),
                   open_to_others ? "chmod 600 " + folder.secret_key().string() : restore);
  }
  auto store = io::ReadOnlyStore::open(folder.store().string());
  const auto users = store ? store->list_users_with_credentials() : store.error();
  if (!users)  // check_store tells why
    return out.add(Grade::ok, "key", out.sentence("the key of stored passwords can be read"));
  const io::Keeper keeper(*std::move(key));
  const auto closed = std::count_if(users->begin(), users->end(), [&](const domain::User& user) {
    return !keeper.open(user.address, user.credentials);
  });
  if (closed == 0) return out.add(Grade::ok, "key", out.sentence("the key opens every stored password"));
  out.add(
      Grade::fault, "key",
      out.sentence("the key does not open the passwords of {} of {} users: it is another one", closed, users->size()),
      restore);
}

void check_certificate(const server::DataFolder& folder, const server::ServerSettings& settings, base::WallTime now,
                       Examination& out) {
  const std::string again =
      out.sentence("replace the files, or remove {} and run tertulia init again, then tertulia reload",
                   folder.resolve(settings.certificate).string());
  const auto facts =
      io::read_certificate(folder.resolve(settings.certificate).string(), folder.resolve(settings.key).string());
  if (!facts) return out.add(Grade::fault, "certificate", out.why(facts.error()), again);
  if (!facts->key_matches)
    return out.add(Grade::fault, "certificate", out.sentence("the key does not belong to the certificate"), again);
  if (facts->not_before > now)
    return out.add(Grade::fault, "certificate",
                   out.sentence("not valid before {}", base::to_iso8601(facts->not_before)),
                   out.sentence("check the clock, or {}", again));
  if (facts->not_after <= now)
    return out.add(Grade::fault, "certificate", out.sentence("ended on {}", base::to_iso8601(facts->not_after)), again);
  for (const std::string& domain : settings.domains)
    if (std::find(facts->names.begin(), facts->names.end(), domain) == facts->names.end())
      return out.add(Grade::warning, "certificate", out.sentence("it does not name the domain {}", domain), again);
  if (facts->not_after <= now + std::chrono::hours{24 * 30})
    return out.add(Grade::warning, "certificate", out.sentence("ends on {}", base::to_iso8601(facts->not_after)),
                   again);
  out.add(Grade::ok, "certificate", out.sentence("valid until {}", base::to_iso8601(facts->not_after)));
}

bool is_full(const std::string& path) {
  std::error_code error;
  const fs::space_info space = fs::space(path, error);
  return !error && space.available < disk_free_needed;
}

/// What helps when the store there cannot be opened.
std::string remedy_of_store(const std::string& path, const base::Error& error, Examination& out) {
  // Even a reader needs room for an index beside the file; nothing is wrong with the store itself.
  if (error.reason != base::Reason::file_damaged && is_full(path))
    return out.sentence("make room on the file system of {}", path);
  if (::access(path.c_str(), R_OK) != 0) return out.sentence("run it as the account that owns the data folder");
  const auto ahead = io::ReadOnlyStore::schema_ahead(path);
  if (error.reason != base::Reason::file_damaged && ahead && *ahead > 0)
    return out.sentence("install the newer version of Tertulia that wrote it");
  if (error.reason != base::Reason::file_damaged && ahead && *ahead < 0)
    return out.sentence("start the server once: it brings the store up to date");
  return out.sentence("stop the server and put the newest backup in place of {}", path);
}

void check_store(const server::DataFolder& folder, Examination& out) {
  const std::string path = folder.store().string();
  if (!fs::exists(folder.store()))
    return out.add(Grade::fault, "store", out.sentence("{} is missing, and the server does not start without it", path),
                   out.sentence("put the newest backup there, or make an empty one with tertulia init"));
  const std::string restore = out.sentence("stop the server and put the newest backup in place of {}", path);
  struct stat facts {};
  if (::access(path.c_str(), R_OK) == 0 && ::stat(path.c_str(), &facts) == 0 &&
      ((facts.st_mode & S_IWUSR) == 0 || ::access(path.c_str(), W_OK) != 0))
    return out.add(Grade::fault, "store", out.sentence("{} may only be read", path),
                   out.sentence("chmod 600 {}, or mount its file system for writing", path));
  auto store = io::ReadOnlyStore::open(path);
  if (!store) return out.add(Grade::fault, "store", out.why(store.error()), remedy_of_store(path, store.error(), out));
  if (const auto sound = store->check(); !sound) return out.add(Grade::fault, "store", out.why(sound.error()), restore);
  const auto counts = store->counts();
  if (!counts) return out.add(Grade::fault, "store", out.why(counts.error()), restore);
  out.add(Grade::ok, "store",
          out.sentence("sound; {} users, {} sessions, {} registrations, {} messages waiting, {} KiB", counts->users,
                       counts->sessions, counts->registrations, counts->kept_messages, counts->file_bytes / 1024));
}

void check_disk(const server::DataFolder& folder, Examination& out) {
  std::error_code error;
  const fs::space_info space = fs::space(folder.root(), error);
  if (error)
    return out.add(Grade::warning, "disk", error.message(), out.sentence("look at the file system of the data folder"));
  const std::string text = out.sentence("{} MiB free", space.available / (1024 * 1024));
  const Grade grade = space.available < disk_free_needed    ? Grade::fault
                      : space.available < disk_free_warning ? Grade::warning
                                                            : Grade::ok;
  if (grade != Grade::ok)
    return out.add(grade, "disk", text, out.sentence("make room, or shorten records.keep_days and reload"));
  out.add(Grade::ok, "disk", text);
}

void check_time(base::WallTime now, Examination& out) {
  constexpr std::int64_t year_2024_us = 1'704'067'200'000'000;
  struct timex facts {};
  const bool unsynchronised = ::adjtimex(&facts) < 0 || (facts.status & STA_UNSYNC) != 0;
  if (now.us < year_2024_us)
    return out.add(Grade::fault, "time", out.sentence("{} cannot be right", base::to_iso8601(now)),
                   out.sentence("set the clock, for example with timedatectl"));
  if (unsynchronised)
    return out.add(Grade::warning, "time", out.sentence("the clock is not synchronised"),
                   out.sentence("install a time service, for example chrony or systemd-timesyncd"));
  out.add(Grade::ok, "time", base::to_iso8601(now));
}

/// The name that a client with dns_canonicalize_hostname makes of a host; empty when it has no address.
std::string canonical_name(const std::string& host) {
  addrinfo wanted{}, *list = nullptr;
  wanted.ai_flags = AI_CANONNAME;
  std::string name;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &list) == 0 && list->ai_canonname != nullptr)
    name = list->ai_canonname;
  if (list != nullptr) ::freeaddrinfo(list);
  return name;
}

void check_host_of_service(const std::string& service, Examination& out) {
  const std::string host = service.substr(service.find('/') + 1), canonical = canonical_name(host);
  if (canonical.empty())
    return out.add(Grade::warning, "kerberos", out.sentence("{} has no address", host),
                   out.sentence("add an A or AAAA record for it, or set server.host to the name clients use"));
  if (!base::equal_ignoring_case(canonical, host))
    out.add(Grade::warning, "kerberos",
            out.sentence("{} is an alias of {}, and clients may ask for a ticket of that name", host, canonical),
            out.sentence("give {} an address record, or put the key of sip/{} into the keytab and set it as "
                         "lync.kerberos.service",
                         host, canonical));
}

void check_realm(const server::ServerSettings& settings, const std::string& realm, Examination& out) {
  const auto belongs = [&](const std::string& domain) { return base::equal_ignoring_case(domain, realm); };
  const auto told = [&](const std::string& pair) { return pair.starts_with(realm + "="); };
  if (std::any_of(settings.domains.begin(), settings.domains.end(), belongs)) return;
  if (std::any_of(settings.kerberos_realms.begin(), settings.kerberos_realms.end(), told)) return;
  out.add(Grade::warning, "kerberos", out.sentence("the realm {} belongs to no domain of this server", realm),
          out.sentence("add {}={} to lync.kerberos.realms and restart", realm, settings.domains.front()));
}

/// Nothing to say where Kerberos is not wanted.
void check_kerberos(const server::DataFolder& folder, const server::ServerSettings& settings, Examination& out) {
  if (!settings.lync || settings.kerberos_keytab.empty()) return;
  const std::string path = folder.resolve(settings.kerberos_keytab).string();
  const std::string service = server::kerberos_service(settings);
  const auto keys = io::read_keytab(path);
  if (!keys)
    return out.add(Grade::fault, "kerberos", out.why(keys.error()),
                   out.sentence("make it readable for the server's account, or make it anew (docs/operations.md)"));
  std::map<std::string, io::KeytabKey> newest;  // by principal
  for (const io::KeytabKey& key : *keys)
    if (io::is_service(key.principal, service) && key.version >= newest[key.principal].version)
      newest[key.principal] = key;
  if (newest.empty())
    return out.add(Grade::fault, "kerberos", out.sentence("{} holds no key of {}", path, service),
                   out.sentence("add it (docs/operations.md), or set lync.kerberos.service to what the file holds: {}",
                                keys->empty() ? std::string("-") : keys->front().principal));
  for (const auto& [principal, key] : newest) {
    out.add(Grade::ok, "kerberos", out.sentence("{}: key version {}, {}", principal, key.version, key.encryption));
    check_realm(settings, principal.substr(principal.rfind('@') + 1), out);
  }
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 0077) != 0)
    out.add(Grade::warning, "kerberos", out.sentence("others may look into {}", path), "chmod 600 " + path);
  check_host_of_service(service, out);
}

/// Number of SRV records; -1 when the name server does not answer.
int srv_records(const std::string& name) {
  struct __res_state state {};
  if (::res_ninit(&state) != 0) return -1;
  state.retrans = 2;
  state.retry = 1;
  std::array<unsigned char, 4096> answer;
  const int length = ::res_nquery(&state, name.c_str(), C_IN, ns_t_srv, answer.data(), static_cast<int>(answer.size()));
  const int trouble = state.res_h_errno;
  ::res_nclose(&state);
  if (length < 0) return trouble == HOST_NOT_FOUND || trouble == NO_DATA ? 0 : -1;
  ns_msg parsed;
  return ::ns_initparse(answer.data(), length, &parsed) == 0 ? ns_msg_count(parsed, ns_s_an) : -1;
}

bool resolves(const std::string& host) {
  addrinfo* list = nullptr;
  const bool found = ::getaddrinfo(host.c_str(), nullptr, nullptr, &list) == 0;
  if (list != nullptr) ::freeaddrinfo(list);
  return found;
}

void check_dns(const server::ServerSettings& settings, Examination& out) {
  if (resolves(settings.host)) {
    out.add(Grade::ok, "dns", out.sentence("{} has an address", settings.host));
  } else {
    out.add(Grade::warning, "dns", out.sentence("{} has no address", settings.host),
            out.sentence("add an A or AAAA record for it, or set server.host to the name clients use"));
  }
  for (const std::string& domain : settings.domains) {
    const std::string name = "_sips._tcp." + domain;
    const int records = srv_records(name);
    if (records > 0) {
      out.add(Grade::ok, "dns", out.sentence("{} has {} SRV records", name, records));
    } else {
      out.add(Grade::warning, "dns",
              records == 0 ? out.sentence("{} has no SRV record", name)
                           : out.sentence("no name server answered about {}", name),
              out.sentence("add `{}. IN SRV 0 0 5061 {}.`, or give clients the server by name", name, settings.host));
    }
  }
}

/// Clients of TLS-DSK follow the address that they are told, and look whether the certificate names it.
void check_web(const server::DataFolder& folder, const server::ServerSettings& settings, Examination& out) {
  if (!settings.lync || !settings.lync_tls_dsk) return;
  if (settings.web_listen.empty())
    return out.add(Grade::ok, "web", out.sentence("web services are off, and TLS-DSK is not offered"));
  const std::string& whole = settings.web_public_host.empty() ? settings.host : settings.web_public_host;
  const bool has_port = std::count(whole.begin(), whole.end(), ':') == 1;
  const std::string name = has_port ? whole.substr(0, whole.find(':')) : whole;
  const auto facts = io::read_certificate(folder.resolve(settings.certificate).string());
  if (!facts) return;  // check_certificate tells
  if (!resolves(name))
    return out.add(Grade::warning, "web", out.sentence("{} has no address", name),
                   out.sentence("set web.public_host to the name by which clients reach the web services"));
  if (std::find(facts->names.begin(), facts->names.end(), name) == facts->names.end())
    return out.add(Grade::warning, "web", out.sentence("the certificate does not name {}", name),
                   out.sentence("set web.public_host to a name in the certificate, or replace the certificate"));
  out.add(Grade::ok, "web", out.sentence("clients reach the web services as {}", name));
}

void check_port(const std::string& text, bool running, Examination& out) {
  const auto address = io::SocketAddress::parse(text);
  if (!address)
    return out.add(Grade::fault, "ports", out.sentence("{} is not ADDRESS:PORT", text),
                   out.sentence("mend listen.sip_tls, listen.sip_tcp, listen.http or web.listen"));
  if (address->port == 0) return out.add(Grade::ok, "ports", out.sentence("{} takes any free port", text));
  const auto listener = io::open_listener(*address, io::PortSharing::alone);
  const bool taken = !listener && listener.reason() == base::Reason::address_in_use;
  if (running == taken) {
    out.add(Grade::ok, "ports", running ? out.sentence("{} is served", text) : out.sentence("{} is free", text));
  } else if (taken) {
    out.add(Grade::fault, "ports", out.sentence("{} is in use by another program", text),
            out.sentence("stop it (ss -ltnp shows which), or choose another port"));
  } else if (!listener) {
    out.add(Grade::warning, "ports", text + ": " + out.why(listener.error()),
            out.sentence("choose an address of this machine, and a port that may be used"));
  } else {
    out.add(Grade::warning, "ports", out.sentence("{} is not served by the running server", text),
            out.sentence("restart it; it was started with other addresses"));
  }
}

void check_ports(const server::ServerSettings& settings, bool running, Examination& out) {
  const bool web = settings.lync && settings.lync_tls_dsk;
  const std::vector<std::string> none, http(settings.http.empty() ? 0 : 1, settings.http);
  for (const auto* list : {&settings.sip_tls, &settings.sip_tcp, &http, web ? &settings.web_listen : &none})
    for (const std::string& text : *list) check_port(text, running, out);
}

/// Answer of the running server; empty when none runs.
std::optional<nlohmann::json> ask_running(const server::DataFolder& folder, std::string_view command) {
  const auto answer = io::ask_local(folder.admin_socket(), command, std::chrono::seconds{5});
  if (!answer) return std::nullopt;
  const auto json = nlohmann::json::parse(*answer, nullptr, false);
  return json.is_object() ? json.value("result", nlohmann::json::object()) : nlohmann::json::object();
}

/// What only the running server knows: a disk that refuses writes, a stopped component.
void check_health(const nlohmann::json& health, Examination& out) {
  for (const auto& component : health.value("components", nlohmann::json::array())) {
    const std::string name = component.value("name", ""), state = component.value("state", "");
    if (state == "ok" || name == "tls") continue;  // check_certificate tells of tls
    const std::string text = component.value("text", "");
    const std::string remedy = name == "immcu" ? "tertulia component start immcu"
                               : name == "shards"
                                   ? out.sentence("look at the log and at the machine's load")
                                   : out.sentence("make room on the disk of the data folder; see the log");
    out.add(Grade::fault, "server",
            fmt::format("{} {}{}{}", name, out.sentence(state), text.empty() ? "" : ": ", out.detail(text)), remedy);
  }
}

}  // namespace

Findings examine(const server::DataFolder& folder, const std::optional<fs::path>& configuration,
                 base::Language language) {
  Examination out(language);
  if (!check_folder(folder, configuration.has_value(), out)) return out.take();
  const base::WallTime now = io::SystemClock().now().wall;
  const auto settings = server::read_settings(configuration.value_or(folder.configuration()));
  if (!settings) {
    out.add(Grade::fault, "configuration", out.why(settings.error()),
            out.sentence("mend the line that is named; tertulia check-config tells when it is right"));
    return out.take();
  }
  out.add(Grade::ok, "configuration", out.sentence("in order"));
  const auto health = ask_running(folder, R"({"command":"health"})");
  const bool running = health.has_value();
  out.add(Grade::ok, "server", running ? out.sentence("running") : out.sentence("not running"));
  if (health) check_health(*health, out);
  check_key(folder, out);
  check_certificate(folder, *settings, now, out);
  check_store(folder, out);
  check_disk(folder, out);
  check_time(now, out);
  check_kerberos(folder, *settings, out);
  check_ports(*settings, running, out);
  check_web(folder, *settings, out);
  check_dns(*settings, out);
  return out.take();
}

}  // namespace tertulia::app
