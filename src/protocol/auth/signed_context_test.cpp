// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/signed_context.h"

#include <gtest/gtest.h>

#include "protocol/auth/limits.h"
#include "protocol/auth/ntlm.h"
#include "protocol/auth/ntlm_test_client.h"
#include "wire/sip/headers.h"

namespace tertulia::protocol::auth {
namespace {

using base::Reason;
using wire::sip::AuthValue;
using wire::sip::Message;

const std::string realm = "SIP Communications Service";

/// Both ends of one connection after a sign-in.
class SignedContextTest : public ::testing::Test {
 public:
  SignedContextTest() {
    const NtlmChallenge challenge{.server_challenge = {1, 2, 3, 4, 5, 6, 7, 8}, .netbios_domain = "EXAMPLE"};
    const auto authenticate = client.authenticate(write_ntlm_challenge(challenge));
    const auto read = read_ntlm_authenticate(authenticate.to_bytes());
    EXPECT_TRUE(read.has_value());
    auto session = ntlm_verify(*read, challenge.server_challenge, client.nt_hash());
    EXPECT_TRUE(session.has_value());
    context = std::make_unique<SignedContext>(
        SignedContextFacts{"NTLM", "0paque", realm, "fe1.example.com", 4, now + signed_context_lifetime},
        ntlm_signer(*std::move(session)));
  }

  static Message parsed(const std::string& bytes) {
    auto message = Message::parse(bytes);
    EXPECT_TRUE(message.has_value());
    return *message;
  }
  static std::string plain(const std::string& more = {}) {
    return "MESSAGE sip:bob@example.com SIP/2.0\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n"
           "Call-ID: c\r\nCSeq: 1 MESSAGE\r\n" +
           more;
  }
  /// A message of the client, signed with its next number.
  std::string signed_bytes(const std::string& more = {}) {
    const std::string head = plain(more);
    return head + "Authorization: " + client.authorization(parsed(head + "\r\n"), "0paque", realm, "fe1.example.com") +
           "\r\n\r\n";
  }
  Reason judge(const std::string& bytes) {
    const Message message = parsed(bytes);
    const auto credentials = read_gssapi_credentials(message);
    EXPECT_TRUE(credentials.has_value());
    return context->verify(message, *credentials).reason();
  }
  static std::string replaced(std::string text, std::string_view what, std::string_view with) {
    EXPECT_NE(text.find(what), std::string::npos);
    return text.replace(text.find(what), what.size(), with);
  }

