// SPDX-License-Identifier: Apache-2.0
#include "face/lync/dialect.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "face/lync/contacts_feed.h"
#include "face/lync/dsk_scheme.h"
#include "face/lync/goodbye.h"
#include "face/lync/kerberos_scheme.h"
#include "face/lync/limits.h"
#include "face/lync/lync.h"
#include "face/lync/ntlm_scheme.h"
#include "face/lync/presence_feed.h"
#include "face/lync/provisioning_feed.h"
#include "face/lync/self_feed.h"
#include "face/lync/undelivered.h"

namespace tertulia::face::lync {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

constexpr std::array<std::string_view, 8> extensions = {"adhoclist",
                                                        "categorylist",
                                                        "ms-benotify",
                                                        "ms-piggyback-first-notify",
                                                        "com.microsoft.autoextend",
                                                        "msrtc-event-categories",
                                                        "gruu-10",
                                                        "timer"};

/// COMPAT(pidgin-sipe 1.25): with a blank behind a comma it subscribes to nothing.
constexpr std::string_view allowed_events =
    "vnd-microsoft-provisioning-v2,vnd-microsoft-roaming-contacts,vnd-microsoft-roaming-self,presence";

constexpr std::string_view content_warning = "309 lcs.microsoft.com ";

Schemes schemes_of(Context& context, simple::SignInGuard& guard, const LyncSettings& settings,
                   const SchemePorts& ports) {
  Schemes schemes;
  if (ports.dsk)
    schemes.push_back(make_dsk_scheme(context, guard, ports.dsk, settings.host, settings.certificate_service));
  if (ports.kerberos) schemes.push_back(make_kerberos_scheme(context, guard, ports.kerberos, settings.kerberos_realms));
  if (settings.ntlm) schemes.push_back(make_ntlm_scheme(context, guard, settings.host));
  return schemes;
}

}  // namespace

LyncDialect::LyncDialect(Context& context, simple::SignInGuard& guard, simple::Sessions& sessions,
                         const LyncSettings& settings, const SchemePorts& ports)
    : context_(context),
      sign_in_(context, guard, schemes_of(context, guard, settings, ports)),
      notices_(context),
      conferences_(context, notices_, sessions, settings.join_pages),
      services_(context, notices_, conferences_),
      address_book_(settings.address_book),
      photos_(settings.photos) {
  notices_.add(std::string(contacts_event), [this](const Request& request, NoticeId id) {
    return make_contacts_feed(context_, notices_, request, id);
  });
  notices_.add(std::string(self_event), [this](const Request& request, NoticeId id) {
    return make_self_feed(context_, notices_, request, id, photos_);
  });
  notices_.add(std::string(provisioning_event), [this](const Request& request, NoticeId id) {
    (void)id;
    return make_provisioning_feed(context_, address_book_, request);
  });
  notices_.add(std::string(presence_event), [this](const Request& request, NoticeId id) {
    return make_presence_feed(context_, notices_, request, id, photos_);
  });
}

void LyncDialect::on_directory_changed(const domain::Directory& before, base::Now now) {
  (void)now;
  sign_in_.on_directory_changed(before);
}

void LyncDialect::say_goodbye(const Connection& connection, Reason why, base::Now now) {
  (void)now;
  lync::say_goodbye(context_, connection, why);
}

bool LyncDialect::knows_extension(std::string_view tag) const {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view known) { return base::equal_ignoring_case(known, tag); });
}

bool LyncDialect::on_request(Request& request) {
  switch (request.message.method()) {
    case Method::service:
      services_.on_service(request);
      return true;
    case Method::subscribe:
      return on_subscribe(request);
    case Method::invite:
      if (request.basics.to.tag().empty()) return conferences_.on_invite(request);
      return in_dialog(request);
    default:
      return !request.basics.to.tag().empty() && in_dialog(request);
  }
}

bool LyncDialect::in_dialog(const Request& request) {
  return notices_.in_dialog(request) || conferences_.in_dialog(request);
}

bool LyncDialect::on_subscribe(const Request& request) {
  if (!request.basics.to.tag().empty()) return in_dialog(request);
  if (conferences_.on_subscribe(request)) return true;
  const std::string_view event = event_of(request.message);
  if (!notices_.has(event)) return false;
  if (event == presence_event && !asks_for_categories(request.message)) return false;
  const bool own = event == contacts_event || event == self_event || event == provisioning_event;
  if (own && !is_for_own_data(request)) {
    context_.refuse(request, Reason::subscription_not_permitted);
    return true;
  }
  notices_.begin(request, event);
  return true;
}

