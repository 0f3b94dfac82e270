// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "link.h"
#include "lync_phone.h"

namespace tertulia::bench {

/// Of a registration, subscription or publication; longer than any run.
inline constexpr std::size_t lease_seconds = 3600;
inline constexpr std::string_view pidf_type = "application/pidf+xml";
inline constexpr std::string_view list_types = "multipart/related, application/rlmi+xml, application/pidf+xml";

/// Who signs in.
struct Account {
  std::string user;
  std::string address;  ///< user@domain
  std::string ha1;      ///< H(A1) by SHA-256, made once
};
/// The account with this number, as tertulia-bench-users makes it.
Account make_account(std::size_t number, const std::string& domain, const std::string& password, base::Hasher& hasher);
std::string user_name(std::size_t number);

/// One signed-in client: writes requests with credentials, answers a challenge, remembers its one dialog.
class Phone {
 public:
  Phone(std::uint64_t id, int fd, ssl_ctx_st* context, const Account& account, base::Hasher& hasher);

  Link link;
  const std::uint64_t id;
  const Account& account;
  bool signed_in = false;
  bool asked = false;  ///< has sent its first REGISTER
  bool dirty = false;
  bool watched_for_write = false;
  int step = 0;                   ///< how far a scenario is with it
  std::optional<LyncPhone> lync;  ///< of a client of the Lync family

  /// `contact_parameters`: behind the Contact address, with their semicolon.
  std::string register_request(std::string_view contact_parameters = {}, std::size_t expires = lease_seconds);
  std::string page(const Phone& to, std::string_view body);
  std::string invite(const Phone& to);
  /// Into the conference with this URI.
  std::string enter(const std::string& uri);
  /// A message in the dialog that `accepted` began.
  std::string say(std::string_view body);
  /// An INVITE with a description of audio; its dialog as that of `invite`.
  std::string call(const Phone& to);
  std::string bye();
  /// 180 for a request to us.
  std::string ringing(std::string_view request) const;
  /// `address`: a user's, or his list's with `types` of RFC 4662.  The dialog of our one subscription begins with
  /// `subscribed`.
  std::string subscribe(const std::string& address, std::string_view types);
  void subscribed(std::string_view answer);
  std::string unsubscribe();
  /// `tag`: of the piece to change or to remove (RFC 3903); no body removes.
  std::string publish(std::string_view body, std::string_view tag = {});
  /// Of the Lync family: SUBSCRIBE to the own `event`, and SERVICE.
  std::string subscribe_own(std::string_view event, std::string_view headers, std::string_view body);
  std::string service(std::string_view content_type, std::string_view body);
  /// Takes a challenge out of a 401; false when it has none for SHA-256.
  bool take_challenge(std::string_view answer);
  /// The 200 of our INVITE: gives the ACK.
  std::string accepted(std::string_view answer);
  /// The 200 for a request to us.
  std::string ok(std::string_view request) const;

 private:
  std::string request(std::string_view method, std::string_view uri, std::string_view to, std::string_view call_id,
                      std::string_view extra, std::string_view body);
  std::string credentials(std::string_view method, std::string_view uri);
  std::string contact(std::string_view parameters) const;
  std::string subscribe_request(std::size_t expires);

  base::Hasher& hasher_;
  std::uint16_t port_ = 0;
  std::string nonce_;
  std::uint32_t nonce_count_ = 0;
  std::uint32_t cseq_ = 0;
  std::uint32_t calls_ = 0;
  std::string dialog_target_, dialog_to_, dialog_call_;
  std::string watch_target_, watch_to_, watch_types_;
};

/// An INVITE that offers audio.
bool is_call(std::string_view request);

}  // namespace tertulia::bench
