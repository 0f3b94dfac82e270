// SPDX-License-Identifier: Apache-2.0
// Clients of the Lync family, signed in and not, into a whole face: whatever they say, the face stays sound, what it
// writes is well formed and signed, and nobody without proof reaches the domain.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "face/lync/lync_script.h"

namespace {

using namespace tertulia;
using namespace face::lync;
using namespace face::lync::lync_script;

/// Every write is a keep-alive or one message that our own parser takes; behind the sign-in ours are signed.
void check_writes(LyncClient& client, bool signed_in) {
  for (const std::string& write : client.heard()) {
    if (write == "\r\n") continue;
    const auto message = wire::sip::Message::parse(write);
    TERTULIA_CHECK(message.has_value() && message->flaw() == nullptr);
    TERTULIA_CHECK(message->head().size() + 2 + message->body().size() == write.size());
    const int status = message->is_request() ? 200 : message->status();
    if (signed_in && status >= 200 && status != 401) TERTULIA_CHECK(client.signature_number(write) > 0);
  }
}

/// The bytes as they are, in pieces whose size the first octet gives.
void raw_stream(LyncScript& script, std::string_view input) {
  LyncClient nobody(script, "alice", "guess");
  nobody.first();
  nobody.hello();
  const std::size_t step = input.empty() ? 1 : static_cast<std::size_t>(static_cast<unsigned char>(input[0])) + 1;
  input.remove_prefix(std::min<std::size_t>(input.size(), 1));
  for (std::size_t at = 0; at < input.size(); at += step) {
    script.face.on_bytes(nobody.connection, input.substr(at, step), script.now);
    check_writes(nobody, false);
  }
  const LyncWorld& world = script.world;
  TERTULIA_CHECK(world.binds.empty() && world.pages.empty() && world.publishes.empty() && world.changes.empty() &&
                 world.levels.empty() && world.presence_watches.empty() && world.contact_watches.empty());
  script.face.on_closed(nobody.connection, true, script.now);
}

class Talk {
 public:
  Talk() { TERTULIA_CHECK(status_of_text(alice.sign_in()) == 200); }

  /// Header lines and body out of the input, in a request with a right signature.
  void ask(unsigned char what, std::string_view part) {
    constexpr const char* methods[] = {"SERVICE", "SUBSCRIBE", "SUBSCRIBE", "REGISTER", "MESSAGE",
                                       "INFO",    "OPTIONS",   "INVITE",    "BYE"};
    const std::size_t blank = part.find("\r\n\r\n");
    Ask ask;
    ask.method = methods[what % std::size(methods)];
    ask.uri = what >= 128 ? "sip:bob@example.com" : alice.own();
    if ((what & 32) != 0) ask.uri = conference_uri(ask.method, (what & 16) != 0);
    ask.headers = part.substr(0, blank);
    if (!ask.headers.empty() && !ask.headers.ends_with('\n')) ask.headers.append("\r\n");
    if (blank != std::string_view::npos) ask.body = part.substr(blank + 4);
    ask.cseq = ++cseq_;
    if ((what & 96) == 96 && !focus_tag_.empty()) {
      ask.call_id = "focus";
      ask.to_tag = focus_tag_;
    } else if ((what & 32) != 0) {
      ask.call_id = ask.method == "INVITE" ? "focus" : "conference";
    } else if ((what & 64) != 0 && !tag_.empty()) {
      ask.call_id = "subscription";
      ask.to_tag = tag_;
    } else if (ask.method == "SUBSCRIBE") {
      ask.call_id = "subscription";
    }
    const std::string text = alice.text_of(ask);
    if (!wire::sip::Message::parse(text)) return;
    script.face.on_bytes(alice.connection, alice.signed_text(text), script.now);
    settle();
  }
  void answer(unsigned char what, std::string_view part) {
    const std::string text =
        what % 2 == 0 ? std::string(part) : alice.text_of({.method = "NOTIFY", .uri = alice.own()});
    script.face.on_bytes(alice.connection, text, script.now);
    settle();
  }
  void end() {
    script.wait(std::chrono::seconds{33});
    check_writes(alice, true);
    script.face.on_closed(alice.connection, true, script.now);
    TERTULIA_CHECK(script.face.subscription_count() == 0);
  }

