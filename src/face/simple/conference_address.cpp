// SPDX-License-Identifier: Apache-2.0
#include "face/simple/conference_address.h"

#include "base/text.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using TargetKind = ConferenceTarget::Kind;

constexpr std::string_view opaque_prefix = "app:conf:";
/// Neither an id nor a domain has it, and it needs no escape in a user part.
constexpr char domain_mark = '~';

/// `conference.alice.id`
std::string name_of(std::string_view organizer_user, std::string_view id) {
  std::string name(domain::conference_user);
  return name.append(1, '.').append(organizer_user).append(1, '.').append(base::to_lower(id));
}

base::Result<ConferenceTarget> named(const Context& context, TargetKind kind, std::string_view organizer,
                                     std::string_view id) {
  const domain::User* user = context.directory->find(organizer);
  if (user == nullptr) return Reason::conference_unknown;
  if (kind == TargetKind::factory) return ConferenceTarget{kind, user, {}};
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
  if (base::equal_ignoring_case(rest, "focusfactory")) return named(context, TargetKind::factory, organizer, {});
  for (const auto& [part, kind] : {std::pair{std::string_view("focus:id:"), TargetKind::focus},
                                   std::pair{std::string_view("chat:id:"), TargetKind::chat}}) {
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
  if (!domain::is_conference_name(user)) return std::nullopt;
  std::string_view rest = std::string_view(user).substr(domain::conference_user.size());
  std::string_view domain = target.host;
  if (!context.is_ours(domain)) return base::Result<ConferenceTarget>(Reason::domain_foreign);
  const std::size_t mark = rest.rfind(domain_mark);
  if (mark != std::string_view::npos && context.directory->serves(rest.substr(mark + 1))) {
    domain = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  if (rest.empty()) return base::Result<ConferenceTarget>(ConferenceTarget{TargetKind::factory, nullptr, {}});
  rest.remove_prefix(1);
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos) return base::Result<ConferenceTarget>(Reason::conference_unknown);
  const std::string organizer = std::string(rest.substr(0, dot)).append(1, '@').append(domain);
  return named(context, TargetKind::focus, organizer, rest.substr(dot + 1));
}

std::string conference_uri(std::string_view organizer, std::string_view id) {
  const std::size_t at = organizer.rfind('@');
  return "sip:" + name_of(organizer.substr(0, at), id).append(organizer.substr(at));
}

std::string conference_contact(const Context& context, const Connection& connection, std::string_view organizer,
                               std::string_view id) {
  const std::size_t at = organizer.rfind('@');
  std::string name = name_of(organizer.substr(0, at), id);
  const std::string_view domain = organizer.substr(at + 1);
  if (!base::equal_ignoring_case(domain, context.settings.host)) name.append(1, domain_mark).append(domain);
  return context.own_contact(connection, name) + ";isfocus";
}

std::string dialect_conference_uri(std::string_view organizer, std::string_view part, std::string_view id) {
  std::string uri = "sip:";
  uri.append(organizer).append(";gruu;opaque=").append(opaque_prefix).append(part).append(":id:").append(id);
  return uri;
}

}  // namespace tertulia::face::simple
