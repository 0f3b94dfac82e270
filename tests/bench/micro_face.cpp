// SPDX-License-Identifier: Apache-2.0
// Micro benchmarks of the standard SIP face: bytes in, domain calls out, and back, without sockets.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "face/simple/face_script.h"

namespace {

using namespace tertulia;
using namespace tertulia::face::simple;
using namespace tertulia::face::simple::face_script;

constexpr std::size_t requests = 20'000;

/// A signed-in connection and requests made beforehand, so that only the face is measured.
struct Bench {
  explicit Bench(std::string_view method, std::string_view uri, std::string_view extra, std::string_view body) {
    client.ask("OPTIONS", "sip:example.com");
    for (std::size_t i = 0; i < requests; ++i) texts.push_back(client.signed_request(method, uri, extra, body));
  }
  const std::string& next() { return texts[used++ % texts.size()]; }
  void turn() {
    script.now.mono.us += 100;
    if (const auto deadline = script.face.deadline(); deadline && *deadline <= script.now.mono)
      script.face.on_deadline(script.now);
    script.world.writes.clear();
  }

  Script script;
  Client client{script, "alice", "wonder"};
  std::vector<std::string> texts;
  std::size_t used = 0;
};

void face_page_in(benchmark::State& state) {
  Bench bench("MESSAGE", "sip:bob@example.com", "Content-Type: text/plain\r\n", std::string(64, 'm'));
  for (auto _ : state) {
    bench.script.face.on_bytes(bench.client.connection, bench.next(), bench.script.now);
    if (bench.script.world.pages.empty()) return state.SkipWithError("no message came through");
    const domain::PostAnswer answer{bench.script.world.pages.front().ticket, domain::PostOutcome::delivered,
                                    base::Reason::none, 0};
    bench.script.world.pages.clear();
    bench.script.face.on(answer, bench.script.now);
    bench.turn();
  }
}
BENCHMARK(face_page_in)->Iterations(requests);

void face_page_out(benchmark::State& state) {
  Bench bench("OPTIONS", "sip:example.com", {}, {});
  auto message = std::make_shared<domain::InstantMessage>();
  message->from_address = "bob@example.com";
  message->content_type = "text/plain";
  message->content = std::string(64, 'm');
  message->sent = bench.script.now.wall;
  domain::DeliverPage deliver;
  deliver.to = base::UserId{1};
  deliver.route.connection = bench.client.connection;
  deliver.route.remote_target = std::make_shared<const std::string>("sip:alice@10.0.0.9:5071;transport=tls");
  deliver.message = message;
  for (auto _ : state) {
    bench.script.face.on(deliver, bench.script.now);
    state.PauseTiming();
    const std::string answer = answer_to(bench.script.heard(bench.client.connection), 200);
    state.ResumeTiming();
    bench.script.face.on_bytes(bench.client.connection, answer, bench.script.now);
    bench.script.world.inbox.clear();
    bench.turn();
  }
}
BENCHMARK(face_page_out)->Iterations(requests);

void face_refresh(benchmark::State& state) {
  Bench bench("REGISTER", "sip:example.com", "Contact: <sip:alice@10.0.0.9:5071;transport=tls>\r\nExpires: 900\r\n",
              {});
  for (auto _ : state) {
    bench.script.face.on_bytes(bench.client.connection, bench.next(), bench.script.now);
    if (bench.script.world.binds.empty()) return state.SkipWithError("no sign-in came through");
    domain::BindAnswer answer;
    answer.ticket = bench.script.world.binds.front().ticket;
    answer.endpoint = base::EndpointId{9};
    domain::BindingInfo binding;
    binding.endpoint = answer.endpoint;
    binding.uri = "sip:alice@10.0.0.9:5071;transport=tls";
    binding.left = std::chrono::seconds{900};
    answer.bindings.push_back(binding);
    bench.script.world.binds.clear();
    bench.script.face.on(answer, bench.script.now);
    bench.turn();
  }
}
BENCHMARK(face_refresh)->Iterations(requests);

}  // namespace
