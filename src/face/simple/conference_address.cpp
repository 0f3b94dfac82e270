// SPDX-License-Identifier: Apache-2.0
#include "face/simple/conference_address.h"

#include "base/text.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using Kind = ConferenceTarget::Kind;

constexpr std::string_view opaque_prefix = "app:conf:";

base::Result<ConferenceTarget> named(const Context& context, Kind kind, std::string_view organizer,
                                     std::string_view id) {
  const domain::User* user = context.directory->find(organizer);
  if (user == nullptr) return Reason::conference_unknown;
  if (kind == Kind::factory) return ConferenceTarget{kind, user, {}};
  auto key = domain::ConferenceKey::make(user->id, id);
  if (!key) return Reason::conference_unknown;
  return ConferenceTarget{kind, user, *std::move(key)};
}

/// [MS-CONFBAS] 2.2.1: the opaque parameter names the part and the conference.
std::optional<base::Result<ConferenceTarget>> from_opaque(const Context& context, const wire::sip::Uri& target) {
  std::string_view rest = target.parameters.value("opaque");
  if (!base::equal_ignoring_case(rest.substr(0, opaque_prefix.size()), opaque_prefix)) return std::nullopt;
  rest.remove_prefix(opaque_prefix.size());
  const std::string organizer = target.address_of_record();
  if (base::equal_ignoring_case(rest, "focusfactory")) return named(context, Kind::factory, organizer, {});
  for (const auto& [part, kind] :
       {std::pair{std::string_view("focus:id:"), Kind::focus}, std::pair{std::string_view("chat:id:"), Kind::chat}}) {
    if (base::equal_ignoring_case(rest.substr(0, part.size()), part))
      return named(context, kind, organizer, rest.substr(part.size()));
  }
  return base::Result<ConferenceTarget>(Reason::conference_unknown);
}

}  // namespace

std::optional<base::Result<ConferenceTarget>> conference_of(const Context& context, const wire::sip::Uri& target) {
  if (!target.is_sip()) return std::nullopt;
  if (auto found = from_opaque(context, target)) return found;
  const std::string user = base::to_lower(target.user);
  if (!user.starts_with(conference_user)) return std::nullopt;
  std::string_view rest = std::string_view(user).substr(conference_user.size());
  if (!rest.empty() && rest.front() != '.') return std::nullopt;
  if (!context.directory->serves(target.host)) return base::Result<ConferenceTarget>(Reason::domain_foreign);
  if (rest.empty()) return base::Result<ConferenceTarget>(ConferenceTarget{Kind::factory, nullptr, {}});
  rest.remove_prefix(1);
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos) return base::Result<ConferenceTarget>(Reason::conference_unknown);
  const std::string organizer = std::string(rest.substr(0, dot)) + '@' + target.host;
  return named(context, Kind::focus, organizer, rest.substr(dot + 1));
}

std::string conference_uri(std::string_view organizer, std::string_view id) {
  const std::size_t at = organizer.rfind('@');
  std::string uri = "sip:" + std::string(conference_user) + '.';
  uri.append(organizer.substr(0, at)).append(1, '.').append(base::to_lower(id)).append(organizer.substr(at));
  return uri;
}

std::string dialect_conference_uri(std::string_view organizer, std::string_view part, std::string_view id) {
  std::string uri = "sip:";
  uri.append(organizer).append(";gruu;opaque=").append(opaque_prefix).append(part).append(":id:").append(id);
  return uri;
}

}  // namespace tertulia::face::simple
