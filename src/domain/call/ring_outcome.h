// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/reason.h"
#include "domain/call/events.h"
#include "domain/endpoint/final_status.h"

namespace tertulia::domain {

/// Collects the refusals of several devices and keeps the one that speaks for all (see FinalStatus), with its message.
class RingOutcome {
 public:
  void add(int status, const Signal& signal);
  int status() const { return status_.best(); }  ///< 0 when nothing was added
  const Signal& signal() const { return signal_; }

 private:
  FinalStatus status_;
  Signal signal_;
};

/// What the caller and the record are told about a call that the devices refused.
base::Reason reason_of_refused_call(int status);

}  // namespace tertulia::domain
