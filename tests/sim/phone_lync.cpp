// SPDX-License-Identifier: Apache-2.0
// A client of the Lync family: its keys, and the subscriptions that it has by itself.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/reason.h"
#include "phone.h"
#include "phone_parts.h"
#include "protocol/auth/signed_context.h"
#include "wire/lync/batch_subscribe.h"
#include "wire/lync/categories.h"
#include "wire/lync/provisioning.h"
#include "wire/mime/multipart.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using Kind = Question::Kind;

namespace {

constexpr base::Duration renewal_lead = std::chrono::minutes{5};
constexpr std::string_view rlmi_type = "application/rlmi+xml";
constexpr std::string_view roaming_list =
    R"(<roamingList xmlns="http://schemas.microsoft.com/2006/09/sip/roaming-self"><roaming type="categories"/>)"
    R"(<roaming type="containers"/><roaming type="subscribers"/></roamingList>)";

std::string event_of(Package package) {
  switch (package) {
    case Package::roaming_contacts:
      return "vnd-microsoft-roaming-contacts";
    case Package::roaming_self:
      return "vnd-microsoft-roaming-self";
    default:
      return "presence";
  }
}

}  // namespace

// ---- keys

/// False: the message is not what it should be, and not looked at.
bool Phone::stands_by_signature(const Message& message) {
  if (!lync_ || believes_all) return true;
  const int before = lync_->keys.made();
  const std::string why = lync_->keys.judge(message);
  if (!why.empty()) {
    const std::string_view bytes = message.bytes();
    world_.journal.bad_signatures.push_back(
        {world_.scheduler.mono(), device_, fmt::format("{}: {}", bytes.substr(0, bytes.find("\r\n")), why)});
    return false;
  }
  if (lync_->keys.made() != before)
    later(protocol::auth::signed_context_lifetime - renewal_lead, [this, made = lync_->keys.made()] {
      if (lync_->keys.made() == made && !asleep_) renew_keys();
    });
  return true;
}

void Phone::renew_keys() {
  if (!connected() || !lync_ || lync_->keys.shaking_hands()) return;
  lync_->keys.set_password(traits_.password);
  lync_->keys.begin();
  register_now(lease_ == 0 ? 600 : lease_);
}

/// True: the REGISTER has been sent again with what the challenge asks for.
bool Phone::goes_on_with_keys(const Outgoing& request, const Message& message) {
  if (request.method != "REGISTER") return false;
  LyncKeys& keys = lync_->keys;
  const bool spent = message.status() == 401 && !request.handshake && !keys.shaking_hands();
  if (spent) keys.begin();
  const bool goes_on = spent || (request.handshake && message.status() == 401 && keys.take_challenge(message));
  if (!goes_on) {
    const bool refused = request.handshake && message.status() == 401;
    if (request.handshake) keys.end_handshake();
    if (refused && keys.stand()) hang_up();  // without new keys a client does not go on
    return false;
  }
  Outgoing again = request;
  again.handshake = true;
  again.cseq = ++register_cseq_;
  send(std::move(again));
  return true;
}

// ---- subscriptions

void Phone::open_feeds() {
  if (!lync_->keys.stand()) return;
  open_feed(Package::roaming_contacts);
  open_feed(Package::roaming_self);
  subscribe_people();
}

Phone::Outgoing Phone::feed_request(Package package) {
  LyncFeed& feed = lync_->feeds[package];
  Outgoing request = outside("SUBSCRIBE", traits_.address);
  if (feed.call_id.empty()) {
    feed = {request.call_id, request.from, {}, {}, request.cseq};
  } else {
    request.uri = feed.remote_target;
    request.from = feed.local;
    request.to = feed.remote;
    request.call_id = feed.call_id;
    request.cseq = ++feed.cseq;
  }
  feed.busy = true;
  request.feed = package;
  request.extra = {{"Event", event_of(package)},
                   {"Supported", "ms-piggyback-first-notify"},
                   {"Supported", "ms-benotify"},
                   {"Proxy-Require", "ms-benotify"}};
  return request;
}

