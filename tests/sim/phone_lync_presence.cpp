// SPDX-License-Identifier: Apache-2.0
// What a client of the Lync family changes by SERVICE: its presence, contacts and privacy levels.
#include <utility>

#include "phone.h"
#include "phone_parts.h"
#include "wire/lync/container_members.h"

namespace tertulia::sim {

using wire::sip::Message;
using Kind = Question::Kind;

namespace {

/// The real client repeats without end; so often is enough to see that it would.
constexpr int requests_max = 12;
constexpr int conflict = 409;

PieceName name_of(const wire::lync::PublicationItem& item) { return {item.category, item.instance, item.container}; }

}  // namespace

Phone::Outgoing Phone::service(std::string_view content_type, std::string body) {
  Outgoing request = outside("SERVICE", traits_.address);
  request.content_type = content_type;
  request.body = std::move(body);
  return request;
}

/// One at a time, and the device itself first; at most one waits.
void Phone::publish_pieces(Pieces pieces) {
  if (!connected() || !lync_ || !lync_->keys.stand() || !lync_->waiting.empty()) return;
  const std::size_t question = ask(Kind::publish, traits_.user, outside("SERVICE", traits_.address), {});
  if (lync_->introduced && lync_->publishing.empty()) return begin_publication(std::move(pieces), question);
  lync_->waiting = std::move(pieces);
  lync_->waiting_question = question;
}

void Phone::begin_publication(Pieces pieces, std::size_t question) {
  lync_->publishing = std::move(pieces);
  lync_->publication = world_.journal.publications.size();
  world_.journal.publications.push_back({device_, link_->serial(), world_.scheduler.mono()});
  send_pieces(question);
}

void Phone::send_pieces(std::size_t question) {
  for (wire::lync::PublicationItem& item : lync_->publishing) {
    const auto known = lync_->versions.find(name_of(item));
    item.version = known == lync_->versions.end() ? 0 : known->second;
  }
  Outgoing request = service(wire::lync::publish_type,
                             wire::lync::write_publish_request({"sip:" + traits_.address, lync_->publishing}));
  request.question = question;
  ++world_.journal.publications[lync_->publication].requests;
  send(std::move(request));
}

/// True: the publication was refused for its versions, and has been sent again with the right ones.
bool Phone::goes_on_publishing(const Outgoing& request, const Message& message) {
  if (request.method != "SERVICE" || request.content_type != wire::lync::publish_type) return false;
  PublicationWish& wish = world_.journal.publications[lync_->publication];
  if (message.status() == conflict) {
    wish.conflicts.push_back(world_.scheduler.mono());
    for (const auto& [index, version] : versions_in(message.body()))
      if (index > 0 && index <= lync_->publishing.size())
        lync_->versions[name_of(lync_->publishing[index - 1])] = version;
    if (wish.requests < requests_max) {
      send_pieces(request.question);
      return true;
    }
  }
  lync_->publishing.clear();
  if (!lync_->waiting.empty())
    later({}, [this] { begin_publication(std::exchange(lync_->waiting, {}), lync_->waiting_question); });
  if (message.status() == 200 && !message.body().empty() && lync_->feeds.contains(Package::roaming_self))
    read_feed(Package::roaming_self, {}, message.body());
  return false;
}

void Phone::forget_versions() {
  if (!lync_) return;
  for (auto& [name, version] : lync_->versions) version = 0;
}

void Phone::change_contacts(const wire::lync::ContactRequest& change) {
  if (!connected() || !lync_ || !lync_->keys.stand()) return;
  Outgoing request = service(wire::lync::soap_type, wire::lync::write_contact_request(change));
  request.question = ask(Kind::change, traits_.user, request, {});
  send(std::move(request));
}

void Phone::set_level(std::string_view address, std::uint32_t container) {
  if (!connected() || !lync_ || !lync_->keys.stand()) return;
  wire::lync::ContainerChange change;
  change.id = container;
  change.changes.push_back({wire::lync::MemberAction::add, {wire::lync::MemberType::user, std::string(address)}});
  Outgoing request =
      service(wire::lync::set_container_members_type, wire::lync::write_set_container_members({{std::move(change)}}));
  request.question = ask(Kind::change, traits_.user, request, {});
  send(std::move(request));
}

}  // namespace tertulia::sim
