// SPDX-License-Identifier: Apache-2.0
// Sign-in with Kerberos; the tickets are those of a double of the port.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "face/lync/account_name.h"
#include "face/lync/lync_script.h"
#include "protocol/auth/gssapi_header.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using protocol::auth::KerberosProof;

constexpr std::string_view service = "sip/fe1.example.com";

std::string code_of(std::string_view side, std::string_view text) {
  return base::Hasher(base::HashAlgorithm::md5).hex({side, text});
}

class ScriptSigner final : public protocol::auth::MessageSigner {
 public:
  std::string sign(std::string_view text) override { return code_of("server", text); }
  bool verify(std::string_view text, std::string_view signature) override {
    return signature == code_of("client", text);
  }
};

/// "ticket alice@EXAMPLE.COM" and "mutual alice@EXAMPLE.COM" are good; anything else is refused with `refusal`.
class ScriptAcceptor final : public protocol::auth::KerberosAcceptor {
 public:
  const std::string& targetname() const override { return name_; }
  base::Result<KerberosProof> accept(std::string_view token) const override {
    const bool mutual = token.starts_with("mutual ");
    if (!mutual && !token.starts_with("ticket ")) return base::Error{refusal, "what the library says"};
    KerberosProof proof;
    proof.principal = token.substr(7);
    if (mutual) proof.token = "our proof";
    proof.signer = std::make_unique<ScriptSigner>();
    return base::Result<KerberosProof>(std::move(proof));
  }
  Reason refusal = Reason::credentials_wrong;

 private:
  std::string name_{service};
};

std::string with_signature(std::string text, const std::string& more, unsigned number = 1) {
  const auto message = wire::sip::Message::parse(text);
  const std::string covered =
      protocol::auth::signature_text(*message, {"Kerberos", "d5f311fc", number, sign_in_realm, service, 4});
  return with_line(std::move(text), "Authorization: Kerberos qop=\"auth\", realm=\"" + std::string(sign_in_realm) +
                                        "\", targetname=\"" + std::string(service) + "\", " + more +
                                        "version=4, crand=\"d5f311fc\", cnum=\"" + std::to_string(number) +
                                        "\", response=\"" + base::to_hex(code_of("client", covered)) + "\"");
}

class Kerberos : public ::testing::Test {
 public:
  static LyncSettings settings() {
    LyncSettings out = make_lync_settings();
    out.kerberos_realms = {{"CORP.LOCAL", "example.com"}, {"WRONG.LOCAL", "not-served.example"}};
    return out;
  }
  std::string show(const std::string& token) {
    return alice.say(with_signature(alice.register_text(), "gssapi-data=\"" + base::to_base64(token) + "\", "));
  }
  void expect_nothing_counted() const {
    EXPECT_TRUE(script.world.failed.empty());
    EXPECT_TRUE(script.world.guesses.empty());
  }
  /// A parameter of a header's value; empty when it is not there.
  static std::string part(const std::string& answer, std::string_view header, std::string_view name) {
    const auto value = wire::sip::AuthValue::parse(value_of(answer, header));
    return value ? std::string(value->parameters.value(name)) : std::string();
  }

  std::shared_ptr<ScriptAcceptor> acceptor = std::make_shared<ScriptAcceptor>();
  LyncScript script{settings(), {acceptor, nullptr}};
  LyncClient alice{script, "alice", "wonder"};
};

TEST_F(Kerberos, is_offered_before_ntlm) {
  const std::string answer = alice.first();
  const auto message = wire::sip::Message::parse(answer);
  std::vector<std::string> lines;
  message->for_each(wire::sip::HeaderName::www_authenticate, [&](std::string_view line) { lines.emplace_back(line); });
  ASSERT_EQ(lines.size(), 2U) << answer;
  EXPECT_EQ(lines[0], "Kerberos realm=\"SIP Communications Service\", targetname=\"sip/fe1.example.com\", version=4");
  EXPECT_TRUE(lines[1].starts_with("NTLM "));
}

