// SPDX-License-Identifier: Apache-2.0
// tertulia user ...
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "ask.h"
#include "base/digest.h"
#include "commands.h"
#include "domain/directory/card.h"
#include "domain/directory/limits.h"
#include "output.h"

namespace tertulia::app {
namespace {

using Json = nlohmann::json;

/// First line of standard input, so that a password never stands in the list of processes.
base::Result<std::string> password_of(const Arguments& arguments) {
  if (!arguments.password_stdin) return base::Error{base::Reason::password_too_weak, "give it with --password-stdin"};
  std::string line;
  std::getline(std::cin, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

/// A file that may be a photo; of a larger one only so much as shows that it is too large.
base::Result<std::string> photo_in(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return base::Error{base::Reason::file_unreadable, path};
  std::string bytes(domain::photo_octets_max + 1, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  const bool good = std::ferror(file) == 0;
  std::fclose(file);
  if (!good) return base::Error{base::Reason::file_unreadable, path};
  if (bytes.size() <= domain::photo_octets_max) return bytes;
  return base::Error{base::Reason::photo_unusable, fmt::format("at most {} bytes", domain::photo_octets_max)};
}

Exit save_photo(const Arguments& arguments, const Json& photo) {
  std::string bytes;
  if (!base::from_base64(photo.value("picture", ""), bytes))
    return report(arguments.common, {base::Reason::internal_error, "the answer has no picture"});
  std::FILE* file = std::fopen(arguments.photo_copy.c_str(), "wbx");  // x: nothing is replaced
  if (file == nullptr) return report(arguments.common, {base::Reason::file_unwritable, arguments.photo_copy});
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (std::fclose(file) != 0 || !written)
    return report(arguments.common, {base::Reason::file_unwritable, arguments.photo_copy});
  say(arguments.common, fmt::format(fmt::runtime(tr(arguments.common.language, "The photo of {} is in {}.")),
                                    arguments.address, arguments.photo_copy));
  return Exit::done;
}

}  // namespace

Exit run_user_add(const Arguments& arguments) {
  const auto password = password_of(arguments);
  if (!password) return report(arguments.common, password.error());
  const auto result =
      ask(arguments.common,
          {{"command", "user.add"}, {"address", arguments.address}, {"name", arguments.name}, {"password", *password}});
  // As it is kept: without sip:, in lower case.
  return tell(arguments.common, result, "Added {}.", result ? result->value("address", arguments.address) : "");
}

Exit run_user_list(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "user.list"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_json(Json{{"ok", true}, {"result", *result}}.dump(2));
    return Exit::done;
  }
  const auto language = arguments.common.language;
  std::vector<std::vector<std::string>> rows;
  for (const Json& user : *result)
    rows.push_back({user.value("address", ""),
                    std::string(tr(language, user.value("enabled", true) ? "enabled" : "disabled")),
                    user.value("name", "")});
  print_table(
      {std::string(tr(language, "ADDRESS")), std::string(tr(language, "STATE")), std::string(tr(language, "NAME"))},
      rows);
  return Exit::done;
}

Exit run_user_show(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "user.show"}, {"address", arguments.address}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_json(Json{{"ok", true}, {"result", *result}}.dump(2));
    return Exit::done;
  }
  const auto language = arguments.common.language;
  const auto line = [&](std::string_view label, const std::string& value) {
    say(arguments.common, fmt::format("{:<12} {}", tr(language, label), value));
  };
  line("Address", result->value("address", ""));
  line("Name", result->value("name", ""));
  line("State", std::string(tr(language, result->value("enabled", true) ? "enabled" : "disabled")));
  line("Created", result->value("created", ""));
  const Json settings = result->value("settings", Json::object());  // named: items() only borrows
  for (const auto& [key, value] : settings.items()) line("Setting", key + " = " + value.get<std::string>());
  const Json card = result->value("card", Json::object());
  for (const auto& [key, value] : card.items()) line("Card", key + " = " + value.get<std::string>());
  for (const Json& blocked : result->value("blocked", Json::array())) line("Blocks", blocked.get<std::string>());
  for (const Json& endpoint : result->value("endpoints", Json::array()))
    line("Endpoint", fmt::format("{} {} {} s", endpoint.value("client", ""), endpoint.value("ip_address", ""),
                                 endpoint.value("seconds_left", 0)));
  return Exit::done;
}

Exit run_user_set(const Arguments& arguments) {
  Json command = {{"command", "user.set"}, {"address", arguments.address}};
  if (arguments.new_name) command["name"] = *arguments.new_name;
  if (!arguments.settings.empty()) command["settings"] = arguments.settings;
  if (!arguments.unset.empty()) command["unset"] = arguments.unset;
  if (!arguments.block.empty()) command["block"] = arguments.block;
  if (!arguments.unblock.empty()) command["unblock"] = arguments.unblock;
  return ask_and_say(arguments.common, command, "Changed {}.", arguments.address);
}

Exit run_user_card(const Arguments& arguments) {
  Json command = {{"command", "user.card"}, {"address", arguments.address}};
  if (!arguments.card.empty()) command["set"] = arguments.card;
  if (!arguments.clear.empty()) command["clear"] = arguments.clear;
  if (command.size() > 2)
    return ask_and_say(arguments.common, command, "Changed the contact card of {}.", arguments.address);
  const auto result = ask(arguments.common, command);
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_json(Json{{"ok", true}, {"result", *result}}.dump(2));
    return Exit::done;
  }
  const auto language = arguments.common.language;
  const Json card = result->value("card", Json::object());
  std::vector<std::vector<std::string>> rows;
  for (const domain::CardField& field : domain::card_fields())
    if (const std::string name(field.name); card.contains(name)) rows.push_back({name, card.value(name, "")});
  if (rows.empty()) {
    say(arguments.common, fmt::format(fmt::runtime(tr(language, "{} has no contact card.")), arguments.address));
  } else {
    print_table({std::string(tr(language, "FIELD")), std::string(tr(language, "VALUE"))}, rows);
  }
  return Exit::done;
}

