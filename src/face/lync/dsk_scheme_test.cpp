// SPDX-License-Identifier: Apache-2.0
// Sign-in with TLS-DSK: the client has keys before it reads our last token.
#include "face/lync/dsk_scheme.h"

#include <gtest/gtest.h>

#include "face/lync/lync_script.h"
#include "face/simple/credential_mark.h"
#include "protocol/auth/hmac.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using protocol::auth::DskIdentity;
using protocol::auth::DskStep;

struct FakeSigner final : protocol::auth::MessageSigner {
  explicit FakeSigner(std::string key_in) : key(std::move(key_in)) {}
  std::string sign(std::string_view text) override {
    return protocol::auth::hmac(base::HashAlgorithm::sha1, key, {"server", text});
  }
  bool verify(std::string_view text, std::string_view signature) override {
    return signature == protocol::auth::hmac(base::HashAlgorithm::sha1, key, {"client", text});
  }
  std::string key;
};

/// Tokens are words: hello, then the certificate's address.
struct FakeAcceptor final : protocol::auth::DskAcceptor {
  struct Steps final : protocol::auth::DskHandshake {
    explicit Steps(const FakeAcceptor& owner) : acceptor(owner) {}
    base::Result<DskStep> advance(std::string_view token) override {
      DskStep step;
      if (token == "hello") {
        step.token = "server hello";
        return step;
      }
      if (token == "foreign") return Reason::certificate_refused;
      if (token.find('@') == token.npos) return Reason::header_malformed;
      step.token = "finished";
      step.identity = DskIdentity{std::string(token), acceptor.mark};
      step.signer = std::make_unique<FakeSigner>("key" + std::to_string(++acceptor.made));
      return step;
    }
    const FakeAcceptor& acceptor;
  };
  std::unique_ptr<protocol::auth::DskHandshake> begin(base::WallTime) const override {
    return std::make_unique<Steps>(*this);
  }
  std::string mark;
  mutable int made = 0;
};

struct DskTest : ::testing::Test {
  std::shared_ptr<FakeAcceptor> acceptor = std::make_shared<FakeAcceptor>();
  LyncSettings settings = [] {
    LyncSettings made = make_lync_settings();
    made.certificate_service = "https://fe1.example.com/CertProv";
    return made;
  }();
  LyncScript script{settings, SchemePorts{{}, acceptor}};
  LyncClient alice{script, "alice", "wonder"};
  std::string opaque;
  std::uint64_t count = 0;

  void SetUp() override { acceptor->mark = simple::credential_mark(script.user(1)); }

  std::string show(const std::string& token) {
    std::string line = "Authorization: TLS-DSK qop=\"auth\"";
    if (!opaque.empty()) line += ", opaque=\"" + opaque + "\"";
    line += ", realm=\"" + std::string(sign_in_realm) + "\", targetname=\"" + std::string(host) + "\", gssapi-data=\"" +
            base::to_base64(token) + "\", version=4";
    std::string answer = alice.say(with_line(alice.register_text(), line));
    if (const auto value = wire::sip::AuthValue::parse(value_of(answer, "WWW-Authenticate")))
      if (opaque.empty()) opaque = value->parameters.value("opaque");
    return answer;
  }
  std::string with_signature(std::string text, const std::string& key) {
    const auto message = wire::sip::Message::parse(text);
    const std::string covered =
        protocol::auth::signature_text(*message, {"TLS-DSK", "01020304", ++count, sign_in_realm, host, 4});
    const std::string mac = protocol::auth::hmac(base::HashAlgorithm::sha1, key, {"client", covered});
    return with_line(std::move(text), "Authorization: TLS-DSK qop=\"auth\", opaque=\"" + opaque + "\", realm=\"" +
                                          std::string(sign_in_realm) + "\", targetname=\"" + std::string(host) +
                                          "\", crand=\"01020304\", cnum=\"" + std::to_string(count) +
                                          "\", response=\"" + base::to_hex(mac) + "\"");
  }
  std::string signed_register(const std::string& key) {
    const std::string refusal = alice.say(with_signature(alice.register_text(), key));
    return refusal.empty() ? alice.bind() : refusal;
  }
  std::string handshake() {
    opaque.clear();
    EXPECT_EQ(status_of_text(show("hello")), 401);
    return show("alice@example.com");
  }
};