std::size_t Phone::new_watch(Package package, base::UserId target, std::string_view call_id) {
  Watch watch;
  watch.device = device_;
  watch.connection = link_->serial();
  watch.watcher = traits_.user;
  watch.target = target;
  watch.call_id = call_id;
  watch.package = package;
  world_.journal.watches.push_back(std::move(watch));
  return world_.journal.watches.size() - 1;
}

void Phone::open_feed(Package package) {
  if (lync_->feeds.contains(package)) return;
  Outgoing request = feed_request(package);
  request.extra.emplace_back("Supported", "com.microsoft.autoextend");
  request.extra.emplace_back("Accept", "application/" + event_of(package) + "+xml");
  if (package == Package::roaming_self) {
    request.content_type = "application/vnd-microsoft-roaming-self+xml";
    request.body = roaming_list;
  }
  lync_->feeds[package].watch = new_watch(package, traits_.user, request.call_id);
  request.question = ask(Kind::subscribe, traits_.user, request, {});
  send(std::move(request));
}

/// Everybody who is to be watched and is not yet, in one request.
void Phone::subscribe_people() {
  if (!lync_ || !lync_->keys.stand()) return;
  if (const auto feed = lync_->feeds.find(Package::categories); feed != lync_->feeds.end() && feed->second.busy)
    return;  // the rest follows the answer
  wire::lync::BatchAction action;
  action.id = "1";
  std::vector<base::UserId> asked_for;
  for (const auto& [what, wish] : wanted_) {
    if (what.first != Package::presence || lync_->watched.contains(what.second)) continue;
    action.resources.push_back({"sip:" + wish.address});
    asked_for.push_back(what.second);
  }
  if (asked_for.empty()) return;
  action.categories = {"calendarData", "contactCard", "note", "state"};
  Outgoing request = feed_request(Package::categories);
  LyncFeed& feed = lync_->feeds[Package::categories];
  for (const base::UserId target : asked_for)
    lync_->watched[target] = new_watch(Package::categories, target, request.call_id);
  feed.asked_for = std::move(asked_for);
  request.extra.emplace_back("Require", "adhoclist, categoryList");
  request.extra.emplace_back("Supported", "eventlist");
  request.extra.emplace_back("Accept",
                             "application/rlmi+xml, multipart/related, text/xml+msrtc.pidf, "
                             "application/msrtc-event-categories+xml, application/xpidf+xml, application/pidf+xml");
  request.content_type = wire::lync::batch_subscribe_type;
  request.body = wire::lync::write_batch_subscribe({"sip:" + traits_.address, {}, {std::move(action)}});
  request.question = ask(Kind::subscribe, traits_.user, request, {});
  send(std::move(request));
}

void Phone::unsubscribe_person(base::UserId target) {
  const auto feed = lync_->feeds.find(Package::categories);
  const auto watch = lync_->watched.find(target);
  if (!connected() || feed == lync_->feeds.end() || feed->second.busy || watch == lync_->watched.end()) return;
  wire::lync::BatchAction action;
  action.kind = wire::lync::BatchActionKind::unsubscribe;
  action.id = "2";
  action.resources = {{"sip:" + world_.journal.addresses.at(target)}};
  Outgoing request = feed_request(Package::categories);
  request.content_type = wire::lync::batch_subscribe_type;
  request.body = wire::lync::write_batch_subscribe({"sip:" + traits_.address, {}, {std::move(action)}});
  request.question = ask(Kind::subscribe, traits_.user, request, {});
  world_.journal.watches[watch->second].lives = false;
  lync_->watched.erase(watch);
  send(std::move(request));
}

void Phone::lose_person(base::UserId target) {
  const auto found = lync_->watched.find(target);
  if (found == lync_->watched.end()) return;
  world_.journal.watches[found->second].lives = false;
  world_.journal.watches[found->second].gone = true;
  lync_->watched.erase(found);
}

/// The subscription is over, with all that it showed.
void Phone::end_feed(Package package) {
  const auto found = lync_->feeds.find(package);
  if (found == lync_->feeds.end()) return;
  if (found->second.watch) {
    Watch& watch = world_.journal.watches[*found->second.watch];
    watch.lives = false;
    watch.gone = true;
  } else {
    while (!lync_->watched.empty()) lose_person(lync_->watched.begin()->first);
  }
  lync_->feeds.erase(found);
}

