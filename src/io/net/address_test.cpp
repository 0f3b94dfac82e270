// SPDX-License-Identifier: Apache-2.0
#include "io/net/address.h"

#include <gtest/gtest.h>

namespace tertulia::io {
namespace {

TEST(SocketAddress, parses_and_prints) {
  for (const char* text : {"127.0.0.1:5061", "0.0.0.0:0", "[::1]:5061", "[::]:65535", "[2001:db8::7]:80"}) {
    const auto address = SocketAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(SocketAddress::parse("[2001:DB8:0::7]:80")->to_string(), "[2001:db8::7]:80");
  EXPECT_EQ(SocketAddress::parse("[::1]:5061")->host(), "::1");
}

TEST(SocketAddress, refuses_what_is_no_address_and_port) {
  for (const std::string& text :
       {std::string(), std::string("5061"), std::string("127.0.0.1"), std::string("127.0.0.1:"), std::string(":5061"),
        std::string("127.0.0.1:65536"), std::string("127.0.0.1:-1"), std::string("127.0.0.1:5 "),
        std::string("localhost:5061"), std::string("::1:5061"), std::string("[127.0.0.1]:1"), std::string("[::1:5061"),
        std::string("256.0.0.1:1"), std::string("127.0.0.1\0:1", 12), std::string("[]:1")}) {
    EXPECT_EQ(SocketAddress::parse(text).reason(), base::Reason::setting_out_of_bounds) << text;
  }
}

TEST(SocketAddress, groups_an_ipv6_site_as_one_peer) {
  const auto group = [](const char* text) { return SocketAddress::parse(text)->group(); };
  EXPECT_EQ(group("[2001:db8:1:2::1]:1"), group("[2001:db8:1:2:ffff::9]:2"));
  EXPECT_NE(group("[2001:db8:1:2::1]:1"), group("[2001:db8:1:3::1]:1"));
  EXPECT_EQ(group("192.0.2.1:1"), group("192.0.2.1:2"));
  EXPECT_NE(group("192.0.2.1:1"), group("192.0.2.2:1"));
  EXPECT_NE(group("0.0.0.0:1"), group("[::]:1"));
}

TEST(SocketAddress, knows_loopback) {
  EXPECT_TRUE(SocketAddress::parse("127.3.2.1:1")->is_loopback());
  EXPECT_TRUE(SocketAddress::parse("[::1]:1")->is_loopback());
  EXPECT_FALSE(SocketAddress::parse("10.0.0.1:1")->is_loopback());
  EXPECT_FALSE(SocketAddress::parse("[::]:1")->is_loopback());
  EXPECT_FALSE(SocketAddress::parse("[2001::1]:1")->is_loopback());
}

}  // namespace
}  // namespace tertulia::io
