// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "domain/call/events.h"
#include "domain/directory/directory.h"

namespace tertulia::domain {

class CallBoardPorts {
 public:
  virtual ~CallBoardPorts() = default;
  virtual void news(base::ShardId edge, CallsNews news) = 0;
};

/// Which calls each user of this home shard has, for busy lamps (RFC 4235) and for presence.  Pure.
///
/// The states of a call only go forward: a notice that repeats what is known changes nothing and is not told.  A call
/// that is over stands no more in the news.
class CallBoard {
 public:
  explicit CallBoard(CallBoardPorts& ports);
  ~CallBoard();
  void on_notice(const CallNotice& notice);
  /// Answered by CallsNews at once, then at each change; the same watch again is answered again.
  void on_watch(const WatchCalls& watch, const Directory& directory);
  void on_user_removed(base::UserId user);                 ///< ends his watches (user_does_not_exist)
  std::vector<CallNotice> calls(base::UserId user) const;  ///< oldest first
  std::size_t watch_count() const;
  std::size_t call_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
