// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/directory/user.h"
#include "domain/presence/events.h"
#include "domain/presence/self_view.h"
#include "domain/presence/view.h"
#include "face/lync/photo_address.h"
#include "wire/lync/categories.h"
#include "wire/lync/publish_request.h"

namespace tertulia::face::lync {

/// Media type of the pieces of this dialect, as the domain keeps them (Publication::original, OpaqueValue).
inline constexpr std::string_view category_media_type = "application/msrtc-category+xml";

/// As much of a text as fits, in whole characters.
std::string cut(std::string text, std::size_t octets_max);

/// One piece of a publish request as the domain takes it: what it means, and the document itself to be given back.
/// Errors: presence_document_malformed, body_too_large.
base::Result<domain::PublishItem> item_of(const wire::lync::PublicationItem& item);

/// The pieces of these categories as the user's own devices get them, in the order in which the client must read them:
/// the server's combined state comes behind all others.  An entry without content tells that a category is empty.
std::vector<wire::lync::CategoryEntry> own_categories(const domain::SelfView& view, const domain::User& user,
                                                      const std::vector<std::string>& names,
                                                      const PhotoAddresses& photos = {});
/// Names of all categories that the view has, the server's own included; ordered.
std::vector<std::string> category_names(const domain::SelfView& view);
/// Those in which the two differ; ordered.
std::vector<std::string> changed_categories(const domain::SelfView& before, const domain::SelfView& after);

/// What a watcher sees, by category: all of it, or what is another than `before`.  `user`: null when he is none of ours.
std::vector<wire::lync::CategoryEntry> shown_categories(const domain::PresenceView& view,
                                                        const domain::PresenceView* before, const domain::User* user,
                                                        const PhotoAddresses& photos = {});

/// Who stands on a card.  Lives during one call.
struct CardIdentity {
  const domain::Address& address;
  std::string_view display_name;
  const domain::Card* card;  ///< null: nothing more is known
  base::UserId id = {};
};
/// What people of this privacy level may read on the user's card (presence-model 8).
std::string card_of(const CardIdentity& user, domain::Container level, const PhotoAddresses& photos = {});

}  // namespace tertulia::face::lync
