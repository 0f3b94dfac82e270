// SPDX-License-Identifier: Apache-2.0
// The way in: handshake, registration, the names of an account.
#include <gtest/gtest.h>

#include "face/lync/limits.h"
#include "face/lync/lync_script.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::string& text, wire::sip::HeaderName name) {
  std::vector<std::string> lines;
  const auto message = wire::sip::Message::parse(text);
  if (message) message->for_each(name, [&](std::string_view value) { lines.emplace_back(value); });
  return lines;
}

TEST(SignIn, a_client_of_the_family_is_challenged_with_ntlm_alone) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  const std::string answer = alice.first();
  EXPECT_EQ(status_of_text(answer), 401);
  const auto lines = lines_of(answer, wire::sip::HeaderName::www_authenticate);
  ASSERT_EQ(lines.size(), 1U) << answer;
  EXPECT_EQ(lines[0], "NTLM realm=\"SIP Communications Service\", targetname=\"fe1.example.com\", version=4");
  EXPECT_TRUE(has_reason(answer, Reason::credentials_required));
  EXPECT_TRUE(value_of(answer, "Authentication-Info").empty());
  EXPECT_TRUE(script.world.failed.empty());
}

TEST(SignIn, either_word_of_the_family_is_enough) {
  for (const char* word : {"msrtc-event-categories", "com.microsoft.msrtc.presence", "MSRTC-Event-Categories"}) {
    LyncScript script;
    LyncClient alice(script, "alice", "wonder");
    const std::string text = alice.text_of({.method = "REGISTER",
                                            .uri = "sip:example.com",
                                            .headers = "Supported: gruu-10, " + std::string(word) + "\r\n",
                                            .to = alice.own()});
    EXPECT_TRUE(value_of(alice.say(text), "WWW-Authenticate").starts_with("NTLM ")) << word;
  }
}

//   [MS-SIPREGE] 3.1.2.5.1: a device that cannot be named later, another event, GRUUs that are not understood.
TEST(SignIn, a_registration_that_says_too_little_is_refused_at_once) {
  const std::string contact = "Contact: <sip:127.0.0.1:43644;transport=tls>";
  const std::string family = "\r\nSupported: gruu-10, msrtc-event-categories\r\n";
  const std::string instance = ";+sip.instance=\"<urn:uuid:b7878522-d7fe-5c33-b30d-265f6618ae78>\"";
  struct Row {
    std::string headers;
    bool epid;
    int status;
    std::string_view diagnostics;
  };
  const Row rows[] = {
      {contact + family, false, 400, "4010;"},
      {contact + family, true, 401, "52001;"},
      {contact + instance + family, false, 401, "52001;"},
      {contact + instance + family + "Event: registration\r\n", true, 401, "52001;"},
      {contact + instance + family + "Event: presence\r\n", true, 489, "4055;"},
      {contact + instance + "\r\nSupported: msrtc-event-categories\r\n", true, 421, "2057;"},
      {contact + instance + "\r\nSupported: com.microsoft.msrtc.presence\r\n", true, 401, "52001;"},
  };
  for (const Row& row : rows) {
    LyncScript script;
    LyncClient alice(script, "alice", "wonder");
    std::string text =
        alice.text_of({.method = "REGISTER", .uri = "sip:example.com", .headers = row.headers, .to = alice.own()});
    if (!row.epid) text = replaced(text, ";epid=cf0b98dadeb9", "");
    const std::string answer = alice.say(text);
    EXPECT_EQ(status_of_text(answer), row.status) << text;
    EXPECT_TRUE(value_of(answer, "ms-diagnostics").starts_with(row.diagnostics)) << answer;
    EXPECT_EQ(value_of(answer, "Require"), row.status == 421 ? "gruu-10" : "");
    EXPECT_EQ(value_of(answer, "Date").empty(), row.status != 401) << "a client can compare its clock";
  }
}

TEST(SignIn, a_standard_phone_needs_no_instance) {
  LyncScript script;
  LyncClient phone(script, "alice", "wonder");
  const std::string text = replaced(phone.text_of({.method = "REGISTER",
                                                   .uri = "sip:example.com",
                                                   .headers = "Contact: <sip:127.0.0.1:43644>\r\nEvent: x\r\n",
                                                   .to = phone.own()}),
                                    ";epid=cf0b98dadeb9", "");
  EXPECT_TRUE(value_of(phone.say(text), "WWW-Authenticate").starts_with("Digest "));
}

