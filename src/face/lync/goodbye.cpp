// SPDX-License-Identifier: Apache-2.0
#include "face/lync/goodbye.h"

#include <string>
#include <utility>

#include "face/lync/speaker.h"
#include "face/simple/limits.h"

namespace tertulia::face::lync {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Writer;

namespace {

constexpr std::size_t call_id_length = 24;

/// He is not welcome any more; of everything else a client had better try again.
bool is_final(Reason why) { return why == Reason::account_disabled || why == Reason::user_does_not_exist; }

}  // namespace

void say_goodbye(simple::Context& context, const simple::Connection& connection, Reason why) {
  const Speaker& speaker = *speaker_of(connection);
  if (!is_final(why) || !speaker.signing || connection.endpoints.empty()) return;
  const std::string own = "<sip:" + speaker.address + ">";
  std::string branch;
  const std::string via = context.own_via(connection, branch);
  const std::string text = wire::sip::quoted(base::text_of(why));
  Writer writer = Writer::request("NOTIFY", connection.endpoints.front().uri);
  writer.header(HeaderName::via, via)
      .header(HeaderName::max_forwards, std::uint64_t{70})
      .header(HeaderName::from, own + ";tag=" + context.random.token(simple::tag_length))
      .header(HeaderName::to, own)
      .header(HeaderName::call_id, context.random.token(call_id_length))
      .header(HeaderName::cseq, "1 NOTIFY")
      .header(HeaderName::contact, context.own_contact(connection))
      .header(HeaderName::event, "registration-notify")
      .header(HeaderName::subscription_state, "terminated;expires=0")
      .header(HeaderName::ms_diagnostics, std::to_string(base::id_of(why)) + ";reason=" + text);
  // Its answer would come to a connection that has ended.
  context.send(connection.id, std::move(writer).finish("text/registration-event", "deregistered;event=rejected"));
}

}  // namespace tertulia::face::lync
