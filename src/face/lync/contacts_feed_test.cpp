// SPDX-License-Identifier: Apache-2.0
// The contact list, and settings from the server.
#include "face/lync/contacts_feed.h"

#include <gtest/gtest.h>

#include "face/lync/limits.h"
#include "face/lync/provisioning_feed.h"
#include "face/lync/subscriber.h"
#include "wire/lync/contact_list.h"
#include "wire/lync/contact_request.h"
#include "wire/lync/provisioning.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;

struct Listener : Subscriber {
  using Subscriber::Subscriber;
  std::string list(const domain::ListChange& change) {
    auto next = newest->with(change, 100);
    EXPECT_TRUE(next.has_value());
    newest = std::make_shared<const domain::ContactList>(*std::move(next));
    return tell();
  }
  std::string tell(Reason reason = Reason::none) {
    script.face.on(domain::ContactsNews{script.world.contact_watches.at(0).watch, newest, std::nullopt, reason},
                   script.now);
    const std::vector<std::string> all = alice.heard();
    EXPECT_LE(all.size(), 1U);
    return all.empty() ? std::string() : learn(all[0]);
  }
  /// The client itself asks for a change and is told that it was made.
  void ask_for(const wire::lync::ContactRequest& request) {
    alice.ask({.method = "SERVICE",
               .uri = alice.own(),
               .headers = "Content-Type: application/SOAP+xml\r\n",
               .body = wire::lync::write_contact_request(request)});
  }
  domain::ContactListPtr newest = std::make_shared<const domain::ContactList>();
};

domain::ListChange put(std::string address, std::vector<domain::GroupNumber> groups = {1}) {
  return domain::PutContact{{std::move(address), "", std::move(groups), true, ""}};
}

TEST(ContactsFeed, the_answer_has_the_whole_list) {
  Listener t;
  EXPECT_EQ(t.begin(contacts_event), "") << "the list is not known yet";
  ASSERT_EQ(t.script.world.contact_watches.size(), 1U);
  EXPECT_EQ(t.script.world.contact_watches[0].user, base::UserId{1});
  EXPECT_TRUE(t.script.world.contact_watches[0].on);
  const std::string answer = t.list(put("bob@example.com"));
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "ms-piggyback-cseq"), "1");
  EXPECT_EQ(value_of(answer, "Content-Type"), wire::lync::roaming_contacts_type);
  EXPECT_EQ(value_of(answer, "Event"), contacts_event);
  EXPECT_EQ(value_of(answer, "Expires"), "28800");
  EXPECT_EQ(value_of(answer, "Subscription-State"), "active;expires=28800");
  EXPECT_TRUE(value_of(answer, "Contact").starts_with("<sip:fe1.example.com:5061;transport=tls>"));
  EXPECT_GT(t.alice.signature_number(answer), 0U);
  const std::string body = body_of(answer);
  EXPECT_TRUE(has(body, "<contactList deltaNum=\"2\">")) << body;
  EXPECT_TRUE(has(body, "<group id=\"1\" name=\"~\"")) << body;
  EXPECT_TRUE(has(body, "uri=\"bob@example.com\"")) << body;
  EXPECT_EQ(t.script.face.subscription_count(), 1U);
}

TEST(ContactsFeed, each_change_follows_as_benotify_in_the_dialog) {
  Listener t;
  t.begin(contacts_event);
  t.list(put("bob@example.com"));
  std::string told = t.list(domain::AddGroup{"Friends", ""});
  EXPECT_TRUE(told.starts_with("BENOTIFY sip:alice@example.com;opaque=user:epid:x;gruu SIP/2.0\r\n")) << told;
  EXPECT_EQ(value_of(told, "CSeq"), "1 BENOTIFY");
  EXPECT_EQ(value_of(told, "From"), "<sip:alice@example.com>;tag=" + t.tag);
  EXPECT_EQ(value_of(told, "To"), "<sip:alice@example.com>;tag=f1;epid=cf0b98dadeb9");
  EXPECT_EQ(value_of(told, "Call-ID"), t.call_id);
  EXPECT_EQ(value_of(told, "Subscription-State"), "active;expires=28800");
  EXPECT_GT(t.alice.signature_number(told), 0U);
  EXPECT_TRUE(
      has(body_of(told), "<contactDelta deltaNum=\"3\" prevDeltaNum=\"2\"><addedGroup id=\"2\" name=\"Friends\""))
      << told;
  EXPECT_FALSE(has(body_of(told), "Contact ")) << "only what is another";

  told = t.list(put("bob@example.com", {2}));
  EXPECT_EQ(value_of(told, "CSeq"), "2 BENOTIFY");
  EXPECT_TRUE(has(body_of(told), "<modifiedContact uri=\"sip:bob@example.com\" name=\"\" groups=\"2\"")) << told;
  told = t.list(domain::RenameGroup{2, "Best", std::nullopt});
  EXPECT_TRUE(has(body_of(told), "<modifiedGroup id=\"2\" name=\"Best\"")) << told;
  told = t.list(domain::RemoveContact{"bob@example.com"});
  EXPECT_TRUE(has(body_of(told), "<deletedContact uri=\"sip:bob@example.com\"/>")) << told;
  EXPECT_EQ(value_of(told, "CSeq"), "4 BENOTIFY");
  EXPECT_EQ(t.tell(), "") << "the same list again is no news";
}

