// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: a signed-in client of the family that subscribes and reads what comes of it.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "face/lync/lync_script.h"

namespace tertulia::face::lync::lync_script {

inline constexpr std::string_view quiet = "Supported: ms-benotify\r\nSupported: ms-piggyback-first-notify\r\n";

/// One subscription as the client sees it; alice holds it.
class Subscriber {
 public:
  explicit Subscriber(std::string_view agent = {}) {
    if (!agent.empty()) alice.agent = agent;
    EXPECT_EQ(status_of_text(alice.sign_in()), 200);
  }
  Ask question(std::string_view event, std::string_view headers, std::string_view body) const {
    return {.method = "SUBSCRIBE",
            .uri = alice.own(),
            .headers = "Event: " + std::string(event) +
                       "\r\nContact: <sip:alice@example.com;opaque=user:epid:x;gruu>\r\n" + std::string(headers),
            .body = std::string(body)};
  }
  /// Outside of a dialog; what comes back at once.
  std::string begin(std::string_view event, std::string_view headers = quiet, std::string_view body = {}) {
    Ask ask = question(event, headers, body);
    ask.call_id = call_id = "subscription" + std::to_string(++subscriptions_);
    cseq = 1;
    return learn(alice.ask(ask));
  }
  /// Inside of the dialog that was begun last.
  std::string again(std::string_view event, std::string_view headers = quiet, std::string_view body = {}) {
    Ask ask = question(event, headers, body);
    ask.call_id = call_id;
    ask.to_tag = tag;
    ask.cseq = ++cseq;
    return learn(alice.ask(ask));
  }
  std::string learn(std::string answer) {
    if (status_of_text(answer) != 200) return answer;
    const auto to = wire::sip::NameAddr::parse(value_of(answer, "To"));
    if (to) tag = to->tag();
    return answer;
  }
  /// The one message that we have sent since the last look, of a subscription and signed.
  std::string one() {
    const std::vector<std::string> all = alice.heard();
    EXPECT_EQ(all.size(), 1U);
    if (all.empty()) return {};
    EXPECT_GT(alice.signature_number(all.back()), 0U) << all.back();
    return learn(all.back());
  }
  bool silent() { return alice.heard().empty(); }

  LyncScript script;
  LyncClient alice{script, "alice", "wonder"};
  std::string call_id, tag;
  unsigned cseq = 1;

 private:
  unsigned subscriptions_ = 0;
};

}  // namespace tertulia::face::lync::lync_script
