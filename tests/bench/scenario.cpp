// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

namespace tertulia::bench {

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

}  // namespace tertulia::bench
