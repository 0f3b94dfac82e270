// SPDX-License-Identifier: Apache-2.0
// Sign-in, its refresh, and messages.
#include <algorithm>
#include <random>

#include "scenario.h"
#include "sip_text.h"

namespace tertulia::bench {

Outcome sign_in(Load& load, std::size_t window) {
  std::uint64_t operations = 0;
  std::size_t next = 0;
  load.on_signed_in = [&](Phone& phone) {
    ++operations;
    load.disconnect(phone);
    load.connect(next++);
  };
  for (std::size_t i = 0; i < window; ++i) load.connect(next++);
  return measure(load, operations);
}

Outcome refresh(Load& load, std::size_t window) {
  if (!load.sign_in(load.settings.users, sign_ins_at_once)) return {};
  std::uint64_t operations = 0;
  std::size_t next = 0;
  const auto ask = [&] {
    Phone& phone = *load.phones[next++ % load.phones.size()];
    load.send(phone, phone.register_request());
  };
  load.on_answer = [&](Phone&, int, std::string_view answer) {
    load.answer_bytes = answer.size();
    ++operations;
    ask();
  };
  for (std::size_t i = 0; i < window; ++i) ask();
  return measure(load, operations);
}

/// In bursts: the next begins when all of the last are answered.  So what is gathered does not depend on who is
/// quicker.
Outcome page_pair(Load& load, std::size_t window) {
  if (!load.sign_in(2, 2)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t operations = 0;
  const auto say = [&] {
    for (std::size_t i = 0; i < window; ++i) load.send(*load.phones[0], load.phones[0]->page(*load.phones[1], body));
  };
  load.on_answer = [&](Phone&, int, std::string_view) {
    if (++operations % window == 0) say();
  };
  say();
  return measure(load, operations);
}

Outcome page_many(Load& load, std::size_t window, std::size_t partners) {
  if (!load.sign_in(load.settings.users, sign_ins_at_once)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t operations = 0;
  std::mt19937 random(1);
  const auto say = [&] {
    const std::size_t count = load.phones.size(), from = random() % count;
    const std::size_t others = partners == 0 ? count - 1 : std::min(partners, count - 1);
    const std::size_t to = (from + 1 + random() % others) % count;
    load.send(*load.phones[from], load.phones[from]->page(*load.phones[to], body));
  };
  load.on_answer = [&](Phone&, int, std::string_view) {
    ++operations;
    say();
  };
  for (std::size_t i = 0; i < window; ++i) say();
  return measure(load, operations);
}

Outcome session_pair(Load& load, std::size_t window) {
  load.contact_parameters = ";+sip.message";
  if (!load.sign_in(2, 2)) return {};
  const std::string body(load.settings.body_bytes, 'm');
  std::uint64_t operations = 0;
  Phone& caller = *load.phones[0];
  bool accepted = false;
  const auto say = [&] {
    for (std::size_t i = 0; i < window; ++i) load.send(caller, caller.say(body));
  };
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    if (header_of(answer, "CSeq").ends_with("INVITE")) {
      load.send(phone, phone.accepted(answer));
      accepted = true;
      return;
    }
    if (++operations % window == 0) say();
  };
  load.send(caller, caller.invite(*load.phones[1]));
  constexpr double patience_seconds = 10;
  if (!load.run([&] { return accepted; }, patience_seconds)) return {};
  say();
  return measure(load, operations);
}

}  // namespace tertulia::bench
