// SPDX-License-Identifier: Apache-2.0
#include "io/kerberos/acceptor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "io/kerberos/keytab.h"
#include "io/kerberos/limits.h"
#include "io/kerberos/test_tickets.h"

namespace tertulia::io {
namespace {

using base::Reason;
using protocol::auth::KerberosAcceptor;
using testing::KeytabLine;
using testing::TestInitiator;
using testing::TicketFacts;
using testing::token_of;

class Acceptor : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tertulia-kerberos-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "sip.keytab").string(); }
  void open(const std::vector<KeytabLine>& lines = {KeytabLine{}}) {
    testing::write_keytab(path(), lines);
    auto opened = open_kerberos_acceptor({path(), "sip/fe1.example.com"});
    ASSERT_TRUE(opened) << opened.error().detail;
    acceptor_ = *std::move(opened);
  }
  Reason refusal(const TicketFacts& facts) const {
    const auto proof = acceptor_->accept(token_of(facts));
    EXPECT_TRUE(proof || !proof.error().detail.empty());
    return proof.reason();
  }

  std::filesystem::path folder_;
  std::shared_ptr<const KerberosAcceptor> acceptor_;
};

TEST_F(Acceptor, a_ticket_names_its_client_and_both_can_sign) {
  open();
  EXPECT_EQ(acceptor_->targetname(), "sip/fe1.example.com");
  TestInitiator alice({});
  const auto proof = acceptor_->accept(alice.token());
  ASSERT_TRUE(proof) << proof.error().detail;
  EXPECT_EQ(proof->principal, "alice@EXAMPLE.COM");
  EXPECT_TRUE(proof->token.empty());
  const std::string ours = proof->signer->sign("<Kerberos><1>"), hers = alice.sign("<Kerberos><2>");
  EXPECT_EQ(ours.size(), 28U);
  EXPECT_TRUE(ours.starts_with("\x04\x04\x01\xff\xff\xff\xff\xff")) << "RFC 4121 4.2.6.1, of the acceptor";
  EXPECT_TRUE(alice.verify("<Kerberos><1>", ours));
  EXPECT_FALSE(alice.verify("<Kerberos><3>", ours));
  EXPECT_TRUE(proof->signer->verify("<Kerberos><2>", hers));
  EXPECT_FALSE(proof->signer->verify("<Kerberos><3>", hers));
  EXPECT_FALSE(proof->signer->verify("<Kerberos><1>", ours)) << "our own, sent back";
  EXPECT_FALSE(proof->signer->verify("<Kerberos><2>", ""));
  EXPECT_FALSE(proof->signer->verify("<Kerberos><2>", hers.substr(0, 27)));
}

TEST_F(Acceptor, signatures_need_not_come_in_order) {
  open();
  TestInitiator alice({});
  const auto proof = acceptor_->accept(alice.token());
  ASSERT_TRUE(proof);
  const std::string first = alice.sign("one"), second = alice.sign("two"), third = alice.sign("three");
  EXPECT_TRUE(proof->signer->verify("three", third));
  EXPECT_TRUE(proof->signer->verify("one", first));
  EXPECT_TRUE(proof->signer->verify("two", second));
}

TEST_F(Acceptor, a_client_that_wants_proof_of_us_gets_a_token) {
  open();
  TicketFacts facts;
  facts.mutual = true;
  TestInitiator alice(facts);
  const auto proof = acceptor_->accept(alice.token());
  ASSERT_TRUE(proof);
  ASSERT_FALSE(proof->token.empty());
  EXPECT_TRUE(alice.finish(proof->token));
  EXPECT_TRUE(proof->signer->verify("text", alice.sign("text")));
  EXPECT_TRUE(alice.verify("text", proof->signer->sign("text")));
}

