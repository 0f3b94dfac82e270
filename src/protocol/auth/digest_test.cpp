// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "protocol/auth/compat.h"
#include "protocol/auth/limits.h"

namespace tertulia::protocol::auth {
namespace {

using namespace std::chrono_literals;
using base::HashAlgorithm;
using base::Reason;
using base::TimePoint;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using wire::sip::AuthValue;
using wire::sip::Message;

AuthValue credentials(const std::string& text) {
  auto value = AuthValue::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return *value;
}

TEST(DigestResponse, example_of_rfc_7616_section_3_9_1) {
  const std::string common =
      "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
      "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, algorithm=";
  const auto response = [&](HashAlgorithm algorithm) {
    const std::string ha1 = make_ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
    return digest_response(credentials(common + std::string(digest_name(algorithm))), algorithm, ha1, "GET");
  };
  EXPECT_EQ(response(HashAlgorithm::md5), "8ca523f5e9506fed4657c9700eebdbec");
  EXPECT_EQ(response(HashAlgorithm::sha256), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST(DigestResponse, example_of_rfc_2617_section_3_5) {
  const std::string ha1 = make_ha1(HashAlgorithm::md5, "Mufasa", "testrealm@host.com", "Circle Of Life");
  EXPECT_EQ(ha1, "939e7578ed9e3c518a452acee763bce9");
  const std::string common =
      "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
      "uri=\"/dir/index.html\"";
  EXPECT_EQ(digest_response(credentials(common + ", qop=auth, nc=00000001, cnonce=\"0a4f113b\""), HashAlgorithm::md5,
                            ha1, "GET"),
            "6629fae49393a05397450978507c4ef1");
  EXPECT_EQ(digest_response(credentials(common), HashAlgorithm::md5, ha1, "GET"), "670fd8c2df070c60b045671b8b24ff02");
}

TEST(DigestResponse, names_of_algorithms) {
  EXPECT_EQ(digest_algorithm("md5"), HashAlgorithm::md5);
  EXPECT_EQ(digest_algorithm("SHA-256-Sess"), HashAlgorithm::sha256);
  EXPECT_EQ(digest_algorithm("SHA-512-256-sess"), HashAlgorithm::sha512_256);
  for (const char* name : {"", "-sess", "SHA1", "SHA-1", "SHA256", "MD5-", "AKAv1-MD5"})
    EXPECT_EQ(digest_algorithm(name), std::nullopt) << name;
}

TEST(DigestResponse, a_decoy_has_the_length_of_the_real_one_and_never_repeats) {
  base::Random random(1);
  EXPECT_EQ(decoy_ha1("MD5", random).size(), 32U);
  EXPECT_EQ(decoy_ha1("SHA-256", random).size(), 64U);
  EXPECT_NE(decoy_ha1("MD5", random), decoy_ha1("MD5", random));
}

TEST(DigestCompat, agents_with_a_weak_spot) {  // COMPAT table
  for (const char* agent :
       {"baresip v1.0.0 (x86_64/linux)", "baresip v2.12.0", "Baresip v0.6", "SIPp", "sipp/3.6", "sipsak 0.9.8.1"})
    EXPECT_TRUE(needs_md5_alone(agent)) << agent;
  for (const char* agent : {"", "baresip", "baresip v3.1.0 (x86_64/Linux)", "MicroSIP/3.21", "my sipsak"})
    EXPECT_FALSE(needs_md5_alone(agent)) << agent;
}

class DigestTest : public testing::Test {
 public:
  std::vector<std::string> challenges(bool stale = false) { return acceptor.challenges("", stale, random, now); }
  /// A fresh nonce.
  std::string nonce() { return std::string(credentials(challenges().front()).parameters.value("nonce")); }

  static Message request(const std::string& header, const std::string& method = "REGISTER") {
    auto message = Message::parse(method + " sip:example.com SIP/2.0\r\n" + header + "Content-Length: 0\r\n\r\n");
    EXPECT_TRUE(message.has_value());
    return *std::move(message);
  }

  struct Answer {
    std::string nonce;
    std::string nc = "00000001";
    std::string algorithm = "SHA-256";
    std::string password = "secret";
    std::string uri = "sip:example.com";
    bool qop = true;
  };
  static std::string ha1(const Answer& answer) {
    return make_ha1(digest_algorithm(answer.algorithm).value_or(HashAlgorithm::md5), "alice", "example.com",
                    answer.password);
  }
  static std::string header(const Answer& answer) {
    std::string text =
        "Digest username=\"alice\", realm=\"example.com\", nonce=\"" + answer.nonce + "\", uri=\"" + answer.uri + "\"";
    if (!answer.algorithm.empty()) text += ", algorithm=" + answer.algorithm;
    if (answer.qop || is_session_algorithm(answer.algorithm)) text += ", cnonce=\"c\\\"1\"";
    if (answer.qop) text += ", qop=auth, nc=" + answer.nc;
    const HashAlgorithm algorithm = digest_algorithm(answer.algorithm).value_or(HashAlgorithm::md5);
    return text + ", response=\"" + digest_response(credentials(text), algorithm, ha1(answer), "REGISTER") + "\"";
  }
  Reason judge(const Answer& answer) {
    const Message message = request("Authorization: " + header(answer) + "\r\n");
    const auto presented = acceptor.presented(message);
    if (!presented) return presented.reason();
    EXPECT_EQ(presented->user_name, "alice");
    Answer right = answer;
    right.password = "secret";
    return acceptor.check(*presented, message, ha1(right), now).reason();
  }
  Reason reason_of(const std::string& headers) { return acceptor.presented(request(headers)).reason(); }

  DigestSettings settings{"example.com"};
  DigestAcceptor acceptor{settings};
  base::Random random{std::uint64_t{7}};
  TimePoint now{50'000'000};
};

TEST_F(DigestTest, offers_sha_256_first_then_md5_with_one_nonce) {  // RFC 8760 2.4
  const std::vector<std::string> values = challenges();
  ASSERT_EQ(values.size(), 2U);
  EXPECT_THAT(values[0], StartsWith("Digest realm=\"example.com\", nonce=\""));
  EXPECT_THAT(values[0], EndsWith("\", algorithm=SHA-256, qop=\"auth\""));
  EXPECT_THAT(values[1], EndsWith("\", algorithm=MD5, qop=\"auth\""));
  EXPECT_EQ(credentials(values[0]).parameters.value("nonce"), credentials(values[1]).parameters.value("nonce"));
  EXPECT_EQ(credentials(values[0]).parameters.value("nonce").size(), nonce_length);
  EXPECT_THAT(challenges(true)[0], EndsWith(", stale=true"));
  EXPECT_NE(challenges(), challenges());
}

TEST_F(DigestTest, weak_clients_are_offered_md5_alone_but_only_where_md5_is_allowed) {
  EXPECT_THAT(acceptor.challenges("SIPp", false, random, now), ElementsAre(HasSubstr("algorithm=MD5,")));
  settings.algorithms = {HashAlgorithm::sha256};
  EXPECT_THAT(acceptor.challenges("SIPp", false, random, now), ElementsAre(HasSubstr("algorithm=SHA-256,")));
}

TEST_F(DigestTest, the_right_password_passes_with_each_algorithm) {
  settings.algorithms.push_back(HashAlgorithm::sha512_256);
  for (const char* algorithm : {"SHA-256", "sha-256", "MD5", "", "SHA-256-sess", "MD5-sess", "SHA-512-256"})
    EXPECT_EQ(judge({.nonce = nonce(), .algorithm = algorithm}), Reason::none) << algorithm;
}

TEST_F(DigestTest, a_wrong_password_is_refused_and_the_nonce_stays_good) {
  const std::string one = nonce();
  EXPECT_EQ(judge({.nonce = one, .password = "Secret"}), Reason::credentials_wrong);
  EXPECT_EQ(judge({.nonce = one}), Reason::none);
}

TEST_F(DigestTest, a_response_in_upper_case_or_of_another_length) {
  const std::string text = header({.nonce = nonce()});
  const std::size_t start = text.find("response=\"") + 10;
  for (const auto& [response, reason] :
       {std::pair{std::string(64, 'A'), Reason::credentials_wrong},
        std::pair{std::string("0"), Reason::credentials_wrong}, std::pair{text.substr(start, 64), Reason::none}}) {
    const Message message = request("Authorization: " + text.substr(0, start) + response + "\"\r\n");
    const auto presented = acceptor.presented(message);
    ASSERT_TRUE(presented.has_value());
    EXPECT_EQ(acceptor.check(*presented, message, ha1({}), now).reason(), reason);
  }
}

TEST_F(DigestTest, a_nonce_belongs_to_its_connection) {
  DigestAcceptor other(settings);
  const std::string foreign(credentials(other.challenges("", false, random, now)[0]).parameters.value("nonce"));
  EXPECT_EQ(judge({.nonce = foreign}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = "invented"}), Reason::nonce_stale);
}

TEST_F(DigestTest, a_nonce_ends_with_its_lifetime) {
  const std::string one = nonce();
  now = now + (5min - 1us);
  EXPECT_EQ(judge({.nonce = one}), Reason::none);
  now = now + 1us;
  EXPECT_EQ(judge({.nonce = one, .nc = "00000002"}), Reason::nonce_stale);
}

TEST_F(DigestTest, each_count_is_accepted_once) {
  const std::string one = nonce();
  EXPECT_EQ(judge({.nonce = one, .nc = "00000001"}), Reason::none);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000001"}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000003"}), Reason::none);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000002"}), Reason::none);  // overtaken on its way
  EXPECT_EQ(judge({.nonce = one, .nc = "00000002"}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000042"}), Reason::none);  // 0x42 = 66
  EXPECT_EQ(judge({.nonce = one, .nc = "00000002"}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000004"}), Reason::none);  // 62 back
  EXPECT_EQ(judge({.nonce = one, .nc = "00000043"}), Reason::none);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000044"}), Reason::none);
  EXPECT_EQ(judge({.nonce = one, .nc = "00000005"}), Reason::none);         // 63 back: the last place of the window
  EXPECT_EQ(judge({.nonce = one, .nc = "00000004"}), Reason::nonce_stale);  // 64 back
  EXPECT_EQ(judge({.nonce = one, .nc = "FFFFFFFF"}), Reason::none);
  EXPECT_EQ(judge({.nonce = one, .nc = "ffffffff"}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = one, .nc = "fffffffe"}), Reason::none);
}

TEST_F(DigestTest, without_qop_a_nonce_serves_one_request) {  // RFC 2069
  const std::string one = nonce();
  EXPECT_EQ(judge({.nonce = one, .qop = false}), Reason::none);
  EXPECT_EQ(judge({.nonce = one, .qop = false}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = one}), Reason::nonce_stale);
  const std::string two = nonce();
  EXPECT_EQ(judge({.nonce = two}), Reason::none);
  EXPECT_EQ(judge({.nonce = two, .qop = false}), Reason::nonce_stale);
}

TEST_F(DigestTest, remembers_so_many_nonces_and_no_more) {
  const std::string oldest = nonce();
  for (std::size_t i = 1; i < nonces_max; ++i) nonce();
  EXPECT_EQ(judge({.nonce = oldest}), Reason::none);
  nonce();
  EXPECT_EQ(judge({.nonce = oldest, .nc = "00000002"}), Reason::nonce_stale);
}

TEST_F(DigestTest, the_uri_is_compared_only_when_asked) {  // COMPAT(SIPp 3.6)
  EXPECT_EQ(judge({.nonce = nonce(), .uri = "sip:elsewhere"}), Reason::none);
  settings.uri_must_match = true;
  EXPECT_EQ(judge({.nonce = nonce(), .uri = "sip:elsewhere"}), Reason::credentials_wrong);
  EXPECT_EQ(judge({.nonce = nonce(), .uri = "SIP:EXAMPLE.com"}), Reason::none);
  EXPECT_EQ(judge({.nonce = nonce()}), Reason::none);
}

TEST_F(DigestTest, what_was_not_offered_is_not_taken) {
  settings.algorithms = {HashAlgorithm::sha256};
  EXPECT_EQ(judge({.nonce = nonce(), .algorithm = "MD5"}), Reason::credentials_required);
  EXPECT_EQ(judge({.nonce = nonce(), .algorithm = ""}), Reason::credentials_required);
}

TEST_F(DigestTest, finds_our_credentials_among_others) {
  EXPECT_EQ(reason_of(""), Reason::credentials_required);
  EXPECT_EQ(reason_of("Authorization: Basic YTpi\r\n"), Reason::credentials_required);
  EXPECT_EQ(reason_of("Authorization: NTLM qop=\"auth\", realm=\"x\"\r\n"), Reason::credentials_required);
  EXPECT_EQ(reason_of("Authorization: Digest username=\"a\", realm=\"other\"\r\n"), Reason::credentials_required);
  const std::string foreign = "Authorization: Digest username=\"a\", realm=\"other\"\r\n";
  EXPECT_EQ(reason_of(foreign + "Proxy-Authorization: " + header({.nonce = "n"}) + "\r\n"), Reason::none);
  EXPECT_EQ(reason_of(foreign + "Authorization: " + header({.nonce = "n", .algorithm = "SHA-1"}) + "\r\n"),
            Reason::credentials_required);
}

TEST_F(DigestTest, refuses_credentials_of_bad_grammar) {
  const std::string good =
      "Authorization: Digest realm=\"example.com\", username=\"a\", nonce=\"n\", uri=\"u\", response=\"r\"";
  EXPECT_EQ(reason_of(good + "\r\n"), Reason::none);
  EXPECT_EQ(reason_of(good + ", qop=auth, nc=00000001, cnonce=\"c\"\r\n"), Reason::none);
  const std::string long_text(user_name_bytes_max + 1, 'a');
  for (const std::string& bad :
       {std::string("Authorization: Digest realm=\"example.com\", username=\"a"),
        std::string("Authorization: Digest realm=\"example.com\""),
        std::string(
            "Authorization: Digest realm=\"example.com\", username=\"\", nonce=\"n\", uri=\"u\", response=\"r\""),
        "Authorization: Digest realm=\"example.com\", username=\"" + long_text +
            "\", nonce=\"n\", uri=\"u\", response=\"r\"",
        std::string("Authorization: Digest realm=\"example.com\", username=\"a\", uri=\"u\", response=\"r\""),
        good + ", username*=UTF-8''a", good + ", qop=auth", good + ", qop=auth, nc=1, cnonce=\"c\"",
        good + ", qop=auth, nc=0000000g, cnonce=\"c\"", good + ", qop=auth, nc=00000000, cnonce=\"c\"",
        good + ", qop=auth, nc=00000001",
        good + ", qop=auth, nc=00000001, cnonce=\"" + std::string(cnonce_bytes_max + 1, 'c') + "\"",
        good + ", qop=auth-int, nc=00000001, cnonce=\"c\"", good + ", algorithm=MD5-sess"})
    EXPECT_EQ(reason_of(bad + "\r\n"), Reason::header_malformed) << bad;
}

TEST_F(DigestTest, reads_user_names_beyond_ascii) {  // RFC 7616 3.4
  const auto name_of = [](const std::string& value) {
    const Message message = request("Authorization: Digest realm=\"example.com\", username*=" + value +
                                    ", nonce=\"n\", uri=\"u\", response=\"r\"\r\n");
    const DigestSettings realm{"example.com"};
    const auto presented = DigestAcceptor(realm).presented(message);
    return presented ? presented->user_name : std::string(presented.error().detail);
  };
  EXPECT_EQ(name_of("UTF-8''J%C3%A4s%C3%B8n%20Doe"), "Jäsøn Doe");
  EXPECT_EQ(name_of("utf-8'en'alice%2A"), "alice*");
  for (const char* bad : {"ISO-8859-1''J%E4s", "UTF-8''%C3", "UTF-8''%C", "UTF-8''%", "UTF-8''%zz", "UTF-8'x", "alice"})
    EXPECT_EQ(name_of(bad), "username") << bad;
}

TEST_F(DigestTest, proves_itself_to_the_client) {  // RFC 7616 3.5
  const Answer answer{.nonce = nonce()};
  const Message message = request("Authorization: " + header(answer) + "\r\n");
  const auto presented = acceptor.presented(message);
  ASSERT_TRUE(presented.has_value());
  const std::string info = acceptor.authentication_info(*presented, ha1(answer), random, now);
  const AuthValue value = credentials("Digest " + info);
  EXPECT_EQ(value.parameters.value("rspauth"),
            digest_response(presented->value, HashAlgorithm::sha256, ha1(answer), ""));
  EXPECT_THAT(info, EndsWith(", qop=auth, cnonce=\"c\\\"1\", nc=00000001"));
  EXPECT_THAT(info, Not(HasSubstr("nextnonce")));
}

TEST_F(DigestTest, hands_out_the_next_nonce_in_time) {
  const Answer answer{.nonce = nonce(), .qop = false};
  const Message message = request("Authorization: " + header(answer) + "\r\n");
  const auto presented = acceptor.presented(message);
  ASSERT_TRUE(presented.has_value());
  now = now + 225s;  // three quarters of five minutes
  const std::string info = acceptor.authentication_info(*presented, ha1(answer), random, now);
  EXPECT_THAT(info, StartsWith("rspauth=\""));
  EXPECT_THAT(info, Not(HasSubstr("qop")));
  const std::string next(credentials("Digest " + info).parameters.value("nextnonce"));
  now = now + 100s;
  EXPECT_EQ(judge({.nonce = answer.nonce}), Reason::nonce_stale);
  EXPECT_EQ(judge({.nonce = next}), Reason::none);
}

}  // namespace
}  // namespace tertulia::protocol::auth