//   server                alice
//     | NOTIFY              |  registration-notify, signed
//     |-------------------->|
//     | (connection ends)   |
TEST(SignIn, who_is_not_welcome_any_more_is_told_why) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  ASSERT_EQ(status_of_text(alice.sign_in()), 200);
  script.face.drop(alice.connection, Reason::account_disabled, script.now);
  const std::vector<std::string> heard = alice.heard();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard[0].starts_with("NOTIFY " + std::string(device_target) + " SIP/2.0\r\n")) << heard[0];
  EXPECT_EQ(value_of(heard[0], "Event"), "registration-notify");
  EXPECT_EQ(value_of(heard[0], "Subscription-State"), "terminated;expires=0");
  EXPECT_EQ(value_of(heard[0], "Content-Type"), "text/registration-event");
  EXPECT_EQ(value_of(heard[0], "To"), "<sip:alice@example.com>");
  EXPECT_TRUE(has_reason(heard[0], Reason::account_disabled)) << heard[0];
  EXPECT_EQ(body_of(heard[0]), "deregistered;event=rejected");
  EXPECT_NE(alice.signature_number(heard[0]), 0U);
  EXPECT_EQ(script.world.closed, std::vector{alice.connection});
}

TEST(SignIn, who_is_to_sign_in_again_is_not_sent_away) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  ASSERT_EQ(status_of_text(alice.sign_in()), 200);
  script.face.drop(alice.connection, Reason::home_elsewhere, script.now);
  EXPECT_TRUE(alice.heard().empty());
  EXPECT_EQ(script.world.closed.size(), 1U);
}

TEST(SignIn, a_standard_client_is_challenged_with_digest) {
  LyncScript script;
  LyncClient phone(script, "alice", "wonder");
  const std::string answer = phone.say(phone.text_of(
      {.method = "REGISTER", .uri = "sip:example.com", .headers = "Supported: gruu\r\n", .to = phone.own()}));
  EXPECT_EQ(status_of_text(answer), 401);
  for (const std::string& line : lines_of(answer, wire::sip::HeaderName::www_authenticate))
    EXPECT_TRUE(line.starts_with("Digest ")) << line;
  EXPECT_FALSE(value_of(answer, "Warning").empty()) << "in the words of the standard";
  EXPECT_TRUE(value_of(answer, "ms-diagnostics-public").empty());
  EXPECT_EQ(status_of_text(phone.say(phone.text_of({.method = "SERVICE", .uri = "sip:alice@example.com"}))), 405);
}

TEST(SignIn, a_client_of_the_family_that_shows_digest_gets_digest) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  const std::string answer =
      alice.say(alice.register_text("Authorization: Digest username=\"alice\", realm=\"example.com\", nonce=\"n\", "
                                    "uri=\"sip:example.com\", response=\"00\"\r\n"));
  EXPECT_TRUE(value_of(answer, "WWW-Authenticate").starts_with("Digest ")) << answer;
}

TEST(SignIn, switched_off_everybody_is_a_standard_client) {
  for (const bool enabled : {false, true}) {
    LyncSettings settings = make_lync_settings();
    settings.enabled = enabled;
    settings.ntlm = false;
    LyncScript script(settings);
    LyncClient alice(script, "alice", "wonder");
    EXPECT_TRUE(value_of(alice.first(), "WWW-Authenticate").starts_with("Digest "));
  }
}

