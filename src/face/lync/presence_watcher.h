// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: alice watches others; bob has the id 2, carol 3, dave 4.

#include <string>
#include <string_view>
#include <vector>

#include "face/lync/subscriber.h"
#include "wire/lync/batch_subscribe.h"

namespace tertulia::face::lync::lync_script {

inline const std::string batch_headers =
    "Require: adhoclist, categoryList\r\nSupported: eventlist\r\nAccept: application/rlmi+xml, multipart/related, "
    "application/msrtc-event-categories+xml\r\nProxy-Require: ms-benotify\r\n"
    "Content-Type: application/msrtc-adrl-categorylist+xml\r\n" +
    std::string(quiet);

inline std::string batch(const std::vector<std::string>& people,
                         wire::lync::BatchActionKind kind = wire::lync::BatchActionKind::subscribe) {
  wire::lync::BatchAction action;
  action.kind = kind;
  action.id = "1";
  for (const std::string& one : people) action.resources.push_back({one, false});
  action.categories = {"contactCard", "note", "state"};
  return wire::lync::write_batch_subscribe({"sip:alice@example.com", "", {action}});
}

struct PresenceWatcher : Subscriber {
  PresenceWatcher() {
    for (std::uint32_t id : {3U, 4U}) {
      const std::string name = id == 3 ? "carol" : "dave";
      script.change(make_user(id, name + "@example.com", name));
    }
  }
  std::string ask(const std::vector<std::string>& people) { return begin("presence", batch_headers, batch(people)); }
  base::WatchId watch_of(std::uint32_t user) const {
    base::WatchId watch;
    for (const auto& asked : script.world.presence_watches)
      for (const auto& entry : asked.entries)
        if (entry.target == base::UserId{user}) watch = entry.watch;
    EXPECT_TRUE(watch) << "nobody watches " << user;
    return watch;
  }
  domain::PresenceNews::Item item(std::uint32_t user, std::uint64_t version, Reason reason = Reason::none) const {
    auto view = std::make_shared<domain::PresenceView>();
    view->user = base::UserId{user};
    view->address = std::string(script.user(user).address.text());
    view->version = version;
    view->state.availability = domain::availability_online;
    view->since = {1'700'000'000'000'000};
    view->notes.push_back({domain::NoteKind::personal, "v" + std::to_string(version), {}, {}});
    view->notes_since.push_back(view->since);
    return {watch_of(user), reason == Reason::none ? view : nullptr, reason};
  }
  std::string tell(std::vector<domain::PresenceNews::Item> items) {
    script.face.on(domain::PresenceNews{std::move(items)}, script.now);
    const std::vector<std::string> all = alice.heard();
    EXPECT_LE(all.size(), 1U);
    return all.empty() ? std::string() : learn(all.back());
  }
};

inline std::size_t parts_of(std::string_view message) {
  std::size_t n = 0;
  const std::string body = body_of(message);
  for (std::size_t at = body.find("<categories "); at != std::string::npos; at = body.find("<categories ", at + 1)) ++n;
  return n;
}

}  // namespace tertulia::face::lync::lync_script
