// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "domain/directory/directory.h"
#include "domain/directory/policy.h"
#include "server/shard.h"

namespace tertulia::server {

/// Everything the administrator can choose, with the defaults.  Spans of time have the unit that people write.
struct ServerSettings {
  // [server]
  std::vector<std::string> domains{"example.com"};
  std::string host = "localhost";
  std::uint32_t shards = 0;
  // [listen]
  std::vector<std::string> sip_tls{"0.0.0.0:5061", "[::]:5061"};
  std::vector<std::string> sip_tcp;
  std::string http = "127.0.0.1:8061";
  // [web]
  std::vector<std::string> web_listen{"0.0.0.0:4443", "[::]:4443"};
  std::string web_public_host;
  std::uint32_t web_connections_max = 2000;
  // [tls]
  std::string certificate = "tls/server.pem";
  std::string key = "tls/server-key.pem";
  std::string certificate_rsa = "tls/server-rsa.pem";
  std::string key_rsa = "tls/server-rsa-key.pem";
  // [sip]
  std::uint32_t registration_min = 60;
  std::uint32_t registration_default = 600;
  std::uint32_t registration_max = 900;
  std::uint32_t nonce_lifetime = 300;
  bool digest_sha256 = true;
  bool digest_md5 = true;
  bool digest_uri_must_match = false;
  std::uint32_t lockout_free_tries = 5;
  std::uint32_t lockout_first = 10;
  std::uint32_t lockout_longest = 900;
  // [lync]
  bool lync = true;
  bool lync_ntlm = true;
  bool lync_tls_dsk = true;
  std::uint32_t certificate_days = 180;
  std::uint32_t ticket_hours = 8;
  // [lync.kerberos]
  std::string kerberos_keytab;
  std::string kerberos_service;
  std::vector<std::string> kerberos_realms;
  // [conversation]
  std::uint32_t page_idle = 600;
  std::uint32_t invite_patience = 60;
  // [conference]
  std::uint32_t lobby_patience = 900;
  std::uint32_t empty_patience = 600;
  std::uint32_t roster_interval = 100;
  // [presence]
  std::uint32_t news_interval = 250;
  std::uint32_t publish_min = 60;
  std::uint32_t publish_default = 3600;
  std::uint32_t publish_max = 43200;
  std::uint32_t subscribe_min = 60;
  std::uint32_t subscribe_default = 3600;
  std::uint32_t subscribe_max = 43200;
  // [call]
  std::uint32_t ring = 185;
  std::uint32_t longest_call = 24;
  // [limits]
  std::uint32_t connections_max = 20000;
  std::uint32_t connections_per_address_max = 2000;
  std::uint32_t handshake_seconds = 10;
  std::uint32_t first_message_seconds = 30;
  std::uint32_t unfinished_message_seconds = 30;
  std::uint32_t write_queue_bytes = 4 * 1024 * 1024;
  std::uint32_t head_bytes = 64 * 1024;
  std::uint32_t body_bytes = 256 * 1024;
  // [records]
  std::uint32_t keep_days = 60;
  std::uint32_t purge_hour = 2;
  // [log]
  std::string log_level = "info";
  bool log_json = false;
  bool log_personal = false;
  std::string log_file;
  // [policy]
  domain::Policy policy = domain::Policy::defaults();

  friend bool operator==(const ServerSettings&, const ServerSettings&) = default;
};

/// One setting as the administrator sees it; configuration file, check and manual are made from the list.
struct Setting {
  std::string name;       ///< "section.key"; the section of a part has a dot itself
  std::string_view kind;  ///< number, switch, text, list, or words to choose from joined by '|'
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::string_view unit;
  bool live = false;  ///< taken over by a reload (SIGHUP); others need a restart
  std::string_view sentence;
  std::string_view sentence_es;
  std::function<std::string(const ServerSettings&)> get;
  std::function<base::Result<void>(ServerSettings&, std::string_view)> set;
};

/// All settings in the order of the configuration file, policy included.
std::vector<Setting> all_settings();

/// Configuration file with every setting, its default, unit, bounds and sentence; values that differ from the default are
/// written, the others stand as comments.
/// A unit or kind of a setting ("seconds", "switch") in the language.
std::string_view word_of(std::string_view unit_or_kind, base::Language language);

std::string to_toml(const ServerSettings& settings, base::Language language = base::Language::english);
/// Reads a configuration file over the defaults.  Errors: file_unreadable, file_damaged (with the line), setting_unknown,
/// setting_out_of_bounds; the detail names the setting and its bounds.
base::Result<ServerSettings> read_settings(const std::filesystem::path& file);
base::Result<ServerSettings> parse_settings(std::string_view toml);

/// What the shards get of it.
ShardSettings shard_settings(const ServerSettings& settings);
/// The directory before any user: domains, global policy, and by which names clients reach this server (server.host with
/// the ports of `sip_tls`, its addresses for SIP over TLS; port 0 is not known yet and has none).
domain::Directory empty_directory(const ServerSettings& settings, const std::vector<std::string>& sip_tls);
base::LogSettings log_settings(const ServerSettings& settings);

}  // namespace tertulia::server
