// SPDX-License-Identifier: Apache-2.0
#include "face/lync/speaker.h"

#include "face/lync/limits.h"
#include "protocol/auth/gssapi_header.h"
#include "wire/sip/message.h"

namespace tertulia::face::lync {

namespace {

bool needs_none(const wire::sip::Message& message) {
  if (message.is_request()) return false;
  return message.status() < 200 || message.status() == 401 || message.status() == 407;
}

}  // namespace

std::string Speaker::sealed(std::string_view message) {
  std::string out(message);
  if (!signing) return out;
  const base::Result<wire::sip::Message> parsed = wire::sip::Message::parse(std::string(message));
  if (!parsed || needs_none(*parsed)) return out;  // a keep-alive, say
  const std::string line = "Authentication-Info: " + signing->authentication_info(*parsed, random_) + "\r\n";
  out.insert(parsed->head().size(), line);
  return out;
}

bool Speaker::accepts(const wire::sip::Message& response, base::Now now) {
  if (!signing || renewing(now)) return true;
  const auto shown = protocol::auth::read_gssapi_credentials(response);
  const bool under_way = renewed && now.mono - *renewed < answers_under_way_max;
  if (under_way && (!shown || shown->opaque != signing->facts().opaque)) return true;
  return shown && static_cast<bool>(signing->verify(response, *shown));
}

protocol::auth::SignedContext* Speaker::keys_of(const protocol::auth::GssapiCredentials& shown, base::Now now) {
  const bool before = previous && renewing(now) && shown.opaque == previous->facts().opaque;
  return before ? previous.get() : signing.get();
}

void Speaker::take_keys(std::unique_ptr<protocol::auth::SignedContext> keys, base::UserId owner, bool in_use,
                        base::Now now) {
  if (signing && owner == user) renewed = now.mono;
  const bool overlaps = !in_use && signing && owner == user && !outdated && !ended;
  previous = overlaps ? std::move(signing) : nullptr;
  if (!overlaps) renewal.reset();
  signing = std::move(keys);
  unused = !in_use;
}

void Speaker::confirm(const protocol::auth::SignedContext& used) {
  if (!unused || &used != signing.get()) return;
  unused = false;
  previous.reset();
  renewal.reset();
}

bool Speaker::renewing(base::Now now) const { return renewal && now.mono - *renewal < handshake_time_max; }

}  // namespace tertulia::face::lync
