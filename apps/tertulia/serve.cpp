// SPDX-License-Identifier: Apache-2.0
// init, serve, check-config
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "io/net/address.h"
#include "output.h"
#include "server/data_folder.h"
#include "server/server.h"

namespace tertulia::app {
namespace {

std::string with_commas(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ",")); }

}  // namespace

Exit run_init(const Arguments& arguments) {
  const server::DataFolder folder(arguments.common.data);
  const bool fresh = !folder.initialised();
  server::DataFolder::InitOptions options;
  options.domain = arguments.domain;
  options.hosts = arguments.hosts.empty() ? std::vector<std::string>{"localhost", "127.0.0.1"} : arguments.hosts;
  options.language = arguments.common.language;
  options.new_key = arguments.new_key;
  const auto done = folder.init(options);
  if (!done) return report(arguments.common, done.error());
  if (arguments.common.json)
    print_json(nlohmann::json{{"ok", true},
                              {"result",
                               {{"data", folder.root().string()},
                                {"created", fresh},
                                {"hosts_not_in_certificate", done->unnamed_hosts},
                                {"configuration", folder.configuration().string()},
                                {"ca", folder.ca_certificate().string()}}}}
                   .dump(2));
  const auto language = arguments.common.language;
  say(arguments.common,
      fmt::format(
          fmt::runtime(tr(language, fresh ? "Made the data folder {} for {}."
                                          : "The data folder {} was there already; what was missing was added.")),
          folder.root().string(), arguments.domain));
  say(arguments.common, fmt::format(fmt::runtime(tr(language, "Configuration: {}")), folder.configuration().string()));
  say(arguments.common, fmt::format(fmt::runtime(tr(language, "Certificate authority for clients: {}")),
                                    folder.ca_certificate().string()));
  // The default hosts were not asked for: nobody misses them in a certificate of his own.
  if (!arguments.hosts.empty() && !done->unnamed_hosts.empty())
    say(arguments.common,
        fmt::format(fmt::runtime(tr(language,
                                    "Warning: the certificate does not name {}.  Replace it, or remove "
                                    "tls/server.pem and tls/server-rsa.pem, run tertulia init again with "
                                    "every --host, then tertulia reload.")),
                    with_commas(done->unnamed_hosts)));
  return Exit::done;
}

Exit run_serve(const Arguments& arguments) {
  const server::DataFolder folder(arguments.common.data);
  if (!folder.initialised() && !arguments.configuration)
    return report(arguments.common,
                  {base::Reason::not_found, folder.configuration().string() + " (tertulia init makes it)"});
  for (const auto* list : {&arguments.sip_tls, &arguments.sip_tcp, &arguments.web})
    for (const std::string& text : *list)
      if (const auto address = io::SocketAddress::parse(text); !text.empty() && !address)
        return report(arguments.common, {base::Reason::command_malformed, text + ": " + address.error().detail});
  server::ServeOptions options{arguments.configuration, arguments.sip_tls, arguments.sip_tcp, arguments.http,
                               arguments.web};
  const auto server = server::Server::open(folder, options);
  if (!server) return report(arguments.common, server.error());
  const server::ServeAddresses& at = (*server)->addresses();
  if (arguments.common.json) {
    print_json(nlohmann::json{
        {"ready", true}, {"sip_tls", at.sip_tls}, {"sip_tcp", at.sip_tcp}, {"http", at.http}, {"web", at.web}}
                   .dump());
  } else {
    say(arguments.common, fmt::format("ready sip_tls={} sip_tcp={} http={} web={}", with_commas(at.sip_tls),
                                      with_commas(at.sip_tcp), at.http, with_commas(at.web)));
  }
  std::fflush(stdout);
  (*server)->run();
  return Exit::done;
}

Exit run_check_config(const Arguments& arguments) {
  const server::DataFolder folder(arguments.common.data);
  const auto file = arguments.configuration.value_or(folder.configuration());
  const auto settings = server::read_settings(file);
  if (!settings) return report(arguments.common, settings.error());
  if (arguments.common.json) {
    nlohmann::json all = nlohmann::json::object();
    for (const server::Setting& setting : server::all_settings()) all[setting.name] = setting.get(*settings);
    print_json(nlohmann::json{{"ok", true}, {"result", all}}.dump(2));
  }
  say(arguments.common, fmt::format(fmt::runtime(tr(arguments.common.language, "{} is in order.")), file.string()));
  return Exit::done;
}

}  // namespace tertulia::app
