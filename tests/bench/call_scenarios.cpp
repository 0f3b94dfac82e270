// SPDX-License-Identifier: Apache-2.0
// Calls, and people who come and go.
#include <fmt/format.h>

#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "presence_documents.h"
#include "scenario.h"
#include "sip_text.h"

namespace tertulia::bench {
namespace {

constexpr double patience_seconds = 60;

bool answers(std::string_view answer, std::string_view method) { return header_of(answer, "CSeq").ends_with(method); }

}  // namespace

/// INVITE, 100, 180, 200, ACK, BYE, 200.  One call after another of each caller.
Outcome calls(Load& load, std::size_t window) {
  if (!load.sign_in(load.settings.users, sign_ins_at_once)) return {};
  std::uint64_t operations = 0;
  std::size_t next = 0;
  std::mt19937 random(1);
  const auto place = [&] {
    const std::size_t count = load.phones.size(), from = next++ % count;
    const std::size_t to = (from + 1 + random() % (count - 1)) % count;
    load.send(*load.phones[from], load.phones[from]->call(*load.phones[to]));
  };
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    if (answers(answer, "INVITE")) {
      load.send(phone, phone.accepted(answer));
      return load.send(phone, phone.bye());
    }
    ++operations;
    place();
  };
  for (std::size_t i = 0; i < window; ++i) place();
  return measure(load, operations);
}

/// A quarter of the users breaks off in the middle; among the others every second call is left to the server to end.
Outcome come_and_go(Load& load) {
  Outcome out;
  std::unordered_map<std::uint64_t, std::string> tags;
  std::size_t answered = 0, wanted = 0;
  load.on_answer = [&](Phone& phone, int, std::string_view answer) {
    ++answered;
    if (answers(answer, "SUBSCRIBE")) phone.subscribed(answer);
    if (answers(answer, "PUBLISH")) tags[phone.id] = header_of(answer, "SIP-ETag");
    if (answers(answer, "INVITE")) load.send(phone, phone.accepted(answer));
  };
  const auto ask = [&](Phone& phone, const std::string& request) {
    ++wanted;
    load.send(phone, request);
  };
  const auto settle = [&] { return load.run([&] { return answered == wanted; }, patience_seconds); };
  if (!load.sign_in(load.settings.users, sign_ins_at_once)) return out;
  const double begin = now_seconds(), cpu = cpu_seconds(load.settings.pid);
  const std::vector<Phone*> all = load.phones;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Phone& phone = *all[i];
    const std::string& other = all[(i + 1) % all.size()]->account.address;
    const std::string own_list = phone.account.user + "+contacts@" + load.settings.domain;
    ask(phone, i % 2 == 0 ? phone.subscribe(own_list, list_types) : phone.subscribe(other, pidf_type));
    ask(phone, phone.publish(rich_document(phone.account.address)));
    if (i % 2 == 0) ask(phone, phone.call(*all[(i + 1) % all.size()]));
  }
  if (!settle()) return out;
  const auto breaks_off = [](std::size_t i) { return i % 4 == 1; };
  for (std::size_t i = 0; i < all.size(); ++i) {
    Phone& phone = *all[i];
    if (breaks_off(i)) continue;
    if (i % 4 == 0) ask(phone, phone.bye());
    ask(phone, phone.unsubscribe());
    ask(phone, phone.publish({}, tags[phone.id]));
  }
  if (!settle()) return out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!breaks_off(i)) ask(*all[i], all[i]->register_request({}, 0));
  if (!settle()) return out;
  out.operations = all.size();
  for (Phone* phone : all) load.disconnect(*phone);
  out.good = load.run_for(0.5);
  out.seconds = now_seconds() - begin;
  out.cpu_seconds = cpu_seconds(load.settings.pid) - cpu;
  return out;
}

}  // namespace tertulia::bench
