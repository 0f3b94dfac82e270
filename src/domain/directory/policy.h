// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::domain {

enum class LinkAction : std::uint8_t { allow, block, warn };

/// What a user may do, effective (global configuration overlaid with the user's own settings).  A value, shared.
struct Policy {
  std::uint32_t endpoints_max = 8;             ///< devices at once, 1 to 64
  std::uint32_t message_bytes_max = 131072;    ///< body of one message, 1 to 262144 (product: 64 to 256 KB)
  bool offline_messages = true;                ///< keep messages for an absent recipient
  std::uint32_t offline_messages_max = 500;    ///< kept for one recipient, 1 to 10000
  bool html_messages = true;                   ///< he may write HTML; off: it is delivered as plain text
  bool rtf_messages = true;                    ///< the same for RTF; both off: every text of his is plain
  bool link_filter = true;                     ///< act on links in messages
  LinkAction link_action = LinkAction::allow;  ///< allow = deliver with `_` before the link and `link_notice` in front
  std::string link_notice;                     ///< text in front when links are allowed (may be empty)
  std::string link_warning;                    ///< text in front when action is warn (empty: filter is off)
  std::uint32_t links_max = 1000;              ///< in one message, beyond: block, 1 to 1000
  bool block_file_extension = true;            ///< links to files of dangerous kinds are always blocked
  std::vector<std::string> link_prefixes;      ///< default list of the product (im-policies 6)
  std::vector<std::string> file_extensions;    ///< default list of the product (im-policies 7)
  std::vector<std::string> local_domains;      ///< links into these pass unmodified
  std::uint32_t inactive_after = 5;            ///< minutes without use of any device until Inactive, 0 (never) to 360
  std::uint32_t away_after = 5;                ///< further minutes until Away, 0 (never) to 360
  bool phone_presence = true;                  ///< calls turn the user Busy
  bool calendar_presence = true;               ///< meetings and absences of the calendar show
  bool appear_offline = false;                 ///< the user may show himself offline while signed in
  bool contacts_only_presence = false;         ///< privacy mode: only people on the own contact list see presence
  std::uint32_t watchers_max = 1000;           ///< who may watch this user at once, 0 to 3000 (product)
  std::uint32_t subscriptions_max = 200;       ///< subscriptions this user may hold at once, 1 to 1000 (product: 200)
  std::uint32_t contacts_max = 250;            ///< contacts on the user's list, 0 to 1000 (product: 250)
  std::string home_server;                     ///< who serves the user (home_server.h), empty: this server

  /// With the product's default lists filled in.
  static Policy defaults();
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// The product's file filter (im-policies 7): a file of this name may not be offered, judged by its last extension.
bool blocks_file(const Policy& policy, std::string_view name);

/// One line of the reference: name, kind, bounds and a sentence; configuration file, `user set` and manual are made
/// from it.
struct PolicySetting {
  std::string_view name;
  std::string_view kind;  ///< "number", "switch", "text", "list", "server", or the words to choose from joined by '|'
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::string_view unit;
  std::string_view sentence;  ///< English
  std::string_view sentence_es;
};
std::span<const PolicySetting> policy_settings();

/// Sets one field by its name from text (numbers decimal, switches on|off, lists joined by blanks).
/// Errors: setting_unknown, setting_out_of_bounds (detail names the bounds).
base::Result<void> set_policy(Policy& policy, std::string_view name, std::string_view value);
/// The field as text, in the form that set_policy reads.
base::Result<std::string> get_policy(const Policy& policy, std::string_view name);

}  // namespace tertulia::domain
