// SPDX-License-Identifier: Apache-2.0
// A password buys a ticket, a ticket buys a certificate; and everything that must not.
#include "face/web_ticket/service.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>

#include "base/digest.h"
#include "face/lync/lync_script.h"
#include "face/web_ticket/address_book.h"
#include "face/web_ticket/basic.h"
#include "face/web_ticket/limits.h"
#include "protocol/auth/hmac.h"
#include "wire/lync/address_book.h"
#include "wire/lync/limits.h"
#include "wire/lync/web_service.h"

namespace tertulia::face::web_ticket {
namespace {

using base::Reason;
using lync::lync_script::LyncScript;
using wire::lync::CertificateRequest;
using wire::lync::TicketAnswer;
using wire::lync::TicketProof;

constexpr const char* base_url = "https://fe1.example.com:4443";
const std::string entropy(32, 'e');

struct Judge final : PasswordJudge {
  struct Job {
    domain::Credentials credentials;
    std::string password;
    Done done;
  };
  std::deque<Job> jobs;
  bool full = false;
  bool judge(domain::Credentials credentials, std::string password, Done done) override {
    if (full) return false;
    jobs.push_back({std::move(credentials), std::move(password), std::move(done)});
    return true;
  }
};

struct Issuer final : protocol::auth::CertificateIssuer {
  mutable std::vector<protocol::auth::CertificateWish> wishes;
  base::Result<std::string> issue(const protocol::auth::CertificateWish& wish) const override {
    wishes.push_back(wish);
    return std::string("certificate");
  }
};

struct WebTicketServiceTest : ::testing::Test {
  LyncScript script;
  Judge judge;
  std::shared_ptr<Issuer> issuer = std::make_shared<Issuer>();
  WebTicketMetrics metrics;
  WebTicketService service{script.face.context(), script.face.guard(), judge, issuer, {base_url, "key"}, metrics};
  web::Router router;
  std::string ip = "192.0.2.7";

  void SetUp() override { service.add_to(router); }

  std::optional<web::Response> ask(web::Method method, const std::string& path, const std::string& body = {},
                                   const std::string& authorization = {}, bool secure = true) {
    web::Request request{method, path, {}, {{"User-Agent", "Sipe"}}, body, ip, secure, script.now};
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    auto got = std::make_shared<std::optional<web::Response>>();
    router.serve(request, [got](web::Response response) { *got = std::move(response); });
    settle();
    return *got;
  }
  void settle() {
    while (!judge.jobs.empty()) {
      Judge::Job job = std::move(judge.jobs.front());
      judge.jobs.pop_front();
      job.done(script.keeper.verify(job.credentials, job.password), script.now);
    }
  }
  static std::string basic(const std::string& user, const std::string& password) {
    return "Basic " + base::to_base64(user + ":" + password);
  }
  std::string wish(const std::string& uri = "sip:alice@example.com", const std::string& secret = entropy) {
    return to_xml(wire::lync::TicketRequest{"context", "https://applies", uri, secret});
  }
  std::string ticket_path() { return "/WebTicket/WebTicketService.svc/Auth"; }
  std::string certificate_path() { return "/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1"; }

  std::optional<TicketAnswer> ticket(const std::string& user = "alice@example.com",
                                     const std::string& password = "wonder") {
    const auto answer = ask(web::Method::post, ticket_path(), wish(), basic(user, password));
    auto read = answer ? wire::lync::read_ticket_answer(answer->body) : Reason::internal_error;
    if (!read) return std::nullopt;
    return *std::move(read);
  }
  std::string fault_of(const std::optional<web::Response>& answer) {
    if (!answer) return "no answer";
    EXPECT_EQ(answer->status, 200);  // COMPAT
    const auto fault = wire::lync::read_service_fault(answer->body);
    return fault ? fault->id : "no fault";
  }
  static std::string id(Reason reason) { return std::to_string(base::id_of(reason)); }
  std::string refusal(const std::string& user, const std::string& password) {
    return fault_of(ask(web::Method::post, ticket_path(), wish(), basic(user, password)));
  }

