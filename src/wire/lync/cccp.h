// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

// The envelope in which a client of the dialect says what it wants of a conference, and is answered ([MS-CONFBAS] 2.2.3,
// C3P).  Addresses are kept as written; who reads them compares without case.

namespace tertulia::wire::lync {

inline constexpr std::string_view cccp_type = "application/cccp+xml";

namespace cccp {

struct GetConferencingCapabilities {
  friend bool operator==(const GetConferencingCapabilities&, const GetConferencingCapabilities&) = default;
};
struct GetAvailableMcuTypes {
  friend bool operator==(const GetAvailableMcuTypes&, const GetAvailableMcuTypes&) = default;
};
struct GetConferences {
  bool static_only = false;  ///< those that a person has once and for ever
  friend bool operator==(const GetConferences&, const GetConferences&) = default;
};

enum class AdmissionPolicy : std::uint8_t { closed_authenticated, open_authenticated, anonymous };
std::string_view name_of(AdmissionPolicy policy);  ///< as documents say it

/// What a conference-info of a request says of a conference; what is absent stays as it is.
struct ConferenceSettings {
  std::optional<std::string> subject;
  std::string expiry_time;  ///< RFC 3339, as written; empty: none
  std::optional<AdmissionPolicy> admission;
  friend bool operator==(const ConferenceSettings&, const ConferenceSettings&) = default;
};
struct AddConference {
  std::string conference_id;
  ConferenceSettings settings;
  std::vector<std::string> media;  ///< of entity-view: chat, audio-video ...
  friend bool operator==(const AddConference&, const AddConference&) = default;
};
struct ModifyConference {
  std::string conference;
  ConferenceSettings settings;
  friend bool operator==(const ModifyConference&, const ModifyConference&) = default;
};
struct GetConference {
  std::string conference;
  friend bool operator==(const GetConference&, const GetConference&) = default;
};
struct DeleteConference {
  std::string conference;
  friend bool operator==(const DeleteConference&, const DeleteConference&) = default;
};
struct AddUser {
  std::string conference;
  std::string user;      ///< may be empty: who asks
  std::string role;      ///< the first one asked for; may be empty
  std::string endpoint;  ///< how the client names its device; may be empty
  friend bool operator==(const AddUser&, const AddUser&) = default;
};
struct DeleteUser {
  std::string conference;
  std::string user;
  friend bool operator==(const DeleteUser&, const DeleteUser&) = default;
};
struct ModifyUserRoles {
  std::string conference;
  std::string user;
  std::string role;
  friend bool operator==(const ModifyUserRoles&, const ModifyUserRoles&) = default;
};
struct ModifyConferenceLock {
  std::string conference;
  bool locked = false;
  friend bool operator==(const ModifyConferenceLock&, const ModifyConferenceLock&) = default;
};
/// One that we do not carry out, well-formed as it is.
struct Other {
  friend bool operator==(const Other&, const Other&) = default;
};
/// One that we know, without what it cannot do without or with a value that is none; it is answered like every other.
struct Defective {
  std::string detail;  ///< for the log and the client's: what is wrong with it
  friend bool operator==(const Defective&, const Defective&) = default;
};

using Operation = std::variant<Other, Defective, GetConferencingCapabilities, GetAvailableMcuTypes, GetConferences,
                               AddConference, ModifyConference, GetConference, DeleteConference, AddUser, DeleteUser,
                               ModifyUserRoles, ModifyConferenceLock>;

}  // namespace cccp

struct CccpRequest {
  std::string id;  ///< requestId, as written
  std::string from, to;
  std::string name;  ///< of the operation; an XML name
  cccp::Operation operation;
  friend bool operator==(const CccpRequest&, const CccpRequest&) = default;
};

/// The first operation of a request; another one is left out.  Errors: malformed_message, message_too_large,
/// command_malformed (another root, no operation), list_too_long.
base::Result<CccpRequest> read_cccp_request(std::string_view document);
/// For load generators and tests: what a client writes.
std::string write_cccp_request(const CccpRequest& request);

struct CccpResponse {
  std::string request_id;
  std::string from, to;
  std::string failure;    ///< reason of a failure, a word of the specification; empty: success
  std::string operation;  ///< name of the operation that is answered; empty: none was understood
  std::string result;     ///< what stands inside of the operation: well-formed pieces in the namespace of the envelope
};
/// A whole body of cccp_type.
std::string write_cccp_response(const CccpResponse& response);

/// Results.  `focus`: address of the conference.
std::string cccp_mcu_types(const std::vector<std::string_view>& types);
std::string cccp_conference(std::string_view focus);
/// One of those that getConferences is answered with.
std::string cccp_listed_conference(std::string_view focus, std::string_view id);
std::string cccp_user_added(std::string_view focus, std::string_view user, std::string_view role);

}  // namespace tertulia::wire::lync
