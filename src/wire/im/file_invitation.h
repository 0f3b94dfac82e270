// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::wire::im {

/// Name of the file that a `text/x-msmsgsinvite` offers (lines `Name: value`; Invitation-Command: INVITE with
/// Application-File), without a path; empty when it offers none (an answer, a cancellation, another application).
std::string offered_file_name(std::string_view invitation);

}  // namespace tertulia::wire::im