  CertificateRequest request_with(const TicketAnswer& answer) {
    CertificateRequest request;
    request.ticket = answer.ticket;
    request.entity = "alice@example.com";
    request.device = "{1}";
    request.request = "pkcs10";
    request.id = "7";
    TicketProof proof;
    proof.timestamp = wire::lync::timestamp_element(answer.ticket.begins, answer.ticket.ends);
    proof.digest = base::Hasher(base::HashAlgorithm::sha1).raw({proof.timestamp});
    proof.signed_info = wire::lync::signed_info_element(proof.digest);
    proof.signature =
        protocol::auth::hmac(base::HashAlgorithm::sha1, p_sha1(entropy, answer.entropy, 32), {proof.signed_info});
    request.proof = proof;
    return request;
  }
  std::optional<web::Response> send(const CertificateRequest& request) {
    return ask(web::Method::post, certificate_path(), to_xml(request));
  }
};

TEST(PSha1, is_that_of_the_real_client) {
  std::string client, server, signature;
  ASSERT_TRUE(base::from_base64("+k7VTZ2oDTuu/u0Kxeu/n5OeC3Dv3MxhObpT8AG0wmg=", client));
  ASSERT_TRUE(base::from_base64("Je6heQtBqSZ8Rq+MGXZ1agcdJP1vIXn+M2I7pVPlFvE=", server));
  const std::string signed_info =
      "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><CanonicalizationMethod "
      "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></CanonicalizationMethod><SignatureMethod "
      "Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"></SignatureMethod><Reference "
      "URI=\"#timestamp\"><Transforms><Transform "
      "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform></Transforms><DigestMethod "
      "Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"></DigestMethod><DigestValue>LM248gOt840e7MTbgVU1nu4tRik=</"
      "DigestValue></Reference></SignedInfo>";
  const std::string made = protocol::auth::hmac(base::HashAlgorithm::sha1, p_sha1(client, server, 32), {signed_info});
  EXPECT_EQ(base::to_base64(made), "NSmfyLz34yW5kVeO+IGKjlWYTbM=");
}

TEST(Basic, is_read_and_nothing_else_is) {
  const auto good = read_basic("bAsIc  YWxpY2U6cDphc3M= ");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->user, "alice");
  EXPECT_EQ(good->password, "p:ass");
  for (const char* bad : {"", "Basic", "Basic ", "Basic !!!", "Basic YWxpY2U=", "NTLM YWxpY2U6cA==", "Bas"})
    EXPECT_FALSE(read_basic(bad)) << bad;
}

TEST_F(WebTicketServiceTest, says_where_its_services_are) {
  EXPECT_EQ(certificate_service_of(base_url), "https://fe1.example.com:4443/CertProv/CertProvisioningService.svc");
  const auto first = ask(web::Method::get, "/CertProv/CertProvisioningService.svc/mex");
  ASSERT_TRUE(first);
  const auto certificates = wire::lync::read_service_metadata(first->body);
  ASSERT_TRUE(certificates);
  EXPECT_EQ(certificates->port, "CertProvisioningServiceWebTicketProof_SHA1");
  EXPECT_EQ(certificates->address, base_url + certificate_path());
  EXPECT_EQ(certificates->tickets, std::string(base_url) + "/WebTicket/WebTicketService.svc");
  const auto second = ask(web::Method::get, "/WebTicket/WebTicketService.svc/mex");
  ASSERT_TRUE(second);
  const auto tickets = wire::lync::read_service_metadata(second->body);
  ASSERT_TRUE(tickets);
  EXPECT_EQ(tickets->port, "WebTicketServiceWinNegotiate");
  EXPECT_EQ(tickets->address, base_url + ticket_path());
}

TEST_F(WebTicketServiceTest, a_password_buys_a_ticket_and_that_a_certificate) {
  const auto challenge = ask(web::Method::post, ticket_path(), wish());
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->status, 401);
  ASSERT_FALSE(challenge->headers.empty());
  EXPECT_TRUE(challenge->headers[0].second.starts_with("Basic realm=\""));
  const auto answer = ticket();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->context, "context");
  EXPECT_EQ(answer->ticket.uri, "sip:alice@example.com");
  EXPECT_EQ(answer->ticket.ends, "2023-11-15T06:13:20Z");  // eight hours
  const auto certificate = send(request_with(*answer));
  ASSERT_TRUE(certificate);
  const auto read = wire::lync::read_certificate_answer(certificate->body);
  ASSERT_TRUE(read) << certificate->body;
  EXPECT_EQ(read->certificate, "certificate");
  EXPECT_EQ(read->id, "7");
  ASSERT_EQ(issuer->wishes.size(), 1U);
  EXPECT_EQ(issuer->wishes[0].address, "alice@example.com");
  EXPECT_EQ(issuer->wishes[0].request, "pkcs10");
  EXPECT_EQ(issuer->wishes[0].ticket, answer->ticket.id);
  EXPECT_EQ(metrics.tickets.value(), 1U);
  EXPECT_EQ(metrics.certificates.value(), 1U);
  EXPECT_EQ(metrics.refused.value(), 0U);
}

