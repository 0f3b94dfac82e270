// SPDX-License-Identifier: Apache-2.0
// Many people in one conference.
#include "scenario.h"
#include "sip_text.h"

namespace tertulia::bench {

namespace {

constexpr double patience_seconds = 60;

/// The first `count` who are signed in enter one conference, one after the other; the first makes it.  Its address is
/// left in `address`.
bool enter(Load& load, std::size_t count, std::string& address) {
  std::size_t inside = 0;
  address = "sip:conference@" + load.settings.domain;
  const auto next = [&] { load.send(*load.phones[inside], load.phones[inside]->enter(address)); };
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    load.send(phone, phone.accepted(answer));
    if (inside++ == 0) address = std::string(between(header_of(answer, "Contact"), "<", ">"));
    if (inside < count) next();
  };
  next();
  return load.run([&] { return inside == count; }, patience_seconds);
}

}  // namespace

/// One speaks, and goes on when he is answered: a server does that when all others have it.  An operation is one copy.
Outcome conference(Load& load) {
  load.contact_parameters = ";+sip.message";
  std::string address;
  if (!load.sign_in(load.settings.users, sign_ins_at_once) || !enter(load, load.phones.size(), address)) return {};
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

Outcome conference_storm(Load& load) {
  load.contact_parameters = ";+sip.message";
  std::string address;
  if (!load.sign_in(load.settings.users, sign_ins_at_once) || !enter(load, 1, address)) return {};
  std::uint64_t stays = 0;
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    if (header_of(answer, "CSeq").ends_with("INVITE")) {
      load.send(phone, phone.accepted(answer));
      load.send(phone, phone.bye());
    } else {
      ++stays;
      load.send(phone, phone.enter(address));
    }
  };
  for (std::size_t i = 1; i < load.phones.size(); ++i) load.send(*load.phones[i], load.phones[i]->enter(address));
  return measure(load, stays);
}

}  // namespace tertulia::bench
