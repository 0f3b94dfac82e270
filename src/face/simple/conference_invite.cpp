// SPDX-License-Identifier: Apache-2.0
#include "face/simple/conference_invite.h"

#include <utility>

#include "face/simple/conference_address.h"
#include "face/simple/listed_people.h"
#include "face/simple/session_core.h"
#include "face/simple/session_offers.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using base::Result;

/// Nobody can guess it, and somebody can read it to another.
constexpr std::size_t id_length = 16;

/// Whom the INVITE lists (RFC 5366), but for the sender himself.
Result<std::vector<ListedPerson>> people_in(const Context& context, const Request& request) {
  const Result<RecipientList> list = recipient_list_in(request.message);
  if (!list) return list.error();
  if (list->document.empty()) return std::vector<ListedPerson>{};
  auto people = listed_people(context, list->document);
  if (people) std::erase_if(*people, [&](const ListedPerson& one) { return one.out || one.who == request.user->id; });
  return people;
}

}  // namespace

bool names_conference(const Context& context, const wire::sip::Uri& target) {
  return conference_of(context, target).has_value();
}

bool on_conference_invite(Context& context, Sessions& sessions, const Request& request) {
  const auto target = conference_of(context, request.target);
  if (!target) return false;
  const auto refused = [&](const base::Error& error) {
    context.refuse(request, error.reason, 0, error.detail);
    return true;
  };
  if (!*target) return refused(target->error());
  Result<std::vector<ListedPerson>> people = people_in(context, request);
  if (!people) return refused(people.error());
  ConferenceEntry entry;
  const domain::User* organizer = (*target)->organizer;
  if ((*target)->kind == ConferenceTarget::Kind::factory) {
    if (organizer != nullptr && organizer != request.user) return refused({Reason::organizer_only, {}});
    organizer = request.user;
    auto key = domain::ConferenceKey::make(organizer->id, context.random.token(id_length));
    TERTULIA_CHECK(key);  // a token is within the grammar of ids
    entry.key = *std::move(key);
    entry.create = true;
    entry.subject = subject_of(request.message);
  } else {
    entry.key = (*target)->key;
  }
  entry.contact = conference_contact(context, request.connection, organizer->address.text(), entry.key.id);
  entry.people = *std::move(people);
  sessions.enter(request, entry);
  return true;
}

}  // namespace tertulia::face::simple