void LyncDialect::describe_registration(const simple::Registered& registered, Writer& writer) {
  // [MS-SIPREGE] 3.1.1.5.1: other clients look whether they are new.
  const std::string_view action = registered.signed_out ? "removed" : registered.fresh ? "added" : "refreshed";
  writer.header("presence-state", "register-action=\"" + std::string(action) + "\"");
  if (registered.signed_out) {
    writer.header(HeaderName::expires, std::uint64_t{0});
    return;
  }
  // COMPAT(pidgin-sipe 1.25): each tag counts only when it has a Supported line for itself.
  writer.header(HeaderName::allow_events, allowed_events)
      .header(HeaderName::supported, "adhoclist")
      .header(HeaderName::supported, "msrtc-event-categories")
      .header(HeaderName::server, "RTC/5.0")
      .header("ms-keep-alive", "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=" +
                                   std::to_string(base::whole_seconds(keep_alive_timeout)));
}

/// COMPAT(pidgin-sipe 1.25): it shows the text of the first Warning, else that of ms-diagnostics-public.
void LyncDialect::explain(Reason reason, int status, std::string_view text, Writer& writer) const {
  const std::string quoted = wire::sip::quoted(text);
  writer.header("ms-diagnostics-public", std::to_string(base::id_of(reason)) + ";reason=" + quoted);
  if (status == 606) {
    writer.header(HeaderName::warning, std::string(content_warning) + quoted);
  } else {
    writer.header(HeaderName::warning, "310 lcs.microsoft.com " + quoted);
  }
}

int LyncDialect::status_for(Reason reason, int status) const {
  switch (reason) {
    // COMPAT(pidgin-sipe 1.25): it follows only 301, and only before its first 200 (afterwards it uses freed memory); the
    // registrar therefore ends what is bound before it redirects.
    case Reason::home_elsewhere:
      return status == 302 ? 301 : 0;
    case Reason::link_blocked:
    case Reason::too_many_links:
    case Reason::file_kind_blocked:
      return 606;  // with Warning 309: "blocked content"
    default:
      return 0;
  }
}

bool LyncDialect::on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now) {
  return notices_.on_response(id) || conferences_.on_response(id, message, now);
}

bool LyncDialect::on_ended(const protocol::transaction::Ended& ended, base::Now now) {
  return notices_.on_response(ended.id) || conferences_.on_ended(ended, now);
}

/// Every question of ours is answered by an event of its own kind.
bool LyncDialect::on_undeliverable(base::Ticket ticket, base::Now now) {
  (void)ticket;
  (void)now;
  return false;
}

bool LyncDialect::on(const domain::PresenceNews::Item& news, base::Now now) {
  (void)now;
  Feed* feed = notices_.feed_of(news.watch);
  if (feed != nullptr) feed->on_presence(news);
  return feed != nullptr;
}

bool LyncDialect::on(const domain::SelfNews& news, base::Now now) {
  (void)now;
  Feed* feed = notices_.feed_of(news.watch);
  if (feed != nullptr) feed->on_self(news);
  return feed != nullptr;
}

bool LyncDialect::on(const domain::ContactsNews& news, base::Now now) {
  (void)now;
  Feed* feed = notices_.feed_of(news.watch);
  if (feed != nullptr) feed->on_contacts(news);
  return feed != nullptr;
}

/// COMPAT(pidgin-sipe 1.25): in a room the dialog is that of the conference, and the name of who speaks is read here; the
/// URI must stand in <>.
void LyncDialect::describe_delivery(const domain::DeliverSession& deliver, Writer& writer) {
  writer.header("Ms-Sender", "<sip:" + deliver.message->from_address + ">");
}

void LyncDialect::tell_undelivered(simple::Leg& leg, const Pending& message, const domain::PostAnswer& answer,
                                   base::Now now) {
  lync::tell_undelivered(context_, leg, message, answer, now);
}

void LyncDialect::on_connection_closed(base::ConnectionId id) {
  conferences_.on_connection_closed(id);
  notices_.on_connection_closed(id);
}

void LyncDialect::stop(base::Now now) {
  notices_.stop(now);
  conferences_.stop(now);
}

simple::DialectFactory dialect_factory(const LyncSettings& settings, const SchemePorts& ports) {
  if (!settings.enabled) return {};
  return [settings, ports](Context& context, simple::SignInGuard& guard, simple::Sessions& sessions) {
    return std::make_unique<LyncDialect>(context, guard, sessions, settings, ports);
  };
}

}  // namespace tertulia::face::lync