Exit run_user_photo(const Arguments& arguments) {
  const Common& common = arguments.common;
  Json command = {{"command", "user.photo"}, {"address", arguments.address}};
  if (!arguments.photo.empty()) {
    const auto bytes = photo_in(arguments.photo);
    if (!bytes) return report(common, bytes.error());
    command["set"] = base::to_base64(*bytes);
    return ask_and_say(common, command, "Changed the photo of {}.", arguments.address);
  }
  if (arguments.clear_photo) {
    command["clear"] = true;
    return ask_and_say(common, command, "Took away the photo of {}.", arguments.address);
  }
  const bool save = !arguments.photo_copy.empty();
  if (save) command["picture"] = true;
  auto result = ask(common, command);
  if (!result) return report(common, result.error());
  const Json photo = result->value("photo", Json());
  if (save && photo.is_null()) return report(common, {base::Reason::not_found, arguments.address});
  if (save)
    if (const Exit saved = save_photo(arguments, photo); saved != Exit::done) return saved;
  if (common.json) {
    if (save) (*result)["photo"].erase("picture");  // it is in the file
    print_result(*result);
  } else if (photo.is_null()) {
    say(common, fmt::format(fmt::runtime(tr(common.language, "{} has no photo.")), arguments.address));
  } else if (!save) {
    say(common, fmt::format(fmt::runtime(tr(common.language, "{}: {}, {} bytes, SHA-1 {}")), arguments.address,
                            photo.value("type", ""), photo.value("bytes", 0), photo.value("sha1", "")));
  }
  return Exit::done;
}

Exit run_user_password(const Arguments& arguments) {
  const auto password = password_of(arguments);
  if (!password) return report(arguments.common, password.error());
  return ask_and_say(arguments.common,
                     {{"command", "user.password"}, {"address", arguments.address}, {"password", *password}},
                     "Changed the password of {}.", arguments.address);
}

Exit run_user_disable(const Arguments& arguments) {
  return ask_and_say(arguments.common, {{"command", "user.set"}, {"address", arguments.address}, {"enabled", false}},
                     "Disabled {}.", arguments.address);
}

Exit run_user_enable(const Arguments& arguments) {
  return ask_and_say(arguments.common, {{"command", "user.set"}, {"address", arguments.address}, {"enabled", true}},
                     "Enabled {}.", arguments.address);
}

Exit run_user_remove(const Arguments& arguments) {
  return ask_and_say(arguments.common, {{"command", "user.remove"}, {"address", arguments.address}}, "Removed {}.",
                     arguments.address);
}

}  // namespace tertulia::app
