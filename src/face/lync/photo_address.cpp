// SPDX-License-Identifier: Apache-2.0
#include "face/lync/photo_address.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "protocol/auth/hmac.h"
#include "wire/xml/xml.h"

namespace tertulia::face::lync {

namespace {

constexpr std::size_t seal_octets = 20;  // 160 bits
constexpr std::string_view organisation = "enterprise";

}  // namespace

std::string photo_name(const PhotoAddresses& photos, base::UserId user, const domain::PhotoMark& mark) {
  const std::string id = std::to_string(user.value);
  const std::string seal = protocol::auth::hmac(base::HashAlgorithm::sha256, photos.key, {"photo", id, "-", mark.hash})
                               .substr(0, seal_octets);
  return id + "-" + base::to_hex(seal);
}

std::optional<base::UserId> user_of_photo_name(std::string_view name) {
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto id = base::to_number(name.substr(0, dash));
  if (!id || *id > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return base::UserId{static_cast<std::uint32_t>(*id)};
}

std::optional<wire::lync::CardPhoto> card_photo_of(const PhotoAddresses& photos, base::UserId user,
                                                   const domain::Card& card, std::string_view address) {
  if (!photos.folder.empty() && card.photo.has_picture())
    return wire::lync::CardPhoto{std::string(organisation), photos.folder + photo_name(photos, user, card.photo),
                                 card.photo.hash};
  if (!card.photo_url.empty()) return wire::lync::CardPhoto{std::string(organisation), card.photo_url, {}};
  if (photos.folder.empty() || card.photo.kind != domain::PhotoKind::cleared) return std::nullopt;
  // COMPAT(pidgin-sipe 1.25): it keeps a picture when the card has none any more, and takes it away only when an Exchange
  // server, named by elements within the text of uri, has an empty one.  Without a hash it does not ask.
  std::string uri = "<ewsUrl>" + photos.folder + no_photo + "</ewsUrl><primarySMTP>";
  uri.append(wire::xml::escaped_xml(address)).append("</primarySMTP>");  // the client reads it as XML once more
  return wire::lync::CardPhoto{std::string(organisation), std::move(uri), no_photo};
}

}  // namespace tertulia::face::lync
