// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "domain/directory/card.h"
#include "wire/lync/contact_card.h"

namespace tertulia::face::lync {

/// Where clients fetch pictures of people.  The client cannot prove who it is when it does, so an address is told only to
/// those who may see the card, and nobody else can guess it: it is made with a secret of the server.
struct PhotoAddresses {
  std::string folder;  ///< "https://fe1.example.com:4443/photos/"; empty: there are no web services, and no pictures
  std::string key;     ///< the same on all shards and after a restart
};

/// Where the pictures are below the address of the web services.
inline constexpr const char* photo_folder = "/photos/";
/// The name below the folder that answers for pictures that were taken away.
inline constexpr const char* no_photo = "none";

/// Name of a picture in the folder: another one for each user and each picture.
std::string photo_name(const PhotoAddresses& photos, base::UserId user, const domain::PhotoMark& mark);
/// The user in such a name, be it right or wrong: a number and a '-' in front.
std::optional<base::UserId> user_of_photo_name(std::string_view name);

/// What the card says of the picture; nothing without one.
std::optional<wire::lync::CardPhoto> card_photo_of(const PhotoAddresses& photos, base::UserId user,
                                                   const domain::Card& card, std::string_view address);

}  // namespace tertulia::face::lync
