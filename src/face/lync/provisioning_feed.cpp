// SPDX-License-Identifier: Apache-2.0
#include "face/lync/provisioning_feed.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "face/lync/conference_uri.h"
#include "wire/lync/provisioning.h"

namespace tertulia::face::lync {

namespace {

using wire::lync::ProvisioningElement;
using wire::lync::ProvisioningGroup;
using wire::lync::ProvisioningProperties;

std::string_view yes_or_no(bool yes) { return yes ? "true" : "false"; }

ProvisioningElement element(std::string_view name, std::string_view text) {
  return {std::string(name), std::string(text)};
}

/// What this server lets its users do; what is not served is said, so that a client does not offer it.
std::vector<ProvisioningGroup> groups_of(const domain::Policy& policy) {
  std::vector<ProvisioningGroup> groups;
  groups.push_back({"meetingPolicy",
                    {ProvisioningProperties{{element("Enabled", "true"), element("AllowAnonymousUsers", "false")}}}});
  groups.push_back(
      {"persistentChatConfiguration", {ProvisioningProperties{{element("EnablePersistentChat", "false")}}}});
  groups.push_back(
      {"ucPolicy",
       {ProvisioningProperties{{element("MaximumNumberOfContacts", std::to_string(policy.contacts_max)),
                                element("DisableCalendarPresence", yes_or_no(!policy.calendar_presence)),
                                element("DisablePhonePresence", yes_or_no(!policy.phone_presence)),
                                element("EnableAppearOffline", yes_or_no(policy.appear_offline)),
                                element("EnableURL", yes_or_no(policy.link_action == domain::LinkAction::allow)),
                                element("DisableHtmlIm", yes_or_no(!policy.html_messages)),
                                element("DisableRTFIM", yes_or_no(!policy.rtf_messages)),
                                element("EnableIMAutoArchiving", "false")}}}});
  groups.push_back(
      {"presencePolicyV2",
       {ProvisioningProperties{{element("EnablePrivacyMode", yes_or_no(policy.contacts_only_presence)),
                                element("MaxCategorySubscription", std::to_string(policy.watchers_max))}}}});
  return groups;
}

class Provisioning final : public Feed {
 public:
  Provisioning(Context& context, const std::string& address_book, base::UserId user)
      : context_(context), address_book_(address_book), user_(user) {}

  base::Result<void> on_subscribe(const Request& request) override {
    auto names = wire::lync::read_provisioning_list(request.message.body());
    if (!names) return names.error();
    names_ = *std::move(names);
    return {};
  }
  bool complete() const override { return true; }
  std::optional<Document> whole(base::Now) override {
    const domain::User* user = context_.directory->find(user_);
    if (user == nullptr) return std::nullopt;
    wire::lync::ProvisioningAnswer answer;
    if (asked("ServerConfiguration")) {
      wire::lync::ServerConfiguration& server = answer.server.emplace();
      server.focus_factory_uri = focus_factory_uri(user->address.text());
      server.dlx_internal_url = server.dlx_external_url = address_book_;
    }
    for (ProvisioningGroup& group : groups_of(*user->policy))
      if (asked(group.name)) answer.groups.push_back(std::move(group));
    return Document{std::string(wire::lync::provisioning_type), wire::lync::write_provisioning(answer)};
  }
  std::optional<Document> news(base::Now) override { return std::nullopt; }
  void end() override {}

 private:
  bool asked(std::string_view name) const { return std::find(names_.begin(), names_.end(), name) != names_.end(); }

  Context& context_;
  const std::string& address_book_;  // of the settings, which outlive it
  base::UserId user_;
  std::vector<std::string> names_;
};

}  // namespace

base::Result<std::unique_ptr<Feed>> make_provisioning_feed(Context& context, const std::string& address_book,
                                                           const Request& request) {
  return std::unique_ptr<Feed>(std::make_unique<Provisioning>(context, address_book, request.user->id));
}

}  // namespace tertulia::face::lync
