// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/match.h"

#include <functional>

#include "base/ids.h"
#include "base/text.h"

namespace tertulia::protocol::transaction {
namespace {

constexpr std::string_view magic_cookie = "z9hG4bK";

/// A branch that is unique by promise of its maker (RFC 3261 8.1.1.7); the bare cookie promises nothing.
bool usable(std::string_view branch) {
  return branch.size() > magic_cookie.size() &&
         base::equal_ignoring_case(branch.substr(0, magic_cookie.size()), magic_cookie);
}

void add(std::string& key, std::string_view part) {
  key.push_back('\n');  // stands in no part, so parts cannot run into each other
  key.append(part);
}

}  // namespace

void write_server_key(const wire::sip::Message& request, const wire::sip::Basics& basics, std::string_view method,
                      std::string& key) {
  const std::string_view branch = basics.via.branch();
  key.assign(method);
  add(key, branch);
  add(key, basics.via.host);
  add(key, basics.via.port ? std::to_string(*basics.via.port) : std::string());
  if (usable(branch)) return;
  add(key, basics.call_id);
  add(key, std::to_string(basics.cseq.number));
  add(key, basics.from.tag());
  add(key, request.request_uri());
  // The To tag of an ACK comes from our response, so it cannot be part of what an INVITE is found by.
  if (method != "INVITE") add(key, basics.to.tag());
}

void write_client_key(std::string_view branch, std::string_view method, std::string& key) {
  key.assign(method);
  add(key, branch);
}

std::uint64_t merge_mark(const wire::sip::Basics& basics) {
  if (!basics.to.tag().empty() || basics.from.tag().empty()) return 0;
  const std::hash<std::string_view> hash;
  std::uint64_t mark = base::mix(hash(basics.call_id) + basics.cseq.number);
  mark = base::mix(mark ^ hash(basics.cseq.method));
  mark = base::mix(mark ^ hash(basics.from.tag()));
  return mark == 0 ? 1 : mark;
}

}  // namespace tertulia::protocol::transaction
