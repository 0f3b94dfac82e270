// SPDX-License-Identifier: Apache-2.0
// Requests to GRUUs (RFC 5627).
#include <gtest/gtest.h>

#include "domain/endpoint/temporary_gruu.h"
#include "face/simple/destination.h"
#include "face/simple/face_script.h"

namespace tertulia::face::simple {
namespace {

using namespace face_script;

constexpr std::string_view plain = "Content-Type: text/plain\r\n";

std::string temporary(Script& script, std::uint32_t user, std::uint64_t series) {
  return "tgruu." + domain::make_temporary_gruu(script.settings.gruu_key, {base::UserId{user}, series}, script.random);
}

TEST(OneDevice, of_a_public_gruu) {
  Script script;
  Client alice(script, "alice", "wonder");
  for (const char* uri :
       {"sip:bob@example.com;gr=urn:uuid:f81d-4fae", "sips:bob@example.com;gr=urn%3Auuid:f81d-4fae"}) {
    alice.ask("MESSAGE", uri, plain, "x");
    ASSERT_FALSE(script.world.pages.empty()) << uri;
    EXPECT_EQ(script.world.pages.back().to, base::UserId{2});
    EXPECT_EQ(script.world.pages.back().device, (domain::DeviceName{"urn:uuid:f81d-4fae", 0})) << uri;
  }
  for (const char* uri : {"sip:bob@example.com", "sip:bob@example.com;gr", "im:bob@example.com;gr=x"}) {
    alice.ask("MESSAGE", uri, plain, "x");
    EXPECT_FALSE(script.world.pages.back().device) << uri;
  }
}

/// [MS-SIPRE] 3.2; both names are those of one client as it was seen on the wire.
TEST(OneDevice, of_an_epid) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("MESSAGE", "sip:bob@example.com;epid=cf0b98dadeb9", plain, "x");
  ASSERT_EQ(script.world.pages.size(), 1U);
  EXPECT_EQ(script.world.pages[0].to, base::UserId{2});
  EXPECT_EQ(script.world.pages[0].device, (domain::DeviceName{"urn:uuid:b7878522-d7fe-5c33-b30d-265f6618ae78", 0}));
  alice.ask("MESSAGE", "sip:bob@example.com;epid=", plain, "x");
  EXPECT_FALSE(script.world.pages.back().device);
  alice.ask("MESSAGE", "sip:bob@example.com;gr=urn:uuid:1;epid=cf0b98dadeb9", plain, "x");
  EXPECT_EQ(script.world.pages.back().device, (domain::DeviceName{"urn:uuid:1", 0})) << "a GRUU says more";
}

TEST(OneDevice, of_a_temporary_gruu) {
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string bobs = temporary(script, 2, 77);
  alice.ask("MESSAGE", "sip:" + bobs + "@example.com;gr", plain, "x");
  ASSERT_EQ(script.world.pages.size(), 1U);
  EXPECT_EQ(script.world.pages[0].to, base::UserId{2});
  EXPECT_EQ(script.world.pages[0].device, (domain::DeviceName{{}, 77}));
  EXPECT_EQ(status_of_text(alice.ask("OPTIONS", "sip:" + bobs + "@example.com;gr")), 200);

  std::string forged = bobs;
  forged.back() = forged.back() == 'a' ? 'b' : 'a';
  for (const std::string& name : {forged, bobs + "a", std::string("tgruu."), temporary(script, 99, 1)})
    EXPECT_EQ(status_of_text(alice.ask("MESSAGE", "sip:" + name + "@example.com;gr", plain, "x")), 404) << name;
  // Without the parameter it is an address as any other.
  EXPECT_EQ(status_of_text(alice.ask("MESSAGE", "sip:" + bobs + "@example.com", plain, "x")), 404);
  EXPECT_EQ(script.world.pages.size(), 1U);
}

TEST(OneDevice, of_a_disabled_user_is_unknown) {
  Script script;
  Client alice(script, "alice", "wonder");
  domain::User bob = *script.directory->find(base::UserId{2});
  bob.enabled = false;
  script.change(bob);
  const std::string uri = "sip:" + temporary(script, 2, 1) + "@example.com;gr";
  EXPECT_EQ(status_of_text(alice.ask("MESSAGE", uri, plain, "x")), 404);
}

TEST(OneDevice, key_outlives_new_settings) {
  Script script;
  Client alice(script, "alice", "wonder");
  const std::string uri = "sip:" + temporary(script, 2, 5) + "@example.com;gr";
  FaceSettings changed = make_settings();
  changed.gruu_key.fill(9);
  script.face.set_settings(changed);
  alice.ask("MESSAGE", uri, plain, "x");
  EXPECT_EQ(script.world.pages.size(), 1U);
}

TEST(OneDevice, refusals_of_the_domain_keep_their_status) {
  Script script;
  Client alice(script, "alice", "wonder");
  const std::pair<Reason, int> rows[] = {{Reason::recipient_unavailable, 480}, {Reason::destination_unknown, 404}};
  for (const auto& [reason, status] : rows) {
    alice.ask("MESSAGE", "sip:bob@example.com;gr=x", plain, "x");
    script.face.on(domain::PostAnswer{script.world.pages.back().ticket, domain::PostOutcome::refused, reason, 0},
                   script.now);
    EXPECT_EQ(status_of_text(script.heard(alice.connection)), status);
  }
}

TEST(OneDevice, of_an_invitation) {
  Script script;
  Client alice(script, "alice", "wonder");
  alice.ask("INVITE", "sip:" + temporary(script, 2, 3) + "@example.com;gr",
            "Contact: <sip:alice@10.0.0.9>;+sip.message\r\n");
  ASSERT_EQ(script.world.opens.size(), 1U);
  EXPECT_EQ(script.world.opens[0].to, base::UserId{2});
  EXPECT_EQ(script.world.opens[0].device, (domain::DeviceName{{}, 3}));
}

}  // namespace
}  // namespace tertulia::face::simple
