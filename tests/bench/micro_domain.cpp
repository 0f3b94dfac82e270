// SPDX-License-Identifier: Apache-2.0
// Micro benchmarks of the domain: a message through IMMCU and inbox, a refresh at the registrar.
#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "domain/conversation/inbox_bench.h"
#include "domain/conversation/test_bench.h"
#include "domain/endpoint/registrar_script.h"

namespace {

using namespace tertulia;

void immcu_page(benchmark::State& state) {
  domain::bench::ImmcuBench bench;
  const std::string text(64, 'm');
  for (auto _ : state) {
    bench.page(domain::bench::alice, domain::bench::bob, text);
    if (bench.inbox.empty()) return state.SkipWithError("no message came through");
    bench.inbox_answers(0, domain::PostOutcome::delivered);
    bench.inbox.clear();
    bench.answers.clear();
    bench.records.clear();
  }
}
BENCHMARK(immcu_page);

void inbox_page(benchmark::State& state) {
  domain::bench::InboxBench bench;
  bench.sign_in();
  const std::string text(64, 'm');
  for (auto _ : state) {
    bench.deliver(text);
    if (bench.offers.empty()) return state.SkipWithError("no message came through");
    bench.answer(0, domain::DeliverAnswer::What::taken, 200);
    bench.offers.clear();
    bench.answers.clear();
  }
}
BENCHMARK(inbox_page);

void registrar_refresh(benchmark::State& state) {
  domain::RegistrarScript script;
  for (auto _ : state) {
    const domain::BindAnswer& answer = script.bind(
        {domain::RegistrarScript::contact("sip:alice@10.0.0.9:5071;transport=tls", std::chrono::seconds{900})});
    if (answer.reason != base::Reason::none) return state.SkipWithError("refused");
    script.ports.answers.clear();
    script.ports.lines.clear();
  }
}
BENCHMARK(registrar_refresh);

}  // namespace