TEST(ContactsFeed, what_a_client_keeps_with_groups_and_contacts_comes_back) {
  Listener t;
  t.begin(contacts_event);
  const std::string whole = t.list(domain::PutContact{{"bob@example.com", "", {1}, true, "<bob/>"}});
  EXPECT_TRUE(has(body_of(whole), "subscribed=\"true\" externalURI=\"&lt;bob/&gt;\"/>")) << whole;
  EXPECT_TRUE(has(body_of(t.list(domain::AddGroup{"Sales", "<dg/>"})), "name=\"Sales\" externalURI=\"&lt;dg/&gt;\"/>"));
  const std::string changed = body_of(t.list(domain::RenameGroup{2, "Sales", "<other/>"}));
  EXPECT_TRUE(has(changed, "<modifiedGroup id=\"2\" name=\"Sales\" externalURI=\"&lt;other/&gt;\"/>")) << changed;
}

TEST(ContactsFeed, an_older_list_is_no_news) {
  Listener t;
  t.begin(contacts_event);
  const domain::ContactListPtr old = t.newest;
  t.list(put("bob@example.com"));
  const domain::ContactListPtr now = std::exchange(t.newest, old);
  EXPECT_EQ(t.tell(), "");
  t.newest = now;
  EXPECT_TRUE(has(body_of(t.list(put("carol@example.com"))), "addedContact")) << "from what was shown";
}

TEST(ContactsFeed, two_changes_at_once_are_one_delta) {
  Listener t;
  t.begin(contacts_event);
  t.tell();
  t.newest = std::make_shared<const domain::ContactList>(*t.newest->with(put("bob@example.com"), 100));
  const std::string told = t.list(put("carol@example.com"));
  EXPECT_TRUE(has(body_of(told), "deltaNum=\"3\" prevDeltaNum=\"1\"")) << told;
  EXPECT_TRUE(has(body_of(told), "sip:bob@") && has(body_of(told), "sip:carol@")) << told;
}

TEST(ContactsFeed, removal_of_a_group_by_another_device_is_not_told_to_sipe) {
  for (const bool sipe : {true, false}) {
    Listener t(sipe ? "" : "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)");
    t.begin(contacts_event);
    t.list(domain::AddGroup{"Friends", ""});
    t.list(put("bob@example.com", {2}));
    const std::string told = t.list(domain::RemoveGroup{2});
    EXPECT_TRUE(has(body_of(told), "<modifiedContact uri=\"sip:bob@example.com\" name=\"\" groups=\"1\"")) << told;
    EXPECT_EQ(has(body_of(told), "deletedGroup"), !sipe) << told;
  }
}

TEST(ContactsFeed, removal_of_a_group_by_itself_is_told) {
  Listener t;
  t.begin(contacts_event);
  t.list(domain::AddGroup{"Friends", ""});
  t.list(domain::AddGroup{"Family", ""});
  t.ask_for(wire::lync::DeleteGroup{2, 2});
  EXPECT_TRUE(has(body_of(t.list(domain::RemoveGroup{2})), "<deletedGroup id=\"2\"/>"));
  EXPECT_FALSE(has(body_of(t.list(domain::RemoveGroup{3})), "deletedGroup"));
}

