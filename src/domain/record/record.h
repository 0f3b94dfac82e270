// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"

namespace tertulia::domain {

/// How a registration ended (numbers of the product's DeRegisterType).
enum class DeregisterType : std::uint8_t {
  unknown = 0,
  client_initiated = 1,
  expired = 2,
  client_crashed = 3,
  user_changed = 4
};

/// One row per registration; refreshes add none (product table Registration).  Failed sign-ins have a response code
/// and no end.  Never holds a secret.
struct RegistrationRecord {
  base::RecordId id;
  std::string user;  ///< address
  base::EndpointId endpoint;
  std::string instance;        ///< +sip.instance or epid, empty when the client sends none
  std::string client_version;  ///< User-Agent
  std::string ip_address;
  base::WallTime register_time;
  std::optional<base::WallTime> deregister_time;
  DeregisterType deregister_type = DeregisterType::unknown;
  int response_code = 200;
  std::uint32_t diagnostic_id = 0;  ///< id_of(Reason)
};

/// Side of a session record.
struct SessionParty {
  std::string user;           ///< address
  base::EndpointId endpoint;  ///< 0 when none took part (kept messages)
  std::string client_version;
  std::uint32_t message_count = 0;
};

/// Numbers as the store has them.
enum class SessionMode : std::uint8_t {
  page = 0,
  session = 1,
  call = 2,  ///< audio or video; the two then are caller and callee
  file = 3,  ///< a file outside of a conversation; the two are as with a call
};

/// How a file transfer went, as far as the server sees it: the data never pass here.
enum class FileOutcome : std::uint8_t {
  offered = 0,  ///< and never answered
  accepted = 1,
  rejected = 2,   ///< by the recipient, or by the server's filter
  cancelled = 3,  ///< by the one who offered it before the answer, by either after it
};
/// One file that one side offered to the other (product table FileTransfers).
struct FileTransfer {
  std::string name;
  std::string identity;   ///< the client's own name of the file; often empty
  std::string cookie;     ///< ties offer, answer and cancellation together
  std::uint8_t from = 1;  ///< side that offered it: 1 user1, 2 user2
  FileOutcome outcome = FileOutcome::offered;
  friend bool operator==(const FileTransfer&, const FileTransfer&) = default;
};
/// Files that one record names; a session goes on beyond, and its record keeps the first ones.
inline constexpr std::size_t file_transfers_per_record_max = 32;

/// Bit of SessionRecord::media_types.
inline constexpr std::uint32_t media_file_transfer = 2;

/// One row per two-party conversation or call (product tables SessionDetails, VoipDetails); never message text.
struct SessionRecord {
  base::RecordId id;
  base::ConversationId conversation;  ///< 0 with a call
  SessionParty user1;                 ///< who started
  SessionParty user2;
  SessionMode mode = SessionMode::page;
  std::string call_id;         ///< of the first request, ties the row to the logs
  std::string correlation_id;  ///< ties rows of one conversation together; the client's Ms-Conversation-ID; often empty
  std::string content_type;    ///< of the invitation or the first message
  base::WallTime invite_time;
  std::optional<base::WallTime> response_time;
  std::optional<base::WallTime> end_time;
  int response_code = 0;  ///< 200, 202 or the failure; 0 while nothing was answered
  std::uint32_t diagnostic_id = 0;
  std::uint32_t media_types = 1;     ///< bit set of the product: IM 1, file transfer 2, audio 16, video 32
  std::string referred_by;           ///< address of who transferred the call here; empty: nobody
  base::RecordId replaces;           ///< the session that this one replaced (RFC 3891); 0: none
  std::vector<FileTransfer> files;   ///< in the order of the offers; at most file_transfers_per_record_max
  std::uint8_t disconnected_by = 0;  ///< side that ended it: 1 user1, 2 user2; 0 neither, or not known
};

}  // namespace tertulia::domain