void Phone::on_feed_answer(const Outgoing& request, const Message& message) {
  const Package package = *request.feed;
  const auto found = lync_ ? lync_->feeds.find(package) : std::map<Package, LyncFeed>::iterator();
  if (!lync_ || found == lync_->feeds.end() || found->second.call_id != request.call_id) return;
  LyncFeed& feed = found->second;
  feed.busy = false;
  const std::vector<base::UserId> asked_for = std::exchange(feed.asked_for, {});
  if (message.status() >= 300) {
    if (feed.remote.empty() || message.status() == 481) return end_feed(package);
    for (const base::UserId target : asked_for) lose_person(target);
    return;
  }
  if (feed.remote.empty()) {
    feed.remote = message.header(HeaderName::to).value_or("");
    const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
    if (contacts && !contacts->empty()) feed.remote_target = contacts->front().uri_text;
  }
  if (feed.watch) world_.journal.watches[*feed.watch].lives = true;
  for (const base::UserId target : asked_for)
    if (const auto one = lync_->watched.find(target); one != lync_->watched.end())
      world_.journal.watches[one->second].lives = true;
  read_feed(package, message.header(HeaderName::content_type).value_or(""), message.body());
  if (package == Package::categories) {
    // Who was told as gone is not asked for again at once.
    const bool others = std::any_of(wanted_.begin(), wanted_.end(), [&](const auto& one) {
      const base::UserId target = one.first.second;
      return one.first.first == Package::presence && !lync_->watched.contains(target) &&
             std::find(asked_for.begin(), asked_for.end(), target) == asked_for.end();
    });
    return others ? subscribe_people() : void();
  }
  if (package != Package::roaming_self || std::exchange(lync_->introduced, true)) return;
  Pieces pieces = introduction(traits_.address, own_number());
  for (auto& piece : state_pieces(own_number(), availability_of(""))) pieces.push_back(std::move(piece));
  begin_publication(std::move(pieces), ask(Kind::publish, traits_.user, outside("SERVICE", traits_.address), {}));
}

void Phone::on_benotify(const Message& message) {
  if (!lync_) return;
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  if (on_room_news(message)) return;
  const auto found = std::find_if(lync_->feeds.begin(), lync_->feeds.end(),
                                  [&](const auto& one) { return one.second.call_id == call_id; });
  if (found == lync_->feeds.end()) return;
  const Package package = found->first;
  if (!message.body().empty())
    read_feed(package, message.header(HeaderName::content_type).value_or(""), message.body());
  if (message.header(HeaderName::subscription_state).value_or("").starts_with("terminated")) end_feed(package);
}

void Phone::read_feed(Package package, std::string_view content_type, std::string_view body) {
  if (package != Package::categories) {
    Watch& watch = world_.journal.watches[*lync_->feeds.at(package).watch];
    watch.document = body;
    const bool read =
        package == Package::roaming_self ? read_self(watch, body, lync_->versions) : read_contacts(watch, body);
    if (!read) watch.out_of_order.emplace_back("a document that cannot be read");
    return;
  }
  if (!wire::mime::is_multipart(content_type)) return read_person(body);
  const auto parts = wire::mime::read_multipart(content_type, body);
  if (!parts) return;
  for (const wire::mime::PartView& part : *parts)
    if (wire::mime::media_type_of(part.content_type()) == wire::lync::categories_type) read_person(part.body);
  for (const wire::mime::PartView& part : *parts)
    if (wire::mime::media_type_of(part.content_type()) == rlmi_type)
      for (const std::string& address : terminated_in(part.body)) lose_person(user_with(address));
}

void Phone::read_person(std::string_view body) {
  const auto found = lync_->watched.find(user_with(person_of(body)));
  if (found == lync_->watched.end()) return;  // of somebody who is not watched any more
  Watch& watch = world_.journal.watches[found->second];
  if (read_categories(watch, body)) {
    watch.sights.back().at = world_.scheduler.mono();
  } else {
    watch.out_of_order.emplace_back("a document that cannot be read");
  }
}

const Watch* Phone::feed(Package package) const {
  if (!lync_) return nullptr;
  const auto found = lync_->feeds.find(package);
  if (found == lync_->feeds.end() || !found->second.watch) return nullptr;
  return &world_.journal.watches[*found->second.watch];
}

}  // namespace tertulia::sim
