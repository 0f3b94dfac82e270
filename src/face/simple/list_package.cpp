// SPDX-License-Identifier: Apache-2.0
#include "face/simple/list_package.h"

#include <array>
#include <utility>

#include "face/simple/list_feed.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;

constexpr std::array<std::string_view, 2> list_types = {"multipart/related", "application/rlmi+xml"};
constexpr std::array<std::string_view, 1> list_body_types = {"application/resource-lists+xml"};

/// The user whose contact list this URI names; empty when it names none.
std::string owner_of(const wire::sip::Uri& uri) {
  if (!uri.is_sip() || !std::string_view(uri.user).ends_with(contact_list_suffix)) return {};
  wire::sip::Uri owner = uri;
  owner.user.resize(owner.user.size() - contact_list_suffix.size());
  return owner.address_of_record();
}

}  // namespace

std::span<const std::string_view> ListPackage::types() const { return list_types; }
std::span<const std::string_view> ListPackage::body_types() const { return list_body_types; }

bool ListPackage::claims(const SubscribeView& subscribe) const {
  return subscribe.content_type == list_body_types.front() ||
         (subscribe.target == nullptr && !owner_of(subscribe.request.target).empty());
}

base::Result<std::unique_ptr<EventFeed>> ListPackage::begin(const SubscribeView& subscribe) {
  // RFC 4662 4.5: who cannot read lists is told that he must.
  if (!subscribe.takes_lists) return Reason::extension_required;
  auto feed = std::make_unique<ListFeed>(context_, watches_, renderer_, subscribe);
  if (subscribe.content_type == list_body_types.front()) {
    auto members = members_from(subscribe.request.message.body());
    if (!members) return members.error();
    if (members->empty()) return base::Error{Reason::list_malformed, "the list is empty"};
    feed->set_members(*std::move(members));
    return std::unique_ptr<EventFeed>(std::move(feed));
  }
  const std::string owner = owner_of(subscribe.request.target);
  if (context_.directory->find(owner) == nullptr) return Reason::user_does_not_exist;
  if (owner != subscribe.request.user->address.text()) return Reason::subscription_not_permitted;
  feed->follow_contacts();
  return std::unique_ptr<EventFeed>(std::move(feed));
}

}  // namespace tertulia::face::simple