TEST_F(Acceptor, another_clock_or_an_old_ticket_is_told_from_a_wrong_key) {
  open();
  EXPECT_EQ(refusal({}), Reason::none);
  EXPECT_EQ(refusal({.clock = 200}), Reason::none) << "five minutes are borne";
  EXPECT_EQ(refusal({.clock = 3600}), Reason::clock_differs);
  EXPECT_EQ(refusal({.clock = -3600}), Reason::clock_differs);
  EXPECT_EQ(refusal({.begins = 3600}), Reason::clock_differs) << "not yet valid: our clock is late";
  EXPECT_EQ(refusal({.begins = -7200, .ends = -3600}), Reason::ticket_expired);
  EXPECT_EQ(refusal({.key = std::string(testing::other_key)}), Reason::credentials_wrong);
  EXPECT_EQ(refusal({.version = 2}), Reason::credentials_wrong) << "an older key";
  EXPECT_EQ(refusal({.version = 4, .key = std::string(testing::other_key)}), Reason::credentials_wrong);
}

TEST_F(Acceptor, keys_of_a_ticket_outlive_it) {
  open();
  TestInitiator alice({.begins = -7200, .ends = -100});  // within the five minutes
  const auto proof = acceptor_->accept(alice.token());
  ASSERT_TRUE(proof) << proof.error().detail;
  EXPECT_TRUE(proof->signer->verify("text", alice.sign("text")));
  EXPECT_FALSE(proof->signer->sign("text").empty());
}

TEST_F(Acceptor, what_is_no_token_is_malformed) {
  open();
  const std::string good = token_of({});
  std::string other_mechanism = good, cut_inside = good.substr(0, 200), other_message = good;
  other_mechanism[10] ^= 1;
  other_message[15] ^= 1;  // the kind of token
  for (const std::string& bad : {std::string(), std::string("x"), std::string("\x60"), std::string("\x60\xff\x06\x09"),
                                 good.substr(0, 8), cut_inside, std::string("NTLMSSP\0\1\0\0\0", 12), other_mechanism,
                                 other_message, good.substr(0, 17), std::string(kerberos_token_octets_max + 1, '\x60')})
    EXPECT_EQ(acceptor_->accept(bad).reason(), Reason::header_malformed)
        << bad.size() << acceptor_->accept(bad).error().detail;
  // Whatever is changed, nobody is let in and nothing breaks.
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] ^= 0x21;
    (void)acceptor_->accept(changed).has_value();
    EXPECT_FALSE(acceptor_->accept(good.substr(0, at)));
  }
}

TEST_F(Acceptor, a_token_may_be_as_long_as_the_limit) {
  open();
  std::string longest = token_of({});
  longest.resize(kerberos_token_octets_max, 'x');
  EXPECT_NE(acceptor_->accept(longest).error().detail, acceptor_->accept(longest + "x").error().detail);
}

TEST_F(Acceptor, the_key_of_another_service_in_the_same_file_opens_nothing) {
  const std::string web = "HTTP/fe1.example.com@EXAMPLE.COM";
  open({KeytabLine{}, {web, 3, std::string(testing::other_key)}});
  EXPECT_EQ(refusal({.service = web, .key = std::string(testing::other_key)}), Reason::credentials_wrong);
  EXPECT_EQ(refusal({}), Reason::none);
}

TEST_F(Acceptor, each_realm_with_a_key_is_served) {
  const std::string lab = "sip/fe1.example.com@LAB.EXAMPLE.COM";
  open({KeytabLine{}, {lab, 9, std::string(testing::other_key)}});
  EXPECT_EQ(refusal({}), Reason::none);
  const auto proof = acceptor_->accept(token_of(
      {.client = "bob@LAB.EXAMPLE.COM", .service = lab, .version = 9, .key = std::string(testing::other_key)}));
  ASSERT_TRUE(proof) << proof.error().detail;
  EXPECT_EQ(proof->principal, "bob@LAB.EXAMPLE.COM");
  EXPECT_EQ(refusal({.service = lab, .version = 9, .clock = 3600}), Reason::credentials_wrong);
}

