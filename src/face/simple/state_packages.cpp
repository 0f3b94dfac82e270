// SPDX-License-Identifier: Apache-2.0
#include "face/simple/state_packages.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/event/dialog_info.h"
#include "wire/event/reg_info.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using domain::CallNotice;
using domain::CallState;

constexpr std::array<std::string_view, 1> dialog_types = {"application/dialog-info+xml"};
constexpr std::array<std::string_view, 1> registration_types = {"application/reginfo+xml"};

wire::event::DialogState state_of(const CallNotice& call) {
  switch (call.state) {
    case CallState::trying:
      return wire::event::DialogState::trying;
    case CallState::ringing:
      return wire::event::DialogState::early;
    case CallState::up:
      return wire::event::DialogState::confirmed;
    case CallState::over:
      return wire::event::DialogState::terminated;
  }
  return wire::event::DialogState::terminated;
}

class DialogFeed final : public EventFeed {
 public:
  DialogFeed(Context& context, WatchTable& watches, const SubscribeView& subscribe)
      : context_(context),
        watches_(watches),
        watch_(watches.add(subscribe.subscription)),
        user_(subscribe.target->id),
        entity_("sip:" + subscribe.target->address.text()),
        own_(subscribe.target->id == subscribe.request.user->id) {
    context_.ports.watch(
        domain::WatchCalls{context_.shard, watch_, user_, true, subscribe.request.user->address.text()});
  }

  FeedNews on_calls(const domain::CallsNews& news, base::Now) override {
    if (news.reason != Reason::none) {
      over_ = true;
      return {FeedNews::What::ended, news.reason};
    }
    for (const CallNotice& before : calls_)
      if (std::none_of(news.calls.begin(), news.calls.end(),
                       [&](const CallNotice& call) { return call.call == before.call; }))
        ended_.push_back(before);
    if (ended_.size() > ended_told_max) ended_.erase(ended_.begin(), ended_.end() - ended_told_max);
    calls_ = news.calls;
    return {FeedNews::What::changed, Reason::none};
  }

  /// Always the full state.  A call that has ended stands in the next document as terminated: phones turn their lamp off
  /// by that word.
  EventDocument render(bool, base::Now) override {
    wire::event::DialogInfo info;
    info.entity = entity_;
    info.version = version_++;
    for (const CallNotice& call : calls_) info.dialogs.push_back(dialog_of(call));
    for (CallNotice& call : ended_) {
      call.state = CallState::over;
      info.dialogs.push_back(dialog_of(call));
    }
    ended_.clear();
    return {std::string(dialog_types.front()), std::make_shared<const std::string>(write_dialog_info(info))};
  }

  void end() override {
    watches_.remove(watch_);
    if (!over_) context_.ports.watch(domain::WatchCalls{context_.shard, watch_, user_, false, {}});
  }

 private:
  static constexpr std::ptrdiff_t ended_told_max = 64;

  wire::event::Dialog dialog_of(const CallNotice& call) const {
    wire::event::Dialog dialog;
    dialog.id = "c" + std::to_string(call.call.value);
    dialog.state = state_of(call);
    dialog.direction =
        call.outgoing ? wire::event::DialogDirection::initiator : wire::event::DialogDirection::recipient;
    dialog.local.identity = entity_;
    if (!own_) return dialog;
    dialog.call_id = call.call_id;
    dialog.remote.identity = "sip:" + call.peer_address;
    dialog.remote.display_name = call.peer_name;
    return dialog;
  }

  Context& context_;
  WatchTable& watches_;
  base::WatchId watch_;
  base::UserId user_;
  std::string entity_;
  bool own_;
  bool over_ = false;  ///< the home has ended the watch
  std::vector<CallNotice> calls_, ended_;
  std::uint32_t version_ = 0;
};

class RegistrationFeed final : public EventFeed {
 public:
  RegistrationFeed(Context& context, WatchTable& watches, const SubscribeView& subscribe)
      : context_(context),
        watches_(watches),
        watch_(watches.add(subscribe.subscription)),
        user_(subscribe.target->id),
        address_(subscribe.target->address.text()) {
    context_.ports.watch(domain::WatchBindings{context_.shard, watch_, user_, true});
  }

