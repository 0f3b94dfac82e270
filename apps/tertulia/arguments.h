// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"

namespace tertulia::app {

/// What scripts can rely on (also in the manual, section EXIT STATUS).
enum class Exit : int {
  done = 0,
  failed = 1,       ///< the command could not be carried out
  usage = 2,        ///< the words of the command are off
  not_found = 3,    ///< no such user, record ...
  not_running = 4,  ///< the command needs a running server
  refused = 5,      ///< conflict, bounds, permission
  unhealthy = 6,    ///< health, doctor: something is not well
};

/// Options that every command has.
struct Common {
  std::filesystem::path data = "var";
  bool json = false;
  base::Language language = base::Language::english;
};

/// One subcommand's arguments, filled by parse().
struct Arguments {
  Common common;
  std::string address;  ///< user
  std::string name;
  std::string password;  ///< only by --password-stdin
  bool password_stdin = false;
  std::map<std::string, std::string> settings;
  std::vector<std::string> unset, block, unblock;
  std::optional<std::string> new_name;
  std::map<std::string, std::string> card;  ///< --set of user card
  std::vector<std::string> clear;
  std::string photo, photo_copy;  ///< files of user photo: --set, --save
  bool clear_photo = false;
  // init, serve
  std::string domain;
  std::vector<std::string> hosts;
  bool new_key = false;
  std::optional<std::filesystem::path> configuration;
  std::vector<std::string> sip_tls, sip_tcp, web;
  std::optional<std::string> http;
  // cdr
  std::string record_id;
  std::string kind = "sessions";  ///< sessions | conferences | registrations
  std::string from, to, format, output;
  unsigned limit = 100;
  // conversation, conference
  std::string id;
  std::string subject, admission, until;
  std::vector<std::string> invited;
  unsigned size = 0;
  bool lobby = false;
  // others
  std::string component;
  std::filesystem::path target;
  bool overwrite = false;
  std::string shell;   ///< completion
  std::string reason;  ///< explain: number or name, or the word presence
  // presence, contacts, levels
  std::string watcher;  ///< --for
  std::optional<std::string> state, note;
  std::string contact;  ///< or member of a level
  std::vector<std::string> groups;
  std::string level;
};

using Run = std::function<Exit(const Arguments&)>;

/// Parses the command line and runs the chosen command.  Prints help and usage errors itself.
int parse_and_run(int argc, const char* const* argv);

}  // namespace tertulia::app
