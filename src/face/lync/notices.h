// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/presence/events.h"
#include "face/simple/context.h"
#include "protocol/dialog/dialog.h"

namespace tertulia::face::lync {

using simple::Connection;
using simple::Context;
using simple::Pending;
using simple::Request;

/// One subscription of a client of the dialect, within its shard.
using NoticeId = base::Id<struct NoticeIdTag>;

/// Body of an answer or notification.
struct Document {
  std::string content_type;
  std::string body;
};

/// What one subscription shows.  Owned by Notices; starts its watches when it is made.
class Feed {
 public:
  virtual ~Feed() = default;
  /// A SUBSCRIBE: the first (from within Notices::begin), or a further one in the dialog.  An error refuses the request.
  virtual base::Result<void> on_subscribe(const Request& request) = 0;
  /// Everything that the last SUBSCRIBE asked for is there.
  virtual bool complete() const = 0;
  /// The answer to a SUBSCRIBE: everything it asked for.
  virtual std::optional<Document> whole(base::Now now) = 0;
  /// What is new since the last document; nothing when the client would see no difference.
  virtual std::optional<Document> news(base::Now now) = 0;

  // news of the domain; `watch` is one of this feed
  virtual void on_presence(const domain::PresenceNews::Item&) {}
  virtual void on_self(const domain::SelfNews&) {}
  virtual void on_contacts(const domain::ContactsNews&) {}
  virtual void on_roster(const domain::RosterNews&) {}
  /// Set when the watched thing is gone: the subscription ends.
  virtual base::Reason ended() const { return base::Reason::none; }
  /// Ends its watches at the domain.  Called exactly once, before destruction.
  virtual void end() = 0;
};

/// Expires: 0.
bool asks_for_end(const wire::sip::Message& message);
/// The value of Event without parameters; empty when there is none.  A view of the message.
std::string_view event_of(const wire::sip::Message& message);
/// Sent to the user himself (any of his devices), or to nobody of a name.
bool is_for_own_data(const Request& request);

/// Subscriptions of the dialect: the first document comes in the answer (ms-piggyback), later ones as BENOTIFY without an
/// answer, or as NOTIFY where the client wants that.  A subscription lives as long as its connection, since the dialect
/// extends it by itself (com.microsoft.autoextend); it ends when the client says so.  Source: [MS-SIP] 3.6 to 3.8.
class Notices {
 public:
  using MakeFeed = std::function<base::Result<std::unique_ptr<Feed>>(const Request&, NoticeId)>;

  explicit Notices(Context& context) : context_(context) {}

  /// A package, by the value of Event.
  void add(std::string event, MakeFeed make);
  bool has(std::string_view event) const { return packages_.contains(std::string(event)); }
  /// SUBSCRIBE outside of a dialog, of an event that is there.
  void begin(const Request& request, std::string_view event);
  /// False: no such dialog.
  bool in_dialog(const Request& request);

  /// Watches: which subscription their news belong to.
  base::WatchId add_watch(NoticeId notice);
  void remove_watch(base::WatchId watch) { watches_.erase(watch); }
  /// The subscription's feed; null when the watch is none of ours.  It is looked at again by flush().
  Feed* feed_of(base::WatchId watch);
  /// The feed of a kind that a connection has; null when it has none.
  Feed* feed_of(base::ConnectionId connection, std::string_view event);
  /// Sends what the feeds that had news have to say.
  void flush(base::Now now);

  /// Ends subscriptions of a connection without a word: their client has said so another way.
  void end(base::ConnectionId connection, const std::function<bool(const Feed&)>& which, base::Now now);

  bool on_response(protocol::transaction::ClientId id);  ///< false: not one of ours
  void on_connection_closed(base::ConnectionId connection);
  void stop(base::Now now);
  std::size_t size() const { return notices_.size(); }

 private:
  struct Notice {
    NoticeId id;
    base::ConnectionId connection;
    base::UserId user;
    std::string event;
    protocol::dialog::Dialog dialog;
    std::unique_ptr<Feed> feed = {};
    struct Asked {
      Pending pending;
      std::uint32_t cseq = 0;
    };
    std::vector<Asked> asked = {};  ///< SUBSCRIBEs that wait for their document, in order
    bool silent = true;             ///< BENOTIFY
    bool piggyback = true;          ///< the answer may carry the document
    bool once = false;              ///< Expires: 0 in the first SUBSCRIBE
    bool has_news = false;
  };
  void ask(Notice& notice, const Request& request);
  void settle(NoticeId id, base::Now now);
  void answer(Notice& notice, const Notice::Asked& asked, base::Now now);
  void notify(Notice& notice, const std::optional<Document>& document, std::string_view standing, base::Now now);
  void erase(NoticeId id);
  static std::string key_of(std::string_view call_id, std::string_view local_tag);
  std::optional<NoticeId> dialog_of(const Request& request) const;

  Context& context_;
  std::unordered_map<std::string, MakeFeed> packages_;
  std::unordered_map<NoticeId, Notice> notices_;
  std::unordered_map<std::string, NoticeId> by_dialog_;
  std::unordered_map<base::ConnectionId, std::set<NoticeId>> by_connection_;
  std::unordered_map<base::WatchId, NoticeId> watches_;
  std::unordered_map<protocol::transaction::ClientId, NoticeId> under_way_;  // NOTIFYs
  std::vector<NoticeId> stirred_;
};

}  // namespace tertulia::face::lync
