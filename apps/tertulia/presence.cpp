// SPDX-License-Identifier: Apache-2.0
// tertulia presence ..., tertulia explain presence ...
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "ask.h"
#include "commands.h"
#include "output.h"

namespace tertulia::app {
namespace {

using Json = nlohmann::json;

Json show_command(const Arguments& arguments) {
  Json command = {{"command", "presence.show"}, {"address", arguments.address}};
  if (!arguments.watcher.empty()) command["for"] = arguments.watcher;
  return command;
}

/// Shown words of states and activities; what a dialect adds is shown as it is.
constexpr std::array<std::string_view, 16> shown_words{
    "online",        "inactive",      "busy",     "busy-inactive",   "do-not-disturb",
    "be-right-back", "away",          "offline",  "on-the-phone",    "in-a-conference",
    "in-a-meeting",  "out-of-office", "off-work", "in-presentation", "urgent-interruptions-only",
    "custom",
};

std::string word(base::Language language, const std::string& text) {
  for (const std::string_view known : shown_words)
    if (known == text) return std::string(tr(language, known));
  return text;
}

/// Own words in all their languages, as "digging [en-US] / cavando [es-ES]".
std::string own_words(const Json& state) {
  std::string text;
  for (const Json& one : state.value("activity_texts", Json::array())) {
    text.append(text.empty() ? "" : " / ").append(one.value("text", ""));
    if (const std::string tag = one.value("language", ""); !tag.empty()) text += " [" + tag + "]";
  }
  return text;
}

std::string state_text(base::Language language, const Json& state) {
  const std::string text = word(language, state.value("name", ""));
  const std::string activity = state.value("activity", "");
  if (activity == "custom") return text + ", " + own_words(state);
  return activity.empty() ? text : text + ", " + word(language, activity);
}

/// Sentence of each rule of the combination, by its name.
struct RuleSentence {
  std::string_view rule;
  std::string_view sentence;
};
constexpr std::array rule_sentences{
    RuleSentence{"no-endpoint", "No device is signed in."},
    RuleSentence{"manual", "The user has picked this state by hand."},
    RuleSentence{"call", "A call is up."},
    RuleSentence{"meeting", "The calendar has a meeting now."},
    RuleSentence{"out-of-office", "The calendar says out of office."},
    RuleSentence{"device", "A device is in use, and nothing weighs more."},
    RuleSentence{"device-idle", "No device was used for a while."},
    RuleSentence{"device-away", "No device was used for a long while."},
    RuleSentence{"device-closed", "Every device says that it takes no part."},
};

std::string rule_text(base::Language language, const std::string& rule) {
  for (const RuleSentence& one : rule_sentences)
    if (one.rule == rule) return std::string(tr(language, one.sentence));
  return rule;
}

class Lines {
 public:
  explicit Lines(const Common& common) : common_(common) {}
  void add(std::string_view label, const std::string& value) const {
    say(common_, fmt::format("{:<14} {}", tr(common_.language, label), value));
  }

 private:
  const Common& common_;
};

void show_view(const Common& common, const Json& result) {
  const Lines lines(common);
  lines.add("Address", result.value("address", ""));
  lines.add("Name", result.value("name", ""));
  lines.add("Presence", state_text(common.language, result.value("state", Json::object())));
  lines.add("Since", result.value("since", ""));
  for (const Json& note : result.value("notes", Json::array())) lines.add("Note", note.value("text", ""));
  lines.add("Devices", std::to_string(result.value("devices", 0)));
}

/// The name of the client on this endpoint, and its number; empty when there is none.
std::string source_of(const Json& result) {
  const Json source = result.value("source_endpoint", Json());
  if (!source.is_string()) return {};
  auto endpoint = source.get<std::string>();
  for (const Json& device : result.value("endpoints", Json::array()))
    if (device.value("endpoint", "") == endpoint && device.contains("client"))
      return fmt::format("{} ({})", device.value("client", ""), endpoint);
  return endpoint;
}

std::string text_of_publication(base::Language language, const Json& publication) {
  std::string text = fmt::format("{} v{}", publication.value("kind", ""), publication.value("version", 0));
  if (publication.contains("state")) text += " " + state_text(language, publication["state"]);
  if (publication.value("closed", false)) text += " closed";
  if (publication.contains("text")) text += " \"" + publication.value("text", "") + "\"";
  return text + fmt::format(" {} ({} {})", publication.value("since", ""), publication.value("category", ""),
                            publication.value("container", 0U));
}

}  // namespace

Exit run_presence_show(const Arguments& arguments) {
  const auto result = ask(arguments.common, show_command(arguments));
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  show_view(arguments.common, *result);
  return Exit::done;
}

Exit run_presence_set(const Arguments& arguments) {
  Json command = {{"command", "presence.set"}, {"address", arguments.address}};
  if (arguments.state) command["state"] = *arguments.state;
  if (arguments.note) command["note"] = *arguments.note;
  const auto result = ask(arguments.common, command);
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  say(arguments.common, fmt::format(fmt::runtime(tr(arguments.common.language, "Changed {}.")), arguments.address));
  return Exit::done;
}

/// What somebody sees of the user, and which source, rule, publication and level made it so.
Exit run_explain_presence(const Arguments& arguments) {
  const auto result = ask(arguments.common, show_command(arguments));
  if (!result) return report(arguments.common, result.error());
  if (arguments.common.json) print_result(*result);
  const auto language = arguments.common.language;
  const Lines lines(arguments.common);
  show_view(arguments.common, *result);
  lines.add("Because", rule_text(language, result->value("rule", "")));
  if (const std::string source = source_of(*result); !source.empty()) lines.add("Source", source);
  if (const auto version = result->value("source_version", 0U); version != 0)
    lines.add("Publication", fmt::format("v{} {}", version, result->value("source_since", "")));
  if (result->value("rule", "") != "no-endpoint") lines.add("Source since", result->value("source_since", ""));
  lines.add("Combined", state_text(language, result->value("combined", Json::object())));
  lines.add("Level", fmt::format("{} ({})", tr_value(language, "level", result->value("level", "")),
                                 result->value("level_by", "")));
  lines.add("Version", std::to_string(result->value("version", std::uint64_t{0})));
  lines.add("Calls", std::to_string(result->value("calls", 0)));
  lines.add("Watchers", std::to_string(result->value("watchers", 0)));
  for (const Json& device : result->value("endpoints", Json::array()))
    lines.add("Device", fmt::format("{} {} {}", device.value("endpoint", ""), device.value("client", "-"),
                                    device.value("last_used", "")));
  for (const Json& publication : result->value("publications", Json::array()))
    lines.add("Published", text_of_publication(language, publication));
  return Exit::done;
}

}  // namespace tertulia::app