TEST_F(WebTicketServiceTest, names_in_other_forms_are_the_same_account) {
  EXPECT_TRUE(ticket("alice"));
  EXPECT_TRUE(ticket("EXAMPLE\\alice"));
  EXPECT_TRUE(ticket("Alice@Example.com"));
}

TEST_F(WebTicketServiceTest, passwords_go_over_tls_only) {
  EXPECT_EQ(ask(web::Method::post, ticket_path(), wish(), basic("alice", "wonder"), false)->status, 404);
  EXPECT_EQ(ask(web::Method::post, certificate_path(), "x", {}, false)->status, 404);
  EXPECT_TRUE(judge.jobs.empty());
}

TEST_F(WebTicketServiceTest, wrong_passwords_count_as_in_every_sign_in) {
  EXPECT_EQ(refusal("alice@example.com", "wrong"), id(Reason::credentials_wrong));
  EXPECT_EQ(refusal("nobody@example.com", "wonder"), id(Reason::credentials_wrong));
  EXPECT_EQ(refusal("nobody@example.com", ""), id(Reason::credentials_wrong));
  ASSERT_EQ(script.world.failed.size(), 3U);
  EXPECT_EQ(script.world.failed[0].user, "alice@example.com");
  EXPECT_EQ(script.world.failed[0].client->ip_address, "192.0.2.7");
  EXPECT_EQ(script.world.failed[0].client->user_agent, "Sipe");
  EXPECT_EQ(script.world.guesses.size(), 3U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(refusal("alice@example.com", "wrong"), id(Reason::credentials_wrong));
  EXPECT_EQ(refusal("alice@example.com", "wonder"), id(Reason::account_locked));
  // The lock holds for SIP too.
  lync::lync_script::LyncClient phone(script, "alice", "wonder", "192.0.2.9");
  phone.first();
  phone.hello();
  EXPECT_TRUE(lync::lync_script::has_reason(phone.say(phone.proof()), Reason::account_locked));
  script.wait(std::chrono::seconds{11});
  EXPECT_TRUE(ticket());
}

TEST_F(WebTicketServiceTest, guesses_made_at_once_tell_nothing_after_the_lock) {
  std::vector<std::optional<web::Response>> answers(8);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    web::Request request{web::Method::post, ticket_path(), {}, {}, wish(), ip, true, script.now};
    request.headers.emplace_back("Authorization", basic("alice", i == 7 ? "wonder" : "wrong"));
    router.serve(request, [&answers, i](web::Response response) { answers[i] = std::move(response); });
  }
  EXPECT_EQ(judge.jobs.size(), 8U);
  settle();
  EXPECT_EQ(fault_of(answers[0]), id(Reason::credentials_wrong));
  EXPECT_EQ(fault_of(answers[7]), id(Reason::account_locked));
}

