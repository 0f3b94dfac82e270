// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/uri.h"

#include <gtest/gtest.h>

#include "wire/sip/limits.h"

namespace tertulia::wire::sip {
namespace {

using namespace std::string_literals;

struct Good {
  std::string text;
  Scheme scheme;
  std::string user;
  std::string host;
  std::string canonical;
};

TEST(Uri, reads_and_writes) {
  const std::vector<Good> table = {
      {"sip:alice@atlanta.com", Scheme::sip, "alice", "atlanta.com", "sip:alice@atlanta.com"},
      {"sip:alice:secretword@atlanta.com;transport=tcp", Scheme::sip, "alice", "atlanta.com",
       "sip:alice@atlanta.com;transport=tcp"},
      {"sips:alice@Atlanta.COM?subject=project%20x&priority=urgent", Scheme::sips, "alice", "atlanta.com",
       "sips:alice@atlanta.com?subject=project%20x&priority=urgent"},
      {"sip:+1-212-555-1212:1234@gateway.com;user=phone", Scheme::sip, "+1-212-555-1212", "gateway.com",
       "sip:+1-212-555-1212@gateway.com;user=phone"},
      {"sips:1212@gateway.com", Scheme::sips, "1212", "gateway.com", "sips:1212@gateway.com"},
      {"sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", Scheme::sip, "", "atlanta.com",
       "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com"},
      {"sip:alice;day=tuesday@atlanta.com", Scheme::sip, "alice;day=tuesday", "atlanta.com",
       "sip:alice;day=tuesday@atlanta.com"},
      {"SIP:%61lice@atlanta.com", Scheme::sip, "alice", "atlanta.com", "sip:alice@atlanta.com"},
      {"sip:[2001:DB8::1]:5061", Scheme::sip, "", "2001:db8::1", "sip:[2001:db8::1]:5061"},
      {"sip:bob@192.0.2.1:5060;lr", Scheme::sip, "bob", "192.0.2.1", "sip:bob@192.0.2.1:5060;lr"},
      {"sip:alice@example.com;opaque=user:epid:x164d5566e6d25a499053;gruu", Scheme::sip, "alice", "example.com",
       "sip:alice@example.com;opaque=user:epid:x164d5566e6d25a499053;gruu"},
      {"sip:j\xc3\xbcrgen@example.com", Scheme::sip, "j\xc3\xbcrgen", "example.com", "sip:j%c3%bcrgen@example.com"},
      {"tel:+358-555-1234567;postd=pp22", Scheme::tel, "+358-555-1234567", "", "tel:+358-555-1234567;postd=pp22"},
      {"tel:7042;phone-context=example.com", Scheme::tel, "7042", "", "tel:7042;phone-context=example.com"},
      {"im:fred@example.com", Scheme::im, "fred", "example.com", "im:fred@example.com"},
      {"pres:fred@example.com", Scheme::pres, "fred", "example.com", "pres:fred@example.com"},
      {"isbn:2983792873", Scheme::other, "", "", "isbn:2983792873"},
      {"urn:service:sos", Scheme::other, "", "", "urn:service:sos"},
  };
  for (const Good& good : table) {
    SCOPED_TRACE(good.text);
    const Result<Uri> uri = Uri::parse(good.text);
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->scheme, good.scheme);
    EXPECT_EQ(uri->user, good.user);
    EXPECT_EQ(uri->host, good.host);
    EXPECT_EQ(uri->to_string(), good.canonical);
    const Result<Uri> again = Uri::parse(good.canonical);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->to_string(), good.canonical);
    EXPECT_EQ(again->address_of_record(), uri->address_of_record());
  }
}

TEST(Uri, refuses) {
  for (const std::string& text : std::vector<std::string>{"",
                                                          "sip",
                                                          "sip:",
                                                          ":x",
                                                          "1sip:a@b",
                                                          "sip:@example.com",
                                                          "sip::pw@example.com",
                                                          "sip:a@",
                                                          "sip:a@b@c",
                                                          "sip:a b@c",
                                                          " sip:a@b",
                                                          "sip:a@b ",
                                                          "<sip:a@b>",
                                                          "sip:a%4@b",
                                                          "sip:a%zz@b",
                                                          "sip:a@b:port",
                                                          "sip:a@b:65536",
                                                          "sip:a@b:",
                                                          "sip:a@b:123456",
                                                          "sip:a@b;",
                                                          "sip:a@b;;lr",
                                                          "sip:a@b;=x",
                                                          "sip:a@b;x=%1",
                                                          "sip:a@[1::2::3]",
                                                          "sip:a@[::1",
                                                          "sip:a@[]",
                                                          "sip:a@[::g]",
                                                          "sip:a@[1:2:3]",
                                                          "sip:a@[1:2:3:4:5:6:7:8:9]",
                                                          "sip:a@[::1]x",
                                                          "sip:a@[1.2.3.4]",
                                                          "sip:a@[::1.2.3.256]",
                                                          "sip:a@.b",
                                                          "sip:a@b..c",
                                                          "sip:a@b_c/d",
                                                          "sip:2001:db8::10",
                                                          "sip:a\r\n@b",
                                                          "sip:\"a\"@b",
                                                          "tel:",
                                                          "tel:+",
                                                          "tel:abc xyz",
                                                          "tel:hello",
                                                          "sip:a\0b@c"s}) {
    EXPECT_FALSE(Uri::parse(text)) << text;
  }
}

