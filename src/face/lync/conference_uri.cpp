// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_uri.h"

#include "face/simple/conference_address.h"
#include "wire/sip/uri.h"

namespace tertulia::face::lync {

std::string focus_factory_uri(std::string_view user) {
  return std::string("sip:").append(user).append(";gruu;opaque=app:conf:focusfactory");
}

std::string focus_uri(std::string_view organizer, const domain::ConferenceKey& key) {
  return simple::dialect_conference_uri(organizer, "focus", key.id);
}

std::string chat_uri(std::string_view organizer, const domain::ConferenceKey& key) {
  return simple::dialect_conference_uri(organizer, "chat", key.id);
}

std::optional<NamedConference> conference_named(const simple::Context& context, std::string_view uri) {
  const auto parsed = wire::sip::Uri::parse(uri);
  if (!parsed) return std::nullopt;
  const auto target = simple::conference_of(context, *parsed);
  if (!target || !*target || (*target)->kind == simple::ConferenceTarget::Kind::factory) return std::nullopt;
  return NamedConference{(*target)->key, std::string((*target)->organizer->address.text())};
}

const domain::User* person_named(const simple::Context& context, std::string_view uri) {
  const auto parsed = wire::sip::Uri::parse(uri);
  return parsed && parsed->is_sip() ? context.directory->find(parsed->address_of_record()) : nullptr;
}

}  // namespace tertulia::face::lync
