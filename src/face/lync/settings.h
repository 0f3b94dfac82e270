// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "face/lync/photo_address.h"

namespace tertulia::face::lync {

/// A realm of Kerberos whose people are those of a domain served here.
struct KerberosRealm {
  std::string realm;   ///< CORP.EXAMPLE.COM; case counts
  std::string domain;  ///< example.com
};

/// Settings of the Lync dialect; one copy per shard, taken at the start.
struct LyncSettings {
  bool enabled = true;                   ///< off: clients of the dialect are treated like standard ones
  bool ntlm = true;                      ///< offered as a way to sign in
  std::string host;                      ///< our name as the target of signatures
  std::string version;                   ///< of the server, for Server
  std::string address_book = {};         ///< where clients search the directory; empty: over SIP
  std::string certificate_service = {};  ///< where clients get certificates for TLS-DSK
  /// Address of the folder of join pages (face/web_join), "https://fe1.example.com:4443/meet/"; empty: clients are told none.
  std::string join_pages = {};
  std::vector<KerberosRealm> kerberos_realms = {};  ///< realms that are not a domain's name in capitals
  PhotoAddresses photos = {};                       ///< where clients fetch pictures of people
};

}  // namespace tertulia::face::lync
