// SPDX-License-Identifier: Apache-2.0
// Load generator: plays one scenario against a server (or the floor) and prints one line of JSON with the operations
// and the CPU time that the measured process spent on each.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <random>

#include "load.h"
#include "options.h"
#include "sip_text.h"

namespace {

using namespace tertulia::bench;

constexpr std::size_t sign_ins_at_once = 16;

struct Outcome {
  bool good = false;
  std::uint64_t operations = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  std::string more;  // further JSON members, each with a comma before it
};

/// Nothing new is asked and what is under way ends: the next run must find no message kept for somebody who went.
void quieten(Load& load) {
  constexpr double silence_seconds = 0.2;
  std::uint64_t answers = 0, seen = 1;
  load.on_signed_in = nullptr;
  load.on_answer = [&](Phone&, int, std::string_view) { ++answers; };
  while (seen != answers) {
    seen = answers;
    if (!load.run_for(silence_seconds)) break;
  }
  load.on_answer = nullptr;
}

/// Lets the traffic run in, then measures it.  `operations` counts them as they end.
Outcome measure(Load& load, const std::uint64_t& operations) {
  Outcome out;
  if (!load.run_for(load.settings.warm_up_seconds)) return out;
  const std::uint64_t before = operations;
  const double begin = now_seconds(), cpu = cpu_seconds(load.settings.pid);
  const bool good = load.run_for(load.settings.seconds);
  out.cpu_seconds = cpu_seconds(load.settings.pid) - cpu;
  out.seconds = now_seconds() - begin;
  out.operations = operations - before;
  out.good = good && out.operations > 0 && out.cpu_seconds > 0;
  quieten(load);
  return out;
}

Outcome sign_in(Load& load, std::size_t window) {
  std::uint64_t operations = 0;
  std::size_t next = 0;
  load.on_signed_in = [&](Phone& phone) {
    ++operations;
    load.disconnect(phone);
    load.connect(next++);
  };
  for (std::size_t i = 0; i < window; ++i) load.connect(next++);
  return measure(load, operations);
}

Outcome refresh(Load& load, std::size_t window) {
  if (!load.sign_in(load.settings.users, sign_ins_at_once)) return {};
  std::uint64_t operations = 0;
  std::size_t next = 0;
  const auto ask = [&] {
    Phone& phone = *load.phones[next++ % load.phones.size()];
    load.send(phone, phone.register_request());
  };
  load.on_answer = [&](Phone&, int, std::string_view answer) {
    load.answer_bytes = answer.size();
    ++operations;
    ask();
  };
  for (std::size_t i = 0; i < window; ++i) ask();
  return measure(load, operations);
}

/// In bursts: the next begins when all of the last are answered.  So what is gathered does not depend on who is
/// quicker.
Outcome page_pair(Load& load, std::size_t window) {
  if (!load.sign_in(2, 2)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t operations = 0;
  const auto say = [&] {
    for (std::size_t i = 0; i < window; ++i) load.send(*load.phones[0], load.phones[0]->page(*load.phones[1], body));
  };
  load.on_answer = [&](Phone&, int, std::string_view) {
    if (++operations % window == 0) say();
  };
  say();
  return measure(load, operations);
}

/// `partners`: how many others each user talks with (a conversation that lives), 0: anybody (most messages begin one).
Outcome page_many(Load& load, std::size_t window, std::size_t partners) {
  if (!load.sign_in(load.settings.users, sign_ins_at_once)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t operations = 0;
  std::mt19937 random(1);
  const auto say = [&] {
    const std::size_t count = load.phones.size(), from = random() % count;
    const std::size_t others = partners == 0 ? count - 1 : std::min(partners, count - 1);
    const std::size_t to = (from + 1 + random() % others) % count;
    load.send(*load.phones[from], load.phones[from]->page(*load.phones[to], body));
  };
  load.on_answer = [&](Phone&, int, std::string_view) {
    ++operations;
    say();
  };
  for (std::size_t i = 0; i < window; ++i) say();
  return measure(load, operations);
}

Outcome session_pair(Load& load, std::size_t window) {
  load.contact_parameters = ";+sip.message";
  if (!load.sign_in(2, 2)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t operations = 0;
  Phone& caller = *load.phones[0];
  bool accepted = false;
  const auto say = [&] {
    for (std::size_t i = 0; i < window; ++i) load.send(caller, caller.say(body));
  };
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    if (header_of(answer, "CSeq").ends_with("INVITE")) {
      load.send(phone, phone.accepted(answer));
      accepted = true;
      return;
    }
    if (++operations % window == 0) say();
  };
  load.send(caller, caller.invite(*load.phones[1]));
  constexpr double patience_seconds = 10;
  if (!load.run([&] { return accepted; }, patience_seconds)) return {};
  say();
  return measure(load, operations);
}

/// Memory of endpoints that only are there: counted from the hundredth on, so that what the first ones bring along
/// (buffers, arenas) is not theirs; and for both halves, to see whether it grows in proportion.
Outcome idle(Load& load) {
  const std::size_t first = std::min<std::size_t>(100, load.settings.users / 4);
  const std::size_t middle = (first + load.settings.users) / 2;
  constexpr double settle_seconds = 1;
  std::uint64_t bytes[3] = {};
  const std::size_t steps[3] = {first, middle, load.settings.users};
  const double begin = now_seconds(), cpu = cpu_seconds(load.settings.pid);
  for (std::size_t i = 0; i < 3; ++i) {
    if (!load.sign_in(steps[i], sign_ins_at_once) || !load.run_for(settle_seconds)) return {};
    bytes[i] = resident_bytes(load.settings.pid);
  }
  Outcome out;
  out.operations = load.settings.users;
  out.seconds = now_seconds() - begin;
  out.cpu_seconds = cpu_seconds(load.settings.pid) - cpu;
  out.good = bytes[2] > 0;
  const auto each = [&](std::size_t from, std::size_t to) {
    return (static_cast<double>(bytes[to]) - static_cast<double>(bytes[from])) /
           static_cast<double>(steps[to] - steps[from]);
  };
  out.more = fmt::format(
      ", \"bytes_per_endpoint\": {:.0f}, \"bytes_first_half\": {:.0f}, \"bytes_second_half\": {:.0f}, "
      "\"resident_bytes\": {}",
      each(0, 2), each(0, 1), each(1, 2), bytes[2]);
  return out;
}

Outcome play(const std::string& scenario, Load& load, std::size_t window) {
  if (scenario == "sign-in") return sign_in(load, window);
  if (scenario == "refresh") return refresh(load, window);
  if (scenario == "page-pair") return page_pair(load, window);
  constexpr std::size_t partners = 4;
  if (scenario == "page-many") return page_many(load, window, partners);
  if (scenario == "page-random") return page_many(load, window, 0);
  if (scenario == "session-pair") return session_pair(load, window);
  if (scenario == "idle") return idle(load);
  load.fail("no such scenario: " + scenario);
  return {};
}

std::string without_controls(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\') c = ' ';
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options(argc, argv,
                        "scenario port pid users window milliseconds warm-up-milliseconds body-bytes domain password");
  ::signal(SIGPIPE, SIG_IGN);
  LoadSettings settings;
  settings.port = static_cast<std::uint16_t>(options.number("port", 0));
  settings.pid = static_cast<int>(options.number("pid", 0));
  settings.users = options.number("users", settings.users);
  settings.seconds = static_cast<double>(options.number("milliseconds", 2000)) * 1e-3;
  settings.warm_up_seconds = static_cast<double>(options.number("warm-up-milliseconds", 500)) * 1e-3;
  settings.body_bytes = options.number("body-bytes", settings.body_bytes);
  settings.domain = options.text("domain", settings.domain);
  settings.password = options.text("password", settings.password);
  Load load(settings);
  const std::string scenario = options.text("scenario");
  const Outcome out = play(scenario, load, options.number("window", 16));
  const double microseconds = out.operations == 0 ? 0 : out.cpu_seconds * 1e6 / static_cast<double>(out.operations);
  fmt::print(
      "{{\"scenario\": \"{}\", \"good\": {}, \"operations\": {}, \"seconds\": {:.3f}, \"cpu_us\": {:.2f}, "
      "\"answer_bytes\": {}, \"challenge_bytes\": {}, \"failures\": {}, \"first_failure\": \"{}\"{}}}\n",
      scenario, out.good && load.failures == 0, out.operations, out.seconds, microseconds, load.answer_bytes,
      load.challenge_bytes, load.failures, without_controls(load.first_failure), out.more);
  return out.good && load.failures == 0 ? 0 : 1;
}