 private:
  static std::string conference_uri(std::string_view method, bool other) {
    const std::string_view part = !other ? "focus:id:54BD" : method == "INVITE" ? "chat:id:54BD" : "focusfactory";
    return "sip:alice@example.com;gruu;opaque=app:conf:" + std::string(part);
  }
  /// The domain answers, sometimes with a refusal, and then has news.
  void settle() {
    learn_tag();
    LyncWorld& world = script.world;
    const bool good = ++round_ % 4 != 0;
    for (const auto& one : std::exchange(world.publishes, {})) {
      TERTULIA_CHECK(one.user == base::UserId{1});
      domain::PublishAnswer answer;
      answer.ticket = one.ticket;
      answer.reason = good ? Reason::none : Reason::publication_outdated;
      for (const auto& item : one.items) keep(item, answer);
      answer.self = view();
      script.face.on(answer, script.now);
    }
    for (const auto& one : std::exchange(world.changes, {})) {
      const auto next = list_->with(one.change, 50);
      if (next) list_ = std::make_shared<const domain::ContactList>(*next);
      script.face.on(
          domain::ContactsAnswer{one.ticket, next ? Reason::none : next.reason(), list_, list_->last_number()},
          script.now);
    }
    for (const auto& one : std::exchange(world.levels, {}))
      script.face.on(domain::SetLevelAnswer{one.ticket, good ? Reason::none : Reason::server_busy, 1}, script.now);
    for (const auto& one : std::exchange(world.acknowledged, {}))
      script.face.on(domain::SetLevelAnswer{one.ticket, Reason::none, 1}, script.now);
    answer_conferences(good);
    if (!world.binds.empty()) (void)alice.bind();
    world.binds.clear();
    tell();
    check_writes(alice, true);
  }
  void answer_conferences(bool good) {
    LyncWorld& world = script.world;
    const Reason reason = good ? Reason::none : Reason::conference_locked;
    for (const auto& one : std::exchange(world.creates, {}))
      script.face.on(domain::CreateAnswer{one.ticket, reason, one.key}, script.now);
    for (const auto& one : std::exchange(world.lists, {}))
      script.face.on(domain::ConferencesAnswer{one.ticket, reason, {{one.organizer, "A"}, {one.organizer, "B"}}},
                     script.now);
    for (const auto& one : std::exchange(world.joins, {})) {
      TERTULIA_CHECK(one.user == base::UserId{1});
      using What = domain::JoinAnswer::What;
      const What what = good ? What::joined : What::refused;
      if (round_ % 3 == 0) script.face.on(domain::JoinAnswer{one.ticket, What::waiting, {}, {}, {}, {}}, script.now);
      script.face.on(domain::JoinAnswer{one.ticket, what, reason, base::ConversationId{7}, {}, {}}, script.now);
      seat_ = one.seat;
    }
    for (const auto& one : std::exchange(world.leaves, {}))
      if (one.ticket) script.face.on(domain::CommandAnswer{one.ticket, Reason::none}, script.now);
    for (const auto& one : std::exchange(world.chats, {})) {
      TERTULIA_CHECK(one.seat);
      script.face.on(domain::ChatAnswer{one.ticket, reason, base::ConversationId{7}}, script.now);
    }
    for (const auto& one : std::exchange(world.escalations, {}))
      script.face.on(domain::CommandAnswer{one.ticket, reason}, script.now);
    for (const auto& one : std::exchange(world.adds, {}))
      script.face.on(domain::AddAnswer{one.ticket, reason, 0, {}}, script.now);
    for (const auto& one : std::exchange(world.commands, {}))
      script.face.on(domain::CommandAnswer{one.ticket, reason}, script.now);
    for (const auto& one : std::exchange(world.conference_watches, {})) {
      if (!one.on) continue;
      watch_ = one.watch;
      script.face.on(domain::RosterNews{watch_, reason, good ? roster(true) : nullptr, nullptr}, script.now);
    }
    if (watch_) script.face.on(domain::RosterNews{watch_, Reason::none, roster(false), nullptr}, script.now);
    if (seat_ && round_ % 16 == 0) script.face.on(domain::SeatEnded{seat_, {}, Reason::ejected}, script.now);
  }
  domain::RosterPtr roster(bool full) const {
    auto one = std::make_shared<domain::Roster>();
    one->full = full;
    one->version = version_;
    if (full) one->description = std::make_shared<const domain::ConferenceDescription>();
    auto gone = std::make_shared<domain::RosterMember>();
    gone->user = base::UserId{2};
    gone->address = "bob@example.com";
    one->gone = {std::move(gone)};
    return one;
  }
  void tell() {
    ++version_;
    for (const auto& one : script.world.contact_watches)
      if (one.on) script.face.on(domain::ContactsNews{one.watch, list_, std::nullopt, Reason::none}, script.now);
    for (const auto& one : script.world.self_watches)
      if (one.on) script.face.on(domain::SelfNews{one.watch, view(), Reason::none}, script.now);
    for (const auto& asked : script.world.presence_watches) {
      domain::PresenceNews news;
      for (const auto& entry : asked.entries) {
        auto seen = std::make_shared<domain::PresenceView>();
        seen->user = entry.target;
        seen->address = "bob@example.com";
        seen->version = version_;
        seen->state.availability = version_ % 2 == 0 ? domain::availability_busy : domain::availability_away;
        const bool gone = version_ % 16 == 0;
        news.items.push_back({entry.watch, gone ? nullptr : seen, gone ? Reason::user_does_not_exist : Reason::none});
      }
      script.face.on(news, script.now);
    }
    learn_tag();
  }
  void keep(const domain::PublishItem& item, domain::PublishAnswer& answer) {
    domain::Publication one;
    one.key = item.key;
    one.version = item.expected_version.value_or(0) + 1;
    if (!item.value) return;
    one.value = *item.value;
    one.original = item.original;
    answer.current.push_back(one);
    if (published_.size() < 32) published_.push_back(std::move(one));
  }
  domain::SelfViewPtr view() const {
    auto own = std::make_shared<domain::SelfView>();
    own->user = base::UserId{1};
    own->version = version_;
    own->publications = published_;
    return own;
  }
  /// The first dialog of a subscription is the one that later requests may be in.
  void learn_tag() {
    for (const std::string& write : script.world.writes[alice.connection]) {
      if (status_of_text(write) != 200) continue;
      const auto to = wire::sip::NameAddr::parse(value_of(write, "To"));
      if (to && value_of(write, "Contact").ends_with("isfocus") && has(value_of(write, "CSeq"), "INVITE"))
        focus_tag_ = to->tag();
      if (value_of(write, "Event").empty()) continue;
      if (to) tag_ = to->tag();
    }
  }

 public:
  LyncScript script;
  LyncClient alice{script, "alice", "wonder"};

 private:
  domain::ContactListPtr list_ = std::make_shared<const domain::ContactList>();
  std::vector<domain::Publication> published_;
  std::string tag_;
  std::string focus_tag_;
  base::LegId seat_;
  base::WatchId watch_;
  unsigned cseq_ = 0;
  unsigned round_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace

/// First octet: what kind of client.  Then each part, up to a NUL, is one step: what, then header lines and a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input[0] % 2 == 0) {
    LyncScript script;
    raw_stream(script, input.substr(1));
    return 0;
  }
  input.remove_prefix(1);
  Talk talk;
  for (int count = 0; count < 12 && !input.empty(); ++count) {
    const std::size_t end = std::min(input.find('\0', 1), input.size());
    const auto what = static_cast<unsigned char>(input[0]);
    if (what % 8 == 7) {
      talk.answer(what / 8, input.substr(1, end - 1));
    } else {
      talk.ask(what, input.substr(1, end - 1));
    }
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  talk.end();
  return 0;
}
