// SPDX-License-Identifier: Apache-2.0
// A connection's byte stream into a whole face: whatever comes, the face stays sound, answers are well formed, and
// nobody without credentials reaches the domain.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "face/simple/face_script.h"

namespace {

using namespace tertulia;
using namespace face::simple;
using namespace face::simple::face_script;

/// Every write is a keep-alive or one message that our own parser takes.
void check_writes(Script& script, base::ConnectionId connection) {
  for (const std::string& write : script.world.writes[connection]) {
    if (write == "\r\n") continue;
    const base::Result<wire::sip::Message> message = wire::sip::Message::parse(write);
    TERTULIA_CHECK(message.has_value());
    TERTULIA_CHECK(message->flaw() == nullptr);
    TERTULIA_CHECK(message->head().size() + 2 + message->body().size() == write.size());
  }
  script.world.writes[connection].clear();
}

/// The bytes as they are, in pieces whose size the first octet gives.
void raw_stream(Script& script, std::string_view input) {
  const base::ConnectionId connection = script.connect();
  const std::size_t step = input.empty() ? 1 : static_cast<std::size_t>(static_cast<unsigned char>(input[0])) + 1;
  input.remove_prefix(std::min<std::size_t>(input.size(), 1));
  for (std::size_t at = 0; at < input.size(); at += step) {
    script.face.on_bytes(connection, input.substr(at, step), script.now);
    check_writes(script, connection);
  }
  TERTULIA_CHECK(script.world.binds.empty() && script.world.pages.empty() && script.world.opens.empty());
  script.wait(std::chrono::seconds{31});
  check_writes(script, connection);
  script.face.on_closed(connection, true, script.now);
}

/// The presence agent answers what SUBSCRIBE and PUBLISH have asked of it.
void answer_events(Script& script) {
  for (const domain::WatchPresence& watch : std::exchange(script.world.presence_watches, {})) {
    TERTULIA_CHECK(watch.watcher == base::UserId{1});
    auto view = std::make_shared<domain::PresenceView>();
    view->address = "bob@example.com";
    view->version = 1;
    view->state.availability = domain::availability_busy;
    for (const auto& entry : watch.entries)
      script.face.on(domain::PresenceNews{{{entry.watch, view, base::Reason::none}}}, script.now);
  }
  for (const domain::WatchWatchers& watch : std::exchange(script.world.watcher_watches, {})) {
    TERTULIA_CHECK(watch.user == base::UserId{1});
    script.face.on(domain::WatcherNews{watch.watch, std::make_shared<const std::vector<domain::WatcherInfo>>()},
                   script.now);
  }
  for (const domain::PublishDocument& publish : std::exchange(script.world.publishes, {})) {
    TERTULIA_CHECK(publish.user == base::UserId{1});
    script.face.on(domain::PublishAnswer{publish.ticket, base::Reason::none, "tag", publish.lease, {}}, script.now);
  }
}

domain::ConferenceDescriptionPtr description_of(const domain::ConferenceKey& key) {
  auto description = std::make_shared<domain::ConferenceDescription>();
  description->key = key;
  description->organizer_address = "alice@example.com";
  return description;
}

/// The conference lets everybody in, repeats what he says, adds whom he wants, and shows its roster.
void answer_conferences(Script& script, base::ConnectionId connection) {
  for (const domain::CreateConference& create : std::exchange(script.world.creates, {})) {
    TERTULIA_CHECK(create.key.organizer == base::UserId{1});
    script.face.on(domain::CreateAnswer{create.ticket, base::Reason::none, create.key}, script.now);
  }
  for (const domain::JoinConference& join : std::exchange(script.world.joins, {})) {
    TERTULIA_CHECK(join.user == base::UserId{1});
    const auto description = description_of(join.key);
    script.face.on(domain::JoinAnswer{join.ticket, domain::JoinAnswer::What::joined, base::Reason::none,
                                      base::ConversationId{2}, domain::ConferenceRole::presenter, description},
                   script.now);
    auto message = std::make_shared<domain::InstantMessage>();
    message->from_address = "bob@example.com";
    message->content_type = "text/plain";
    message->content = "hello";
    script.face.on(domain::DeliverSession{base::Ticket{1}, base::ShardId{}, base::ConversationId{2}, join.seat, message,
                                          description},
                   script.now);
  }
  for (const domain::AddPerson& add : std::exchange(script.world.adds, {})) {
    TERTULIA_CHECK(add.by == base::UserId{1});
    script.face.on(domain::AddAnswer{add.ticket, base::Reason::none, 0, {}}, script.now);
  }
  for (const domain::ConferenceCommand& command : std::exchange(script.world.commands, {})) {
    TERTULIA_CHECK(command.by == base::UserId{1});
    script.face.on(domain::CommandAnswer{command.ticket, base::Reason::presenters_only}, script.now);
  }
  for (const domain::WatchConference& watch : std::exchange(script.world.conference_watches, {})) {
    TERTULIA_CHECK(watch.user == base::UserId{1});
    if (!watch.on) continue;
    auto roster = std::make_shared<domain::Roster>();
    roster->version = 1;
    roster->description = description_of(watch.key);
    script.face.on(domain::RosterNews{watch.watch, base::Reason::none, roster, nullptr}, script.now);
  }
  for (const domain::PostToConference& post : std::exchange(script.world.conference_posts, {})) {
    TERTULIA_CHECK(post.message->from == base::UserId{1});
    domain::DeliverPage deliver;
    deliver.to = base::UserId{1};
    deliver.route.connection = connection;
    deliver.route.remote_target = std::make_shared<const std::string>("sip:alice@10.0.0.9");
    deliver.message = post.message;
    deliver.conference = description_of(post.key);
    script.face.on(deliver, script.now);
    script.face.on(domain::PostAnswer{post.ticket, domain::PostOutcome::delivered, base::Reason::none, 0}, script.now);
  }
}

/// From 0x80 on the request is for a conference, from 0xC0 on for the factory; REFER stands in place of PUBLISH.
struct Asked {
  const char* method;
  const char* uri;
};
Asked asked_by(char choice) {
  constexpr const char* methods[] = {"REGISTER", "MESSAGE", "INVITE", "OPTIONS", "BYE", "INFO", "SUBSCRIBE", "PUBLISH"};
  const auto octet = static_cast<unsigned char>(choice);
  const char* method = methods[octet % std::size(methods)];
  if (octet < 0x80) return {method, octet >= 'a' ? "sip:alice@example.com" : "sip:bob@example.com"};
  if (octet % std::size(methods) == 7) method = "REFER";
  return {method, octet >= 0xC0 ? "sip:conference@example.com" : "sip:conference.alice.4711@example.com"};
}

/// Behind the gate: header lines and body of the input in a request with good credentials, and the domain answers.
void signed_requests(Script& script, std::string_view input) {
  Client alice(script, "alice", "wonder");
  alice.say(alice.request("OPTIONS", "sip:example.com"));
  for (int count = 0; count < 8 && !input.empty(); ++count) {
    const std::size_t end = std::min(input.find('\0'), input.size());
    const std::string_view part = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (part.empty()) continue;
    const std::size_t blank = part.find("\r\n\r\n");
    std::string head(part.substr(1, blank == std::string_view::npos ? blank : blank + 1));
    const std::string_view body = blank == std::string_view::npos ? std::string_view() : part.substr(blank + 4);
    if (!head.empty() && !head.ends_with('\n')) head.append("\r\n");
    const auto [method, uri] = asked_by(part[0]);
    alice.say(alice.signed_request(method, uri, head, body));
    for (const domain::BindRequest& bind : std::exchange(script.world.binds, {})) {
      TERTULIA_CHECK(bind.user == base::UserId{1});
      domain::BindAnswer answer;
      answer.ticket = bind.ticket;
      for (const domain::ContactChange& contact : bind.contacts)
        answer.bindings.push_back({base::EndpointId{9}, contact.uri, contact.instance, contact.reg_id,
                                   contact.lease.value_or(base::Duration{}), contact.parameters, "g", "t"});
      script.face.on(answer, script.now);
    }
    for (const domain::PostPage& post : std::exchange(script.world.pages, {})) {
      TERTULIA_CHECK(post.message->from == base::UserId{1});
      domain::DeliverPage deliver;
      deliver.to = base::UserId{1};
      deliver.route.connection = alice.connection;
      deliver.route.remote_target = std::make_shared<const std::string>("sip:alice@10.0.0.9");
      deliver.message = post.message;
      deliver.route.capabilities.page_mode = post.ticket.value % 3 != 0;  // the others are invited
      deliver.route.capabilities.session_mode = post.ticket.value % 2 != 0;
      script.face.on(deliver, script.now);
      script.face.on(domain::PostAnswer{post.ticket, domain::PostOutcome::delivered, base::Reason::none, 0},
                     script.now);
    }
    for (const domain::OpenSession& open : std::exchange(script.world.opens, {}))
      script.face.on(domain::OpenAnswer{open.ticket, base::ConversationId{1}, domain::OpenAnswer::What::accepted,
                                        base::Reason::none, 0},
                     script.now);
    answer_events(script);
    answer_conferences(script, alice.connection);
    check_writes(script, alice.connection);
  }
  script.wait(std::chrono::seconds{33});
  script.face.on_closed(alice.connection, true, script.now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Script script;
  if (input[0] % 2 == 0) {
    raw_stream(script, input.substr(1));
  } else {
    signed_requests(script, input.substr(1));
  }
  return 0;
}