TEST(SignIn, three_steps_make_keys_and_reach_the_registrar) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.first();
  const std::string second = alice.hello();
  EXPECT_EQ(status_of_text(second), 401);
  EXPECT_EQ(alice.opaque.size(), 16U);
  ASSERT_TRUE(alice.server_challenge.starts_with(std::string_view("NTLMSSP\0\2\0\0\0", 12))) << second;
  EXPECT_TRUE(has(alice.server_challenge, *protocol::auth::utf16_of_utf8("EXAMPLE")));
  EXPECT_TRUE(script.world.binds.empty());
  EXPECT_EQ(alice.say(alice.proof()), "") << "the registrar is asked first";
  ASSERT_EQ(script.world.binds.size(), 1U);
  EXPECT_EQ(script.world.binds[0].user, base::UserId{1});
  EXPECT_TRUE(script.world.binds[0].gruu_wanted);
  EXPECT_EQ(script.world.binds[0].contacts.at(0).instance, instance_of_device);
  EXPECT_EQ(script.keeper.opened, 1);
  EXPECT_TRUE(script.world.failed.empty());
  EXPECT_TRUE(script.world.guesses.empty()) << "nothing had counted";
}

TEST(SignIn, the_handshake_may_begin_without_a_first_challenge) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.hello();
  EXPECT_EQ(alice.say(alice.proof()), "");
  EXPECT_EQ(script.world.binds.size(), 1U);
}

TEST(SignIn, the_200_has_what_the_client_looks_for) {
  using wire::sip::HeaderName;
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  const std::string ok = alice.sign_in();
  ASSERT_EQ(status_of_text(ok), 200) << ok;
  EXPECT_EQ(alice.signature_number(ok), 1U) << ok;
  EXPECT_EQ(lines_of(ok, HeaderName::expires), std::vector<std::string>{"600"});
  EXPECT_EQ(lines_of(ok, HeaderName::supported), (std::vector<std::string>{"adhoclist", "msrtc-event-categories"}));
  EXPECT_EQ(value_of(ok, "Allow-Events"),
            "vnd-microsoft-provisioning-v2,vnd-microsoft-roaming-contacts,vnd-microsoft-roaming-self,presence");
  EXPECT_EQ(value_of(ok, "Server"), "RTC/5.0");
  EXPECT_EQ(value_of(ok, "ms-keep-alive"), "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300");
  EXPECT_EQ(value_of(ok, "presence-state"), "register-action=\"added\"");
  const std::string contact = value_of(ok, "Contact");
  EXPECT_TRUE(contact.starts_with("<" + std::string(device_target) + ">")) << contact;
  EXPECT_TRUE(has(contact, ";expires=600;+sip.instance=\"<" + std::string(instance_of_device) + ">\"")) << contact;
  EXPECT_TRUE(has(contact, ";gruu=\"sip:alice@example.com;opaque=user:epid:IoWHt_7XM1yz;gruu\"")) << contact;
  EXPECT_FALSE(has(contact, "pub-gruu") || has(contact, "temp-gruu")) << "it would take those for it: " << contact;
  EXPECT_TRUE(value_of(ok, "Require").empty());
}

TEST(SignIn, an_epid_alone_names_the_device) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.first();
  alice.hello();
  const std::string instance = ";+sip.instance=\"<" + std::string(instance_of_device) + ">\"";
  const std::string proof = replaced(alice.proof(), instance, "");
  ASSERT_FALSE(has(proof, "+sip.instance"));
  alice.say(proof);
  ASSERT_EQ(script.world.binds.size(), 1U);
  EXPECT_EQ(script.world.binds[0].contacts.at(0).instance, instance_of_device);
}

TEST(SignIn, presence_state_tells_added_refreshed_and_removed) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.sign_in();
  EXPECT_EQ(alice.say(alice.signed_text(alice.register_text())), "") << "a refresh needs no new handshake";
  std::string ok = alice.bind();
  EXPECT_EQ(value_of(ok, "presence-state"), "register-action=\"refreshed\"");
  EXPECT_EQ(alice.signature_number(ok), 2U);
  alice.say(alice.signed_text(alice.register_text("Expires: 0\r\n")));
  ok = alice.bind(0s);
  EXPECT_EQ(value_of(ok, "presence-state"), "register-action=\"removed\"");
  EXPECT_EQ(value_of(ok, "Expires"), "0");
  EXPECT_EQ(alice.signature_number(ok), 3U) << "the signature covers Expires";
  EXPECT_TRUE(value_of(ok, "Allow-Events").empty());
}

