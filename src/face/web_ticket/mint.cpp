// SPDX-License-Identifier: Apache-2.0
#include "face/web_ticket/mint.h"

#include <utility>

#include "base/digest.h"
#include "face/simple/credential_mark.h"
#include "face/web_ticket/limits.h"
#include "protocol/auth/hmac.h"

namespace tertulia::face::web_ticket {

using base::Error;
using base::HashAlgorithm;
using base::Reason;
using base::Result;
using protocol::auth::hmac;
using wire::lync::TicketProof;
using wire::lync::WebTicket;

namespace {

constexpr std::size_t id_length = 24;
constexpr std::size_t seconds_length = 19;  // 2026-03-01T09:30:00
constexpr base::Duration slow_clock = std::chrono::minutes{5};

/// To the second; texts of this form are ordered like the moments.
std::string moment(base::WallTime time) { return base::to_iso8601(time).substr(0, seconds_length) + "Z"; }

/// With its length before it: no two lists of values give the same text.
std::string framed(std::string_view value) { return std::to_string(value.size()).append(":").append(value); }

Error refused(std::string why) { return {Reason::web_ticket_refused, std::move(why)}; }

}  // namespace

std::string p_sha1(std::string_view secret, std::string_view seed, std::size_t length) {
  std::string out, a(seed);
  while (out.size() < length) {
    a = hmac(HashAlgorithm::sha1, secret, {a});
    out += hmac(HashAlgorithm::sha1, secret, {a, seed});
  }
  out.resize(length);
  return out;
}

WebTicket Mint::issue(const domain::User& user, std::string entropy, base::Random& random, base::WallTime now) const {
  WebTicket ticket;
  ticket.id = "SamlSecurityToken-" + random.token(id_length);
  ticket.issuer = settings_.issuer;
  ticket.audience = settings_.audience;
  ticket.uri = "sip:" + std::string(user.address.text());
  ticket.begins = moment(now);
  ticket.ends = moment(now + settings_.lifetime);
  ticket.entropy = std::move(entropy);
  ticket.mark = simple::credential_mark(user);
  ticket.seal = seal_of(ticket);
  return ticket;
}

std::string Mint::seal_of(const WebTicket& ticket) const {
  std::string all = "seal";
  for (const std::string_view value :
       {std::string_view(ticket.id), std::string_view(ticket.issuer), std::string_view(ticket.audience),
        std::string_view(ticket.uri), std::string_view(ticket.begins), std::string_view(ticket.ends),
        std::string_view(ticket.entropy), std::string_view(ticket.mark)})
    all += framed(value);
  return hmac(HashAlgorithm::sha256, settings_.key, {all});
}

std::string Mint::entropy_for(const WebTicket& ticket) const {
  return hmac(HashAlgorithm::sha256, settings_.key, {"entropy", framed(ticket.id)});
}

Result<void> Mint::check(const WebTicket& ticket, base::WallTime now) const {
  if (!base::equal_in_constant_time(seal_of(ticket), ticket.seal)) return refused("its seal is wrong");
  if (ticket.audience != settings_.audience) return refused("it is for another service");
  if (ticket.ends <= moment(now) || ticket.begins > moment(now + slow_clock)) return refused("its time is over");
  return {};
}

Result<void> Mint::check(const WebTicket& ticket, const TicketProof& proof, base::WallTime now) const {
  const std::string key = p_sha1(ticket.entropy, entropy_for(ticket), proof_key_octets);
  if (!base::equal_in_constant_time(hmac(HashAlgorithm::sha1, key, {proof.signed_info}), proof.signature))
    return refused("its proof is wrong");
  if (base::Hasher(HashAlgorithm::sha1).raw({proof.timestamp}) != proof.digest) return refused("its time was changed");
  if (proof.expires.substr(0, seconds_length) <= moment(now).substr(0, seconds_length))
    return refused("its proof is over");
  return {};
}

}  // namespace tertulia::face::web_ticket
