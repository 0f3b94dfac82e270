// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests of event packages: subscribers that type SUBSCRIBE and read NOTIFY, around a whole Face.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "face/simple/face_script.h"

namespace tertulia::face::simple::event_script {

using face_script::Client;
using face_script::Script;
using face_script::status_of_text;
using face_script::value_of;

/// The dialog of one subscription, as the client sees it.
struct Subscribed {
  std::string uri;     ///< in To
  std::string target;  ///< our Contact
  std::string tag;     ///< ours
};

class Subscriber {
 public:
  Subscriber(Script& given, std::string_view name, std::string_view secret)
      : script(given), client(given, name, secret) {}

  /// Outside of a dialog; gives the answer.
  std::string subscribe(std::string_view uri, std::string_view extra = "Event: presence\r\n",
                        std::string_view body = {}) {
    std::string answer = client.ask("SUBSCRIBE", uri, contact + std::string(extra), body);
    if (status_of_text(answer) == 200) dialog = learn(uri, answer);
    return answer;
  }
  /// Inside of the dialog.
  std::string again(std::string_view extra = "Event: presence\r\n", std::string_view method = "SUBSCRIBE",
                    std::string_view body = {}) {
    return client.say(inside(method, extra, body));
  }
  std::string inside(std::string_view method, std::string_view extra, std::string_view body = {}) {
    std::string text = client.signed_request(method, dialog.target, contact + std::string(extra), body);
    const std::string to = "To: <" + dialog.target + ">";
    const std::size_t at = text.find(to);
    text.replace(at, to.size(), "To: <" + dialog.uri + ">;tag=" + dialog.tag);
    return text;
  }
  static Subscribed learn(std::string_view uri, std::string_view answer) {
    const auto to = wire::sip::NameAddr::parse(value_of(answer, "To"));
    const auto target = wire::sip::NameAddr::parse(value_of(answer, "Contact"));
    EXPECT_TRUE(to && target) << answer;
    if (!to || !target) return {};
    return {std::string(uri), target->uri_text, std::string(to->tag())};
  }
  /// What we have sent since the last look, one string a message.
  std::vector<std::string> heard() { return std::exchange(script.world.writes[client.connection], {}); }
  /// Exactly one NOTIFY.
  std::string notify() {
    const std::vector<std::string> all = heard();
    EXPECT_EQ(all.size(), 1U);
    if (all.empty()) return {};
    EXPECT_TRUE(all.front().starts_with("NOTIFY ")) << all.front();
    return all.front();
  }
  /// The client answers it; what comes out of that is heard later.
  void answer(std::string_view notify, int status = 200) {
    const std::string text = face_script::answer_to(notify, status);
    script.face.on_bytes(client.connection, text, script.now);
  }
  std::string notify_and_ok() {
    std::string text = notify();
    answer(text);
    return text;
  }

  Script& script;
  Client client;
  Subscribed dialog;
  std::string contact = "Contact: <sip:" + client.user + "@10.0.0.9:5071>\r\n";
};

inline std::string body_of(std::string_view message) {
  const auto parsed = wire::sip::Message::parse(std::string(message));
  return parsed ? std::string(parsed->body()) : std::string();
}

/// What a watcher is shown of bob.
inline std::shared_ptr<domain::PresenceView> view_of_bob(std::uint64_t version,
                                                         std::uint16_t availability = domain::availability_online) {
  auto view = std::make_shared<domain::PresenceView>();
  view->user = base::UserId{2};
  view->address = "bob@example.com";
  view->display_name = "The bob";
  view->version = version;
  view->state.availability = availability;
  view->since = {1'700'000'000'000'000};
  view->notes.push_back({domain::NoteKind::personal, "v" + std::to_string(version), {}, {}});
  return view;
}

/// The agent answers the n-th presence watch (from the end when negative).
inline void tell(Script& script, const domain::PresenceViewPtr& view, base::WatchId watch) {
  script.face.on(domain::PresenceNews{{{watch, view, base::Reason::none}}}, script.now);
}
inline base::WatchId last_watch(const Script& script) {
  EXPECT_FALSE(script.world.presence_watches.empty());
  return script.world.presence_watches.empty() ? base::WatchId{}
                                               : script.world.presence_watches.back().entries.front().watch;
}

}  // namespace tertulia::face::simple::event_script
