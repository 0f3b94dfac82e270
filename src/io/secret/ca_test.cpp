// SPDX-License-Identifier: Apache-2.0
#include "io/secret/ca.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <cstdio>

#include "io/secret/limits.h"
#include "io/secret/openssl_handles.h"
#include "io/secret/test_folder.h"

namespace tertulia::io {
namespace {

using base::Reason;
using base::WallTime;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr WallTime made_at{1'772'357'400'000'000};  // 2026-03-01 09:30:00
constexpr std::int64_t day_us = 86'400'000'000;

struct StoreFree {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
struct ContextFree {
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

class CaTest : public FolderTest {
 protected:
  CertificatePaths files(const std::string& name) const { return {path(name + ".pem"), path(name + ".key")}; }
  void make_authority() { ASSERT_TRUE(create_authority(files("ca"), "example.com", made_at)); }
  base::Result<void> issue(std::vector<std::string> hosts, CertificateKey key = CertificateKey::ec_p256) {
    return issue_server_certificate(files("ca"), {"example.com", std::move(hosts), key, made_at}, files("server"));
  }

  static X509Ptr load(const std::string& file) {
    const BioPtr bio(BIO_new_file(file.c_str(), "r"));
    return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  }
  /// What a client does: chain to the authority, purpose, and name.
  static bool trusted(const X509Ptr& certificate, const X509Ptr& authority, const std::string& host, int purpose,
                      WallTime when) {
    const std::unique_ptr<X509_STORE, StoreFree> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), authority.get());
    const std::unique_ptr<X509_STORE_CTX, ContextFree> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_purpose(parameters, purpose);
    X509_VERIFY_PARAM_set_time(parameters, when.us / 1'000'000);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1)
      X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    return X509_verify_cert(context.get()) == 1;
  }
};

TEST_F(CaTest, makes_an_authority) {
  make_authority();
  EXPECT_EQ(mode_of(path("ca.pem")), 0644U);
  EXPECT_EQ(mode_of(path("ca.key")), 0600U);
  EXPECT_EQ(file_count(), 2U);
  const auto facts = read_certificate(path("ca.pem"), path("ca.key"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->subject, "CN=example.com Tertulia CA");
  EXPECT_EQ(facts->issuer, facts->subject);
  EXPECT_TRUE(facts->key_matches);
  EXPECT_EQ(facts->not_before.us, made_at.us - 300'000'000);
  EXPECT_EQ(facts->not_after.us - facts->not_before.us, authority_days * day_us);
  EXPECT_EQ(X509_check_ca(load(path("ca.pem")).get()), 1);
}

TEST_F(CaTest, issues_certificates_that_clients_trust) {
  make_authority();
  for (const CertificateKey key : {CertificateKey::ec_p256, CertificateKey::rsa_2048}) {
    ASSERT_TRUE(
        issue({"Host.example.com", "192.0.2.7", "2001:db8::7", "[2001:db8::8]", "example.com", "localhost"}, key));
    EXPECT_EQ(mode_of(path("server.key")), 0600U);
    EXPECT_EQ(mode_of(path("server.pem")), 0644U);
    const auto facts = read_certificate(path("server.pem"), path("server.key"));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->subject, "CN=example.com");
    EXPECT_EQ(facts->issuer, "CN=example.com Tertulia CA");
    EXPECT_THAT(facts->names, ElementsAre("example.com", "sip.example.com", "host.example.com", "192.0.2.7",
                                          "2001:db8::7", "2001:db8::8", "localhost"));
    EXPECT_TRUE(facts->key_matches);
    EXPECT_EQ(facts->not_after.us - facts->not_before.us, server_certificate_days * day_us);

    const X509Ptr server = load(path("server.pem"));
    const X509Ptr authority = load(path("ca.pem"));
    for (const char* host : {"example.com", "sip.example.com", "host.example.com", "192.0.2.7", "2001:db8::7"})
      EXPECT_TRUE(trusted(server, authority, host, X509_PURPOSE_SSL_SERVER, made_at)) << host;
    EXPECT_TRUE(trusted(server, authority, "example.com", X509_PURPOSE_SSL_CLIENT, made_at));
    EXPECT_FALSE(trusted(server, authority, "example.org", X509_PURPOSE_SSL_SERVER, made_at));
    EXPECT_FALSE(trusted(server, authority, "192.0.2.8", X509_PURPOSE_SSL_SERVER, made_at));
    EXPECT_FALSE(trusted(server, authority, "example.com", X509_PURPOSE_SSL_SERVER, {made_at.us + 398 * day_us}));
    EXPECT_FALSE(trusted(server, authority, "example.com", X509_PURPOSE_SSL_SERVER, {made_at.us - day_us}));
    EXPECT_EQ(X509_check_ca(server.get()), 0);  // it cannot make others
    EXPECT_EQ(EVP_PKEY_get_base_id(X509_get0_pubkey(server.get())),
              key == CertificateKey::rsa_2048 ? EVP_PKEY_RSA : EVP_PKEY_EC);
    EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(server.get())), key == CertificateKey::rsa_2048 ? 2048 : 256);
  }
}

