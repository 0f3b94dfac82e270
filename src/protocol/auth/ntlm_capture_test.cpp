// SPDX-License-Identifier: Apache-2.0
// Real clients and the throw-away servers they spoke with: their proofs, and the signatures of both sides.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "protocol/auth/limits.h"
#include "protocol/auth/ntlm.h"
#include "protocol/auth/ntlm_test_client.h"
#include "protocol/auth/signed_context.h"
#include "wire/sip/capture_reader.h"
#include "wire/sip/framer.h"
#include "wire/sip/headers.h"

namespace tertulia::protocol::auth {
namespace {

using base::Reason;
using wire::sip::AuthValue;
using wire::sip::HeaderName;
using wire::sip::Message;

/// What one file holds.
struct Counts {
  int proofs = 0;
  int requests = 0;   ///< of the client, with a right signature
  int responses = 0;  ///< of the client, with a right signature
  int ours = 0;       ///< of the server, whose signature is the one that we would make
  int wrong_proofs = 0;
  int wrong_ours = 0;
  std::string refused;  ///< why a proof was refused for its form
};

/// One connection, as seen by somebody who knows the password.
struct Listener {
  NtlmServerChallenge challenge{};
  int version = 0;
  std::unique_ptr<SignedContext> context;
  std::unique_ptr<NtlmSession> session;  ///< the same keys, for the other direction
};

NtlmSession prove(const GssapiCredentials& credentials, const Listener& listener, Counts& counts, bool& good) {
  const auto authenticate = read_ntlm_authenticate(credentials.gssapi_data);
  EXPECT_TRUE(authenticate) << authenticate.error().detail;
  // All accounts have a password of the form pw-NAME.
  const std::string name = authenticate->user.substr(0, authenticate->user.find('@'));
  auto session = ntlm_verify(*authenticate, listener.challenge, base::md4(*utf16_of_utf8("pw-" + name)));
  good = session.has_value();
  if (good) return *std::move(session);
  if (session.reason() == Reason::credentials_wrong) ++counts.wrong_proofs;
  if (session.reason() == Reason::header_malformed) counts.refused = session.error().detail;
  return NtlmSession(SecretKey());
}

void hear_client(const Message& message, Listener& listener, Counts& counts) {
  const auto credentials = read_gssapi_credentials(message);
  if (!credentials) {
    EXPECT_EQ(credentials.reason(), Reason::credentials_required) << credentials.error().detail;
    return;
  }
  if (credentials->scheme != "NTLM") return;
  if (!credentials->gssapi_data.empty()) {
    bool good = false;
    NtlmSession keys = prove(*credentials, listener, counts, good);
    if (!good) return;
    ++counts.proofs;
    bool again = false;
    listener.session = std::make_unique<NtlmSession>(prove(*credentials, listener, counts, again));
    listener.context = std::make_unique<SignedContext>(
        SignedContextFacts{"NTLM", credentials->opaque, credentials->realm, credentials->targetname, listener.version,
                           base::TimePoint::never()},
        ntlm_signer(std::move(keys)));
  }
  if (!credentials->has_signature() || !listener.context) return;
  const auto verified = listener.context->verify(message, *credentials);
  EXPECT_TRUE(verified) << verified.error().detail << "\n" << message.bytes();
  if (verified) ++(message.is_request() ? counts.requests : counts.responses);
  EXPECT_EQ(listener.context->verify(message, *credentials).reason(), Reason::nonce_stale);
}

void hear_server(const Message& message, Listener& listener, Counts& counts) {
  message.for_each(HeaderName::www_authenticate, [&](std::string_view line) {
    const auto value = AuthValue::parse(line);
    if (!value || value->scheme != "NTLM") return;
    listener.version = static_cast<int>(base::to_number(value->parameters.value("version")).value_or(0));
    std::string data;
    if (!base::from_base64(value->parameters.value("gssapi-data"), data) || data.size() < 56) return;
    listener.challenge = testing::challenge_of(std::string_view(data).substr(24));
  });
  const auto line = message.header(HeaderName::authentication_info);
  if (!line || !listener.session) return;
  const auto value = AuthValue::parse(*line);
  if (!value || value->scheme != "NTLM") return;
  const auto& shown = value->parameters;
  GssapiSignature expected{"NTLM",
                           std::string(shown.value("realm")),
                           std::string(shown.value("targetname")),
                           std::string(shown.value("opaque")),
                           std::string(shown.value("srand")),
                           base::to_number(shown.value("snum")).value_or(0),
                           {}};
  expected.rspauth = listener.session->mac_from_server(signature_text(
      message, {"NTLM", expected.srand, expected.snum, expected.realm, expected.targetname, listener.version}));
  ++(authentication_info_line(expected) == *line ? counts.ours : counts.wrong_ours);
}

Counts listen_to(std::string_view name) {
  const auto file = std::filesystem::path(TERTULIA_TEST_DATA) / "sipe-captures" / name;
  Counts counts;
  std::map<std::string, Listener> listeners;
  for (const wire::sip::testing::Captured& entry : wire::sip::testing::read_capture(file)) {
    wire::sip::Framer framer{wire::sip::Framer::Limits{}};
    framer.append(entry.bytes);
    auto event = framer.next();
    auto* complete = std::get_if<wire::sip::Framer::Complete>(&event);
    if (complete == nullptr) continue;
    const auto message = Message::parse(complete->bytes);
    if (!message) continue;
    SCOPED_TRACE(entry.title);
    Listener& listener = listeners[entry.title.substr(entry.title.rfind(' '))];
    if (entry.from_client) {
      hear_client(*message, listener, counts);
    } else {
      hear_server(*message, listener, counts);
    }
  }
  return counts;
}

struct Row {
  const char* file;
  int proofs, requests, responses, ours;
};

TEST(NtlmCapture, every_signature_of_every_capture) {
  const Row rows[] = {
      {"09-ntlm-tls.txt", 1, 13, 0, 13},
      {"10-ntlm-tcp.txt", 1, 13, 0, 13},
      {"12-ntlm-domain-login.txt", 1, 13, 0, 13},
      {"13-ntlm-version3.txt", 1, 12, 0, 13},
      {"15-ntlm-server-does-not-sign.txt", 1, 5, 0, 0},
      {"16-ntlm-no-timestamp.txt", 1, 13, 0, 13},
      {"24-auto-ntlm-only.txt", 1, 10, 0, 10},
      {"26-auto-krb5-unusable-then-ntlm.txt", 1, 10, 0, 10},
      {"30-two-clients-2007mode.txt", 2, 59, 9, 76},
      {"31-two-clients-2005mode.txt", 2, 42, 8, 54},
      {"32-conference.txt", 2, 47, 3, 56},
      {"33-audio-call-rejected.txt", 2, 24, 2, 28},
      {"34-own-presence.txt", 1, 29, 0, 29},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.file);
    const Counts counts = listen_to(row.file);
    EXPECT_EQ(counts.proofs, row.proofs);
    EXPECT_EQ(counts.requests, row.requests);
    EXPECT_EQ(counts.responses, row.responses);
    EXPECT_EQ(counts.ours, row.ours);
    EXPECT_EQ(counts.wrong_proofs + counts.wrong_ours, 0);
    EXPECT_EQ(counts.refused, "");
  }
}

TEST(NtlmCapture, wrong_passwords) {
  for (const char* file :
       {"11-ntlm-wrong-password.txt", "19a-ntlm-wrong-password-401.txt", "19b-ntlm-wrong-password-diag-public.txt"}) {
    const Counts counts = listen_to(file);
    EXPECT_EQ(counts.proofs, 0) << file;
    EXPECT_EQ(counts.wrong_proofs, 1) << file;
  }
}

TEST(NtlmCapture, a_signature_that_the_client_refused) {
  const Counts counts = listen_to("14-ntlm-bad-server-signature.txt");
  EXPECT_EQ(counts.proofs, 1);
  EXPECT_EQ(counts.ours, 0);
  EXPECT_EQ(counts.wrong_ours, 1);
}

TEST(NtlmCapture, a_client_that_was_not_offered_strong_keys) {
  const Counts counts = listen_to("17-ntlm-minimal-flags.txt");
  EXPECT_EQ(counts.proofs, 0);
  EXPECT_EQ(counts.refused, "NTLM flags: 128 bits");
}

}  // namespace
}  // namespace tertulia::protocol::auth
