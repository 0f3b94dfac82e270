// SPDX-License-Identifier: Apache-2.0
#include "face/lync/undelivered.h"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/conversation/final_status.h"
#include "wire/lync/imdn.h"

namespace tertulia::face::lync {

using wire::lync::Imdn;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

constexpr std::size_t message_id_length = 16;

/// Each once, also when several devices of his have missed it.
std::vector<Imdn::Recipient> recipients_of(const domain::PostAnswer& answer, const domain::Directory& directory) {
  std::vector<Imdn::Recipient> all;
  for (const domain::Missed& one : answer.missed) {
    const domain::User* user = directory.find(one.user);
    if (user == nullptr) continue;
    const std::string uri = "sip:" + user->address.text();
    if (std::any_of(all.begin(), all.end(), [&](const Imdn::Recipient& known) { return known.uri == uri; })) continue;
    all.push_back({uri, domain::status_told(one.reason, one.status)});
  }
  return all;
}

}  // namespace

void tell_undelivered(simple::Context& context, simple::Leg& leg, const simple::Pending& message,
                      const domain::PostAnswer& answer, base::Now now) {
  const Imdn imdn{context.random.token(message_id_length), recipients_of(answer, *context.directory)};
  Writer reply = context.begin(message, 202);
  reply.header("Message-Id", imdn.message_id);
  context.reply(message.transaction, 202, std::move(reply), now);
  const simple::Connection* connection = context.find(leg.connection);
  if (connection == nullptr || connection->closing) return;
  std::string branch;
  const std::string via = context.own_via(*connection, branch);
  Writer notice = leg.dialog->next_request(Method::benotify, via);  // is not answered
  notice.header(HeaderName::contact, leg.contact);
  context.send(leg.connection, std::move(notice).finish(wire::lync::imdn_type, wire::lync::write_imdn(imdn)));
}

}  // namespace tertulia::face::lync