TEST_F(CaTest, an_address_can_be_the_domain) {
  ASSERT_TRUE(create_authority(files("ca"), "192.0.2.1", made_at));
  ASSERT_TRUE(
      issue_server_certificate(files("ca"), {"192.0.2.1", {}, CertificateKey::ec_p256, made_at}, files("server")));
  EXPECT_THAT(read_certificate(path("server.pem"))->names, ElementsAre("192.0.2.1"));
}

TEST_F(CaTest, serials_differ_and_are_positive) {
  make_authority();
  ASSERT_TRUE(issue({}));
  const X509Ptr first = load(path("server.pem"));
  ASSERT_TRUE(issue({}));  // again: replaced
  const X509Ptr second = load(path("server.pem"));
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(first.get()), X509_get0_serialNumber(second.get())), 0);
  EXPECT_EQ(ASN1_STRING_length(X509_get0_serialNumber(first.get())), 16);
  EXPECT_NE(ASN1_STRING_type(X509_get0_serialNumber(first.get())), V_ASN1_NEG_INTEGER);
}

TEST_F(CaTest, long_domains_are_cut_in_the_title_only) {
  const std::string longest = std::string(60, 'a').append(".").append(60, 'b').append(".com");
  ASSERT_TRUE(create_authority(files("ca"), longest, made_at));
  ASSERT_TRUE(issue_server_certificate(files("ca"), {longest, {}, CertificateKey::ec_p256, made_at}, files("server")));
  EXPECT_EQ(read_certificate(path("server.pem"))->names.at(0), longest);
  EXPECT_THAT(read_certificate(path("ca.pem"))->subject, HasSubstr(" Tertulia CA"));
}

TEST_F(CaTest, refuses_names_that_are_none) {
  make_authority();
  for (const char* bad : {"", "a b", "exam_ple.com", "*.example.com", "example.com,DNS:evil.com", "http://example.com",
                          "1.2.3.4:5061", "[::1", "example..com"})
    EXPECT_EQ(issue({bad}).reason(), Reason::domain_malformed) << bad;
  EXPECT_EQ(create_authority(files("x"), "no domain", made_at).reason(), Reason::domain_malformed);
  EXPECT_EQ(file_count(), 2U);
}

TEST_F(CaTest, names_at_the_limit) {
  make_authority();
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < certificate_hosts_max; ++i) hosts.push_back("h" + std::to_string(i) + ".example.com");
  EXPECT_TRUE(issue(hosts));
  EXPECT_EQ(read_certificate(path("server.pem"))->names.size(), certificate_hosts_max + 2);
  hosts.push_back("one.more");
  EXPECT_EQ(issue(hosts).reason(), Reason::setting_out_of_bounds);
}

TEST_F(CaTest, tells_what_is_wrong_with_files) {
  make_authority();
  ASSERT_TRUE(issue({}));
  EXPECT_FALSE(read_certificate(path("server.pem"), path("ca.key"))->key_matches);
  EXPECT_FALSE(read_certificate(path("server.pem"), path("missing"))->key_matches);
  EXPECT_FALSE(read_certificate(path("server.pem"))->key_matches);
  EXPECT_EQ(read_certificate(path("missing")).reason(), Reason::file_unreadable);
  EXPECT_EQ(read_certificate(path("ca.key")).reason(), Reason::certificate_unusable);
  fill(path("text"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_EQ(read_certificate(path("text")).reason(), Reason::certificate_unusable);
  const CertificatePaths mixed{path("ca.pem"), path("server.key")};
  EXPECT_EQ(
      issue_server_certificate(mixed, {"example.com", {}, CertificateKey::ec_p256, made_at}, files("new")).reason(),
      Reason::certificate_unusable);
  const CertificatePaths nowhere{path("no/such.pem"), path("no/such.key")};
  EXPECT_EQ(create_authority(nowhere, "example.com", made_at).reason(), Reason::file_unwritable);
}

}  // namespace
}  // namespace tertulia::io