TEST_F(DskTest, is_offered_before_ntlm_and_tells_where_certificates_are) {
  const std::string answer = alice.first();
  EXPECT_LT(answer.find("WWW-Authenticate: TLS-DSK "), answer.find("WWW-Authenticate: NTLM "));
  EXPECT_TRUE(has(answer, "sts-uri=\"https://fe1.example.com/CertProv\""));
}

TEST_F(DskTest, signs_in_with_one_more_register_than_ntlm) {
  alice.first();
  const std::string last = handshake();
  EXPECT_EQ(status_of_text(last), 401);
  EXPECT_TRUE(has(last, "gssapi-data=\"" + base::to_base64("finished") + "\"")) << last;
  EXPECT_TRUE(value_of(last, "Authentication-Info").empty());
  const std::string answer = signed_register("key1");
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_TRUE(value_of(answer, "Authentication-Info").starts_with("TLS-DSK ")) << answer;
  EXPECT_TRUE(script.world.failed.empty());
}

TEST_F(DskTest, a_wrong_signature_proves_nothing) {
  handshake();
  EXPECT_EQ(status_of_text(signed_register("guessed")), 403);
  EXPECT_TRUE(script.world.binds.empty());
}

TEST_F(DskTest, certificates_that_are_not_good) {
  show("hello");
  const std::string foreign = show("foreign");
  EXPECT_EQ(status_of_text(foreign), 403);
  EXPECT_TRUE(has_reason(foreign, Reason::certificate_refused));
  opaque.clear();
  EXPECT_EQ(status_of_text(show("nonsense")), 400);
  opaque.clear();
  show("hello");
  EXPECT_TRUE(has_reason(show("nobody@example.com"), Reason::certificate_refused));
  EXPECT_TRUE(script.world.guesses.empty());
}

TEST_F(DskTest, a_certificate_ends_with_the_password) {
  domain::User changed = script.user(1);
  changed.credentials.password_hash = "another";
  script.change(changed);
  EXPECT_TRUE(has_reason(handshake(), Reason::certificate_refused));
  acceptor->mark = simple::credential_mark(script.user(1));
  handshake();
  EXPECT_EQ(status_of_text(signed_register("key2")), 200);
}

TEST_F(DskTest, who_is_signed_in_is_told_that_his_certificate_has_ended) {
  handshake();
  ASSERT_EQ(status_of_text(signed_register("key1")), 200);
  domain::User changed = script.user(1);
  changed.credentials.password_hash = "another";
  script.change(changed);
  const std::string answer = signed_register("key1");
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::certificate_refused));
}

TEST_F(DskTest, disabled_users_are_told) {
  domain::User changed = script.user(1);
  changed.enabled = false;
  script.change(changed);
  const std::string answer = handshake();
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::account_disabled));
}

TEST_F(DskTest, somebody_else_may_not_be_registered) {
  opaque.clear();
  show("hello");
  acceptor->mark = simple::credential_mark(script.user(2));
  show("bob@example.com");
  EXPECT_EQ(status_of_text(signed_register("key1")), 403);
}

/// What was under way when the client made new keys bears the old ones, or none.
TEST_F(DskTest, messages_in_flight_survive_new_keys) {
  handshake();
  ASSERT_EQ(status_of_text(signed_register("key1")), 200);
  const std::string old_opaque = opaque;
  alice.first();  // the client begins anew
  opaque.clear();
  show("hello");
  const std::string new_opaque = std::exchange(opaque, old_opaque);
  const auto service = [&](const std::string& key) {
    return status_of_text(
        alice.say(with_signature(alice.text_of({.method = "OPTIONS", .uri = "sip:example.com"}), key)));
  };
  EXPECT_EQ(service("key1"), 200);
  opaque = new_opaque;
  EXPECT_EQ(status_of_text(show("alice@example.com")), 401);
  opaque = old_opaque;
  EXPECT_EQ(service("key1"), 200) << "sent before the client has read our last token";
  opaque = new_opaque;
  count = 0;
  EXPECT_EQ(service("key2"), 200);
  EXPECT_EQ(status_of_text(signed_register("key2")), 200);
  opaque = old_opaque;
  EXPECT_EQ(service("key1"), 403) << "the new keys are in use";
}

}  // namespace
}  // namespace tertulia::face::lync
