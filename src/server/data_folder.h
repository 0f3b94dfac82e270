// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/settings.h"

namespace tertulia::server {

/// Where a server keeps what must survive: one folder, mode 0700, made by `tertulia init`.
class DataFolder {
 public:
  explicit DataFolder(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path configuration() const { return root_ / "tertulia.toml"; }
  std::filesystem::path store() const { return root_ / "tertulia.db"; }
  std::filesystem::path secret_key() const { return root_ / "keys" / "secret.key"; }
  std::filesystem::path ca_certificate() const { return root_ / "tls" / "ca.pem"; }
  std::filesystem::path ca_key() const { return root_ / "keys" / "ca-key.pem"; }
  /// Of the authority that certifies users, made at the first start that needs it.
  std::filesystem::path users_ca_certificate() const { return root_ / "tls" / "users-ca.pem"; }
  std::filesystem::path users_ca_key() const { return root_ / "keys" / "users-ca-key.pem"; }
  std::filesystem::path admin_socket() const { return root_ / "admin.sock"; }
  /// A path of the configuration: relative ones are below the folder.
  std::filesystem::path resolve(const std::string& path) const;
  bool initialised() const { return std::filesystem::exists(configuration()); }

  struct InitOptions {
    std::string domain;
    std::vector<std::string> hosts;  ///< names and addresses that clients use to reach this machine
    base::Language language = base::Language::english;
    bool new_key = false;  ///< make a key although users have passwords, which are lost with the old one
  };
  struct Initialised {
    std::vector<std::string> unnamed_hosts;  ///< wanted hosts that the certificate there does not name
  };
  /// Makes folder, key, certificates, store and configuration.  Nothing that exists is overwritten: a second call
  /// completes what is missing and changes nothing else.  Errors: domain_malformed and setting_out_of_bounds for bad names,
  /// for which nothing is made; domain_foreign for a domain that the folder there does not serve, file_unreadable when the
  /// key is missing but users have passwords, file_unwritable ...
  base::Result<Initialised> init(const InitOptions& options) const;

 private:
  std::filesystem::path root_;
};

}  // namespace tertulia::server