  FeedNews on_bindings(const domain::BindingsNews& news, base::Now now) override {
    if (news.reason != Reason::none) {
      over_ = true;
      return {FeedNews::What::ended, news.reason};
    }
    bindings_ = news.bindings;
    told_ = now.mono;
    ended_.insert(ended_.end(), news.ended.begin(), news.ended.end());
    if (ended_.size() > ended_told_max) ended_.erase(ended_.begin(), ended_.end() - ended_told_max);
    return {FeedNews::What::changed, Reason::none};
  }

  EventDocument render(bool, base::Now now) override {
    wire::event::RegInfo info;
    info.version = version_++;
    wire::event::Registration registration;
    registration.aor = "sip:" + address_;
    registration.id = "u" + std::to_string(user_.value);
    registration.state =
        bindings_.empty() ? wire::event::RegistrationState::terminated : wire::event::RegistrationState::active;
    if (bindings_.empty() && ended_.empty()) registration.state = wire::event::RegistrationState::init;
    for (const domain::BindingInfo& binding : bindings_) {
      wire::event::RegContact contact = contact_of(binding);
      const auto left = std::chrono::duration_cast<std::chrono::seconds>(binding.left - (now.mono - told_)).count();
      contact.expires_seconds = static_cast<std::uint32_t>(std::max<std::int64_t>(left, 0));
      registration.contacts.push_back(std::move(contact));
    }
    for (const auto& [binding, how] : ended_) {
      wire::event::RegContact contact = contact_of(binding);
      contact.state = wire::event::ContactState::terminated;
      contact.event = event_of(how);
      registration.contacts.push_back(std::move(contact));
    }
    ended_.clear();
    info.registrations.push_back(std::move(registration));
    return {std::string(registration_types.front()), std::make_shared<const std::string>(write_reg_info(info))};
  }

  void end() override {
    watches_.remove(watch_);
    if (!over_) context_.ports.watch(domain::WatchBindings{context_.shard, watch_, user_, false});
  }

 private:
  static constexpr std::ptrdiff_t ended_told_max = 64;
  using End = domain::BindingsNews::End;

  static wire::event::ContactEvent event_of(End how) {
    switch (how) {
      case End::unregistered:
        return wire::event::ContactEvent::unregistered;
      case End::expired:
        return wire::event::ContactEvent::expired;
      case End::deactivated:
        return wire::event::ContactEvent::deactivated;
    }
    return wire::event::ContactEvent::deactivated;
  }

  wire::event::RegContact contact_of(const domain::BindingInfo& binding) const {
    wire::event::RegContact contact;
    contact.id = "e" + std::to_string(binding.endpoint.value);
    contact.uri = binding.uri;
    if (!binding.instance.empty())
      contact.unknown_parameters.push_back({"+sip.instance", "\"<" + binding.instance + ">\""});
    return contact;
  }

  Context& context_;
  WatchTable& watches_;
  base::WatchId watch_;
  base::UserId user_;
  std::string address_;
  bool over_ = false;
  std::vector<domain::BindingInfo> bindings_;
  std::vector<std::pair<domain::BindingInfo, End>> ended_;
  base::TimePoint told_{};
  std::uint32_t version_ = 0;
};

}  // namespace

std::span<const std::string_view> DialogPackage::types() const { return dialog_types; }

base::Result<std::unique_ptr<EventFeed>> DialogPackage::begin(const SubscribeView& subscribe) {
  if (subscribe.target == nullptr) return Reason::user_does_not_exist;
  return std::unique_ptr<EventFeed>(std::make_unique<DialogFeed>(context_, watches_, subscribe));
}

std::span<const std::string_view> RegistrationPackage::types() const { return registration_types; }

base::Result<std::unique_ptr<EventFeed>> RegistrationPackage::begin(const SubscribeView& subscribe) {
  if (subscribe.target == nullptr) return Reason::user_does_not_exist;
  if (subscribe.target->id != subscribe.request.user->id) return Reason::subscription_not_permitted;
  return std::unique_ptr<EventFeed>(std::make_unique<RegistrationFeed>(context_, watches_, subscribe));
}

}  // namespace tertulia::face::simple
