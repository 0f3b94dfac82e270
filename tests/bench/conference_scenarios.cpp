// SPDX-License-Identifier: Apache-2.0
// Many people in one conference.
#include "scenario.h"
#include "sip_text.h"

namespace tertulia::bench {

namespace {

constexpr double patience_seconds = 60;

/// All who are signed in enter one conference, one after the other; the first makes it.
bool enter_all(Load& load) {
  std::size_t inside = 0;
  std::string address = "sip:conference@" + load.settings.domain;
  const auto enter = [&] { load.send(*load.phones[inside], load.phones[inside]->enter(address)); };
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    load.send(phone, phone.accepted(answer));
    if (inside++ == 0) address = std::string(between(header_of(answer, "Contact"), "<", ">"));
    if (inside < load.phones.size()) enter();
  };
  enter();
  return load.run([&] { return inside == load.phones.size(); }, patience_seconds);
}

}  // namespace

/// One speaks, and goes on when he is answered: a server does that when all others have it.  An operation is one copy.
Outcome conference(Load& load) {
  load.contact_parameters = ";+sip.message";
  if (!load.sign_in(load.settings.users, sign_ins_at_once) || !enter_all(load)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t copies = 0;
  const auto say = [&] { load.send(*load.phones[0], load.phones[0]->say(body)); };
  load.on_request = [&](Phone&, std::string_view request) {
    if (method_of(request) == "MESSAGE") ++copies;
  };
  load.on_answer = [&](Phone&, int, std::string_view) { say(); };
  say();
  Outcome out = measure(load, copies);
  load.on_request = nullptr;
  return out;
}

}  // namespace tertulia::bench