TEST(Uri, key_of_a_person_is_unambiguous) {
  const auto key = [](std::string_view text) { return Uri::parse(text)->address_of_record(); };
  EXPECT_EQ(key("sip:Alice@Example.COM:5061;transport=tls"), "alice@example.com");
  EXPECT_EQ(key("sips:alice@example.com"), "alice@example.com");
  EXPECT_EQ(key("sip:example.com"), "");
  EXPECT_EQ(key("tel:+1-212-555.1212"), "+12125551212");
  EXPECT_EQ(key("sip:j%C3%BCrgen@example.com"), "j\xc3\xbcrgen@example.com");
  const std::vector<std::string> different = {
      "sip:a%40b@c", "sip:a@c",  "sip:a%00@c", "sip:a%00%00@c", "sip:a%2500@c", "sip:a%2540b@c",   "sip:a%40b%40c@c",
      "sip:a%20@c",  "sip:a+@c", "sip:%ff@c",  "sip:%25ff@c",   "sip:%c3%bc@c", "sip:%25c3%25bc@c"};
  for (std::size_t i = 0; i < different.size(); ++i)
    for (std::size_t k = i + 1; k < different.size(); ++k)
      EXPECT_NE(key(different[i]), key(different[k])) << i << " " << k;
  EXPECT_EQ(key("sip:a%00b@c").find('\0'), std::string::npos);
}

TEST(Uri, equivalence_of_rfc3261_19_1_4) {
  const auto same = [](std::string_view a, std::string_view b) {
    const bool there = Uri::parse(a)->equivalent(*Uri::parse(b));
    EXPECT_EQ(there, Uri::parse(b)->equivalent(*Uri::parse(a)));
    return there;
  };
  EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                   "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
  EXPECT_TRUE(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                   "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
  EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(same("sip:bob@biloxi.com:6000;transport=tcp", "sip:bob@biloxi.com"));
  EXPECT_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
  EXPECT_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  EXPECT_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
  EXPECT_FALSE(same("sip:a:x@b", "sip:a:y@b"));
  EXPECT_FALSE(same("sip:a@b", "sips:a@b"));
}

TEST(Uri, found_by_fuzzing_repeated_parameter_names) {
  const Result<Uri> uri = Uri::parse("sip:127.0.0.1:40964;transpo;ms-opaque=d3470f2e1rt=tls;ms-opaque=d3470f2e1d");
  ASSERT_TRUE(uri);
  EXPECT_TRUE(uri->equivalent(*uri));
  EXPECT_EQ(uri->parameters.value("ms-opaque"), "d3470f2e1rt=tls");
}

TEST(Uri, bounds) {
  std::string text = "sip:a@b";
  for (std::size_t i = 0; i < parameters_max; ++i) text += ";p" + std::to_string(i);
  EXPECT_TRUE(Uri::parse(text));
  EXPECT_FALSE(Uri::parse(text + ";one"));
  EXPECT_TRUE(Uri::parse("sip:a@" + std::string(host_bytes_max, 'h')));
  EXPECT_FALSE(Uri::parse("sip:a@" + std::string(host_bytes_max + 1, 'h')));
}

TEST(Parameters, set_find_remove) {
  Parameters parameters;
  parameters.set("tag", "1");
  parameters.set_flag("lr");
  parameters.set("tag", "2");
  EXPECT_EQ(parameters.value("tag"), "2");
  EXPECT_TRUE(parameters.has("lr"));
  EXPECT_EQ(parameters.value("lr"), "");
  EXPECT_EQ(parameters.list().size(), 2U);
  parameters.remove("tag");
  EXPECT_FALSE(parameters.has("tag"));
}

}  // namespace
}  // namespace tertulia::wire::sip
