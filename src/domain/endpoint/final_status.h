// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tertulia::domain {

/// Final status of an endpoint whose connection ended before it answered (as LegAnswer and RingAnswer have it).
inline constexpr int status_connection_gone = 430;
inline constexpr int status_silent = 408;

/// Collects failure answers of several endpoints and says which of them speaks for all.
/// Source: RFC 3261 16.7 step 6 (any 6xx, else the lowest class, within 4xx those that help the caller to do better).
class FinalStatus {
 public:
  void add(int status);
  /// 0 when nothing was added.
  int best() const { return best_; }

 private:
  int best_ = 0;
};

}  // namespace tertulia::domain
