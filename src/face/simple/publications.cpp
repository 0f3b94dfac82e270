// SPDX-License-Identifier: Apache-2.0
#include "face/simple/publications.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/limits.h"
#include "face/simple/presence_document.h"
#include "face/simple/publication_values.h"
#include "face/simple/subscription_limits.h"
#include "protocol/subscription/event_header.h"
#include "wire/sip/chars.h"

namespace tertulia::face::simple {

using base::Duration;
using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Writer;

namespace {

/// The one package whose state clients may publish.
constexpr std::string_view published_package = "presence";

void add_accept(Writer& writer) { writer.header(HeaderName::accept, presence_type); }

}  // namespace

/// In the order of RFC 3903 6: resource, package, tag, expiry, body.
void Publications::on_publish(const Request& request) {
  if (!target_fits(request)) return;
  domain::PublishDocument publish;
  if (!read_tag(request, publish.entity_tag)) return;
  const std::optional<Duration> lease = lease_of(request);
  if (!lease || !read_document(request, publish)) return;
  if (waiting_.size() >= waiting_answers_max) return context_.refuse(request, Reason::server_busy);
  publish.ticket = context_.ids.next<base::Ticket>();
  publish.edge = context_.shard;
  publish.user = request.user->id;
  publish.endpoint = request.connection.endpoint_of(request.user->id);
  publish.lease = *lease;
  const bool in_use = publish.values && shows_use(*publish.values) && *lease > Duration{};
  waiting_.emplace(publish.ticket, context_.pend(request));
  context_.metrics.publications.add();
  context_.ports.publish(std::move(publish));
  if (in_use) context_.active(request);
}

bool Publications::target_fits(const Request& request) {
  const domain::User* target = context_.directory->find(request.target.address_of_record());
  if (target == nullptr || !target->enabled) {
    context_.refuse(request, Reason::destination_unknown);
    return false;
  }
  if (target->id != request.user->id) {
    context_.refuse(request, Reason::publish_other_user);
    return false;
  }
  const auto value = request.message.header(HeaderName::event);
  const auto event = value ? protocol::subscription::EventHeader::parse(wire::sip::unfolded(*value))
                           : base::Result<protocol::subscription::EventHeader>(Reason::header_missing);
  if (value && !event) {
    context_.refuse(request, event.error().reason, 0, event.error().detail);
    return false;
  }
  if (event && event->package == published_package) return true;
  context_.refuse(request, Reason::event_unsupported, 0, {},
                  [](Writer& writer) { writer.header(HeaderName::allow_events, published_package); });
  return false;
}

/// RFC 3903 6 step 3: one tag at most.  One that we never gave is unknown (412).
bool Publications::read_tag(const Request& request, std::string& tag) {
  const std::size_t lines = request.message.count(HeaderName::sip_if_match);
  if (lines == 0) return true;
  const std::string_view value = base::trimmed(*request.message.header(HeaderName::sip_if_match));
  if (lines > 1 || !wire::sip::is_token(value)) {
    context_.refuse(request, lines > 1 ? Reason::header_repeated : Reason::header_malformed, 0, "SIP-If-Match");
    return false;
  }
  if (value.size() > entity_tag_octets_max) {
    context_.refuse(request, Reason::publication_unknown);
    return false;
  }
  tag = value;
  return true;
}

std::optional<Duration> Publications::lease_of(const Request& request) {
  const auto asked = wire::sip::number_header(request.message, HeaderName::expires);
  if (!asked) {
    context_.refuse(request, asked.error().reason, 0, asked.error().detail);
    return std::nullopt;
  }
  if (!*asked) return context_.settings.publications.standard;
  const Duration lease = std::chrono::seconds{**asked};
  if (lease == Duration{} || lease >= context_.settings.publications.least) return lease;
  context_.refuse(request, Reason::interval_too_brief, 0, {}, [&](Writer& writer) {
    writer.header(HeaderName::min_expires, base::whole_seconds(context_.settings.publications.least));
  });
  return std::nullopt;
}

bool Publications::read_document(const Request& request, domain::PublishDocument& publish) {
  const std::string_view body = request.message.body();
  const auto refused = [&](const base::Error& error) {
    if (error.reason == Reason::media_type_unsupported) {
      context_.refuse(request, error.reason, 0, error.detail, add_accept);
    } else {
      context_.refuse(request, error.reason, 0, error.detail);
    }
    return false;
  };
  if (body.empty()) {
    if (!publish.entity_tag.empty()) return true;  // a refresh, or the end
    return refused({Reason::presence_document_malformed, "no body"});
  }
  const auto type = wire::sip::MediaType::parse(
      wire::sip::unfolded(request.message.header(HeaderName::content_type).value_or(std::string_view())));
  if (!type || type->type != presence_type) return refused({Reason::media_type_unsupported, {}});
  const auto presence = wire::pidf::read_presence(body);
  if (!presence) return refused(presence.error());
  auto values = values_of(*presence);
  if (!values) return refused(values.error());
  publish.values = *std::move(values);
  return true;
}

bool Publications::on(const domain::PublishAnswer& answer, base::Now now) {
  auto found = waiting_.extract(answer.ticket);
  if (found.empty()) return false;
  const Pending& pending = found.mapped();
  if (answer.reason != Reason::none) {
    refuse(pending, answer, now);
    return true;
  }
  Writer writer = context_.begin(pending, 200);
  if (!answer.entity_tag.empty()) writer.header(HeaderName::sip_etag, answer.entity_tag);
  writer.header(HeaderName::expires, base::whole_seconds(answer.lease));
  context_.reply(pending.transaction, 200, std::move(writer), now);
  return true;
}

void Publications::refuse(const Pending& pending, const domain::PublishAnswer& answer, base::Now now) {
  if (answer.reason != Reason::interval_too_brief) return context_.refuse(pending, answer.reason, now);
  const Duration least = std::max(answer.lease, context_.settings.publications.least);
  context_.refuse(pending, answer.reason, now, 0, {},
                  [&](Writer& writer) { writer.header(HeaderName::min_expires, base::whole_seconds(least)); });
}

bool Publications::on_undeliverable(base::Ticket ticket, base::Now now) {
  auto found = waiting_.extract(ticket);
  if (found.empty()) return false;
  context_.refuse(found.mapped(), Reason::server_busy, now);
  return true;
}

}  // namespace tertulia::face::simple
