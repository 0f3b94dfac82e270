// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: alice and bob at clients of the family, and a conference of alice's; alice has the id 1, bob 2.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "face/lync/lync_script.h"
#include "wire/conference_info/conference_info.h"
#include "wire/lync/cccp.h"
#include "wire/lync/conference_invite.h"

namespace tertulia::face::lync::lync_script {

namespace cccp = wire::lync::cccp;

inline constexpr std::string_view conference_id = "54BD7F04CBD5C4F0212EA1FCF039DDC7";
inline constexpr std::string_view focus_address =
    "sip:alice@example.com;gruu;opaque=app:conf:focus:id:54BD7F04CBD5C4F0212EA1FCF039DDC7";
inline constexpr std::string_view chat_address =
    "sip:alice@example.com;gruu;opaque=app:conf:chat:id:54BD7F04CBD5C4F0212EA1FCF039DDC7";
inline constexpr std::string_view factory_address = "sip:alice@example.com;gruu;opaque=app:conf:focusfactory";
inline constexpr base::ConversationId talk_of_conference{77};

inline domain::ConferenceKey conference_key() { return *domain::ConferenceKey::make(base::UserId{1}, conference_id); }

/// The code and the reason of a C3P response.
inline std::string verdict_of(std::string_view answer) {
  const std::string body = body_of(answer);
  const auto value = [&](std::string_view name) {
    const std::size_t at = body.find(std::string(name) + "=\"");
    const std::size_t from = at + name.size() + 2;
    return at == std::string::npos ? std::string() : body.substr(from, body.find('"', from) - from);
  };
  return value(" reason").empty() ? value(" code") : value(" code") + " " + value(" reason");
}

inline std::string tag_in(std::string_view answer) {
  const auto to = wire::sip::NameAddr::parse(value_of(answer, "To"));
  return to ? std::string(to->tag()) : std::string();
}

struct Meeting {
  Meeting() {
    EXPECT_EQ(status_of_text(alice.sign_in()), 200);
    EXPECT_EQ(status_of_text(bob.sign_in()), 200);
  }

  static std::string contact(const LyncClient& who) {
    return "Contact: <" + who.own() + ";opaque=user:epid:x;gruu>\r\n";
  }
  static std::string c3p(const LyncClient& who, std::string_view to, std::string_view name, cccp::Operation operation) {
    return wire::lync::write_cccp_request({"3", who.own(), std::string(to), std::string(name), std::move(operation)});
  }
  static Ask typed(Ask ask, std::string_view type) {
    ask.headers += "Content-Type: " + std::string(type) + "\r\n";
    return ask;
  }
  std::string service(LyncClient& who, std::string_view to, std::string_view name, cccp::Operation operation) {
    return who.ask(
        typed({.method = "SERVICE", .uri = std::string(to), .body = c3p(who, to, name, std::move(operation))},
              wire::lync::cccp_type));
  }

  // ---- the focus
  Ask entry(LyncClient& who) {
    cccp::AddUser add{std::string(focus_address), who.own(), "attendee", "{64BC69AF}"};
    focus_call = "focus" + std::to_string(++entries_) + who.user;
    return typed({.method = "INVITE",
                  .uri = std::string(focus_address),
                  .headers = contact(who),
                  .body = c3p(who, focus_address, "addUser", add),
                  .call_id = focus_call},
                 wire::lync::cccp_type);
  }
  domain::JoinAnswer join_answer(domain::JoinAnswer::What what, Reason reason = Reason::none,
                                 domain::ConferenceRole role = domain::ConferenceRole::organizer) const {
    domain::JoinAnswer answer;
    answer.ticket = script.world.joins.back().ticket;
    answer.what = what;
    answer.reason = reason;
    if (what == domain::JoinAnswer::What::joined) answer.conversation = talk_of_conference;
    answer.role = role;
    return answer;
  }
  /// The last thing that we have sent to somebody.
  static std::string last(LyncClient& who) {
    const std::vector<std::string> all = who.heard();
    return all.empty() ? std::string() : all.back();
  }
  /// Who enters is in; gives the answer to his INVITE.
  std::string enter(LyncClient& who) {
    EXPECT_EQ(status_of_text(who.ask(entry(who))), 100);
    const auto role = who.user == "alice" ? domain::ConferenceRole::organizer : domain::ConferenceRole::attendee;
    script.face.on(join_answer(domain::JoinAnswer::What::joined, Reason::none, role), script.now);
    std::string answer = last(who);
    focus_tag = tag_in(answer);
    cseq = 1;
    return answer;
  }
  Ask inside(const LyncClient& who, std::string_view method) {
    return {.method = std::string(method),
            .uri = std::string(focus_address),
            .headers = contact(who),
            .call_id = focus_call,
            .to_tag = focus_tag,
            .cseq = ++cseq};
  }
  std::string info(LyncClient& who, std::string_view name, cccp::Operation operation) {
    Ask ask = typed(inside(who, "INFO"), wire::lync::cccp_type);
    ask.body = c3p(who, focus_address, name, std::move(operation));
    return who.ask(ask);
  }
  std::string command_answered(LyncClient& who, Reason reason = Reason::none) {
    script.face.on(domain::CommandAnswer{script.world.commands.back().ticket, reason}, script.now);
    return last(who);
  }

  // ---- the roster
  static domain::RosterMemberPtr member(std::uint32_t user, bool chat,
                                        domain::ConferenceRole role = domain::ConferenceRole::attendee) {
    auto one = std::make_shared<domain::RosterMember>();
    one->user = base::UserId{user};
    one->address = user == 1 ? "alice@example.com" : "bob@example.com";
    one->name = user == 1 ? "Alice" : "Bob";
    one->role = role;
    one->seats.push_back({"{64BC69AF}", base::EndpointId{40 + user}, chat, false});
    return one;
  }
  static std::shared_ptr<domain::Roster> roster(std::uint64_t version, bool locked = false) {
    auto description = std::make_shared<domain::ConferenceDescription>();
    description->key = conference_key();
    description->organizer_address = "alice@example.com";
    description->organizer_name = "Alice";
    description->subject = "Budget";
    description->locked = locked;
    auto whole = std::make_shared<domain::Roster>();
    whole->version = version;
    whole->description = std::move(description);
    return whole;
  }
  std::string subscribe(LyncClient& who, std::string_view headers = {}, std::string_view call_id = "roster") {
    return who.ask({.method = "SUBSCRIBE",
                    .uri = std::string(focus_address),
                    .headers = "Event: conference\r\nAccept: application/conference-info+xml\r\nSupported: "
                               "ms-benotify\r\nSupported: ms-piggyback-first-notify\r\n" +
                               contact(who) + std::string(headers),
                    .call_id = std::string(call_id) + "-" + who.user});
  }
  /// News for the newest watch (counted from the end).
  void tell(domain::RosterPtr news, std::size_t back = 0, Reason over = Reason::none) {
    const auto& watches = script.world.conference_watches;
    ASSERT_GT(watches.size(), back);
    script.face.on(domain::RosterNews{watches[watches.size() - 1 - back].watch, over, std::move(news), nullptr},
                   script.now);
  }

  LyncScript script;
  LyncClient alice{script, "alice", "wonder"};
  LyncClient bob{script, "bob", "build", "192.0.2.8"};
  std::string focus_call, focus_tag;  ///< of the dialog that was begun last
  unsigned cseq = 1;

 private:
  unsigned entries_ = 0;
};

}  // namespace tertulia::face::lync::lync_script