TEST_F(Kerberos, one_ticket_is_enough_and_the_answer_is_signed) {
  alice.first();
  EXPECT_EQ(show("ticket alice@EXAMPLE.COM"), "") << "the registrar is asked first";
  ASSERT_EQ(script.world.binds.size(), 1U);
  EXPECT_EQ(script.world.binds[0].user, base::UserId{1});
  EXPECT_EQ(script.keeper.opened, 0) << "no password is looked at";
  const std::string ok = alice.bind();
  EXPECT_EQ(status_of_text(ok), 200);
  const auto value = wire::sip::AuthValue::parse(value_of(ok, "Authentication-Info"));
  ASSERT_TRUE(value) << ok;
  EXPECT_TRUE(value_of(ok, "Authentication-Info").starts_with("Kerberos "));
  EXPECT_EQ(value->parameters.value("targetname"), service);
  const auto message = wire::sip::Message::parse(ok);
  const std::string covered = protocol::auth::signature_text(
      *message, {"Kerberos", value->parameters.value("srand"), 1, sign_in_realm, service, 4});
  EXPECT_EQ(value->parameters.value("rspauth"), base::to_hex(code_of("server", covered)));
  expect_nothing_counted();
}

TEST_F(Kerberos, what_follows_has_to_be_signed) {
  show("ticket alice@EXAMPLE.COM");
  const std::string named = "opaque=\"" + part(alice.bind(), "Authentication-Info", "opaque") + "\", ";
  const Ask options{.method = "OPTIONS", .uri = "sip:example.com"};
  std::string answer = alice.say(with_signature(alice.text_of(options), named, 2));
  EXPECT_EQ(status_of_text(answer), 200) << answer;
  EXPECT_FALSE(part(answer, "Authentication-Info", "rspauth").empty());
  answer = alice.say(with_signature(alice.text_of(options), named, 2));
  EXPECT_EQ(status_of_text(answer), 403) << "a number counts once";
  std::string forged = with_signature(alice.text_of(options), named, 3);
  answer = alice.say(replaced(forged, "response=\"", "response=\"00"));
  EXPECT_EQ(status_of_text(answer), 403) << answer;
}

TEST_F(Kerberos, a_ticket_without_its_key_is_a_wrong_guess) {
  alice.first();
  std::string text =
      with_signature(alice.register_text(), "gssapi-data=\"" + base::to_base64("ticket alice@EXAMPLE.COM") + "\", ");
  const std::string answer = alice.say(replaced(text, "response=\"", "response=\"00"));
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(has_reason(answer, Reason::credentials_wrong));
  EXPECT_TRUE(script.world.binds.empty());
  EXPECT_EQ(script.world.failed.size(), 1U);
}

TEST_F(Kerberos, a_client_that_wants_proof_of_us_signs_after_it) {
  const std::string answer = show("mutual alice@EXAMPLE.COM");
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_EQ(part(answer, "WWW-Authenticate", "gssapi-data"), base::to_base64("our proof"));
  EXPECT_TRUE(script.world.binds.empty());
  const std::string named = "opaque=\"" + part(answer, "WWW-Authenticate", "opaque") + "\", ";
  EXPECT_EQ(alice.say(with_signature(alice.register_text(), named)), "");
  EXPECT_EQ(script.world.binds.size(), 1U);
}

TEST_F(Kerberos, a_mapped_realm_is_the_domain) {
  EXPECT_EQ(show("ticket Alice@CORP.LOCAL"), "");
  EXPECT_EQ(script.world.binds.size(), 1U);
}

TEST_F(Kerberos, who_is_nobody_here_is_told_so_and_nothing_counts) {
  for (const char* principal :
       {"nobody@EXAMPLE.COM", "alice@OTHER.COM", "alice@EXAMPLE", "alice@WRONG.LOCAL", "alice@corp.local",
        "sip/fe1.example.com@EXAMPLE.COM", "alice/admin@EXAMPLE.COM", "alice\\@example.com@EXAMPLE.COM", "alice", ""}) {
    const std::string answer = show("ticket " + std::string(principal));
    EXPECT_EQ(status_of_text(answer), 403) << principal << answer;
    EXPECT_TRUE(has_reason(answer, Reason::user_does_not_exist)) << answer;
    EXPECT_TRUE(has(value_of(answer, "ms-diagnostics-public"), "User does not exist")) << answer;
  }
  expect_nothing_counted();
  EXPECT_TRUE(script.world.binds.empty());
}

