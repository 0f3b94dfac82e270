// SPDX-License-Identifier: Apache-2.0
// Two telephones with good credentials say whatever they like about one call: the face stays sound, what it writes is
// well formed, and bodies arrive as they were sent.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "face/simple/call_agent_double.h"
#include "face/simple/face_script.h"

namespace {

using namespace tertulia;
using namespace face::simple;
using namespace face::simple::face_script;

constexpr std::string_view audio = "v=0\r\nm=audio 4000 RTP/AVP 0\r\n";
constexpr std::string_view call_headers = "Contact: <sip:alice@10.0.0.8>\r\nContent-Type: application/sdp\r\n";
constexpr const char* methods[] = {"INVITE", "BYE", "UPDATE", "PRACK", "REFER", "NOTIFY", "INFO", "OPTIONS"};
constexpr int statuses[] = {100, 180, 183, 199, 200, 202, 302, 401, 408, 422, 481, 486, 487, 491, 503, 603};

/// Header lines and body out of the input.
struct Part {
  std::string head;
  std::string body;
};
Part part_of(std::string_view input) {
  const std::size_t blank = input.find("\r\n\r\n");
  Part part{std::string(input.substr(0, blank)), {}};
  if (blank != std::string_view::npos) part.body = input.substr(blank + 4);
  if (!part.head.empty() && !part.head.ends_with('\n')) part.head.append("\r\n");
  return part;
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  if (const std::size_t at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
}

class Talk final : public call_world::AgentOut {
 public:
  Talk() : agent(*this) {
    domain::EndpointRoute route;
    route.connection = bob.connection;
    route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.9");
    agent.devices[base::UserId{2}].push_back(route);
    alice.say(alice.request("OPTIONS", "sip:example.com"));
    bob.say(bob.request("OPTIONS", "sip:example.com"));
  }

  void tell(base::ShardId, domain::CallProgress one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::CallAnswered one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::CallRefused one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::RingLeg one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::StopLeg one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::RelayRequest one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::CallRequestAnswer one) override { script.face.on(one, script.now); }
  void tell(base::ShardId, domain::CancelRelay one) override { script.face.on(one, script.now); }

  void step(std::uint8_t what, std::uint8_t choice, const Part& part) {
    switch (what % 8) {
      case 0:
        invite = part.body.empty() ? alice.signed_request("INVITE", "sip:bob@example.com",
                                                          std::string(call_headers).append(part.head), audio)
                                   : alice.signed_request("INVITE", "sip:bob@example.com", part.head, part.body);
        say(alice, invite);
        break;
      case 1:
        answer(bob, last_to_bob, choice, part);
        break;
      case 2:
        answer(alice, last_to_alice, choice, part);
        break;
      case 3:
        within(alice, "f1", "e1", methods[choice % std::size(methods)], part);
        break;
      case 4:
        within(bob, "e1", "f1", methods[choice % std::size(methods)], part);
        break;
      case 5:
        within(choice % 2 == 0 ? alice : bob, choice % 2 == 0 ? "f1" : "e1", choice % 2 == 0 ? "e1" : "f1", "ACK",
               part);
        break;
      case 6: {
        std::string cancel = invite.substr(0, invite.find("\r\n\r\n") + 4);
        replace(cancel, "INVITE", "CANCEL");
        replace(cancel, " INVITE\r\n", " CANCEL\r\n");
        replace(cancel, "Content-Length: ", "X-Was: ");
        if (!cancel.empty()) say(alice, cancel);
        break;
      }
      default:
        choice % 4 == 0 ? agent.end(agent.newest(), {}, base::Reason::session_timer_expired)
                        : script.wait(std::chrono::seconds{choice});
    }
    settle();
  }
  void end() {
    script.face.on_closed(bob.connection, false, script.now);
    settle();
    script.face.on_closed(alice.connection, true, script.now);
    settle();
    script.wait(std::chrono::seconds{33});
    settle();
    TERTULIA_CHECK(script.face.call_leg_count() == 0);
  }

 private:
  /// Unlike Client::say, leaves what comes back for look().
  void say(const Client& client, std::string_view text) { script.face.on_bytes(client.connection, text, script.now); }
  void settle() {
    while (!script.world.calls.empty())
      for (const ScriptWorld::CallEvent& event : std::exchange(script.world.calls, {}))
        std::visit([&](const auto& one) { agent.on(one); }, event);
    look(alice, last_to_alice);
    look(bob, last_to_bob);
  }
  /// Every write is one message that our own parser takes.
  void look(const Client& client, std::string& last_request) {
    for (const std::string& write : std::exchange(script.world.writes[client.connection], {})) {
      const auto message = wire::sip::Message::parse(write);
      TERTULIA_CHECK(message.has_value() && message->flaw() == nullptr);
      TERTULIA_CHECK(message->head().size() + 2 + message->body().size() == write.size());
      if (message->is_request() && message->method() != wire::sip::Method::ack) last_request = write;
    }
  }
  void answer(Client& client, const std::string& request, std::uint8_t choice, const Part& part) {
    std::string text = answer_to(request, statuses[choice % std::size(statuses)]);
    if (text.empty()) return;
    replace(text, "Content-Length: 0\r\n\r\n", part.head);
    text.append("Content-Length: ").append(std::to_string(part.body.size())).append("\r\n\r\n").append(part.body);
    say(client, text);
  }
  void within(Client& client, const std::string& own, const std::string& peer, const char* method, const Part& part) {
    const std::string uri = "sip:peer@10.0.0.7";
    std::string text = client.signed_request(method, uri, part.head, part.body);
    replace(text, ";tag=f1", ";tag=" + own);
    replace(text, "To: <" + uri + ">", "To: <" + uri + ">;tag=" + peer);
    replace(text, "Call-ID: call-bob" + std::to_string(bob.connection.value),
            "Call-ID: call-alice" + std::to_string(alice.connection.value));
    say(client, text);
  }

 public:
  Script script;
  Client alice{script, "alice", "wonder"};
  Client bob{script, "bob", "build"};
  call_world::AgentDouble agent;
  std::string invite, last_to_alice, last_to_bob;
};

}  // namespace

/// Each part, up to a NUL, is one step: what, a choice, then header lines and a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Talk talk;
  for (int count = 0; count < 16 && input.size() >= 2; ++count) {
    const std::size_t end = std::min(input.find('\0', 2), input.size());
    talk.step(static_cast<std::uint8_t>(input[0]), static_cast<std::uint8_t>(input[1]),
              part_of(input.substr(2, end - 2)));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  talk.end();
  return 0;
}
