// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view batch_subscribe_type = "application/msrtc-adrl-categorylist+xml";

enum class BatchActionKind : std::uint8_t { subscribe, unsubscribe };

struct BatchResource {
  std::string uri;          ///< as written: "sip:bob@example.com"
  bool just_added = false;  ///< `context`: a contact that came to the list just now
  friend bool operator==(const BatchResource&, const BatchResource&) = default;
};

struct BatchAction {
  BatchActionKind kind = BatchActionKind::subscribe;
  std::string id;  ///< as written; may be empty
  std::vector<BatchResource> resources;
  std::vector<std::string> categories;  ///< names; empty: all
  friend bool operator==(const BatchAction&, const BatchAction&) = default;
};

/// `batchSub` ([MS-PRES]): adds its people to a subscription or takes them out; never replaces the list.
struct BatchSubscribe {
  std::string uri;   ///< the subscriber, as written
  std::string name;  ///< usually empty
  std::vector<BatchAction> actions;
  friend bool operator==(const BatchSubscribe&, const BatchSubscribe&) = default;
};

/// An action of another name is left out.  Errors: malformed_message, message_too_large, list_malformed (another root, no
/// action that we know, an action without name), list_too_long.
base::Result<BatchSubscribe> read_batch_subscribe(std::string_view document);
/// For load generators and tests: what a client writes.
std::string write_batch_subscribe(const BatchSubscribe& request);

}  // namespace tertulia::wire::lync