  base::TimePoint now{1'000'000};
  base::Random random{std::uint64_t{1}};
  testing::NtlmTestClient client{"alice@example.com", "", "Secret1!"};
  std::unique_ptr<SignedContext> context;
};

TEST_F(SignedContextTest, takes_each_message_once) {
  const std::string first = signed_bytes();
  const std::string second = signed_bytes();
  const std::string third = signed_bytes("Expires: 60\r\n");
  EXPECT_EQ(judge(first), Reason::none);
  EXPECT_EQ(judge(first), Reason::nonce_stale);
  EXPECT_EQ(judge(third), Reason::none);
  EXPECT_EQ(judge(second), Reason::none);  // overtaken on its way
  EXPECT_EQ(judge(second), Reason::nonce_stale);
}

TEST_F(SignedContextTest, refuses_what_comes_much_too_late) {
  const std::string early = signed_bytes();
  for (std::uint32_t i = 0; i < signature_window; ++i) ASSERT_EQ(judge(signed_bytes()), Reason::none);
  EXPECT_EQ(judge(early), Reason::nonce_stale);
}

TEST_F(SignedContextTest, refuses_changed_messages) {
  const std::string good = signed_bytes("Expires: 60\r\n");
  const struct {
    const char* what;
    const char* with;
  } changes[] = {{"MESSAGE sip:bob", "INVITE sip:bob"},
                 {"<sip:alice@", "<sip:mallory@"},
                 {";tag=1", ";tag=2"},
                 {"<sip:bob@", "<sip:carol@"},
                 {"Call-ID: c", "Call-ID: d"},
                 {"CSeq: 1", "CSeq: 2"},
                 {"Expires: 60", "Expires: 61"},
                 {"cnum=\"1\"", "cnum=\"2\""},
                 {"crand=\"0a1b2c3d\"", "crand=\"0a1b2c3e\""},
                 {"response=\"01", "response=\"02"},
                 {"realm=\"SIP", "realm=\"SAP"},
                 {"targetname=\"fe1", "targetname=\"fe2"}};
  for (const auto& change : changes)
    EXPECT_EQ(judge(replaced(good, change.what, change.with)), Reason::credentials_wrong) << change.what;
  EXPECT_EQ(judge(replaced(good, "opaque=\"0p", "opaque=\"1p")), Reason::nonce_stale);
  EXPECT_EQ(judge(replaced(good, "n: NTLM", "n: Kerberos")), Reason::nonce_stale);
  EXPECT_EQ(judge(good), Reason::none);  // none of them has used its number up
}

TEST_F(SignedContextTest, a_message_needs_a_signature) {
  EXPECT_EQ(judge(plain("Authorization: NTLM opaque=\"0paque\", realm=\"" + realm +
                        "\", targetname=\"fe1.example.com\"\r\n\r\n")),
            Reason::credentials_required);
}

TEST_F(SignedContextTest, verifies_responses) {
  const std::string head =
      "SIP/2.0 200 OK\r\nFrom: <sip:bob@example.com>;tag=1\r\nTo: <sip:alice@example.com>;tag=2\r\nCall-ID: c\r\n"
      "CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n";
  const std::string bytes =
      head + "Authorization: " + client.authorization(parsed(head + "\r\n"), "0paque", realm, "fe1.example.com") +
      "\r\n\r\n";
  EXPECT_EQ(judge(replaced(bytes, "200 OK", "202 Accepted")), Reason::credentials_wrong);
  EXPECT_EQ(judge(bytes), Reason::none);
}

TEST_F(SignedContextTest, signs_so_that_the_client_can_verify) {
  std::string last_srand;
  for (int number = 1; number <= 3; ++number) {
    const Message message = parsed(plain("\r\n"));
    const std::string line = context->authentication_info(message, random);
    const auto value = AuthValue::parse(line);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->scheme, "NTLM");
    EXPECT_EQ(value->parameters.value("snum"), std::to_string(number));
    EXPECT_EQ(value->parameters.value("opaque"), "0paque");
    EXPECT_EQ(value->parameters.value("qop"), "auth");
    EXPECT_EQ(value->parameters.value("realm"), realm);
    EXPECT_EQ(value->parameters.value("targetname"), "fe1.example.com");
    const std::string srand(value->parameters.value("srand"));
    EXPECT_EQ(srand.size(), 8U);
    EXPECT_EQ(srand.find_first_not_of("0123456789ABCDEF"), std::string::npos);
    EXPECT_NE(srand, last_srand);
    last_srand = srand;
    // The client looks for the first `rand="` and `num="`.
    EXPECT_EQ(line.substr(line.find("rand=\"") + 6, 8), srand);
    EXPECT_EQ(line.substr(line.find("num=\"") + 5, 1), std::to_string(number));
    const std::string text =
        signature_text(message, {"NTLM", srand, static_cast<std::uint64_t>(number), realm, "fe1.example.com", 4});
    EXPECT_EQ(testing::bytes_of_hex(value->parameters.value("rspauth")), client.session().mac_from_server(text));
  }
}

TEST_F(SignedContextTest, ends_after_eight_hours) {
  EXPECT_EQ(context->expires() - now, std::chrono::hours{8});
  EXPECT_FALSE(context->expired(now));
  EXPECT_FALSE(context->expired({context->expires().us - 1}));
  EXPECT_TRUE(context->expired(context->expires()));
}

}  // namespace
}  // namespace tertulia::protocol::auth
