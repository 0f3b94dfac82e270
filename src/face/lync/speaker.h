// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "face/lync/scheme.h"
#include "face/simple/context.h"
#include "protocol/auth/signed_context.h"

namespace tertulia::face::lync {

/// A sign-in that waits for the client's next token.
struct Handshake {
  Scheme* scheme = nullptr;
  std::unique_ptr<SchemeHandshake> steps;
  std::string opaque;
  base::TimePoint begun;
};

/// What the dialect remembers of one connection: who has proved himself and how his messages are signed.
class Speaker final : public simple::DialectConnection {
 public:
  explicit Speaker(base::Random& random) : random_(random) {}

  /// With a signature, as soon as there are keys.  Not signed: provisional answers, and challenges, which the client
  /// reads before it has keys.
  std::string sealed(std::string_view message) override;
  /// A response of the client bears a right signature; without keys, or while new ones are made, none is needed.
  bool accepts(const wire::sip::Message& response, base::Now now) override;
  base::UserId proven() const override { return user; }

  /// The client makes new keys: until they stand, what is not signed counts as signed (transport-and-registration 4).
  bool renewing(base::Now now) const;

  /// The keys that a message of the client says to be signed with; those before new ones count until the client uses the
  /// new ones, for a minute.  Not null when there are keys.
  protocol::auth::SignedContext* keys_of(const protocol::auth::GssapiCredentials& shown, base::Now now);
  /// New keys stand.  `in_use`: the client has signed with them; else what is under way bears the old ones, or none.
  void take_keys(std::unique_ptr<protocol::auth::SignedContext> keys, base::UserId owner, bool in_use, base::Now now);
  /// A right signature with `used` was seen.
  void confirm(const protocol::auth::SignedContext& used);

  std::optional<Handshake> handshake = {};
  std::optional<base::TimePoint> renewal = {};  ///< when the client has begun to make new keys
  std::optional<base::TimePoint> renewed = {};  ///< when new keys have followed others
  std::unique_ptr<protocol::auth::SignedContext> signing = {};
  std::unique_ptr<protocol::auth::SignedContext> previous = {};  ///< keys before `signing`, as long as they count
  bool unused = false;                                           ///< the client has not signed with `signing` yet
  base::UserId user = {};                                        ///< whom `signing` speaks for
  std::string address = {};                                      ///< his, as it was when he proved himself
  std::uint64_t user_version = 0;
  bool outdated = false;  ///< the user's password is another one now: the next REGISTER makes new keys
  bool ended = false;     ///< that REGISTER has come: the old keys are good for nothing
  std::uint32_t conflicts = 0;
  base::TimePoint conflicts_since{};
  std::size_t changes_waiting = 0;
  std::vector<std::uint32_t> groups_removed = {};  ///< by this client itself, until it was told

 private:
  base::Random& random_;
};

inline Speaker* speaker_of(const simple::Connection& connection) {
  return static_cast<Speaker*>(connection.dialect.get());
}

}  // namespace tertulia::face::lync
