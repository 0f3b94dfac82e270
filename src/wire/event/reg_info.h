// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::event {

using base::Result;

/// RFC 3680 4.6 and 5.
enum class RegistrationState : std::uint8_t { init, active, terminated };
enum class ContactState : std::uint8_t { active, terminated };
enum class ContactEvent : std::uint8_t {
  registered,
  created,
  refreshed,
  shortened,
  expired,
  deactivated,
  probation,
  unregistered,
  rejected,
};
std::string_view name_of(RegistrationState state);
std::string_view name_of(ContactState state);
std::string_view name_of(ContactEvent event);

struct RegContact {
  std::string id;
  ContactState state = ContactState::active;
  ContactEvent event = ContactEvent::registered;
  std::optional<std::uint32_t> duration_seconds;  ///< "duration-registered"
  std::optional<std::uint32_t> expires_seconds;
  std::optional<std::uint32_t> retry_after_seconds;  ///< of probation
  std::string q;                                     ///< as written; empty: none
  std::string call_id;                               ///< empty: none
  std::optional<std::uint32_t> cseq;
  std::string uri;
  std::string display_name;
  /// Contact parameters the document has no element for, "+sip.instance" among them.
  struct Parameter {
    std::string name, value;
    friend bool operator==(const Parameter&, const Parameter&) = default;
  };
  std::vector<Parameter> unknown_parameters;
  /// RFC 5628; empty: none.
  std::string public_gruu;
  std::string temporary_gruu;
  std::uint32_t temporary_gruu_first_cseq = 0;
  friend bool operator==(const RegContact&, const RegContact&) = default;
};

struct Registration {
  std::string aor;
  std::string id;
  RegistrationState state = RegistrationState::init;
  std::vector<RegContact> contacts;
  friend bool operator==(const Registration&, const Registration&) = default;
};

/// `application/reginfo+xml` (RFC 3680 5).
struct RegInfo {
  std::uint32_t version = 0;
  bool full = true;
  std::vector<Registration> registrations;
  friend bool operator==(const RegInfo&, const RegInfo&) = default;
};

/// Errors: malformed_message, message_too_large.
Result<RegInfo> read_reg_info(std::string_view document);
std::string write_reg_info(const RegInfo& info);

}  // namespace tertulia::wire::event