TEST(ContactsFeed, groups_that_a_client_has_removed_are_remembered_up_to_a_bound) {
  Listener t;
  t.begin(contacts_event);
  t.list(domain::AddGroup{"Friends", ""});
  for (std::uint32_t i = 0; i <= groups_removed_per_connection_max; ++i) {
    t.ask_for(wire::lync::DeleteGroup{2 + i, 2});
    t.script.face.on(domain::ContactsAnswer{t.script.world.changes.back().ticket, Reason::group_unknown, nullptr, 0},
                     t.script.now);
  }
  t.alice.heard();
  EXPECT_FALSE(has(body_of(t.list(domain::RemoveGroup{2})), "deletedGroup")) << "the oldest was forgotten";
}

TEST(ContactsFeed, refusal_by_the_domain_refuses_or_ends_the_subscription) {
  for (const Reason reason : {Reason::too_many_watchers, Reason::user_does_not_exist, Reason::server_busy}) {
    for (const bool established : {false, true}) {
      Listener t;
      t.begin(contacts_event);
      if (established) t.tell();
      const std::string told = t.tell(reason);
      if (established) {
        EXPECT_TRUE(told.starts_with("BENOTIFY ")) << told;
        EXPECT_EQ(value_of(told, "Subscription-State"), "terminated;reason=noresource;expires=0");
      } else {
        EXPECT_TRUE(has_reason(told, reason)) << told;
        EXPECT_EQ(status_of_text(told), base::status_of(reason));
      }
      EXPECT_EQ(t.script.face.subscription_count(), 0U);
      EXPECT_FALSE(t.script.world.contact_watches.back().on) << "the watch is ended in any case";
    }
  }
}

TEST(Provisioning, answers_the_groups_that_were_asked_for_at_once) {
  Subscriber t;
  const std::string answer = t.begin(
      provisioning_event,
      std::string(quiet) + "Content-Type: application/vnd-microsoft-roaming-provisioning-v2+xml\r\nExpires: 0\r\n",
      wire::lync::write_provisioning_list({"ServerConfiguration", "ucPolicy", "unheardOf"}));
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "Content-Type"), wire::lync::provisioning_type);
  EXPECT_EQ(value_of(answer, "Expires"), "0");
  EXPECT_EQ(value_of(answer, "Subscription-State"), "terminated;expires=0") << "it asked once";
  const std::string body = body_of(answer);
  EXPECT_TRUE(has(body, "name=\"ServerConfiguration\"")) << body;
  EXPECT_TRUE(has(body, "name=\"ucPolicy\"")) << body;
  EXPECT_TRUE(has(body, ">" + std::to_string(t.script.user(1).policy->contacts_max) + "<")) << body;
  EXPECT_FALSE(has(body, "meetingPolicy") || has(body, "unheardOf")) << body;
  EXPECT_EQ(t.script.face.subscription_count(), 0U) << "asked once";
}

TEST(Provisioning, what_the_policy_says_of_the_user_is_told) {
  Subscriber t;
  domain::User user = t.script.user(1);
  user.settings["contacts_max"] = "17";
  user.settings["rtf_messages"] = "off";
  t.script.change(user);
  const std::size_t contacts = t.script.user(1).policy->contacts_max;
  const std::string answer = t.begin(provisioning_event, std::string(quiet) + "Content-Type: text/xml\r\n",
                                     wire::lync::write_provisioning_list({"ucPolicy"}));
  EXPECT_TRUE(has(body_of(answer), "\"MaximumNumberOfContacts\">" + std::to_string(contacts) + "<")) << answer;
  EXPECT_TRUE(has(body_of(answer), "\"DisableHtmlIm\">false<")) << answer;
  EXPECT_TRUE(has(body_of(answer), "\"DisableRTFIM\">true<")) << answer;
  EXPECT_EQ(t.script.face.subscription_count(), 1U) << "without Expires: 0 it is watched";
}

TEST(Provisioning, a_list_that_is_none_is_refused) {
  Subscriber t;
  for (const char* body : {"", "<x/>", "<provisioningGroupList"})
    EXPECT_EQ(status_of_text(t.begin(provisioning_event, std::string(quiet) + "Content-Type: text/xml\r\n", body)), 400)
        << body;
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
}

}  // namespace
}  // namespace tertulia::face::lync
