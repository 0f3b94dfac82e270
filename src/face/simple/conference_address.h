// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/conference/facts.h"
#include "domain/directory/address.h"
#include "domain/directory/user.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// What of conferences a Request-URI names.
struct ConferenceTarget {
  enum class Kind : std::uint8_t {
    factory,  ///< makes new ones; `organizer` null: those of whoever asks
    focus,    ///< a conference as such; a standard client's dialog with it is for the messages too
    chat,     ///< the messages of a conference (dialect)
  } kind = Kind::focus;
  const domain::User* organizer = nullptr;  ///< lives as long as the directory of this event
  domain::ConferenceKey key;                ///< of focus and chat
};

/// Nothing: the address is not a conference's.  Reads both forms, whoever uses them:
///   sip:conference.alice.ID@example.com                          standard; the organizer's name may have dots
///   sip:conference.alice.ID~example.com@fe1.example.com          the same as our Contact says it, see conference_contact
///   sip:alice@example.com;gruu;opaque=app:conf:focus:id:ID       dialect; `chat` in place of `focus`
/// and the factories sip:conference@example.com and sip:alice@example.com;gruu;opaque=app:conf:focusfactory.
/// Errors: conference_unknown (nobody of ours, not an id), domain_foreign.
std::optional<base::Result<ConferenceTarget>> conference_of(const Context& context, const wire::sip::Uri& target);

/// The standard form, without brackets.  organizer: user@domain.
std::string conference_uri(std::string_view organizer, std::string_view id);
/// Value of our Contact in dialogs with a conference, with isfocus (RFC 4579).  A client sends what follows in the dialog
/// to the host of this URI, and takes the connection that it has when that host is our own name; the domain of the
/// conference may lead somewhere else, or nowhere.  So the host is ours, as in every Contact of this face, and the domain
/// stands in the user part.  Who copies the URI from there (a REFER, a SUBSCRIBE, another client) names the conference.
std::string conference_contact(const Context& context, const Connection& connection, std::string_view organizer,
                               std::string_view id);
/// The form of the dialect; `part` is focus or chat.
std::string dialect_conference_uri(std::string_view organizer, std::string_view part, std::string_view id);

}  // namespace tertulia::face::simple
