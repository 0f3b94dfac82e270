// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/conference/facts.h"
#include "face/simple/context.h"

namespace tertulia::face::lync {

/// Where clients make conferences of this user (user@domain), without brackets ([MS-CONFBAS] 2.2.1).
std::string focus_factory_uri(std::string_view user);
/// The conference as such, and its messages.  organizer: user@domain.
std::string focus_uri(std::string_view organizer, const domain::ConferenceKey& key);
std::string chat_uri(std::string_view organizer, const domain::ConferenceKey& key);

/// A conference that a document names.  Nothing: the text names none of ours.
struct NamedConference {
  domain::ConferenceKey key;
  std::string organizer;  ///< user@domain
};
std::optional<NamedConference> conference_named(const simple::Context& context, std::string_view uri);
/// A person whom a document names; null: nobody of ours.  Good for this event.
const domain::User* person_named(const simple::Context& context, std::string_view uri);

}  // namespace tertulia::face::lync
