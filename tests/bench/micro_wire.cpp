// SPDX-License-Identifier: Apache-2.0
// Micro benchmarks of the codecs and of the protocol tier: what one message costs in each step.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/random.h"
#include "protocol/auth/digest.h"
#include "protocol/transaction/layer.h"
#include "wire/sip/framer.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace {

using namespace tertulia;

/// Like those of the load generator.
std::string message_text(std::string_view nonce, std::string_view count, std::string_view response,
                         std::string_view branch) {
  std::string text = "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:40001;branch=z9hG4bK1x";
  text.append(branch).append(";rport\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=f1\r\n");
  text.append("To: <sip:bob@example.com>\r\nCall-ID: p1-").append(branch).append("\r\nCSeq: 12 MESSAGE\r\n");
  text.append("User-Agent: tertulia-load\r\nAuthorization: Digest username=\"alice\", realm=\"example.com\", nonce=\"");
  text.append(nonce).append("\", uri=\"sip:bob@example.com\", response=\"").append(response);
  text.append("\", algorithm=SHA-256, cnonce=\"c0ffee00\", qop=auth, nc=").append(count);
  text.append("\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n").append(64, 'm');
  return text;
}

std::string plain_message() {
  return message_text("abcdefghabcdefghabcdefghabcdefgh", "0000000c", std::string(64, 'a'), "12");
}

void frame_and_parse(benchmark::State& state) {
  const std::string text = plain_message();
  wire::sip::Framer framer(wire::sip::Framer::Limits{});
  for (auto _ : state) {
    framer.append(text);
    auto event = framer.next();
    auto message = wire::sip::Message::parse(std::move(std::get<wire::sip::Framer::Complete>(event).bytes));
    benchmark::DoNotOptimize(message);
  }
}
BENCHMARK(frame_and_parse);

void validate(benchmark::State& state) {
  const auto message = wire::sip::Message::parse(plain_message());
  for (auto _ : state) benchmark::DoNotOptimize(wire::sip::validate(*message));
}
BENCHMARK(validate);

void response_to(benchmark::State& state) {
  const auto message = wire::sip::Message::parse(plain_message());
  for (auto _ : state)
    benchmark::DoNotOptimize(wire::sip::response_to(*message, 200, "OK", "tag", "127.0.0.1", 40001).finish());
}
BENCHMARK(response_to);

void digest_check(benchmark::State& state) {
  protocol::auth::DigestSettings settings;
  settings.realm = "example.com";
  protocol::auth::DigestAcceptor acceptor(settings);
  base::Random random(1);
  const base::TimePoint now{1'000'000};
  const std::string challenge = acceptor.challenges({}, false, random, now).front();
  const std::size_t begin = challenge.find("nonce=\"") + 7;
  const std::string nonce = challenge.substr(begin, challenge.find('"', begin) - begin);
  base::Hasher hasher(base::HashAlgorithm::sha256);
  const std::string ha1 = hasher.hex({"alice:example.com:secret"});
  const std::string ha2 = hasher.hex({"MESSAGE:sip:bob@example.com"});
  std::uint32_t count = 0;
  for (auto _ : state) {
    state.PauseTiming();
    ++count;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (int shift = 28; shift >= 0; shift -= 4) text.push_back(digits[count >> shift & 15]);
    const std::string response = hasher.hex({ha1, ":", nonce, ":", text, ":c0ffee00:auth:", ha2});
    const auto message = wire::sip::Message::parse(message_text(nonce, text, response, "12"));
    state.ResumeTiming();
    const auto presented = acceptor.presented(*message);
    const auto checked = acceptor.check(*presented, *message, ha1, now);
    if (!checked) state.SkipWithError("refused");
  }
}
BENCHMARK(digest_check)->Iterations(20000);

struct NoPorts final : protocol::transaction::LayerPorts {
  void send(base::ConnectionId, std::string_view wire) override { bytes += wire.size(); }
  std::size_t bytes = 0;
};

void transaction_round_trip(benchmark::State& state) {
  NoPorts ports;
  protocol::transaction::Layer layer(protocol::transaction::Timers{}, protocol::transaction::Layer::Limits{}, ports);
  base::TimePoint now{1'000'000};
  std::uint64_t number = 0;
  const std::string answer =
      wire::sip::response_to(*wire::sip::Message::parse(plain_message()), 200, "OK", "t").finish();
  for (auto _ : state) {
    state.PauseTiming();
    const auto message = wire::sip::Message::parse(
        message_text("abcdefghabcdefghabcdefghabcdefgh", "0000000c", std::string(64, 'a'), std::to_string(++number)));
    const auto basics = wire::sip::validate(*message);
    std::string wire = answer;
    state.ResumeTiming();
    const auto fate = layer.on_request(base::ConnectionId{1}, *message, *basics, now);
    layer.respond(fate.id, 200, std::move(wire), now);
    now.us += 100;
    layer.on_deadline(now);
  }
}
BENCHMARK(transaction_round_trip)->Iterations(20000);

}  // namespace