TEST_F(Acceptor, a_new_key_is_good_as_soon_as_it_stands_in_the_file) {
  open();
  const TicketFacts renewed{.version = 4, .key = std::string(testing::other_key)};
  EXPECT_EQ(refusal(renewed), Reason::credentials_wrong);
  testing::write_keytab(path(), {{.version = 4, .key = std::string(testing::other_key)}});
  EXPECT_EQ(refusal(renewed), Reason::none);
  EXPECT_EQ(refusal({}), Reason::none) << "older tickets are in use for hours";
  std::filesystem::remove(path());
  EXPECT_EQ(refusal({}), Reason::credentials_wrong);
}

TEST_F(Acceptor, several_threads_at_once) {
  open();
  const std::string good = token_of({}), late = token_of({.clock = -3600});
  std::atomic<int> accepted{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        const auto proof = acceptor_->accept(good);
        if (proof && !proof->signer->sign("text").empty()) ++accepted;
        if (acceptor_->accept(late).reason() == Reason::clock_differs) ++refused;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 200);
  EXPECT_EQ(refused, 200);
}

TEST_F(Acceptor, an_unusable_keytab_is_said_at_the_start) {
  const KerberosSettings settings{path(), "sip/fe1.example.com"};
  EXPECT_EQ(open_kerberos_acceptor(settings).reason(), Reason::file_unreadable);
  std::ofstream(path()) << "no keytab at all";
  EXPECT_EQ(open_kerberos_acceptor(settings).reason(), Reason::keytab_unusable);
  std::filesystem::remove(path());
  testing::write_keytab(path(), {{.principal = "sip/other.example.com@EXAMPLE.COM"}});
  const auto opened = open_kerberos_acceptor(settings);
  EXPECT_EQ(opened.reason(), Reason::keytab_unusable);
  EXPECT_NE(opened.error().detail.find("no key of sip/fe1.example.com"), std::string::npos) << opened.error().detail;
}

TEST_F(Acceptor, realms_and_keys_are_bounded) {
  std::vector<KeytabLine> lines;
  for (std::size_t i = 0; i < kerberos_principals_max; ++i)
    lines.push_back({.principal = "sip/fe1.example.com@R" + std::to_string(i)});
  open(lines);
  testing::write_keytab(path(), {{.principal = "sip/fe1.example.com@ONE.MORE"}});
  EXPECT_EQ(open_kerberos_acceptor({path(), "sip/fe1.example.com"}).reason(), Reason::keytab_unusable);
  lines.assign(keytab_keys_max - kerberos_principals_max, {.principal = "host/fe1.example.com@EXAMPLE.COM"});
  testing::write_keytab(path(), lines);
  EXPECT_EQ(read_keytab(path()).reason(), Reason::keytab_unusable);
}

TEST_F(Acceptor, a_keytab_tells_its_keys) {
  testing::write_keytab(path(), {KeytabLine{}, {.principal = "HTTP/x@LAB", .version = 300}});
  const auto keys = read_keytab(path());
  ASSERT_TRUE(keys) << keys.error().detail;
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].principal, "sip/fe1.example.com@EXAMPLE.COM");
  EXPECT_EQ((*keys)[0].version, 3U);
  EXPECT_EQ((*keys)[0].encryption, "aes256-cts-hmac-sha1-96");
  EXPECT_EQ((*keys)[1].version, 300U);
}

TEST(Keytab, the_host_of_a_service_has_no_case) {
  EXPECT_TRUE(is_service("sip/fe1.example.com@EXAMPLE.COM", "sip/fe1.example.com"));
  EXPECT_TRUE(is_service("sip/FE1.example.com@EXAMPLE.COM", "sip/fe1.Example.com"));
  EXPECT_FALSE(is_service("SIP/fe1.example.com@EXAMPLE.COM", "sip/fe1.example.com"));
  EXPECT_FALSE(is_service("sip/fe1.example.com", "sip/fe1.example.com"));
  EXPECT_FALSE(is_service("sip/fe1@EXAMPLE.COM", "sip/fe1.example.com"));
  EXPECT_FALSE(is_service("fe1@EXAMPLE.COM", "fe1"));
}

}  // namespace
}  // namespace tertulia::io