TEST_F(WebTicketServiceTest, disabled_users_others_and_full_queues) {
  EXPECT_EQ(fault_of(ask(web::Method::post, ticket_path(), wish("sip:bob@example.com"), basic("alice", "wonder"))),
            id(Reason::identity_mismatch));
  judge.full = true;
  EXPECT_EQ(refusal("alice", "wonder"), id(Reason::server_busy));
  judge.full = false;
  domain::User alice = script.user(1);
  alice.enabled = false;
  script.change(alice);
  EXPECT_EQ(refusal("alice", "wonder"), id(Reason::account_disabled));
  EXPECT_EQ(script.world.failed.back().reason, Reason::account_disabled);
}

TEST_F(WebTicketServiceTest, bodies_that_are_no_request) {
  const auto said = [&](const std::string& body) {
    return fault_of(ask(web::Method::post, ticket_path(), body, basic("alice", "wonder")));
  };
  EXPECT_EQ(said(""), id(Reason::malformed_message));
  EXPECT_EQ(said(wish("sip:alice@example.com", std::string(entropy_octets_min - 1, 'x'))),
            id(Reason::malformed_message));
  EXPECT_EQ(said(wish("sip:alice@example.com", std::string(entropy_octets_max + 1, 'x'))),
            id(Reason::malformed_message));
  EXPECT_EQ(fault_of(ask(web::Method::post, certificate_path(), "<a/>")), id(Reason::malformed_message));
  EXPECT_EQ(script.world.failed.size(), 0U);
}

TEST_F(WebTicketServiceTest, tickets_that_are_not_good) {
  const auto answer = ticket();
  ASSERT_TRUE(answer);
  const CertificateRequest good = request_with(*answer);
  const auto refused = [&](const std::function<void(CertificateRequest&)>& change) {
    CertificateRequest bad = good;
    change(bad);
    return fault_of(send(bad));
  };
  const std::string ticket_refused = id(Reason::web_ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.ticket.uri = "sip:bob@example.com"; }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.ticket.ends = "2099-01-01T00:00:00Z"; }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.ticket.id += "x"; }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.ticket.entropy = "known"; }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.ticket.seal.clear(); }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.proof.reset(); }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.proof->signature = std::string(20, 'x'); }), ticket_refused);
  EXPECT_EQ(refused([](auto& one) {
              one.proof->timestamp = wire::lync::timestamp_element("2000-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
            }),
            ticket_refused);
  EXPECT_EQ(refused([](auto& one) { one.entity = "bob@example.com"; }), id(Reason::identity_mismatch));
  EXPECT_TRUE(issuer->wishes.empty());
  script.wait(std::chrono::hours{8});
  EXPECT_EQ(fault_of(send(good)), ticket_refused);
}

TEST_F(WebTicketServiceTest, tickets_end_with_the_password_and_the_account) {
  const auto answer = ticket();
  ASSERT_TRUE(answer);
  domain::User alice = script.user(1);
  alice.enabled = false;
  script.change(alice);
  EXPECT_EQ(fault_of(send(request_with(*answer))), id(Reason::account_disabled));
  alice.enabled = true;
  script.change(alice);
  EXPECT_EQ(fault_of(send(request_with(*answer))), "no fault");
  alice.credentials.password_hash = "another";
  script.change(alice);
  EXPECT_EQ(fault_of(send(request_with(*answer))), id(Reason::web_ticket_refused));
  script.directory = script.directory->without(base::UserId{1});
  script.face.set_directory(script.directory, script.now);
  EXPECT_EQ(fault_of(send(request_with(*answer))), id(Reason::web_ticket_refused));
}

struct AddressBookTest : WebTicketServiceTest {
  AddressBookService book{script.face.context(), service, base_url};
  static constexpr const char* path = "/GroupExpansion/Service.svc/WebTicket_Bearer";

