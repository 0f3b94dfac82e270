// SPDX-License-Identifier: Apache-2.0
#include "doctor_checks.h"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/stat.h>
#include <sys/timex.h>

#include <algorithm>
#include <array>

#include "io/local/local_socket.h"
#include "io/loop/clock.h"
#include "io/net/address.h"
#include "io/net/socket.h"
#include "io/secret/ca.h"
#include "io/secret/key_file.h"
#include "io/store_sqlite/read_only_store.h"
#include "server/settings.h"

namespace tertulia::app {
namespace {

using Grade = Finding::Grade;
using Findings = std::vector<Finding>;
namespace fs = std::filesystem;

std::string why(const base::Error& error) {
  return fmt::format("{}{}{}", base::text_of(error.reason), error.detail.empty() ? "" : ": ", error.detail);
}

bool check_folder(const server::DataFolder& folder, Findings& out) {
  if (!folder.initialised()) {
    out.push_back({Grade::fault, "folder", fmt::format("{} is no data folder", folder.root().string()),
                   fmt::format("tertulia init --data {} --domain YOUR.DOMAIN", folder.root().string())});
    return false;
  }
  struct stat facts {};
  if (::stat(folder.root().c_str(), &facts) == 0 && (facts.st_mode & 0077) != 0) {
    out.push_back({Grade::warning, "folder", "others may look into the data folder",
                   fmt::format("chmod 700 {}", folder.root().string())});
  } else {
    out.push_back({Grade::ok, "folder", folder.root().string(), ""});
  }
  return true;
}

void check_key(const server::DataFolder& folder, Findings& out) {
  const auto key = io::KeyFile::load(folder.secret_key().string());
  if (key) {
    out.push_back({Grade::ok, "key", "the key of stored passwords can be read", ""});
  } else {
    out.push_back({Grade::fault, "key", why(key.error()),
                   "restore keys/secret.key from the backup; without it every password must be set anew"});
  }
}

void check_certificate(const server::DataFolder& folder, const server::ServerSettings& settings, base::WallTime now,
                       Findings& out) {
  const std::string again =
      fmt::format("replace the files, or remove {} and run tertulia init again, then tertulia reload",
                  folder.resolve(settings.certificate).string());
  const auto facts =
      io::read_certificate(folder.resolve(settings.certificate).string(), folder.resolve(settings.key).string());
  if (!facts) return out.push_back({Grade::fault, "certificate", why(facts.error()), again});
  if (!facts->key_matches)
    return out.push_back({Grade::fault, "certificate", "the key does not belong to the certificate", again});
  if (facts->not_before > now)
    return out.push_back({Grade::fault, "certificate", "not valid before " + base::to_iso8601(facts->not_before),
                          "check the clock, or " + again});
  if (facts->not_after <= now)
    return out.push_back({Grade::fault, "certificate", "ended on " + base::to_iso8601(facts->not_after), again});
  for (const std::string& domain : settings.domains)
    if (std::find(facts->names.begin(), facts->names.end(), domain) == facts->names.end())
      return out.push_back(
          {Grade::warning, "certificate", fmt::format("it does not name the domain {}", domain), again});
  if (facts->not_after <= now + std::chrono::hours{24 * 30})
    return out.push_back({Grade::warning, "certificate", "ends on " + base::to_iso8601(facts->not_after), again});
  out.push_back({Grade::ok, "certificate", "valid until " + base::to_iso8601(facts->not_after), ""});
}

void check_store(const server::DataFolder& folder, Findings& out) {
  const std::string path = folder.store().string();
  if (!fs::exists(folder.store()))
    return out.push_back({Grade::ok, "store", "not made yet; the first start or user makes it", ""});
  const std::string restore = fmt::format("stop the server and put the newest backup in place of {}", path);
  auto store = io::ReadOnlyStore::open(path);
  if (!store) return out.push_back({Grade::fault, "store", why(store.error()), restore});
  if (const auto sound = store->check(); !sound)
    return out.push_back({Grade::fault, "store", why(sound.error()), restore});
  const auto counts = store->counts();
  if (!counts) return out.push_back({Grade::fault, "store", why(counts.error()), restore});
  out.push_back(
      {Grade::ok, "store",
       fmt::format("sound; {} users, {} sessions, {} registrations, {} messages waiting, {} KiB", counts->users,
                   counts->sessions, counts->registrations, counts->kept_messages, counts->file_bytes / 1024),
       ""});
}

void check_disk(const server::DataFolder& folder, Findings& out) {
  std::error_code error;
  const fs::space_info space = fs::space(folder.root(), error);
  if (error)
    return out.push_back({Grade::warning, "disk", error.message(), "look at the file system of the data folder"});
  const std::string text = fmt::format("{} MiB free", space.available / (1024 * 1024));
  if (space.available < disk_free_warning)
    return out.push_back({Grade::warning, "disk", text, "make room, or shorten records.keep_days and reload"});
  out.push_back({Grade::ok, "disk", text, ""});
}

void check_time(base::WallTime now, Findings& out) {
  constexpr std::int64_t year_2024_us = 1'704'067'200'000'000;
  struct timex facts {};
  const bool unsynchronised = ::adjtimex(&facts) < 0 || (facts.status & STA_UNSYNC) != 0;
  if (now.us < year_2024_us)
    return out.push_back({Grade::fault, "time", base::to_iso8601(now) + " cannot be right",
                          "set the clock, for example with timedatectl"});
  if (unsynchronised)
    return out.push_back({Grade::warning, "time", "the clock is not synchronised",
                          "install a time service, for example chrony or systemd-timesyncd"});
  out.push_back({Grade::ok, "time", base::to_iso8601(now), ""});
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

void check_dns(const server::ServerSettings& settings, Findings& out) {
  if (resolves(settings.host)) {
    out.push_back({Grade::ok, "dns", fmt::format("{} has an address", settings.host), ""});
  } else {
    out.push_back({Grade::warning, "dns", fmt::format("{} has no address", settings.host),
                   "add an A or AAAA record for it, or set server.host to the name clients use"});
  }
  for (const std::string& domain : settings.domains) {
    const std::string name = "_sips._tcp." + domain;
    const int records = srv_records(name);
    if (records > 0) {
      out.push_back({Grade::ok, "dns", fmt::format("{} has {} SRV records", name, records), ""});
    } else {
      out.push_back(
          {Grade::warning, "dns", records == 0 ? name + " has no SRV record" : "no name server answered about " + name,
           fmt::format("add `{}. IN SRV 0 0 5061 {}.`, or give clients the server by name", name, settings.host)});
    }
  }
}

void check_ports(const server::ServerSettings& settings, bool running, Findings& out) {
  for (const auto* list : {&settings.sip_tls, &settings.sip_tcp}) {
    for (const std::string& text : *list) {
      const auto address = io::SocketAddress::parse(text);
      if (!address) {
        out.push_back({Grade::fault, "ports", text + " is not ADDRESS:PORT", "mend listen.sip_tls or listen.sip_tcp"});
        continue;
      }
      const auto listener = io::open_listener(*address, io::PortSharing::alone);
      const bool taken = !listener && listener.reason() == base::Reason::address_in_use;
      if (running == taken) {
        out.push_back({Grade::ok, "ports", fmt::format("{} is {}", text, running ? "served" : "free"), ""});
      } else if (taken) {
        out.push_back({Grade::fault, "ports", text + " is in use by another program",
                       "stop it (ss -ltnp shows which), or choose another port"});
      } else if (!listener) {
        out.push_back({Grade::warning, "ports", fmt::format("{}: {}", text, why(listener.error())),
                       "choose an address of this machine, and a port that may be used"});
      } else {
        out.push_back({Grade::warning, "ports", text + " is not served by the running server",
                       "restart it; it was started with other addresses"});
      }
    }
  }
}

}  // namespace

Findings examine(const server::DataFolder& folder, const std::optional<fs::path>& configuration) {
  Findings out;
  if (!check_folder(folder, out)) return out;
  const base::WallTime now = io::SystemClock().now().wall;
  const auto settings = server::read_settings(configuration.value_or(folder.configuration()));
  if (!settings) {
    out.push_back({Grade::fault, "configuration", why(settings.error()),
                   "mend the line that is named; tertulia check-config tells when it is right"});
    return out;
  }
  out.push_back({Grade::ok, "configuration", "in order", ""});
  const bool running =
      io::ask_local(folder.admin_socket(), R"({"command":"status"})", std::chrono::seconds{5}).has_value();
  out.push_back({Grade::ok, "server", running ? "running" : "not running", ""});
  check_key(folder, out);
  check_certificate(folder, *settings, now, out);
  check_store(folder, out);
  check_disk(folder, out);
  check_time(now, out);
  check_ports(*settings, running, out);
  check_dns(*settings, out);
  return out;
}

}  // namespace tertulia::app
