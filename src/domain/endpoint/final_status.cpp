// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/final_status.h"

#include <utility>

namespace tertulia::domain {
namespace {

/// Lower is better.
std::pair<int, int> rank(int status) {
  const int hundreds = status / 100;
  if (hundreds == 6) return {0, 0};         // a global no ends the matter
  if (hundreds != 4) return {hundreds, 0};  // 3xx before 4xx before 5xx
  switch (status) {
    case 401:
    case 407:
    case 415:
    case 420:
    case 484:
      return {4, 0};  // the caller can send something better (16.7 step 6)
    case 404:
    case 405:
    case 410:
    case 480:
    case 488:
      return {4, 2};  // "cannot" and "not here" say less than a person's answer
    case status_silent:
      return {4, 3};  // an answer of a person says more than silence
    case status_connection_gone:
      return {4, 4};
    default:
      return {4, 1};
  }
}

}  // namespace

void FinalStatus::add(int status) {
  if (status < 300 || status > 699) status = 500;  // not a failure that SIP knows
  if (best_ == 0 || rank(status) < rank(best_)) best_ = status;
}

}  // namespace tertulia::domain