TEST_F(Kerberos, a_ticket_of_one_does_not_register_another) {
  const std::string answer = show("ticket bob@EXAMPLE.COM");
  EXPECT_EQ(status_of_text(answer), 403) << answer;
  EXPECT_TRUE(has_reason(answer, Reason::identity_mismatch));
  EXPECT_TRUE(script.world.binds.empty());
}

TEST_F(Kerberos, a_disabled_user_is_told_so) {
  domain::User user = script.user(1);
  user.enabled = false;
  script.change(user);
  const std::string answer = show("ticket alice@EXAMPLE.COM");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::account_disabled));
}

TEST_F(Kerberos, clock_and_expiry_are_told_in_words_that_the_client_shows) {
  for (const Reason reason : {Reason::clock_differs, Reason::ticket_expired}) {
    acceptor->refusal = reason;
    const std::string answer = show("bad");
    EXPECT_EQ(status_of_text(answer), 403) << answer;
    EXPECT_TRUE(has_reason(answer, reason)) << answer;
    EXPECT_TRUE(has(value_of(answer, "ms-diagnostics-public"), base::text_of(reason, base::Language::english)));
    EXPECT_TRUE(value_of(answer, "WWW-Authenticate").empty());
  }
  acceptor->refusal = Reason::header_malformed;
  EXPECT_EQ(status_of_text(show("bad")), 400);
  expect_nothing_counted();
}

TEST_F(Kerberos, with_a_wrong_key_of_ours_the_client_may_go_on_with_ntlm) {
  alice.first();
  const std::string answer = show("made with an older key");
  EXPECT_EQ(status_of_text(answer), 401);
  EXPECT_TRUE(has(answer, "WWW-Authenticate: Kerberos ") && has(answer, "WWW-Authenticate: NTLM ")) << answer;
  EXPECT_FALSE(has(answer, "what the library says"));
  expect_nothing_counted();
  EXPECT_EQ(status_of_text(alice.sign_in()), 200);
}

TEST_F(Kerberos, a_lock_of_the_account_does_not_hold_up_a_ticket) {
  LyncClient guesser(script, "alice", "not hers", "198.51.100.9");
  for (int i = 0; i < 20; ++i) guesser.sign_in();
  EXPECT_TRUE(has_reason(guesser.sign_in(), Reason::account_locked));
  EXPECT_EQ(show("ticket alice@EXAMPLE.COM"), "");
  EXPECT_EQ(script.world.binds.size(), 1U);
}

TEST(KerberosCaptures, the_real_client_signs_the_request_that_brings_its_ticket) {
  for (const char* name : {"20-kerberos-password.txt", "21-kerberos-sso.txt"}) {
    std::ifstream file(std::string(TERTULIA_TEST_DATA) + "/sipe-captures/" + name);
    std::ostringstream all;
    all << file.rdbuf();
    std::string text = all.str();
    const std::size_t line = text.find("Authorization: Kerberos");
    ASSERT_NE(line, std::string::npos) << name;
    const std::size_t begin = text.rfind("REGISTER sip:", line), end = text.find("\n\n", line);
    std::string request;
    for (const char c : text.substr(begin, end - begin)) c == '\n' ? request.append("\r\n") : request.append(1, c);
    const auto message = wire::sip::Message::parse(request + "\r\n\r\n");
    ASSERT_TRUE(message) << name;
    const auto shown = protocol::auth::read_gssapi_credentials(*message);
    ASSERT_TRUE(shown) << name;
    EXPECT_EQ(shown->scheme, "Kerberos");
    EXPECT_TRUE(shown->opaque.empty());
    EXPECT_TRUE(shown->gssapi_data.starts_with('\x60'));
    EXPECT_EQ(shown->cnum, 1U);
    EXPECT_EQ(shown->response.size(), 28U);
    EXPECT_TRUE(shown->response.starts_with(std::string_view("\x04\x04\0\xff", 4))) << "RFC 4121 4.2.6.1";
  }
}

}  // namespace
}  // namespace tertulia::face::lync
