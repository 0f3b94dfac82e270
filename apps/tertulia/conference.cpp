// SPDX-License-Identifier: Apache-2.0
// tertulia conversation ..., tertulia conference ...
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ask.h"
#include "commands.h"
#include "io/loop/clock.h"
#include "output.h"
#include "time_argument.h"

namespace tertulia::app {
namespace {

using Json = nlohmann::json;

/// Every fact but lists, a line each.
void print_facts(const Arguments& arguments, const Json& object) {
  for (const auto& [name, value] : object.items())
    if (!value.is_array())
      say(arguments.common, fmt::format("{:<14} {}", tr(arguments.common.language, name),
                                        tr_value(arguments.common.language, name, as_text(value))));
}

Json conference_command(const Arguments& arguments, std::string_view name) {
  return {{"command", name}, {"address", arguments.address}, {"id", arguments.id}};
}

void print_conference(const Arguments& arguments, const Json& conference) {
  print_facts(arguments, conference);
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  std::vector<std::vector<std::string>> rows;
  for (const Json& member : conference.value("roster", Json::array()))
    rows.push_back({member.value("address", ""), tr_value(arguments.common.language, "role", member.value("role", "")),
                    as_text(member["devices"]), member.value("chat", false) ? head("yes") : head("no"),
                    member.value("name", "")});
  for (const Json& guest : conference.value("lobby_people", Json::array()))
    rows.push_back({guest.value("address", ""), head("waits"), "", "", guest.value("name", "")});
  if (rows.empty()) return;
  say(arguments.common, "");
  print_table({head("ADDRESS"), head("ROLE"), head("DEVICES"), head("CHAT"), head("NAME")}, rows);
}

Exit ask_and_print(const Arguments& arguments, const Json& command) {
  const auto result = ask(arguments.common, command);
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
  } else {
    print_conference(arguments, *result);
  }
  return Exit::done;
}

}  // namespace

Exit run_conversation_list(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "conversation.list"}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
    return Exit::done;
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& conversation : *result) {
    std::string people;
    for (const Json& person : conversation.value("participants", Json::array()))
      people += (people.empty() ? "" : " ") + person.get<std::string>();
    rows.push_back({as_text(conversation["id"]),
                    tr_value(arguments.common.language, "mode", conversation.value("mode", "")),
                    as_text(conversation["messages"]), conversation.value("started", ""), people});
  }
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  print_table({"ID", head("MODE"), head("MESSAGES"), head("STARTED"), head("PARTICIPANTS")}, rows);
  return Exit::done;
}

Exit run_conversation_show(const Arguments& arguments) {
  const auto result = ask(arguments.common, {{"command", "conversation.show"}, {"id", arguments.id}});
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
    return Exit::done;
  }
  print_facts(arguments, *result);
  for (const Json& person : result->value("participants", Json::array()))
    say(arguments.common,
        fmt::format("{:<14} {}", tr(arguments.common.language, "participant"), person.get<std::string>()));
  return Exit::done;
}

Exit run_conference_list(const Arguments& arguments) {
  const auto result = ask(arguments.common, conference_command(arguments, "conference.list"));
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) {
    print_result(*result);
    return Exit::done;
  }
  const auto head = [&](std::string_view text) { return std::string(tr(arguments.common.language, text)); };
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : *result)
    rows.push_back({one.value("organizer", ""), one.value("id", ""), as_text(one["members"]), as_text(one["messages"]),
                    one.value("locked", false) ? head("yes") : head("no"), as_text(one["started"]),
                    one.value("subject", "")});
  print_table(
      {head("ORGANIZER"), "ID", head("MEMBERS"), head("MESSAGES"), head("LOCKED"), head("STARTED"), head("SUBJECT")},
      rows);
  return Exit::done;
}

Exit run_conference_show(const Arguments& arguments) {
  return ask_and_print(arguments, conference_command(arguments, "conference.show"));
}

Exit run_conference_create(const Arguments& arguments) {
  Json command = conference_command(arguments, "conference.create");
  command["subject"] = arguments.subject;
  if (!arguments.admission.empty()) command["admission"] = arguments.admission;
  command["lobby"] = arguments.lobby;
  command["invited"] = arguments.invited;
  command["size"] = arguments.size;
  if (!arguments.until.empty()) {
    const auto until = time_of(arguments.until);
    if (!until) return report(arguments.common, until.error());
    // The server would refuse it, too, without saying what of all this it was.
    if (*until <= io::SystemClock().now().wall)
      return report(arguments.common, {base::Reason::setting_out_of_bounds, "--until " + arguments.until});
    command["expires_us"] = static_cast<std::uint64_t>(until->us);
  }
  return ask_and_print(arguments, command);
}

Exit run_conference_lock(const Arguments& arguments) {
  return ask_and_say(arguments.common, conference_command(arguments, "conference.lock"), "Locked {}.", arguments.id);
}

Exit run_conference_unlock(const Arguments& arguments) {
  Json command = conference_command(arguments, "conference.lock");
  command["on"] = false;
  return ask_and_say(arguments.common, command, "Unlocked {}.", arguments.id);
}

Exit run_conference_mute(const Arguments& arguments) {
  return ask_and_say(arguments.common, conference_command(arguments, "conference.mute"),
                     "Only presenters write in {} now.", arguments.id);
}

Exit run_conference_unmute(const Arguments& arguments) {
  Json command = conference_command(arguments, "conference.mute");
  command["on"] = false;
  return ask_and_say(arguments.common, command, "Everybody may write in {} again.", arguments.id);
}

Exit run_conference_eject(const Arguments& arguments) {
  Json command = conference_command(arguments, "conference.eject");
  command["user"] = arguments.contact;
  const auto result = ask(arguments.common, command);
  // The administrator may do everything but this, which nobody may: the sentence for others would mislead him.
  if (!result && result.reason() == base::Reason::organizer_only)
    return report(
        arguments.common, result.error(),
        tr(arguments.common.language, "The organizer cannot be put out; tertulia conference end ends the conference."));
  return tell(arguments.common, result, "Put {} out.", arguments.contact);
}

Exit run_conference_admit(const Arguments& arguments) {
  Json command = conference_command(arguments, "conference.admit");
  if (!arguments.contact.empty()) command["user"] = arguments.contact;
  return ask_and_say(arguments.common, command, "Let in.");
}

Exit run_conference_deny(const Arguments& arguments) {
  Json command = conference_command(arguments, "conference.deny");
  command["user"] = arguments.contact;
  return ask_and_say(arguments.common, command, "Sent {} away.", arguments.contact);
}

Exit run_conference_end(const Arguments& arguments) {
  return ask_and_say(arguments.common, conference_command(arguments, "conference.end"), "Ended {}.", arguments.id);
}

}  // namespace tertulia::app
