// SPDX-License-Identifier: Apache-2.0
// Load generator: plays one scenario against a server (or the floor) and prints one line of JSON with the operations
// and the CPU time that the measured process spent on each.
#include <fmt/format.h>

#include <csignal>

#include "base/text.h"
#include "options.h"
#include "scenario.h"

namespace {

using namespace tertulia::bench;

Outcome play(const std::string& scenario, Load& load, std::size_t window) {
  if (scenario == "sign-in") return sign_in(load, window);
  if (scenario == "refresh") return refresh(load, window);
  if (scenario == "page-pair") return page_pair(load, window);
  constexpr std::size_t partners = 4;
  if (scenario == "page-many") return page_many(load, window, partners);
  if (scenario == "page-random") return page_many(load, window, 0);
  if (scenario == "session-pair") return session_pair(load, window);
  if (scenario == "conference") return conference(load);
  if (scenario == "conference-storm") return conference_storm(load);
  if (scenario == "idle") return idle(load);
  if (scenario == "published") return published(load);
  if (scenario == "presence") return presence(load);
  if (scenario == "morning") return morning(load, window);
  if (scenario == "calls") return calls(load, window);
  if (scenario == "come-and-go") return come_and_go(load);
  if (scenario == "storm") return storm(load, window);
  if (scenario == "signed-message") return signed_message(load, window);
  load.fail("no such scenario: " + scenario);
  return {};
}

/// "600,700": octets of the answers, in their order.
std::vector<std::size_t> read_sizes(const std::string& text) {
  std::vector<std::size_t> sizes;
  for (const std::string_view one : tertulia::base::split(text, ','))
    if (const auto size = tertulia::base::to_number(one)) sizes.push_back(static_cast<std::size_t>(*size));
  return sizes;
}

std::string without_controls(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\') c = ' ';
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options(argc, argv,
                        "scenario port pid users window milliseconds warm-up-milliseconds body-bytes changes "
                        "change-pause-milliseconds domain password pretend");
  ::signal(SIGPIPE, SIG_IGN);
  LoadSettings settings;
  settings.port = static_cast<std::uint16_t>(options.number("port", 0));
  settings.pid = static_cast<int>(options.number("pid", 0));
  settings.users = options.number("users", settings.users);
  settings.seconds = static_cast<double>(options.number("milliseconds", 2000)) * 1e-3;
  settings.warm_up_seconds = static_cast<double>(options.number("warm-up-milliseconds", 500)) * 1e-3;
  settings.body_bytes = options.number("body-bytes", settings.body_bytes);
  settings.changes = options.number("changes", settings.changes);
  settings.change_pause_seconds = static_cast<double>(options.number("change-pause-milliseconds", 0)) * 1e-3;
  settings.domain = options.text("domain", settings.domain);
  settings.password = options.text("password", settings.password);
  settings.pretended = read_sizes(options.text("pretend"));
  Load load(settings);
  const std::string scenario = options.text("scenario");
  const Outcome out = play(scenario, load, options.number("window", 16));
  const double microseconds = out.operations == 0 ? 0 : out.cpu_seconds * 1e6 / static_cast<double>(out.operations);
  fmt::print(
      "{{\"scenario\": \"{}\", \"good\": {}, \"operations\": {}, \"seconds\": {:.3f}, \"cpu_us\": {:.2f}, "
      "\"answer_bytes\": {}, \"challenge_bytes\": {}, \"trying_bytes\": {}, \"notify_bytes\": {}, "
      "\"notify_answer_bytes\": {}, \"failures\": {}, \"first_failure\": \"{}\"{}}}\n",
      scenario, out.good && load.failures == 0, out.operations, out.seconds, microseconds, load.answer_bytes,
      load.challenge_bytes, load.trying_bytes, load.notify_bytes, load.notify_answer_bytes, load.failures,
      without_controls(load.first_failure), out.more);
  return out.good && load.failures == 0 ? 0 : 1;
}
