// SPDX-License-Identifier: Apache-2.0
// Sections inside of sections, and what is checked of several settings together.
#include <gtest/gtest.h>

#include "server/kerberos.h"
#include "server/settings.h"

namespace tertulia::server {
namespace {

using base::Reason;

TEST(SettingsFile, what_is_written_is_read_again) {
  ServerSettings settings;
  settings.domains = {"example.com"};
  settings.lync_ntlm = false;
  settings.kerberos_keytab = "keys/sip.keytab";
  settings.kerberos_realms = {"CORP.LOCAL=example.com"};
  settings.page_idle = 60;
  const std::string text = to_toml(settings);
  EXPECT_NE(text.find("\n[lync.kerberos]\n"), std::string::npos);
  EXPECT_NE(text.find("\nkeytab = \"keys/sip.keytab\"\n"), std::string::npos);
  const auto read = parse_settings(text);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, settings);
  EXPECT_EQ(shard_settings(*read).lync.kerberos_realms.at(0).realm, "CORP.LOCAL");
  EXPECT_EQ(shard_settings(*read).lync.kerberos_realms.at(0).domain, "example.com");
}

TEST(SettingsFile, the_spanish_file_says_bounds_and_units_in_spanish) {
  const std::string text = to_toml(ServerSettings{}, base::Language::spanish);
  EXPECT_NE(text.find(", de 30 a 86400 segundos"), std::string::npos);
  for (const char* english : {"# default ", " to ", " seconds", "needs a restart", ", switch", " one of "})
    EXPECT_EQ(text.find(english), std::string::npos) << english;
  for (const Setting& setting : all_settings())
    for (const std::string_view word : {std::string_view(setting.kind), std::string_view(setting.unit)}) {
      if (word.find('|') != std::string_view::npos || word == "bytes" || word.empty()) continue;
      EXPECT_NE(word_of(word, base::Language::spanish), word) << setting.name;
    }
}

TEST(SettingsFile, unknown_names_inside_of_a_section_are_named) {
  for (const char* text : {"[lync.kerberos]\nkeytable = \"x\"\n", "[lync.kerberos.more]\nkeytab = \"x\"\n",
                           "[lync.other]\nkeytab = \"x\"\n"}) {
    const auto read = parse_settings(text);
    EXPECT_EQ(read.reason(), Reason::setting_unknown) << text;
    EXPECT_EQ(read.error().detail.substr(0, 5), "lync.") << read.error().detail;
  }
  EXPECT_EQ(parse_settings("lync.kerberos.keytab = \"x\"\n")->kerberos_keytab, "x") << "another way to write it";
}

TEST(SettingsFile, a_realm_belongs_to_a_domain_of_ours) {
  const std::string begin = "[server]\ndomains = [\"example.com\"]\n[lync.kerberos]\nrealms = ";
  EXPECT_TRUE(parse_settings(begin + "[\"A=example.com\", \"B.C=example.com\"]\n"));
  for (const char* wrong : {"\"A\"", "\"A=other.com\"", "\"=example.com\"", "[\"A=example.com\", \"A=\"]"})
    EXPECT_EQ(parse_settings(begin + wrong + "\n").reason(), Reason::setting_out_of_bounds) << wrong;
}

TEST(SettingsFile, domains_and_host_are_names) {
  const std::string begin = "[server]\ndomains = [\"example.com\", \"";
  EXPECT_TRUE(parse_settings(begin + "other.example\"]\nhost = \"192.0.2.1\"\n"));
  EXPECT_TRUE(parse_settings(begin + "192.0.2.1\"]\nhost = \"[2001:db8::1]\"\n"));
  for (const char* domain : {"bad_domain", "example.com:5061", "sip:example.com", "a..b", "-a.b"}) {
    const auto read = parse_settings(begin + domain + "\"]\n");
    EXPECT_EQ(read.reason(), Reason::setting_out_of_bounds) << domain;
    EXPECT_EQ(read.error().detail.substr(0, 16), "server.domains: ") << read.error().detail;
  }
  for (const char* host : {"", "sip.example.com:5061", "sip example"}) {
    const auto read = parse_settings(begin + "b\"]\nhost = \"" + host + "\"\n");
    EXPECT_EQ(read.reason(), Reason::setting_out_of_bounds) << host;
    EXPECT_EQ(read.error().detail.substr(0, 13), "server.host: ") << read.error().detail;
  }
}

TEST(KerberosOfSettings, the_service_is_that_of_our_host) {
  ServerSettings settings;
  settings.host = "sip.example.com";
  EXPECT_EQ(kerberos_service(settings), "sip/sip.example.com");
  settings.kerberos_service = "sip/pool.example.com";
  EXPECT_EQ(kerberos_service(settings), "sip/pool.example.com");
}

TEST(KerberosOfSettings, without_a_keytab_or_without_the_dialect_there_is_none) {
  const DataFolder folder("/nowhere");
  ServerSettings settings;
  const auto none = open_kerberos(folder, settings);
  EXPECT_TRUE(none && *none == nullptr);
  settings.kerberos_keytab = "sip.keytab";
  EXPECT_EQ(open_kerberos(folder, settings).reason(), Reason::file_unreadable);
  settings.lync = false;
  const auto off = open_kerberos(folder, settings);
  EXPECT_TRUE(off && *off == nullptr);
}

}  // namespace
}  // namespace tertulia::server
