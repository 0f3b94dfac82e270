// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/data_folder.h"
#include "server/settings.h"

namespace tertulia::server {

/// The addresses to listen on: what the command line gave, else what is configured.  An empty word switches off.
std::vector<std::string> listen_list(const std::vector<std::string>& given, const std::vector<std::string>& configured);

/// What `tertulia serve` may say over the configuration.
struct ServeOptions {
  std::optional<std::filesystem::path> configuration;  ///< another file than the folder's
  std::vector<std::string> sip_tls, sip_tcp;           ///< replace the configured ones when not empty
  std::optional<std::string> http;
  std::vector<std::string> web;  ///< replaces the configured ones when not empty
};

/// Where the server can be reached, real ports filled in.
struct ServeAddresses {
  std::vector<std::string> sip_tls, sip_tcp;
  std::string http;
  std::vector<std::string> web;
};

/// A whole front end: shards, store, control loop.  Reading server.cpp from top to bottom shows how it is wired.
class Server {
 public:
  /// Opens everything and listens; nothing is served until `run`.  Errors name the file, port or setting to mend.
  static base::Result<std::unique_ptr<Server>> open(const DataFolder& folder, const ServeOptions& options);
  virtual ~Server() = default;

  virtual const ServeAddresses& addresses() const = 0;
  /// Serves until SIGTERM or SIGINT; SIGHUP reloads.  Tells systemd when ready and when stopping.  Then everything is
  /// written and closed.
  virtual void run() = 0;
};

}  // namespace tertulia::server
