// SPDX-License-Identifier: Apache-2.0
// Names that lead to one device (RFC 5627).
#include <gtest/gtest.h>

#include <set>

#include "domain/endpoint/limits.h"
#include "domain/endpoint/registrar_script.h"
#include "domain/endpoint/temporary_gruu.h"

namespace tertulia::domain {
namespace {

using base::Reason;
using namespace std::chrono_literals;

class GruuTest : public testing::Test, protected RegistrarScript {
 protected:
  BindRequest device_request(const std::string& uri, const std::string& instance, std::uint32_t reg_id = 0) {
    BindRequest made = request({contact(uri, 600s, instance, reg_id)});
    made.gruu_wanted = true;
    return made;
  }
  /// Whether and where a device is: its target, or the reason.
  std::string where(const DeviceName& name, base::UserId user = alice) const {
    const base::Result<EndpointRoute> route = registrar.device(user, name);
    return route ? *route->remote_target : std::string(base::name_of(route.reason()));
  }
  std::string where_temporary(const std::string& token) const {
    const auto read = read_temporary_gruu(GruuKey{}, token);
    return read ? where({{}, read->series}, read->user) : "unreadable";
  }
};

TEST(TemporaryGruu, only_its_key_reads_it) {
  base::Random random(1);
  GruuKey key{};
  key[31] = 7;
  const TemporaryGruu gruu{{0xfedcba98}, 0x0123456789abcdefULL};
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string token = make_temporary_gruu(key, gruu, random);
    EXPECT_EQ(token.size(), temporary_gruu_octets);
    EXPECT_EQ(read_temporary_gruu(key, token), gruu);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 100U);  // nobody sees that they name the same
  const std::string token = *tokens.begin();
  std::string upper = token;
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  EXPECT_EQ(read_temporary_gruu(key, upper), gruu);
  EXPECT_FALSE(read_temporary_gruu(GruuKey{}, token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string forged = token;
    forged[i] = forged[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(read_temporary_gruu(key, forged)) << i;
  }
  for (const std::string& bad : {std::string(), token.substr(1), token + "a", std::string(temporary_gruu_octets, '!')})
    EXPECT_FALSE(read_temporary_gruu(key, bad));
}

TEST_F(GruuTest, public_name_leads_to_the_device_while_it_is_here) {
  const std::string id = bind(device_request("sip:desk@1", "urn:uuid:desk")).bindings.at(0).public_gruu_id;
  bind(device_request("sip:phone@1", "urn:uuid:phone"));
  EXPECT_EQ(where({id, 0}), "sip:desk@1");
  EXPECT_EQ(where({"urn:uuid:desk", 0}), "sip:desk@1");  // the device itself may be named
  EXPECT_EQ(where({"urn:uuid:phone", 0}), "sip:phone@1");
  EXPECT_EQ(where({id, 0}, bob), "recipient_unavailable");
  EXPECT_EQ(where({"nobody", 0}), "recipient_unavailable");
  bind({contact("sip:desk@1", 0s, "urn:uuid:desk")});
  EXPECT_EQ(where({id, 0}), "recipient_unavailable");  // RFC 5627 5.1: still valid
  bind(device_request("sip:desk@2", "urn:uuid:desk"));
  EXPECT_EQ(where({id, 0}), "sip:desk@2");
}

TEST_F(GruuTest, temporary_names_of_one_registration_all_lead_there_until_it_ends) {
  BindRequest wanted = device_request("sip:desk@1", "urn:uuid:desk");
  const std::string first = bind(wanted).bindings.at(0).temporary_gruu_id;
  wanted.cseq += 1;
  const std::string second = bind(wanted).bindings.at(0).temporary_gruu_id;
  EXPECT_NE(first, second);
  EXPECT_EQ(where_temporary(first), "sip:desk@1");
  EXPECT_EQ(where_temporary(second), "sip:desk@1");
  wanted.call_id = "restarted";  // RFC 5627 5.4
  const std::string third = bind(wanted).bindings.at(0).temporary_gruu_id;
  EXPECT_EQ(where_temporary(first), "destination_unknown");
  EXPECT_EQ(where_temporary(third), "sip:desk@1");
  pass(601s);
  registrar.on_deadline(now);
  EXPECT_EQ(where_temporary(third), "destination_unknown");
  EXPECT_EQ(where({{}, 0}), "destination_unknown");
}

TEST_F(GruuTest, settings_do_not_change_the_key) {
  const std::string token = bind(device_request("sip:desk@1", "i")).bindings.at(0).temporary_gruu_id;
  RegistrarSettings changed;
  changed.gruu_key.fill(1);
  registrar.set_settings(changed);
  const std::string later = registrar.bindings(alice, now).at(0).temporary_gruu_id;
  EXPECT_EQ(where_temporary(token), "sip:desk@1");
  EXPECT_EQ(where_temporary(later), "sip:desk@1");
}

TEST_F(GruuTest, device_with_several_flows_gives_the_newest) {  // RFC 5626 5.3
  bind(device_request("sip:desk@1", "i", 1));
  pass(10s);
  bind(device_request("sip:desk@2", "i", 2));
  EXPECT_EQ(where({"i", 0}), "sip:desk@2");
  pass(10s);
  bind(device_request("sip:desk@1", "i", 1));
  EXPECT_EQ(where({"i", 0}), "sip:desk@1");
}

TEST_F(GruuTest, contact_without_a_device_has_no_name) {
  BindRequest wanted = request({contact("sip:plain@1")});
  wanted.gruu_wanted = true;
  EXPECT_EQ(bind(wanted).bindings.at(0).public_gruu_id, "");
  EXPECT_EQ(where({"", 0}), "destination_unknown");
}

}  // namespace
}  // namespace tertulia::domain
