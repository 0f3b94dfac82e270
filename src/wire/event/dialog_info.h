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

/// RFC 4235 3.7.1.
enum class DialogState : std::uint8_t { trying, proceeding, early, confirmed, terminated };
enum class DialogEvent : std::uint8_t {
  none,
  cancelled,
  rejected,
  replaced,
  local_bye,
  remote_bye,
  error,
  timeout,
};
enum class DialogDirection : std::uint8_t { unknown, initiator, recipient };
std::string_view name_of(DialogState state);
std::string_view name_of(DialogEvent event);          ///< empty for none
std::string_view name_of(DialogDirection direction);  ///< empty for unknown

/// One side of a dialog (RFC 4235 4.1.6).
struct DialogParty {
  std::string identity;      ///< URI; empty: not told
  std::string display_name;  ///< of identity
  std::string target;        ///< URI of its Contact; empty: not told
  /// Parameters of the target; "+sip.rendering" = "no" tells a call on hold (RFC 4235 4.1.6.2, RFC 3840).
  struct Parameter {
    std::string name, value;
    friend bool operator==(const Parameter&, const Parameter&) = default;
  };
  std::vector<Parameter> target_parameters;
  friend bool operator==(const DialogParty&, const DialogParty&) = default;
};

struct Dialog {
  std::string id;
  std::string call_id, local_tag, remote_tag;  ///< empty: not told
  DialogDirection direction = DialogDirection::unknown;
  DialogState state = DialogState::trying;
  DialogEvent event = DialogEvent::none;
  std::optional<std::uint32_t> code;              ///< of the response that led to the state, 100 to 699
  std::optional<std::uint32_t> duration_seconds;  ///< since the dialog began
  DialogParty local, remote;
  friend bool operator==(const Dialog&, const Dialog&) = default;
};

/// `application/dialog-info+xml` (RFC 4235 4).
struct DialogInfo {
  std::string entity;  ///< whose dialogs
  std::uint32_t version = 0;
  bool full = true;
  std::vector<Dialog> dialogs;
  friend bool operator==(const DialogInfo&, const DialogInfo&) = default;
};

/// Errors: malformed_message, message_too_large.  What we do not know inside of a dialog is left out.
Result<DialogInfo> read_dialog_info(std::string_view document);
std::string write_dialog_info(const DialogInfo& info);

}  // namespace tertulia::wire::event
