// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "doctor_checks.h"
#include "io/loop/clock.h"
#include "io/net/address.h"
#include "io/net/socket.h"
#include "io/secret/ca.h"
#include "io/store_sqlite/database.h"
#include "test_folder.h"

namespace tertulia::app {
namespace {

using Grade = Finding::Grade;
namespace fs = std::filesystem;

class Doctor : public DataFolderTest {
 protected:
  /// Port 0 is always free; no second network question than the one about the domain.
  void configure() const {
    write(folder().configuration(),
          "[server]\ndomains = [\"example.invalid\"]\nhost = \"localhost\"\n"
          "[listen]\nsip_tls = [\"127.0.0.1:0\"]\n[web]\nlisten = [\"127.0.0.1:0\"]\n");
  }
  const Finding* find(const std::string& check) const {
    for (const Finding& finding : findings_)
      if (finding.check == check) return &finding;
    return nullptr;
  }
  void look() { findings_ = examine(folder(), std::nullopt); }
  void expect(const std::string& check, Grade grade, const std::string& text) const {
    const Finding* finding = find(check);
    ASSERT_NE(finding, nullptr) << check;
    EXPECT_EQ(finding->grade, grade) << check << ": " << finding->text;
    EXPECT_THAT(finding->text, testing::HasSubstr(text));
    EXPECT_EQ(finding->remedy.empty(), grade == Grade::ok) << check << ": each finding names its remedy";
  }
  std::vector<Finding> findings_;
};

TEST_F(Doctor, without_a_folder_says_how_to_make_one) {
  look();
  ASSERT_EQ(findings_.size(), 1U);
  expect("folder", Grade::fault, "is no data folder");
  EXPECT_THAT(findings_.front().remedy, testing::HasSubstr("tertulia init --data " + root()));
  const std::string where = root();
  EXPECT_EQ(run({"doctor", "--data", where.c_str()}).code, static_cast<int>(Exit::unhealthy));
}

TEST_F(Doctor, bad_configuration_is_named_and_nothing_more_is_guessed) {
  init();
  write(folder().configuration(), "[listen\n");
  look();
  expect("configuration", Grade::fault, "line 1");
  EXPECT_EQ(find("certificate"), nullptr);
}

TEST_F(Doctor, fresh_folder_is_sound) {
  init();
  configure();
  look();
  expect("folder", Grade::ok, "");
  expect("key", Grade::ok, "");
  expect("certificate", Grade::ok, "valid until");
  expect("store", Grade::ok, "sound; 0 users");
  std::filesystem::remove(folder().store());
  look();
  expect("store", Grade::fault, "is missing");
  expect("ports", Grade::ok, "free");
  for (const Finding& finding : findings_)
    EXPECT_TRUE(finding.grade != Grade::fault || finding.check == "store") << finding.check << finding.text;
  write(folder().store(), "");
  look();
  expect("store", Grade::fault, "it is empty");
}

TEST_F(Doctor, the_remedy_is_that_of_the_fault) {
  init();
  configure();
  fs::permissions(folder().secret_key(), fs::perms::others_read, fs::perm_options::add);
  fs::permissions(folder().store(), fs::perms::owner_read);
  look();
  expect("key", Grade::fault, "");
  EXPECT_EQ(find("key")->remedy, "chmod 600 " + folder().secret_key().string());
  expect("store", Grade::fault, "may only be read");
  EXPECT_THAT(find("store")->remedy, testing::HasSubstr("chmod 600"));
  fs::permissions(folder().store(), fs::perms::owner_read | fs::perms::owner_write);
  {
    auto database = io::Database::open(folder().store().string(), io::Database::Access::read_write);
    ASSERT_TRUE(database && database->execute("PRAGMA user_version=999;"));
  }
  look();
  expect("store", Grade::fault, "version 999");
  EXPECT_EQ(find("store")->remedy, "install the newer version of Tertulia that wrote it");
}

TEST_F(Doctor, the_port_of_health_and_metrics_is_looked_at) {
  init();
  const auto taken = io::open_listener(*io::SocketAddress::parse("127.0.0.1:0"), io::PortSharing::alone);
  ASSERT_TRUE(taken);
  const std::string text = io::local_address(taken->get()).to_string();
  write(folder().configuration(),
        "[server]\ndomains = [\"example.invalid\"]\nhost = \"localhost\"\n[web]\nlisten = []\n"
        "[listen]\nsip_tls = [\"127.0.0.1:0\"]\nhttp = \"" +
            text + "\"\n");
  look();
  EXPECT_TRUE(std::any_of(findings_.begin(), findings_.end(), [&](const Finding& finding) {
    return finding.check == "ports" && finding.grade == Grade::fault && finding.text.starts_with(text);
  }));
}

TEST_F(Doctor, missing_key_expired_certificate_and_damaged_store_are_faults_with_remedies) {
  init();
  configure();
  fs::remove(folder().secret_key());
  const base::WallTime long_ago{io::SystemClock().now().wall.us - 2LL * 365 * 24 * 3600 * 1'000'000};
  const io::CertificatePaths authority{folder().ca_certificate().string(), folder().ca_key().string()};
  ASSERT_TRUE(io::issue_server_certificate(
      authority, {"example.invalid", {"localhost"}, io::CertificateKey::ec_p256, long_ago},
      {folder().resolve("tls/server.pem").string(), folder().resolve("tls/server-key.pem").string()}));
  write(folder().store(), std::string(8192, 'x'));
  fs::permissions(folder().root(), fs::perms::others_read | fs::perms::owner_all);
  look();
  expect("folder", Grade::warning, "others may look");
  expect("key", Grade::fault, "");
  expect("certificate", Grade::fault, "ended on");
  expect("store", Grade::fault, "");
}

TEST_F(Doctor, kerberos_is_looked_at_where_it_is_wanted) {
  init();
  configure();
  look();
  EXPECT_EQ(find("kerberos"), nullptr);
  const std::string common =
      "[server]\ndomains = [\"example.invalid\"]\nhost = \"localhost\"\n[listen]\nsip_tls = [\"127.0.0.1:0\"]\n";
  write(folder().configuration(), common + "[lync.kerberos]\nkeytab = \"sip.keytab\"\n");
  look();
  expect("kerberos", Grade::fault, "sip.keytab");
  // sip/localhost@R, key version 7, a key of 16 octets for aes128-cts-hmac-sha1-96
  const std::string entry = std::string("\0\2\0\1R\0\3sip\0\011localhost\0\0\0\1\0\0\0\0\7\0\x11\0\x10", 34) +
                            std::string(16, 'k') + std::string("\0\0\0\7", 4);
  const std::string keytab = std::string("\5\2\0\0\0", 5) + static_cast<char>(entry.size()) + entry;
  write(folder().resolve("sip.keytab"), keytab);
  look();
  expect("kerberos", Grade::ok, "sip/localhost@R: key version 7, aes128-cts-hmac-sha1-96");
  const auto told = [&](const std::string& text) {
    return std::any_of(findings_.begin(), findings_.end(), [&](const Finding& finding) {
      return finding.check == "kerberos" && finding.text.find(text) != std::string::npos && !finding.remedy.empty();
    });
  };
  EXPECT_TRUE(told("the realm R belongs to no domain"));
  EXPECT_TRUE(told("others may look into"));
  write(folder().configuration(),
        common + "[lync.kerberos]\nkeytab = \"sip.keytab\"\nservice = \"sip/other\"\nrealms = \"R=example.invalid\"\n");
  look();
  expect("kerberos", Grade::fault, "holds no key of sip/other");
}

TEST_F(Doctor, key_of_another_certificate_is_a_fault) {
  init();
  configure();
  fs::copy_file(folder().resolve("tls/server-rsa-key.pem"), folder().resolve("tls/server-key.pem"),
                fs::copy_options::overwrite_existing);
  const std::string where = root();
  const Outcome outcome = run({"doctor", "--data", where.c_str(), "--json"});
  EXPECT_EQ(outcome.code, static_cast<int>(Exit::unhealthy));
  const auto answer = nlohmann::json::parse(outcome.out, nullptr, false);
  ASSERT_TRUE(answer.is_object());
  EXPECT_FALSE(answer["ok"].get<bool>());
  bool told = false;
  for (const auto& finding : answer["result"])
    told = told || (finding["check"] == "certificate" && finding["grade"] == "fault" &&
                    finding["text"] == "the key does not belong to the certificate");
  EXPECT_TRUE(told) << outcome.out;
}

}  // namespace
}  // namespace tertulia::app
