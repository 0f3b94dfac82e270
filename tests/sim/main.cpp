// SPDX-License-Identifier: Apache-2.0
// tertulia-sim: random worlds and talks in simulated time.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "checkers.h"
#include "random_life.h"
#include "sim_stage.h"
#include "talk.h"
#include "world.h"

namespace {

using namespace tertulia;

constexpr std::string_view usage =
    "usage: tertulia-sim --worlds N [--first SEED] [--json]   random worlds with the seeds SEED (1) ... SEED+N-1\n"
    "       tertulia-sim --seed N [--trace] [--json]          one of them again, with its ladder\n"
    "       tertulia-sim [--trace] --talk FILE...             conversations written down (tests/talks)\n";

/// Violations of one checker that are printed for one world; all are counted.
constexpr int shown_per_checker = 3;

struct Options {
  std::optional<std::uint64_t> seed;
  std::uint64_t first = 1;
  std::uint64_t worlds = 0;
  bool trace = false;
  bool json = false;
  std::vector<std::string> talks;
};

std::optional<Options> read_options(const std::vector<std::string_view>& words) {
  Options options;
  const auto number = [&](std::size_t at) { return at < words.size() ? base::to_number(words[at]) : std::nullopt; };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--trace") {
      options.trace = true;
    } else if (words[i] == "--json") {
      options.json = true;
    } else if (words[i] == "--talk") {
      options.talks.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    } else if (const auto value = number(i + 1); value && words[i] == "--seed") {
      options.seed = value, ++i;
    } else if (value && words[i] == "--first") {
      options.first = *value, ++i;
    } else if (value && words[i] == "--worlds") {
      options.worlds = *value, ++i;
    } else {
      return std::nullopt;
    }
  }
  if (!options.seed && options.worlds == 0 && options.talks.empty()) return std::nullopt;
  return options;
}

int run_talks(const Options& options) {
  int failed = 0;
  for (const std::string& file : options.talks) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
      fmt::print(stderr, "{}: cannot be read\n", file);
      ++failed;
      continue;
    }
    const auto talk = sim::parse_talk(file, text.str());
    const std::optional<std::string> surprise =
        talk ? sim::play_in_simulator(*talk, options.trace) : talk.error().detail;
    if (surprise) {
      fmt::print(stderr, "{}\n", *surprise);
      ++failed;
    } else if (!options.json) {
      fmt::print("{}: as written\n", file);
    }
  }
  if (options.json) fmt::print("{{\"talks\":{},\"failed\":{}}}\n", options.talks.size(), failed);
  return failed == 0 ? 0 : 1;
}

struct Totals {
  std::uint64_t worlds = 0, failed = 0, questions = 0, copies = 0, calls = 0, crashes = 0;
  base::Duration longest_answer{};
  std::map<std::string_view, std::uint64_t> by_checker;
};

void run_world(std::uint64_t seed, const Options& options, Totals& totals) {
  sim::World world({seed, sim::shards_for(seed), options.trace});
  const sim::LifeSummary life = sim::live(world);
  const sim::Findings findings = sim::check(world.journal);
  ++totals.worlds;
  totals.questions += life.questions;
  totals.copies += life.copies;
  totals.calls += life.calls;
  totals.crashes += life.crashes;
  for (const sim::Question& question : world.journal.questions)
    if (question.answered) totals.longest_answer = std::max(totals.longest_answer, *question.answered - question.asked);
  if (findings.empty()) return;
  ++totals.failed;
  std::map<std::string_view, int> shown;
  for (const sim::Violation& one : findings) {
    ++totals.by_checker[one.checker];
    if (++shown[one.checker] <= shown_per_checker) fmt::print(stderr, "seed {}: {}: {}\n", seed, one.checker, one.what);
  }
  fmt::print(stderr, "again: tertulia-sim --seed {} --trace\n", seed);
}

int run_worlds(const Options& options) {
  const auto begun = std::chrono::steady_clock::now();
  Totals totals;
  const std::uint64_t first = options.seed.value_or(options.first);
  const std::uint64_t count = options.seed ? 1 : options.worlds;
  for (std::uint64_t seed = first; seed < first + count; ++seed) run_world(seed, options, totals);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const double longest = static_cast<double>(totals.longest_answer.count()) / 1e6;
  if (options.json) {
    std::string checkers;
    for (const auto& [name, number] : totals.by_checker)
      checkers += fmt::format("{}\"{}\":{}", checkers.empty() ? "" : ",", name, number);
    fmt::print(
        "{{\"first\":{},\"worlds\":{},\"failed\":{},\"requests\":{},\"deliveries\":{},\"calls\":{},\"crashes\":{},"
        "\"longest_answer_s\":{:.3f},\"seconds\":{:.2f},\"violations\":{{{}}}}}\n",
        first, totals.worlds, totals.failed, totals.questions, totals.copies, totals.calls, totals.crashes, longest,
        seconds, checkers);
  } else {
    fmt::print(
        "{} worlds from seed {}: {} failed; {} requests, {} deliveries, {} calls, {} crashes; longest answer {:.1f} s; "
        "{:.1f} worlds/s\n",
        totals.worlds, first, totals.failed, totals.questions, totals.copies, totals.calls, totals.crashes, longest,
        static_cast<double>(totals.worlds) / std::max(seconds, 1e-3));
  }
  return totals.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = read_options({argv + 1, argv + argc});
  if (!options) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  return options->talks.empty() ? run_worlds(*options) : run_talks(*options);
}
