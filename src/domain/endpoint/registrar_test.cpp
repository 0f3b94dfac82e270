// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/registrar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/endpoint/limits.h"
#include "domain/endpoint/registrar_script.h"

namespace tertulia::domain {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class RegistrarTest : public testing::Test, protected RegistrarScript {};

TEST_F(RegistrarTest, binds_refreshes_and_removes) {
  const BindAnswer bound = bind({contact("sip:a@1", 300s)});
  EXPECT_EQ(bound.reason, Reason::none);
  EXPECT_EQ(bound.ticket, base::Ticket{1});
  ASSERT_EQ(bound.bindings.size(), 1U);
  EXPECT_EQ(bound.bindings[0].uri, "sip:a@1");
  EXPECT_EQ(bound.bindings[0].left, 300s);
  EXPECT_EQ(bound.endpoint, bound.bindings[0].endpoint);
  EXPECT_THAT(said(), ElementsAre("answer none", "record begun", "added sip:a@1"));

  pass(100s);
  const BindAnswer refreshed = bind({contact("sip:a@1", 400s)});
  EXPECT_EQ(refreshed.bindings.at(0).left, 400s);
  EXPECT_EQ(refreshed.endpoint, bound.endpoint);
  EXPECT_THAT(said(), ElementsAre("answer none"));  // no second record, no news

  pass(1s);
  const BindAnswer gone = bind({contact("sip:a@1", 0s)});
  EXPECT_EQ(gone.reason, Reason::none);
  EXPECT_THAT(gone.bindings, IsEmpty());
  EXPECT_FALSE(gone.endpoint);
  EXPECT_THAT(said(), ElementsAre("answer none", "record ended 1", "removed 1"));
  EXPECT_THAT(registrar.routes(alice), IsEmpty());
  EXPECT_EQ(registrar.user_count(), 0U);
  EXPECT_EQ(registrar.deadline(), std::nullopt);
}

TEST_F(RegistrarTest, a_query_lists_and_changes_nothing) {
  EXPECT_THAT(query().bindings, IsEmpty());
  bind({contact("sip:a@1"), contact("sip:b@1")});
  said();
  const BindAnswer listed = query();
  EXPECT_EQ(listed.bindings.size(), 2U);
  EXPECT_FALSE(listed.endpoint);
  EXPECT_THAT(said(), ElementsAre("answer none"));
}

TEST_F(RegistrarTest, lease_rules) {  // RFC 3261 10.3 step 7
  const struct {
    std::optional<base::Duration> asked;
    Reason reason;
    base::Duration given;
  } rows[] = {
      {std::nullopt, Reason::none, 600s},
      {60s, Reason::none, 60s},  // at the limit
      {60s - 1us, Reason::interval_too_brief, {}},
      {1s, Reason::interval_too_brief, {}},
      {900s, Reason::none, 900s},
      {901s, Reason::none, 900s},
      {base::Duration::max(), Reason::none, 900s},
  };
  for (const auto& row : rows) {
    const BindAnswer answer = bind({contact("sip:a@1", row.asked)});
    EXPECT_EQ(answer.reason, row.reason);
    if (row.reason == Reason::none) {
      EXPECT_EQ(answer.bindings.at(0).left, row.given);
    } else {
      EXPECT_EQ(answer.lease_min, 60s);
      EXPECT_THAT(answer.bindings, IsEmpty());
    }
  }
  registrar.set_settings({120s, 130s, 140s});
  EXPECT_EQ(bind({contact("sip:a@1", 119s)}).lease_min, 120s);
  EXPECT_EQ(bind({contact("sip:a@1")}).bindings.at(0).left, 130s);
  EXPECT_EQ(bind({contact("sip:a@1", 0s)}).reason, Reason::none);  // zero removes, it is not too brief
}

TEST_F(RegistrarTest, several_contacts_have_each_their_lease_and_endpoint) {
  const BindAnswer answer = bind({contact("sip:a@1", 100s), contact("sip:b@1", 200s), contact("sip:c@1")});
  ASSERT_EQ(answer.bindings.size(), 3U);
  EXPECT_EQ(answer.bindings[0].left, 100s);
  EXPECT_EQ(answer.bindings[1].left, 200s);
  EXPECT_EQ(answer.bindings[2].left, 600s);
  EXPECT_EQ(answer.endpoint, answer.bindings[0].endpoint);
  EXPECT_NE(answer.bindings[0].endpoint, answer.bindings[1].endpoint);
  EXPECT_EQ(registrar.endpoint_count(), 3U);
  EXPECT_EQ(registrar.user_count(), 1U);
}

TEST_F(RegistrarTest, a_request_takes_effect_whole_or_not_at_all) {
  bind({contact("sip:old@1", 300s)});
  said();
  EXPECT_EQ(bind({contact("sip:old@1", 0s), contact("sip:new@1"), contact("sip:x@1", 1s)}).reason,
            Reason::interval_too_brief);
  EXPECT_THAT(targets(), ElementsAre("sip:old@1"));
  EXPECT_THAT(said(), ElementsAre("answer interval_too_brief"));
}

TEST_F(RegistrarTest, order_within_a_call_id) {  // RFC 3261 10.3 step 7
  BindRequest first = request({contact("sip:a@1", 300s)});
  first.cseq = 10;
  EXPECT_EQ(bind(first).reason, Reason::none);
  for (const std::uint32_t cseq : {10U, 9U, 0U}) {
    BindRequest late = request({contact("sip:a@1", 0s)});
    late.cseq = cseq;
    EXPECT_EQ(bind(late).reason, Reason::registration_out_of_order) << cseq;
  }
  BindRequest other_device = request({contact("sip:b@1")});
  other_device.cseq = 5;  // a binding of its own: compared with nothing
  EXPECT_EQ(bind(other_device).reason, Reason::none);
  BindRequest restarted = request({contact("sip:a@1", 300s)});
  restarted.call_id = "c2";
  restarted.cseq = 1;
  EXPECT_EQ(bind(restarted).reason, Reason::none);
  restarted.cseq = 2;
  EXPECT_EQ(bind(restarted).reason, Reason::none);
  EXPECT_THAT(targets(), ElementsAre("sip:a@1", "sip:b@1"));
}

TEST_F(RegistrarTest, wildcard_removes_all) {  // RFC 3261 10.3 step 6
  bind({contact("sip:a@1"), contact("sip:b@1")});
  BindRequest all = request({});
  all.remove_all = true;
  BindRequest late = all;
  late.cseq = 1;
  EXPECT_EQ(bind(late).reason, Reason::registration_out_of_order);
  EXPECT_EQ(registrar.endpoint_count(), 2U);
  BindRequest misused = all;
  misused.contacts = {contact("sip:c@1")};
  EXPECT_EQ(bind(misused).reason, Reason::wildcard_misused);
  said();
  EXPECT_EQ(bind(all).reason, Reason::none);
  EXPECT_THAT(said(), ElementsAre("answer none", "record ended 1", "record ended 1", "removed 1", "removed 1"));
  EXPECT_EQ(registrar.endpoint_count(), 0U);
  all.cseq += 100;
  EXPECT_EQ(bind(all).reason, Reason::none);  // nothing there: fine
}

TEST_F(RegistrarTest, which_binding_a_contact_means) {
  struct Row {
    const char* what;
    ContactChange bound, again;
    std::size_t count;
  };
  const Row rows[] = {
      {"same uri", contact("sip:a@1"), contact("sip:a@1"), 1},
      {"uri byte for byte", contact("sip:a@1"), contact("sip:A@1"), 2},
      {"same instance, other uri", contact("sip:a@1", {}, "i"), contact("sip:a@2", {}, "i"), 1},
      {"same instance and reg-id", contact("sip:a@1", {}, "i", 1), contact("sip:a@2", {}, "i", 1), 1},
      {"another flow", contact("sip:a@1", {}, "i", 1), contact("sip:a@1", {}, "i", 2), 2},
      {"another device at the same uri", contact("sip:a@1", {}, "i"), contact("sip:a@1", {}, "j"), 2},
      {"instance left out later", contact("sip:a@1", {}, "i"), contact("sip:a@1"), 1},
      {"instance told later", contact("sip:a@1"), contact("sip:a@1", {}, "i"), 1},
      {"no relation", contact("sip:a@1", {}, "i"), contact("sip:b@1"), 2},
  };
  for (const Row& row : rows) {
    RegistrarScript script;
    script.bind({row.bound});
    const BindAnswer answer = script.bind({row.again});
    EXPECT_EQ(answer.reason, Reason::none) << row.what;
    EXPECT_EQ(answer.bindings.size(), row.count) << row.what;
    EXPECT_EQ(answer.bindings.back().uri, row.again.uri) << row.what;
  }
}

TEST_F(RegistrarTest, a_device_keeps_its_instance_when_a_refresh_leaves_it_out) {
  bind({contact("sip:a@1", {}, "i", 3)});
  const BindAnswer answer = bind({contact("sip:a@1")});
  EXPECT_EQ(answer.bindings.at(0).instance, "i");
  EXPECT_EQ(answer.bindings.at(0).reg_id, 3U);
}

TEST_F(RegistrarTest, the_later_of_two_contacts_that_mean_the_same_holds) {
  const BindAnswer answer = bind({contact("sip:a@1", 100s), contact("sip:a@1", 200s), contact("sip:x@1", 100s, "i"),
                                  contact("sip:y@1", 300s, "i")});
  ASSERT_EQ(answer.bindings.size(), 2U);
  EXPECT_EQ(answer.bindings[0].left, 200s);
  EXPECT_EQ(answer.bindings[1].uri, "sip:y@1");
  // Two different names of one living binding contradict each other.
  EXPECT_EQ(bind({contact("sip:z@1", 100s, "i"), contact("sip:y@1", 0s)}).reason, Reason::header_malformed);
}

TEST_F(RegistrarTest, parameters_and_capabilities_come_back) {
  ContactChange full = contact("sip:a@1");
  full.parameters = ";q=0.5;methods=\"MESSAGE\"";
  full.capabilities.session_mode = true;
  EXPECT_EQ(bind({full}).bindings.at(0).parameters, full.parameters);
  EXPECT_TRUE(registrar.routes(alice).at(0).capabilities.session_mode);
  EXPECT_EQ(registrar.routes(alice).at(0).edge, base::ShardId{4});
  EXPECT_EQ(registrar.routes(alice).at(0).client, client);  // shared, not copied
  said();
  full.capabilities.session_mode = false;
  full.parameters = ";q=0.7";
  EXPECT_EQ(bind({full}).bindings.at(0).parameters, ";q=0.7");
  EXPECT_THAT(said(), ElementsAre("answer none", "added sip:a@1"));  // others must know what it can do now
}

TEST_F(RegistrarTest, a_new_uri_of_a_device_is_announced) {
  bind({contact("sip:a@1", {}, "i")});
  said();
  bind({contact("sip:a@2", {}, "i")});
  EXPECT_THAT(said(), ElementsAre("answer none", "added sip:a@2"));
}

TEST_F(RegistrarTest, endpoints_max_at_the_limit) {
  put(alice, "alice@example.com", true, "2");
  EXPECT_EQ(bind({contact("sip:a@1"), contact("sip:b@1")}).reason, Reason::none);
  EXPECT_EQ(bind({contact("sip:c@1")}).reason, Reason::too_many_endpoints);
  EXPECT_EQ(bind({contact("sip:a@1"), contact("sip:b@1")}).reason, Reason::none);      // a refresh
  EXPECT_EQ(bind({contact("sip:a@1", 0s), contact("sip:c@1")}).reason, Reason::none);  // one for another
  EXPECT_EQ(bind({contact("sip:nobody@1", 0s), contact("sip:d@1")}).reason, Reason::too_many_endpoints);
  EXPECT_THAT(targets(), ElementsAre("sip:b@1", "sip:c@1"));
  put(alice, "alice@example.com", true, "1");  // lowered while two are there
  EXPECT_EQ(bind({contact("sip:b@1"), contact("sip:c@1")}).reason, Reason::none);
  EXPECT_EQ(bind({contact("sip:b@1", 0s), contact("sip:d@1")}).reason, Reason::too_many_endpoints);
}

TEST_F(RegistrarTest, the_sixty_fourth_is_the_last) {
  put(alice, "alice@example.com", true, "64");
  std::vector<ContactChange> many;
  for (int i = 0; i < 64; ++i) many.push_back(contact("sip:a@" + std::to_string(i)));
  EXPECT_EQ(bind(many).bindings.size(), 64U);
  EXPECT_EQ(bind({contact("sip:more@1")}).reason, Reason::too_many_endpoints);
  many.push_back(contact("sip:a@64", 0s));
  EXPECT_EQ(bind(many).reason, Reason::too_many_endpoints);  // more contacts than one request may have
}

TEST_F(RegistrarTest, long_texts_at_the_limit) {
  const auto text = [](std::size_t n) { return std::string(n, 'x'); };
  ContactChange good = contact(text(contact_uri_octets_max), {}, text(contact_instance_octets_max));
  good.parameters = text(contact_parameters_octets_max);
  BindRequest fits = request({good});
  fits.call_id = text(call_id_octets_max);
  EXPECT_EQ(bind(fits).reason, Reason::none);
  fits.call_id += 'x';
  EXPECT_EQ(bind(fits).reason, Reason::header_malformed);
  for (std::string ContactChange::*field :
       {&ContactChange::uri, &ContactChange::instance, &ContactChange::parameters}) {
    ContactChange bad = good;
    bad.*field += 'x';
    EXPECT_EQ(bind({bad}).reason, Reason::header_malformed);
  }
}

TEST_F(RegistrarTest, who_may_not_sign_in) {
  BindRequest unknown = request({contact("sip:a@1")});
  unknown.user = {77};
  EXPECT_EQ(bind(unknown).reason, Reason::user_does_not_exist);
  put(alice, "alice@example.com", false);
  EXPECT_EQ(bind({contact("sip:a@1")}).reason, Reason::account_disabled);
  EXPECT_EQ(query().reason, Reason::account_disabled);
  EXPECT_EQ(registrar.endpoint_count(), 0U);
}

TEST_F(RegistrarTest, gruu) {  // RFC 5627
  BindRequest wanted = request({contact("sip:a@1", {}, "i"), contact("sip:plain@1")});
  wanted.gruu_wanted = true;
  const BindAnswer first = bind(wanted);
  const std::string public_id = first.bindings.at(0).public_gruu_id;
  const std::string temporary_id = first.bindings.at(0).temporary_gruu_id;
  EXPECT_EQ(public_id.size(), 32U);
  EXPECT_EQ(temporary_id.size(), temporary_gruu_octets);
  EXPECT_EQ(first.bindings.at(1).public_gruu_id, "");  // no device, no name for it

  wanted.cseq += 1;  // a refresh gives one more temporary name
  const BindAnswer second = bind(wanted);
  EXPECT_EQ(second.bindings.at(0).public_gruu_id, public_id);
  EXPECT_NE(second.bindings.at(0).temporary_gruu_id, temporary_id);

  wanted.call_id = "after restart";  // the temporary one ends with its Call-ID
  const BindAnswer third = bind(wanted);
  EXPECT_EQ(third.bindings.at(0).public_gruu_id, public_id);
  EXPECT_NE(third.bindings.at(0).temporary_gruu_id, temporary_id);

  wanted.cseq += 1;
  wanted.gruu_wanted = false;
  EXPECT_EQ(bind(wanted).bindings.at(0).public_gruu_id, "");
  EXPECT_EQ(registrar.bindings(alice, now).at(0).public_gruu_id, public_id);  // still good for reaching it

  RegistrarScript other;  // another server, another seed: the public name is the same
  BindRequest elsewhere = other.request({contact("sip:z@9", {}, "i"), contact("sip:z@8", {}, "j")});
  elsewhere.gruu_wanted = true;
  const BindAnswer moved = other.bind(elsewhere);
  EXPECT_EQ(moved.bindings.at(0).public_gruu_id, public_id);
  EXPECT_NE(moved.bindings.at(1).public_gruu_id, public_id);
  elsewhere.user = bob;
  EXPECT_NE(other.bind(elsewhere).bindings.at(0).public_gruu_id, public_id);
}

}  // namespace
}  // namespace tertulia::domain