  void SetUp() override {
    WebTicketServiceTest::SetUp();
    book.add_to(router);
    domain::User bob = script.user(2);
    domain::Card card;
    card.company = "Example";
    card.title = "Engineer";
    card.work_phone = "+34 900";
    bob.card = domain::shared_card(card);
    bob.display_name = "Bob Builder";
    script.change(bob);
  }
  wire::lync::AddressBookSearch search_for(const std::string& attribute, const std::string& value) {
    wire::lync::AddressBookSearch search;
    search.ticket = ticket()->ticket;
    search.search.conditions.push_back({attribute, value});
    search.search.max_results = 100;
    return search;
  }
  std::vector<std::string> found(const wire::lync::AddressBookSearch& search) {
    const auto answer = ask(web::Method::post, path, to_xml(search));
    const auto entries = wire::lync::read_address_book_answer(answer->body);
    std::vector<std::string> uris;
    if (!entries) return {fault_of(answer)};
    for (const auto& entry : *entries) uris.push_back(entry.uri);
    return uris;
  }
};

TEST_F(AddressBookTest, says_where_it_is_and_that_a_ticket_will_do) {
  EXPECT_EQ(address_book_of(base_url), "https://fe1.example.com:4443/GroupExpansion/Service.svc");
  const auto answer = ask(web::Method::get, "/GroupExpansion/Service.svc/mex");
  const auto metadata = wire::lync::read_service_metadata(answer->body);
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->port, "AddressBookWebTicketBearer");
  EXPECT_EQ(metadata->address, std::string(base_url) + path);
  EXPECT_EQ(metadata->tickets, std::string(base_url) + "/WebTicket/WebTicketService.svc");
  EXPECT_FALSE(metadata->proof);
}

TEST_F(AddressBookTest, finds_people_by_attribute_and_by_anything) {
  const std::vector<std::string> bob{"sip:bob@example.com"};
  EXPECT_EQ(found(search_for("givenName", "bo")), bob);
  EXPECT_EQ(found(search_for("company", "exam")), bob);
  EXPECT_EQ(found(search_for("msRTCSIP-PrimaryUserAddress", "bob@")), bob);
  EXPECT_TRUE(found(search_for("sn", "zebedee")).empty());
  wire::lync::AddressBookSearch basic = search_for("", "");
  basic.basic = "builder";
  EXPECT_EQ(found(basic), bob);
  wire::lync::AddressBookSearch details = search_for("msRTCSIP-PrimaryUserAddress", "sip:bob@example.com");
  details.search.max_results = 1;
  const auto answer = ask(web::Method::post, path, to_xml(details));
  const auto entries = wire::lync::read_address_book_answer(answer->body);
  ASSERT_TRUE(entries && entries->size() == 1U);
  EXPECT_EQ(entries->front().display_name, "Bob Builder");
  EXPECT_EQ(entries->front().title, "Engineer");
  EXPECT_EQ(entries->front().work_phone, "+34 900");
}

TEST_F(AddressBookTest, nobody_reads_it_without_a_good_ticket) {
  wire::lync::AddressBookSearch search = search_for("givenName", "bo");
  EXPECT_EQ(ask(web::Method::post, path, to_xml(search), {}, false)->status, 404);  // plain HTTP
  search.ticket.uri = "sip:bob@example.com";
  EXPECT_EQ(found(search), std::vector<std::string>{id(Reason::web_ticket_refused)});
  search = search_for("givenName", "bo");
  script.wait(std::chrono::hours{8});
  EXPECT_EQ(found(search), std::vector<std::string>{id(Reason::web_ticket_refused)});
  EXPECT_EQ(fault_of(ask(web::Method::post, path, "<a/>")), id(Reason::malformed_message));
  search.search.conditions.assign(wire::lync::search_conditions_max + 1, {"givenName", "bo"});
  EXPECT_EQ(found(search), std::vector<std::string>{id(Reason::list_too_long)});
}

}  // namespace
}  // namespace tertulia::face::web_ticket