TEST(SignIn, every_name_of_the_account_means_it) {
  struct Row {
    const char *name, *domain;
  };
  for (const Row& row : {Row{"alice@example.com", ""}, Row{"ALICE@example.com", ""}, Row{"alice", "EXAMPLE"},
                         Row{"alice", "example.com"}, Row{"alice", ""}, Row{"Alice", "example"}}) {
    LyncScript script;
    LyncClient alice(script, "alice", "wonder");
    alice.login = row.name;
    alice.login_domain = row.domain;
    EXPECT_EQ(status_of_text(alice.sign_in()), 200) << row.domain << "\\" << row.name;
  }
}

TEST(SignIn, a_stored_password_that_does_not_open_is_no_wrong_one) {
  LyncScript script;
  script.keeper.damaged = true;
  LyncClient alice(script, "alice", "build");
  const std::string answer = alice.sign_in();
  EXPECT_EQ(status_of_text(answer), 500) << answer;
  EXPECT_TRUE(has_reason(answer, Reason::file_damaged));
  EXPECT_TRUE(script.world.failed.empty());
}

TEST(SignIn, the_password_of_one_does_not_register_another) {
  LyncScript script;
  LyncClient alice(script, "alice", "build");
  alice.login = "bob@example.com";
  const std::string answer = alice.sign_in();
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::identity_mismatch));
  EXPECT_TRUE(script.world.binds.empty());
}

/// She proves herself, and the registrar answers so; what she hears.
std::string answered_by_registrar(LyncScript& script, LyncClient& alice, domain::BindAnswer answer) {
  alice.first();
  alice.hello();
  alice.say(alice.proof());
  answer.ticket = script.world.binds.back().ticket;
  script.face.on(answer, script.now);
  const std::vector<std::string> heard = alice.heard();
  EXPECT_EQ(heard.size(), 1U);
  return heard.empty() ? std::string() : heard[0];
}

TEST(SignIn, a_number_of_the_registrar_s_refusal_is_told_and_signed) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  domain::BindAnswer refusal;
  refusal.reason = Reason::too_many_endpoints;
  const std::string heard = answered_by_registrar(script, alice, refusal);
  EXPECT_TRUE(has_reason(heard, Reason::too_many_endpoints));
  EXPECT_TRUE(has(value_of(heard, "ms-diagnostics-public"), ";reason=\"")) << heard;
  EXPECT_TRUE(value_of(heard, "Warning").starts_with("310 lcs.microsoft.com \""));
  EXPECT_EQ(alice.signature_number(heard), 1U);
}

// The one redirection that the real client follows: 301 before the first 200.
TEST(SignIn, whom_another_server_serves_is_sent_there) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  domain::BindAnswer sent;
  sent.reason = Reason::home_elsewhere;
  sent.home_server = "fe2.example.com:5061";
  const std::string heard = answered_by_registrar(script, alice, sent);
  EXPECT_EQ(status_of_text(heard), 301) << heard;
  EXPECT_EQ(value_of(heard, "Contact"), "<sip:fe2.example.com:5061;transport=tls>");
  EXPECT_EQ(alice.signature_number(heard), 1U) << heard;
}

TEST(SignIn, a_gruu_of_the_family_reaches_one_device_only) {
  LyncScript script;
  LyncClient alice(script, "alice", "wonder");
  alice.sign_in();
  for (const char* uri :
       {"sip:bob@example.com;opaque=user:epid:Bobs_Device;gruu", "sip:bob@example.com;gr=Bobs_Device"}) {
    alice.ask({.method = "MESSAGE", .uri = uri, .headers = "Content-Type: text/plain\r\n", .body = "x"});
    ASSERT_FALSE(script.world.pages.empty()) << uri;
    EXPECT_EQ(script.world.pages.back().to, base::UserId{2});
    EXPECT_EQ(script.world.pages.back().device, (domain::DeviceName{"Bobs_Device", 0})) << uri;
  }
  for (const char* uri : {"sip:bob@example.com", "sip:bob@example.com;opaque=app:voicemail"}) {
    alice.ask({.method = "MESSAGE", .uri = uri, .headers = "Content-Type: text/plain\r\n", .body = "x"});
    EXPECT_FALSE(script.world.pages.back().device) << uri;
  }
}

}  // namespace
}  // namespace tertulia::face::lync
